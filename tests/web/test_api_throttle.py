"""Too often is 429, and says when to come back."""

from __future__ import annotations

import pytest

import api_makers
import makers
from api_makers import API
from training.kernel import clock
from training.web.api import throttle
from training.web.api.throttle import Buckets

pytestmark = pytest.mark.anyio


async def test_a_visitor_who_asks_too_often_hears_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(throttle, "_buckets", Buckets())
    monkeypatch.setattr(throttle, "VISITOR", (0.25, 2.0))
    statuses = [(await client.get(f"{API}/offers")).status_code for _n in range(3)]
    assert statuses == [200, 200, 429]
    refusal = await client.get(f"{API}/offers")
    assert 1 <= int(refusal.headers["retry-after"]) <= 4
    assert refusal.json()["type"] == "/problems/too-many-requests"


async def test_each_key_has_its_own_measure(client, monkeypatch):
    monkeypatch.setattr(throttle, "_buckets", Buckets())
    monkeypatch.setattr(throttle, "KEY", (0.25, 2.0))
    with clock.frozen(makers.NOON):
        programs = await api_makers.make_programs()
        statuses = [(await client.get(f"{API}/bookings", headers=programs.own)).status_code for _n in range(3)]
        assert statuses == [200, 200, 429]
        assert (await client.get(f"{API}/bookings", headers=programs.other)).status_code == 200


def test_a_bucket_fills_again_and_each_name_has_its_own():
    buckets = Buckets()
    assert [buckets.take("a", 2, 2, now=100) for _n in range(3)] == [0, 0, 1]
    assert buckets.take("b", 2, 2, now=100) == 0
    assert buckets.take("a", 2, 2, now=100.5) == 0
    assert buckets.take("a", 2, 2, now=100.5) == 1


def test_buckets_that_say_nothing_any_more_are_forgotten(monkeypatch):
    monkeypatch.setattr(throttle, "REMEMBERED", 3)
    buckets = Buckets()
    for n in range(4):
        buckets.take(str(n), 1, 2, now=1_000.0 * n)
    assert len(buckets._levels) == 1
