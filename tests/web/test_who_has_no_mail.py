"""Nobody is promised a mail at an address that does not exist: the page says what is done instead."""

from __future__ import annotations

import re

import pytest

import makers
import office_makers
from makers import text_of
from office_makers import done
from training.kernel import clock, db
from training.worker import drain

pytestmark = pytest.mark.anyio
PRINT = "Personne n’a de courriel chez ce client : imprimez ce document, puis remettez-le ou postez-le."


async def silence() -> None:
    await db.execute("update contact set email = null, phone = '02 33 00 00 00'")


async def read(client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return text_of(answer.text)


async def test_the_credit_note_of_who_has_no_mail_any_more_is_printed(client):
    with clock.frozen(makers.NOON):
        town, _booked = await office_makers.held_town(issue_without_look=True)
    with clock.frozen(town.ends_at):
        await drain()
        await office_makers.staff(client)
        number = await db.value("select number from invoice")
        await silence()
        page = f"/gestion/factures/{number}/avoir"
        (line,) = re.findall(r'name="(line-[0-9]+)"', (await client.get(page)).text)
        credit = await done(client, page, {"reason": "Erreur.", line: "10", "seen": "0"})
        assert "imprimez-le, puis remettez-le ou postez-le" in await read(client, credit)
        assert PRINT in await read(client, credit)


async def test_who_has_no_mail_is_called_when_a_session_moves_or_is_called_off(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town, 5)
        await office_makers.staff(client)
        await silence()
        page = await read(client, f"/gestion/seances/{town.session}/annuler")
        assert "Contacts prévenus par courriel 0" in page
        assert "À prévenir par téléphone Rachel Ressources, 02 33 00 00 00 (Commune d’Essai)" in page
        after = await done(client, f"/gestion/seances/{town.session}/annuler", {"reason": "Salle inondée."})
        assert "À prévenir par téléphone : Rachel Ressources, 02 33 00 00 00" in await read(client, after)


async def test_a_free_booking_of_who_has_no_mail_promises_none(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await db.execute("update tariff set mode = 'free', amount_cents = 0")
        booked = await makers.make_booking(town, 5)
        await office_makers.staff(client)
        path = f"/gestion/reservations/{booked.reference}"
        assert "Elle arrive par courriel après la séance" in await read(client, path)
        await silence()
        page = await read(client, path)
        assert "Elle arrive par courriel" not in page
        assert "imprimez-la ici : Rachel Ressources n’a pas de courriel" in page
        assert "Rachel Ressources n’a pas de courriel" in await read(client, f"{path}/places?places=6")


async def test_who_booked_without_a_mail_address_is_called_when_it_is_cancelled(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 5)
        await office_makers.staff(client)
        await silence()
        after = await done(client, f"/gestion/reservations/{booked.reference}/annuler", {"reason": ""})
        page = await read(client, after)
    assert "Réservation annulée. Rachel Ressources n’a pas de courriel : à prévenir par téléphone." in page
    assert "le contact est prévenu" not in page
