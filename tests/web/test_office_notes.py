"""Notes on the pages of an organisation, a booking and a session: written, seen, corrected."""

from __future__ import annotations

import httpx
import pytest

import makers
from office_makers import done, refused, staff
from training.identity.rules import Role
from training.kernel import db

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", ["structure", "reservation", "seance"])
async def test_what_was_said_is_written_where_it_belongs_and_read_there(client: httpx.AsyncClient, kind: str) -> None:
    town = await makers.make_town()
    booked = await makers.make_booking(town, 12)
    await staff(client, Role.ADVISER)
    number = {"structure": town.organisation, "reservation": booked.id, "seance": town.session}[kind]
    path = {
        "structure": f"/gestion/structures/{town.slug}",
        "reservation": f"/gestion/reservations/{booked.reference}",
        "seance": f"/gestion/seances/{town.session}",
    }[kind]
    shown = (await client.get(path)).text
    assert f'action="/gestion/notes/{kind}/{number}"' in shown
    assert "La personne concernée peut lire ce que vous écrivez." in makers.text_of(shown)
    sent = {"channel": "phone_in", "text": "Rappeler jeudi\nau 02 61 00 00 00", "cle": "k1"}
    where = await done(client, f"/gestion/notes/{kind}/{number}", sent)
    assert where == f"{path}#notes"
    await done(client, f"/gestion/notes/{kind}/{number}", sent)
    assert await db.value("select count(*) from note") == 1, "sent twice, it is one note"
    words = makers.text_of((await client.get(path)).text)
    assert "Rappeler jeudi" in words
    assert "Appel reçu" in words
    assert "noté par Ève Équipe" in words


async def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client)
    path = f"/gestion/notes/structure/{town.organisation}"
    await refused(client, path, {"channel": "phone_in", "text": " "}, 422, "À remplir.")
    await refused(client, path, {"channel": "pigeon", "text": "Viendra"}, 422, "Choisissez une réponse.", "Viendra")
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    theirs = await db.value("select min(id) from contact where organisation = $1", other)
    await refused(client, path, {"channel": "mail", "text": "Oui", "contact": theirs}, 422, "Choisissez dans la liste.")
    assert await db.value("select count(*) from note") == 0


async def test_one_corrects_ones_own_note_and_the_page_says_so(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client)
    path = f"/gestion/notes/structure/{town.organisation}"
    await done(client, path, {"channel": "visit", "text": "Venu lundi"})
    note = await db.value("select id from note")
    assert "Venu lundi" in (await client.get(f"{path}/{note}")).text
    await refused(client, f"{path}/{note}", {"text": ""}, 422, "À remplir.")
    await done(client, f"{path}/{note}", {"text": "Venu mardi"})
    words = makers.text_of((await client.get(path)).text)
    assert "Venu mardi" in words
    assert "corrigée" in words


async def test_there_is_no_note_about_what_is_not_there(client: httpx.AsyncClient) -> None:
    await makers.make_platform()
    await staff(client)
    for path in ("structure/999", "facture/1", "structure/0"):
        assert (await client.get(f"/gestion/notes/{path}")).status_code == 404
