"""What caches may keep: nothing of somebody's, and no refusal, whoever wrote the handler."""

from __future__ import annotations

import pytest

import makers
from api_makers import make_programs
from office_makers import staff
from training.app import create_app
from training.web.security import PRIVATE

pytestmark = pytest.mark.anyio

# The same bytes for everybody, or asked for with a key.
OPEN = (
    "/static", "/style", "/theme.css", "/logo", "/marque.svg", "/integrer", "/agenda/public.ics", "/api/", "/healthz",
    "/sitemap.xml", "/faces/",
)  # fmt: skip


def addresses() -> list[str]:
    """Every address without a parameter that is read."""
    read = [route for route in create_app().routes if "GET" in getattr(route, "methods", ())]
    return sorted(route.path for route in read if "{" not in route.path and not route.path.startswith(OPEN))


async def test_no_cache_keeps_what_somebody_who_is_signed_in_reads(client):
    await makers.make_town()
    await staff(client)
    said = {path: (await client.get(path)).headers.get("cache-control", "") for path in addresses()}
    assert {path: words for path, words in said.items() if "no-store" not in words} == {}


async def test_no_cache_keeps_what_a_program_reads_by_its_key(client):
    programs = await make_programs()
    for path in ("/api/v1/bookings", "/api/v1/invoices", "/api/v1/sessions", "/api/v1/offers"):
        answer = await client.get(path, headers=programs.own)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, PRIVATE), path


async def test_no_cache_keeps_a_refusal(client):
    for path in ("/nulle-part", "/api/v1/bookings", "/seances/999999", "/agenda/p/inconnue.ics", "/lien/inconnu"):
        answer = await client.get(path)
        assert (answer.status_code >= 400, answer.headers["cache-control"]) == (True, PRIVATE), path
