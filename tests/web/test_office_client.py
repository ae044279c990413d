"""The team does for a client what the client does in its space: names, order numbers, access, calendars, answers."""

from __future__ import annotations

import httpx
import pytest

import makers
from office_makers import done, refused, staff
from training.bookings.actions.booking import NewParticipant, name_participants
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_names_are_given_for_them_and_mistakes_keep_what_was_typed(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    booked = await makers.make_booking(town, 2)
    await staff(client, Role.ADVISER)
    path = f"/gestion/reservations/{booked.reference}/participants"
    assert "Noms des participants" in (await client.get(path)).text
    await refused(client, path, {"participants": "Léa\nTom\nZoé"}, 422, "plus de noms que de places", "Zoé")
    await done(client, path, {"participants": "Léa Exemple <lea@example.org>\nTom", "invite": "1"})
    assert await db.value("select count(*) from participant") == 2
    assert await db.value("select invite_participants from booking")
    assert "lea@example.org" in (await client.get(path)).text


async def test_the_number_of_their_order_is_written_down_for_them(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    booked = await makers.make_booking(town, 2)
    await staff(client, Role.BOOKKEEPER)
    path = f"/gestion/reservations/{booked.reference}/commande"
    assert "Numéro d’engagement" in (await client.get(path)).text
    await refused(client, path, {"purchase_order": "x" * 51}, 422, "50 caractères au plus")
    await done(client, path, {"purchase_order": "ENG-12"})
    assert await db.value("select purchase_order from booking") == "ENG-12"


async def test_somebody_of_theirs_is_let_in_given_another_role_and_removed(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    path = f"/gestion/structures/{town.slug}/collegues"
    await refused(client, path, {"name": "", "email": "nina", "role": "member"}, 422, "À remplir.")
    for name, role in (("Nina", "manager"), ("Omar", "member")):
        await done(client, path, {"name": name, "email": f"{name}@mairie.example.org", "role": role, "cle": name})
    account = await db.value("select id from account where name = 'Omar'")
    assert "Omar" in (await client.get(path)).text
    assert (await client.get(f"{path}/{account}/role")).status_code == 200
    await done(client, f"{path}/{account}/role", {"role": "accountant"})
    assert await db.value("select role from membership where account = $1", account) == "accountant"
    assert "Retirer l’accès de Omar" in (await client.get(f"{path}/{account}/retirer")).text
    await done(client, f"{path}/{account}/retirer")
    assert await db.value("select count(*) from membership where account = $1", account) == 0
    only = await db.value("select id from account where name = 'Nina'")
    await refused(client, f"{path}/{only}/retirer", {}, 409)


async def test_their_calendar_is_opened_replaced_and_closed_for_them(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    path = f"/gestion/structures/{town.slug}/agenda"
    assert (await client.get(path)).status_code == 200
    await refused(client, path, {"label": ""}, 422, "À remplir.")
    shown = await makers.post(client, path, {"label": "RH", "cle": "k"})
    assert "/agenda/p/" in shown.text
    feed = await db.value("select id from feed_token where organisation = $1", town.organisation)
    assert (await client.get(f"{path}/{feed}/remplacer")).status_code == 200
    assert "/agenda/p/" in (await makers.post(client, f"{path}/{feed}/remplacer", {})).text
    feed = await db.value("select max(id) from feed_token where organisation = $1", town.organisation)
    assert (await client.get(f"{path}/{feed}/supprimer")).status_code == 200
    await done(client, f"{path}/{feed}/supprimer")
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    slug = await db.value("select slug from organisation where id = $1", other)
    assert (await client.get(f"/gestion/structures/{slug}/agenda/{feed}/supprimer")).status_code == 404


async def test_what_somebody_answers_on_the_telephone_is_noted(client: httpx.AsyncClient) -> None:
    town = await makers.make_town()
    booked = await makers.make_booking(town, 2)
    await name_participants(SYSTEM, booked.id, (NewParticipant("Léa", "lea@example.org"),), invite=True)
    await drain()
    await staff(client, Role.ADVISER)
    page = (await client.get(f"/gestion/reservations/{booked.reference}")).text
    note = await db.value("select id from invitation where email = 'lea@example.org'")
    path = f"/gestion/seances/{town.session}/reponses/{note}"
    assert f'action="{path}"' in page
    where = await done(client, path, {"answer": "declined", "suite": f"/gestion/reservations/{booked.reference}"})
    assert where == f"/gestion/reservations/{booked.reference}#reponses"
    assert await db.value("select answer from invitation where id = $1", note) == "declined"
    assert await db.value("select state from booking where id = $1", booked.id) == "confirmed", "an intent, no more"
