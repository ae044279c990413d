"""What staff write of who pays and of what is sold: organisations, contacts, new payers, offers, the platform."""

from __future__ import annotations

import re

import pytest

import makers
from office_makers import done, held_town, refused, staff
from training.billing.queries import drafts as waiting
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.rules.billing_facts import ChorusNeeds
from training.directory.rules.organisations import Buyer
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.vat import VatRegime
from training.reporting.office.offers import offer_page

pytestmark = pytest.mark.anyio
ORGANISATION = "/gestion/structures/commune-d-essai"
FACTS = f"{ORGANISATION}/facturation"
OTHER_SIRET = "00007775000008"
POSTED = {
    "name": "Commune d’Essai", "siret": "000 099 994 00014", "vat_number": "",
    "address": "Place de la Mairie", "postcode": "61000", "city": "Alençon", "service_code": "",
    "chorus_needs": "both", "contract_reference": "M-2027-1", "billing_moment": "held", "early_billing_reason": "",
    "online_payment_reason": "", "payment_days": "", "client_account": "411 ALENCON",
    "service_code-1": "FIN-01", "service_label-1": "Finances", "service_active-1": "1",
    "service_code-2": "RH-02", "service_label-2": "", "service_engagement-2": "1", "service_active-2": "1",
    "service_code-3": "", "service_label-3": "", "service_active-3": "1",
}  # fmt: skip


async def test_the_facts_are_written_whole_and_shown_again(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client, Role.BOOKKEEPER)
        assert "portail.chorus-pro.gouv.fr" in (await client.get(FACTS)).text
        await done(client, FACTS, POSTED)
        view = await directory.organisation(town.organisation)
        services = await directory.chorus_services(town.organisation)
        page = (await client.get(FACTS)).text
        assert 'value="RH-02"' in page
        assert re.search(r'value="both" checked', page)
        shown = makers.text_of((await client.get(ORGANISATION)).text)
        await done(client, FACTS, {**POSTED, "service_code-1": "", "service_label-1": ""})
        left = await directory.chorus_services(town.organisation)
    assert (view.chorus_needs, view.contract_reference, view.client_account) == ("both", "M-2027-1", "411ALENCON")
    assert [(s.code, s.label, s.engagement_required, s.active) for s in services] == [
        ("FIN-01", "Finances", False, True),
        ("RH-02", "RH-02", True, True),
    ]
    assert [s.code for s in left] == ["RH-02"]
    assert "Chorus Pro demande Les deux" in shown
    assert "FIN-01 (Finances), RH-02" in shown


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"siret": "00009999400015"}, "siret", "sa clé ne tombe pas juste"),
        ({"siret": "12"}, "siret", "14 chiffres"),
        ({"vat_number": "FR00000000000"}, "vat_number", "numéro de TVA"),
        ({"name": " "}, "name", "À remplir."),
        ({"website": "mairie"}, "website", "L’adresse commence par https://"),
        ({"postcode": "6100"}, "postcode", "cinq chiffres"),
        ({"chorus_needs": ""}, "chorus_needs", "Choisissez une réponse."),
        ({"billing_moment": "confirmed"}, "early_billing_reason", "paie après le service fait"),
        ({"payment_days": "45"}, "payment_days", "30 jours au plus"),
        ({"payment_days": "-1"}, "payment_days", "Indiquez 0 ou plus."),
        ({"payment_days": "9999999"}, "payment_days", "Indiquez 60 ou moins."),
        ({"client_account": "client"}, "client_account", "trois chiffres"),
        ({"service_code-2": "FIN-01"}, "service_code-2", "déjà écrit plus haut"),
        ({"service_code-1": ""}, "service_code-1", "À remplir."),
        ({"contract_reference": "M" * 51}, "contract_reference", "50 caractères au plus"),
    ],
)
async def test_a_fact_that_cannot_be_is_said_beside_it_and_the_rest_stays_typed(client, changes, field, sentence):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        posted = {**POSTED, "online_payment_reason": "Convention signée", **changes}
        answer = await refused(client, FACTS, posted, 422, sentence)
        view = await directory.organisation(town.organisation)
    assert f'href="#{field}"' in answer.text
    assert "Convention signée" in answer.text
    assert 'value="Finances"' in answer.text
    assert view.chorus_needs == ChorusNeeds.NONE


async def test_a_public_buyer_is_invoiced_early_when_somebody_says_why(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        early = {**POSTED, "billing_moment": "confirmed", "early_billing_reason": "Convention de 2027."}
        await done(client, FACTS, early)
        await db.execute("update organisation set buyer = 'company' where id = $1", town.organisation)
        await done(client, FACTS, {**early, "early_billing_reason": "", "payment_days": "60"})
        view = await directory.organisation(town.organisation)
    assert (view.billing_moment, view.buyer, view.payment_days) == ("confirmed", "company", 60)


async def test_the_siret_of_another_is_refused_by_its_name(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await makers.make_organisation("Autre Commune", siret=OTHER_SIRET, domain="autre.example.org")
        await staff(client)
        answer = await refused(client, FACTS, {**POSTED, "siret": OTHER_SIRET}, 409, "celui de « Autre Commune »")
    assert 'href="#siret"' in answer.text


async def test_one_more_row_loses_nothing_and_saves_nothing(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        answer = await makers.post(client, FACTS, {**POSTED, "city": "Sées", "more": "1"})
        view = await directory.organisation(town.organisation)
    assert answer.status_code == 200
    assert 'id="service_code-4"' in answer.text
    assert 'value="Sées"' in answer.text
    assert view.city == "Alençon"


async def test_nobody_receives_the_invoices_is_cured_in_two_steps(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await staff(client)
        people = await directory.contacts(town.organisation)
        for person in people:
            path = f"{ORGANISATION}/contacts/{person.id}"
            assert f'value="{person.email}"' in (await client.get(path)).text
            posted = {"name": person.name, "email": person.email, "for_billing": "1"}
            await done(client, path, posted)  # « toujours en fonction » left unticked
        (draft,) = await waiting.drafts(SYSTEM.scope)
        assert draft.missing == ("Personne ne reçoit les factures de Commune d’Essai.",)
        page = makers.text_of((await client.get(ORGANISATION)).text)
        assert "Aucun contact" in page
        assert "2 contacts désactivés" in page
        new = f"{ORGANISATION}/contacts/nouveau"
        assert re.search(r'name="for_billing"[^>]* checked', (await client.get(f"{new}?pour=factures")).text)
        posted = {"name": "Nina Neuve", "email": "nina@mairie.example.org", "for_billing": "1"}
        await done(client, new, posted)
        await done(client, new, {**posted, "name": "Nina Neuve-Essai"})  # again, corrected: still one person
        (draft,) = await waiting.drafts(SYSTEM.scope)
        assert not draft.missing
        (nina,) = await directory.contacts(town.organisation)
    assert nina.name == "Nina Neuve-Essai"


async def test_a_contact_that_cannot_be_is_refused_in_words(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
        await staff(client)
        new = f"{ORGANISATION}/contacts/nouveau"
        answer = await refused(client, new, {"name": "", "email": "nina@"}, 422, "À remplir.", "n’est pas complète")
        assert 'value="nina@"' in answer.text
        first, second = await directory.contacts(town.organisation)
        posted = {"name": first.name, "email": second.email, "active": "1"}
        taken = await refused(client, f"{ORGANISATION}/contacts/{first.id}", posted, 409, "a déjà cette adresse")
        assert 'href="#email"' in taken.text
        elsewhere = f"/gestion/structures/autre/contacts/{first.id}"
        assert (await client.get(elsewhere)).status_code == 404
        assert (await makers.post(client, elsewhere, posted)).status_code == 404


PERSON = {
    "kind": "person", "name": "Jeanne Essai", "siret": "", "address": "3 rue Basse", "postcode": "61500",
    "city": "Sées", "contact": "", "email": "jeanne@example.org", "phone": "",
}  # fmt: skip


async def test_a_person_is_made_to_pay_once_however_often_it_is_sent(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await staff(client)
        first = await done(client, "/gestion/nouvelle-structure", PERSON)
        assert await done(client, "/gestion/nouvelle-structure", PERSON) == first
        view = await directory.organisation_by_slug("jeanne-essai")
        (contact,) = await directory.contacts(view.id)
        assert await db.value("select count(*) from organisation") == 1
        again = {**PERSON, "reference": "R-ABC2345"}
        back = await done(client, "/gestion/nouvelle-structure", again)
    assert (view.buyer, view.kind, view.state, view.siret) == (Buyer.PERSON, "person", "approved", None)
    assert (contact.name, contact.for_billing) == ("Jeanne Essai", True)
    assert first == "/gestion/structures/jeanne-essai"
    assert back == "/gestion/reservations/R-ABC2345/payeurs?payeur=jeanne-essai"


async def test_a_payer_that_cannot_be_is_refused_in_words(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await staff(client)
        new = "/gestion/nouvelle-structure"
        await refused(client, new, {**PERSON, "siret": OTHER_SIRET}, 422, "Un particulier n’a pas de SIRET")
        await refused(client, new, {**PERSON, "kind": "", "name": ""}, 422, "Choisissez une réponse.", "À remplir.")
        await refused(client, new, {**PERSON, "postcode": "6150"}, 422, "cinq chiffres")
        company = {**PERSON, "kind": "company", "contact": "Zoé", "siret": makers.SIRET}
        answer = await refused(client, new, company, 409, "Une structure porte déjà ce numéro SIRET")
        await refused(client, new, {**company, "contact": ""}, 422, "À remplir.")
        odd = await done(client, new, {**PERSON, "reference": "//ailleurs.example.org"})
    assert 'value="Jeanne Essai"' in answer.text
    assert odd == "/gestion/structures/jeanne-essai"


OFFER = "/gestion/catalogue/velo/facturation"


async def test_an_offer_says_how_it_is_invoiced(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await makers.make_offer("atelier", title="Atelier réparation", mode=TariffMode.PER_SEAT, cents=2_500)
        await staff(client, Role.BOOKKEEPER)
        page = makers.text_of((await client.get(OFFER)).text)
        assert "Comme dans les réglages Aujourd’hui : « Hors champ de la TVA »." in page
        assert "ne dépend pas du nombre de personnes" in page
        assert "ne dépend pas" not in makers.text_of((await client.get("/gestion/catalogue/atelier/facturation")).text)
        posted = {"vat_regime": "franchise_293b", "billed": "present", "analytic_code": "mob-sec",
                  "sales_account": "706 100"}  # fmt: skip
        await done(client, OFFER, posted)
        offer = (await offer_page("velo")).offer
        assert re.search(r'value="franchise_293b" checked', (await client.get(OFFER)).text)
        listed = makers.text_of((await client.get("/gestion/catalogue?q=MOB-SEC")).text)
        whole = makers.text_of((await client.get("/gestion/catalogue/velo")).text)
        await done(client, OFFER, {**posted, "vat_regime": "", "analytic_code": "", "sales_account": ""})
        bare = (await offer_page("velo")).offer
    assert (offer.vat_regime, offer.bill_present) == (VatRegime.FRANCHISE_293B, True)
    assert (offer.analytic_code, offer.sales_account) == ("MOB-SEC", "706100")
    assert "Franchise en base" in whole
    assert "Sensibilisation au vélo électrique" in listed
    assert "Atelier réparation" not in listed
    assert (bare.vat_regime, bare.analytic_code, bare.sales_account) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vat_regime": "normal"}, "La plateforme n’a pas de numéro de TVA"),
        ({"vat_regime": "inconnu"}, "Choisissez une réponse."),
        ({"billed": ""}, "Choisissez une réponse."),
        ({"analytic_code": "é" * 3}, "Vingt lettres"),
        ({"sales_account": "ventes"}, "trois chiffres"),
    ],
)
async def test_an_offer_s_billing_that_cannot_be_is_refused(client, changes, sentence):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await staff(client)
        posted = {"vat_regime": "", "billed": "booked", "analytic_code": "A1", "sales_account": "", **changes}
        await refused(client, OFFER, posted, 422, sentence)
        assert (await offer_page("velo")).offer.analytic_code is None


async def test_unknown_things_are_not_found(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await staff(client)
        for path in ("/gestion/catalogue/rien/facturation", "/gestion/structures/rien/facturation",
                     "/gestion/structures/rien/contacts/nouveau", f"{ORGANISATION}/contacts/999999",
                     f"{ORGANISATION}/contacts/99999999999999"):  # fmt: skip
            assert (await client.get(path)).status_code == 404, path


async def test_the_platform_says_its_debits_and_its_region(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await staff(client)
        page = await client.get("/gestion/plateforme")
        assert 'href="/gestion/factures/series"' in page.text
        identity = {k: v for k, v in makers.PLATFORM.items() if v is not None and not isinstance(v, bool)}
        await done(client, "/gestion/plateforme", {**identity, "vat_on_debits": "1", "training_region": "Normandie"})
        kept = await directory.platform()
        assert re.search(r'name="vat_on_debits"[^>]* checked', (await client.get("/gestion/plateforme")).text)
        await done(client, "/gestion/plateforme", identity)
        bare = await directory.platform()
    assert (kept.vat_on_debits, kept.training_region) == (True, "Normandie")
    assert (bare.vat_on_debits, bare.training_region) == (False, None)


async def test_the_catalogue_takes_as_many_statements_for_many_as_for_one(client, statements):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await staff(client)
        counts = []
        for n in range(2):
            statements.clear()
            await client.get("/gestion/catalogue")
            counts.append(len(statements))
            if n == 0:
                for k in range(4):
                    await makers.make_offer(f"offre-{k}", title=f"Offre {k}")
    assert counts[0] == counts[1]
