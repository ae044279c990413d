"""Whatever of the corpus is sent, it is answered or refused, never a failure (tests/hostile.py; the bench times it)."""

from __future__ import annotations

import pytest

import api_makers
import makers
from hostile import Hostile, corpus

pytestmark = pytest.mark.anyio

WORST = corpus()


async def _sent(client, one: Hostile):
    programs = await api_makers.make_programs()
    headers = {**one.headers, "Content-Type": one.kind} if one.body else dict(one.headers)
    if one.who == "program":
        headers = {**programs.own, **headers}
    elif one.who in ("team", "member"):
        if one.who == "team":
            await makers.make_staff()
        await makers.sign_in(client, "equipe@example.org" if one.who == "team" else "rh@mairie.example.org")
    await client.get("/connexion")
    headers.setdefault("x-csrftoken", client.cookies["csrf"])
    path, content = one.at(programs.town.slug, **await _known(programs.town, one))
    return await client.request(one.method, path, content=content, headers=headers)


async def _known(town: makers.Town, one: Hostile) -> dict[str, object]:
    known = {"session": town.session, "offer": town.offer_slug, "facilitator": town.facilitator}
    return {**known, "booking": (await makers.make_booking(town)).reference} if "{booking}" in one.path else known


@pytest.mark.parametrize("one", WORST, ids=[one.name for one in WORST])
async def test_what_an_attacker_sends_is_answered_or_refused(client, one):
    answer = await _sent(client, one)
    assert answer.status_code < 500, answer.text[:300]
