"""A list of the office shows what its reader may see: whoever is somewhere only sees what belongs there."""

from __future__ import annotations

from datetime import date

import pytest

import accounts_makers as books
import makers
from training.accounting.queries.register import Filter
from training.dunning.actions.pauses import pause
from training.dunning.rules.reminding import PauseKind
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import NotFound
from training.reporting.office import session
from training.reporting.office.ageing import balance_page
from training.reporting.office.bookings import bookings_page
from training.reporting.office.mails import attachment, mail_page, mails_page
from training.reporting.office.organisations import contact_page, organisations_page
from training.reporting.office.payments import owed, payment_page, payments_page
from training.reporting.office.register import lines, papers, register_page
from training.reporting.office.reminders import followed, reminders_page, reminding
from training.reporting.office.sessions import SessionFilter, sessions_page
from training.reporting.office.today.page import today_page

pytestmark = pytest.mark.anyio

ALL = Filter()
BOOKINGS = {"state": "", "organisation": "", "search": "", "after": None, "limit": 50}
PAID = {"search": "", "unused": False, "after": None, "limit": 50}
LISTED = {"state": "", "search": "", "after": None, "limit": 50}


@pytest.fixture
async def two(database_test):
    """The ids of two organisations, each with a booking, an invoice and mails."""
    town, other = await makers.make_town(), await books.association()
    owed = await books.invoice(town, town.organisation, date(2027, 3, 10))
    late = await books.invoice(town, other, date(2027, 3, 11))
    await books.pay(late, 100, date(2027, 3, 20))
    await books.pay(owed, 100, date(2027, 3, 20))
    return town.organisation, other


async def seen(scope: Scope) -> dict[str, set[str]]:
    """Whose rows each list shows, by name."""
    register = await register_page(scope, ALL, after=None, limit=50)
    return {
        "bookings": {b.organisation for b in (await bookings_page(scope, **BOOKINGS)).bookings},
        "searched": {b.organisation for b in (await bookings_page(scope, **BOOKINGS | {"search": "a"})).bookings},
        "organisations": {o.name for o in (await organisations_page(scope, **LISTED)).organisations},
        "register": {line.payer_name for line in register.lines},
        "register file": {line.payer_name async for piece in lines(scope, ALL) for line in piece},
        "register papers": {line.payer_name async for line, paper in papers(scope, ALL) if paper},
        "payments": {p.payer_name for p in (await payments_page(scope, **PAID)).payments},
        "balance": {aged.payer for aged in (await balance_page(scope)).payers},
    }


async def test_each_list_is_within_the_scope(two):
    names = {"Commune d’Essai", "Association d’Essai"}
    assert {key: found for key, found in (await seen(SYSTEM.scope)).items() if found != names} == {}
    for id_, name in zip(two, sorted(names, reverse=True), strict=True):
        there = await seen(Scope(organisations={id_: frozenset()}))
        assert {key: found for key, found in there.items() if found != {name}} == {}
    nobody = await seen(Scope())
    assert {key: found for key, found in nobody.items() if found} == {}


async def test_totals_are_within_the_scope(two):
    scope = Scope(organisations={two[1]: frozenset()})
    assert (await balance_page(scope)).whole.total_cents == 34_900
    assert (await balance_page(SYSTEM.scope)).whole.total_cents == 69_800
    found = await register_page(scope, ALL, after=None, limit=1)
    assert found.sums is not None
    assert (found.sums.documents, found.sums.gross_cents, found.following) == (1, 35_000, None)
    assert (await organisations_page(scope, **LISTED)).counts == {"approved": 1}


async def test_a_mail_of_another_organisation_does_not_exist(two):
    theirs, whole = Scope(organisations={two[1]: frozenset()}), SYSTEM.scope
    everything = (await mails_page(whole, **LISTED)).mails
    own = (await mails_page(theirs, **LISTED)).mails
    assert own
    assert len(own) < len(everything)
    assert {m.to_email for m in own} <= {"rh@asso.example.org", "compta@asso.example.org"}
    foreign = next(m for m in everything if m.files and m.to_email == "compta@mairie.example.org")
    file = (await mail_page(SYSTEM, foreign.id)).files[0].file
    assert (await attachment(whole, foreign.id, file)).file == file
    stranger = Actor("user", 1, "Ailleurs", scope=theirs)
    for reading in (mail_page(stranger, foreign.id), attachment(theirs, foreign.id, file)):
        with pytest.raises(NotFound):
            await reading


async def test_a_contact_of_another_organisation_does_not_exist(two):
    with pytest.raises(NotFound):
        await contact_page(Scope(organisations={two[1]: frozenset()}), "commune-d-essai", 1)


async def test_money_of_another_organisation_does_not_exist(two):
    whole, theirs = SYSTEM.scope, Scope(organisations={two[1]: frozenset()})
    foreign = next(p for p in (await payments_page(whole, **PAID)).payments if p.payer == two[0])
    receivable = await db.value("select id from receivable where payer = $1", two[0])
    stranger = Actor("user", 1, "Ailleurs", scope=theirs)
    assert (await owed(whole, receivable)).payer == two[0]
    assert await reminding(stranger, receivable) is None
    for reading in (payment_page(theirs, foreign.id, ""), owed(theirs, receivable), followed(theirs, receivable)):
        with pytest.raises(NotFound):
            await reading


async def test_reminders_are_within_the_scope(two):
    for payer in two:
        receivable = await db.value("select id from receivable where payer = $1", payer)
        await pause(SYSTEM, receivable, PauseKind.DISPUTE, None, "Litige.")
    for scope, seen in ((SYSTEM.scope, set(two)), (Scope(organisations={two[1]: frozenset()}), {two[1]})):
        found = await reminders_page(Actor("user", 1, "Équipe", scope=scope))
        assert {one.payer for one in found.paused} == seen


async def test_sessions_of_everybody_are_the_teams_to_list(two):
    """A session that belongs to nobody is on the portal; this list is for those who plan."""
    assert (await sessions_page(SYSTEM.scope, SessionFilter(), after=None, limit=50)).sessions
    somewhere = Scope(organisations={two[0]: frozenset()})
    assert (await sessions_page(somewhere, SessionFilter(), after=None, limit=50)).sessions == []


async def test_the_pages_of_a_session_are_within_the_scope_as_its_list_is(two):
    town = await db.value("select id from offer")
    private, open_to_all = await makers.make_session(town, organisation=two[0]), await makers.make_session(town)
    own, other = (Actor("user", 1, "Ailleurs", scope=Scope(organisations={id_: frozenset()})) for id_ in two)
    assert (await session.session_page(own, private)).session.id == private
    assert (await session.call_off_page(SYSTEM.scope, open_to_all)).session.id == open_to_all
    for actor, asked in ((other, private), (own, open_to_all), (Actor("user", 1, "Personne"), private)):
        for reading in (
            session.session_page(actor, asked),
            session.edit_page(actor, asked),
            session.call_off_page(actor.scope, asked),
            session.undo_page(actor, asked),
        ):
            with pytest.raises(NotFound):
                await reading


async def test_what_waits_is_shown_to_whoever_may_do_something_about_it(two, statements):
    statements.clear()
    found = await today_page(SYSTEM)
    assert len(statements) == 9
    assert [row for group in found.pile for row in group.rows if row.href.endswith("chorus?etat=a-deposer")]
    nobody = await today_page(Actor("user", 1, "Personne"))
    assert (nobody.pile, nobody.money, nobody.first_day.steps) == ([], [], [])
    assert (nobody.for_us.people, nobody.for_them.people) == ([], [])
