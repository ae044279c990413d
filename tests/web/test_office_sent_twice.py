"""Two presses, the page before, two tabs: what a form of the office makes, it makes once."""

from __future__ import annotations

import asyncio
import re

import pytest

import makers
from office_makers import staff
from training.kernel import clock, db

pytestmark = pytest.mark.anyio
NEW = "/gestion/seances/nouvelle"


def key_of(page: str) -> str:
    found = re.search(r'name="cle" value="([^"]+)"', page)
    assert found, "the form has no key"
    return found[1]


def answers(town: makers.Town, page: str, **more: str) -> dict[str, object]:
    return {
        "offer": town.offer, "capacity": "20", "state": "published", "organisation": "", "note": "",
        "date-1": "2027-04-06", "start-1": "09:00", "end-1": "12:00", "venue-1": "", "facilitator-1": "",
        "cle": key_of(page), **more,
    }  # fmt: skip


async def sessions() -> int:
    return int(await db.value("select count(*) from session"))


async def test_a_planning_sent_twice_is_one_session(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        form = answers(town, (await client.get(NEW)).text)
        first = await makers.post(client, NEW, form)
        again = await makers.post(client, NEW, form)
        assert (first.status_code, again.status_code) == (303, 303)
        assert first.headers["location"] == again.headers["location"]
        assert await sessions() == 2, "the town's own, and this one"


async def test_the_page_before_with_other_answers_asks_first(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        page = (await client.get(NEW)).text
        await makers.post(client, NEW, answers(town, page))
        back = await makers.post(client, NEW, answers(town, page, capacity="30"))
        assert back.status_code == 409
        assert "déjà enregistré, avec d’autres réponses" in makers.text_of(back.text)
        meant = await makers.post(client, NEW, answers(town, back.text, capacity="30", encore="1"))
        assert meant.status_code == 303
        assert await sessions() == 3


async def test_two_tabs_with_the_same_answers_ask_whether_two_are_meant(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        one, other = [(await client.get(NEW)).text for _tab in range(2)]
        await makers.post(client, NEW, answers(town, one))
        second = await makers.post(client, NEW, answers(town, other))
        assert second.status_code == 409
        assert "vient d’être enregistrée" in makers.text_of(second.text)
        assert await sessions() == 2
        assert 'name="encore" value="1"' in second.text
        meant = await makers.post(client, NEW, answers(town, second.text, encore="1"))
        assert meant.status_code == 303
        assert await sessions() == 3


async def test_what_was_refused_may_be_sent_again_with_the_same_key(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        page = (await client.get(NEW)).text
        assert (await makers.post(client, NEW, answers(town, page, **{"end-1": "08:00"}))).status_code == 422
        taken = {"date-1": f"{clock.local(town.starts_at).date()}", "venue-1": str(town.venue)}
        assert (await makers.post(client, NEW, answers(town, page, **taken))).status_code == 409, "the room is taken"
        assert (await makers.post(client, NEW, answers(town, page))).status_code == 303


@pytest.mark.commits
async def test_two_presses_at_once_are_one_session(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client)
        form = answers(town, (await client.get(NEW)).text)
        made = await asyncio.gather(*(makers.post(client, NEW, form) for _press in range(4)))
        assert {answer.status_code for answer in made} == {303}
        assert len({answer.headers["location"] for answer in made}) == 1
        assert await sessions() == 2


FORMS = (
    NEW,
    "/gestion/lieux/nouveau",
    "/gestion/nouvelle-structure",
    "/gestion/structures/commune-d-essai/contacts/nouveau",
    "/gestion/cles",
    "/gestion/agendas",
)


@pytest.mark.parametrize("path", FORMS)
async def test_each_form_that_creates_has_a_key_of_its_own(client, path):
    await makers.make_town()
    await staff(client)
    keys = [key_of((await client.get(path)).text) for _visit in range(2)]
    assert keys[0] != keys[1]


async def test_a_key_of_the_api_is_shown_once_and_made_once(client):
    await makers.make_town()
    await staff(client)
    form = {"label": "Site", "organisation": "plateforme", "cle": key_of((await client.get("/gestion/cles")).text)}
    found = re.search(r'<option value="([^"]+)">La plateforme', (await client.get("/gestion/cles")).text)
    assert found
    form["organisation"] = found[1]
    assert (await makers.post(client, "/gestion/cles", form)).status_code == 201
    again = await makers.post(client, "/gestion/cles", form)
    assert again.status_code == 303
    assert await db.value("select count(*) from api_key") == 1


@pytest.mark.parametrize(
    ("path", "form", "made"),
    [
        ("/gestion/animation/nouvelle-personne", {"name": "Bob", "email": "bob@example.org"}, "facilitator"),
        ("/gestion/acces/nouveau", {"name": "Bob", "email": "bob@example.org", "role": "adviser"}, "job"),
        ("/espace/commune-d-essai/agenda", {"label": "Téléphone", "which": "structure"}, "feed_token"),
        (
            "/espace/commune-d-essai/collegues",
            {"name": "Bob", "email": "bob@example.org", "role": "member"},
            "membership",
        ),
    ],
)
async def test_whoever_presses_twice_makes_one(client, path, form, made):
    """The second press made a second facilitator and a second calendar address, and wrote twice to a colleague."""
    counted = "select count(*) from " + ("pgqueuer" if made == "job" else made)
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await (staff(client) if path.startswith("/gestion") else makers.sign_in(client, "rh@mairie.example.org"))
        form = {**form, "cle": key_of((await client.get(path)).text)}
        before = await db.value(counted)
        first = await makers.post(client, path, form)
        once = await db.value(counted)
        again = await makers.post(client, path, form)
        assert first.status_code in (200, 303), first.text
        assert again.status_code == 303
        assert once > before
        assert await db.value(counted) == once
