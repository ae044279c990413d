"""The cut faces are served under an address that may be kept for ever, and to nobody under another."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from training.kernel import faces

pytestmark = pytest.mark.anyio


async def test_a_page_names_the_faces_and_they_are_kept_for_ever(client: httpx.AsyncClient) -> None:
    assert await asyncio.to_thread(faces.for_papers)  # cut once a run
    page = (await client.get("/connexion")).text
    named = re.findall(r'href="(/faces/[^"]*)"', page)
    assert [address.rsplit("/", 1)[1] for address in named] == [*reversed(faces.WOFF2.values()), "faces.css"]
    for address in named:
        answer = await client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].split(";")[0] == ("text/css" if address.endswith("css") else "font/woff2")
        assert answer.content[:4] == (b"@fon" if address.endswith("css") else b"wOF2")


@pytest.mark.parametrize("name", ["../secret_key", "text-400.ttf", "faces", ".lock"])
async def test_nothing_else_of_the_folder_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(faces.address(name))).status_code == 404


async def test_another_cut_is_not_here_and_no_cache_keeps_that(client: httpx.AsyncClient) -> None:
    answer = await client.get("/faces/0123456789abcdef/faces.css")
    assert answer.status_code == 404
    assert "no-store" in answer.headers["cache-control"]


async def test_a_page_is_shown_while_they_are_not_cut(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "_whole", lambda _what: None)
    assert "/faces/" not in (await client.get("/connexion")).text
    assert (await client.get(faces.address("faces.css"))).status_code == 404
