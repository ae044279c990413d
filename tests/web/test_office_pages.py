"""The staff's pages: shown seeded and empty, to whom, and what their lists cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from mail_server import use
from office_makers import held_town, staff
from training.attendance.actions import hold_session
from training.bookings.actions import booking as booking_actions
from training.bookings.actions.booking import NewBooking
from training.directory.actions.set_up import say_step
from training.directory.rules.set_up import SetUpStep, StepSaid
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.web.parameters import moment_key, row_key
from training.worker import drain

pytestmark = pytest.mark.anyio

LISTS = [
    "/gestion",
    "/gestion/seances",
    "/gestion/seances?periode=a-marquer",
    "/gestion/seances?periode=passees",
    "/gestion/reservations",
    "/gestion/structures",
    "/gestion/factures",
    "/gestion/factures/brouillons",
    "/gestion/courriels",
    "/gestion/file",
    "/gestion/plateforme",
    "/gestion/cles",
    "/gestion/seances/nouvelle",
]


async def seen(client, path, status=200):
    answer = await client.get(path)
    assert answer.status_code == status, (path, answer.status_code, makers.text_of(answer.text)[:300])
    assert answer.text.count("<h1") == 1, path
    return makers.text_of(answer.text)


@pytest.mark.parametrize("path", LISTS)
async def test_each_list_says_what_to_do_when_there_is_nothing(client, path):
    with clock.frozen(makers.NOON):
        await staff(client)
        words = await seen(client, path)
    assert "None" not in words


async def test_an_empty_day_says_that_nothing_waits(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await makers.make_offer()
        await makers.make_venue()
        await makers.make_session(await makers.make_offer("passe"), starts_at=makers.NOON - timedelta(days=9))
        await db.execute("update session set state = 'cancelled'")
        for step in SetUpStep:
            await say_step(SYSTEM, step, StepSaid.SKIPPED)
        await staff(client)
        words = await seen(client, "/gestion")
    assert "Rien n’attend. Aucune séance n’est prévue." in words
    assert "étapes" not in words
    assert "Aucune séance dans les sept prochains jours" in words


async def test_a_day_where_all_is_fine_shows_its_week(client):
    """Somebody leads what comes, and nobody waits: the sentence says so, and the rack has no hole."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_session(
            town.offer, starts_at=makers.NOON + timedelta(days=2), venue=town.venue, facilitators=(town.facilitator,)
        )
        await db.connection().execute("update assignment set state = 'confirmed'")
        await staff(client)
        answer = await client.get("/gestion")
    words = makers.text_of(answer.text)
    assert "Rien n’attend. La prochaine séance est mercredi 3 mars." in words
    assert "Vous attendez" not in words
    assert 'data-state="hole"' not in answer.text
    assert "data-nobody" not in answer.text
    assert re.search(r'<th scope="row">[^<]+<span class="meta">1', answer.text)


@pytest.mark.parametrize("path", LISTS)
async def test_each_list_shows_what_there_is(client, path):
    with clock.frozen(makers.NOON):
        await held_town()
        await staff(client)
        words = await seen(client, path)
    assert "None" not in words


async def test_today_counts_what_waits_and_leads_to_it(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        other = await makers.make_organisation(
            "Ville en attente", siret=None, approved=False, domain="ville.example.org"
        )
        soon = await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=2), venue=town.venue)
        late = await makers.make_session(town.offer, starts_at=makers.NOON - timedelta(days=2), venue=town.venue)
        await booking_actions.book(SYSTEM, NewBooking(soon, other, 5))
        await staff(client)
        answer = await client.get("/gestion")
    words = makers.text_of(answer.text)
    assert "Une séance n’a personne pour l’animer mercredi 3 mars." in words
    assert "Une structure attend votre réponse." in words
    assert "Vérifier l’inscription de Ville en attente" in words
    assert "Répondre à Ville en attente" in words
    assert "la demande expire le 3 mars" in words
    assert "Sensibilisation au vélo électrique : la séance a-t-elle eu lieu ?" in words
    assert "Relire et émettre 1 facture" in words
    assert f'href="/gestion/seances/{soon}"' in answer.text
    assert f'href="/gestion/seances/{late}"' in answer.text
    assert 'href="/gestion/factures/brouillons"' in answer.text


async def test_doubles_of_before_are_counted_on_the_home_and_listed(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        both = [await makers.make_booking(town, 3), await makers.book_apart(town, 2)]
        alone = await makers.book_beside(town, 1)
        await staff(client)
        home = (await client.get("/gestion")).text
        listed = makers.text_of((await client.get("/gestion/reservations?etat=doubled")).text)
        page = makers.text_of((await client.get(f"/gestion/reservations/{both[0].reference}")).text)
    assert "1 structure a plusieurs réservations dans une séance" in makers.text_of(home)
    assert 'href="/gestion/reservations?etat=doubled"' in home
    assert [b.reference in listed for b in (*both, alone)] == [True, True, False]
    assert f"Aussi dans cette séance {both[1].reference}" in page


async def test_the_facts_of_a_session_a_booking_an_organisation_and_an_invoice(client):
    with clock.frozen(makers.NOON):
        town, booked = await held_town()
        await staff(client)
        session = await seen(client, f"/gestion/seances/{town.session}")
        booking = await seen(client, f"/gestion/reservations/{booked.reference.lower()}")
        organisation = await seen(client, f"/gestion/structures/{town.slug}")
        invoice = await seen(client, "/gestion/factures/F2027-00001")
        paper = await client.get("/gestion/factures/F2027-00001.pdf")
        data = await client.get("/gestion/factures/F2027-00001.xml")
    assert "Commune d’Essai" in session
    assert "40 37" in session  # forty seats, thirty-seven came
    assert "Séance réalisée" in booking
    assert "Facture F2027-00001 émise" in booking
    assert "Votre réservation" in booking or "Courriels" in booking
    assert makers.SIRET in organisation
    assert "Rachel Ressources" in organisation
    assert "F2027-00001" in organisation
    assert "350,00 €" in invoice
    assert paper.content.startswith(b"%PDF")
    assert b"CrossIndustryInvoice" in data.content


@pytest.mark.parametrize(
    "path",
    [
        "/gestion/seances/999999",
        "/gestion/seances/99999999999999",
        "/gestion/seances/0/annuler",
        "/gestion/reservations/R-INCONNU",
        "/gestion/structures/inconnue",
        "/gestion/factures/F1999-00001",
        "/gestion/factures/F1999-00001.pdf",
        "/gestion/factures/brouillons/99999999999999",
        "/gestion/factures/brouillons/1/apercu.pdf",
        "/gestion/courriels/99999999999",
        "/gestion/courriels/1/apercu",
        "/gestion/courriels/1/invitation.ics",
        "/gestion/courriels/1/fichiers/1",
    ],
)
async def test_what_does_not_exist_is_not_found(client, path):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await staff(client)
        await seen(client, path, 404)


async def test_lists_are_narrowed_by_their_address(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town)
        walk = await makers.make_offer("marche", title="Atelier marche")
        await makers.make_session(walk)
        await staff(client)
        bikes = await seen(client, "/gestion/seances?offre=velo&etat=published&commune=61001")
        drafts = await seen(client, "/gestion/seances?etat=draft")
        found = await seen(client, f"/gestion/reservations?q={booked.reference}&etat=confirmed")
        nothing = await seen(client, "/gestion/reservations?q=inconnu&apres=n%27importe")
        named = await seen(client, "/gestion/structures?q=essai&etat=approved")
        unnamed = await seen(client, "/gestion/structures?etat=pending")
    assert "40 / 60" in bikes
    assert " 0 / 60" not in bikes
    assert "Aucune séance ne correspond" in drafts
    assert "Commune d’Essai" in found
    assert "Aucune réservation ne correspond" in nothing
    assert "Mairie" not in unnamed
    assert "Aucune structure ne correspond" in unnamed
    assert "Commune d’Essai" in named


async def test_long_lists_go_on_by_key(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        for n in range(55):
            await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=20 + n))
        await staff(client)
        first = await client.get("/gestion/seances?offre=velo")
        following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        second = await client.get(following)
    assert first.text.count("/ 60<") == 50
    assert "offre=velo" in following
    assert second.text.count("/ 60<") == 6
    assert "Revenir au début" in second.text


@pytest.mark.parametrize("path", [path for path in LISTS if "?" not in path][:7])
async def test_a_list_costs_as_many_statements_whatever_its_length(client, statements, path):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await staff(client)
        await client.get(path)
        statements.clear()
        await client.get(path)
        few = len(statements)
        for n in range(4):
            name = f"Ville {n}"
            organisation = await makers.make_organisation(name, siret=None, domain=f"v{n}.example.org")
            session = await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=2 + n))
            booked = await booking_actions.book(SYSTEM, NewBooking(session, organisation, 3))
            await drain()
            with clock.frozen(makers.NOON + timedelta(days=2 + n, hours=4)):
                await hold_session(SYSTEM, session, {booked.id: 3})
                await drain()
        statements.clear()
        await client.get(path)
    assert len(statements) == few <= 15  # the menu counts; the page of drafts has three lists above its own


async def test_a_session_page_costs_as_many_statements_whatever_its_bookings(client, statements):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town, 2)
        await staff(client)
        await client.get(f"/gestion/seances/{town.session}")
        statements.clear()
        await client.get(f"/gestion/seances/{town.session}")
        few = len(statements)
        for _n in range(5):
            await makers.book_beside(town, 2)
        statements.clear()
        await client.get(f"/gestion/seances/{town.session}")
    assert len(statements) == few


EVERYBODY = {
    "administrator": Role.ADMINISTRATOR,
    "adviser": Role.ADVISER,
    "bookkeeper": Role.BOOKKEEPER,
}
STAFF_PAGES = {  # path → who of the team sees it
    "/gestion": {"administrator", "adviser", "bookkeeper"},
    "/gestion/seances": {"administrator", "adviser", "bookkeeper"},
    "/gestion/seances/nouvelle": {"administrator", "adviser"},
    "/gestion/reservations": {"administrator", "adviser", "bookkeeper"},
    "/gestion/structures": {"administrator", "adviser", "bookkeeper"},
    "/gestion/factures": {"administrator", "adviser", "bookkeeper"},
    "/gestion/factures/brouillons": {"administrator", "adviser", "bookkeeper"},
    "/gestion/catalogue": {"administrator", "adviser", "bookkeeper"},
    "/gestion/nouvelle-structure": {"administrator", "adviser", "bookkeeper"},
    "/gestion/courriels": {"administrator", "adviser", "bookkeeper"},
    "/gestion/file": {"administrator", "adviser"},
    "/gestion/plateforme": {"administrator"},
    "/gestion/cles": {"administrator"},
}


@pytest.mark.parametrize("who", [*EVERYBODY, "manager", "facilitator", "nobody"])
async def test_each_role_sees_its_pages_and_no_other(client, who):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town)
        await drain()
        if who in EVERYBODY:
            await staff(client, EVERYBODY[who])
        elif who == "manager":
            await makers.sign_in(client, "rh@mairie.example.org")
        elif who == "facilitator":
            await makers.sign_in(client, "anime@example.org")
        for path, allowed in STAFF_PAGES.items():
            answer = await client.get(path)
            expected = 303 if who == "nobody" else 200 if who in allowed else 403
            assert answer.status_code == expected, (who, path)
        inside = await client.get(f"/gestion/reservations/{booked.reference}")
        assert (inside.status_code == 200) == (who in EVERYBODY)


REFUSED_TO_OTHERS = [
    "/gestion/seances/{session}/annuler",
    "/gestion/seances/{session}/realisee",
    "/gestion/seances/{session}/publier",
    "/gestion/reservations/{reference}/annuler",
    "/gestion/reservations/{reference}/confirmer",
    "/gestion/reservations/{reference}/refuser",
    "/gestion/structures/commune-d-essai/valider",
    "/gestion/structures/commune-d-essai/refuser",
    "/gestion/structures/commune-d-essai/rattacher",
    "/gestion/structures/commune-d-essai/archiver",
    "/gestion/structures/commune-d-essai/retablir",
    "/gestion/structures/commune-d-essai/pas-un-doublon",
    "/gestion/cles",
    "/gestion/plateforme",
    "/gestion/file/1/reprendre",
    "/gestion/courriels/1/renvoyer",
]


@pytest.mark.parametrize("who", ["rh@mairie.example.org", "anime@example.org", "comptable@example.org"])
async def test_nobody_acts_beyond_their_role(client, who):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town)
        account = await roles.add_user(SYSTEM, "comptable@example.org", "Basile Bilan")
        await roles.grant(SYSTEM, account, Role.BOOKKEEPER)
        await makers.sign_in(client, who)
        for path in REFUSED_TO_OTHERS:
            address = path.format(session=town.session, reference=booked.reference)
            answer = await makers.post(client, address, {"reason": "Non"})
            assert answer.status_code == 403, (who, address)
        assert await db.value("select state from session where id = $1", town.session) == "published"


async def test_mail_that_does_not_leave_is_on_every_page(client, monkeypatch):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town)
        await drain()
        async with db.atomic():
            await db.execute(
                "update mail set state = 'failed', last_answer = '550 inconnu' where occasion like 'booking%'"
            )
        await staff(client)
        use(monkeypatch, smtp_url="smtp://127.0.0.1:1")
        for path in LISTS:
            answer = await client.get(path)
            assert "1 courriel n’a pas pu être remis" in makers.text_of(answer.text), path
            assert "Aucun courriel ne part" not in answer.text
        use(monkeypatch, smtp_url=None)
        answer = await client.get("/gestion")
    assert "Aucun courriel ne part" in answer.text


async def test_drafts_say_what_they_lack_as_billing_does(database_test):
    """The list reads its facts for all drafts at once; what it says must be what issuing would say."""
    from training.billing.queries import drafts as waiting
    from training.billing.queries import invoices as billing

    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False, siret=None, iban=None)
        async with db.atomic():
            await db.execute("update organisation set siret = null, state = 'pending' where id = $1", town.organisation)
            await db.execute("update contact set active = false where organisation = $1", town.organisation)
        (listed,) = await waiting.drafts(SYSTEM.scope)
        assert list(listed.missing) == await billing.blockers(listed.invoice.id)
        assert len(listed.missing) == 5


@pytest.mark.parametrize(
    "text", ["", "~", "hier~1", "2027-03-01~1", "2027-03-01T10:00:00+00:00~x", "2027-03-01T10:00:00+00:00~0"]
)
def test_a_key_that_nobody_wrote_is_no_key(text):
    assert moment_key(text) is None
    assert row_key(text) is None
