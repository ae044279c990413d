"""Every action leaves a trace: who, what, about what, which fields; never a personal value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import makers
import training
from training import reactions, timetable
from training.attendance.actions import hold_session
from training.billing.actions import settle
from training.billing.actions.issue import issue
from training.billing.queries import invoices as billing
from training.billing.rules.payments import Way
from training.billing.rules.states import InvoiceState
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking, NewParticipant
from training.calendar.actions import answers, feeds
from training.calendar.rules import Answer
from training.catalogue.rules import TariffMode
from training.directory import actions as directory
from training.directory.actions import NewContact, NewOrganisation
from training.directory.rules import OrganisationKind
from training.identity.actions import keys, signin
from training.identity.actions.registration import register_organisation
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor, Scope
from training.messages.actions import delivery
from training.records import actions as records
from training.scheduling.actions import assignments, changing
from training.scheduling.actions import planning as scheduling
from training.scheduling.actions.changing import Moved
from training.scheduling.rules import SessionState
from training.worker import drain

pytestmark = pytest.mark.anyio
SOURCE = Path(training.__file__).parent
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)
STAFF = Actor("user", 4_711, "Ève Équipe", frozenset({"bookings.cancel"}), Scope(everything=True))


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path, node


def _declared() -> set[str]:
    """Every action's name, as the source gives it; the mails' are made of the occasion and of the state."""
    names = {call.args[1].value for _path, call in _calls("acting") if isinstance(call.args[1], ast.Constant)}
    return {str(name) for name in names}


async def _people(session: int, organisation: int) -> None:
    """What people of the office and of organisations do, that the story leaves out."""
    await directory.ensure_contact(SYSTEM, organisation, NewContact("Nina Nouvelle", "nina@mairie.example.org"))
    await directory.add_partner(SYSTEM, slug="prevention", name="Prévention", summary="", active=True)
    await directory.set_logo(SYSTEM, PIXEL, "image/png")
    await directory.remove_logo(SYSTEM)
    await bookings.wait(SYSTEM, NewBooking(session, organisation, 60))
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    asked = await bookings.book(SYSTEM, NewBooking(session, new, 1))
    await ending.decline(SYSTEM, asked.id, "Complet.")
    await directory.approve(SYSTEM, new)
    browser = await signin.request("nina@mairie.example.org", network="192.0.2.1")
    minted = await signin.mint(await db.value("select max(id) from signin_request"), settings.current().secret_key)
    entered = await signin.by_code(browser, minted.code, secret_key=settings.current().secret_key, program="test")
    await signin.by_link(await signin.open_door("rh@mairie.example.org"), program="test")
    await signin.sign_out(entered.token)
    nina = Actor("user", entered.account, "Nina")
    own = NewOrganisation("Association Nouvelle", OrganisationKind.ASSOCIATION, None, "1 rue", "61000", "Alençon")
    await register_organisation(nina, own, (NewContact("Nina Nouvelle", "nina@mairie.example.org"),))
    await keys.create(SYSTEM, "Script", organisation=organisation)
    await keys.revoke(SYSTEM, (await db.value("select max(id) from api_key")))
    await feeds.open_feed(SYSTEM, "Agenda de Nina", organisation=organisation)
    await feeds.close_feed(SYSTEM, await db.value("select max(id) from feed_token"))
    await records.retry_job(SYSTEM, 1)


async def _changes(session: int, slot: int) -> None:
    """The plan changes, facilitators change, readers answer."""
    times = await db.connection().fetchrow("select starts_at, ends_at from slot where id = $1", slot)
    venue = await db.value("select venue from venue_use where slot = $1", slot)
    await changing.move_session(
        SYSTEM, session, {slot: Moved(times["starts_at"], times["ends_at"] + timedelta(minutes=30), venue)}
    )
    await changing.edit_session(SYSTEM, session, capacity=61, closes_at=times["starts_at"], note="")
    await changing.edit_venue(SYSTEM, venue, {"access": "Par le portail."})
    await changing.tell_later_of_offer(SYSTEM, await db.value("select offer from session where id = $1", session))
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        await changing.tell_of_changes()
    other = await makers.make_facilitator("bruno@example.org", "Bruno")
    first = await db.value("select id from assignment where slot = $1", slot)
    second = await assignments.replace_facilitator(SYSTEM, first, other)
    await answers.answer(SYSTEM, await db.value("select id from invitation where role = 'contact'"), Answer.ACCEPTED)
    await assignments.answer_assignment(SYSTEM, second, accepts=True)
    await assignments.withdraw_assignment(SYSTEM, second)
    await assignments.assign(SYSTEM, slot, await db.value("select facilitator from assignment where id = $1", first))


async def _money() -> None:
    """What is paid, taken back and given up."""
    owed, payer = await db.connection().fetchrow("select id, payer from receivable order by id limit 1")
    new = settle.NewPayment(way=Way.CHEQUE, amount_cents=900, received_on=clock.today(), payer=payer)
    payment = await settle.record_payment(SYSTEM, new)
    await settle.settle(SYSTEM, payment, {owed: 500})
    await settle.take_back(SYSTEM, payment, owed, "Erreur.")
    await settle.refund(SYSTEM, payment, 300, clock.today(), "Trop payé.")
    await settle.write_off(SYSTEM, owed, 100, "Petit reste.")
    await records.set_series(SYSTEM, "trial", "T", 12)


async def _year() -> None:
    """The whole story, with everything that may happen on its way."""
    await makers.make_staff()
    town = await makers.make_town(issue_without_look=False)
    booked = await makers.make_booking(town, 20)
    await bookings.name_participants(SYSTEM, booked.id, (NewParticipant("Nina Nouvelle", "nina@example.org"),))
    option = await makers.make_booking(town, 5, option=True)
    await bookings.confirm(SYSTEM, option.id)
    await makers.make_booking(town, 5, option=True)
    gone = await makers.make_booking(town, 5)
    await ending.cancel(STAFF, gone.id)
    await _people(town.session, town.organisation)
    draft = await makers.make_session(town.offer, starts_at=town.ends_at, state=SessionState.DRAFT)
    await scheduling.publish_session(SYSTEM, draft)
    await assignments.assign(SYSTEM, await db.value("select max(id) from slot"), town.facilitator)
    await ending.call_off_session(SYSTEM, draft, "Verglas.")
    await ending.reinstate_session(SYSTEM, draft)
    await ending.call_off_session(SYSTEM, draft, "Encore du verglas.")
    free = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0)
    session = await makers.make_session(free, starts_at=town.starts_at)
    await bookings.book(SYSTEM, NewBooking(session, town.organisation, 3))
    await drain()
    await _changes(town.session, town.slot)
    await drain()
    with clock.frozen(town.ends_at + timedelta(days=8)):
        for appointment in timetable.TIMETABLE:
            await appointment.run()
        for held in (town.session, session):
            await hold_session(SYSTEM, held)
        await drain()
        for waiting in await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT):
            await issue(SYSTEM, waiting.id)
        await drain()
        await _money()
        await delivery.retry(SYSTEM, await db.value("select max(id) from mail"))


async def test_each_action_leaves_its_row_and_no_row_holds_a_personal_value(database_test, monkeypatch):
    with clock.frozen(makers.NOON):
        await _year()
    rows = await db.connection().fetch("select * from audit")
    seen = {r["action"] for r in rows}
    mails = {f"mail.{state}" for state in ("held", "sent")} | {"mail.release"}
    assert _declared() - seen - mails == set(), "an action that this test does not run, or that leaves no row"
    personal = re.compile(r"@|example|Rachel|Félix|Aline|Nina|Ève|Commune|Nouvelle|Verglas|R-[2-9A-Z]{7}|\d{5,}", re.I)
    for row in rows:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z_-]+", row["action"])
        assert (row["subject_kind"] is None) == (row["subject_id"] is None)
        for field in row["fields"]:
            assert re.fullmatch(r"[a-z_]{2,30}", field), (row["action"], field)
            assert not personal.search(field)
        assert row["actor_kind"] in ("system", "user")
    by_staff = [(r["action"], r["subject_kind"], r["fields"]) for r in rows if r["actor_id"] == STAFF.id]
    assert by_staff == [("booking.cancel", "booking", ["state"])]


async def test_a_refused_action_leaves_no_row(database_test):
    town = await makers.make_town()
    before = await db.value("select count(*) from audit")
    for refused in (
        makers.make_booking(town, 61),
        hold_session(SYSTEM, town.session),
        scheduling.publish_session(SYSTEM, town.session),
        makers.make_organisation(),
    ):
        with pytest.raises(Exception):  # noqa: B017 - whichever it is
            await refused
    assert await db.value("select count(*) from audit") == before


def _functions(path: Path) -> list[ast.AsyncFunctionDef]:
    return [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.AsyncFunctionDef)]


def _writes(function: ast.AsyncFunctionDef, own: dict[str, ast.AsyncFunctionDef], seen: set[str]) -> bool:
    """Whether a function writes, itself or by a private one of its module, outside acting()."""
    text = ast.unparse(function)
    if "acting(" in text:
        return False
    if re.search(r"\.(insert|update|delete)\(|db\.execute\(", text):
        return True
    called = {getattr(n.func, "id", "") for n in ast.walk(function) if isinstance(n, ast.Call)}
    return any(_writes(own[c], own, seen | {c}) for c in called & own.keys() - seen if c.startswith("_"))


# what changes only inside an action that the caller opened, or that decides nothing
WITHIN_ANOTHER = {
    "scheduling.mark_held", "scheduling.mark_cancelled", "scheduling.mark_reinstated",
    "scheduling.check_clashes", "records.keep_file", "records.open_series",
    "records.freeze", "billing.open_receivable",
    "identity.take_known_roles", "identity.slide", "calendar.prepare", "calendar.seen",
    "messages.deliver",  # a claim is no decision; what came of it is noted by an action
}  # fmt: skip


async def test_no_public_function_of_an_action_room_writes_without_acting():
    found = set()
    for path in sorted([*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")]):
        own = {f.name: f for f in _functions(path)}
        package = path.relative_to(SOURCE).parts[0]
        found |= {f"{package}.{n}" for n, f in own.items() if not n.startswith("_") and _writes(f, own, {n})}
    assert found - WITHIN_ANOTHER == set()


async def test_every_reaction_is_an_action_in_a_room_for_actions():
    for reaction in reactions.BY_NAME.values():
        assert ".actions" in reaction.run.__module__
