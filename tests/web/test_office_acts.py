"""What staff do: plan, hold, call off, confirm, approve, issue, send again. Each act does its job, or says why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from office_makers import done, held_town, refused, staff
from training.bookings import queries as bookings
from training.bookings.actions import booking as booking_actions
from training.bookings.actions.booking import NewBooking
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.rules.organisations import OrganisationState
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.scheduling import queries as scheduling
from training.scheduling.rules import SessionState
from training.worker import drain

pytestmark = pytest.mark.anyio

DATES = {"date-1": "2027-04-06", "start-1": "09:00", "end-1": "12:00"}


def form_of(town, **changes):
    return {
        "offer": town.offer, "capacity": "30", "state": "published", **DATES, "venue-1": town.venue,
        "facilitator-1": town.facilitator, **changes,
    }  # fmt: skip


async def test_a_session_of_two_dates_is_planned_in_the_town_s_own_hours(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client, Role.ADVISER)
        path = await done(
            client,
            "/gestion/seances/nouvelle",
            form_of(town, **{"date-3": "2027-04-07", "start-3": "14:00", "end-3": "17:30", "note": "Prendre la clé"}),
        )
        session = int(path.rsplit("/", 1)[1])
        view = await scheduling.session(session)
        first, second = (await scheduling.slots([session]))[session]
        people = await scheduling.assignments([session])
        page = makers.text_of((await client.get(path)).text)
    assert view.state == SessionState.PUBLISHED
    assert (view.capacity, view.note) == (30, "Prendre la clé")
    assert clock.local(first.starts_at).isoformat() == "2027-04-06T09:00:00+02:00"
    assert (first.venue, second.venue) == ("Salle des fêtes", None)
    assert clock.local(second.ends_at).hour == 17
    assert [p.name for p in people] == ["Aline Anime"]
    assert "Séance planifiée" in page


async def test_a_private_draft_is_published_later(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        path = await done(
            client, "/gestion/seances/nouvelle", form_of(town, state="draft", organisation=town.organisation)
        )
        session = int(path.rsplit("/", 1)[1])
        assert (await scheduling.session(session)).state == SessionState.DRAFT
        await done(client, f"{path}/publier")
        view = await scheduling.session(session)
        again = await makers.post(client, f"{path}/publier")
    assert (view.state, view.organisation) == (SessionState.PUBLISHED, town.organisation)
    assert again.status_code == 409


async def test_what_is_taken_is_said_beside_the_field(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        day = clock.local(town.starts_at).date().isoformat()
        data = form_of(town, **{"date-2": day, "start-2": "10:00", "end-2": "11:00", "venue-2": town.venue})
        answer = await refused(
            client, "/gestion/seances/nouvelle", data, 409, "Déjà pris par « Sensibilisation au vélo"
        )
        assert 'id="venue-2-error"' in answer.text
        assert 'id="venue-1-error"' not in answer.text
        assert 'value="30"' in answer.text
        data = form_of(town, **{"date-1": day, "venue-1": "", "start-1": "10:00", "end-1": "11:00"})
        answer = await refused(client, "/gestion/seances/nouvelle", data, 409, "Cette personne anime « Sensibilisation")
        assert 'id="facilitator-1-error"' in answer.text
        assert await db.value("select count(*) from session") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"offer": "999"}, "offer"),
        ({"offer": ""}, "offer"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "beaucoup"}, "capacity"),
        ({"date-1": ""}, "date-1"),
        ({"date-1": "0027-04-06"}, "date-1"),
        ({"start-1": "9 heures"}, "start-1"),
        ({"end-1": "08:00"}, "end-1"),
        ({"venue-1": "x"}, "venue-1"),
        ({"organisation": "-1"}, "organisation"),
        ({"state": "held"}, "state"),
        ({"date-2": "2027-04-06", "start-2": "10:00", "end-2": "11:00"}, "slots"),
        ({"start-1": "06:00", "end-1": "19:00"}, "slots"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused_in_words(client, changes, field):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        answer = await refused(client, "/gestion/seances/nouvelle", form_of(town, **changes), 422)
    assert 'role="alert"' in answer.text
    assert f'href="#{field}"' in answer.text


async def test_a_session_is_held_with_its_head_counts_after_its_end(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 40)
        await staff(client, Role.ADVISER)
    path = f"/gestion/seances/{town.session}"
    with clock.frozen(town.ends_at):
        await makers.sign_in(client, "equipe@example.org")
        await refused(client, f"{path}/realisee", {f"present-{booked.id}": "-3"}, 422, "Indiquez 0 ou plus")
        await refused(client, f"{path}/realisee", {"present-999999": "3"}, 422, "n’est pas de cette séance")
        assert await done(client, f"{path}/realisee", {f"present-{booked.id}": "38"}) == path
        await drain()
        assert "38" in makers.text_of((await client.get(path)).text)
        await refused(client, f"{path}/realisee", {}, 409)
    assert await db.value("select present from head_count where booking = $1", booked.id) == 38


async def test_before_its_end_a_session_is_held_by_an_administrator_who_says_why(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        path = f"/gestion/seances/{town.session}"
        await staff(client, Role.ADVISER)
        page = (await client.get(path)).text
        assert "Confirmer que la séance a eu lieu" not in page
        assert "Après sa fin" in page
        await refused(client, f"{path}/realisee", {"early_reason": "Fini plus tôt"}, 403, "une personne qui administre")
        account = await db.value("select id from account where email = 'equipe@example.org'")
        async with db.atomic():
            await db.execute("update membership set role = 'administrator' where account = $1", account)
        assert "Motif, avant la fin" in makers.text_of((await client.get(path)).text)
        await refused(client, f"{path}/realisee", {"early_reason": " "}, 409, "n’est pas finie")
        await done(client, f"{path}/realisee", {"early_reason": "Fini plus tôt"})
    assert (await scheduling.session(town.session)).state == SessionState.HELD


async def test_calling_off_says_whom_it_concerns_and_wants_a_reason(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 40)
        await drain()
        await staff(client)
        path = f"/gestion/seances/{town.session}/annuler"
        page = makers.text_of((await client.get(path)).text)
        assert "Places rendues 40" in page
        assert "Contacts prévenus par courriel 1" in page
        await refused(client, path, {"reason": "  "}, 422, "Donnez le motif")
        await refused(client, path, {"reason": "x" * 401}, 422, "400 caractères au plus")
        assert await done(client, path, {"reason": "Salle inondée"}) == f"/gestion/seances/{town.session}"
        await drain()
        assert "Salle inondée" in (await client.get(f"/gestion/seances/{town.session}")).text
        assert "ne s’annule plus" in (await client.get(path)).text
        await refused(client, path, {"reason": "Encore"}, 409)
        view = await bookings.booking(SYSTEM.scope, booked.reference)
    assert (view.state, view.cancel_reason) == ("cancelled", "Salle inondée")


async def pending_booking(town):
    organisation = await makers.make_organisation(
        "Ville nouvelle", siret=None, approved=False, domain="ville.example.org"
    )
    return organisation, await booking_actions.book(SYSTEM, NewBooking(town.session, organisation, 5))


async def test_a_request_is_confirmed_or_refused_with_a_reason(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        _organisation, first = await pending_booking(town)
        other = await makers.make_organisation("Autre ville", siret=None, approved=False, domain="autre.example.org")
        second = await booking_actions.book(SYSTEM, NewBooking(town.session, other, 3))
        await staff(client)
        assert "Confirmer la réservation" in (await client.get(f"/gestion/reservations/{first.reference}")).text
        await done(client, f"/gestion/reservations/{first.reference}/confirmer")
        await refused(client, f"/gestion/reservations/{first.reference}/confirmer", {}, 409, "déjà confirmée")
        path = f"/gestion/reservations/{second.reference}/refuser"
        assert (await client.get(path)).status_code == 200
        await refused(client, path, {"reason": ""}, 422, "À remplir.")
        await done(client, path, {"reason": "Groupe trop petit"})
        await refused(client, path, {"reason": "Encore"}, 409)
        page = makers.text_of((await client.get(f"/gestion/reservations/{second.reference}")).text)
        states = {b.reference: b.state for b in await bookings.bookings(SYSTEM.scope)}
    assert states == {first.reference: "confirmed", second.reference: "declined"}
    assert "Refusée" in page
    assert "Groupe trop petit" in page


async def test_staff_cancel_a_booking_until_its_session_was_held(client):
    with clock.frozen(makers.NOON):
        town, booked = await held_town()
        await staff(client)
        await refused(client, f"/gestion/reservations/{booked.reference}/annuler", {}, 409, "La séance a eu lieu")
        session = await makers.make_session(town.offer)
        other = await booking_actions.book(SYSTEM, NewBooking(session, town.organisation, 4))
        path = f"/gestion/reservations/{other.reference}/annuler"
        assert "Places rendues 4" in makers.text_of((await client.get(path)).text)
        await done(client, path, {"reason": ""})
        view = await bookings.booking(SYSTEM.scope, other.reference)
        page = makers.text_of((await client.get(f"/gestion/reservations/{other.reference}")).text)
    assert (view.state, view.cancelled_by) == ("cancelled", "platform")
    assert "Annulée par l’équipe" in page


async def test_approving_an_organisation_confirms_what_it_asked_for(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        organisation, booked = await pending_booking(town)
        await staff(client)
        page = makers.text_of((await client.get("/gestion/structures/ville-nouvelle")).text)
        assert "sa demande en cours est confirmée" in page
        await done(client, "/gestion/structures/ville-nouvelle/valider")
        await drain()
        view = await bookings.booking(SYSTEM.scope, booked.reference)
        assert (await directory.organisation(organisation)).state == OrganisationState.APPROVED
        assert "Valider la structure" not in (await client.get("/gestion/structures/ville-nouvelle")).text
    assert view.state == "confirmed"


async def test_a_draft_is_looked_at_then_issued_once(client):
    with clock.frozen(makers.NOON):
        _town, booked = await held_town(issue_without_look=False)
        draft = await db.value("select id from invoice")
        await staff(client, Role.BOOKKEEPER)
        listed = (await client.get("/gestion/factures/brouillons")).text
        assert "1 facture est prête, 350,00 €" in makers.text_of(listed)
        path = f"/gestion/factures/brouillons/{draft}"
        page = makers.text_of((await client.get(path)).text)
        assert "Facturer 350,00 €" in page
        preview = await client.get(f"{path}/apercu.pdf")
        assert preview.content.startswith(b"%PDF")
        assert await done(client, f"{path}/emettre") == "/gestion/factures/F2027-00001"
        assert (await client.get(path)).headers["location"] == "/gestion/factures/F2027-00001"
        assert (await client.get(f"{path}/apercu.pdf")).status_code == 404
        again = await makers.post(client, f"{path}/emettre")
        assert again.status_code == 303
        assert await db.value("select count(*) from ledger_entry") == 1
        await drain()
        page = makers.text_of((await client.get("/gestion/factures/F2027-00001")).text)
    assert booked.reference in page
    assert "Chorus Pro" in page
    assert "compta@mairie.example.org" in page


async def test_a_draft_that_lacks_something_says_what(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        async with db.atomic():
            await db.execute("update organisation set siret = null where id = $1", town.organisation)
        draft = await db.value("select id from invoice")
        await staff(client)
        assert "Il manque le numéro SIRET" in (await client.get("/gestion/factures/brouillons")).text
        path = f"/gestion/factures/brouillons/{draft}"
        assert f"{path}/emettre" not in (await client.get(path)).text
        assert (await client.get(f"{path}/apercu.pdf")).content.startswith(b"%PDF")
        await refused(client, f"{path}/emettre", {}, 409, "Il manque le numéro SIRET de Commune d’Essai")


async def test_a_free_booking_has_a_confirmation_and_no_invoice(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        organisation = await makers.make_organisation()
        offer = await makers.make_offer("code", mode=TariffMode.FREE, cents=0, reference_cents=20_000)
        session = await makers.make_session(offer)
        booked = await booking_actions.book(SYSTEM, NewBooking(session, organisation, 8))
        ends_at = (await scheduling.session(session)).ends_at
        await staff(client)
    with clock.frozen(ends_at + timedelta(hours=1)):
        await makers.sign_in(client, "equipe@example.org")
        await done(client, f"/gestion/seances/{session}/realisee", {})
        await drain()
        page = makers.text_of((await client.get(f"/gestion/reservations/{booked.reference}")).text)
        paper = await client.get(f"/gestion/reservations/{booked.reference}/confirmation")
    assert "Confirmation de gratuité" in page
    assert "Valeur 200,00 €" in page
    assert paper.content.startswith(b"%PDF")


async def test_a_mail_is_read_with_what_it_carries_and_nothing_in_it_runs(client):
    with clock.frozen(makers.NOON):
        await held_town()
        await staff(client)
        sent = {m.occasion: m for m in await mails.mails()}
        invitation, invoice = sent["booking_confirmed"], sent["invoice_issued"]
        listed = makers.text_of((await client.get("/gestion/courriels")).text)
        page = await client.get(f"/gestion/courriels/{invitation.id}")
        body = await client.get(f"/gestion/courriels/{invitation.id}/apercu")
        event = await client.get(f"/gestion/courriels/{invitation.id}/invitation.ics")
        with_file = await client.get(f"/gestion/courriels/{invoice.id}")
        (file,) = await mails.files(invoice.id)
        paper = await client.get(f"/gestion/courriels/{invoice.id}/fichiers/{file.file}")
        elsewhere = await client.get(f"/gestion/courriels/{invitation.id}/fichiers/{file.file}")
    assert "Invitation" in listed
    assert "1 fichier" in listed
    assert "la séance entre dans l’agenda" in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    policy = body.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert b"METHOD:REQUEST" in event.content
    assert file.name in with_file.text
    assert paper.content.startswith(b"%PDF")
    assert elsewhere.status_code == 404
    assert "frame-src" not in (await client.get("/gestion/courriels")).headers["content-security-policy"]


async def test_a_mail_that_failed_is_sent_again(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town)
        await drain()
        mail = (await mails.mails())[0].id
        async with db.atomic():
            await db.execute("update mail set state = 'failed', last_answer = '550 boîte inconnue' where id = $1", mail)
        await staff(client)
        path = f"/gestion/courriels/{mail}"
        assert "550 boîte inconnue" in (await client.get(path)).text
        await done(client, f"{path}/renvoyer")
        assert (await mails.mail(mail)).state == "queued"
        await refused(client, f"{path}/renvoyer", {}, 409, "attend déjà de partir")


async def test_a_failed_job_is_tried_again(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town)
        await staff(client)
        async with db.atomic():
            await db.execute("update pgqueuer set status = 'failed'")
        job = await db.value("select min(id) from pgqueuer")
        page = makers.text_of((await client.get("/gestion/file")).text)
        assert "Relancer" in page
        await done(client, f"/gestion/file/{job}/reprendre")
        status = await db.value("select status::text from pgqueuer where id = $1", job)
        beyond = await makers.post(client, "/gestion/file/99999999999999999999/reprendre")
    assert status == "queued"
    assert beyond.status_code == 404
