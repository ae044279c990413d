"""Characters that nobody sees are refused in the same words by forms, files, programs and the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import api_makers
import makers
import office_makers as office
from portal_makers import enter
from training.cli import main
from training.kernel import db
from training.kernel.characters import hidden, without_hidden

pytestmark = pytest.mark.anyio

HIDDEN = [
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\x07",
    "\x00",
    "\x7f",
    "\x85",
    "\u2028",
    "\U000e0041",
]
SEEN = "Élan d’Île — « 12 € », l’œuvre n° 3 · ½ 日本 😀\u00a0\u202f\t\n"


def test_what_is_seen_is_kept():
    assert hidden(SEEN) == ""
    assert without_hidden(SEEN) == SEEN
    assert [hidden(f"a{one}b") for one in HIDDEN] == HIDDEN


@pytest.mark.parametrize("character", HIDDEN)
async def test_a_form_refuses_it_and_comes_back_without_it(client, character):
    await makers.make_platform()
    await enter(client, None, name="neuve")
    typed = {
        "kind": "association", "name": f"Les Roues{character}Libres", "address": "1 rue", "postcode": "61000",
        "city": "Alençon", "person": "Léa Exemple",
    }  # fmt: skip
    answer = await makers.post(client, "/inscription", typed)
    assert answer.status_code == 422
    assert f"Un caractère invisible (U+{ord(character):04X})" in makers.text_of(answer.text)
    assert 'value="Les RouesLibres"' in answer.text
    assert await db.value("select count(*) from organisation") == 0


async def test_a_program_is_told_the_field(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 1, "participants": [{"name": "Lé\u202ea"}]}
    answer = await client.post("/api/v1/bookings", json=body, headers=programs.own)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "participants[0].name"
    assert "(U+202E)" in error["message"]


async def test_a_file_is_refused_by_its_line(client):
    await makers.make_town()
    await office.staff(client)
    model = (await client.get("/gestion/comptes/reprises/modele.csv")).content.decode("utf-8-sig")
    content = model.replace("\n", "\n", 1).splitlines()
    content[1] = content[1].replace(";", "\u202e;", 1) if ";" in content[1] else content[1] + "\u202e"
    answer = await makers.post(
        client, "/gestion/comptes/reprises/fichier", files={"file": ("x.csv", "\n".join(content).encode(), "text/csv")}
    )
    assert answer.status_code == 422
    assert "Ligne 2 : Un caractère invisible (U+202E)" in makers.text_of(answer.text)


def test_the_command_line_refuses_it():
    done = CliRunner().invoke(main, ["user", "create", "a\u202e@example.org"])
    assert done.exit_code == 2
    assert "(U+202E)" in done.output


@pytest.mark.parametrize("name", ["Vélo 🚲", "中文 association"])
async def test_a_name_that_our_papers_cannot_draw_is_refused_where_it_is_typed(client, name):
    await makers.make_platform()
    await enter(client, None, name="neuve")
    typed = {
        "kind": "association", "name": name, "address": "1 rue", "postcode": "61000", "city": "Alençon",
        "person": "Léa Exemple",
    }  # fmt: skip
    answer = await makers.post(client, "/inscription", typed)
    assert answer.status_code == 422
    assert "ne peut pas être imprimé sur les factures" in makers.text_of(answer.text)
    assert await db.value("select count(*) from organisation") == 0


async def test_a_program_may_not_order_by_what_our_papers_cannot_draw(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 1, "purchase_order": "EJ-🚲"}
    answer = await client.post("/api/v1/bookings", json=body, headers=programs.own)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "purchase_order"
    assert "ne peut pas être imprimé" in error["message"]


async def test_the_name_of_a_file_that_somebody_gives_hides_nothing(client):
    """A statement called « releve[U+202E]fdp.csv » stood in the list as another kind of file."""
    await makers.make_town()
    await office.staff(client)
    content = "Date;Libellé;Montant\n15/02/2027;VIR;1,00\n".encode()
    files = {"file": ("releve\u202efdp.csv", content, "text/csv")}
    assert (await makers.post(client, "/gestion/banque/importer", files=files)).status_code == 303
    assert await db.value("select name from bank_statement") == "releve fdp.csv"
