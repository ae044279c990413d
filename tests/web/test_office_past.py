"""Sessions of former years come in from a spreadsheet: counted as they were, told to nobody, invoiced by nobody."""

from __future__ import annotations

import base64
import re
from datetime import date

import pytest

import makers
from office_makers import done, held_town, staff
from training.billing.actions import make_billable
from training.billing.actions.import_past import import_past
from training.billing.actions.share import share
from training.billing.actions.undo_held import undo_held
from training.billing.formats import past_sheet
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict

pytestmark = pytest.mark.anyio
PATH = "/gestion/importer/seances"
TITLES = "Date;Heure;Fin;Offre;Lieu;Commune;Animation;Structure;Inscrits;Présents;Prix HT;N° de commande;Facture;Note"
LINE = "12/03/2024;9h;12h;velo;Salle des fêtes;;Anime Aline;Commune d’Essai;15;13;350,00;ENG-1;F-12;Bien reçu"
NOTHING = (
    "select (select count(*) from mail) + (select count(*) from pgqueuer) + (select count(*) from billable)"
    " + (select count(*) from invoice) + (select count(*) from free_due) + (select count(*) from free_confirmation)"
)


async def look(client, *lines: str):
    content = "\r\n".join((TITLES, *lines)).encode()
    return await makers.post(client, PATH, {}, files={"file": ("a.csv", content, "text/csv")})


async def take(client, answer) -> str:
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    return await done(client, f"{PATH}/importer", fields)


async def forged(client, *lines: str):
    content = base64.b64encode("\r\n".join((TITLES, *lines)).encode()).decode()
    return await makers.post(client, f"{PATH}/importer", {"carried": content})


async def sessions() -> int:
    return await db.value("select count(*) from session where state = 'held'")


async def test_a_session_of_former_years_counts_and_nothing_follows_from_it(client):
    town = await makers.make_town()
    other = await makers.make_organisation("Foyer rural", siret=None, domain="foyer.example.org")
    await staff(client)
    before = await db.value(NOTHING)
    free = LINE.replace("Commune d’Essai;15;13;350,00;ENG-1;F-12", "Foyer rural;8;;gratuit;;")
    answer = await look(client, LINE, free)
    assert "2 nouvelles lignes à importer, 0 déjà là" in makers.text_of(answer.text)
    assert await sessions() == 0
    assert await take(client, answer) == "/gestion/seances?periode=passees"
    assert await db.value(NOTHING) == before
    session = await db.connection().fetchrow("select * from session where state = 'held'")
    assert (session["capacity"], session["seats_taken"], session["published_at"], session["note"]) == (
        *(23, 23),
        *(None, "Bien reçu"),
    )
    sql = """
        select b.organisation, b.state, b.seats, h.present, b.price_cents, b.tariff_mode, b.purchase_order,
               p.invoice_number
        from booking b join past_booking p on p.booking = b.id left join head_count h on h.booking = b.id
        where b.session = $1 order by b.id
    """
    assert [tuple(r) for r in await db.connection().fetch(sql, session["id"])] == [
        (town.organisation, "confirmed", 15, 13, 35_000, "flat", "ENG-1", "F-12"),
        (other, "confirmed", 8, None, 0, "free", None, ""),
    ]
    page = makers.text_of((await client.get(f"/gestion/seances/{session['id']}")).text)
    assert "Importée des années passées" in page
    assert "F-12" in page
    assert "Annuler « réalisée »" not in page
    assert "Réponses aux invitations" not in page
    assert (await client.get(f"/seances/{session['id']}")).status_code == 404  # nobody could ever see it
    reference = await db.value("select reference from booking where purchase_order = 'ENG-1'")
    page = makers.text_of((await client.get(f"/gestion/reservations/{reference}")).text)
    assert "Facture F-12" in page
    assert "Clients facturés…" not in page
    page = makers.text_of((await client.get(f"/gestion/structures/{town.slug}")).text)
    assert "13" in page or "15" in page
    assert "Engagé" not in page or "350,00" not in page.partition("Engagé")[2][:80]
    today = makers.text_of((await client.get("/gestion")).text)
    assert "À confirmer" not in today


async def test_what_was_invoiced_elsewhere_is_never_invoiced_here(client):
    await makers.make_town()
    await staff(client)
    await take(client, await look(client, LINE))
    session = await db.value("select id from session where state = 'held'")
    booking = await db.value("select id from booking where session = $1", session)
    await make_billable.make_billable(SYSTEM, session)
    assert await db.value("select count(*) from billable") == 0
    with pytest.raises(Conflict, match="F-12"):
        await share(SYSTEM, booking, [])
    with pytest.raises(Conflict, match="années passées"):
        await undo_held(SYSTEM, session, "par erreur")
    assert await sessions() == 1


async def test_run_again_nothing_is_doubled(client):
    await makers.make_town()
    await makers.make_organisation("Foyer rural", siret=None, domain="foyer.example.org")
    await staff(client)
    await take(client, await look(client, LINE, LINE))
    assert await db.value("select count(*) from past_booking") == 1
    answer = await look(client, LINE)
    assert "Toutes ces lignes sont déjà là" in makers.text_of(answer.text)
    assert 'name="carried"' not in answer.text
    assert (await forged(client, LINE)).status_code == 303
    # a line that was forgotten joins the session that is there
    await take(client, await look(client, LINE, LINE.replace("Commune d’Essai;15", "Foyer rural;20")))
    assert await sessions() == 1
    assert await db.value("select seats_taken from session where state = 'held'") == 35


FAULTS = {
    "Date": ("12/03/2024", "31/02/2024", "n’est pas une date"),
    "future": ("12/03/2024", "12/03/2044", "n’est pas encore passée"),
    "offer": (";velo;", ";Sensibilisation au vélo;", "peut-être « Sensibilisation au vélo électrique »"),
    "venue": ("Salle des fêtes", "Sale des fêtes", "peut-être « Salle des fêtes"),
    "person": ("Anime Aline", "Aline Anim", "peut-être « Aline Anime »"),
    "organisation": ("Commune d’Essai", "Comune d’Essai", "peut-être « Commune d’Essai »"),
    "price": ("350,00", "", "ou « gratuit »"),
    "heads": (";15;13;", ";;;", "combien de personnes"),
    "long": (";12h;", ";8h;", "n’est pas après"),
}


@pytest.mark.parametrize("wrong", FAULTS)
async def test_what_cannot_be_is_a_fault_of_its_line_and_keeps_all_out(client, wrong):
    await makers.make_town()
    await staff(client)
    was, becomes, words = FAULTS[wrong]
    fine = LINE.replace("12/03/2024", "13/03/2024")
    answer = await look(client, fine, LINE.replace(was, becomes))
    said = makers.text_of(answer.text)
    assert answer.status_code == 422
    assert "1 ligne à corriger" in said
    assert "Ligne 3" in said
    assert words in said
    assert (await forged(client, fine, LINE.replace(was, becomes))).status_code == 422
    assert await sessions() == 0


async def test_a_closed_period_a_busy_person_and_a_session_of_ours_are_refused(client):
    town = await makers.make_town()
    await staff(client)
    await db.execute("update session set state = 'held', starts_at = '2024-03-12 08:00Z' where id = $1", town.session)
    await db.execute("update slot set starts_at = '2024-03-12 08:00Z', ends_at = '2024-03-12 11:00Z'")
    said = makers.text_of((await look(client, LINE)).text)
    assert "Aline Anime anime déjà une autre séance" in said or "déjà sur la plateforme" in said
    twice = LINE.replace(";velo;Salle des fêtes", ";velo;").replace("2024", "2023")
    said = makers.text_of((await look(client, LINE.replace("2024", "2023"), twice)).text)
    assert "en anime une autre à la même heure, ligne 2" in said
    await db.execute("insert into period_close (until, totals, closed_at) values ($1, '{}', now())", date(2023, 12, 31))
    said = makers.text_of((await look(client, LINE.replace("2024", "2023"))).text)
    assert "période close" in said


async def test_lines_of_one_session_that_do_not_agree_are_refused(client):
    await makers.make_town()
    await staff(client)
    said = makers.text_of((await look(client, LINE, LINE.replace(";15;13;", ";15;14;"))).text)
    assert "déjà ligne 2 pour cette séance" in said


async def test_the_model_reads(client):
    await staff(client)
    model = (await client.get(f"{PATH}/modele.csv")).content
    assert past_sheet.read(model).whole()[0].seats == 15


@pytest.mark.parametrize(
    ("said", "means"),
    [("12.3.24", date(2024, 3, 12)), ("mardi 12 mars 2024", date(2024, 3, 12)), ("1er févr. 2023", date(2023, 2, 1))],
)
def test_days_are_read_as_people_write_them(said, means):
    assert past_sheet.day_of(said) == means


async def test_more_lines_than_a_statement_takes_come_in_each_to_its_session(client):
    await makers.make_town()
    days = [f"{1 + n % 28:02d}/{1 + n // 28 % 12:02d}/{2000 + n // 336}" for n in range(510)]
    lines = [LINE.replace("12/03/2024", day).replace("F-12", f"F-{n}") for n, day in enumerate(days)]
    rows = past_sheet.read("\r\n".join((TITLES, *lines)).encode()).whole()
    assert await import_past(SYSTEM, rows) == 510
    sql = """
        select count(*) from past_booking p join booking b on b.id = p.booking join session s on s.id = b.session
        where to_char(s.starts_at, 'YYYY')::int - 2000 = substr(p.invoice_number, 3)::int / 336
    """
    assert await db.value(sql) == 510


async def test_the_list_of_bookings_that_is_exported_is_read_back(client):
    await held_town()
    await db.execute(
        "update slot set starts_at = starts_at - interval '90 days', ends_at = ends_at - interval '90 days'"
    )
    await staff(client)
    exported = (await client.get("/gestion/exporter/reservations.csv")).content
    answer = await makers.post(client, PATH, {}, files={"file": ("r.csv", exported, "text/csv")})
    assert "déjà là" in makers.text_of(answer.text), makers.text_of(answer.text)
