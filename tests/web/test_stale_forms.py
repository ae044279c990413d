"""A form whose page lost its token comes back with what was typed, and a fresh one; nothing of another site's does."""

from __future__ import annotations

import re

import pytest

import makers
from training.kernel import db
from training.web.security import unveiled

pytestmark = pytest.mark.anyio
TYPED = {"email": "lea@example.org", "suite": "/catalogue"}


async def test_a_form_without_its_cookie_comes_back_with_what_was_typed_and_a_fresh_token(client):
    await makers.make_platform()
    answer = await client.post("/connexion", data={**TYPED, "_csrf_token": "old"})
    assert answer.status_code == 403
    assert "Envoyer de nouveau" in answer.text
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    assert {name: again[name] for name in TYPED} == TYPED
    assert unveiled(again["_csrf_token"]) == client.cookies["csrf"]
    assert (await client.post("/connexion", data=again)).status_code == 303


async def test_several_answers_of_one_name_come_back_all(client):
    await makers.make_platform()
    answer = await client.post(
        "/connexion", content=b"a=1&a=2", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert re.findall(r'name="a" value="(\d)"', answer.text) == ["1", "2"]


async def test_files_cannot_be_kept_and_the_page_says_so(client):
    await makers.make_platform()
    answer = await client.post("/gestion/plateforme/logo", data={"name": "x"}, files={"logo": ("l.png", b"x")})
    assert answer.status_code == 403
    assert "Le fichier que vous aviez choisi ne peut pas être gardé" in makers.text_of(answer.text)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
async def test_what_another_site_typed_is_not_offered_for_a_click(client, headers):
    await makers.make_platform()
    answer = await client.post("/connexion", data=TYPED, headers=headers)
    assert answer.status_code == 403
    assert "lea@example.org" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["é" * 130, "", "a" * 128, "a" * 100_000])
async def test_a_token_may_be_anything_and_is_refused(client, token):
    await makers.make_platform()
    await client.get("/connexion")
    assert (await client.post("/connexion", data={**TYPED, "_csrf_token": token})).status_code == 403
    as_file = await client.post("/connexion", files={"_csrf_token": ("x", b"x")})
    assert as_file.status_code == 403
    assert await db.value("select count(*) from mail") == 0
