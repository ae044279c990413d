"""Organisations are refused, archived, brought back and attached to others; what was theirs stays theirs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.queries import invoices as billing
from training.bookings import queries as bookings
from training.bookings.actions.attaching import attach
from training.bookings.actions.booking import NewBooking, NewParticipant, book, confirm, wait
from training.bookings.rules.groups import BookedAlready
from training.bookings.rules.states import BookingState
from training.directory import queries
from training.directory.actions import archiving, organisations
from training.directory.rules.organisations import OrganisationClosed, OrganisationKind, OrganisationState
from training.identity.actions.joining import archive_for
from training.identity.actions.roles import add_user, grant
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.messages import queries as mails
from training.messages.queries import role_there
from training.worker import drain

pytestmark = pytest.mark.anyio
S = OrganisationState
OTHER_SIRET = "00007775000008"


async def asking(name: str = "Mairie d’Essai", *, siret: str | None = None, **more: object) -> int:
    """An organisation that registered itself: Rachel manages it, and nobody has looked."""
    made = await makers.make_organisation(name, siret=siret, approved=False, domain="demande.example.org", **more)
    account = await add_user(SYSTEM, "rh@demande.example.org", "Rachel Ressources")
    await grant(SYSTEM, account, Role.MANAGER, organisation=made)
    return made


async def told() -> list[tuple[str, str]]:
    """What was written to whom, without what goes to the team."""
    await drain()
    return [(m.occasion, m.to_email) for m in reversed(await mails.mails()) if not m.occasion.startswith("staff_")]


async def state_of(organisation: int) -> OrganisationState:
    found = await queries.organisation(organisation)
    assert found is not None
    return found.state


# Refused


async def test_who_is_refused_is_told_once_with_the_words_and_its_seats_are_free(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        new = await asking()
        booked = await makers.make_booking(replace(town, organisation=new), 12)
        await drain()
        with pytest.raises(Invalid, match="Donnez le motif"):
            await archiving.refuse(SYSTEM, new, "  ")
        await archiving.refuse(SYSTEM, new, "Hors du Pays d’Essai.")
        assert (await told())[-1] == ("organisation_refused", "rh@demande.example.org")
        assert [what for what, _who in await told()].count("booking_declined") == 0, "one occasion, one mail"
        view = await bookings.booking_by_id(SYSTEM.scope, booked.id)
        assert view is not None
        letter = (await mails.mails())[0]
        text = await db.value("select text from mail where id = $1", letter.id)
    assert (view.state, view.cancel_reason) == (BookingState.DECLINED, "Hors du Pays d’Essai.")
    assert await db.value("select seats_taken from session where id = $1", town.session) == 0
    for words in ("Hors du Pays d’Essai.", view.reference, makers.PLATFORM["phone"]):
        assert str(words) in text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_of_two_who_answer_at_once_the_second_is_told(database_test):
    new = await asking()
    await organisations.approve(SYSTEM, new)
    with pytest.raises(Conflict, match="vient d’être validée"):
        await archiving.refuse(SYSTEM, new, "Non.")
    other = await makers.make_organisation("Autre", siret=None, approved=False, domain="autre.example.org")
    await archiving.refuse(SYSTEM, other, "Non.")
    with pytest.raises(Conflict, match="n’attend plus de réponse"):
        await archiving.refuse(SYSTEM, other, "Non.")


@pytest.mark.commits
async def test_approved_and_refused_at_the_same_moment_is_one_of_the_two(database_test):
    new = await makers.make_organisation(approved=False)
    answers = await asyncio.gather(
        organisations.approve(SYSTEM, new), archiving.refuse(SYSTEM, new, "Non."), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    # refused first, then approved: somebody had another mind, which is allowed; the other way round it is not
    assert len(refused) <= 1
    assert all(isinstance(answer, Conflict) for answer in refused)
    assert await state_of(new) == S.APPROVED


async def test_another_mind_lets_in_who_was_refused_and_what_ended_stays_ended(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        new = await asking()
        booked = await makers.make_booking(replace(town, organisation=new), 12)
        await archiving.refuse(SYSTEM, new, "Non.")
        await drain()
        with pytest.raises(OrganisationClosed, match="n’a pas été acceptée"):
            await makers.make_booking(replace(town, organisation=new), 2)
        await organisations.approve(SYSTEM, new)
        await drain()
        view = await bookings.booking_by_id(SYSTEM.scope, booked.id)
        assert view is not None
        assert view.state == BookingState.DECLINED
        again = await makers.make_booking(replace(town, organisation=new), 2)
    assert again.state == BookingState.CONFIRMED
    open_rows = "select count(*) from organisation_ending where organisation = $1 and undone_at is null"
    assert await db.value(open_rows, new) == 0


# Archived


async def test_what_is_undecided_of_an_archived_one_ends_and_what_is_confirmed_is_kept_or_not(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        kept = await makers.make_booking(town, 10)
        option = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=3))
        optioned = await book(SYSTEM, NewBooking(option, town.organisation, 4, option=True))
        await archiving.archive(SYSTEM, town.organisation)
        await drain()
        states = [(await bookings.booking_by_id(SYSTEM.scope, one.id)).state for one in (kept, optioned)]  # type: ignore[union-attr]
        assert states == [BookingState.CONFIRMED, BookingState.CANCELLED]
        await archiving.bring_back(SYSTEM, town.organisation)
        await archiving.archive(SYSTEM, town.organisation, reason="Fusion.", ends_coming=True)
        assert (await told())[-1] == ("booking_cancelled", "rh@mairie.example.org")
        ended = await bookings.booking_by_id(SYSTEM.scope, kept.id)
    assert ended is not None
    assert (ended.state, ended.cancel_reason) == (BookingState.CANCELLED, "Fusion.")


async def test_a_kept_booking_of_an_archived_one_is_held_and_invoiced(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 10)
        await archiving.archive(SYSTEM, town.organisation)
        await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 10})
        await drain()
        (invoice,) = await billing.invoices(SYSTEM.scope, organisation=town.organisation)
    assert invoice.gross_cents == 35_000


async def test_an_archived_one_takes_no_option_up_and_no_waiting_place(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        option = await makers.make_booking(town, 10, option=True)
        await archiving.archive(SYSTEM, town.organisation)
        with pytest.raises(OrganisationClosed, match="est archivée"):
            await confirm(SYSTEM, option.id)
        with pytest.raises(OrganisationClosed):
            await wait(SYSTEM, NewBooking(town.session, town.organisation, 55))


async def test_what_waits_is_not_archived_and_what_is_archived_not_again(database_test):
    new = await asking()
    with pytest.raises(Conflict, match="attend une réponse"):
        await archiving.archive(SYSTEM, new)
    await organisations.approve(SYSTEM, new)
    await archiving.archive(SYSTEM, new)
    with pytest.raises(Conflict, match="plus en activité"):
        await archiving.archive(SYSTEM, new)
    await archiving.bring_back(SYSTEM, new)
    with pytest.raises(Conflict, match="n’est pas archivée"):
        await archiving.bring_back(SYSTEM, new)
    assert await state_of(new) == S.APPROVED


# Archived for another


async def test_an_archived_one_says_where_to_go_and_its_past_stays_its_own(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        other = await makers.make_organisation("Mairie d’Essai", siret=None, domain="autre.example.org")
        booked = await makers.make_booking(replace(town, organisation=other), 5)
        await archive_for(SYSTEM, other, town.organisation)
        await drain()
        view = await queries.organisation(other)
        assert view is not None
        assert (view.state, view.see_slug) == (S.ARCHIVED, town.slug)
        with pytest.raises(OrganisationClosed, match="voir « Commune d’Essai »"):
            await makers.make_booking(replace(town, organisation=other), 2)
        its = await bookings.booking_by_id(SYSTEM.scope, booked.id)
    assert its is not None
    assert (its.organisation, its.state) == (other, BookingState.CONFIRMED)


async def test_its_people_get_the_same_roles_where_somebody_wants_it(database_test):
    town = await makers.make_town()
    other = await makers.make_organisation("Mairie d’Essai", siret=None, domain="autre.example.org")
    ana = await add_user(SYSTEM, "ana@autre.example.org", "Ana")
    ben = await add_user(SYSTEM, "ben@autre.example.org", "Ben")
    for account, role in ((ana, Role.MANAGER), (ben, Role.MEMBER)):
        await grant(SYSTEM, account, role, organisation=other)
    await archive_for(SYSTEM, other, town.organisation, people=[ana])
    assert await role_there("ana@autre.example.org", town.organisation) == Role.MANAGER
    assert await role_there("ben@autre.example.org", town.organisation) is None
    assert await role_there("ana@autre.example.org", other) == Role.MANAGER, "what she read there she still reads"
    assert ("access_given", "ana@autre.example.org") in await told()


async def test_pointers_are_short_never_to_itself_and_never_round(database_test):
    town = await makers.make_town()
    first, second = [
        await makers.make_organisation(f"Mairie {n}", siret=None, domain=f"m{n}.example.org") for n in "ab"
    ]
    with pytest.raises(Invalid, match="une autre structure"):
        await archive_for(SYSTEM, first, first)
    await archive_for(SYSTEM, first, second)
    with pytest.raises(Conflict, match="n’est pas en activité"):
        await archive_for(SYSTEM, second, first)
    await archive_for(SYSTEM, second, town.organisation)
    seen = {r["id"]: r["see"] for r in await db.connection().fetch("select id, see from organisation where see > 0")}
    assert seen == {first: town.organisation, second: town.organisation}
    with pytest.raises(Conflict, match="elle-même archivée"):
        async with db.atomic():
            await db.execute("update organisation set see = $2 where id = $1", first, second)
    await archiving.bring_back(SYSTEM, second)
    assert await state_of(second) == S.APPROVED


async def test_two_sirets_are_two_organisations(database_test):
    town = await makers.make_town()
    other = await makers.make_organisation("Commune d’Essai", siret=OTHER_SIRET, domain="autre.example.org")
    with pytest.raises(Conflict, match="SIRET différents"):
        await archive_for(SYSTEM, other, town.organisation)


async def test_a_siret_that_the_one_that_stays_has_not_goes_along_and_comes_back(database_test):
    first = await makers.make_organisation("Mairie", siret=None, domain="m.example.org")
    second = await makers.make_organisation("Commune", siret=OTHER_SIRET, domain="c.example.org")
    await archive_for(SYSTEM, second, first)
    found = [(await queries.organisation(one)).siret for one in (first, second)]  # type: ignore[union-attr]
    assert found == [OTHER_SIRET, None]
    await archiving.bring_back(SYSTEM, second)
    found = [(await queries.organisation(one)).siret for one in (first, second)]  # type: ignore[union-attr]
    assert found == [None, OTHER_SIRET]


# Attached


async def test_who_asked_joins_the_one_that_is_known_with_what_they_had_asked_for(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        new = await asking()
        people = (NewParticipant("Paul Présent"),)
        booked = await makers.make_booking(replace(town, organisation=new), 12, participants=people)
        await drain()
        await attach(SYSTEM, new, town.organisation, Role.MEMBER)
        occasions = await told()
        view = await bookings.booking_by_id(SYSTEM.scope, booked.id)
        request = await queries.organisation(new)
    assert view is not None
    assert request is not None
    assert (view.organisation, view.state, view.contact_email) == (
        town.organisation, BookingState.CONFIRMED, "rh@demande.example.org",
    )  # fmt: skip
    assert (request.state, request.see_slug) == (S.ARCHIVED, town.slug)
    assert await role_there("rh@demande.example.org", town.organisation) == Role.MEMBER
    assert ("organisation_attached", "rh@demande.example.org") in occasions
    assert ("booking_confirmed", "rh@demande.example.org") in occasions
    assert "access_given" not in [what for what, _who in occasions], "one occasion, one mail"
    assert "compta@demande.example.org" not in [c.email for c in await queries.contacts(town.organisation)]


async def test_what_is_moved_costs_what_was_said_or_less(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        sql = """
            insert into tariff (offer, organisation_kind, mode, amount_cents, valid_from)
            values ($1, $2, 'flat', $3, current_date - 900)
        """
        for kind, cents in (("association", 10_000), ("company", 50_000)):
            await db.execute(sql, town.offer, kind, cents)
        cheap = await makers.make_organisation(
            "Asso", siret=None, kind=OrganisationKind.ASSOCIATION, domain="asso.example.org"
        )
        dear = await makers.make_organisation(
            "Firme", siret=None, kind=OrganisationKind.COMPANY, domain="firme.example.org"
        )
        prices = []
        for to, name in ((cheap, "Une"), (dear, "Deux")):
            new = await makers.make_organisation(name, siret=None, approved=False, domain=f"{name}.example.org".lower())
            account = await add_user(SYSTEM, f"rh@{name}.example.org".lower(), "Rachel")
            await grant(SYSTEM, account, Role.MANAGER, organisation=new)
            booked = await makers.make_booking(replace(town, organisation=new), 3)
            await attach(SYSTEM, new, to, Role.MANAGER)
            prices.append((await bookings.booking_by_id(SYSTEM.scope, booked.id)).price_cents)  # type: ignore[union-attr]
    assert prices == [10_000, 35_000]


async def test_a_moved_request_joins_the_booking_that_is_there(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        there = await makers.make_booking(town, 10)
        new = await asking()
        asked = await makers.make_booking(replace(town, organisation=new), 5)
        await attach(SYSTEM, new, town.organisation, Role.MEMBER)
        await drain()
        found = await bookings.booking_by_id(SYSTEM.scope, there.id)
        gone = await bookings.booking_by_id(SYSTEM.scope, asked.id)
    assert found is not None
    assert gone is not None
    assert (found.seats, gone.state, gone.joined) == (15, BookingState.CANCELLED, found.reference)
    assert await db.value("select seats_taken from session where id = $1", town.session) == 15


async def test_an_option_in_the_way_is_decided_first_and_nothing_is_half_done(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town, 10, option=True)
        new = await asking()
        await makers.make_booking(replace(town, organisation=new), 5)
        with pytest.raises(BookedAlready):
            await attach(SYSTEM, new, town.organisation, Role.MEMBER)
    assert await state_of(new) == S.PENDING
    assert await role_there("rh@demande.example.org", town.organisation) is None


async def test_a_request_that_is_attached_gives_its_siret_and_may_be_taken_back(database_test):
    new = await asking(siret=OTHER_SIRET)
    known = await makers.make_organisation("Mairie d’Essai", siret=None, domain="connue.example.org")
    await attach(SYSTEM, new, known, Role.MANAGER)
    assert (await queries.organisation(known)).siret == OTHER_SIRET  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        await attach(SYSTEM, new, known, Role.MANAGER)
    await archiving.bring_back(SYSTEM, new)
    assert await state_of(new) == S.PENDING
    assert (await queries.organisation(new)).siret == OTHER_SIRET  # type: ignore[union-attr]
