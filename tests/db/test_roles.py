"""What somebody may do: the roles of those we know already, API keys, and an organisation of one's own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

import makers
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import OrganisationKind
from training.identity import queries, rules
from training.identity.actions import keys, roles, signin
from training.identity.actions.registration import register_organisation
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Forbidden, Invalid
from training.kernel.permissions import Permission

pytestmark = pytest.mark.anyio


async def open_session(email: str = "rh@mairie.example.org", previous: str | None = None) -> str:
    entered = await signin.by_link(await signin.open_door(SYSTEM, email), program="test", previous=previous)
    return entered.token


async def actor_of(email: str):
    entered = await queries.by_session(await open_session(email))
    assert entered is not None
    return entered.actor


async def test_the_addresses_we_write_to_have_the_role_that_goes_with_it(database_test):
    town = await makers.make_town()
    booker = await actor_of("RH@mairie.example.org")
    assert booker.scope.organisations == {town.organisation: rules.ORGANISATION_ROLES[Role.MANAGER]}
    assert (booker.label, booker.permissions) == ("Rachel Ressources", frozenset())
    billed = await actor_of("compta@mairie.example.org")
    assert billed.scope.organisations == {town.organisation: rules.ORGANISATION_ROLES[Role.ACCOUNTANT]}
    facilitator = await actor_of("anime@example.org")
    assert (set(facilitator.scope.facilitators), facilitator.label) == ({town.facilitator}, "Aline Anime")
    assert facilitator.may(Permission.MISSIONS_SEE, facilitator=town.facilitator)
    assert not facilitator.may(Permission.MISSIONS_SEE)
    stranger = await actor_of("inconnu@example.org")
    assert (stranger.permissions, dict(stranger.scope.organisations)) == (frozenset(), {})
    assert not any(actor.scope.everything for actor in (booker, billed, facilitator, stranger))


async def test_a_role_given_by_hand_stands_and_one_given_twice_is_held_once(database_test):
    town = await makers.make_town()
    account = await roles.add_user(SYSTEM, "rh@mairie.example.org", "Rachel")
    await roles.grant(SYSTEM, account, Role.REFERRER, organisation=town.organisation)
    await roles.grant(SYSTEM, account, Role.REFERRER, organisation=town.organisation)
    actor = await actor_of("rh@mairie.example.org")
    assert actor.scope.organisations == {town.organisation: rules.ORGANISATION_ROLES[Role.REFERRER]}
    assert await db.value("select count(*) from membership") == 1


async def test_who_left_gets_no_role(database_test):
    await makers.make_town()
    await db.execute("update contact set active = false")
    await db.execute("update facilitator set active = false")
    for email in ("rh@mairie.example.org", "anime@example.org"):
        actor = await actor_of(email)
        assert (dict(actor.scope.organisations), dict(actor.scope.facilitators)) == ({}, {})


async def test_staff_reach_everything_as_far_as_their_role_goes(database_test):
    await makers.make_staff()
    await makers.make_staff("compta@example.org", Role.BOOKKEEPER)
    boss, books = await actor_of("equipe@example.org"), await actor_of("compta@example.org")
    assert boss.scope.everything
    assert boss.may(Permission.SESSIONS_HOLD_EARLY)
    assert books.may(Permission.INVOICES_ISSUE)
    assert not books.may(Permission.SESSIONS_HOLD)
    assert await queries.staff_addresses() == [("Ève Équipe", "equipe@example.org")]


@pytest.mark.commits
async def test_two_sign_ins_at_once_make_one_account(database_test):
    await makers.make_town()
    tokens = [await signin.open_door(SYSTEM, "rh@mairie.example.org") for _each in range(4)]
    done = await asyncio.gather(*(signin.by_link(t, program="test") for t in tokens), return_exceptions=True)
    assert [d for d in done if not isinstance(d, signin.SignedIn)] == []
    assert len({d.account for d in done}) == 1


async def test_an_api_key_opens_its_place_until_it_is_revoked(database_test):
    town = await makers.make_town()
    theirs = await keys.create(SYSTEM, "Commune", organisation=town.organisation)
    ours = await keys.create(SYSTEM, "Équipe", organisation=None)
    actor = await queries.by_key(theirs)
    assert actor is not None
    assert actor.scope.organisations == {town.organisation: rules.ORGANISATION_ROLES[Role.MANAGER]}
    staff = await queries.by_key(ours)
    assert staff is not None
    assert staff.scope.everything
    listed = {k.label: k for k in await queries.api_keys()}
    assert theirs.startswith(listed["Commune"].hint.rstrip("…"))
    await keys.revoke(SYSTEM, listed["Commune"].id)
    assert await queries.by_key(theirs) is None
    assert await queries.by_key("tk_forged") is None


# --- an organisation of one's own


OWN = NewOrganisation("Association d’Essai", OrganisationKind.ASSOCIATION, None, "1 rue", "61000", "Alençon")
PEOPLE = (NewContact("Nina Nouvelle", "nina@example.org", for_booking=True),)


@pytest.mark.commits
async def test_registered_twice_by_one_person_it_is_one_organisation_and_theirs(database_test):
    await open_session("nina@example.org")
    account = await db.pool().fetchval("select id from account")
    nina = Actor("user", account, "nina", scope=Scope(accounts={account: rules.OWN}))
    done = await asyncio.gather(*(register_organisation(nina, OWN, PEOPLE) for _each in range(4)))
    assert len(set(done)) == 1
    actor = await actor_of("nina@example.org")
    assert actor.scope.organisations == {done[0]: rules.ORGANISATION_ROLES[Role.MANAGER]}
    assert actor.label == "Nina Nouvelle"


async def test_nobody_registers_without_an_account_nor_a_town_hall_without_its_siret(database_test):
    with pytest.raises(Forbidden):
        await register_organisation(SYSTEM, OWN, PEOPLE)
    await open_session("nina@example.org")
    nina = await actor_of("nina@example.org")
    with pytest.raises(Invalid) as caught:
        await register_organisation(nina, replace(OWN, kind=OrganisationKind.COMMUNE), PEOPLE)
    assert caught.value.field == "siret"
