"""Who left takes no key along: a role ends with its origin, whatever changes it, and all that hangs on it at once."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from training.bookings.actions.booking import NewBooking, book
from training.calendar.actions.feeds import open_feed
from training.calendar.queries.feeds import owner
from training.directory import queries as directory
from training.directory.actions import contacts, facilitators, organisations, partners
from training.directory.actions.contacts import NewContact
from training.directory.rules.organisations import OrganisationKind
from training.identity import queries, rules
from training.identity.actions import keys, leaving, roles, signin
from training.identity.actions.colleagues import invite_colleague
from training.identity.actions.registration import register_organisation
from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from training.records.actions.acting import acting
from training.scheduling.actions.changing import tell_of_changes
from training.worker import drain

pytestmark = pytest.mark.anyio

RH, COMPTA, ANIME = "rh@mairie.example.org", "compta@mairie.example.org", "anime@example.org"


async def enter(email: str) -> str:
    """A browser signed in; its cookie."""
    return (await signin.by_link(await signin.open_door(SYSTEM, email), program="test")).token


async def actor(cookie: str) -> Actor | None:
    entered = await queries.by_session(cookie)
    return entered.actor if entered else None


async def contact(email: str):
    (found,) = [c for c in await directory.contacts(await organisation()) if c.email == email]
    return found


async def organisation() -> int:
    return await db.value("select min(id) from organisation")


async def put_aside(email: str) -> None:
    one = await contact(email)
    await contacts.edit_contact(SYSTEM, one.id, _same(one), active=False)


def _same(one, **changes) -> NewContact:
    kept = NewContact(one.name, one.email, one.phone, one.title, one.for_booking, one.for_billing, one.locale)
    return replace(kept, **changes)


async def former() -> list[tuple[str, str, str]]:
    """Each role that ended: whose, from what, why."""
    sql = "select a.email, f.origin, f.why from former_membership f join account a on a.id = f.account order by f.id"
    return [tuple(row) for row in await db.connection().fetch(sql)]


async def test_a_contact_put_aside_loses_session_feeds_and_rights_at_once(database_test):
    town = await makers.make_town()
    cookie = await enter(RH)
    rachel = await actor(cookie)
    feed = await open_feed(rachel, "Téléphone", organisation=town.organisation)
    own = await open_feed(rachel, "À moi")
    assert await owner(feed)
    assert await owner(own)
    await put_aside(RH)
    assert await actor(cookie) is None
    assert await owner(feed) is None
    assert await owner(own) is None
    assert await former() == [(RH, "contact", "contact")]
    assert (await actor(await enter(RH))).scope.organisations == {}


async def test_it_ends_whoever_puts_it_aside_a_hosts_own_sql_too(database_test):
    await makers.make_town()
    cookie, billed, facilitator = [await enter(email) for email in (RH, COMPTA, ANIME)]
    await db.execute("update contact set active = false where email = $1", RH)
    await db.execute("update contact set email = 'corrigee@mairie.example.org' where email = $1", COMPTA)
    await db.execute("update facilitator set active = false")
    assert [await actor(each) for each in (cookie, billed, facilitator)] == [None, None, None]
    assert [why for _email, _origin, why in await former()] == ["contact", "address", "facilitator"]


async def test_a_corrected_address_closes_the_old_account_and_opens_the_new_one(database_test):
    town = await makers.make_town()
    cookie = await enter(RH)
    one = await contact(RH)
    await contacts.edit_contact(SYSTEM, one.id, _same(one, email="rachel@mairie.example.org"))
    assert await actor(cookie) is None
    assert (await actor(await enter(RH))).scope.organisations == {}
    new = await actor(await enter("rachel@mairie.example.org"))
    assert set(new.scope.organisations) == {town.organisation}


async def test_other_words_and_capitals_of_a_contact_end_nothing(database_test):
    town = await makers.make_town()
    cookie = await enter(RH)
    one = await contact(RH)
    await contacts.edit_contact(SYSTEM, one.id, _same(one, name="Rachel R.", email="RH@mairie.example.org"))
    assert set((await actor(cookie)).scope.organisations) == {town.organisation}


async def test_a_contact_taken_back_is_let_in_again_and_one_that_was_removed_is_not(database_test):
    town = await makers.make_town()
    await enter(COMPTA)
    one = await contact(COMPTA)
    await contacts.edit_contact(SYSTEM, one.id, _same(one), active=False)
    await contacts.edit_contact(SYSTEM, one.id, _same(one), active=True)
    back = await actor(await enter(COMPTA))
    assert set(back.scope.organisations) == {town.organisation}
    await leaving.remove_colleague(SYSTEM, town.organisation, back.id)
    assert [c.email for c in await directory.contacts(town.organisation)] == [RH]  # and is written to no more
    await contacts.edit_contact(SYSTEM, one.id, _same(one), active=True)
    assert (await actor(await enter(COMPTA))).scope.organisations == {}
    await invite_colleague(SYSTEM, town.organisation, "Félix", COMPTA, Role.ACCOUNTANT)
    assert set((await actor(await enter(COMPTA))).scope.organisations) == {town.organisation}


async def test_a_facilitators_removal_stops_being_given_again_though_they_still_facilitate(database_test):
    town = await makers.make_town()
    cookie = await enter(ANIME)
    await leaving.remove(SYSTEM, await db.value("select id from membership where facilitator = $1", town.facilitator))
    assert await actor(cookie) is None
    assert (await actor(await enter(ANIME))).scope.facilitators == {}
    assert await db.value("select active from facilitator where id = $1", town.facilitator)


async def test_of_a_person_in_two_organisations_only_that_role_ends(database_test):
    town = await makers.make_town()
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    await contacts.add_contact(SYSTEM, other, NewContact("Rachel Ressources", RH, for_booking=True))
    cookie = await enter(RH)
    rachel = await actor(cookie)
    here, there = [await open_feed(rachel, "a", organisation=each) for each in (town.organisation, other)]
    own = await open_feed(rachel, "À moi")
    await put_aside(RH)
    assert set((await actor(cookie)).scope.organisations) == {other}
    assert await owner(here) is None
    assert await owner(there)
    assert await owner(own)


async def test_what_was_given_by_hand_ends_by_hand_and_with_a_contact_of_that_address(database_test):
    town = await makers.make_town()
    for email in (RH, "sans-contact@mairie.example.org"):
        account = await roles.add_user(SYSTEM, email, "Nom")
        await roles.grant(SYSTEM, account, Role.MEMBER, organisation=town.organisation)
    theirs, hand = await enter(RH), await enter("sans-contact@mairie.example.org")
    assert [held.origin for held in await queries.colleagues(town.organisation)] == ["contact", "hand"]
    await db.execute("update membership set origin = 'hand', contact = null")  # as if the contact had come later
    await put_aside(RH)
    assert await actor(theirs) is None
    assert set((await actor(hand)).scope.organisations) == {town.organisation}


async def test_another_account_that_stands_for_a_facilitator_keeps_their_pages_when_an_address_is_corrected(
    database_test,
):
    town = await makers.make_town()
    account = await roles.add_user(SYSTEM, "bureau@example.org", "Bureau")
    await roles.grant(SYSTEM, account, Role.FACILITATOR, facilitator=town.facilitator)
    theirs, hand = await enter(ANIME), await enter("bureau@example.org")
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, {"email": "aline@example.org"})
    assert await actor(theirs) is None
    assert set((await actor(hand)).scope.facilitators) == {town.facilitator}


async def test_a_partner_that_is_over_ends_its_contacts_and_the_feeds_given_to_it(database_test):
    await makers.make_town()
    partner = await partners.add_partner(SYSTEM, slug="prevention", name="Prévention", summary="", active=True)
    account = await roles.add_user(SYSTEM, "p@partenaire.example.org", "Paul")
    await roles.grant(SYSTEM, account, Role.PARTNER_CONTACT, partner=partner)
    cookie, given = await enter("p@partenaire.example.org"), await open_feed(SYSTEM, "Eux", partner=partner)
    assert set((await actor(cookie)).scope.partners) == {partner}
    await db.execute("update partner set active = false")
    assert await actor(cookie) is None
    assert await owner(given) is None


async def test_a_facilitators_feeds_end_for_good_those_that_the_team_gave_too(database_test):
    town = await makers.make_town()
    await enter(ANIME)
    given = await open_feed(SYSTEM, "Aline", facilitator=town.facilitator)
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, {"active": False})
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, {"active": True})
    assert await owner(given) is None


async def test_codes_and_links_on_their_way_to_who_left_open_nothing(database_test):
    await makers.make_town()
    await enter(RH)
    browser = await signin.request(RH, network="192.0.2.7")
    request = await db.value("select max(id) from signin_request")
    minted = await signin.mint(SYSTEM, request, settings.current().secret_key)
    await put_aside(RH)
    with pytest.raises(NotFound):
        await signin.by_link(minted.token, program="test")
    with pytest.raises(DomainError):
        await signin.by_code(browser, minted.code, secret_key=settings.current().secret_key, program="test")


async def test_who_left_and_when_and_by_whom_is_a_row(database_test):
    town = await makers.make_town()
    staff = await makers.make_staff()
    await enter(RH)
    boss = await actor(await enter("equipe@example.org"))
    with clock.frozen(makers.NOON):
        one = await contact(RH)
        await contacts.edit_contact(boss, one.id, _same(one), active=False)
    row = await db.connection().fetchrow("select * from former_membership")
    assert (row["organisation"], row["contact"], row["role"]) == (town.organisation, one.id, "manager")
    assert (row["actor_kind"], row["actor_id"], row["ended_at"]) == ("user", staff, makers.NOON)


async def test_who_registers_an_organisation_comes_from_its_first_contact(database_test):
    await makers.make_platform()
    nina = await actor(await enter("nina@example.org"))
    new = organisations.NewOrganisation("Essai", OrganisationKind.ASSOCIATION, None, "1 rue", "61000", "Alençon")
    made = await register_organisation(nina, new, (NewContact("Nina", "nina@example.org", for_booking=True),))
    (held,) = await queries.memberships_of("nina@example.org")
    assert (held.role, held.origin) == (Role.MANAGER, rules.Origin.CONTACT)
    await db.execute("update contact set active = false where organisation = $1", made)
    assert await queries.memberships_of("nina@example.org") == []


async def test_an_administrators_keys_of_the_api_end_with_them_unless_told_otherwise(database_test):
    await makers.make_town()
    await makers.make_staff()
    for email, kept in (("a@example.org", False), ("b@example.org", True)):
        await makers.make_staff(email)
        boss = await actor(await enter(email))
        key = await keys.create(boss, "Site", organisation=None)
        held = await db.value("select max(id) from membership")
        await leaving.remove(SYSTEM, held, keys=not kept)
        assert bool(await queries.by_key(key)) == kept


async def test_the_last_administrator_and_the_last_manager_stay(database_test):
    town = await makers.make_town()
    boss = await makers.make_staff()
    await enter(RH)
    of_boss = await db.value("select id from membership where account = $1", boss)
    manager = await db.value("select account from membership where role = 'manager'")
    with pytest.raises(Conflict, match="seule personne qui administre"):
        await leaving.remove(SYSTEM, of_boss)
    with pytest.raises(Conflict, match="seule personne qui gère"):
        await leaving.remove_colleague(SYSTEM, town.organisation, manager)
    await makers.make_staff("adjoint@example.org", Role.ADVISER)  # who administers nothing
    with pytest.raises(Conflict):
        await leaving.remove(SYSTEM, of_boss)
    await invite_colleague(SYSTEM, town.organisation, "Chloé", "chloe@mairie.example.org", Role.MANAGER)
    await leaving.remove_colleague(SYSTEM, town.organisation, manager)
    await put_aside("chloe@mairie.example.org")  # who left keeps no key, even the last one
    assert await queries.colleagues(town.organisation) == []


@pytest.mark.commits
async def test_of_two_administrators_who_remove_each_other_at_once_one_stays(database_test):
    first, second = await makers.make_staff("a@example.org"), await makers.make_staff("b@example.org")
    await _each_other(first, second)
    left = await queries.administrators()
    assert len(left) == 1


@pytest.mark.commits
async def test_who_was_removed_a_moment_ago_removes_nobody_any_more(database_test):
    first, second = await makers.make_staff("a@example.org"), await makers.make_staff("b@example.org")
    await makers.make_staff("c@example.org")
    refused = await _each_other(first, second)
    assert [type(each) for each in refused] == [Forbidden]
    assert len(await queries.administrators()) == 2


@pytest.mark.commits
async def test_who_signs_in_while_they_are_put_aside_keeps_nothing_and_nobody_waits_for_ever(database_test):
    """Whichever comes first. That each has a role already is how both could have waited for the other."""
    await makers.make_town()
    await enter(RH)
    one = await contact(RH)
    for _turn in range(6):
        tokens = [await signin.open_door(SYSTEM, RH) for _n in range(3)]
        done = await asyncio.gather(
            *(signin.by_link(token, program="test") for token in tokens),
            contacts.edit_contact(SYSTEM, one.id, _same(one), active=False),
            return_exceptions=True,
        )
        assert {type(each) for each in done} <= {signin.SignedIn, NotFound, type(None)}, done
        assert await queries.memberships_of(RH) == []
        await contacts.edit_contact(SYSTEM, one.id, _same(one), active=True)
        await enter(RH)


async def _each_other(first: int, second: int) -> list[BaseException]:
    """Both press at once; what was refused."""
    cookies = [await enter(email) for email in ("a@example.org", "b@example.org")]
    held = {
        account: await db.pool().fetchval("select id from membership where account = $1", account)
        for account in (first, second)
    }
    actors = [await actor(cookie) for cookie in cookies]
    done = await asyncio.gather(
        leaving.remove(actors[0], held[second]), leaving.remove(actors[1], held[first]), return_exceptions=True
    )
    return [each for each in done if isinstance(each, BaseException)]


async def test_a_link_that_was_mailed_to_who_left_opens_nothing_and_the_next_mail_has_a_fresh_one(database_test):
    town = await makers.make_town(issue_without_look=True)
    await book(SYSTEM, NewBooking(town.session, town.organisation, 10))
    await drain()
    before = dict(await db.connection().fetch("select id, generation from invitation where role = 'contact'"))
    assert before
    await put_aside(RH)
    after = dict(await db.connection().fetch("select id, generation from invitation where role = 'contact'"))
    assert after == {id_: generation + 1 for id_, generation in before.items()}


async def test_an_act_that_is_undone_ends_nothing(database_test):
    await makers.make_town()
    cookie = await enter(RH)
    with contextlib.suppress(Conflict):
        async with acting(SYSTEM, "contact.edit"):
            await put_aside(RH)
            raise Conflict("")
    assert await actor(cookie)


async def test_what_who_left_had_booked_is_handed_to_a_colleague_who_alone_is_written_to(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 10)
        await drain()
        await put_aside(RH)
        await drain()
        heir = "select c.email from booking b join contact c on c.id = b.contact where b.id = $1"
        assert await db.value(heir, booked.id) == COMPTA
        before = await db.value("select max(id) from mail")
    with clock.frozen(makers.NOON + timedelta(minutes=3)):
        await tell_of_changes()
        await drain()
        sql = "select to_email, calendar_method from mail where id > $1 order by to_email"
        told = [tuple(row) for row in await db.connection().fetch(sql, before)]
        assert told == [(COMPTA, "REQUEST"), (RH, "CANCEL")]
