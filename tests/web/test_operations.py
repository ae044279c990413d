"""What the host's tools hear, and what strangers do not."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from training.app import create_app
from training.kernel import migrate, settings

pytestmark = pytest.mark.anyio

TOKEN = "watching" * 4


@pytest.fixture(autouse=True)
def _watched(monkeypatch):
    monkeypatch.setattr(settings, "_current", replace(settings.current(), metrics_token=TOKEN))


def browser(address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(), client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver.local")


ASKING = [
    ("127.0.0.1", {}, True),
    ("::1", {}, True),
    ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, True),
    ("192.0.2.7", {}, False),
    ("192.0.2.7", {"Authorization": f"Bearer {TOKEN[:-1]}"}, False),
    ("192.0.2.7", {"X-Forwarded-For": "127.0.0.1"}, False),
    ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, False),
    ("127.0.0.1", {"Via": "1.1 example"}, False),
]


@pytest.mark.parametrize(("address", "headers", "told"), ASKING)
async def test_readyz_names_what_is_missing_to_the_machine_and_to_who_watches_only(
    database_test, monkeypatch, address, headers, told
):
    async def missing() -> list[str]:
        return ["m9999_secret_plans"]

    monkeypatch.setattr(migrate, "missing", missing)
    async with browser(address) as asking:
        answer = await asking.get("/readyz", headers=headers)
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert ("m9999_secret_plans" in answer.text) is told
    assert told or answer.json() == {"ready": False}


async def test_everybody_hears_that_it_is_ready(database_test):
    async with browser("192.0.2.7") as asking:
        answer = await asking.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True})
