"""Nothing new is done with an organisation that was refused or is archived, by any action: the actions are walked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

import asking
import makers
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.share import Share, share
from training.bookings.actions.booking import NewBooking, book, confirm, wait
from training.bookings.actions.resizing import resize
from training.calendar.actions.feeds import open_feed
from training.directory.actions.contacts import NewContact, add_contact
from training.directory.actions.kinds import change_kind
from training.directory.rules.organisations import Buyer, OrganisationClosed, OrganisationKind
from training.identity.actions import keys
from training.identity.actions.colleagues import invite_colleague
from training.identity.actions.roles import add_user, grant
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import NO_REFERENCES
from training.scheduling.actions.planning import NewSession, NewSlot, plan_session
from training.worker import drain

pytestmark = pytest.mark.anyio

# Actions that name an organisation and may be done with one that is closed, with the reason; parts of other actions.
NAMED_EXCEPTIONS = {
    "billing.actions.buyer_facts.set_buyer_facts": "its invoices still leave, are credited and reminded: facts correct",
    "bookings.actions.attaching.attach": "asks for one that waits, and for one that books",
    "bookings.actions.booking.confirm_requests_of": "confirms by `confirm`, which refuses",
    "bookings.actions.closing.end_bookings_of": "ends what it had",
    "bookings.actions.groups.group_of": "part of booking, which refuses",
    "bookings.actions.resizing.not_too_often": "counts",
    "directory.actions.archiving.refuse": "ends it",
    "directory.actions.archiving.archive": "ends it",
    "directory.actions.archiving.bring_back": "brings it back",
    "directory.actions.archiving.close_for": "part of what ends it",
    "directory.actions.billing_facts.set_billing_facts": "part of set_buyer_facts",
    "directory.actions.billing_facts.tell_own_facts": "what its invoices still lack",
    "directory.actions.contacts.welcome_contact": "part of inviting, which refuses",
    "directory.actions.contacts.write_to": "who receives its invoices",
    "directory.actions.locking.lock_organisation": "looks",
    "directory.actions.locking.hold_current": "is what refuses",
    "directory.actions.organisations.approve": "lets in who was refused; of an archived one it refuses",
    "identity.actions.joining.archive_for": "ends it",
    "identity.actions.joining.let_in": "part of attaching and archiving, to one that books",
    "identity.actions.leaving.remove_colleague": "takes away",
    "identity.actions.leaving.hold_roles": "a lock",
    "identity.actions.leaving.check_still": "looks",
    "identity.actions.leaving.roles_there": "looks",
    "identity.actions.role_changes.change_colleague": "who reads its past, and pays: nobody new",
    "identity.actions.roles.give_role": "part of what gives it, which refuses",
    "messages.actions.organisations.tell_staff": "writes",
    "messages.actions.organisations.welcome": "writes",
    "messages.actions.organisations.tell_refused": "writes",
    "messages.actions.organisations.tell_attached": "writes",
}

Run = Callable[[], Awaitable[object]]


async def calls() -> tuple[int, dict[str, Run]]:
    """An archived organisation with a booking kept and an option, and each new thing that could be done with it."""
    town = await makers.make_town()
    closed = await makers.make_organisation(
        "Fermée", siret=None, kind=OrganisationKind.ASSOCIATION, domain="fermee.example.org"
    )
    other = await makers.make_booking(town, 4)
    session = await makers.make_session(town.offer, starts_at=town.starts_at)
    kept = await makers.make_booking(replace(town, organisation=closed), 4)
    option = await book(SYSTEM, NewBooking(session, closed, 3, option=True))
    account = await add_user(SYSTEM, "ana@fermee.example.org", "Ana")
    await drain()
    await db.execute("update organisation set state = 'archived' where id = $1", closed)
    slot = NewSlot(town.starts_at, town.ends_at, None)
    planned = NewSession(offer=town.offer, capacity=9, slots=(slot,), organisation=closed)
    share_all = (Share(payer=closed, seats=4, amount_cents=None, references=NO_REFERENCES),)
    return closed, {
        "bookings.actions.booking.book": lambda: book(SYSTEM, NewBooking(town.session, closed, 2)),
        "bookings.actions.booking.wait": lambda: wait(SYSTEM, NewBooking(town.session, closed, 58)),
        "bookings.actions.booking.confirm": lambda: confirm(SYSTEM, option.id),
        "bookings.actions.resizing.resize": lambda: resize(SYSTEM, kept.id, 9),
        "billing.actions.share.share": lambda: share(SYSTEM, other.id, share_all),
        "billing.actions.deposit.ask_deposit": lambda: ask_deposit(SYSTEM, kept.id, percent=30),
        "scheduling.actions.planning.plan_session": lambda: plan_session(SYSTEM, planned),
        "calendar.actions.feeds.open_feed": lambda: open_feed(SYSTEM, "Agenda", organisation=closed),
        "directory.actions.contacts.add_contact": lambda: add_contact(
            SYSTEM, closed, NewContact("Nina", "nina@fermee.example.org")
        ),
        "directory.actions.kinds.change_kind": lambda: change_kind(
            SYSTEM, closed, OrganisationKind.SCHOOL, Buyer.PUBLIC
        ),
        "identity.actions.colleagues.invite_colleague": lambda: invite_colleague(
            SYSTEM, closed, "Nina", "nina@fermee.example.org", Role.MEMBER
        ),
        "identity.actions.keys.create": lambda: keys.create(SYSTEM, "Programme", organisation=closed),
        "identity.actions.roles.grant": lambda: grant(SYSTEM, account, Role.MEMBER, organisation=closed),
    }


# These name what is the organisation's, or hold it in a value: the walk cannot see it.
NOT_BY_NAME = {
    "bookings.actions.booking.book", "bookings.actions.booking.wait", "bookings.actions.booking.confirm",
    "bookings.actions.resizing.resize", "billing.actions.share.share", "billing.actions.deposit.ask_deposit",
    "scheduling.actions.planning.plan_session",
}  # fmt: skip


@pytest.mark.parametrize("state", ["archived", "refused"])
async def test_every_action_that_takes_an_organisation_refuses_one_that_is_closed(database_test, state):
    with clock.frozen(makers.NOON):
        closed, runs = await calls()
        await db.execute("update organisation set state = $2 where id = $1", closed, state)
        by_name = {
            name
            for name, function in asking.public()
            if "organisation" in {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
        }
        assert runs.keys() - NOT_BY_NAME == by_name - NAMED_EXCEPTIONS.keys(), (
            "refuse it by hold_current, or say why not"
        )
        assert NAMED_EXCEPTIONS.keys() <= by_name
        let_through = []
        for name, run in runs.items():
            before = await db.value("select count(*) from audit")
            try:
                async with db.atomic():
                    await run()
                let_through.append(name)
            except OrganisationClosed:
                assert await db.value("select count(*) from audit") == before, name
    assert let_through == []


async def test_fewer_seats_and_names_are_what_was_there_already(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        kept = await makers.make_booking(town, 9)
        await db.execute("update organisation set state = 'archived' where id = $1", town.organisation)
        assert (await resize(SYSTEM, kept.id, 4)).seats == 4
