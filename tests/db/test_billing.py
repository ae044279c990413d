"""From held to invoice: what is owed, by whom, once; what is free; what waits for a look."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta

import pikepdf
import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions.issue import issue
from training.billing.actions.make_billable import make_billable
from training.billing.queries import invoices as queries
from training.billing.rules.states import InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import cancel
from training.catalogue.rules.tariffs import TariffMode
from training.directory.actions.platform import set_platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Scope
from training.kernel.errors import Conflict, NotFound
from training.messages import queries as mails
from training.papers.rules.references import References
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio


async def hold(town: makers.Town, session: int | None = None) -> None:
    """Held, and its reactions run, the day after."""
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, session or town.session)
        await drain()


async def invoices() -> list[queries.InvoiceView]:
    return await queries.invoices(SYSTEM.scope)


async def drafts() -> list[queries.InvoiceView]:
    return await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)


async def only_line(invoice: int) -> queries.LineView:
    (line,) = await queries.lines(invoice)
    return line


@pytest.mark.parametrize("seats", [1, 40, 60])
async def test_a_flat_price_is_one_line_of_one_whatever_the_head_count(database_test, seats):
    town = await makers.make_town()
    await makers.make_booking(town, seats)
    await hold(town)
    (invoice,) = await invoices()
    line = await only_line(invoice.id)
    assert (line.quantity, line.unit_price_cents, line.net_cents, invoice.gross_cents) == (1, 35_000, 35_000, 35_000)


async def test_a_price_per_seat_counts_the_seats_booked(database_test):
    town = await makers.make_town()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    await book(
        SYSTEM,
        NewBooking(session, town.organisation, 7, references=References(purchase_order="BC-7", service_code="SRV")),
    )
    await hold(town, session)
    (invoice,) = await invoices()
    line = await only_line(invoice.id)
    assert (line.quantity, line.unit_price_cents, line.net_cents) == (7, 1_250, 8_750)
    assert invoice.references == References(purchase_order="BC-7", service_code="SRV")
    assert invoice.net_cents == 8_750


async def test_what_is_free_gets_a_confirmation_and_never_a_number(database_test):
    town = await makers.make_town()
    offer = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0, reference_cents=42_000)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 7))
    await hold(town, session)
    assert await db.value("select count(*) from invoice") == 0
    assert await db.value("select count(*) from ledger_entry") == 0
    paper = await queries.free_paper(SYSTEM.scope, booked.reference)
    assert paper is not None
    stored = await records.file(paper)
    assert stored is not None
    assert stored.content.startswith(b"%PDF")
    (mail,) = [m for m in await mails.mails() if m.occasion == "free_confirmed"]
    assert (mail.to_email, mail.files) == ("rh@mairie.example.org", 1)
    await make_billable(SYSTEM, session)
    assert await db.value("select count(*) from free_confirmation") == 1


async def test_only_what_was_confirmed_is_owed(database_test):
    town = await makers.make_town()
    gone = await makers.make_booking(town, 5)
    await cancel(SYSTEM, gone.id)
    await makers.book_beside(town, 5, option=True)
    kept = await makers.make_booking(town, 5)
    await hold(town)
    (invoice,) = await invoices()
    assert invoice.booking == kept.reference
    assert await drafts() == []


async def test_run_twice_it_does_nothing_more(database_test):
    town = await makers.make_town(issue_without_look=False)
    await makers.make_booking(town, 5)
    await makers.book_apart(town, 6)
    await hold(town)
    await make_billable(SYSTEM, town.session)
    await make_billable(SYSTEM, town.session)
    assert (len(await drafts()), len(await invoices())) == (2, 0)
    assert await db.value("select count(*) from billable") == 2


async def test_without_a_look_it_is_issued_and_otherwise_it_waits(database_test):
    town = await makers.make_town(issue_without_look=False)
    await makers.make_booking(town, 5)
    await hold(town)
    (draft,) = await drafts()
    assert (draft.number, draft.paper, await invoices()) == (None, None, [])
    assert "invoice_issued" not in {m.occasion for m in await mails.mails()}
    with clock.frozen(town.ends_at + timedelta(days=5)):
        number = await issue(SYSTEM, draft.id)
        await drain()
    (invoice,) = await invoices()
    assert (invoice.number, await drafts()) == (number, [])
    assert invoice.issued_on == clock.local(town.ends_at + timedelta(days=5)).date()
    assert invoice.due_on == invoice.issued_on + timedelta(days=30)
    assert [m.to_email for m in await mails.mails() if m.occasion == "invoice_issued"] == ["compta@mairie.example.org"]


async def test_a_draft_is_issued_once(database_test):
    town = await makers.make_town(issue_without_look=False)
    await makers.make_booking(town, 5)
    await hold(town)
    (draft,) = await drafts()
    await issue(SYSTEM, draft.id)
    with pytest.raises(Conflict, match="déjà émise"):
        await issue(SYSTEM, draft.id)
    with pytest.raises(NotFound):
        await issue(SYSTEM, 0)


@pytest.mark.commits
async def test_eight_at_once_issue_each_draft_once_and_without_a_gap(database_test):
    town = await makers.make_town(issue_without_look=False)
    for _each in range(4):
        await makers.book_apart(town, 5)
    await hold(town)
    waiting = [d.id for d in await drafts()]
    done = await asyncio.gather(*(issue(SYSTEM, d) for d in waiting * 2), return_exceptions=True)
    numbers = sorted(d for d in done if isinstance(d, str))
    assert [n.rpartition("-")[2] for n in numbers] == ["00001", "00002", "00003", "00004"]
    assert sum(isinstance(d, Conflict) for d in done) == 4
    assert all(v.broken is None for v in await records.verify())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("update platform set siret = null", "SIRET"),
        ("update platform set iban = null", "IBAN"),
        ("update organisation set siret = null", "SIRET de Commune d’Essai"),
        ("update organisation set state = 'pending'", "validée"),
        ("update contact set active = false", "Personne ne reçoit"),
    ],
)
async def test_what_keeps_a_draft_from_leaving_is_said_and_it_leaves_once_put_right(database_test, change, words):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    await db.execute(change)
    await hold(town)
    (draft,) = await drafts()
    (said,) = await queries.blockers(draft.id)
    assert words in said
    with pytest.raises(Conflict, match=words):
        await issue(SYSTEM, draft.id)
    assert await db.value("select count(*) from ledger_entry") == 0
    await set_platform(SYSTEM, {"siret": makers.PLATFORM["siret"], "iban": makers.PLATFORM["iban"]})
    await db.execute("update organisation set siret = $1, state = 'approved'", makers.SIRET)
    await db.execute("update contact set active = true")
    assert await queries.blockers(draft.id) == []
    assert (await issue(SYSTEM, draft.id)).endswith("-00001")


async def test_a_person_needs_no_siret(database_test):
    town = await makers.make_town()
    await db.execute("update organisation set siret = null, buyer = 'person'")
    await makers.make_booking(town, 5)
    await hold(town)
    assert len(await invoices()) == 1


async def test_an_offer_s_own_vat_regime_comes_before_the_platform_s(database_test):
    town = await makers.make_town(vat_regime="normal", vat_number="FR83888800001")
    await makers.make_booking(town, 5)
    await hold(town)
    (usual,) = await invoices()
    assert (usual.vat_regime, usual.net_cents, usual.vat_cents, usual.gross_cents) == ("normal", 35_000, 7_000, 42_000)
    await db.execute("update offer set vat_regime = 'vocational_261_4_4a'")
    session = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=1))
    await book(SYSTEM, NewBooking(session, town.organisation, 5))
    with clock.frozen(town.ends_at + timedelta(days=2)):
        await hold_session(SYSTEM, session)
        await drain()
    own = next(i for i in await invoices() if i.id != usual.id)
    assert (own.vat_regime, own.vat_cents, own.gross_cents) == ("vocational_261_4_4a", 0, 35_000)


async def test_the_frozen_snapshot_paper_and_data_tell_the_same_and_stay_as_they_were(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await hold(town)
    (invoice,) = await invoices()
    assert invoice.paper is not None
    assert invoice.data is not None
    paper, data = await records.file(invoice.paper), await records.file(invoice.data)
    assert paper is not None
    assert data is not None
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert bytes(pdf.attachments["factur-x.xml"].get_file().read_bytes()) == data.content
    assert str(invoice.number).encode() in data.content
    snapshot = await db.value("select snapshot from ledger_entry")
    assert booked.reference in snapshot
    await db.execute("update organisation set name = 'Autre nom', address = 'Ailleurs'")
    await set_platform(SYSTEM, {"name": "Autre plateforme"})
    assert await records.file(invoice.paper) == paper
    assert await db.value("select snapshot from ledger_entry") == snapshot


async def test_another_organisation_s_invoice_does_not_exist(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await hold(town)
    (invoice,) = await invoices()
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    mine = Scope(organisations={town.organisation: frozenset()})
    theirs = Scope(organisations={other: frozenset()})
    for scope, seen in ((mine, True), (theirs, False), (Scope(), False)):
        assert (await queries.invoice(scope, invoice.id) is not None) is seen
        assert (await queries.invoice_by_number(scope, str(invoice.number)) is not None) is seen
        assert bool(await queries.invoices(scope)) is seen
        assert bool((await queries.invoices_of(scope, [booked.id]))[booked.id]) is seen


async def test_a_list_of_invoices_goes_as_their_numbers_do(database_test):
    town = await makers.make_town(issue_without_look=False)
    for seats in (5, 6, 7):
        await makers.book_apart(town, seats)
    await hold(town)
    waiting = sorted(await drafts(), key=lambda d: d.id)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        for draft in reversed(waiting):
            await issue(SYSTEM, draft.id)
    listed = [i.number for i in await invoices()]
    assert listed == sorted(listed, reverse=True)
