"""What pages weigh: pressed together for who takes it, and no secret of theirs the same twice."""

from __future__ import annotations

import gzip
import re

import pytest

import makers
from training.kernel import palette, render
from training.web.security import unveiled, veiled

pytestmark = pytest.mark.anyio

BUDGET = 20_000  # bytes of a page with its sheets, pressed together, beside the faces


async def test_a_page_comes_compressed_to_who_takes_it_and_whole_to_who_does_not(client):
    await makers.make_town()
    plain = await client.get("/seances", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    small = await client.get("/seances", headers={"Accept-Encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in small.headers["vary"].lower()
    assert int(small.headers["content-length"]) < len(plain.content)
    assert "h1" in small.text


async def test_what_is_compressed_already_and_what_programs_ask_for_goes_as_it_is(client):
    await makers.make_town()
    for path in ("/agenda/public.ics", "/api/v1/sessions", "/healthz"):
        assert "content-encoding" not in (await client.get(path, headers={"Accept-Encoding": "gzip"})).headers, path


async def test_a_forms_token_is_another_text_each_time_and_still_opens_the_door(client):
    await makers.make_town()
    pages = [(await client.get("/connexion")).text for _ in range(2)]
    first, second = (re.findall(r'name="_csrf_token" value="([^"]+)"', page)[0] for page in pages)
    assert first != second
    assert unveiled(first) == unveiled(second) == client.cookies["csrf"]
    sent = await client.post("/connexion", data={"email": "nobody@example.org", "_csrf_token": first})
    assert sent.status_code < 400
    forged = await client.post("/connexion", data={"email": "nobody@example.org", "_csrf_token": veiled("x" * 104)})
    assert forged.status_code == 403


@pytest.mark.parametrize("text", ["", ".", "zz.zz", "00.0", "é.é", "abc", "0." * 9])
async def test_what_was_never_a_token_stays_what_it_is(text: str):
    assert unveiled(text) == text or text == "."


async def test_a_page_with_its_sheets_keeps_within_its_weight(client):
    await makers.make_town()
    colours = len(gzip.compress(palette.css("#6b2148").encode(), 5))
    sheets = {name: colours + len(gzip.compress(render.stylesheet(name), 5)) for name in ("portal", "office")}
    for path in ("/", "/catalogue", "/seances", "/connexion"):
        page = await client.get(path, headers={"Accept-Encoding": "gzip"})
        assert int(page.headers["content-length"]) + sheets["portal"] <= BUDGET, path
    assert sheets["office"] <= BUDGET - 4_000
