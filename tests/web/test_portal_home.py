"""The space's first page: what waits, what breaks first on top, each with its act; money for who may see it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from makers import text_of
from portal_makers import AFTER, enter, hold_session
from training.attendance import actions as attendance
from training.billing.queries import invoices as billing
from training.directory.rules.organisations import OrganisationKind
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def awaited(html: str) -> list[str]:
    """What waits, in order."""
    found = re.search(r'<ol class="awaits".*?</ol>', html, re.S)
    return [text_of(item) for item in re.findall(r"<strong>(.*?)</strong>", found[0], re.S)] if found else []


async def test_who_has_booked_nothing_is_led_to_a_first_booking(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    page = (await client.get(f"/espace/{town.slug}")).text
    assert "Bonjour Personne, bienvenue." in text_of(page)
    assert "Votre première réservation" in text_of(page)
    assert 'href="/catalogue"' in page
    assert awaited(page) == []


async def test_nothing_waits_and_the_page_says_so(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    await enter(client, town.organisation)
    assert "Bonjour Personne, rien ne vous attend." in text_of((await client.get(f"/espace/{town.slug}")).text)


async def test_what_is_late_comes_first_then_what_ends(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    await hold_session(town)
    (invoice,) = await billing.invoices(SYSTEM.scope)
    later = clock.now() + timedelta(days=90)
    with clock.frozen(later):
        next_session = await makers.make_session(town.offer, venue=town.venue)
        await makers.bookings.book(SYSTEM, makers.NewBooking(next_session, town.organisation, 8, option=True))
        await enter(client, town.organisation)
        page = (await client.get(f"/espace/{town.slug}")).text
    first, *others = awaited(page)
    if invoice.late_from is not None:
        assert str(invoice.number) in first
    assert any(said.startswith("Dire si vous gardez les places") for said in (first, *others))
    assert re.search(r"Bonjour Personne, (une chose vous attend|deux choses vous attendent)\.", text_of(page))
    assert page.count("button-primary") == 1  # one filled button a page


async def test_money_is_for_who_may_see_invoices(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    for role, sees in ((Role.MANAGER, True), (Role.ACCOUNTANT, True), (Role.MEMBER, False), (Role.REFERRER, False)):
        await enter(client, town.organisation, role)
        page = text_of((await client.get(f"/espace/{town.slug}")).text).replace("\u00a0", " ")
        assert ("Engagé, pas encore facturé 350,00 €" in page) == sees, role


async def test_what_is_engaged_is_invoiced_then_paid(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    await hold_session(town)
    await enter(client, town.organisation)
    page = text_of((await client.get(f"/espace/{town.slug}")).text).replace("\u00a0", " ")
    assert "Payé en 2027 0,00 €" in page
    assert "À payer 350,00 €" in page
    assert "Engagé, pas encore facturé 0,00 €" in page
    assert "Votre année 2027 réservation 1 places réservées 4" in page


async def test_an_organisation_that_waits_reads_that_it_is_being_checked(client):
    await makers.make_platform()
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="n.example.org")
    await enter(client, new)
    assert "Votre structure est en cours de vérification" in text_of((await client.get("/espace/nouvelle")).text)


async def test_what_was_held_and_is_not_invoiced_yet_is_engaged(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    with clock.frozen(AFTER):
        await attendance.hold_session(SYSTEM, town.session)
        await enter(client, town.organisation)
        page = text_of((await client.get(f"/espace/{town.slug}")).text).replace("\u00a0", " ")
    assert "L’argent Toutes les factures" in page
    assert "Engagé, pas encore facturé 350,00 €" in page


async def test_an_invoice_that_waits_for_the_platform_is_not_to_be_paid_yet(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    await hold_session(town)
    await db.execute(
        """
        insert into transmission (invoice, channel, status, happened_on, created_at)
        select id, 'chorus_pro', 'suspended', issued_on, now() from invoice where state = 'issued'
        """
    )
    await enter(client, town.organisation)
    for path in ("", "/factures"):
        page = text_of((await client.get(f"/espace/{town.slug}{path}")).text).replace("\u00a0", " ")
        assert "À payer 350,00 €" not in page, path
        assert "En attente de notre part" in page, path


async def test_an_invoice_to_pay_within_days_waits_for_its_reader(client):
    town = await makers.make_town()
    friends = await makers.make_organisation(
        "Amis", siret=None, kind=OrganisationKind.ASSOCIATION, domain="amis.example.org"
    )
    await makers.make_booking(replace(town, organisation=friends), 4)
    await hold_session(town)
    (invoice,) = await billing.invoices(SYSTEM.scope)
    assert invoice.late_from is not None
    for days, waits in ((11, False), (10, True), (0, True)):
        at = clock.at(invoice.late_from - timedelta(days=days), makers.NOON.time())
        with clock.frozen(at):
            await enter(client, friends)
            found = awaited((await client.get("/espace/amis")).text)
        assert (f"Payer la facture {invoice.number}" in found) == waits, days
