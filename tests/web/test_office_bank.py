"""Staff's pages on the bank and on payments: import, confirm, split, set aside, undo, record by hand."""

from __future__ import annotations

import re
from datetime import date

import pytest

import bank_makers as bank
import makers
import office_makers as office
from bank_makers import due, imported, line_ids, owed, row
from training.billing.actions import settle
from training.billing.actions.settle import NewPayment
from training.billing.rules.payments import Way
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.payments.queries import receivables
from training.reporting.office.bank import bank_page

pytestmark = pytest.mark.anyio
BANK = "/gestion/banque"


@pytest.fixture(autouse=True)
async def _noon():
    with clock.frozen(makers.NOON):
        yield


async def give(client, content: bytes, name: str = "releve.csv"):
    return await makers.post(client, f"{BANK}/importer", files={"file": (name, content, "text/csv")})


async def page(client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text[:300]
    return makers.text_of(answer.text)


async def test_a_new_kind_of_csv_asks_for_its_columns_then_its_lines_are_confirmed(client):
    await makers.make_platform()
    (receivable,) = await owed("F2027-00001")
    await office.staff(client, Role.BOOKKEEPER)
    assert "Aucun relevé importé" in await page(client, BANK)
    given = await give(client, bank.csv(row("VIR F2027-00001", "350,00"), row("EDF", "-45,00")))
    assert given.status_code == 303
    file = given.headers["location"]
    asked = await client.get(file)
    assert asked.headers["location"] == f"{file}/colonnes"
    shown = await client.get(f"{file}/colonnes")
    words = makers.text_of(shown.text)
    assert "Que contient chaque colonne" in words
    assert "VIR F2027-00001 · EDF" in words
    columns = dict(re.findall(r'<select[^>]*name="(colonne-\d)".*?<option value="(\w+)" selected', shown.text, re.S))
    assert columns == {"colonne-0": "date", "colonne-1": "label", "colonne-2": "amount", "colonne-3": "payer"}
    await office.refused(
        client, f"{file}/colonnes", {**columns, "colonne-0": "ignored"}, 422, "quelle colonne porte la date"
    )
    assert await office.done(client, f"{file}/colonnes", columns) == file
    assert "À confirmer 1" in await page(client, file)
    waiting = await page(client, BANK)
    assert "1 virement à confirmer" in waiting
    assert "Numéro F2027-00001 lu, montant exact." in waiting
    assert await office.done(client, f"{BANK}/surs") == BANK
    assert "1 virement confirmé." in await page(client, BANK)
    assert await due(receivable) == 0


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 422, "Ce fichier est vide."),
        (b"%PDF-1.7", 422, "C’est un PDF"),
        (b"Bonjour", 422, "ne ressemble pas à un relevé"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document>&e;</Document>', 422, "il est refusé"),
        (b"<OFX><BANKTRANLIST><STMTTRN><TRNAMT>350", 422, "Le fichier semble coupé"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_words(client, content, status, sentence):
    await makers.make_platform()
    await office.staff(client)
    answer = await give(client, content)
    assert answer.status_code == status
    assert sentence in makers.text_of(answer.text)
    assert await db.value("select count(*) from bank_statement") == 0


async def test_the_same_file_twice_says_when_it_came(client):
    await makers.make_platform()
    await imported(row("VIR", "1,00"))
    await office.staff(client)
    answer = await give(client, bank.csv(row("VIR", "1,00")))
    assert answer.status_code == 409
    assert "déjà importé : « fevrier.csv », le 1er mars 2027" in makers.text_of(answer.text)
    none = await makers.post(client, f"{BANK}/importer", {"file": ""})
    assert none.status_code == 422
    assert "Choisissez le fichier" in makers.text_of(none.text)


async def test_a_statement_may_be_larger_than_other_forms_but_not_without_end(client):
    await makers.make_platform()
    await office.staff(client)
    large = bank.csv(*(row(f"VIR SEPA REMISE {n} " + "X" * 180, "1,00") for n in range(10_000)))
    assert len(large) > 2_000_000
    assert (await give(client, large)).status_code == 303
    assert (await give(client, b"x" * 10_020_000)).status_code == 413


async def test_one_transfer_is_split_over_invoices_that_were_looked_for(client):
    await makers.make_platform()
    a, b = await owed("F2027-00001", "F2027-00002")
    await office.staff(client)
    (line,) = await line_ids(await imported(row("SANS NUMERO", "500,00")))
    path = f"{BANK}/lignes/{line}"
    assert "Ni numéro ni montant" in await page(client, path)
    found = await client.get(f"{path}?avec=&q=00001")
    link = re.search(r'href="([^"]*avec=[^"]*)">Ajouter', found.text)[1].replace("&amp;", "&")
    assert link == f"{path}?avec={a}"
    both = await client.get(f"{path}?avec={a},{b}")
    assert re.findall(r'name="r-\d+" type="text" value="([^"]+)"', both.text) == ["350,00", "150,00"]
    await office.refused(client, f"{path}/confirmer", {f"r-{a}": "0,005", f"r-{b}": ""}, 422, "au centime près")
    await office.refused(
        client, f"{path}/confirmer", {f"r-{a}": "400"}, 409, "Il reste 350,00 € à régler sur F2027-00001"
    )
    await office.refused(client, f"{path}/confirmer", {f"r-{a}": "350", f"r-{b}": "350"}, 409, "ne couvre pas tout")
    await office.refused(client, f"{path}/confirmer", {}, 422, "Dites quelle facture")
    assert await office.done(client, f"{path}/confirmer", {f"r-{a}": "350,00", f"r-{b}": "100"}) == BANK
    assert (await due(a), await due(b)) == (0, 25_000)
    assert "50,00 € restent en trop-perçu." in await page(client, BANK)
    await office.refused(client, f"{path}/confirmer", {f"r-{b}": "50"}, 409, "rien n’a été compté deux fois")


async def test_set_aside_undone_and_confirmed_otherwise(client):
    await makers.make_platform()
    a, b = await owed("F2027-00001", "F2027-00002")
    await office.staff(client)
    (line,) = await line_ids(await imported(row("SUBVENTION", "350,00")))
    path = f"{BANK}/lignes/{line}"
    await office.refused(client, f"{path}/ecarter", {"reason": ""}, 422, "Donnez le motif")
    await office.done(client, f"{path}/ecarter", {"reason": "Subvention du département"})
    assert "Subvention du département" in await page(client, path)
    await office.done(client, f"{path}/defaire")
    await office.done(client, f"{path}/confirmer", {f"r-{a}": "350"})
    assert "Ce n’était pas la bonne facture" in await page(client, path)
    await office.done(client, f"{path}/defaire", {"reason": "Erreur"})
    await office.done(client, f"{path}/confirmer", {f"r-{b}": "350"})
    assert (await due(a), await due(b)) == (35_000, 0)


async def test_a_transfer_of_a_closed_period_can_be_dated_on_the_first_open_day(client):
    await makers.make_platform()
    (a,) = await owed("F2027-00001")
    await office.staff(client)
    (line,) = await line_ids(await imported(row("F2027-00001", "350,00")))
    async with db.atomic() as tx:
        await tx.connection.execute(
            "insert into period_close (until, totals, closed_at) values ('2027-02-28', '{}', now())"
        )
    path = f"{BANK}/lignes/{line}/confirmer"
    await office.refused(client, path, {f"r-{a}": "350"}, 409, "période close", "Dater du lundi 1er mars 2027")
    await office.done(client, path, {f"r-{a}": "350", "next_open_day": "1"})
    assert await due(a) == 0


async def test_a_cheque_in_instalments_and_its_form_sent_twice(client):
    await makers.make_platform()
    (a,) = await owed("F2027-00001")
    await office.staff(client)
    path = f"/gestion/creances/{a}/paiement"
    assert "Il reste 350,00 €" in await page(client, path)
    good = {"way": "cheque", "amount": "100", "on": "2027-02-20", "reference": "Chèque 123", "once": "one"}
    await office.done(client, path, good)
    await office.done(client, path, good)
    assert await due(a) == 25_000
    for wrong, sentence in [
        ({"way": ""}, "Choisissez le moyen de paiement"), ({"way": "card"}, "Choisissez le moyen de paiement"),
        ({"amount": "0,005"}, "au centime près"), ({"amount": "0"}, "plus de zéro"),
        ({"on": "2028-01-01"}, "pas encore venue"), ({"on": "x"}, "Indiquez une date"),
    ]:  # fmt: skip
        await office.refused(client, path, {**good, "once": "two", **wrong}, 422, sentence)
    await office.refused(client, path, {**good, "once": "two", "amount": "300"}, 409, "c’est trop")
    await office.done(client, path, {**good, "once": "two", "amount": "300", "keep_rest": "1"})
    assert await due(a) == 0
    assert await db.value("select count(*) from payment") == 2
    assert "50,00 €" in await page(client, "/gestion/paiements?reste=1")


async def test_a_payment_is_taken_back_used_elsewhere_and_refunded(client):
    await makers.make_platform()
    a, b = await owed("F2027-00001", "F2027-00002")
    payer = (await receivables.receivable(a)).payer
    await office.staff(client)
    new = NewPayment(way=Way.CASH, amount_cents=35_000, received_on=date(2027, 2, 20), payer=payer)
    payment = await settle.record_payment(SYSTEM, new, {a: 35_000})
    path = f"/gestion/paiements/{payment}"
    await office.refused(client, f"{path}/reprendre", {"receivable": str(a), f"reason-{a}": ""}, 422, "À remplir")
    await office.done(client, f"{path}/reprendre", {"receivable": str(a), f"reason-{a}": "Mauvaise facture"})
    shown = await page(client, path)
    assert "Affectation annulée : F2027-00001" in shown
    assert "Régler 350,00 € de F2027-00002" in shown
    await office.refused(client, f"{path}/utiliser", {}, 422, "en face d’une facture")
    await office.refused(client, f"{path}/utiliser", {f"r-{b}": "360"}, 409, "c’est trop")
    await office.done(client, f"{path}/utiliser", {f"r-{b}": "300"})
    await office.refused(
        client, f"{path}/rembourser", {"amount": "60", "on": "2027-03-01", "reason": "x"}, 409, "Il reste 50,00 €"
    )
    await office.done(client, f"{path}/rembourser", {"amount": "50", "on": "2027-03-01", "reason": "Trop versé"})
    assert (await receivables.payment(payment)).left_cents == 0
    assert (await due(a), await due(b)) == (35_000, 5_000)


async def test_giving_up_is_for_the_bookkeeper_with_a_reason(client):
    await makers.make_platform()
    (a,) = await owed("F2027-00001")
    await office.staff(client, Role.BOOKKEEPER)
    path = f"/gestion/creances/{a}/abandon"
    await office.refused(client, path, {"amount": "350", "reason": ""}, 422, "À remplir")
    await office.refused(client, path, {"amount": "351", "reason": "Dissoute"}, 409, "c’est trop")
    await office.done(client, path, {"amount": "350", "reason": "Association dissoute"})
    assert await due(a) == 0


async def test_an_adviser_records_but_does_not_give_up(client):
    await makers.make_platform()
    (a,) = await owed("F2027-00001")
    await office.staff(client, Role.ADVISER)
    await page(client, f"/gestion/creances/{a}/paiement")
    assert (await client.get(f"/gestion/creances/{a}/abandon")).status_code == 403


async def test_the_invoice_says_what_was_paid_and_uses_the_payers_credit(client):
    town, _booked = await office.held_town()
    await office.staff(client)
    (number,) = [r["number"] for r in await db.connection().fetch("select number from receivable")]
    (invoice,) = await receivables.open_receivables(number)
    shown = await page(client, f"/gestion/factures/{number}")
    assert "Il reste 350,00 € à régler" in shown
    with clock.frozen(town.ends_at):
        new = NewPayment(way=Way.CHEQUE, amount_cents=10_000, received_on=clock.today(), payer=invoice.payer)
        await settle.record_payment(SYSTEM, new)
        credit = await client.get(f"/gestion/factures/{number}")
        assert "Utiliser 100,00 € de trop-perçu" in makers.text_of(credit.text)
        payment = await db.value("select max(id) from payment")
        used = {"payment": str(payment), "amount": "100,00"}
        assert (
            await office.done(client, f"/gestion/creances/{invoice.id}/credit", used) == f"/gestion/factures/{number}"
        )
        await office.refused(client, f"/gestion/creances/{invoice.id}/credit", used, 409, "ne couvre pas tout")
        assert "Il reste 250,00 € à régler sur 350,00 €" in await page(client, f"/gestion/factures/{number}")
        await office.done(client, f"/gestion/creances/{invoice.id}/abandon", {"amount": "250", "reason": "Geste"})
        assert "Tout est réglé" in await page(client, f"/gestion/factures/{number}")


async def test_lists_do_not_ask_more_the_longer_they_are(client, statements: list[str]):
    await makers.make_platform()
    await owed(*(f"F2027-{n:05d}" for n in range(1, 21)))
    await office.staff(client)
    counts = []
    for rows in (2, 18):
        await imported(*(row(f"F2027-{n:05d} {rows}", "350,00") for n in range(1, rows + 1)), name=f"{rows}.csv")
        await client.get(BANK)
        statements.clear()
        assert (await client.get(BANK)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "path", ["/releves/999999", "/releves/999999/colonnes", "/lignes/999999", "/lignes/99999999999999"]
)
async def test_what_is_not_there_is_not_found(client, path):
    await makers.make_platform()
    await office.staff(client)
    await page(client, BANK + path, 404)
    await page(client, "/gestion/paiements/999999", 404)
    await page(client, "/gestion/creances/999999/paiement", 404)


async def test_ten_thousand_lines_that_wait_are_shown_in_a_moment(client):
    await makers.make_platform()
    await imported(*(row(f"VIR {n}", "1,00") for n in range(3_000)))
    await office.staff(client)
    shown = await page(client, BANK)
    assert "3 000 virements à confirmer" in shown or "3000 virements à confirmer" in shown
    assert (await bank_page(None, after=None, limit=50)).sure is None
