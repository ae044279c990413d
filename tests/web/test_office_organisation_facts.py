"""An organisation is written down in a few words, and is of another kind once the page has said what that changes."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, refused, staff
from training.directory import queries as directory
from training.identity.rules import Role
from training.kernel import clock, db

pytestmark = pytest.mark.anyio
NEW = "/gestion/nouvelle-structure"
LITTLE = {"kind": "commune", "name": "Commune de Sées", "postcode": "61500", "city": "Sées", "contact": "Ana Accueil",
          "phone": "02 33 00 00 01", "email": "", "for_booking": "1"}  # fmt: skip
TYPE = "/gestion/structures/commune-d-essai/type"


async def test_a_name_a_kind_a_town_and_somebody_to_call_are_enough(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    assert await done(client, NEW, LITTLE) == "/gestion/structures/commune-de-sees"
    assert await done(client, NEW, LITTLE) == "/gestion/structures/commune-de-sees", "sent twice, it is made once"
    view = await directory.organisation_by_slug("commune-de-sees")
    (contact,) = await directory.contacts(view.id)
    assert (view.state, view.address, view.siret) == ("approved", "", None)
    assert (contact.email, contact.phone, contact.for_booking) == (None, "02 33 00 00 01", True)
    assert "Manque : aucune facture ne peut être émise" in makers.text_of(
        (await client.get("/gestion/structures/commune-de-sees")).text
    )
    await refused(client, NEW, {**LITTLE, "phone": "", "name": "Autre"}, 422, "Donnez un courriel, ou un téléphone.")
    await refused(client, NEW, {**LITTLE, "city": "", "postcode": "615"}, 422, "À remplir.")


async def test_a_siret_that_is_known_is_refused_with_a_link_to_whose_it_is(client):
    await makers.make_town()
    await staff(client, Role.ADVISER)
    answer = await refused(client, NEW, {**LITTLE, "siret": makers.SIRET}, 409, "Elle existe déjà", "Commune d’Essai")
    assert 'href="/gestion/structures/commune-d-essai"' in answer.text
    assert 'value="Commune de Sées"' in answer.text


async def test_one_that_looks_like_another_is_shown_first_and_made_when_meant(client):
    await makers.make_town()
    await staff(client, Role.ADVISER)
    alike = {**LITTLE, "name": "Mairie d’Essai", "postcode": "61000", "city": "Alençon"}
    answer = await refused(client, NEW, alike, 409, "Elle existe peut-être déjà", "Commune d’Essai")
    assert 'name="sure" value="1"' in answer.text
    assert await db.value("select count(*) from organisation") == 1
    assert await done(client, NEW, {**alike, "sure": "1"}) == "/gestion/structures/mairie-d-essai"


async def test_another_kind_says_what_it_changes_before_it_does(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client, Role.ADVISER)
        await makers.make_booking(town, 5)
        await db.execute("update organisation set siret = null where id = $1", town.organisation)
        assert "Voir ce que cela change" in makers.text_of((await client.get(TYPE)).text)
        shown = await client.get(f"{TYPE}?kind=company")
        words = makers.text_of(shown.text)
        assert shown.status_code == 200
        for said in (
            "1 confirmée garde son prix, 350,00 € hors taxes", "au tarif « Entreprise »",
            "par courriel, plus par Chorus Pro", "Son numéro SIRET manque", "elles ne changent pas",
        ):  # fmt: skip
            assert said in words
        assert (await directory.organisation(town.organisation)).kind == "commune"
        await done(client, TYPE, {"kind": "company", "buyer": "company"})
        view = await directory.organisation(town.organisation)
        assert (view.kind, view.buyer) == ("company", "company")
        page = makers.text_of((await client.get("/gestion/structures/commune-d-essai")).text)
        assert "Modifications" in page
        back = makers.text_of((await client.get(f"{TYPE}?kind=commune")).text)
        assert "par Chorus Pro, plus par courriel" in back


async def test_a_kind_that_cannot_be_is_refused_in_words(client):
    await makers.make_town()
    await staff(client)
    assert "C’est déjà ce qu’elle est." in makers.text_of((await client.get(f"{TYPE}?kind=commune")).text)
    assert "n’a pas de SIRET" in makers.text_of((await client.get(f"{TYPE}?kind=person")).text)
    await refused(client, TYPE, {"kind": "roi", "buyer": "public"}, 422, "Choisissez une réponse.")
    await refused(client, TYPE, {"kind": "person", "buyer": "public"}, 422, "Un particulier l’est aussi pour la loi")


async def test_the_second_of_two_editors_of_a_kind_is_told(client):
    await makers.make_town()
    await staff(client)
    seen = "select coalesce(max(id), 0) from change where subject_kind = 'organisation'"
    before = await db.value(seen)
    await done(client, TYPE, {"kind": "school", "buyer": "public", "vu": str(before)})
    answer = await makers.post(client, TYPE, {"kind": "intercommunality", "buyer": "public", "vu": str(before)})
    assert answer.status_code == 409
    assert "Établissement scolaire" in makers.text_of(answer.text)


async def test_enter_never_presses_what_adds_a_line_or_lets_go(client):
    """Enter presses the first button of its form, whatever that is: it added a line, it let go of who called."""
    await makers.make_town()
    await staff(client)
    pages = {
        "/gestion/structures/commune-d-essai/facturation": "Enregistrer la fiche",
        "/gestion/reservations/nouvelle?structure=commune-d-essai": 'name="chercher"',
        "/gestion/catalogue/velo/modifier": "Enregistrer",
        "/gestion/premiers-pas/identite": "Enregistrer et continuer",
    }
    for path, first in pages.items():
        main = (await client.get(path)).text.partition("<main")[2]
        form = next(part for part in main.split("<form")[1:] if 'method="post"' in part.partition(">")[0])
        assert first in form.partition("<button")[2].partition("</button>")[0], path
