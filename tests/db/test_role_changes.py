"""A role becomes another: it is the last of its kind that stays, and what the new one may not open closes at once."""

from __future__ import annotations

import pytest
from test_who_left import COMPTA, RH, actor, contact, enter, former

import makers
from training.attendance.actions import hold_session
from training.calendar.actions.feeds import open_feed
from training.calendar.queries.feeds import owner
from training.directory.actions import contacts
from training.directory.actions.contacts import NewContact
from training.identity import queries
from training.identity.actions import keys, leaving, roles
from training.identity.actions.colleagues import invite_colleague
from training.identity.actions.role_changes import change_colleague, change_role
from training.identity.queries import MembershipFilter
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from training.kernel.permissions import Permission
from training.worker import drain

pytestmark = pytest.mark.anyio


async def held(email: str):
    return await queries.memberships_of(email)


async def test_an_adviser_becomes_a_bookkeeper_without_signing_in_again(database_test):
    await makers.make_staff()
    await makers.make_staff("denis@example.org", Role.ADVISER)
    cookie = await enter("denis@example.org")
    await change_role(SYSTEM, (await held("denis@example.org"))[0].id, Role.BOOKKEEPER)
    denis = await actor(cookie)
    assert denis.may(Permission.ACCOUNTS_KEEP)
    assert not denis.may(Permission.SESSIONS_PLAN)
    (was,) = await queries.former_memberships(MembershipFilter())
    assert (was.email, was.role, was.why) == ("denis@example.org", Role.ADVISER, "changed")


async def test_the_last_administrator_and_the_last_manager_stay_what_they_are(database_test):
    town = await makers.make_town()
    await makers.make_staff()
    rachel = await actor(await enter(RH))
    await enter(COMPTA)
    of_boss, of_rachel = (await held("equipe@example.org"))[0].id, (await held(RH))[0].id
    for act in (
        lambda: change_role(SYSTEM, of_boss, Role.ADVISER),
        lambda: change_role(SYSTEM, of_rachel, Role.MEMBER),
        lambda: change_colleague(rachel, town.organisation, rachel.id, Role.ACCOUNTANT),
    ):
        with pytest.raises(Conflict, match="seule personne qui"):
            await act()
    assert [one.role for one in await held(RH)] == [Role.MANAGER]
    felix = (await held(COMPTA))[0]
    await change_colleague(rachel, town.organisation, felix.account, Role.MANAGER)
    await change_colleague(rachel, town.organisation, rachel.id, Role.MEMBER)
    with pytest.raises(Forbidden):
        await change_colleague(rachel, town.organisation, felix.account, Role.MEMBER)  # by a page opened before


async def test_who_loses_one_of_two_roles_does_not_take_the_other_along(database_test):
    """A contact who managed and was also a member: removing the member put the contact aside, and the manager went."""
    town = await makers.make_town()
    await enter(RH)
    rachel = (await held(RH))[0]
    await roles.grant(SYSTEM, rachel.account, Role.MEMBER, organisation=town.organisation)
    await leaving.remove(SYSTEM, (await held(RH))[1].id)
    assert [one.role for one in await held(RH)] == [Role.MANAGER]
    assert (await contact(RH)).email == RH


async def test_two_roles_become_one(database_test):
    town = await makers.make_town()
    await enter(RH)
    rachel = (await held(RH))[0]
    await roles.grant(SYSTEM, rachel.account, Role.ACCOUNTANT, organisation=town.organisation)
    await change_colleague(SYSTEM, town.organisation, rachel.account, Role.MANAGER)
    assert [one.role for one in await held(RH)] == [Role.MANAGER]
    await change_colleague(SYSTEM, town.organisation, rachel.account, Role.MANAGER)  # again: nothing
    assert await former() == [(RH, "contact", "changed")]


async def test_a_changed_role_stands_at_the_next_sign_in_and_ends_with_its_contact(database_test):
    town = await makers.make_town()
    await enter(RH)
    await enter(COMPTA)
    felix = (await held(COMPTA))[0]
    feed = await open_feed(await actor(await enter(COMPTA)), "À moi")
    await change_colleague(SYSTEM, town.organisation, felix.account, Role.MEMBER)
    assert await owner(feed)
    await enter(COMPTA)
    assert [(one.role, one.origin) for one in await held(COMPTA)] == [(Role.MEMBER, "contact")]
    one = await contact(COMPTA)
    await contacts.edit_contact(SYSTEM, one.id, NewContact(one.name, one.email), active=False)
    assert await held(COMPTA) == []


async def test_who_may_see_no_invoice_any_more_opens_none_by_old_links_and_is_mailed_none(database_test):
    town = await makers.make_town(issue_without_look=True)
    await makers.make_booking(town, 10)
    await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
    await enter(COMPTA)
    felix = (await held(COMPTA))[0]
    answers = "select array_agg(generation order by id) from invitation"
    links, before = "select max(generation) from invoice", await db.value(answers)
    await change_colleague(SYSTEM, town.organisation, felix.account, Role.MEMBER)
    assert not (await contact(COMPTA)).for_billing
    assert await db.value(links) == 1
    await change_colleague(SYSTEM, town.organisation, felix.account, Role.ACCOUNTANT)
    assert (await contact(COMPTA)).for_billing
    assert await db.value(links) == 1
    assert await db.value(answers) == before  # they answer about dates as before


async def test_an_administrators_keys_end_when_they_administer_no_more_unless_told_otherwise(database_test):
    await makers.make_staff()
    for email, kept in (("a@example.org", False), ("b@example.org", True)):
        await makers.make_staff(email)
        key = await keys.create(await actor(await enter(email)), "Site", organisation=None)
        await change_role(SYSTEM, (await held(email))[0].id, Role.ADVISER, keys=not kept)
        assert bool(await queries.by_key(key)) == kept


async def test_administrators_are_told_of_a_new_one_and_of_one_less(database_test):
    await makers.make_platform()
    await makers.make_staff()
    await makers.make_staff("denis@example.org", Role.ADVISER)
    await drain()
    await change_role(SYSTEM, (await held("denis@example.org"))[0].id, Role.ADMINISTRATOR)
    await drain()
    told = "select array_agg(to_email order by id) from mail where occasion = $1"
    assert await db.value(told, "staff_watched") == ["equipe@example.org"]
    assert await db.value(told, "access_given") == ["denis@example.org"]
    words = await db.value("select subject || text from mail where occasion = 'access_given'")
    assert "Votre rôle a changé" in words
    assert "Conseil" in words
    await change_role(SYSTEM, (await held("denis@example.org"))[0].id, Role.ADVISER)
    await drain()
    assert sorted(await db.value(told, "staff_watched")) == ["denis@example.org", *["equipe@example.org"] * 2]


async def test_a_role_of_the_team_is_no_role_of_an_organisation_and_facilitators_have_one(database_test):
    town = await makers.make_town()
    await makers.make_staff()
    await enter(RH)
    await enter("anime@example.org")
    rachel = (await held(RH))[0]
    for act in (
        lambda: change_role(SYSTEM, rachel.id, Role.ADMINISTRATOR),
        lambda: change_colleague(SYSTEM, town.organisation, rachel.account, Role.ADVISER),
    ):
        with pytest.raises(Invalid):
            await act()
    with pytest.raises(Conflict):
        await change_role(SYSTEM, (await held("anime@example.org"))[0].id, Role.ADVISER)
    with pytest.raises(NotFound):
        await change_role(SYSTEM, 999_999, Role.ADVISER)


async def test_the_corrected_address_of_a_contact_gets_the_role_that_the_old_one_had(database_test):
    """A booking contact who had become the only manager: its corrected address came in as a member, nobody managed."""
    town = await makers.make_town()
    await contacts.add_contact(SYSTEM, town.organisation, NewContact("Chloé", "chloe@mairie.example.org"))
    await enter(RH)
    await enter("chloe@mairie.example.org")
    chloe, rachel = (await held("chloe@mairie.example.org"))[0], (await held(RH))[0]
    await change_colleague(SYSTEM, town.organisation, chloe.account, Role.MANAGER)
    await leaving.remove_colleague(SYSTEM, town.organisation, rachel.account)
    one = await contact("chloe@mairie.example.org")
    await contacts.edit_contact(SYSTEM, one.id, NewContact("Chloé", "c.martin@mairie.example.org"))
    await enter("c.martin@mairie.example.org")
    assert [one.role for one in await held("c.martin@mairie.example.org")] == [Role.MANAGER]


async def test_a_change_of_role_that_is_refused_leaves_everything(database_test):
    town = await makers.make_town()
    await invite_colleague(SYSTEM, town.organisation, "Chloé", "chloe@mairie.example.org", Role.MEMBER)
    chloe = (await held("chloe@mairie.example.org"))[0]
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    with pytest.raises(NotFound):
        await change_colleague(SYSTEM, other, chloe.account, Role.MANAGER)
    assert await former() == []
