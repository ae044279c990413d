"""The accountant's corner as people see it: register, files, journal, closings, openings, reminders."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import httpx
import pytest

import accounts_makers as books
import journal_law as law
import makers
from office_makers import done, refused, staff
from training.billing.queries.periods import closed_until
from training.dunning.actions import remind
from training.dunning.queries import reminders
from training.dunning.rules.interest import Law
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio

MARCH, APRIL, MAY = date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 20)
ACCOUNTS = "/gestion/comptes"
PAGES = [
    ACCOUNTS, f"{ACCOUNTS}/tva", f"{ACCOUNTS}/balance", f"{ACCOUNTS}/journal", f"{ACCOUNTS}/plan",
    f"{ACCOUNTS}/clotures", f"{ACCOUNTS}/exercices", f"{ACCOUNTS}/reprises",
    "/gestion/relances", "/gestion/relances/reglages",
]  # fmt: skip


@pytest.fixture
async def two(client):
    """An administrator, a town's invoice that is paid, an association's that is late; 20 May 2027."""
    with clock.frozen(books.noon(date(2027, 1, 5))):
        town = await makers.make_town(vat_regime="normal", vat_number="FR03000088880")
        payer = await books.association("=Église & Vélo")
    first = await books.invoice(town, town.organisation, MARCH)
    second = await books.invoice(town, payer, APRIL)
    await books.pay(first, 42_000, date(2027, 3, 20))
    with clock.frozen(books.noon(MAY)):
        await staff(client)
        yield first, second


async def words(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, makers.text_of(answer.text)[:400])
    return makers.text_of(answer.text)


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_opens_in_an_empty_house(client, path):
    await makers.make_platform()
    await staff(client)
    page = await client.get(path)
    assert page.status_code == 200, makers.text_of(page.text)[:400]
    assert len(re.findall("<h1", page.text)) == 1


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_opens_with_something_to_show(two, client, path):
    page = await client.get(path)
    assert page.status_code == 200, makers.text_of(page.text)[:400]
    assert len(re.findall("<h1", page.text)) == 1


async def test_an_adviser_looks_and_keeps_nothing(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    assert (await client.get(ACCOUNTS)).status_code == 200
    assert (await client.get(f"{ACCOUNTS}/reprises")).status_code == 403
    for path in ("journal", "plan", "clotures", "reprises", "reprises/fichier"):
        assert (await makers.post(client, f"{ACCOUNTS}/{path}", {})).status_code == 403
    for path in ("delais", "taux"):
        assert (await makers.post(client, f"/gestion/relances/reglages/{path}", {})).status_code == 403


async def test_the_register_shows_this_month_and_what_is_asked_for(two, client):
    assert "Aucune facture dans cette période" in await words(client, ACCOUNTS)
    shown = await words(client, f"{ACCOUNTS}?du=2027-01-01")
    assert "2 factures et avoirs" in shown.replace("factures et avoirs 2", "2 factures et avoirs")
    assert two[0].number in shown
    assert "840,00 €" in shown
    assert "En retard" in shown
    late = await words(client, f"{ACCOUNTS}?etat=late")
    assert two[1].number in late
    assert two[0].number not in late


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("du=2027-05-01&au=2027-04-01", "La fin de la période vient avant son début."),
        ("du=hier", "Indiquez une date"),
        ("min=deux", "Indiquez un montant"),
        ("min=20&max=10", "Le plus grand montant est en dessous du plus petit."),
    ],
)
async def test_a_filter_that_makes_no_sense_says_so(two, client, asked, sentence):
    page = await client.get(f"{ACCOUNTS}?{asked}")
    assert page.status_code == 422
    assert sentence in makers.text_of(page.text)
    assert (await client.get(f"{ACCOUNTS}/registre.csv?{asked}")).status_code == 422


async def test_what_nobody_means_is_not_an_error(two, client):
    for asked in ("etat=ouvert", "nature=x", "regime=%27", "apres=x", "apres=2027-01-01~-99999999999999999999999999"):
        assert (await client.get(f"{ACCOUNTS}?{asked}")).status_code == 200


async def test_the_register_as_files(two, client):
    csv = await client.get(f"{ACCOUNTS}/registre.csv?du=2027-01-01")
    assert csv.content.startswith(b"\xef\xbb\xbf")
    lines = csv.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Numéro;Nature;Date;Échéance;Client;Régime de TVA;Code analytique;HT;TVA;TTC;Reste dû;État"
    assert lines[1].startswith(f"{two[1].number};Facture;01/04/2027;01/05/2027;'=Église & Vélo;")
    assert lines[1].endswith(";350,00;70,00;420,00;420,00;En retard")
    assert len(lines) == 4
    xlsx = await client.get(f"{ACCOUNTS}/registre.xlsx?du=2027-01-01")
    with zipfile.ZipFile(io.BytesIO(xlsx.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 3
    assert "<f>" not in sheet
    assert "<v>420.00</v>" in sheet


async def test_the_papers_as_a_zip_with_their_register(two, client):
    answer = await client.get(f"{ACCOUNTS}/factures.zip?du=2027-01-01")
    assert 'filename="registre-20270101-20270520.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"{two[1].number}.pdf", f"{two[0].number}.pdf", "registre.csv"]
        assert all(archive.read(f"{v.number}.pdf").startswith(b"%PDF") for v in two)
        assert archive.read("registre.csv").count(b"\r\n") == 3


async def test_vat_by_regime_issued_and_received(two, client):
    shown = await words(client, f"{ACCOUNTS}/tva")
    assert "comptez la TVA encaissée" in shown
    assert "TVA au taux normal 20 % 700,00 € 140,00 € 840,00 € 420,00 € 70,00 €" in shown
    page = await client.get(f"{ACCOUNTS}/tva?du=2027-05-01&au=2027-04-01")
    assert page.status_code == 422


async def test_what_is_owed_by_age_in_a_table_and_drawn(two, client):
    shown = await words(client, f"{ACCOUNTS}/balance")

    assert "=Église &amp; Vélo – – 420,00 € – – – 420,00 €" in shown
    chart = await client.get(f"{ACCOUNTS}/balance.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert b"<script" not in chart.content
    assert "420,00" in chart.text
    assert chart.headers["cache-control"] == "private, no-store"


async def test_an_export_is_made_once_and_read_again(two, client):
    path = f"{ACCOUNTS}/journal"
    assert await done(client, path, {"first": "2027-01-01", "until": "2027-04-30"}) == path
    assert "N° 1" in await words(client, path)
    await refused(client, path, {"first": "2027-01-01", "until": "2027-04-30"}, 409, "Rien de nouveau à exporter")
    await refused(client, path, {"first": "2027-01-01", "until": "2027-06-01"}, 422, "pas encore venue")
    await refused(client, path, {"first": "2026-12-31", "until": "2027-04-30"}, 422, "dans un seul exercice")
    await refused(client, path, {"until": "hier"}, 422, "Indiquez une date")
    text = await client.get(f"{path}/1.txt")
    assert 'filename="000088880-journal-auxiliaire-0001-20270430.txt"' in text.headers["content-disposition"]
    rows = law.read(text.content)
    assert len(rows) == 3 + 3 + 2 + 2
    assert (await client.get(f"{path}/1.txt")).content == text.content
    csv = await client.get(f"{path}/1.csv")
    assert csv.content.decode("utf-8-sig").split("\r\n")[0].count(";") == 18
    assert ";Église & Vélo;" in csv.text
    xlsx = [(await client.get(f"{path}/1.xlsx")).content for _each in range(2)]
    assert xlsx[0] == xlsx[1]
    for missing in ("2.txt", "x.txt", "1.pdf", "1", "99999999999.txt"):
        assert (await client.get(f"{path}/{missing}")).status_code == 404


async def test_the_accounts_are_the_accountants(two, client):
    codes = dict(
        re.findall(
            r'<input class="input" id="(\w+)" name="\w+" type="text" value="(\w+)"',
            (await client.get(f"{ACCOUNTS}/plan")).text,
        )
    )
    assert codes["sales_account"] == "706000"
    await refused(client, f"{ACCOUNTS}/plan", codes | {"sales_account": "512000"}, 422, "commence par 7")
    await done(client, f"{ACCOUNTS}/plan", codes | {"sales_account": "706200", "sales_journal": "vt"})
    await done(client, f"{ACCOUNTS}/journal", {"first": "2027-01-01", "until": "2027-04-30"})
    rows = law.read((await client.get(f"{ACCOUNTS}/journal/1.txt")).content)
    assert "706200" in {row["CompteNum"] for row in rows}
    assert (rows[0]["JournalCode"], rows[0]["JournalLib"]) == ("VT", "Ventes")


async def test_the_journal_of_a_closed_year_is_prepared_once_and_its_end_is_read(two, client):
    path = f"{ACCOUNTS}/exercices"
    assert "du 01/01/2027 au 31/12/2027 Ouvert" in await words(client, path)
    await refused(client, f"{path}/2027-12-31/journal", {}, 409, "Clôturez d’abord")
    await refused(client, f"{path}/2027-11-30/journal", {}, 422, "Aucun exercice")
    for missing in ("hier", "2027-11-30", "2027-12-31/journal.txt", "2027-12-31/autre.txt"):
        assert (await client.get(f"{path}/{missing}")).status_code == 404
    end = await words(client, f"{path}/2027-12-31")
    assert "L’exercice n’est pas fini" in end
    assert "Rien n’est facturé d’avance." in end
    async with db.atomic():
        await db.execute("update platform set fiscal_year_end = 4")
    await done(client, f"{ACCOUNTS}/clotures", {"until": "2027-04-30"})
    assert "Préparer le journal" in await words(client, path)
    assert await done(client, f"{path}/2027-04-30/journal", {}) == path
    text = await client.get(f"{path}/2027-04-30/journal.txt")
    assert 'filename="journal-exercice-20270430.txt"' in text.headers["content-disposition"]
    assert len(law.read(text.content)) == 10
    assert await done(client, f"{path}/2027-04-30/journal", {}) == path
    assert (await client.get(f"{path}/2027-04-30/journal.txt")).content == text.content
    for kind in ("csv", "xlsx"):
        assert (await client.get(f"{path}/2027-04-30/journal.{kind}")).status_code == 200
    assert "Aucune remise" in await words(client, f"{ACCOUNTS}/journal"), "it is no remittance"


async def test_a_month_is_closed_after_a_look_and_nothing_is_dated_inside(two, client):
    path = f"{ACCOUNTS}/clotures"
    look = await words(client, f"{path}/nouvelle?mois=2027-03-31")
    assert "C’est définitif" in look
    assert "À encaisser à cette date 0,00 €" in look
    assert "2 pièces de cette période ne sont dans aucun export" in look
    await done(client, path, {"until": "2027-03-31"})
    assert "31/03/2027" in await words(client, path)
    await refused(client, path, {"until": "2027-03-31"}, 409, "déjà close")
    await refused(client, path, {"until": "2027-05-31"}, 422, "Seul un mois terminé")
    await refused(client, path, {"until": "2027-04-29"}, 422, "dernier jour d’un mois")
    assert (await client.get(f"{path}/nouvelle?mois=hier")).status_code == 422
    one = {"number": "A1", "payer": "commune-d-essai", "issued_on": "2027-03-02", "due_on": "2027-04-02", "amount": "1"}
    await refused(client, f"{ACCOUNTS}/reprises", one, 422, "La période est close")
    assert await closed_until() == date(2027, 3, 31)


# Reminders


async def test_the_page_of_an_invoice_says_what_was_asked_and_what_comes(two, client):
    await remind.remind_due()
    await drain()
    await remind.set_late_rate(SYSTEM, Law.PRIVATE, date(2027, 1, 1), 1_215)
    shown = await words(client, f"/gestion/factures/{two[1].number}")
    assert "Rappel courtois" in shown
    assert "Parti par courriel." in shown
    assert "Relance ferme" in shown
    assert "mercredi 9 juin" in shown
    assert "Intérêts de retard à ce jour 2,66 €" in shown
    assert "Indemnité forfaitaire de recouvrement 40,00 €" in shown
    assert "12,15 %" in shown
    paid = await words(client, f"/gestion/factures/{two[0].number}")
    assert "Rappel courtois" not in paid


async def test_a_promise_is_written_down_and_ended(two, client):
    receivable, page = two[1].receivable, f"/gestion/factures/{two[1].number}"
    path = f"/gestion/creances/{receivable}/pause"
    assert "420,00 € à payer" in await words(client, path)
    await refused(client, path, {"kind": "promise", "until": "", "note": ""}, 422, "Indiquez le jour promis.")
    await refused(client, path, {"kind": "promise", "until": "2027-01-01"}, 422, "Indiquez un jour à venir")
    await refused(client, path, {"kind": "dispute", "until": "", "note": ""}, 422, "ce qui est contesté")
    await refused(client, path, {"kind": "x", "until": "demain"}, 422, "Choisissez une réponse.")
    assert await done(client, path, {"kind": "promise", "until": "2027-06-01", "note": "Au téléphone"}) == page
    assert "Paiement promis pour le mardi 1er juin" in await words(client, page)
    assert "Au téléphone" in await words(client, "/gestion/relances")
    await done(client, f"/gestion/creances/{receivable}/relancer")
    assert "Paiement promis" not in await words(client, page)
    for missing in ("/gestion/creances/999999/pause",):
        assert (await client.get(missing)).status_code == 404
        assert (await makers.post(client, missing, {"kind": "promise", "until": "2027-06-01"})).status_code == 404


async def test_a_task_is_done_from_the_list(two, client):
    await db.connection().execute(
        "update receivable set due_on = $2, settled_cents = 0 where id = $1", two[0].receivable, MARCH
    )
    await remind.remind_due()
    assert "Appeler le comptable public" in await words(client, "/gestion/relances")
    (task,) = await reminders.tasks(clock.now())
    await done(client, f"/gestion/relances/{task.id}/faite")
    assert "Appeler le comptable public" not in await words(client, "/gestion/relances")
    assert (await makers.post(client, "/gestion/relances/999999/faite", {})).status_code == 404


async def test_days_and_rates_are_set_and_nonsense_is_refused(two, client):
    path = "/gestion/relances/reglages"
    days = {"buyer": "person", "person-polite": "3", "person-firm": "9", "person-formal": "27"}
    await done(client, f"{path}/delais", days)
    assert 'value="27"' in (await client.get(path)).text
    await refused(client, f"{path}/delais", days | {"person-firm": "2"}, 422, "chaque relance vient après")
    await refused(client, f"{path}/delais", days | {"person-firm": "x"}, 422, "n’est pas un nombre entier")
    await refused(client, f"{path}/delais", {"buyer": "roi"}, 422, "Choisissez une réponse.")
    rate = {"law": "public", "since": "2027-01-01", "rate": "10,15 %"}
    await done(client, f"{path}/taux", rate)
    assert "10,15 %" in await words(client, path)
    for wrong in ("cent", "-1", "12,155", "1e3", ""):
        await refused(client, f"{path}/taux", rate | {"rate": wrong}, 422)
    await refused(client, f"{path}/taux", rate | {"rate": "51"}, 422, "de 0 à 50 %")
    await refused(client, f"{path}/taux", rate | {"since": "1990-01-01"}, 422, "un an à l’avance")


async def test_the_register_asks_a_constant_number_of_questions(two, client, statements):
    statements.clear()
    await client.get(f"{ACCOUNTS}?du=2027-01-01")
    few = len(statements)
    statements.clear()
    await client.get(f"{ACCOUNTS}?du=2027-03-15")
    assert len(statements) == few


async def test_a_platform_of_which_nobody_said_who_runs_it_has_its_pages_of_the_books(client):
    await staff(client)
    async with db.atomic():
        await db.execute("delete from platform")
    for path in ("/tva", "/journal", "/exercices", "/exercices/2027-12-31", "/plan", "/clotures"):
        assert (await client.get(ACCOUNTS + path)).status_code == 200, path
