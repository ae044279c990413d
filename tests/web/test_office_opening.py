"""What another ledger left to be paid: one by one, or a file that is looked at before it is taken over."""

from __future__ import annotations

import base64
import re
from datetime import date

import httpx
import pytest

import accounts_makers as books
import makers
from office_makers import done, refused, staff
from training.kernel import clock, db

pytestmark = pytest.mark.anyio

ACCOUNTS = "/gestion/comptes"


@pytest.fixture
async def ours(client):
    """An administrator on 20 May 2027, with an invoice of ours: its number."""
    with clock.frozen(books.noon(date(2027, 1, 5))):
        town = await makers.make_town()
        await books.association("=Église & Vélo")
    made = await books.invoice(town, town.organisation, date(2027, 3, 1))
    with clock.frozen(books.noon(date(2027, 5, 20))):
        await staff(client)
        yield made.number


ONE = {
    "number": "2026-118",
    "payer": makers.SIRET,
    "issued_on": "2026-11-12",
    "due_on": "2026-12-12",
    "amount": "350,00",
}


async def test_an_invoice_of_another_ledger_is_taken_over(ours, client):
    path = f"{ACCOUNTS}/reprises"
    page = await done(client, path, ONE)
    shown = makers.text_of((await client.get(page)).text)
    assert "ancien logiciel" in shown
    assert "350,00 €" in shown
    assert "Relances" in shown
    assert "2026-118 ancien logiciel" in makers.text_of((await client.get(f"{ACCOUNTS}?nature=opening")).text)
    await refused(client, path, ONE, 409, "Déjà dans le registre")
    await refused(client, path, ONE | {"number": ours}, 422, "a la forme des nôtres")
    await refused(client, path, ONE | {"number": "n", "payer": "Personne"}, 422, "Aucune structure")
    await refused(
        client, path, ONE | {"number": "n", "issued_on": "2027-06-01", "due_on": "2027-07-01"}, 422, "pas encore"
    )
    await refused(client, path, ONE | {"number": "n", "due_on": "2026-11-01"}, 422, "L’échéance vient après")
    for amount in ("0", "-3", "x", "1,005", ""):
        await refused(client, path, ONE | {"number": "n", "amount": amount}, 422)


FILE = "numero;payeur;date;echeance;montant\r\n"


async def upload(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await makers.post(
        client, f"{ACCOUNTS}/reprises/fichier", files={"file": ("reprise.csv", content, "text/csv")}
    )


async def take_over(client: httpx.AsyncClient, looked_at: httpx.Response) -> httpx.Response:
    """Press the button of the page that shows a file."""
    carried = re.search(r'name="carried" value="([^"]*)"', looked_at.text)
    assert carried, "there is no button: the file is wrong"
    return await carry(client, carried[1])


async def carry(client: httpx.AsyncClient, carried: str) -> httpx.Response:
    return await makers.post(client, f"{ACCOUNTS}/reprises/fichier/reprendre", files={"carried": (None, carried)})


ROWS = "A1;commune-d-essai;12/11/2026;12/12/2026;350,00\r\nA2;=Église & Vélo;2026-11-13;2026-12-13;1 250,5 €\r\n"


async def test_a_file_of_another_ledger_is_looked_at_then_taken_over_whole(ours, client):
    shown = await upload(client, (FILE + ROWS).encode("cp1252"))
    assert shown.status_code == 200
    words = makers.text_of(shown.text)
    for said in ("factures à reprendre 2", "reste à payer en tout 1 600,50 €", "A1 Commune d’Essai", "350,00 €",
                 "A2 =Église", "Reprendre les 2 factures"):  # fmt: skip
        assert said in words
    assert await db.value("select count(*) from receivable where invoice is null") == 0, "nothing is kept of a look"
    answer = await take_over(client, shown)
    assert answer.status_code == 303
    assert await db.value("select sum(gross_cents) from receivable where invoice is null") == 160_050
    again = await take_over(client, shown)
    assert again.status_code == 422
    assert "Ligne 2 : le numéro A1 est déjà dans le registre." in makers.text_of(again.text)
    assert await db.value("select count(*) from receivable where invoice is null") == 2


async def test_a_file_with_a_wrong_line_names_it_and_has_no_button(ours, client):
    for content in (ROWS.replace("A2;=Église & Vélo", "A2;inconnue"), ROWS.replace("A2", "a1"),
                    ROWS.replace("2026-11-13", "2026-13-13")):  # fmt: skip
        answer = await upload(client, (FILE + content).encode())
        assert answer.status_code == 422
        assert "1 erreur : rien n’est repris" in makers.text_of(answer.text)
        assert "Ligne 3 :" in makers.text_of(answer.text)
        assert "A1 Commune d’Essai" in makers.text_of(answer.text), "what could be read is shown too"
        assert "carried" not in answer.text
    many = await upload(client, (FILE + "A1;inconnue;12/11/2026;12/12/2026;350,00\r\n" * 60).encode())
    assert "119 erreurs" in makers.text_of(many.text)
    assert "Seules les 50 premières erreurs sont montrées." in makers.text_of(many.text)


async def test_what_was_carried_is_read_again(ours, client):
    carried = base64.b64encode((FILE + ROWS.replace("A2;=Église & Vélo", "A2;inconnue")).encode()).decode()
    for posted, sentence in ((carried, "Ligne 3 : inconnue"), ("é", "Choisissez à nouveau"), ("", "vide")):
        answer = await carry(client, posted)
        assert answer.status_code == 422
        assert sentence in makers.text_of(answer.text)
    assert await db.value("select count(*) from receivable where invoice is null") == 0


async def test_the_largest_file_is_shown_and_carried(ours, client):
    rows = "".join(f"N{n};commune-d-essai;12/11/2026;12/12/2026;1,00;{'+' * 260}\r\n" for n in range(4_700))
    content = (FILE + rows).encode()
    assert 1_400_000 < len(content) < 1_500_000
    shown = await upload(client, content)
    assert "Les 20 premières lignes sur 4700." in makers.text_of(shown.text)
    assert (await take_over(client, shown)).status_code == 303


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choisissez un fichier"),
        (b"x;y\r\n1;2\r\n", "Il manque la colonne numero, payeur, date, echeance, montant"),
        (FILE.encode(), "aucune ligne"),
        ((FILE + "A1;x;31/02/2026;1;2\r\n").encode(), "Ligne 2 : une date"),
        ((FILE + 'A1;"x').encode(), "Ligne 2 : un guillemet s’ouvre"),
        ((FILE + "A1;x;1/1/2026;1/1/2026;1\r\n" * 5_001).encode(), "5001 lignes ; 5000 au plus"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(ours, client, content, sentence):
    answer = await upload(client, content)
    assert answer.status_code == 422
    assert sentence in makers.text_of(answer.text)


async def test_a_form_sent_twice_takes_over_one_invoice_and_says_so_twice(ours, client):
    path = f"{ACCOUNTS}/reprises"
    form = ONE | {"cle": re.findall(r'name="cle" value="([^"]+)"', (await client.get(path)).text)[0]}
    first = await done(client, path, form)
    assert await done(client, path, form) == first
    assert await db.value("select count(*) from receivable where invoice is null") == 1
