"""Beginning to pay online: what is asked of Stripe, what is refused before it is asked, and what a failure leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

import stripe_server
from online_makers import PAYING, Debt, due_of, outcome, told
from training.billing.actions import settle
from training.billing.actions.receivables import NewReceivable, open_receivables
from training.billing.rules.payments import Way
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from training.payments.actions import checkout
from training.payments.clients import stripe as client
from training.payments.clients.stripe import StripeUnavailable
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.commits]  # Stripe is never called with a transaction open


@pytest.fixture
def stripe(stripe: stripe_server.Stripe, monkeypatch: pytest.MonkeyPatch) -> Iterator[stripe_server.Stripe]:
    """One that is waited for no longer than a test can bear."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.MAX_DELAY", 0.05)
    monkeypatch.setattr(client, "READ", 0.4)
    client._client.cache_clear()
    yield stripe
    client._client.cache_clear()


async def attempts() -> list[tuple[str, str, int]]:
    rows = await db.connection().fetch("select state, way, amount_cents from checkout order by id")
    return [(row["state"], row["way"], row["amount_cents"]) for row in rows]


async def test_stripe_is_asked_for_what_is_due_and_knows_which_invoice(debt: Debt, stripe: stripe_server.Stripe):
    url = await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    (session,) = stripe.sessions.values()
    assert url == session["url"]
    assert (session["amount_total"], session["currency"], session["mode"]) == (35_000, "eur", "payment")
    assert session["payment_method_types"] == ["card"]
    assert session["client_reference_id"] == debt.number
    assert session["customer_email"] == "compta@essayeurs1.example.org"
    assert session["metadata"] == session["_intent_metadata"]
    assert session["metadata"]["receivable"] == str(debt.receivable)
    assert session["success_url"].endswith(f"/espace/{debt.slug}/factures/{debt.number}?paiement=fini")
    assert session["expires_at"] == int((PAYING + timedelta(hours=2)).timestamp())
    row = await db.connection().fetchrow("select * from checkout")
    assert (row["state"], row["stripe_session"], row["url"]) == ("open", session["id"], url)
    assert stripe.requests == [("POST", "/v1/checkout/sessions", row["key"])]


async def test_the_key_is_written_down_before_stripe_is_called(debt: Debt, stripe: stripe_server.Stripe, monkeypatch):
    seen: list[str] = []

    async def looked(asked: client.Asked) -> client.Opened:
        seen.extend(row["key"] for row in await db.pool().fetch("select key from checkout where state = 'opening'"))
        assert not db.in_transaction()
        return client.Opened("cs_1", "https://pay.example.org/1", "open")

    monkeypatch.setattr(client, "open_session", looked)
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert seen == [await db.value("select key from checkout")]


async def test_stripe_is_not_called_with_a_transaction_open(debt: Debt, stripe: stripe_server.Stripe):
    async with db.atomic():
        with pytest.raises(RuntimeError, match="transaction"):
            await client.expire_session("cs_1")
    assert stripe.requests == []


async def test_a_second_click_opens_the_same_page(debt: Debt, stripe: stripe_server.Stripe):
    first = await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert await checkout.begin(debt.manager, debt.receivable, Way.CARD) == first
    assert len(stripe.requests) == 1


async def test_two_clicks_at_once_make_one_page(debt: Debt, stripe: stripe_server.Stripe):
    urls = await asyncio.gather(*(checkout.begin(debt.manager, debt.receivable, Way.CARD) for _ in range(4)))
    assert len(set(urls)) == 1
    assert len(stripe.sessions) == 1
    assert await attempts() == [("open", "card", 35_000)]


async def test_another_way_closes_the_page_that_was_open(debt: Debt, stripe: stripe_server.Stripe):
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    await checkout.begin(debt.manager, debt.receivable, Way.SEPA)
    assert [s["status"] for s in stripe.sessions.values()] == ["expired", "open"]
    assert [s["payment_method_types"] for s in stripe.sessions.values()] == [["card"], ["sepa_debit"]]
    assert await attempts() == [("expired", "card", 35_000), ("open", "sepa", 35_000)]


async def test_another_amount_is_another_page_and_the_old_one_is_closed(debt: Debt, stripe: stripe_server.Stripe):
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    part = settle.NewPayment(way=Way.TRANSFER, amount_cents=10_000, received_on=clock.today(), payer=debt.organisation)
    await settle.record_payment(SYSTEM, part, {debt.receivable: 10_000})
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert [(s["status"], s["amount_total"]) for s in stripe.sessions.values()] == [
        ("expired", 35_000),
        ("open", 25_000),
    ]


async def test_the_clock_closes_pages_whose_amount_is_not_due_any_more(debt: Debt, stripe: stripe_server.Stripe):
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert await checkout.close_stale() == 0
    whole = settle.NewPayment(way=Way.CHEQUE, amount_cents=35_000, received_on=clock.today(), payer=debt.organisation)
    await settle.record_payment(SYSTEM, whole, {debt.receivable: 35_000})
    assert await checkout.close_stale() == 1
    assert await attempts() == [("expired", "card", 35_000)]
    assert next(iter(stripe.sessions.values()))["status"] == "expired"


async def test_an_attempt_that_nobody_ended_is_closed_after_its_time(debt: Debt, stripe: stripe_server.Stripe):
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    with clock.frozen(PAYING + timedelta(hours=3)):
        assert await checkout.close_stale() == 1
    assert await attempts() == [("expired", "card", 35_000)]


async def test_a_payment_whose_notice_was_lost_is_asked_about(debt: Debt, stripe: stripe_server.Stripe):
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    lost = stripe.pay(next(iter(stripe.sessions)))
    with clock.frozen(PAYING + timedelta(hours=1)):
        await checkout.close_stale()
    assert await due_of(debt) == 35_000, "there is still time for it to come"
    with clock.frozen(PAYING + timedelta(hours=3)):
        await checkout.close_stale()
        await checkout.close_stale()
        await drain()
        assert await due_of(debt) == 0
        await told(lost)
    assert await db.value("select count(*) from payment") == 1


async def test_an_old_page_is_not_opened_again(debt: Debt, stripe: stripe_server.Stripe):
    first = await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    later = PAYING + timedelta(hours=1, minutes=55)
    stripe.now = later.timestamp
    with clock.frozen(later):
        assert await checkout.begin(debt.manager, debt.receivable, Way.CARD) != first


async def test_while_a_debit_is_under_way_nothing_else_is_begun(debt: Debt, stripe: stripe_server.Stripe):
    await checkout.begin(debt.manager, debt.receivable, Way.SEPA)
    (session,) = stripe.sessions
    await told(stripe.pay(session))
    with pytest.raises(Conflict, match="déjà en cours"):
        await checkout.begin(debt.manager, debt.receivable, Way.CARD)


async def test_a_page_that_was_just_paid_is_not_paid_again_another_way(debt: Debt, stripe: stripe_server.Stripe):
    """Its notice is still on its way: Stripe says so when we want to close it."""
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    (session,) = stripe.sessions
    late = stripe.pay(session)
    with pytest.raises(Conflict, match="en cours de confirmation"):
        await checkout.begin(debt.manager, debt.receivable, Way.SEPA)
    await told(late)
    assert await due_of(debt) == 0


@pytest.mark.parametrize(("fault", "times"), [(500, 3), ("timeout", 3), (402, 1), (401, 1)])
async def test_when_stripe_fails_the_person_reads_why_and_may_try_again(
    debt: Debt, stripe: stripe_server.Stripe, fault: int | str, times: int
):
    stripe.faults = [fault] * times
    with pytest.raises(StripeUnavailable, match="Rien n’a été débité") as refusal:
        await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert refusal.value.status == 502
    assert await attempts() == [("failed", "card", 35_000)]
    assert await db.value("select failure from checkout")
    assert await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    first, second = await db.pool().fetch("select key, state from checkout order by id")
    assert first["key"] != second["key"], "a key goes with one attempt"
    assert second["state"] == "open"


async def test_a_short_failure_is_not_even_noticed(debt: Debt, stripe: stripe_server.Stripe):
    stripe.faults = [500, 503]
    assert await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert await attempts() == [("open", "card", 35_000)]
    assert len(stripe.sessions) == 1


async def test_an_attempt_whose_process_died_goes_on_with_its_own_key(debt: Debt, stripe: stripe_server.Stripe):
    first = await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    async with db.atomic():
        await db.execute("update checkout set state = 'opening', stripe_session = null, url = ''")
    assert await checkout.begin(debt.manager, debt.receivable, Way.CARD) == first
    assert len(stripe.sessions) == 1


@pytest.mark.parametrize("way", [Way.TRANSFER, Way.CASH, Way.CHEQUE, Way.CREDIT_NOTE])
async def test_what_is_no_way_to_pay_online_is_refused(debt: Debt, stripe: stripe_server.Stripe, way: Way):
    with pytest.raises(Invalid):
        await checkout.begin(debt.manager, debt.receivable, way)
    assert stripe.requests == []
    assert await attempts() == []


async def test_only_those_who_may_pay_pay(debt: Debt, stripe: stripe_server.Stripe):
    stranger = Actor("user", 5, "Sam", scope=Scope(organisations={debt.organisation + 99: frozenset({"invoices.pay"})}))
    with pytest.raises(NotFound):
        await checkout.begin(stranger, debt.receivable, Way.CARD)
    reader = Actor("user", 6, "Rémi", scope=Scope(organisations={debt.organisation: frozenset({"invoices.see"})}))
    with pytest.raises(Forbidden):
        await checkout.begin(reader, debt.receivable, Way.CARD)
    with pytest.raises(Forbidden):
        await checkout.begin(Actor("user", 7, "Ève", scope=Scope(everything=True)), debt.receivable, Way.CARD)
    with pytest.raises(NotFound):
        await checkout.begin(debt.manager, debt.receivable + 999, Way.CARD)
    assert stripe.requests == []


async def test_nothing_due_nothing_paid(debt: Debt, stripe: stripe_server.Stripe):
    most = settle.NewPayment(way=Way.CHEQUE, amount_cents=34_960, received_on=clock.today(), payer=debt.organisation)
    await settle.record_payment(SYSTEM, most, {debt.receivable: 34_960})
    with pytest.raises(Conflict, match="trop peu"):
        await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    await settle.write_off(SYSTEM, debt.receivable, 40, "Petit reste.")
    with pytest.raises(Conflict, match="réglée"):
        await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    assert stripe.requests == []


async def test_what_another_ledger_left_open_is_not_paid_online(debt: Debt, stripe: stripe_server.Stripe):
    async with db.atomic():
        owed = NewReceivable(
            number="2026-7", payer=debt.organisation, issued_on=clock.today(), due_on=None, gross_cents=900
        )
        (opening,) = await open_receivables([owed])
    with pytest.raises(NotFound):
        await checkout.begin(debt.manager, opening, Way.CARD)


async def test_a_public_buyer_is_not_offered_it_unless_staff_said_why(debt: Debt, stripe: stripe_server.Stripe):
    async with db.atomic():
        await db.execute("update organisation set buyer = 'public', kind = $1", OrganisationKind.COMMUNE)
    with pytest.raises(Conflict, match="mandat administratif"):
        await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    async with db.atomic():
        await db.execute("update organisation set online_payment_reason = 'Régie de recettes par carte'")
    assert await checkout.begin(debt.manager, debt.receivable, Way.CARD)


async def test_without_a_key_nothing_is_offered(debt: Debt):
    with pytest.raises(Conflict, match="virement"):
        await checkout.begin(debt.manager, debt.receivable, Way.CARD)


async def test_the_holder_of_a_mailed_link_comes_back_through_a_link(debt: Debt, stripe: stripe_server.Stripe):
    invoice = await db.value("select invoice from receivable where id = $1", debt.receivable)
    scope = Scope(links={("invoice", invoice): frozenset({"invoices.pay"})})
    holder = Actor("link", 1, "lien", scope=scope)
    await checkout.begin(debt.manager, debt.receivable, Way.CARD)
    await checkout.begin(holder, debt.receivable, Way.CARD)
    of_manager, of_holder = stripe.sessions.values()
    assert "/lien/" in of_holder["success_url"]
    assert of_manager["status"] == "expired", "two doors, two pages, one of them open"


async def test_a_foreign_page_is_read_and_left(debt: Debt, stripe: stripe_server.Stripe):
    stripe.sessions["cs_shop"] = {"id": "cs_shop", "object": "checkout.session", "status": "open", "metadata": {},
                                  "amount_total": 100, "currency": "eur", "payment_intent": None,
                                  "payment_status": "unpaid", "payment_method_types": ["card"],
                                  "customer_email": None, "_intent_metadata": {}}  # fmt: skip
    event = stripe.pay("cs_shop")
    await told(event)
    assert await outcome(event) == "pas un paiement de ce site"
    assert await db.value("select count(*) from payment") == 0
