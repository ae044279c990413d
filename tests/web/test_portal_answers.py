"""An invitation is answered by its link: no account, a GET changes nothing, the last answer counts."""

from __future__ import annotations

import re

import pytest

import makers
from training.bookings.actions.ending import cancel
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(client):
    with clock.frozen(makers.NOON):
        yield await makers.make_town()


async def link(email: str) -> str:
    """The address to answer at, out of the mail and out of the event: the same."""
    row = await db.connection().fetchrow(
        "select text, calendar from mail where to_email = $1 and calendar_method = 'REQUEST' order by id desc", email
    )
    unfolded = row["calendar"].decode().replace("\r\n ", "")
    found = {m for text in (row["text"], unfolded) for m in re.findall(r"/lien/[\w-]+/reponse", text)}
    (path,) = found
    return path


async def test_a_contact_answers_and_changes_their_mind(client, town):
    booked = await makers.make_booking(town, 5)
    await drain()
    path = await link("rh@mairie.example.org")
    page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex"
    assert await db.value("select answer from invitation where role = 'contact'") is None, "a GET answers nothing"
    for answer, words in (("accepted", "répondu oui"), ("tentative", "peut-être"), ("declined", "répondu non")):
        assert (await makers.post(client, path, {"answer": answer})).status_code == 303
        assert words in (await client.get(path)).text
    assert await db.value("select state from booking where id = $1", booked.id) == "confirmed"


async def test_a_facilitator_s_no_frees_the_date(client, town):
    await drain()
    path = await link("anime@example.org")
    assert "Peut-être" not in (await client.get(path)).text
    await makers.post(client, path, {"answer": "declined"})
    assert await db.value("select state from assignment") == "declined"
    assert "Vous avez répondu non" in (await client.get(path)).text
    assert (await makers.post(client, path, {"answer": "accepted"})).status_code == 409


@pytest.mark.parametrize("answer", ["", "oui", "ACCEPTED"])
async def test_another_answer_is_refused_in_words(client, town, answer):
    await makers.make_booking(town, 5)
    await drain()
    refused = await makers.post(client, await link("rh@mairie.example.org"), {"answer": answer})
    assert refused.status_code == 422
    assert "Choisissez une réponse" in refused.text


async def test_a_link_that_is_not_ours_is_404(client, town):
    await makers.make_booking(town, 5)
    await drain()
    path = await link("rh@mairie.example.org")
    token = path.split("/")[2]
    for forged in (token[:-2], token.swapcase(), "x"):
        assert (await client.get(f"/lien/{forged}/reponse")).status_code == 404
    await db.execute("update invitation set generation = 1")
    assert (await client.get(path)).status_code == 404


async def test_a_cancelled_booking_leaves_nothing_to_answer(client, town):
    booked = await makers.make_booking(town, 5)
    await drain()
    path = await link("rh@mairie.example.org")
    await cancel(SYSTEM, booked.id)
    await drain()
    assert "ne vous concerne plus" in (await client.get(path)).text
    assert (await makers.post(client, path, {"answer": "accepted"})).status_code == 409
