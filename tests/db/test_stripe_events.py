"""What Stripe tells, in any order, twice, late, at once: no money lost, none counted twice, and staff can see it."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import timedelta

import asyncpg
import pytest
from click.testing import CliRunner

import stripe_server
from online_makers import PAYING, Debt, begun, due_of, make_debt, outcome, refunded, told
from training import worker
from training.billing.actions import settle
from training.billing.rules.payments import Way
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.outbox import Fact
from training.payments.actions import checkout, stripe_events
from training.payments.clients.stripe import BadSignature, signed_event
from training.payments.rules.checkout import CHECKOUT_MOVES, ChargeNotice, CheckoutState, gone_cents, may_become
from training.reactions import BY_NAME
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


async def state() -> str:
    return await db.value("select state from checkout order by id desc limit 1")


async def payments() -> list[tuple[str, int, int]]:
    """way, amount, used."""
    rows = await db.connection().fetch("select way, amount_cents, used_cents from payment order by id")
    return [(row["way"], row["amount_cents"], row["used_cents"]) for row in rows]


async def receive(event: stripe_server.Json) -> int:
    """Keep an event without acting upon it; its row."""
    body, headers = stripe_server.signed(event)
    await stripe_events.receive(signed_event(body, headers["Stripe-Signature"]))
    return await db.value("select id from stripe_event where event_id = $1", event["id"])


async def test_a_card_pays_the_invoice_once(debt: Debt, stripe: stripe_server.Stripe):
    paid = stripe.pay(await begun(debt, stripe))
    await told(paid, paid)
    assert await due_of(debt) == 0
    assert await payments() == [("card", 35_000, 35_000)]
    assert await state() == "paid"
    row = await db.connection().fetchrow("select p.*, c.id as paid from payment p join checkout c on c.payment = p.id")
    assert row["reference"].startswith("pi_")
    assert row["checkout"] == row["paid"], "the release before reads it there"
    assert (row["payer"], row["payer_name"], row["received_on"]) == (debt.organisation, "Piéra Payeuse", clock.today())
    assert "encaissé 350,00" in (await outcome(paid) or "").replace("\u202f", "")
    assert await db.value("select count(*) from stripe_event") == 1


async def test_the_same_told_under_another_name_pays_once(debt: Debt, stripe: stripe_server.Stripe):
    paid = stripe.pay(await begun(debt, stripe))
    await told(paid, {**paid, "id": "evt_again"})
    assert await payments() == [("card", 35_000, 35_000)]
    assert await outcome({"id": "evt_again"}) == "déjà su"


async def test_a_debit_under_way_is_not_paid(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe, Way.SEPA)
    await told(stripe.pay(session))
    assert (await state(), await due_of(debt), await payments()) == ("processing", 35_000, [])
    await told(stripe.debit(session, passed=True))
    assert (await state(), await due_of(debt), await payments()) == ("paid", 0, [("sepa", 35_000, 35_000)])


async def test_a_debit_that_the_bank_refuses_pays_nothing_and_may_be_tried_again(debt, stripe):
    session = await begun(debt, stripe, Way.SEPA)
    await told(stripe.pay(session), stripe.debit(session, passed=False))
    assert (await state(), await due_of(debt), await payments()) == ("failed", 35_000, [])
    await told(stripe.pay(await begun(debt, stripe, Way.CARD)))
    assert await due_of(debt) == 0


async def test_success_told_before_completion(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe, Way.SEPA)
    completed = stripe.pay(session)
    await told(stripe.debit(session, passed=True), completed)
    assert (await state(), await due_of(debt), await payments()) == ("paid", 0, [("sepa", 35_000, 35_000)])


async def test_a_declined_card_leaves_the_page_open(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.decline(session))
    assert await state() == "open"
    assert await db.value("select failure from checkout") == "Your card was declined."
    await told(stripe.pay(session))
    assert (await state(), await due_of(debt)) == ("paid", 0)


async def test_a_page_that_nobody_paid_is_over(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.expired(session))
    assert (await state(), await due_of(debt)) == ("expired", 35_000)


async def test_money_is_taken_even_for_a_page_we_thought_was_over(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    async with db.atomic():
        await db.execute("update checkout set state = 'expired'")
    await told(stripe.pay(session))
    assert (await state(), await due_of(debt)) == ("paid", 0)


async def test_two_tabs_that_both_pay_leave_one_as_credit(debt: Debt, stripe: stripe_server.Stripe):
    first = await begun(debt, stripe)
    stripe.sessions["kept"] = dict(stripe.sessions[first])  # a page that stayed open in another tab
    second = await begun(debt, stripe, Way.SEPA)
    stripe.sessions[first] = {**stripe.sessions["kept"], "id": first}
    paid = stripe.pay(second), stripe.debit(second, passed=True), stripe.pay(first)
    await told(*paid)
    assert await due_of(debt) == 0
    assert await payments() == [("sepa", 35_000, 35_000), ("card", 35_000, 0)]
    assert "n’en avait plus besoin" in await db.value("select note from payment order by id desc limit 1")


async def test_an_invoice_paid_meanwhile_otherwise(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    new = settle.NewPayment(way=Way.CHEQUE, amount_cents=30_000, received_on=clock.today(), payer=debt.organisation)
    await settle.record_payment(SYSTEM, new, {debt.receivable: 30_000})
    await told(stripe.pay(session))
    assert await due_of(debt) == 0
    assert await payments() == [("cheque", 30_000, 30_000), ("card", 35_000, 5_000)]


@pytest.mark.parametrize(("cents", "used", "due"), [(20_000, 20_000, 15_000), (40_000, 35_000, 0)])
async def test_another_amount_is_recorded_as_it_came(debt, stripe, cents: int, used: int, due: int):
    await told(stripe.pay(await begun(debt, stripe), cents=cents))
    assert await payments() == [("card", cents, used)]
    assert await due_of(debt) == due
    assert "pour 350,00" in (await db.value("select note from payment")).replace("\u202f", "")


async def test_another_currency_is_for_a_person_to_look_at(debt: Debt, stripe: stripe_server.Stripe):
    event = stripe.pay(await begun(debt, stripe), currency="usd")
    await told(event)
    assert (await payments(), await due_of(debt)) == ([], 35_000)
    assert (await outcome(event) or "").startswith("À VOIR : 35000 usd")


async def test_what_we_do_not_know_is_kept_and_left(debt: Debt, stripe: stripe_server.Stripe):
    strange = stripe.event("customer.created", {"id": "cus_1", "object": "customer"})
    await told(strange)
    assert await outcome(strange) == stripe_events.IGNORED


@pytest.mark.parametrize(
    "metadata", [{}, {"checkout": "nonsense"}, {"checkout": "999999"}, {"checkout": "9" * 40}, None]
)
async def test_another_shop_s_payment_is_not_ours(debt: Debt, stripe: stripe_server.Stripe, metadata):
    event = stripe.pay(await begun(debt, stripe))
    event["data"]["object"]["metadata"] = metadata
    await told(event)
    assert await outcome(event) == stripe_events.NOT_OURS
    assert await payments() == []


async def test_a_refund_makes_it_due_again(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session))
    charge, refund = stripe.refund(session, 10_000)
    await told(charge, refund, charge)
    assert (await due_of(debt), await refunded()) == (10_000, 10_000)
    assert await payments() == [("card", 35_000, 35_000)], "25,000 for the invoice, 10,000 given back"
    more, more_refund = stripe.refund(session, 25_000)
    await told(more_refund, more)
    assert (await due_of(debt), await refunded()) == (35_000, 35_000)


async def test_a_refund_of_what_was_too_much_leaves_the_invoice_paid(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session, cents=40_000))
    await told(stripe.refund(session, 5_000)[0])
    assert (await due_of(debt), await refunded()) == (0, 5_000)


async def test_a_refund_that_staff_wrote_down_already_is_not_written_twice(debt, stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session, cents=40_000))
    payment = await db.value("select id from payment")
    await settle.refund(SYSTEM, payment, 5_000, clock.today(), "Trop payé, remboursé dans Stripe.")
    await told(*stripe.refund(session, 5_000))
    assert (await due_of(debt), await refunded()) == (0, 5_000)


async def test_a_refund_that_fails_comes_back(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    await told(stripe.pay(session), *stripe.refund(session, 35_000))
    assert await due_of(debt) == 35_000
    await told(stripe.refund_failed(session))
    assert (await due_of(debt), await refunded()) == (0, 0)
    await told(*stripe.refund(session, 35_000))
    assert (await due_of(debt), await refunded()) == (35_000, 35_000)


async def test_refunds_told_before_the_payment_wait_for_it(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    paid = stripe.pay(session)
    charge, refund = stripe.refund(session, 12_000)
    await told(charge, refund)
    assert await outcome(charge) is None
    assert await outcome(refund) is None
    await told(paid)
    assert (await due_of(debt), await refunded()) == (12_000, 12_000)
    assert await outcome(charge) == await outcome(refund) == "120,00\u00a0€ repris"


async def test_the_whole_story_converges_in_any_order(database_test, stripe: stripe_server.Stripe):
    """Every order of the same notices ends the same; each is told twice."""
    with clock.frozen(PAYING - timedelta(days=12)):
        debts = [await make_debt()]
        offer = await db.value("select id from offer")
        debts += [await make_debt(offer=offer) for _ in range(5)]
    orders = list(itertools.permutations(range(5)))
    for debt, order in zip(debts, random.Random(7).sample(orders, len(debts)), strict=True):
        with clock.frozen(PAYING):
            session = await begun(debt, stripe, Way.SEPA)
            events = [stripe.pay(session), stripe.debit(session, passed=True), *stripe.refund(session, 4_000)]
            events.append(stripe.refund(session, 6_000)[0])
            await told(*(events[n] for n in order for _twice in range(2)))
            assert await due_of(debt) == 10_000, order
    assert await db.value("select count(*) from stripe_event where processed_at is null") == 0
    assert await db.value("select count(*) from payment") == len(debts)


async def test_two_workers_on_the_same_event_pay_once(debt: Debt, stripe: stripe_server.Stripe):
    paid = stripe.pay(await begun(debt, stripe))
    row = await receive(paid)
    reaction = BY_NAME["billing.actions.stripe_events.process"]
    facts = [Fact("stripe.event_received", ("stripe_event", row)) for _ in range(4)]
    await asyncio.gather(*(worker.react(reaction, fact) for fact in facts))
    await asyncio.gather(*(stripe_events.process(SYSTEM, row) for _ in range(4)))
    assert await payments() == [("card", 35_000, 35_000)]


async def test_different_events_of_one_payment_at_once(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe, Way.SEPA)
    events = [stripe.pay(session), stripe.debit(session, passed=True), *stripe.refund(session, 3_000)]
    rows = [await receive(event) for event in events]
    rows += [await receive({**event, "id": f"{event['id']}_again"}) for event in events]
    await asyncio.gather(*(stripe_events.process(SYSTEM, row) for row in rows))
    await drain()
    assert (await due_of(debt), await refunded(), await state()) == (3_000, 3_000, "paid")


async def test_a_second_click_while_the_payment_is_told(debt: Debt, stripe: stripe_server.Stripe):
    """The page and the worker lock in the same order: neither is undone by the other."""
    row = await receive(stripe.pay(await begun(debt, stripe)))
    clicks = [checkout.begin(debt.manager, debt.receivable, Way.CARD) for _ in range(3)]
    await asyncio.gather(*clicks, stripe_events.process(SYSTEM, row), return_exceptions=True)
    assert await payments() == [("card", 35_000, 35_000)]


async def test_money_told_after_the_period_was_closed_is_of_the_next_open_day(debt, stripe):
    event = stripe.pay(await begun(debt, stripe))
    async with db.atomic():
        sql = "insert into period_close (until, totals, closed_at) values ($1, '{}', $2)"
        await db.execute(sql, clock.today(), clock.now())
    with clock.frozen(PAYING + timedelta(days=3)):
        await told(event)
    assert await db.value("select received_on from payment") == clock.local(PAYING + timedelta(days=1)).date()


async def test_an_event_that_failed_is_replayed(debt: Debt, stripe: stripe_server.Stripe, monkeypatch):
    event = stripe.pay(await begun(debt, stripe))
    await receive(event)

    async def broken(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(stripe_events, "record_payment", broken)
        done, left = await stripe_events.replay(SYSTEM)
    assert (done, [why for _event, why in left]) == (0, ["RuntimeError: the disk is full"])
    assert await payments() == []
    assert await stripe_events.replay(SYSTEM) == (1, [])
    assert await payments() == [("card", 35_000, 35_000)]
    assert await stripe_events.replay(SYSTEM) == (0, [])
    await drain()
    assert await payments() == [("card", 35_000, 35_000)]


async def test_what_waits_for_ever_is_another_shop_s(debt: Debt, stripe: stripe_server.Stripe):
    session = await begun(debt, stripe)
    stripe.pay(session)
    _charge, refund = stripe.refund(session, 100)
    await told(refund)
    assert await stripe_events.replay(SYSTEM) == (0, [(refund["id"], stripe_events.WAITING)])
    with clock.frozen(PAYING + timedelta(days=31)):
        assert await stripe_events.replay(SYSTEM) == (1, [])
    assert await outcome(refund) == stripe_events.NOT_OURS


def test_replay_is_a_command() -> None:
    from training.cli import main

    said = CliRunner().invoke(main, ["stripe", "replay", "--help"])
    assert said.exit_code == 0
    assert "sans suite" in said.output


async def test_a_payment_that_the_release_before_records_is_linked_both_ways(debt: Debt, stripe: stripe_server.Stripe):
    await begun(debt, stripe)
    attempt = await db.value("select id from checkout")
    old = """
        insert into payment (way, received_on, amount_cents, checkout, created_at)
        values ('card', $1, 35000, $2, now()) returning id
    """
    payment = await db.value(old, PAYING.date(), attempt)
    assert await db.value("select payment from checkout where id = $1", attempt) == payment
    other = await db.value(old, PAYING.date(), None)
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.connection().execute("update checkout set payment = $2 where id = $1", attempt, other)


async def test_signatures(stripe: stripe_server.Stripe):
    event = stripe.event("customer.created", {"id": "cus_1", "object": "customer"})
    body, headers = stripe_server.signed(event)
    good = headers["Stripe-Signature"]
    assert signed_event(body, good).id == event["id"]
    other, _ = stripe_server.signed({**event, "id": "evt_forged"})
    _, of_other_secret = stripe_server.signed(event, secret="whsec_other")
    _, long_ago = stripe_server.signed(event, at=1_700_000_000)
    bad = [(other, good), (body, of_other_secret["Stripe-Signature"]), (body, long_ago["Stripe-Signature"])]
    bad += [(body, ""), (body, "t=1"), (body, "nonsense"), (b"\xff\xfe", good), (b"", good)]
    for content, signature in bad:
        with pytest.raises(BadSignature):
            signed_event(content, signature)


def test_money_that_came_is_never_forgotten() -> None:
    for before in CheckoutState:
        assert may_become(before, CheckoutState.PAID) == (before != CheckoutState.PAID)
    assert CHECKOUT_MOVES[CheckoutState.PAID] == frozenset()
    assert not may_become(CheckoutState.FAILED, CheckoutState.PROCESSING), "a late « under way » undoes no refusal"


def test_what_is_gone_is_the_same_in_every_order() -> None:
    notices = [
        ChargeNotice("charge", "ch_1", 3_000, "succeeded", 1, 1),
        ChargeNotice("refund", "re_1", 3_000, "succeeded", 2, 2),
        ChargeNotice("charge", "ch_1", 5_000, "succeeded", 3, 3),
        ChargeNotice("refund", "re_2", 2_000, "failed", 5, 4),
        ChargeNotice("dispute", "du_1", 4_000, "needs_response", 6, 5),
        ChargeNotice("dispute", "du_1", 4_000, "won", 7, 6),
    ]
    for order in itertools.permutations(notices):
        assert gone_cents(order, 35_000) == 3_000
    assert gone_cents(notices[:5], 35_000) == 7_000
    assert gone_cents(notices[:5], 6_000) == 6_000, "never more than came"
    assert gone_cents([], 35_000) == 0
