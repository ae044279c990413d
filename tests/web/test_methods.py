"""HEAD and OPTIONS on every address: what GET says without its content, and what the address takes."""

from __future__ import annotations

import pytest

from training.app import create_app
from training.web import methods

pytestmark = pytest.mark.anyio

PATHS = [
    "/",
    "/catalogue",
    "/connexion",
    "/gestion",
    "/espace/ville/factures",
    "/api/v1/sessions",
    "/agenda/public.ics",
    "/healthz",
]


@pytest.mark.parametrize("path", PATHS)
async def test_options_says_what_an_address_takes_and_never_fails(client, path):
    answer = await client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert {"GET", "HEAD", "OPTIONS"} <= {method.strip() for method in answer.headers["allow"].split(",")}


async def test_options_of_every_route_is_answered(client):
    for route in create_app().routes:
        if "{" not in route.path and not route.path.startswith("/static"):
            assert (await client.options(route.path)).status_code == 204, route.path


async def test_options_of_an_unknown_address_is_not_found(client):
    assert (await client.options("/nulle-part")).status_code == 404


@pytest.mark.parametrize("path", PATHS)
async def test_head_answers_as_get_without_the_content(client, path):
    whole = {"Accept-Encoding": "identity"}  # compressed, its veiled token makes a page longer or not
    head, get = await client.head(path, headers=whole), await client.get(path, headers=whole)
    assert (head.status_code, head.content) == (get.status_code, b"")
    same = {"content-type", "content-length", "cache-control", "location", "etag", "content-security-policy"}
    assert {k: v for k, v in head.headers.items() if k in same} == {k: v for k, v in get.headers.items() if k in same}


async def test_head_of_what_is_only_posted_is_refused(client):
    assert (await client.head("/hooks/stripe")).status_code == 405


async def test_a_page_elsewhere_may_ask_for_the_public_feed_and_for_no_other(client):
    asking = {"Origin": "https://mairie.example.org", "Access-Control-Request-Method": "GET"}
    allowed = (await client.options(methods.OPEN_FEED, headers=asking)).headers
    assert allowed["access-control-allow-origin"] == "*"
    assert "GET" in allowed["access-control-allow-methods"]
    assert "access-control-allow-origin" not in (await client.options("/catalogue", headers=asking)).headers
