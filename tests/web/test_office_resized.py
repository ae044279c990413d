"""« Avoirs à faire » and « À partager de nouveau »: what changes of seats leave to the office, and the form."""

from __future__ import annotations

import re

import pytest

import makers
import office_makers
from makers import text_of
from training.billing.actions.issue import issue
from training.billing.actions.share import Share, share
from training.billing.queries import invoices as queries
from training.billing.rules.states import InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import cancel
from training.bookings.actions.resizing import resize
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio
DRAFTS = "/gestion/factures/brouillons"


async def billed(seats: int = 5):
    town = await makers.make_town(issue_without_look=False)
    await db.execute("update organisation set buyer = 'association', billing_moment = 'confirmed'")
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, seats))
    await drain()
    return town, booked


async def test_seats_given_back_are_credited_by_a_form_that_is_filled_in(client):
    _town, booked = await billed()
    await office_makers.staff(client)
    (draft,) = await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    number = await issue(SYSTEM, draft.id)
    await resize(SYSTEM, booked.id, 3)
    await drain()
    page = await client.get(DRAFTS)
    assert "ramenée à 3 places" in text_of(page.text)
    (path,) = re.findall(rf'href="(/gestion/factures/{number}/avoir\?reservation=[^"]+)"', page.text)
    form = await client.get(path)
    assert 'value="25,00"' in form.text
    assert f"La réservation {booked.reference} est maintenant de 3 places." in text_of(form.text)
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form.text))
    fields["reason"] = "Deux places rendues."
    answer = await client.post(path, data=fields)
    assert answer.status_code == 303
    assert "ramenée" not in text_of((await client.get(DRAFTS)).text)
    assert "Faire un avoir" not in text_of((await client.get("/gestion")).text)
    whole = await client.get(f"/gestion/factures/{number}/avoir?reservation=R-RIEN")
    assert 'value="37,50"' in whole.text, "what is asked of no booking takes back all that is left"


async def test_payers_who_no_longer_make_the_whole_are_asked_for_on_the_home_and_listed(client):
    town, booked = await billed(3)
    await office_makers.staff(client)
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await share(SYSTEM, booked.id, [Share(payer=town.organisation, seats=1), Share(payer=other, seats=2)])
    await resize(SYSTEM, booked.id, 5)
    await drain()
    assert "Partager de nouveau 1 réservation" in text_of((await client.get("/gestion")).text)
    assert "À partager de nouveau" in text_of((await client.get(DRAFTS)).text)
    path = f"/gestion/reservations/{booked.reference}/payeurs"
    assert "Le nombre de places a changé" in text_of((await client.get(path)).text)
    for draft in await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT):
        shown = await client.get(f"{DRAFTS}/{draft.id}")
        assert "dites qui paie combien" in text_of(shown.text)


async def issued_of(booking: int, invoice: int, seats: int) -> str:
    """The number of its invoice, after which it gave seats back."""
    number = await issue(SYSTEM, invoice)
    await resize(SYSTEM, booking, seats)
    await drain()
    return number


async def test_what_is_to_be_credited_was_not_counted_on_the_home(client):
    _town, booked = await billed()
    await office_makers.staff(client)
    (draft,) = await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    assert "Faire un avoir" not in text_of((await client.get("/gestion")).text)
    await issued_of(booked.id, draft.id, 3)
    home = await client.get("/gestion")
    assert "Faire un avoir pour 1 facture" in text_of(home.text), text_of(home.text)
    assert 'href="/gestion/factures/brouillons#a-crediter"' in home.text
    await cancel(SYSTEM, booked.id)
    await drain()
    assert "Faire un avoir pour 1 facture" in text_of((await client.get("/gestion")).text)
    assert 'id="a-crediter"' in (await client.get(DRAFTS)).text


async def test_a_credit_note_from_the_invoice_s_own_page_ignored_what_is_proposed(client):
    """It filled in all that is left, where two places of five were too much."""
    _town, booked = await billed()
    await office_makers.staff(client)
    (draft,) = await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    number = await issued_of(booked.id, draft.id, 3)
    form = await client.get(f"/gestion/factures/{number}/avoir")
    assert 'value="25,00"' in form.text
    assert f"Proposé pour {booked.reference} : 25,00 €" in text_of(form.text)
    await cancel(SYSTEM, booked.id)
    await drain()
    form = await client.get(f"/gestion/factures/{number}/avoir")
    assert 'value="62,50"' in form.text
    assert f"La réservation {booked.reference} est annulée." in text_of(form.text)
