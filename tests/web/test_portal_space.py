"""An organisation's space: its bookings, invoices and calendar addresses, each for those who may and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from makers import text_of
from portal_makers import enter, hold_session
from training.billing.queries import invoices as billing
from training.bookings import queries as bookings
from training.calendar.actions import feeds
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.identity.rules import Role
from training.kernel import clock, db, links, settings
from training.kernel.actor import SYSTEM
from training.kernel.links import Link

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def other_organisation() -> int:
    return await makers.make_organisation(
        "Autre", siret=None, kind=OrganisationKind.ASSOCIATION, domain="autre.example.org"
    )


async def invoiced(**more: object):
    """A town whose booked session was held and invoiced."""
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40, **more)
    await hold_session(town)
    (invoice,) = await billing.invoices(SYSTEM.scope)
    return town, booked, invoice


PAGES = ("", "/reservations", "/reservations/{reference}", "/reservations/{reference}/annuler", "/factures", "/agenda")
MAY = {
    Role.MANAGER: set(PAGES),
    Role.MEMBER: set(PAGES) - {"/factures"},
    Role.ACCOUNTANT: {"", "/reservations", "/reservations/{reference}", "/factures"},
    Role.REFERRER: {"", "/reservations", "/reservations/{reference}"},
}


@pytest.mark.parametrize("role", MAY)
async def test_each_page_for_each_role(client, role):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4)
    await enter(client, town.organisation, role)
    for page in PAGES:
        answer = await client.get(f"/espace/{town.slug}" + page.format(reference=booked.reference))
        assert answer.status_code == (200 if page in MAY[role] else 403), page
        if answer.status_code == 403:
            assert "Demandez-le à la personne qui gère" in text_of(answer.text)
    home = (await client.get(f"/espace/{town.slug}")).text
    assert (f'href="/espace/{town.slug}/factures"' in home) == ("/factures" in MAY[role])
    assert (f'href="/espace/{town.slug}/agenda"' in home) == ("/agenda" in MAY[role])


@pytest.mark.parametrize("page", PAGES)
async def test_a_visitor_signs_in_and_comes_back(client, page):
    path = "/espace/commune-d-essai" + page.format(reference="R-2345678")
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/connexion?suite={path}")


async def test_another_organisations_place_does_not_exist(client):
    town, booked, invoice = await invoiced()
    other = await other_organisation()
    feed = await feeds.open_feed(SYSTEM, "RH", organisation=town.organisation)
    assert feed
    token = await db.value("select max(id) from feed_token")
    await enter(client, other)
    theirs = (
        "", "/reservations", f"/reservations/{booked.reference}", f"/reservations/{booked.reference}/annuler",
        f"/reservations/{booked.reference}/confirmation.pdf", "/factures", f"/factures/{invoice.number}.pdf", "/agenda",
        f"/agenda/{token}/supprimer",
    )  # fmt: skip
    for page in theirs:
        assert (await client.get(f"/espace/{town.slug}{page}")).status_code == 404, page
        assert (await client.get(f"/espace/autre{page}")).status_code == (
            200 if page in ("", "/reservations", "/factures", "/agenda") else 404
        ), page
    for page in (
        f"/reservations/{booked.reference}/annuler",
        f"/reservations/{booked.reference}/confirmer",
        f"/agenda/{token}/supprimer",
    ):
        for slug in (town.slug, "autre"):
            assert (await makers.post(client, f"/espace/{slug}{page}")).status_code == 404, page
    assert [b.state for b in await bookings.bookings(SYSTEM.scope)] == ["confirmed"]


async def test_the_space_leads_where_there_is_one_and_asks_where_there_are_several(client):
    town = await makers.make_town()
    await enter(client, town.organisation, name="double")
    assert (await client.get("/espace")).headers["location"] == f"/espace/{town.slug}"
    await enter(client, await other_organisation(), name="double")
    answer = await client.get("/espace")
    assert answer.status_code == 200
    assert 'href="/espace/autre"' in answer.text
    await enter(client, None, name="seul")
    assert (await client.get("/espace")).headers["location"] == "/inscription"


async def test_the_first_page_shows_what_is_coming(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    answer = await client.get(f"/espace/{town.slug}")
    assert f"/reservations/{booked.reference}" in answer.text
    assert "40 places réservées" in text_of(answer.text)
    with clock.frozen(town.ends_at + timedelta(minutes=1)):
        assert "Rien de prévu" in text_of((await client.get(f"/espace/{town.slug}")).text)


async def test_the_story_of_a_booking(client):
    town, booked, invoice = await invoiced(purchase_order="ENG-9")
    await enter(client, town.organisation)
    answer = await client.get(f"/espace/{town.slug}/reservations/{booked.reference.lower()}")
    words = text_of(answer.text)
    for fact in ("A eu lieu", "ENG-9", "350,00 €", str(invoice.number), "Rachel Ressources"):
        assert fact in words
    assert "/annuler" not in answer.text
    cancel = await client.get(f"/espace/{town.slug}/reservations/{booked.reference}/annuler")
    assert cancel.status_code == 303


async def test_cancelling_says_what_it_leads_to_then_does_it_once(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation, Role.MEMBER)
    path = f"/espace/{town.slug}/reservations/{booked.reference}"
    words = text_of((await client.get(path + "/annuler")).text)
    for fact in ("40 places seront libérées", "rh@mairie.example.org", "Rien ne sera facturé"):
        assert fact in words
    assert [b.state for b in await bookings.bookings(SYSTEM.scope)] == ["confirmed"]
    answer = await makers.post(client, path + "/annuler", {"reason": "Grève des bus"})
    assert answer.headers["location"] == path
    page = text_of((await client.get(path)).text)
    assert "Annulée" in page
    assert "Grève des bus" in page
    again = await makers.post(client, path + "/annuler", {"reason": "Encore"})
    assert again.status_code == 409
    assert "déjà annulée" in text_of(again.text)
    assert "Encore" in again.text


async def test_too_late_to_cancel(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4)
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/reservations/{booked.reference}/annuler"
    with clock.frozen(town.starts_at + timedelta(minutes=5)):
        assert (await client.get(path)).status_code == 303
        answer = await makers.post(client, path, {"reason": "x" * 401})
        assert answer.status_code == 422
        answer = await makers.post(client, path, {"reason": "Neige"})
    assert answer.status_code == 409
    assert "La séance a commencé" in text_of(answer.text)
    assert "Neige" in answer.text


async def test_invoices_are_listed_and_their_files_are_the_issued_bytes(client):
    town, _booked, invoice = await invoiced()
    await enter(client, town.organisation, Role.ACCOUNTANT)
    page = text_of((await client.get(f"/espace/{town.slug}/factures")).text)
    for fact in (str(invoice.number), "350,00 €", "20/03/2027"):
        assert fact in page
    pdf = await client.get(f"/espace/{town.slug}/factures/{invoice.number}.pdf")
    assert pdf.content == await db.value("select content from file where id = $1", invoice.paper)
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert pdf.headers["cache-control"] == "private, no-store"
    xml = await client.get(f"/espace/{town.slug}/factures/{invoice.number}.xml")
    assert xml.content.lstrip().startswith(b"<?xml")
    for name in ("F2027-99999.pdf", f"{invoice.number}.doc", "F2027-99999", "%00.pdf", "%00"):
        assert (await client.get(f"/espace/{town.slug}/factures/{name}")).status_code == 404


async def test_a_free_booking_gets_its_confirmation(client):
    town = await makers.make_town()
    free = await makers.make_session(
        await makers.make_offer("bus", mode=TariffMode.FREE, cents=0, reference_cents=20_000),
        venue=town.venue,
        starts_at=town.ends_at,
    )
    booked = await makers.bookings.book(SYSTEM, makers.NewBooking(free, town.organisation, 8))
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/reservations/{booked.reference}"
    assert (await client.get(path + "/confirmation.pdf")).status_code == 404
    from_ = makers.Town(**{**{f: getattr(town, f) for f in town.__slots__}, "session": free})
    await hold_session(from_)
    assert "Confirmation de gratuité" in text_of((await client.get(path)).text)
    answer = await client.get(path + "/confirmation.pdf")
    assert answer.content.startswith(b"%PDF-")


async def test_a_calendar_address_is_shown_once_listed_and_revoked(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/agenda"
    assert (await makers.post(client, path, {"label": " "})).status_code == 422
    made = await makers.post(client, path, {"label": "Agenda RH"})
    (address,) = set(re.findall(r"http://testserver\.local(/agenda/p/[\w-]+\.ics)", made.text))
    assert f"webcal://testserver.local{address}" in made.text
    assert made.headers["cache-control"] == "private, no-store"
    assert (await client.get(address)).status_code == 200
    listed = await client.get(path)
    assert "Agenda RH" in listed.text
    assert address not in listed.text
    (close,) = re.findall(r'href="([^"]+/supprimer)"', listed.text)
    assert "Supprimer l’adresse « Agenda RH »" in text_of((await client.get(close)).text)
    assert (await client.get(address)).status_code == 200
    assert (await makers.post(client, close)).status_code == 303
    assert (await client.get(address)).status_code == 404
    assert (await makers.post(client, close)).status_code == 404


def link_to(invoice, **changes: object) -> str:
    link = Link(**{
        "purpose": "invoice", "subject": invoice.id, "generation": invoice.generation,
        "expires_at": clock.now() + timedelta(days=400), **changes,
    })  # fmt: skip
    return "/lien/" + links.sign(link, settings.current().secret_key)


async def test_a_mailed_link_opens_its_invoice_and_nothing_else(client):
    _town, _booked, invoice = await invoiced()
    path = link_to(invoice)
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "350,00 €" in text_of(answer.text)
    assert answer.headers["cache-control"] == "private, no-store"
    assert (await client.get(path + "/facture.pdf")).content.startswith(b"%PDF-")
    assert b"CrossIndustryInvoice" in (await client.get(path + "/facture.xml")).content
    assert "signin" not in client.cookies


async def test_a_forged_expired_revoked_or_foreign_link_is_refused_in_words(client):
    _town, _booked, invoice = await invoiced()
    good = link_to(invoice)
    bad = {
        "forged": good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        "cut": good[:-8],
        "garbage": "/lien/%C3%A9%C3%A9",
        "expired": link_to(invoice, expires_at=clock.now() - timedelta(seconds=1)),
        "revoked": link_to(invoice, generation=invoice.generation + 1),
        "another purpose": link_to(invoice, purpose="booking"),
        "unknown": link_to(invoice, subject=999_999),
    }
    for name, path in bad.items():
        for suffix in ("", "/facture.pdf", "/facture.xml"):
            answer = await client.get(path + suffix)
            assert answer.status_code == 404, name
            assert "lien" in text_of(answer.text).lower()
    other = "/lien/" + links.sign(Link("invoice", invoice.id, 0, clock.now() + timedelta(days=1)), "another key" * 8)
    assert (await client.get(other)).status_code == 404


async def test_the_list_of_bookings_takes_the_same_statements_however_long(client, statements):
    town = await makers.make_town()
    await enter(client, town.organisation)
    counts = []
    for _round in range(2):
        for _n in range(3):
            await makers.book_apart(town, 2)
        statements.clear()
        assert (await client.get(f"/espace/{town.slug}/reservations")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


async def test_a_page_that_changes_something_wants_its_own_form(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4)
    await enter(client, town.organisation)
    await client.get("/catalogue")
    path = f"/espace/{town.slug}/reservations/{booked.reference}/annuler"
    assert (await client.post(path, data={"reason": ""})).status_code == 403
    assert (await client.get(path)).status_code == 200
    assert [b.state for b in await bookings.bookings(SYSTEM.scope)] == ["confirmed"]
