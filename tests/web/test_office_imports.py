"""Spreadsheets come in whole or not at all, and a second time nothing is doubled."""

from __future__ import annotations

import base64
import re

import pytest

import makers
from office_makers import done, staff
from training.directory import queries as directory
from training.identity.rules import Role
from training.kernel import db

pytestmark = pytest.mark.anyio
PATH = "/gestion/importer/structures"
TITLES = "Nom;Type;SIRET;Code postal;Ville;Contact;Courriel;Téléphone"
SEES = "Mairie de Sées;Commune;00009999400014;61500;Sées;Nina Test;nina@sees.example.org;02 00 00 00 00"


async def look(client, *lines: str, encoding: str = "utf-8", titles: str = TITLES):
    content = "\r\n".join((titles, *lines)).encode(encoding)
    return await makers.post(client, PATH, {}, files={"file": ("a.csv", content, "text/csv")})


async def take(client, answer) -> str:
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    return await done(client, f"{PATH}/importer", fields)


async def test_a_first_name_apart_is_of_the_name_and_who_was_reached_goes_on_being(client):
    """« Luc » and « Martin » were gone; a mail without a name came before the person whom everything was sent to."""
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    titles = "Structure;Type;CP;Ville;Prénom;Nom;Mail"
    place = await db.connection().fetchrow("select * from organisation where id = $1", town.organisation)
    known = f"{place['name']};commune;{place['postcode']};{place['city']};;;autre@example.org"
    answer = await look(
        client, "Mairie de Gacé;commune;61230;Gacé;Luc;Martin;luc@gace.example.org", known, titles=titles
    )
    await take(client, answer)
    assert await db.value("select name from contact where email = 'luc@gace.example.org'") == "Luc Martin"
    first, *_others, last = await directory.contacts(town.organisation)
    assert last.email == "autre@example.org"
    assert not last.for_booking
    assert first.for_booking


async def counts() -> tuple[int, int]:
    return await db.value("select count(*) from organisation"), await db.value("select count(*) from contact")


async def test_a_file_is_looked_at_then_comes_in(client):
    await staff(client, Role.ADVISER)
    assert "structures" in (await client.get("/gestion/importer")).text
    assert (await client.get(PATH)).status_code == 200
    model = await client.get(f"{PATH}/modele.csv")
    assert model.content.startswith(b"\xef\xbb\xbfNom;")
    answer = await look(client, SEES, "Mairie de Sées;;00009999400014;61500;Sées;Noé Test;;02 00 00 00 01")
    words = makers.text_of(answer.text)
    assert "1 nouvelle ligne à importer, 1 déjà là" in words
    assert await counts() == (0, 0)  # nothing is kept yet
    assert await take(client, answer) == "/gestion/structures"
    assert await counts() == (1, 2)
    found = await directory.organisation_by_slug("mairie-de-sees")
    assert found is not None
    assert (found.siret, found.buyer, found.state) == ("00009999400014", "public", "approved")


async def test_run_again_nothing_is_doubled_and_nothing_overwritten(client):
    await staff(client)
    await take(client, await look(client, SEES))
    await db.execute("update organisation set name = 'Commune de Sées'")
    again = await look(client, SEES, "Mairie de Sées;;;61500;Sées;Nina Bis;nina@sees.example.org;")
    assert "déjà là" in makers.text_of(again.text)
    await take(client, again)
    assert await counts() == (2, 2)  # the second line has no SIRET, and the known one is called otherwise by now
    assert await db.value("select count(*) from contact where name = 'Nina Bis'") == 1


async def test_one_wrong_line_keeps_all_out(client):
    await staff(client)
    answer = await look(client, SEES, "Machin;;;61500;Sées;;;", "Mairie d’Argentan;;;6120A;Argentan;;;")
    words = makers.text_of(answer.text)
    assert answer.status_code == 422
    assert "2 lignes à corriger" in words
    assert "Ligne 3" in words
    assert "Ligne 4" in words
    assert 'name="carried"' not in answer.text
    # nor does one that somebody forges past the preview
    content = base64.b64encode(f"{TITLES}\r\nMachin;;;61500;Sées;;;".encode()).decode()
    assert (await makers.post(client, f"{PATH}/importer", {"carried": content})).status_code == 422
    assert await counts() == (0, 0)


async def test_names_that_are_taken_get_an_address_of_their_own(client):
    await staff(client)
    lines = [f"Foyer rural;Association;;61{n}00;Ville {n};;;" for n in (1, 2, 3)]
    await take(client, await look(client, *lines))
    slugs = [r["slug"] for r in await db.connection().fetch("select slug from organisation order by id")]
    assert slugs == ["foyer-rural", "foyer-rural-2", "foyer-rural-3"]


async def test_five_thousand_organisations_of_windows_are_looked_at_and_many_come_in_at_once(client):
    await staff(client)
    lines = [f"Mairie d’É{n};;;{n:05d};Ville {n};Élu {n};elu{n}@example.org;" for n in range(10_000, 15_000)]
    answer = await look(client, *lines, encoding="cp1252")
    assert "et 4800 autres lignes" in makers.text_of(answer.text).replace("\u202f", "")
    await take(client, await look(client, *lines[:1_500], encoding="cp1252"))
    assert await counts() == (1_500, 1_500)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rien", b"\x00\x01", b"Nom;Ville\r\nA;B"])
async def test_another_file_is_refused_in_words(client, content):
    await staff(client)
    answer = await makers.post(client, PATH, {}, files={"file": ("a.xlsx", content, "application/zip")})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text or "error" in answer.text


async def test_no_other_kind_is_imported_and_not_by_everybody(client):
    await staff(client, Role.BOOKKEEPER)
    assert (await client.get(PATH)).status_code == 403
    assert "Choisir un fichier" not in (await client.get("/gestion/importer")).text
    assert (await client.get("/gestion/importer/rien")).status_code == 404


SHEETS = {
    "animation": ("Nom;Courriel;Téléphone;Partenaire", "Ana Test;ana@example.org;0233000000;", "facilitator"),
    "lieux": ("Salle;CP;Commune;Capacité;Clés", "Salle des fêtes;61500;Sées;40 places;Nina Test", "venue"),
    "catalogue": ("Intitulé;Durée;Max;Objectifs", 'Réparer son vélo;2 h 30;8;"Démonter ; Remonter"', "offer"),
}


@pytest.mark.parametrize("kind", SHEETS)
async def test_each_kind_comes_in_once(client, kind):
    titles, line, table = SHEETS[kind]
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    path = f"/gestion/importer/{kind}"
    for n in (0, 1):
        content = f"{titles}\r\n{line}\r\n{line}\r\n".encode()
        answer = await makers.post(client, path, {}, files={"file": ("a.csv", content, "text/csv")})
        assert "déjà là" in makers.text_of(answer.text)
        assert ('name="carried"' in answer.text) == (n == 0)  # there is nothing left to bring
        answer = await makers.post(client, f"{path}/importer", {"carried": base64.b64encode(content).decode()})
        assert answer.status_code == 303
        assert await db.value(f"select count(*) from {table}") == 1
    model = (await client.get(f"{path}/modele.csv")).content
    answer = await makers.post(client, path, {}, files={"file": ("m.csv", model, "text/csv")})
    assert answer.status_code == 200, makers.text_of(answer.text)


async def test_what_came_in_is_what_was_written(client):
    await makers.make_platform()
    await staff(client)
    for kind, (titles, line, _table) in SHEETS.items():
        content = base64.b64encode(f"{titles}\r\n{line}\r\n".encode()).decode()
        await done(client, f"/gestion/importer/{kind}/importer", {"carried": content})
    assert await db.value("select phone from facilitator") == "02 33 00 00 00"
    sql = "select v.capacity || ' ' || c.name || ' ' || v.contact_name from venue v join commune c on c.id = v.commune"
    assert await db.value(sql) == "40 Sées Nina Test"
    offer = await db.connection().fetchrow("select state, duration_minutes, group_max, objectives from offer")
    assert tuple(offer) == ("draft", 150, 8, "Démonter\nRemonter")


async def test_a_partner_that_is_none_of_ours_is_a_fault_of_its_line(client):
    await staff(client)
    content = b"Nom;Courriel;Partenaire\r\nAna;ana@example.org;Inconnu\r\n"
    answer = await makers.post(
        client, "/gestion/importer/animation", {}, files={"file": ("a.csv", content, "text/csv")}
    )
    assert answer.status_code == 422
    assert "Ligne 2 : « Inconnu » n’est pas un partenaire connu" in makers.text_of(answer.text)
    carried = {"carried": base64.b64encode(content).decode()}
    assert (await makers.post(client, "/gestion/importer/animation/importer", carried)).status_code == 422
    assert await db.value("select count(*) from facilitator") == 0
