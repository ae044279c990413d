"""Of two who have one form open, the second sees what the first changed, keeps what was typed, and may send again."""

from __future__ import annotations

import pytest
from lxml import html

import makers
from office_makers import done, staff
from training.directory.actions.platform import set_platform
from training.kernel.actor import Actor, Scope
from training.kernel.permissions import Permission

pytestmark = pytest.mark.anyio
PATH = "/gestion/plateforme"


def typed(page: str, action: str) -> dict[str, object]:
    """What a form of a page would send as it stands."""
    (form,) = [form for form in html.fromstring(page).forms if (form.action or action) == action]
    return {name: value for name, value in form.form_values() if name != "_csrf_token"}


async def test_what_a_colleague_changed_meanwhile_is_said_in_the_form_s_own_words(client):
    await makers.make_platform(phone="02 33 00 00 00")
    await staff(client)
    eve = Actor("user", await makers.make_staff("ana@example.org"), "", frozenset(Permission), Scope(everything=True))
    sent = typed((await client.get(PATH)).text, PATH)
    await set_platform(eve, {"phone": "02 33 11 11 11", "city": "Sées", "payment_days": 45})
    answer = await makers.post(client, PATH, {**sent, "phone": "02 33 22 22 22"})
    words = makers.text_of(answer.text)
    assert answer.status_code == 409
    assert "Modifié par quelqu’un d’autre pendant que vous écriviez" in words
    assert "changé par Ève Équipe le" in words
    assert "de « 02 33 00 00 00 » à « 02 33 11 11 11 »" in words
    again = typed(answer.text, PATH)
    assert again["phone"] == "02 33 22 22 22", "what was typed is kept"
    assert (again["city"], again["payment_days"]) == ("Sées", "45"), "what nobody had typed in follows"
    assert again["vu"] != sent["vu"]
    await done(client, PATH, again)
    page = (await client.get(PATH)).text
    assert typed(page, PATH)["phone"] == "02 33 22 22 22"
    assert typed(page, PATH)["city"] == "Sées"
    edits = makers.text_of(page[page.index("modifications") :])
    assert "Téléphone 02 33 11 11 11 → devient 02 33 22 22 22" in edits
    assert "Ève Équipe" in edits
