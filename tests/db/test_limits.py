"""What is limited is counted once for all processes, says when to try again, and counts only what happens."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

import makers
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.resizing import resize
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import OrganisationKind
from training.identity import queries, rules
from training.identity.actions.colleagues import invite_colleague
from training.identity.actions.keys import refuse_unknown
from training.identity.actions.registration import register_organisation
from training.identity.actions.roles import account_of
from training.identity.rules import Role
from training.kernel import clock, db, limits
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Invalid, TooMany
from training.kernel.limits import Limit

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
FEW = Limit("essai", 3, timedelta(hours=1), "person", "Trop.")


async def take(*whose: object, amount: int = 1) -> None:
    async with db.atomic():
        await limits.take(FEW, *whose, amount=amount)


def manager(organisation: int, account: int | None = None) -> Actor:
    scope = Scope(organisations={organisation: rules.ORGANISATION_ROLES[Role.MANAGER]})
    return Actor("user", account, "Rachel", scope=scope)


async def test_the_window_moves_and_the_wait_is_until_the_first_use_that_stands_in_the_way(database_test):
    for minutes in (0, 10, 20):
        with clock.frozen(makers.NOON + minutes * MINUTE):
            await take("a")
    with clock.frozen(makers.NOON + 30 * MINUTE):
        for amount, wait in ((1, 30), (2, 40), (3, 50)):
            with pytest.raises(TooMany) as caught:
                await take("a", amount=amount)
            assert caught.value.retry_after == wait * 60
        await take("b")
    with clock.frozen(makers.NOON + 60 * MINUTE):
        await take("a")
        with pytest.raises(TooMany, match="Réessayez dans 10 min, à 13"):
            await take("a")


async def test_more_than_ever_fits_is_refused_and_the_next_day_is_named(database_test):
    with clock.frozen(makers.NOON), pytest.raises(TooMany):
        await take("a", amount=4)
    day = Limit("jour", 1, timedelta(days=1), "person", "Trop.")
    with clock.frozen(makers.NOON):
        async with db.atomic():
            await limits.take(day, "a")
            with pytest.raises(TooMany, match="Réessayez à partir du 2 mars 2027"):
                await limits.take(day, "a")


@pytest.mark.commits
async def test_ten_at_once_are_counted_one_by_one(database_test):
    done = await asyncio.gather(*(take("a") for _n in range(10)), return_exceptions=True)
    assert sum(isinstance(each, TooMany) for each in done) == 10 - FEW.most


async def test_what_does_not_happen_is_not_counted(database_test):
    for _n in range(FEW.most + 2):
        with contextlib.suppress(Invalid):
            async with db.atomic():
                await limits.take(FEW, "a")
                raise Invalid("autre chose")
    await take("a")


async def test_no_address_is_kept_and_nothing_for_long(database_test):
    with clock.frozen(makers.NOON):
        await take("rh@mairie.example.org")
        row = await db.connection().fetchrow("select * from limit_use")
        assert b"mairie" not in row["key"]
    with clock.frozen(makers.NOON + timedelta(days=1, minutes=1)):
        await limits.forget_uses()
    assert await db.value("select count(*) from limit_use") == 0


def test_each_limit_has_a_name_of_its_own():
    names = [limit.name for limit in limits.LIMITS]
    assert len(set(names)) == len(names)
    assert {id(v) for v in vars(limits).values() if isinstance(v, Limit)} == {id(limit) for limit in limits.LIMITS}


# --- what is limited


async def test_somebody_who_registers_organisations_all_day_is_stopped(database_test):
    await makers.make_platform()
    account = await account_of("nina@example.org", "Nina")
    nina = Actor("user", account, "Nina", scope=Scope(accounts={account: rules.OWN}), email="nina@example.org")
    who = (NewContact("Nina", "nina@example.org", for_booking=True),)

    async def register(n: int) -> int:
        new = NewOrganisation(f"Essai {n}", OrganisationKind.ASSOCIATION, None, "1 rue", "61000", "Alençon")
        return await register_organisation(nina, new, who, network="192.0.2.7")

    made = [await register(n) for n in range(limits.REGISTERED.most)]
    with pytest.raises(TooMany):
        await register(99)
    assert await register(0) == made[0]  # the same one sent again is no other


async def test_an_organisation_that_nobody_approved_does_not_hold_every_seat(database_test):
    town = await makers.make_town()
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    for _n in range(limits.BOOKED_UNKNOWN.most):
        await book(manager(new), NewBooking(town.session, new, 1))
    with pytest.raises(TooMany, match="pas encore validée"):
        await book(manager(new), NewBooking(town.session, new, 1))
    await book(SYSTEM, NewBooking(town.session, new, 1))  # the team is not limited
    await book(manager(town.organisation), NewBooking(town.session, town.organisation, 1))


async def test_seats_that_come_and_go_write_to_nobody_by_the_hundred(database_test, monkeypatch):
    monkeypatch.setattr(limits, "BOOKED", Limit("booking.person", 4, timedelta(hours=1), "", "Trop."))
    town = await makers.make_town()
    rachel = manager(town.organisation)
    booked = await book(rachel, NewBooking(town.session, town.organisation, 4))
    for seats in (5, 4, 5):
        await resize(rachel, booked.id, seats)
    await resize(rachel, booked.id, 5)  # the same again is nothing
    with pytest.raises(TooMany):
        await resize(rachel, booked.id, 4)
    assert (await resize(SYSTEM, booked.id, 4)).seats == 4


async def test_strangers_are_not_written_to_by_the_hundred(database_test, monkeypatch):
    monkeypatch.setattr(limits, "INVITED_PEOPLE", Limit("invited.people", 5, timedelta(days=1), "", "Trop."))
    town = await makers.make_town()
    rachel = manager(town.organisation)
    booked = await book(rachel, NewBooking(town.session, town.organisation, 20))

    async def name(*ns: int) -> None:
        await name_participants(rachel, booked.id, tuple(NewParticipant(f"N {n}", f"n{n}@example.org") for n in ns))

    await name(1, 2, 3)
    await name(1, 2, 3)  # who was on the list is no stranger
    with pytest.raises(TooMany):
        await name(4, 5, 6)
    assert await db.value("select count(*) from participant") == 3
    await name(4, 5)
    await name_participants(rachel, booked.id, tuple(NewParticipant(f"Sans adresse {n}") for n in range(20)))


async def test_colleagues_are_invited_so_many_a_day(database_test):
    town = await makers.make_town()
    for n in range(limits.INVITED_COLLEAGUES.most):
        await invite_colleague(SYSTEM, town.organisation, "Nom", f"c{n}@mairie.example.org", Role.MEMBER)
    with pytest.raises(TooMany):
        await invite_colleague(SYSTEM, town.organisation, "Nom", "encore@mairie.example.org", Role.MEMBER)
    assert len(await queries.colleagues(town.organisation)) == limits.INVITED_COLLEAGUES.most


async def test_wrong_keys_from_one_network_are_counted(database_test):
    for _n in range(limits.WRONG_KEY.most):
        await refuse_unknown("192.0.2.7")
    with pytest.raises(TooMany):
        await refuse_unknown("192.0.2.7")
    await refuse_unknown("192.0.2.8")
