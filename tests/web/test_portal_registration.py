"""An organisation registers itself."""

from __future__ import annotations

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields
from training.directory import queries as directory
from training.kernel import clock, db

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

GOOD = {
    "kind": "commune",
    "name": "Commune de Sées-l’Essai",
    "siret": "000 077 776 000 11",
    "address": "1 place de la Mairie",
    "postcode": "61500",
    "city": "Sées",
    "person": "Nadia Nouvelle",
    "title": "Secrétaire",
    "phone": "02 61 91 00 09",
    "billing_name": "",
    "billing_email": "",
}


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


@pytest.fixture
async def email(client) -> str:
    await makers.make_platform()
    return await enter(client, None, name="nadia")


async def test_a_commune_registers_and_may_book_at_once(client, email):
    session = await makers.make_session(await makers.make_offer())
    suite = f"/seances/{session}/reserver?places=12"
    shown = await client.get("/inscription", params={"suite": suite})
    answer = await makers.post(client, "/inscription", {**fields(shown.text), **GOOD})
    assert (answer.status_code, answer.headers["location"]) == (303, suite)
    found = await directory.organisation_by_slug("commune-de-sees-l-essai")
    assert found is not None
    assert (found.state, found.siret, found.buyer) == ("pending", "00007777600011", "public")
    (contact,) = await directory.contacts(found.id)
    assert (contact.name, contact.email, contact.for_booking, contact.for_billing) == (
        "Nadia Nouvelle",
        email,
        True,
        True,
    )
    page = await client.get(suite)
    assert "12 places" in text_of(page.text)
    home = await client.get("/espace/commune-de-sees-l-essai")
    assert "Votre structure est en cours de vérification" in text_of(home.text)


async def test_the_one_who_pays_may_be_somebody_else(client, email):
    billing = {"billing_name": "Félix", "billing_email": "compta@sees.example.org"}
    await makers.post(client, "/inscription", {**GOOD, **billing})
    found = await directory.organisation_by_slug("commune-de-sees-l-essai")
    contacts = await directory.contacts(found.id)
    assert {(c.email, c.for_booking, c.for_billing) for c in contacts} == {
        (email, True, False),
        ("compta@sees.example.org", False, True),
    }


async def test_a_second_click_registers_once(client, email):
    for _click in range(2):
        answer = await makers.post(client, "/inscription", GOOD)
        assert answer.headers["location"] == "/espace/commune-de-sees-l-essai"
    assert await db.value("select count(*) from organisation") == 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"siret": "00007777600012"}, "siret", "sa clé ne tombe pas juste"),
        ({"siret": "1234"}, "siret", "a 14 chiffres ; celui-ci en a 4"),
        ({"siret": "", "kind": "company"}, "siret", "Indiquez le numéro SIRET"),
        ({"siret": ""}, "siret", "Indiquez le numéro SIRET"),
        ({"kind": ""}, "kind", "Choisissez une réponse"),
        ({"kind": "empire"}, "kind", "Choisissez une réponse"),
        ({"name": " "}, "name", "À remplir"),
        ({"name": "x" * 201}, "name", "200 caractères au plus"),
        ({"person": ""}, "person", "À remplir"),
        ({"billing_name": "Félix"}, "billing_email", "Indiquez l’adresse de cette personne"),
        ({"billing_email": "felix@"}, "billing_email", "n’est pas complète"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_the_rest_stays(client, email, changes, field, sentence):
    sent = {**GOOD, "suite": "/catalogue", **changes}
    answer = await makers.post(client, "/inscription", sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    kept = fields(answer.text)
    assert {name: kept[name] for name in sent if name != "kind"} == {n: v for n, v in sent.items() if n != "kind"}
    assert await db.value("select count(*) from organisation") == 0


async def test_a_small_association_needs_no_siret(client, email):
    answer = await makers.post(client, "/inscription", {**GOOD, "kind": "association", "siret": ""})
    assert answer.status_code == 303


async def test_a_siret_that_is_known_is_asked_for_without_saying_whose(client, email):
    await makers.make_organisation()
    answer = await makers.post(client, "/inscription", {**GOOD, "siret": makers.SIRET})
    assert answer.status_code == 303
    words = text_of((await client.get(answer.headers["location"])).text)
    assert "Commune d’Essai" not in words
    sql = "select siret, siret_asked from organisation order by id desc limit 1"
    siret, asked = await db.connection().fetchrow(sql)
    assert (siret, asked) == (None, makers.SIRET)


async def test_a_visitor_signs_in_first(client):
    answer = await client.get("/inscription")
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion?suite=/inscription")


async def test_the_page_never_leads_to_another_site(client, email):
    shown = await client.get("/inscription", params={"suite": "https://evil.example"})
    assert "evil" not in shown.text
    answer = await makers.post(client, "/inscription", {**GOOD, "suite": "//evil.example"})
    assert answer.headers["location"] == "/espace/commune-de-sees-l-essai"


async def test_a_company_abroad_registers_without_a_siret_nor_a_french_postcode(client, email):
    abroad = {**GOOD, "kind": "company", "name": "Fiets BV", "siret": "", "country": "NL", "postcode": "1015 CJ"}
    facts = {"taxable": "1", "vat_number": "NL 0044 95 445 B01", "billing_address": "Postbus 12\n1000 AA Amsterdam"}
    assert (await makers.post(client, "/inscription", {**abroad, **facts})).status_code == 303
    found = await directory.organisation_by_slug("fiets-bv")
    assert (found.country, found.postcode, found.vat_number) == ("NL", "1015 CJ", "NL004495445B01")
    assert (found.taxable, found.billing_address) == (True, "Postbus 12\n1000 AA Amsterdam")


async def test_a_public_body_abroad_is_none_for_chorus_pro(client, email):
    assert (await makers.post(client, "/inscription", {**GOOD, "siret": "", "country": "BE"})).status_code == 303
    assert (await directory.organisation_by_slug("commune-de-sees-l-essai")).buyer == "company"


async def test_what_an_association_says_of_itself_is_looked_at_and_kept(client, email):
    form = {**GOOD, "kind": "association", "siret": "", "taxable": "0"}
    answer = await makers.post(client, "/inscription", {**form, "rna": "1234"})
    assert answer.status_code == 422
    assert "Un numéro RNA commence par W" in text_of(answer.text)
    assert (await makers.post(client, "/inscription", {**form, "rna": "W611002345"})).status_code == 303
    found = await directory.organisation_by_slug("commune-de-sees-l-essai")
    assert (found.rna, found.taxable) == ("W611002345", False)


async def test_a_registration_sent_twice_is_one_even_once_it_is_approved(client, email):
    key = fields((await client.get("/inscription")).text)
    for _again in range(2):
        answer = await makers.post(client, "/inscription", {**key, **GOOD, "kind": "association", "siret": ""})
        assert answer.status_code == 303
        await db.execute("update organisation set state = 'approved'")
    assert await db.value("select count(*) from organisation") == 1
