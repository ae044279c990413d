"""The office's pages after a session: who came though nobody had confirmed, more than booked, an invoice kept back."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from office_makers import staff
from training.billing.actions.confirm_free import confirm_due
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.locking import Booked
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio


async def over(**platform: object) -> tuple[makers.Town, Booked, Booked]:
    """A session that is over: a booking of twelve, and an option of eight that nobody confirmed."""
    town = await makers.make_town(**platform)
    with clock.frozen(town.starts_at - timedelta(hours=2)):
        return town, await makers.make_booking(town, 12), await makers.book_beside(town, 8, option=True)


async def words(client, path: str) -> str:
    return makers.text_of((await client.get(path)).text)


async def test_what_nobody_confirmed_is_asked_about_on_its_page_and_on_the_home(client):
    town, booked, option = await over()
    page = f"/gestion/seances/{town.session}"
    with clock.frozen(town.ends_at):
        await staff(client)
        assert "1 réservation n’a pas été confirmée" in await words(client, page)
        assert (await makers.post(client, f"{page}/realisee", {f"present-{booked.id}": "12"})).status_code == 303
        assert "À décider : ce groupe est-il venu" in await words(client, page)
        assert "le groupe est-il venu ?" in await words(client, "/gestion")
        assert option.reference in await words(client, "/gestion/reservations?etat=undecided")
        assert "cette structure est-elle venue" in await words(client, f"/gestion/reservations/{option.reference}")
        came = {"booking": option.id, f"present-{option.id}": "8", "came": "yes"}
        assert (await makers.post(client, f"{page}/venus", came)).status_code == 303
        assert "À décider" not in await words(client, page)
        assert (await makers.post(client, f"{page}/venus", came)).status_code == 409, "it is decided"
    assert await db.value("select state from booking where id = $1", option.id) == "confirmed"


async def test_nobody_came_is_one_press(client):
    town, _booked, option = await over()
    page = f"/gestion/seances/{town.session}"
    with clock.frozen(town.ends_at):
        await staff(client)
        await makers.post(client, f"{page}/realisee")
        none = {"booking": option.id, f"present-{option.id}": "8", "came": "no"}
        assert (await makers.post(client, f"{page}/venus", none)).status_code == 303
    assert await db.value("select state from booking where id = $1", option.id) == "expired"


async def test_more_present_than_booked_is_a_question_with_its_box(client):
    town, booked, _option = await over()
    page = f"/gestion/seances/{town.session}"
    with clock.frozen(town.ends_at):
        await staff(client)
        asked = await makers.post(client, f"{page}/realisee", {f"present-{booked.id}": "15"})
        assert asked.status_code == 422
        assert "15 présents, pour 12 réservés" in makers.text_of(asked.text)
        assert f'name="more-{booked.id}" value="15"' in asked.text
        said = {f"present-{booked.id}": "15", f"more-{booked.id}": "15"}
        assert (await makers.post(client, f"{page}/realisee", said)).status_code == 303
    assert await db.value("select present from head_count where booking = $1", booked.id) == 15


async def test_an_invoice_about_to_leave_is_kept_back_by_its_button(client):
    town, _booked, _option = await over(issue_delay_minutes=10)
    with clock.frozen(town.ends_at):
        await staff(client)
        await makers.post(client, f"/gestion/seances/{town.session}/realisee")
        await drain()
        draft = await db.value("select id from invoice")
        assert "Les factures partent à" in await words(client, f"/gestion/seances/{town.session}")
        assert "part seule à" in await words(client, "/gestion/factures/brouillons")
        path = f"/gestion/factures/brouillons/{draft}"
        assert "Retenir la facture" in await words(client, path)
        assert (await makers.post(client, f"{path}/retenir")).status_code == 303
        assert "elle attend que quelqu’un l’émette" in await words(client, path)


async def test_the_delay_is_a_setting_of_the_platform(client):
    await makers.make_town(issue_delay_minutes=10)
    await staff(client)
    assert 'name="issue_delay_minutes"' in (await client.get("/gestion/plateforme")).text


async def test_the_page_says_until_when_the_confirmation_of_free_seats_is_undone(client):
    town = await makers.make_town(issue_delay_minutes=10)
    offer = await makers.make_offer("bus", mode=TariffMode.FREE, cents=0, reference_cents=20_000)
    session = await makers.make_session(offer, starts_at=town.starts_at + timedelta(days=2))
    await book(SYSTEM, NewBooking(session, town.organisation, 3))
    page, ends_at = f"/gestion/seances/{session}", await db.value("select max(ends_at) from slot")
    with clock.frozen(ends_at):
        await staff(client)
        await makers.post(client, f"{page}/realisee")
        await drain()
        assert "La confirmation des places gratuites part" in await words(client, page)
    with clock.frozen(ends_at + timedelta(minutes=10)):
        await confirm_due()
        assert "La confirmation des places gratuites part" not in await words(client, page)


async def test_calling_off_no_longer_says_that_there_is_no_way_back(client):
    town = await makers.make_town()
    await staff(client)
    said = await words(client, f"/gestion/seances/{town.session}/annuler")
    assert "elle peut être rétablie" in said
    assert "On ne revient pas en arrière" not in said


async def test_the_page_of_a_called_off_session_did_not_say_where_to_restore_it(client):
    town = await makers.make_town()
    page = f"/gestion/seances/{town.session}"
    await staff(client)
    assert "Rétablir la séance" not in await words(client, page)
    await makers.post(client, f"{page}/annuler", {"reason": "Neige"})
    assert "Rétablir la séance…" in await words(client, page)
    with clock.frozen(town.ends_at):
        await staff(client)
        assert "Rétablir la séance…" not in await words(client, page), "its date is past"


async def test_right_after_held_the_page_did_not_say_when_invoices_leave(client):
    town, _booked, _option = await over(issue_delay_minutes=10)
    page = f"/gestion/seances/{town.session}"
    with clock.frozen(town.ends_at):
        await staff(client)
        await makers.post(client, f"{page}/realisee")
        at_once = await words(client, page)
        assert "la facturation suit" in at_once
        await drain()
        said = "Les factures partent à"
        assert at_once.split(said)[1][:20] == (await words(client, page)).split(said)[1][:20]


async def test_held_over_nothing_confirmed_promised_invoices(client):
    town = await makers.make_town(issue_delay_minutes=10)
    with clock.frozen(town.starts_at - timedelta(hours=2)):
        await makers.make_booking(town, 12, option=True)
    page = f"/gestion/seances/{town.session}"
    with clock.frozen(town.ends_at):
        await staff(client)
        await makers.post(client, f"{page}/realisee")
        said = await words(client, page)
    assert "aucune réservation confirmée, rien à facturer" in said
    assert "facturation suit" not in said
    assert "Les factures partent" not in said


async def test_home_list_and_line_said_of_a_held_session_that_seats_would_be_freed(client):
    town = await makers.make_town()
    with clock.frozen(town.starts_at - timedelta(hours=2)):
        asked = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
        request = await book(SYSTEM, NewBooking(town.session, asked, 2))
        await staff(client)
        await makers.post(client, f"/gestion/seances/{town.session}/realisee", {"early_reason": "Venus plus tôt"})
        home = await words(client, "/gestion")
        assert "la demande expire" not in home
        assert "le groupe est-il venu ?" in home
        assert request.reference not in await words(client, "/gestion/reservations?etat=pending")
        undecided = await words(client, "/gestion/reservations?etat=undecided")
        assert request.reference in undecided
        assert "expire le" not in undecided
        line = await words(client, f"/gestion/reservations/{request.reference}")
        assert "Le groupe est-il venu ?" in line
        assert "les places seront libérées" not in line
        await makers.post(client, f"/gestion/seances/{town.session}/venus", {"booking": request.id, "came": "no"})
        line = await words(client, f"/gestion/reservations/{request.reference}")
        assert "Personne n’est venu" in line
        assert "à temps" not in line
