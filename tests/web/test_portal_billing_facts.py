"""What a client gives for its invoice: at booking, from its booking, from a draft, behind a mailed link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from makers import text_of
from portal_makers import AFTER, enter, fields, hold_session
from training.billing.queries import invoices as billing
from training.billing.rules.states import InvoiceState
from training.bookings import queries as bookings
from training.identity.rules import Role
from training.kernel import clock, db, links, settings
from training.kernel.actor import SYSTEM
from training.kernel.links import Link
from training.papers.rules.references import References
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def town_hall(needs: str = "both", *, services: bool = False, **platform: object) -> makers.Town:
    """A town whose buyer wants these on its invoices."""
    town = await makers.make_town(**platform)
    await db.execute("update organisation set chorus_needs = $1 where id = $2", needs, town.organisation)
    if services:
        for code, label, strict, active in (
            ("RH", "Ressources humaines", False, True),
            ("VOI", "Voirie", True, True),
            ("OLD", "Ancien service", False, False),
        ):
            sql = "insert into chorus_service (organisation, code, label, engagement_required, active)"
            await db.execute(f"{sql} values ($1, $2, $3, $4, $5)", town.organisation, code, label, strict, active)
    return town


async def drafted(needs: str = "both", **more: object) -> tuple[makers.Town, billing.InvoiceView]:
    """A draft that lacks what its buyer wants."""
    town = await town_hall(needs, **more)
    await makers.make_booking(town, 5)
    await hold_session(town)
    (draft,) = await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    return town, draft


def link(draft, *, generation: int | None = None, days: int = 60, purpose: str = "billing_facts") -> str:
    made = Link(purpose, draft.id, draft.generation if generation is None else generation, AFTER + timedelta(days=days))
    return f"/lien/{links.sign(made, settings.current().secret_key)}/completer"


async def the_draft() -> billing.InvoiceView:
    (draft,) = await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    return draft


# At booking


async def book_page(client, town) -> str:
    await enter(client, town.organisation)
    return (await client.get(f"/seances/{town.session}/reserver?places=5")).text


@pytest.mark.parametrize(
    ("needs", "sentence", "silent"),
    [
        ("engagement", "Sans ce numéro, la facture serait rejetée.", "L’un des deux suffit"),
        ("service", "Chorus Pro le demande pour votre structure.", "Sans ce numéro"),
        ("either", "L’un des deux suffit", "Sans ce numéro"),
        ("both", "Demandez-le à votre service financier ; vous pourrez le donner plus tard.", "L’un des deux"),
        ("none", "Pour Chorus Pro, si votre structure en utilise un.", "Demandez-le"),
    ],
)
async def test_booking_asks_for_what_the_buyer_needs_in_plain_words(client, needs, sentence, silent):
    words = text_of(await book_page(client, await town_hall(needs)))
    assert sentence in words
    assert silent not in words


async def test_booking_offers_the_services_that_are_known(client):
    town = await town_hall("both", services=True)
    html = await book_page(client, town)
    assert "Ressources humaines – RH" in html
    assert "Ancien service" not in html
    form = {**fields(html), "service_code": "VOI", "purchase_order": "ENG-1"}
    answer = await makers.post(client, f"/seances/{town.session}/reserver", form)
    assert answer.status_code == 303
    (booked,) = await bookings.bookings(SYSTEM.scope)
    assert booked.references == References(service_code="VOI", purchase_order="ENG-1")


async def test_a_service_that_is_not_in_the_list_is_refused(client):
    town = await town_hall("both", services=True)
    form = {**fields(await book_page(client, town)), "service_code": "OLD"}
    answer = await makers.post(client, f"/seances/{town.session}/reserver", form)
    assert answer.status_code == 422
    assert "Choisissez un service de la liste" in text_of(answer.text)
    assert await bookings.bookings(SYSTEM.scope) == []


async def test_nothing_is_compulsory_at_booking(client):
    town = await town_hall("both")
    answer = await makers.post(client, f"/seances/{town.session}/reserver", fields(await book_page(client, town)))
    assert answer.status_code == 303
    here = answer.headers["location"].removesuffix("/suite")
    shown = await client.get(here)
    words = text_of(shown.text)
    assert "Il manque le code service." in words
    assert "Il manque le numéro d’engagement." in words
    for page in (shown, await client.get(f"{here}/suite")):
        assert f'href="{here}/facture"' in page.text


# From the booking


async def test_the_booking_s_page_takes_them_until_the_invoice(client):
    town = await town_hall("both")
    booked = await makers.make_booking(town, 5)
    await enter(client, town.organisation, Role.ACCOUNTANT)
    path = f"/espace/{town.slug}/reservations/{booked.reference}/facture"
    page = await client.get(path)
    assert "Pour que votre facture puisse être payée" in text_of(page.text)
    answer = await makers.post(client, path, {"service_code": " RH ", "purchase_order": "ENG-2"})
    assert (answer.status_code, answer.headers["location"]) == (303, path.removesuffix("/facture"))
    kept = await bookings.booking(SYSTEM.scope, booked.reference)
    assert kept.references == References(service_code="RH", purchase_order="ENG-2")
    assert "Il manque" not in text_of((await client.get(answer.headers["location"])).text)
    # an empty answer leaves what is known
    await makers.post(client, path, {"service_code": "", "purchase_order": "ENG-3"})
    kept = await bookings.booking(SYSTEM.scope, booked.reference)
    assert kept.references == References(service_code="RH", purchase_order="ENG-3")


async def test_told_from_the_booking_the_draft_hears_of_it_and_leaves(client):
    town, draft = await drafted("engagement")
    (booked,) = await bookings.bookings(SYSTEM.scope)
    with clock.frozen(AFTER):
        await enter(client, town.organisation)
        path = f"/espace/{town.slug}/reservations/{booked.reference}/facture"
        answer = await makers.post(client, path, {"purchase_order": "ENG-9"})
        await drain()
    assert answer.status_code == 303
    issued = await billing.invoice(SYSTEM.scope, draft.id)
    assert (issued.state, issued.references.purchase_order) == ("issued", "ENG-9")
    with clock.frozen(AFTER):
        again = await makers.post(client, path, {"purchase_order": "ENG-10"})
        shown = await client.get(path.removesuffix("/facture"))
    assert again.status_code == 409
    assert "déjà facturée" in text_of(again.text)
    assert 'value="ENG-10"' in again.text
    assert '/facture"' not in shown.text
    assert (await bookings.booking(SYSTEM.scope, booked.reference)).references.purchase_order == "ENG-9"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Remplissez au moins un champ."),
        ({"purchase_order": "9" * 51}, "50 caractères au plus"),
        ({"service_code": "S" * 101}, "100 caractères au plus"),
    ],
)
async def test_what_cannot_be_is_said_and_kept_as_typed(client, typed, sentence):
    town = await town_hall("both")
    booked = await makers.make_booking(town, 5)
    await enter(client, town.organisation)
    answer = await makers.post(client, f"/espace/{town.slug}/reservations/{booked.reference}/facture", typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    for value in typed.values():
        assert value in answer.text


async def test_another_organisation_s_booking_does_not_exist(client):
    town = await town_hall("both")
    booked = await makers.make_booking(town, 5)
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await enter(client, other)
    for slug in (town.slug, "autre"):
        answer = await client.get(f"/espace/{slug}/reservations/{booked.reference}/facture")
        assert answer.status_code == 404


async def test_a_service_that_is_no_more_in_the_list_is_said(client):
    town = await town_hall("service", services=True)
    booked = await makers.make_booking(town, 5, service_code="OLD")
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/reservations/{booked.reference}"
    assert "Le code service OLD n’est pas dans votre liste" in text_of((await client.get(path)).text)
    await makers.post(client, path + "/facture", {"service_code": "RH"})
    assert "n’est pas dans votre liste" not in text_of((await client.get(path)).text)


# A draft, in the space


async def test_a_draft_is_completed_in_the_space(client):
    town, draft = await drafted("engagement")
    path = f"/espace/{town.slug}/factures/a-completer/{draft.id}"
    with clock.frozen(AFTER):
        await enter(client, town.organisation, Role.ACCOUNTANT)
        assert "Il manque le numéro d’engagement" in text_of((await client.get(path)).text)
        answer = await makers.post(client, path, {"purchase_order": "ENG-5"})
        await drain()
        late = await client.get(path)
    assert answer.headers["location"] == f"/espace/{town.slug}/factures"
    assert (await billing.invoice(SYSTEM.scope, draft.id)).number == "F2027-00001"
    assert late.status_code == 303
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await enter(client, other, name="autre")
    assert (await client.get(f"/espace/autre/factures/a-completer/{draft.id}")).status_code == 404


# Behind the mailed link


async def test_the_link_of_the_mail_opens_the_page(client):
    _town, draft = await drafted("both")
    with clock.frozen(AFTER):
        page = await client.get(link(draft))
        words = text_of(page.text)
        for said in ("Il manque le code service.", "Il manque le numéro d’engagement.", "350,00 €", "Commune d’Essai"):
            assert said in words
        assert page.headers["X-Robots-Tag"] == "noindex"
        half = await makers.post(client, link(draft), {"service_code": "RH"})
        assert (half.status_code, half.headers["location"]) == (303, link(draft))
        await drain()
        assert ((await the_draft()).references.service_code, (await the_draft()).number) == ("RH", None)
        rest = await client.get(link(draft))
        assert "Il manque le code service." not in text_of(rest.text)
        await makers.post(client, link(draft), {"purchase_order": "ENG-1"})
        await drain()
        done = await client.get(link(draft))
    words = text_of(done.text)
    assert "La facture est déjà émise" in words
    assert "F2027-00001" in words
    who = await db.value("select actor_kind from audit where action = 'invoice.client-facts' order by id desc limit 1")
    assert who == "link"


async def test_after_the_issue_nothing_is_written_and_it_is_said_kindly(client):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    await hold_session(town)
    (issued,) = await billing.invoices(SYSTEM.scope)
    with clock.frozen(AFTER):
        answer = await makers.post(client, link(issued), {"purchase_order": "TROP-TARD"})
    assert "déjà émise" in text_of(answer.text)
    assert (await billing.invoice(SYSTEM.scope, issued.id)).references.purchase_order is None


async def test_links_that_open_nothing(client):
    _town, draft = await drafted("both")
    with clock.frozen(AFTER):
        for path in (
            link(draft, generation=draft.generation + 1),
            link(draft, days=-1),
            link(draft, purpose="invoice"),
            link(draft)[:-12] + "x/completer",
            "/lien/nimporte/completer",
        ):
            assert (await client.get(path)).status_code == 404, path
        expired = await client.get(link(draft, days=-1))
    assert "n’est plus valable" in text_of(expired.text)


async def test_the_mail_that_asks_leads_there(client):
    await drafted("both")
    with clock.frozen(AFTER):
        text = await db.value("select text from mail where occasion = 'invoice_lacking'")
        (path,) = re.findall(r"/lien/[\w-]+/completer", text)[:1]
        page = await client.get(path)
    assert page.status_code == 200
    assert "Il manque le numéro d’engagement." in text_of(page.text)


@pytest.mark.parametrize(
    ("siret", "status", "sentence"),
    [
        ("123", 422, "14 chiffres"),
        ("00009999400015", 422, "faute de frappe"),
        ("00008888000018", 409, "porte déjà ce numéro SIRET"),
    ],
)
async def test_a_siret_that_cannot_be_or_is_another_s_is_told(client, siret, status, sentence):
    town, draft = await drafted("none", issue_without_look=False)
    await db.execute("update organisation set siret = null where id = $1", town.organisation)
    await makers.make_organisation("Voisine", siret="00008888000018", domain="voisine.example.org")
    with clock.frozen(AFTER):
        answer = await makers.post(client, link(draft), {"siret": siret})
    assert answer.status_code == status
    assert sentence in text_of(answer.text)
    assert siret in answer.text
    assert await db.value("select siret from organisation where id = $1", town.organisation) is None


async def test_the_siret_that_was_missing_is_given(client):
    town, draft = await drafted("none", issue_without_look=False)
    await db.execute("update organisation set siret = null where id = $1", town.organisation)
    with clock.frozen(AFTER):
        answer = await makers.post(client, link(draft), {"siret": "000 099 994 00014"})
        again = await client.get(link(draft))
    assert answer.status_code == 303
    assert await db.value("select siret from organisation where id = $1", town.organisation) == makers.SIRET
    assert 'name="siret"' not in again.text
    assert "Rien ne manque" in text_of(again.text)


async def test_an_association_is_asked_what_nobody_knows_of_it_and_told_of_no_missing_siret(client):
    town, draft = await drafted()
    sql = "update organisation set buyer = 'association', siret = null, chorus_needs = 'none' where id = $1"
    await db.execute(sql, town.organisation)
    with clock.frozen(AFTER):
        page = await client.get(link(draft))
        assert "Il manque le numéro SIRET" not in text_of(page.text)
        assert "assujettie à la TVA ?" in text_of(page.text)
        told = {"taxable": "0", "rna": "W 611 002345", "billing_address": "Chez la trésorière\n9 rue Basse"}
        answer = await makers.post(client, link(draft), told)
        assert answer.status_code == 303
        again = await client.get(link(draft))
    for name in told:
        assert f'name="{name}"' not in again.text
    sql = "select taxable, rna, billing_address from organisation where id = $1"
    row = tuple(await db.connection().fetchrow(sql, town.organisation))
    assert row == (False, "W611002345", "Chez la trésorière\n9 rue Basse")
    with clock.frozen(AFTER):  # what is known is changed by staff alone
        await makers.post(client, link(draft), {**told, "taxable": "1", "purchase_order": "BC-7"})
    assert tuple(await db.connection().fetchrow(sql, town.organisation)) == row
