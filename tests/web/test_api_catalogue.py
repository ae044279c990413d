"""What anybody may read through the API: offers, coming sessions, their prices, page after page."""

from __future__ import annotations

from datetime import timedelta

import pytest

import api_makers
import makers
from api_makers import API
from training.catalogue.rules.tariffs import TariffMode
from training.identity import queries as identity
from training.identity.actions import keys
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.web.api import paging

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

SESSION_MEMBERS = {
    "id", "offer", "title", "kind", "status", "starts_at", "ends_at", "venue", "seats_total", "seats_left", "tariff",
    "unit_price_cents", "price_cents", "currency",
}  # fmt: skip


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def test_offers_are_read_without_a_key(client):
    await makers.make_town()
    answer = await client.get(f"{API}/offers")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "set-cookie" not in answer.headers
    (item,) = answer.json()["items"]
    assert (item["slug"], item["tariff"], item["unit_price_cents"], item["currency"]) == ("velo", "flat", 35_000, "EUR")
    assert answer.json()["next"] is None


async def test_an_offer_says_all_that_its_page_says(client):
    await makers.make_town()
    offer = (await client.get(f"{API}/offers/velo")).json()
    assert offer["objectives"] == ["Régler son vélo", "Rouler en ville"]
    assert offer["prerequisites"] == "Savoir faire du vélo"
    for slug in ("trottinette", "%00"):
        missing = await client.get(f"{API}/offers/{slug}")
        assert (missing.status_code, missing.json()["type"]) == (404, "/problems/not-found")
    assert missing.headers["content-type"] == "application/problem+json"


async def test_a_session_has_the_members_of_the_contract(client):
    programs = await api_makers.make_programs()
    (item,) = (await client.get(f"{API}/sessions")).json()["items"]
    assert item.keys() >= SESSION_MEMBERS
    assert item["id"] == programs.town.session
    assert (item["offer"], item["kind"], item["status"]) == ("velo", "open", "published")
    assert item["starts_at"] == "2027-03-10T08:00:00Z"
    assert item["venue"] == "Salle des fêtes, Alençon"
    assert (item["seats_total"], item["seats_left"]) == (60, 60)
    assert (item["tariff"], item["unit_price_cents"], item["price_cents"]) == ("flat", 35_000, None)
    (mine,) = (await client.get(f"{API}/sessions", headers=programs.own)).json()["items"]
    assert mine["price_cents"] == 35_000


async def test_sessions_are_chosen_by_offer_and_dates(client):
    offer, other = (
        await makers.make_offer(),
        await makers.make_offer("marche", title="Marcher", mode=TariffMode.FREE, cents=0),
    )
    first = await makers.make_session(offer)
    second = await makers.make_session(offer, starts_at=makers.NOON + timedelta(days=20))
    third = await makers.make_session(other, starts_at=makers.NOON + timedelta(days=30))

    async def ids(**asked):
        return [item["id"] for item in (await client.get(f"{API}/sessions", params=asked)).json()["items"]]

    assert await ids() == [first, second, third]
    assert await ids(offer="velo") == [first, second]
    assert await ids(**{"from": "2027-03-11"}) == [second, third]
    assert await ids(to="2027-03-10") == [first]  # the day is part of it
    assert await ids(**{"from": "2027-03-21T12:00:00+01:00", "to": "2027-03-21T12:00:01+01:00"}) == [second]
    unescaped = await client.get(f"{API}/sessions?from=2027-03-21T12:00:00+01:00")
    assert [item["id"] for item in unescaped.json()["items"]] == [second, third]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("offer", "\x00"),
        ("from", "hier"),
        ("from", "2027-03-11T09:00:00"),  # of which zone?
        ("to", "2027-13-01"),
        ("to", "9999-12-31"),
        ("from", "0001-01-01T00:00:00+14:00"),
        ("cursor", "nonsense"),
        ("cursor", "WzFd"),
        ("cursor", "W251bGwsIDFd"),
        ("cursor", "é"),
        ("cursor", "WyIyMDI3LTAzLTEwVDA4OjAwOjAwIiwgMV0"),  # an instant without its offset
    ],
)
async def test_what_cannot_be_read_is_refused_by_name(client, name, value):
    refusal = await client.get(f"{API}/sessions", params={name: value})
    assert refusal.status_code == 422
    assert [e["field"] for e in refusal.json()["errors"]] == [name]


async def test_pages_follow_each_other_without_holes(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    offer = await makers.make_offer()
    made = [await makers.make_session(offer, starts_at=makers.NOON + timedelta(days=2)) for _n in range(5)]
    seen, cursor = [], None
    while True:
        page = (await client.get(f"{API}/sessions", params={"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made


async def test_a_private_session_is_seen_by_its_organisation_only(client):
    programs = await api_makers.make_programs()
    private = await makers.make_session(programs.town.offer, organisation=programs.town.organisation)

    async def ids(headers):
        return {item["id"] for item in (await client.get(f"{API}/sessions", headers=headers)).json()["items"]}

    assert private in await ids(programs.own)
    assert private not in await ids(programs.other)
    assert private not in await ids({})


async def test_a_list_costs_the_same_number_of_statements_however_long(client, statements):
    programs = await api_makers.make_programs()
    counts = []
    for _n in range(2):
        statements.clear()
        await client.get(f"{API}/sessions", headers=programs.own)
        counts.append(len(statements))
        for _m in range(5):
            await makers.make_session(programs.town.offer)
    assert counts[0] == counts[1] == 4  # the key, its organisation, the sessions, their tariffs


async def test_a_key_that_is_unknown_or_revoked_is_said_so_even_where_none_is_needed(client):
    programs = await api_makers.make_programs()
    revoked = next(key.id for key in await identity.api_keys() if key.organisation == "Commune d’Essai")
    await keys.revoke(SYSTEM, revoked)
    for header in ({"Authorization": "Bearer tk_wrong"}, {"Authorization": "Basic x"}, programs.own):
        for path in ("/offers", "/sessions", "/bookings"):
            refusal = await client.get(API + path, headers=header)
            assert refusal.status_code == 401
            assert refusal.headers["www-authenticate"] == "Bearer"
            assert refusal.headers["content-type"] == "application/problem+json"


async def test_without_a_key_only_the_catalogue_answers(client):
    for method, path in (
        ("GET", "/bookings"), ("POST", "/bookings"), ("GET", "/bookings/R-1"), ("POST", "/bookings/R-1/cancel"),
        ("POST", "/bookings/R-1/confirm"), ("POST", "/sessions/1/held"), ("GET", "/invoices"),
        ("GET", "/invoices/F-1"), ("GET", "/invoices/F-1.pdf"), ("GET", "/invoices/drafts"),
        ("POST", "/invoices/drafts/1/issue"),
    ):  # fmt: skip
        refusal = await client.request(method, API + path)
        assert refusal.status_code == 401, path
        assert refusal.json()["type"] == "/problems/key-needed"


async def test_a_signed_in_browser_is_nobody_here(client):
    await makers.make_town()
    await makers.make_staff()
    await makers.sign_in(client, "equipe@example.org")
    assert (await client.get(f"{API}/bookings")).status_code == 401


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/api/v1/nothing", 404), ("GET", "/api/v2/offers", 404), ("DELETE", "/api/v1/offers", 405),
])  # fmt: skip
async def test_unknown_routes_are_problems_too(client, method, path, status):
    refusal = await client.request(method, path)
    assert refusal.status_code == status
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.json()["status"] == status
