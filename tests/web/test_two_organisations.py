"""Somebody who works for two organisations: the address of one never opens, or changes, what is the other's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import api_makers
import makers
from portal_makers import hold_session
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.queries import invoices as billing
from training.billing.rules.payments import Way
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.calendar.actions import feeds
from training.catalogue.rules.tariffs import TariffMode
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio
EMAIL = "deux@personne.example.org"


@pytest.fixture
async def crossed(client):
    """(this one's slug, the other's; addresses of pages and of forms of the other's that end a slug)."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        other = await makers.make_organisation("Autre", siret="00009999400022", domain="autre.example.org")
        account = await roles.add_user(SYSTEM, EMAIL, "Deux")
        for organisation in (town.organisation, other):
            await roles.grant(SYSTEM, account, Role.MANAGER, organisation=organisation)
        past = await makers.make_booking(town, 4)
        offer = await makers.make_offer("bus", mode=TariffMode.FREE, cents=0, reference_cents=20_000)
        later = await makers.make_session(offer, starts_at=makers.NOON + timedelta(days=60))
        coming = await bookings.book(SYSTEM, NewBooking(later, town.organisation, 2))
        option = await makers.book_apart(replace(town, session=later), 2, option=True)
        await drain()
        await hold_session(town)
        (invoice,) = await billing.invoices(SYSTEM.scope)
        money = NewPayment(way=Way.CASH, amount_cents=100, received_on=clock.today(), payer=town.organisation)
        await record_payment(SYSTEM, money, {invoice.receivable: 100})
        await drain()
        await feeds.open_feed(SYSTEM, "RH", organisation=town.organisation)
        token = await db.value("select max(id) from feed_token")
        receipt = await db.value("select number from ledger_entry where subject_kind = 'payment'")
        await makers.sign_in(client, EMAIL)
        gets = [
            f"/reservations/{past.reference}", f"/reservations/{coming.reference}/annuler",
            f"/reservations/{past.reference}/confirmation.pdf", f"/reservations/{coming.reference}/facture",
            f"/factures/{invoice.number}", f"/factures/{invoice.number}.pdf", f"/factures/{invoice.number}.xml",
            f"/recus/{receipt}.pdf", f"/agenda/{token}/supprimer",
        ]  # fmt: skip
        posts = [
            f"/reservations/{option.reference}/confirmer", f"/reservations/{coming.reference}/annuler",
            f"/reservations/{coming.reference}/participants", f"/reservations/{coming.reference}/facture",
            f"/factures/{invoice.number}/payer", f"/agenda/{token}/supprimer",
        ]  # fmt: skip
        yield town.slug, "autre", gets, posts


async def test_a_page_of_one_is_not_found_under_the_address_of_the_other(client, crossed):
    mine, other, gets, _posts = crossed
    for path in gets:
        assert (await client.get(f"/espace/{other}{path}")).status_code == 404, path
        if "confirmation.pdf" not in path:  # that booking was not free
            assert (await client.get(f"/espace/{mine}{path}")).status_code in (200, 303), path


async def test_a_form_of_one_changes_nothing_under_the_address_of_the_other(client, crossed):
    mine, other, _gets, posts = crossed
    states = "select array_agg(state order by id) from booking"
    before = await db.value(states)
    for path in posts:
        answer = await makers.post(client, f"/espace/{other}{path}", {"participants": "Léa", "way": "card"})
        assert answer.status_code == 404, path
    assert await db.value(states) == before
    assert await db.value("select count(*) from participant") == 0
    assert await db.value("select count(*) from feed_token where revoked_at is null") == 1
    assert (await makers.post(client, f"/espace/{mine}{posts[0]}")).status_code == 303


async def test_the_lists_of_one_hold_nothing_of_the_other(client, crossed):
    mine, other, gets, _posts = crossed
    reference, number = gets[0].rsplit("/", 1)[1], gets[4].rsplit("/", 1)[1]
    for path, said in (("", reference[:1]), ("/reservations", reference), ("/factures", number), ("/agenda", "RH")):
        assert said in (await client.get(f"/espace/{mine}{path}")).text, path
        page = makers.text_of((await client.get(f"/espace/{other}{path}")).text)
        for foreign in (reference, number, "350,00 €"):
            assert foreign not in page, path
    assert "Supprimer" not in (await client.get(f"/espace/{other}/agenda")).text
    coming = gets[1].split("/")[2]
    assert coming in (await client.get(f"/espace/{mine}")).text
    assert coming not in (await client.get(f"/espace/{other}")).text


async def test_a_key_of_one_reads_nothing_of_the_other(client, crossed):
    _mine, _other, gets, _posts = crossed
    reference, number = gets[0].rsplit("/", 1)[1], gets[4].rsplit("/", 1)[1]
    theirs = await db.value("select id from organisation where slug = 'autre'")
    header = await api_makers.header(theirs)
    for path in (f"/bookings/{reference}", f"/invoices/{number}"):
        assert (await client.get(api_makers.API + path, headers=header)).status_code == 404, path
    for path in ("/bookings", "/invoices"):
        assert (await client.get(api_makers.API + path, headers=header)).json()["items"] == []
