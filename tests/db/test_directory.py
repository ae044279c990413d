"""Organisations and their people: what is refused with words, what is one, who is told."""

from __future__ import annotations

import asyncio

import pytest

import makers
from training.directory import queries
from training.directory.actions import contacts, locking, organisations
from training.directory.actions import platform as platform_actions
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import Buyer, OrganisationKind, OrganisationState
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.messages import queries as mails
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_a_siret_is_one_organisation_s_and_the_second_is_told_so(database_test):
    await makers.make_organisation()
    with pytest.raises(Conflict, match="SIRET") as caught:
        await makers.make_organisation("Autre commune", siret="000 099 994 00014")
    assert caught.value.field == "siret"
    await makers.make_organisation("Sans numéro", siret=None, domain="a.example.org")
    await makers.make_organisation("Sans numéro non plus", siret=None, domain="b.example.org")


@pytest.mark.commits
async def test_eight_at_once_register_one_organisation(database_test):
    made = await asyncio.gather(*(makers.make_organisation() for _each in range(8)), return_exceptions=True)
    assert sorted(type(m).__name__ for m in made) == ["Conflict"] * 7 + ["int"]


async def test_every_fault_of_a_registration_is_said_at_once_and_nothing_is_kept(database_test):
    wrong = NewOrganisation(" ", OrganisationKind.COMMUNE, "00009999400015", "", "61000", "Alençon")
    with pytest.raises(Invalid) as caught:
        await organisations.register(SYSTEM, wrong, ())
    assert caught.value.errors.keys() == {"name", "address", "siret"}
    assert await db.value("select count(*) from organisation") == 0


async def test_an_address_that_cannot_be_one_is_refused_with_the_whole_registration(database_test):
    new = NewOrganisation("Commune", OrganisationKind.COMMUNE, None, "1 rue", "61000", "Alençon")
    with pytest.raises(ValueError):
        await organisations.register(SYSTEM, new, (NewContact("Rachel", "rachel@"),))
    assert await db.value("select count(*) from organisation") == 0


async def test_what_an_organisation_is_to_the_law_follows_from_its_kind_unless_said(database_test):
    for kind, buyer, expected in (
        (OrganisationKind.COMMUNE, None, Buyer.PUBLIC),
        (OrganisationKind.COMPANY, None, Buyer.COMPANY),
        (OrganisationKind.ASSOCIATION, Buyer.PERSON, Buyer.PERSON),
    ):
        new = NewOrganisation("Même nom", kind, None, "1 rue", "61000", "Alençon", buyer=buyer)
        found = await queries.organisation(await organisations.register(SYSTEM, new, (), approved=True))
        assert found is not None
        assert found.buyer == expected
    slugs = [r["slug"] for r in await db.connection().fetch("select slug from organisation order by id")]
    assert slugs == ["meme-nom", "meme-nom-2", "meme-nom-3"]


async def test_the_billing_contact_is_the_one_for_it_or_failing_who_books(database_test):
    both = await makers.make_organisation()
    contact = await queries.billing_contact(both)
    assert contact is not None
    assert contact.email == "compta@mairie.example.org"
    new = NewOrganisation("Une seule", OrganisationKind.COMMUNE, None, "1 rue", "61000", "Alençon")
    people = (NewContact("A", "a@one.example.org"), NewContact("B", "b@one.example.org", for_booking=True))
    contact = await queries.billing_contact(await organisations.register(SYSTEM, new, people))
    assert contact is not None
    assert contact.email == "b@one.example.org"


async def test_a_contact_is_known_by_its_address_whatever_its_case(database_test):
    organisation = await makers.make_organisation()
    first = await contacts.add_contact(SYSTEM, organisation, NewContact("Nina", "Nina@mairie.example.org"))
    assert await contacts.add_contact(SYSTEM, organisation, NewContact("N.", "nina@Mairie.example.org")) == first
    assert len(await queries.contacts(organisation)) == 3


async def test_staff_are_told_of_a_new_organisation_and_its_people_that_it_is_welcome(database_test):
    await makers.make_platform()
    await makers.make_staff()
    organisation = await makers.make_organisation(approved=False)
    await drain()
    await organisations.approve(SYSTEM, organisation)
    with pytest.raises(Conflict, match="déjà validée"):
        await organisations.approve(SYSTEM, organisation)
    await drain()
    told = [(m.occasion, m.to_email) for m in reversed(await mails.mails())]
    assert told == [
        ("staff_organisation", "equipe@example.org"),
        ("organisation_approved", "rh@mairie.example.org"),
    ]


async def test_a_locked_organisation_says_its_state(database_test):
    organisation = await makers.make_organisation(approved=False)
    assert (await locking.lock_organisation(organisation)).state == OrganisationState.PENDING
    with pytest.raises(NotFound):
        await locking.lock_organisation(0)


async def test_the_platform_is_one_row_changed_by_what_is_given(database_test):
    await makers.make_platform()
    await platform_actions.set_platform(SYSTEM, {"phone": "02 00 00 00 00"})
    platform = await queries.the_platform()
    assert (platform.phone, platform.short_name) == ("02 00 00 00 00", "Essai")
    fields = await db.value("select fields from audit where action = 'platform.edit' order by id desc limit 1")
    assert fields == ["phone"]


async def test_who_left_receives_no_invoices_any_more(database_test):
    organisation = await makers.make_organisation()
    leaving = "update contact set active = false where email = $1"
    for email, after in (("compta@mairie.example.org", "rh@mairie.example.org"), ("rh@mairie.example.org", None)):
        assert (await queries.billing_contact(organisation)).email == email
        await db.execute(leaving, email)
        found = await queries.billing_contact(organisation)
        assert (found and found.email) == after
