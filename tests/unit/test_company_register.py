"""The register of companies says what a SIRET is of; slow, wrong, off or talkative, it never stops who types."""

from __future__ import annotations

import json

import pytest

import directory_register
from directory_register import SIRET, unit
from training.directory.clients import companies
from training.directory.clients.companies import RegisterAway
from training.directory.rules.companies import Company, street_of

pytestmark = pytest.mark.anyio


async def test_an_establishment_is_found():
    async with directory_register.running() as register:
        found = await companies.find(register.url, SIRET)
        assert register.asked == [f"GET /search?q={SIRET}&per_page=1 HTTP/1.1"]
    assert found == Company(
        SIRET,
        "CENTRE SOCIAL D'ESSAI",
        "12 RUE DU PONT NEUF",
        "61000",
        "ALENCON",
        "association loi 1901",
        "W611002345",
        True,
    )


async def test_one_that_is_not_the_seat_is_found_among_the_others():
    other = {"siret": "12345678200028", "adresse": "1 PLACE 61400 MORTAGNE", "code_postal": "61400",
             "libelle_commune": "MORTAGNE", "etat_administratif": "F"}  # fmt: skip
    async with directory_register.running() as register:
        register.says(unit(matching_etablissements=[other]))
        found = await companies.find(register.url, "12345678200028")
    assert found is not None
    assert (found.address, found.city, found.open) == ("1 PLACE", "MORTAGNE", False)


async def test_another_one_than_asked_for_is_none():
    async with directory_register.running() as register:
        assert await companies.find(register.url, "12345678200036") is None
        register.says()
        assert await companies.find(register.url, SIRET) is None


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (429, b"{}", "trop demandé"),
        (500, b"{}", "ne répond pas"),
        (302, b"", "ne répond pas"),
        (200, b"<html>entretien</html>", "autre chose qu’attendu"),
        (200, b"[]", "autre chose qu’attendu"),
        (200, b'{"results": 3}', "autre chose qu’attendu"),
        (200, b'{"results": [3]}', "autre chose qu’attendu"),
        (200, b"[" * 100_000, "autre chose qu’attendu"),
        (200, b'{"results": [' + b" " * 2_000_000 + b"]}", "autre chose qu’attendu"),
    ],
)
async def test_what_it_should_not_say_is_said_in_words(status: int, body: bytes, words: str):
    async with directory_register.running() as register:
        register.status, register.body = status, body
        with pytest.raises(RegisterAway, match=words):
            await companies.find(register.url, SIRET)


async def test_a_slow_one_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(companies, "PATIENCE", 0.1)
    async with directory_register.running() as register:
        register.late = 0.5
        with pytest.raises(RegisterAway, match=r"tarde à répondre|ne répond pas"):
            await companies.find(register.url, SIRET)


async def test_off_or_gone_it_says_so():
    with pytest.raises(RegisterAway, match="n’est pas consulté"):
        await companies.find(None, SIRET)
    async with directory_register.running() as register:
        gone = register.url
    with pytest.raises(RegisterAway, match="ne répond pas"):
        await companies.find(gone, SIRET)


async def test_its_words_are_bounded_and_hold_nothing_hidden():
    async with directory_register.running() as register:
        long = unit(nom_raison_sociale="A\u202e\x00B " * 500, complements=None, nature_juridique=9220)
        register.body = json.dumps({"results": [long]}).encode()
        found = await companies.find(register.url, SIRET)
    assert found is not None
    assert len(found.name) <= 200
    assert found.name.isprintable()
    assert found.rna is None


@pytest.mark.parametrize(
    ("line", "street"),
    [
        ("12 RUE DU PONT 61000 ALENCON", "12 RUE DU PONT"),
        ("LE BOURG 61000 ALENCON CEDEX", "LE BOURG"),
        ("61000 ALENCON", ""),
        ("12 RUE DU 61000", "12 RUE DU"),
        ("SANS CODE", "SANS CODE"),
    ],
)
async def test_the_street_is_what_stands_before_the_town(line: str, street: str):
    assert street_of(line, "61000", "ALENCON") == street
