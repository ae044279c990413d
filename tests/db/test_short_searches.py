"""One or two characters are found wherever they stand, as in 0.1.0: « 42 » finds the booking R2027-00042."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

import bank_makers
import crowd
import makers
from training.accounting.queries.register import Filter, register
from training.billing.queries import invoices
from training.billing.rules.states import InvoiceState
from training.catalogue.queries import offers as catalogue
from training.identity import queries as identity
from training.identity.queries import MembershipFilter
from training.identity.rules import Role
from training.kernel import db, searching
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.payments.queries import receivables
from training.reporting.office import bookings, offers, organisations, payers, venues
from training.reporting.office.people import facilitators, partners

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database_test")]

TYPED = ("42", "4", "7a", "-0", "é", "Œ", "œu", "RÉ", "l'", "ou", "W", "@", "%", "_", ".", "zq", "a2")
ALL = 1000  # more than a test makes
# Invoices are found by every booking that they bill, and by its order, where 0.1.0 looked at one alone.
WIDER = {"invoiced", "drafted"}

# Each list: what it finds, and where 0.1.0 looked for a text. What it did not search is searched the same way.
LISTS: dict[str, tuple[Callable[[str], Awaitable[set[Any]]], str]] = {}


def _list(sql: str) -> Callable[[Callable[[str], Awaitable[set[Any]]]], None]:
    def named(finds: Callable[[str], Awaitable[set[Any]]]) -> None:
        LISTS[finds.__name__] = (finds, sql)

    return named


_LIKE = "strpos(fold({}), fold($1)) > 0"
_BOOKED = "b.reference || ' ' || g.name || ' ' || c.name || ' ' || coalesce(b.purchase_order, '')"
_INVOICE = f"""
    select i.id from invoice i join organisation g on g.id = i.payer left join booking b on b.id = (
        select booking from invoice_line where invoice = i.id order by position limit 1
    ) where i.state = '{{}}' and {
    _LIKE.format("coalesce(i.number, '') || ' ' || g.name || ' ' || coalesce(b.reference, '')")
}
"""


@_list(
    "select b.id from booking b join organisation g on g.id = b.organisation join contact c on c.id = b.contact where "
    + _LIKE.format(_BOOKED)
)
async def booked(typed: str) -> set[Any]:
    return {b.id for b in await bookings.bookings(SYSTEM.scope, search=typed, limit=ALL)}


@_list(_INVOICE.format("issued"))
async def invoiced(typed: str) -> set[Any]:
    return {i.id for i in await invoices.invoices(SYSTEM.scope, search=typed, limit=ALL)}


@_list(_INVOICE.format("draft"))
async def drafted(typed: str) -> set[Any]:
    return {i.id for i in await invoices.invoices(SYSTEM.scope, state=InvoiceState.DRAFT, search=typed, limit=ALL)}


@_list("select id from organisation where " + _LIKE.format("name || ' ' || city || ' ' || coalesce(siret, '')"))
async def listed(typed: str) -> set[Any]:
    return {o.id for o in await organisations.organisations(SYSTEM.scope, search=typed, limit=ALL)}


@_list(
    "select id from organisation where state in ('pending', 'approved') and "
    + _LIKE.format("name || ' ' || city || ' ' || coalesce(siret, '')")
)
async def may_pay(typed: str) -> set[Any]:
    return {o.id for o in await payers.matching(typed, limit=ALL)}


@_list("select id from mail where " + _LIKE.format("to_name || ' ' || to_email || ' ' || subject"))
async def mailed(typed: str) -> set[Any]:
    return {m.id for m in await mails.mails(search=typed, limit=ALL)}


@_list(
    f"""
    select p.id from payment p left join organisation o on o.id = p.payer where p.way <> 'credit_note' and (
        {_LIKE.format("coalesce(o.name, '') || ' ' || p.payer_name || ' ' || p.reference")} or exists (
            select from settlement s join receivable r on r.id = s.receivable
            where s.payment = p.id and {_LIKE.format("r.number")}
        )
    )
    """
)
async def paid(typed: str) -> set[Any]:
    return {p.id for p in await receivables.payments(search=typed, limit=ALL)}


@_list(
    "select r.id from receivable r join organisation o on o.id = r.payer where r.settled_cents < r.gross_cents and "
    + _LIKE.format("r.number || ' ' || o.name")
)
async def owed(typed: str) -> set[Any]:
    return {r.id for r in await receivables.open_receivables(typed, limit=ALL)}


# The register's lines: our own, and those of the ledger that was there before.
_REGISTERED = """
    (select number, payer from invoice where state = 'issued' union select number, payer from receivable) r
    join organisation o on o.id = r.payer
"""


@_list(f"select r.number from {_REGISTERED} where " + _LIKE.format("r.number"))
async def registered_by_number(typed: str) -> set[Any]:
    return {row.number for row in await register(Filter(number=typed), limit=ALL)}


@_list(f"select r.number from {_REGISTERED} where " + _LIKE.format("o.name"))
async def registered_by_payer(typed: str) -> set[Any]:
    return {row.number for row in await register(Filter(payer=typed), limit=ALL)}


@_list("select m.id from membership m join account a on a.id = m.account where " + _LIKE.format("a.name || a.email"))
async def may_enter(typed: str) -> set[Any]:
    return {m.id for m in await identity.memberships(MembershipFilter(search=typed), limit=ALL)}


@_list("select id from facilitator where " + _LIKE.format("name || ' ' || email"))
async def facilitating(typed: str) -> set[Any]:
    found = await facilitators.facilitators_page(search=typed, gone=False, partner=None, after=None, limit=ALL)
    return {f.id for f in found.facilitators}


@_list("select id from partner where " + _LIKE.format("name || ' ' || city"))
async def working_with_us(typed: str) -> set[Any]:
    found = await partners.partners_page(search=typed, archived=False, after=None, limit=ALL)
    return {p.id for p in found.partners}


@_list("select v.id from venue v join commune c on c.id = v.commune where " + _LIKE.format("v.name || ' ' || c.name"))
async def welcoming(typed: str) -> set[Any]:
    return {v.id for v in await venues.venues(typed, after=None, limit=ALL)}


@_list("select slug from offer o where " + _LIKE.format("concat_ws(' ', o.title, o.theme, o.analytic_code)"))
async def offered(typed: str) -> set[Any]:
    return {o.fields.slug for o in (await offers.offers_page(typed)).offers}


@_list("select slug from offer o where " + _LIKE.format("concat_ws(' ', o.title, o.summary, o.theme, o.description)"))
async def shown_to_visitors(typed: str) -> set[Any]:
    return {o.slug for o in await catalogue.offers(search=typed)}


async def _tell() -> None:
    """Rows whose words have what is typed at their beginnings, in their middle, at their ends, with accents or not."""
    town, _names = await crowd.story()
    await makers.make_organisation("Cœur de Wœvre", siret="00042000000010", domain="w42.example.org")
    await bank_makers.owed("ANCIEN-42", "A-7A", payer=town.organisation)
    await db.execute("update organisation set name = 'Commune de l’Eau-Rouge' where id = $1", town.organisation)
    await db.execute("update contact set name = 'Rachel Œuvrard-Ré' where organisation = $1", town.organisation)
    last = "(select max(id) from booking)"
    await db.execute(f"update booking set reference = 'R2027-00042', purchase_order = 'É.7A' where id = {last}")
    await db.execute("update payment set reference = 'CH-0042' where id = (select min(id) from payment)")
    await db.execute("update mail set subject = subject || ' R2027-00042' where id = (select min(id) from mail)")
    await makers.make_staff("w.42@example.org", Role.ADMINISTRATOR)


@pytest.mark.parametrize("near", [searching.NEAR, 0], ids=["among the first rows", "by the indexes alone"])
async def test_a_text_of_two_characters_finds_what_it_found_in_0_1_0(
    near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "NEAR", near)
    await _tell()
    wrong, met = [], set()
    for name, (finds, sql) in LISTS.items():
        for typed in TYPED:
            found = await finds(typed)
            expected = {record[0] for record in await db.connection().fetch(sql, typed)}
            met |= {name} if expected else set()
            if found != expected and not (name in WIDER and found > expected):
                wrong.append(f"{name}, {typed!r}: {len(found)} instead of {len(expected)}")
    assert not wrong, "\n".join(wrong)
    assert met == LISTS.keys()


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_last_two_digits_of_a_number_find_it_on_its_page(client: httpx.AsyncClient, language: str) -> None:
    await _tell()
    await makers.make_staff()
    await makers.sign_in(client, "equipe@example.org")
    for address, number in (
        ("/gestion/reservations?q=42", "R2027-00042"),
        ("/gestion/courriels?q=42", "R2027-00042"),
        ("/gestion/paiements?q=42", "CH-0042"),
        ("/gestion/comptes?numero=42", "ANCIEN-42"),
        ("/gestion/factures?q=01", "-00001"),
        ("/gestion/structures?q=42", "Cœur de Wœvre"),
        ("/gestion/acces?q=42", "w.42@example.org"),
    ):
        page = await client.get(address, headers={"Accept-Language": language})
        assert number in makers.text_of(page.text), address
