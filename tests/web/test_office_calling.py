"""The page of a call: everything is found, chosen and booked on it, and nothing typed is lost on the way."""

from __future__ import annotations

import re

import httpx
import pytest

import makers
from office_makers import done, refused, staff
from training.identity.actions.joining import archive_for
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio
PATH = "/gestion/reservations/nouvelle"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def typed(town: makers.Town, **more: object) -> dict[str, object]:
    base = {"structure": town.slug, "seance": town.session, "places": 25, "firm": "1", "asked_by": "phone", "cle": "k"}
    return {**base, "contact": "", "person": "Anna Appel", "phone": "02 33 00 00 01", **more}


async def looked(client: httpx.AsyncClient, data: dict[str, object]) -> str:
    answer = await makers.post(client, PATH, data)
    assert answer.status_code == 200, makers.text_of(answer.text)[:300]
    return answer.text


async def priced(client: httpx.AsyncClient, data: dict[str, object]) -> dict[str, object]:
    """The form as its page shows it again, with the price that was read out."""
    found = re.search(r'name="price" value="(\d*)"', await looked(client, data))
    assert found
    return {**data, "price": found[1], "act": "book"}


async def test_without_a_script_each_button_brings_the_page_back_with_all_that_was_typed(client) -> None:
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    blank = makers.text_of((await client.get(PATH)).text)
    assert "Choisissez la structure et la séance" in blank
    note = "Rappeler à 18 h, dit-elle"
    sent = {"qui": "essai", "quoi": "vélo", "places": "25", "note": note, "participants": "Léa Exemple", "cle": "k"}
    shown = await looked(client, {**sent, "chercher": "1"})
    assert f'name="structure" value="{town.slug}"' in shown
    assert f'name="seance" value="{town.session}"' in shown
    for kept in ("essai", "vélo", note, "Léa Exemple"):
        assert kept in shown
    chosen = await looked(client, {**sent, "structure": town.slug, "seance": town.session, "contact": "1"})
    words = makers.text_of(chosen)
    assert "350,00 €" in words
    assert "Réserver 25 places" in words
    assert "reçoit un courriel, comme si la structure avait réservé elle-même" in words
    assert note in chosen


async def test_it_is_booked_once_with_its_paper_which_is_read_later(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    sent = await priced(client, typed(town, note="Par Anna"))
    token = (await client.get(PATH)).text
    csrf = re.search(r'name="_csrf_token" value="([^"]+)"', token)[1]
    for _n in range(2):
        answer = await client.post(
            PATH,
            data={**{name: str(value) for name, value in sent.items()}, "_csrf_token": csrf},
            files={"document": ("Bon.pdf", PDF, "application/pdf")},
        )
        assert answer.status_code == 303, makers.text_of(answer.text)[:500]
    assert await db.value("select count(*) from booking") == 1
    page = (await client.get(answer.headers["location"])).text
    words = makers.text_of(page)
    assert "par téléphone" in words
    assert "Pas de courriel : à prévenir par téléphone" in words
    assert "Bon.pdf" in words
    reference = await db.value("select reference from booking")
    document = await db.value("select id from booking_document")
    paper = await client.get(f"/gestion/reservations/{reference}/documents/{document}")
    assert (paper.headers["content-type"], paper.content) == ("application/pdf", PDF)
    await done(client, f"/gestion/reservations/{reference}/documents/{document}/retirer")
    assert (await client.get(f"/gestion/reservations/{reference}/documents/{document}")).status_code == 404


async def test_an_organisation_of_three_fields_and_a_telephone_is_enough(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    new = {"structure": "", "name": "Mairie de Sées", "kind": "commune", "postcode": "61500", "city": "Sées"}
    sent = await priced(client, typed(town, **new))
    await done(client, PATH, sent)
    assert await db.value("select city from organisation where name = 'Mairie de Sées'") == "Sées"


async def test_three_fields_are_three(client: httpx.AsyncClient) -> None:
    """« Nouvelle structure, en trois champs » asked for seven."""
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    new = {"structure": "", "name": "Amicale de Sées", "kind": "commune", "person": "", "city": "", "postcode": ""}
    await done(client, PATH, await priced(client, typed(town, **new)))
    sql = "select c.name || c.phone || o.city from contact c join organisation o on o.id = c.organisation"
    assert await db.value(f"{sql} where o.name = $1", "Amicale de Sées") == "Amicale de Sées02 33 00 00 01"
    shown = (await client.get(f"{PATH}?qui=zzzz")).text.split("trois champs")[1].split("<details")[0]
    assert re.findall(r'name="(\w+)"', shown) == ["name", "kind", "phone"]


async def test_each_mistake_stands_beside_what_caused_it(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client)
    wrong = {"act": "book", "places": "beaucoup", "asked_by": "pigeon", "note": "gardée", "email": "pas une adresse"}
    await refused(
        client, PATH, wrong, 422, "Choisissez une structure, ou créez-la.", "Choisissez une séance.",
        "n’est pas un nombre entier", "gardée",
    )  # fmt: skip
    await refused(client, PATH, typed(town, act="book", price="1"), 422, "Le prix est de 350,00 €")
    nobody = {**await priced(client, typed(town)), "phone": "", "person": ""}
    await refused(client, PATH, nobody, 422, "Un téléphone ou un courriel", "À remplir.")
    many = await priced(client, typed(town, places=61))
    await refused(client, PATH, many, 409, "Il reste 60 places")
    assert await db.value("select count(*) from booking") == 0


async def test_a_full_session_leads_to_the_list_or_to_other_dates(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await makers.make_booking(town, 50)
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    slug = await db.value("select slug from organisation where id = $1", other)
    await staff(client)
    contact = await db.value("select min(id) from contact where organisation = $1", other)
    sent = typed(town, structure=slug, contact=contact)
    words = makers.text_of(await looked(client, sent))
    assert "Il ne reste que 10 places." in words
    assert "Mettre sur la liste d’attente" in words
    others = makers.text_of(await looked(client, {**sent, "autres": town.session}))
    assert "Comme « Sensibilisation au vélo électrique »" in others
    await done(client, PATH, {**await priced(client, sent), "act": "wait"})
    assert await db.value("select state from booking where organisation = $1", other) == "waiting"


async def test_a_page_that_came_with_its_session_has_the_place_where_another_is_looked_for(client) -> None:
    """« Changer », pressed with a script, found nothing to put the search box in: the page had no way on."""
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    came = (await client.get(f"{PATH}?structure={town.slug}&seance={town.session}")).text
    changed = await looked(client, typed(town, structure="", seance=""))
    for part, field in (("call-qui", "qui"), ("call-new", "name"), ("call-quoi", "quoi")):
        assert f'<div id="{part}" data-part>' in came
        assert f'id="{field}"' not in came
        assert f'<div id="{part}" data-part>' in changed
        assert f'id="{field}"' in changed


async def test_the_other_dates_are_others(client: httpx.AsyncClient) -> None:
    """Those of a full session began with itself."""
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    shown = await looked(client, {**typed(town, seance=""), "autres": town.session})
    assert f'name="seance" value="{town.session}"' not in shown
    assert "Aucune séance à venir ne correspond" in makers.text_of(shown)


async def test_who_has_seats_there_hears_that_more_are_added(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    await staff(client)
    words = makers.text_of(await looked(client, typed(town)))
    assert "Elle y a déjà 12 places : les 25 s’ajoutent." in words
    await done(client, PATH, await priced(client, typed(town)))
    assert await db.value("select seats from booking") == 37


async def test_what_was_never_planned_again_is_planned_and_one_comes_back(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client)
    back = f"{PATH}?structure={town.slug}&places=25"
    form = (
        await client.get("/gestion/seances/nouvelle", params={"offre": town.offer_slug, "places": 70, "retour": back})
    ).text
    assert 'value="70"' in form
    assert 'name="retour"' in form
    day = (town.starts_at.date()).isoformat()
    planned = {"offer": town.offer, "capacity": 25, "date-1": day, "start-1": "18:00", "end-1": "20:00"}
    where = await done(client, "/gestion/seances/nouvelle", {**planned, "state": "published", "retour": back})
    assert where.startswith(f"{back}&seance=")
    elsewhere = {
        **planned,
        "start-1": "21:00",
        "end-1": "22:00",
        "state": "published",
        "retour": "https://evil.example",
    }
    assert (await done(client, "/gestion/seances/nouvelle", elsewhere)).startswith("/gestion/seances/")


async def test_nothing_is_promised_where_no_price_is_fixed(client: httpx.AsyncClient) -> None:
    """It said « confirmée tout de suite » and offered the act, which was then refused."""
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    await db.execute("delete from tariff")
    shown = await looked(client, typed(town))
    words = makers.text_of(shown)
    assert "Personne ne peut la réserver tant que son tarif n’est pas fixé." in words
    assert f'href="/gestion/catalogue/{town.offer_slug}/tarifs"' in shown
    assert "confirmée tout de suite" not in words
    assert 'name="act"' not in shown


async def test_an_archived_organisation_is_named_so_before_anything_is_typed(client: httpx.AsyncClient) -> None:
    """It was « à valider », and refused beside the number of seats once all was typed."""
    town = await makers.make_town()
    other = await makers.make_organisation("Mairie d’Ailleurs", siret=None, domain="ailleurs.example.org")
    await archive_for(SYSTEM, town.organisation, other)
    await staff(client, Role.ADVISER)
    shown = (await client.get(f"{PATH}?structure={town.slug}&seance={town.session}")).text
    words = makers.text_of(shown)
    assert "archivée, voir Mairie d’Ailleurs" in words
    assert "à valider" not in words
    assert 'name="act"' not in shown


async def test_a_bookkeeper_takes_no_call(client: httpx.AsyncClient) -> None:
    await makers.make_platform()
    await staff(client, Role.BOOKKEEPER)
    assert (await client.get(PATH)).status_code == 403
