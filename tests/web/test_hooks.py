"""Stripe's door: only what Stripe signed comes in, it is kept at once, and nothing else is done there."""

from __future__ import annotations

import hashlib
import hmac

import pytest

import stripe_server
from online_makers import Debt, due_of, outcome, post_event
from training.billing.rules.payments import Way
from training.kernel import db, settings
from training.payments.actions import checkout
from training.web.hooks import stripe as door
from training.worker import drain

pytestmark = pytest.mark.anyio


@pytest.fixture
def strange() -> stripe_server.Json:
    return stripe_server.Stripe().event("customer.created", {"id": "cus_1", "object": "customer"})


async def kept() -> int:
    return await db.value("select count(*) from stripe_event")


@pytest.mark.commits
async def test_what_stripe_tells_is_kept_first_and_done_by_the_worker(client, stripe, debt: Debt):
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    paid = stripe.pay(next(iter(stripe.sessions)))
    answer = await post_event(client, paid)
    assert (answer.status_code, answer.text) == (200, "kept\n")
    assert await outcome(paid) is None
    assert await due_of(debt) == 35_000
    await drain()
    assert await outcome(paid)
    assert await due_of(debt) == 0


async def test_told_twice_kept_once(client, stripe, strange):
    assert (await post_event(client, strange)).text == "kept\n"
    again = await post_event(client, strange)
    assert (again.status_code, again.text) == (200, "known\n")
    assert await kept() == 1
    assert await db.value("select count(*) from pgqueuer") == 1


async def test_what_we_do_not_know_is_kept_too(client, stripe, strange):
    assert (await post_event(client, strange)).status_code == 200
    await drain()
    assert await outcome(strange) == "rien à faire de cette sorte d’événement"


async def test_what_stripe_did_not_sign_is_refused_and_not_kept(client, stripe, strange):
    body, headers = stripe_server.signed(strange)
    forged = [
        (body, {}),
        (body, {"Stripe-Signature": "t=1,v1=00"}),
        (body.replace(b"cus_1", b"cus_2"), headers),
        (body, stripe_server.signed(strange, secret="whsec_guessed")[1]),
        (body, stripe_server.signed(strange, at=1_700_000_000)[1]),
        (b"\xff", headers),
        (b"", headers),
    ]
    for content, given in forged:
        answer = await client.post("/hooks/stripe", content=content, headers=given)
        assert answer.status_code == 400, given
    assert await kept() == 0
    assert await db.value("select count(*) from pgqueuer") == 0


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'{"id": "e"}', b'{"id": "e", "type": "x", "data": 7}'])
async def test_signed_nonsense_is_refused_as_well(client, stripe, body: bytes):
    tag = stripe_server.signed({})[1]["Stripe-Signature"].split(",")[0].removeprefix("t=")
    sealed = hmac.new(stripe_server.SECRET.encode(), f"{tag}.".encode() + body, hashlib.sha256).hexdigest()
    answer = await client.post("/hooks/stripe", content=body, headers={"Stripe-Signature": f"t={tag},v1={sealed}"})
    assert answer.status_code == 400
    assert await kept() == 0


async def test_without_a_secret_nothing_is_believed(client, strange):
    assert settings.current().stripe_webhook_secret is None
    assert (await post_event(client, strange, secret=" ")).status_code == 400
    assert await kept() == 0


async def test_a_large_body_is_not_read(client, stripe):
    answer = await client.post(
        "/hooks/stripe", content=b"x" * (door.LARGEST + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert await kept() == 0


async def test_only_posts_come_in(client, stripe):
    assert (await client.get("/hooks/stripe")).status_code == 405


async def test_a_form_is_not_stripe(client, stripe):
    answer = await client.post("/hooks/stripe", data={"id": "evt_1"})
    assert answer.status_code == 400
