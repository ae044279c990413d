"""What no browser of ours sends: numbers without end, bytes that are no text. Each is refused, none is a failure."""

from __future__ import annotations

import re

import pytest

from api_makers import make_programs
from office_makers import staff
from training.app import create_app
from training.web.forms import Form
from training.web.parameters import row_key, whole

pytestmark = pytest.mark.anyio

ENDLESS = "9" * 4_301  # Python turns no longer text into a number (CVE-2020-10735)


def addresses() -> list[str]:
    """Each address that carries something, with an endless number in its place."""
    paths = {route.path for route in create_app().routes if "{" in route.path}
    return sorted(re.sub(r"\{[^}]+\}", ENDLESS, path) for path in paths)


async def test_an_endless_number_in_an_address_is_not_found(client):
    await staff(client)
    for path in addresses():
        for end in ("", ".ics", ".pdf"):
            assert (await client.get(path + end)).status_code in (401, 403, 404, 405, 303), path[:80]


@pytest.mark.parametrize(
    "name", ["apres", "page", "session", "places", "seances", "offre", "du", "q", "cursor", "offer"]
)
async def test_an_endless_number_as_a_parameter_is_no_failure(client, name):
    await staff(client)
    lists = (
        "/",
        "/catalogue",
        "/seances",
        "/gestion/seances",
        "/gestion/reservations",
        "/gestion/factures",
        "/api/v1/sessions",
    )
    for path in (*lists, "/integrer", "/agenda/public.ics"):
        assert (await client.get(path, params={name: ENDLESS})).status_code < 500, path


BODIES = [b'{"session": ' + ENDLESS.encode() + b', "seats": 1}', b'{"note": "\xff\xfe"}', b"\xff", b"{" * 5_000]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_json_that_is_no_text_or_holds_endless_numbers_is_refused(client, body):
    programs = await make_programs()
    headers = {**programs.own, "Content-Type": "application/json"}
    answer = await client.post("/api/v1/bookings", content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text


NUMBERS = {"7": 7, "007": 7, "2147483647": 2**31 - 1, "2147483648": None, ENDLESS: None, "²": None, "": None}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items(), ids=range(len(NUMBERS)))
def test_a_number_is_read_whole_or_not_at_all(text, number):
    assert whole(text) == number
    assert row_key("0") is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("0000000000000012", 12),
        ("-0", 0),
        ("+3", 3),
        (ENDLESS, None),
        ("-" + ENDLESS, None),
        ("1000000000000", None),
    ],
)
def test_a_number_typed_in_a_form_is_never_cut_short(typed, number):
    form = Form({"n": typed})
    assert form.number("n") == number
    assert bool(form.errors) == (number is None)


FORMS = {
    "application/x-www-form-urlencoded": b"email=%ff%fe&suite=%c3%28",
    "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--x--\r\n',
    "multipart/form-data": b"no boundary is said",
    "multipart/form-data; boundary=y": b"--y\r\nnothing ends",
}


@pytest.mark.parametrize("kind", FORMS)
async def test_a_form_whose_bytes_are_no_text_is_no_failure(client, kind):
    page = await client.get("/connexion")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    headers = {"Content-Type": kind, "x-csrftoken": token[1]}
    assert (await client.post("/connexion", content=FORMS[kind], headers=headers)).status_code < 500


async def test_nothing_has_a_name_with_a_character_that_postgresql_does_not_keep(client):
    """One door for all routes that take a name: whoever asks, before anything is read."""
    await make_programs()
    for path in ("/catalogue/a%00b", "/agenda/p/%00.ics", "/gestion/reservations/R-%00", "/api/v1/offers/%00"):
        assert (await client.get(path)).status_code == 404, path
