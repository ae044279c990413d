"""What people edit is remembered with its old and new values, apart from the audit, and for three years."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

import makers
import training
from training.directory import queries as directory_queries
from training.directory.actions import billing_facts, contacts, platform
from training.directory.actions.contacts import NewContact
from training.directory.rules.billing_facts import BillingFacts, Service
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict
from training.kernel.permissions import Permission
from training.records import queries, rules
from training.records.actions.acting import acting, forget_changes
from training.scheduling.actions import changing
from training.scheduling.actions.changing import Moved

pytestmark = pytest.mark.anyio
EVE = Actor("user", 4_711, "Ève Équipe", frozenset(Permission), Scope(everything=True))
SOURCE = Path(training.__file__).parent


async def said(kind: str, subject: int) -> dict[str, tuple[str | None, str | None]]:
    return {change.field: (change.old, change.new) for change in await queries.changes((kind, subject))}


async def fields(action: str) -> list[str]:
    return list(await db.value("select fields from audit where action = $1 order by id desc limit 1", action))


async def test_a_contact_s_history_says_who_changed_what_from_what(database_test):
    organisation = await makers.make_organisation("Mairie", domain="mairie.example.org")
    new = NewContact("Nina", "nina@mairie.example.org", phone="0233000000")
    contact = await contacts.add_contact(SYSTEM, organisation, new)
    assert await queries.changes(("contact", contact)) == []
    with clock.frozen(makers.NOON):
        await contacts.edit_contact(EVE, contact, NewContact("Nina N.", "nina@mairie.example.org"))
    name, phone = sorted(await queries.changes(("contact", contact)), key=lambda c: c.field)
    assert (name.actor_kind, name.actor_id, name.at, name.action) == ("user", 4_711, makers.NOON, "contact.edit")
    assert (name.field, name.old, name.new) == ("name", "Nina", "Nina N.")
    assert (phone.field, phone.old, phone.new) == ("phone", "0233000000", None)
    assert sorted(await fields("contact.edit")) == ["name", "phone"], "the audit names what changed, and no more"


async def test_each_thing_that_people_edit_has_its_history(database_test):
    town = await makers.make_town()
    venue = await db.value("select venue from venue_use where slot = $1", town.slot)
    await changing.edit_venue(EVE, venue, {"access": "Par le portail."})
    await makers.rewrite(town.offer, EVE, title="Vélo", summary="Essayer.")
    await changing.edit_session(EVE, town.session, capacity=61, closes_at=town.starts_at, note="Apporter un casque")
    await platform.set_platform(EVE, {"name": "Autre nom"})
    assert (await said("venue", venue))["access"][1] == "Par le portail."
    assert (await said("offer", town.offer))["summary"][1] == "Essayer."
    assert await said("session", town.session) == {"capacity": ("60", "61"), "note": ("", "Apporter un casque")}
    assert (await said("platform", 1))["name"][1] == "Autre nom"


async def test_an_instant_read_in_another_zone_is_no_change(database_test):
    town = await makers.make_town()
    venue = await db.value("select venue from venue_use where slot = $1", town.slot)
    later = town.ends_at + timedelta(minutes=30)
    same = town.starts_at.astimezone(UTC)
    await changing.move_session(EVE, town.session, {town.slot: Moved(same, later.astimezone(UTC), venue)})
    assert await said("session", town.session) == {
        "ends_at": (clock.local(town.ends_at).isoformat(), clock.local(later).isoformat())
    }


async def test_the_services_of_a_public_buyer_are_one_field(database_test):
    organisation = await makers.make_organisation("Mairie", domain="mairie.example.org")
    view = await directory_queries.organisation(organisation)
    facts = {name: getattr(view, name) for name in BillingFacts.__slots__ if name != "services"}
    services = (Service("DRH", "Ressources", False, True), Service("VOIRIE", "Voirie", True, True))
    await billing_facts.set_billing_facts(EVE, organisation, BillingFacts(**facts, services=services))
    await billing_facts.set_billing_facts(EVE, organisation, BillingFacts(**facts, services=services[::-1]))
    (change,) = await queries.changes(("organisation", organisation))
    assert (change.field, change.old) == ("services", "[]")
    assert "VOIRIE" in str(change.new)


async def test_a_history_pages_by_key(database_test):
    async with acting(EVE, "trial.edit", ("trial", 1)) as change:
        for n in range(5):
            change.edited(f"field_{'abcde'[n]}", n, n + 1)
    first = await queries.changes(("trial", 1), most=3)
    rest = await queries.changes(("trial", 1), before=first[-1].id, most=3)
    assert [c.field[-1] for c in (*first, *rest)] == list("edcba")


async def test_a_refused_edit_leaves_no_history(database_test):
    organisation = await makers.make_organisation("Mairie", domain="mairie.example.org")
    one = await contacts.add_contact(SYSTEM, organisation, NewContact("Nina", "nina@mairie.example.org"))
    await contacts.add_contact(SYSTEM, organisation, NewContact("Max", "max@mairie.example.org"))
    with pytest.raises(Conflict):
        await contacts.edit_contact(EVE, one, NewContact("Nina", "max@mairie.example.org"))
    assert await queries.changes(("contact", one)) == []


async def test_after_three_years_the_values_go_and_the_audit_stays(database_test):
    organisation = await makers.make_organisation("Mairie", domain="mairie.example.org")
    contact = await contacts.add_contact(SYSTEM, organisation, NewContact("Nina", "nina@mairie.example.org"))
    for day, name in ((datetime(2027, 3, 1, 12, tzinfo=UTC), "Old"), (datetime(2029, 3, 1, 12, tzinfo=UTC), "New")):
        with clock.frozen(day):
            await contacts.edit_contact(EVE, contact, NewContact(name, "nina@mairie.example.org"))
    with clock.frozen(datetime(2027, 3, 1, 12, tzinfo=UTC) + rules.CHANGES_KEPT):
        await forget_changes()
    assert len(await queries.changes(("contact", contact))) == 2
    with clock.frozen(datetime(2027, 3, 1, 12, tzinfo=UTC) + rules.CHANGES_KEPT + timedelta(seconds=1)):
        await forget_changes()
    (left,) = await queries.changes(("contact", contact))
    assert left.new == "New"
    assert await db.value("select count(*) from audit where action = 'contact.edit'") == 2


async def test_what_was_is_not_rewritten(database_test):
    async with acting(EVE, "trial.edit", ("trial", 1)) as change:
        change.edited("name", "a", "b")
    with pytest.raises(asyncpg.RestrictViolationError):
        async with db.atomic():
            await db.execute("update change set old = 'c'")


def test_whoever_updates_from_a_mapping_of_values_goes_through_the_change():
    """A form's values written straight to a table would leave no history: `change.edit` is the way."""
    around = re.compile(r"get_column_by_name")
    found = [p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("actions*/**/*.py") if around.search(p.read_text())]
    found += [p.relative_to(SOURCE).as_posix() for p in SOURCE.glob("*/actions.py") if around.search(p.read_text())]
    assert found == ["records/actions/acting.py"]
