"""What Stripe tells us: kept as it came, then acted upon by the worker, in any order, twice, late.

The inbox (`stripe_event`) is what is believed: what happened to a payment is worked out again from all that was told
of it. Locks: the event, then the receivables, the attempt, the payment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from training.billing.actions.settle import NewPayment, record_payment
from training.billing.queries.periods import closed_until
from training.billing.rules.payments import Way
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.payments.actions.follow_money import follow_money
from training.payments.clients.stripe import StripeNotice
from training.payments.queries.notices import MONEY
from training.payments.rules import checkout as rules
from training.payments.rules.checkout import TO_LOOK_AT, CheckoutState, may_become
from training.payments.tables.checkouts import Checkout, StripeEvent
from training.records.actions.acting import acting

IGNORED = "rien à faire de cette sorte d’événement"
NOT_OURS = "pas un paiement de ce site"
KNOWN = "déjà su"
WAITING = "attend le paiement dont il parle"
WAITS = ""  # its payment is not recorded yet: it is read again once it is
PATIENCE = timedelta(days=30)  # then it is taken for another shop's

_DIFFERENT = N_("Stripe a encaissé {got} pour {asked} demandés.")
_UNNEEDED = N_("La facture n’en avait plus besoin : à rembourser, ou à affecter.")


@dataclass(frozen=True, slots=True)
class _Told:
    id: int
    type: str
    payload: str
    received_at: datetime
    processed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Attempt:
    id: int
    receivable: int
    number: str
    payer: int
    way: Way
    amount_cents: int
    due_cents: int
    state: CheckoutState
    stripe_session: str | None


async def receive(event: StripeNotice) -> bool:
    """Keep what Stripe told; False when it was kept before."""
    async with acting(SYSTEM, "stripe.receive") as change:
        kept = (
            await StripeEvent.insert(
                StripeEvent(
                    event_id=event.id,
                    type=event.type[:100],
                    payment_intent=event.payment_intent,
                    payload=event.payload,
                    received_at=clock.now(),
                )
            )
            .on_conflict(target=StripeEvent.event_id, action="DO NOTHING")
            .returning(StripeEvent.id)
        )
        if kept:
            change.about("stripe_event", int(kept[0]["id"]))
            await outbox.put("stripe.event_received", ("stripe_event", int(kept[0]["id"])))
    return bool(kept)


async def take_in(session: dict[str, Any]) -> None:
    """A session as Stripe describes it when we ask, because its notice never came: let in by the same door, once."""
    told = {"id": f"asked_{session['id']}", "created": session["created"], "data": {"object": session}}
    intent = session.get("payment_intent")
    await receive(StripeNotice(told["id"], "checkout.session.completed", intent, json.dumps(told)))


async def process(actor: Actor, event: int) -> None:
    """Act upon what Stripe told, once."""
    async with acting(actor, "stripe.process", ("stripe_event", event)):
        actor.must(Permission.PLATFORM_RUN)
        sql = "select id, type, payload, received_at, processed_at from stripe_event where id = $1 for update"
        told = await db.row(_Told, sql, event)
        if told is None or told.processed_at is not None:
            return
        whole = json.loads(told.payload)
        outcome = await _answer(actor, told.type, whole["data"]["object"], _day(whole.get("created")))
        if outcome == WAITS and told.received_at < clock.now() - PATIENCE:
            outcome = NOT_OURS
        if outcome != WAITS:
            await _note(event, outcome)


async def replay(actor: Actor) -> tuple[int, list[tuple[str, str]]]:
    """Act upon what was not acted upon yet: how many were, then the event and the why of each that was not."""
    actor.must(Permission.PLATFORM_RUN)
    done = 0
    left: list[tuple[str, str]] = []
    waiting = "select id, event_id from stripe_event where processed_at is null order by id"
    for row in await db.connection().fetch(waiting):
        try:
            await process(actor, row["id"])
        except Exception as error:  # whatever it is, the next ones are tried all the same
            left.append((row["event_id"], f"{type(error).__name__}: {error}"))
            continue
        if await db.value("select processed_at is null from stripe_event where id = $1", row["id"]):
            left.append((row["event_id"], WAITING))
        else:
            done += 1
    return done, left


async def _answer(actor: Actor, kind: str, about: dict[str, Any], on: date) -> str:
    match kind:
        case "checkout.session.completed":
            # the person finished Stripe's page; « unpaid » is a debit that takes days
            return await _completed(actor, about, on)
        case "checkout.session.async_payment_succeeded":
            # days later: the debit passed
            return await _completed(actor, {**about, "payment_status": "paid"}, on)
        case "checkout.session.async_payment_failed":
            # days later: the bank refused the debit
            return await _ended(about, CheckoutState.FAILED, _("La banque a refusé le prélèvement."))
        case "checkout.session.expired":
            # nobody paid before the page's end, or we closed it
            return await _ended(about, CheckoutState.EXPIRED)
        case "payment_intent.payment_failed":
            # a card was declined, and another may be tried on the same page
            return await _declined(about)
        case "charge.refunded" | "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated":
            # somebody gave money back in Stripe's dashboard; or that failed, up to 30 days later
            return await _moved(actor, about)
        case (
            "charge.dispute.created"
            | "charge.dispute.updated"
            | "charge.dispute.closed"
            | "charge.dispute.funds_withdrawn"
            | "charge.dispute.funds_reinstated"
        ):
            # the payer's bank takes the money back; weeks later it is won or lost
            return await _moved(actor, about)
    return IGNORED


async def _completed(actor: Actor, session: dict[str, Any], on: date) -> str:
    attempt = await _attempt(session)
    if attempt is None:
        return NOT_OURS
    if session.get("payment_status") != "paid":
        return await _move(attempt, CheckoutState.PROCESSING, session)
    if attempt.state == CheckoutState.PAID:
        return KNOWN
    cents, currency = int(session["amount_total"] or 0), session["currency"]
    if currency != rules.CURRENCY or cents <= 0:
        return f"{TO_LOOK_AT}{cents} {currency} pour {attempt.number}"
    used = min(cents, attempt.due_cents)
    payment = await record_payment(
        actor,
        NewPayment(
            way=attempt.way,
            amount_cents=cents,
            received_on=await _open_day(on),
            payer=attempt.payer,
            payer_name=((session.get("customer_details") or {}).get("name") or "")[:200],
            reference=str(session.get("payment_intent") or session["id"]),
            note=_note_of(attempt, cents, used),
        ),
        {attempt.receivable: used} if used else None,
    )
    await Checkout.update({Checkout.payment: payment}).where(Checkout.id == attempt.id)
    await _move(attempt, CheckoutState.PAID, session)
    await _catch_up(actor, payment, session.get("payment_intent"))
    return f"encaissé {euros(cents)}, dont {euros(used)} pour {attempt.number}"


def _note_of(attempt: _Attempt, cents: int, used: int) -> str:
    """What staff should know of it."""
    said = []
    if cents != attempt.amount_cents:
        said.append(_(_DIFFERENT).format(got=euros(cents), asked=euros(attempt.amount_cents)))
    if used < cents:
        said.append(_(_UNNEEDED))
    return " ".join(said)


async def _ended(session: dict[str, Any], state: CheckoutState, why: str = "") -> str:
    attempt = await _attempt(session)
    return NOT_OURS if attempt is None else await _move(attempt, state, session, why)


async def _declined(intent: dict[str, Any]) -> str:
    attempt = await _attempt({"id": None, "metadata": intent.get("metadata")})
    if attempt is None:
        return NOT_OURS
    said = (intent.get("last_payment_error") or {}).get("message") or "refusé"
    if attempt.state in (CheckoutState.OPENING, CheckoutState.OPEN):
        await Checkout.update({Checkout.failure: said[:400]}).where(Checkout.id == attempt.id)
    return f"essai refusé : {said}"[:400]


async def _moved(actor: Actor, about: dict[str, Any]) -> str:
    """A refund or a dispute; both may be told before the payment that they are about."""
    intent = about.get("payment_intent")
    sql = "select payment from checkout where payment_intent = $1 and payment is not null"
    found = await db.value(sql, intent)
    if found is None:
        # a charge carries our metadata; a refund and a dispute say only which payment they are of
        ours = about["object"] != "charge" or (about.get("metadata") or {}).get("checkout")
        return WAITS if ours and intent else NOT_OURS
    return await follow_money(actor, int(found))


async def _catch_up(actor: Actor, payment: int, intent: str | None) -> None:
    """What was told of this payment before it was recorded."""
    sql = (
        "select id from stripe_event where payment_intent = $1 and processed_at is null and type = any($2) order by id"
    )
    kinds = await db.connection().fetch(sql, intent, list(MONEY))
    if kinds:
        outcome = await follow_money(actor, payment)
        for row in kinds:
            await _note(row["id"], outcome)


async def _attempt(session: dict[str, Any]) -> _Attempt | None:
    """The attempt that a session is of, its receivable and itself locked; None for another shop's."""
    id = (session.get("metadata") or {}).get("checkout")  # noqa: A001
    if not isinstance(id, str) or not id.isascii() or not id.isdigit() or len(id) > 18:
        return None
    await db.value(
        "select id from receivable where id = (select receivable from checkout where id = $1) for update", int(id)
    )
    sql = """
        select c.id, c.receivable, r.number, r.payer, c.way, c.amount_cents,
               r.gross_cents - r.settled_cents as due_cents, c.state, c.stripe_session
        from checkout c join receivable r on r.id = c.receivable where c.id = $1 for update of c
    """
    found = await db.row(_Attempt, sql, int(id))
    if found is None or (session["id"] and found.stripe_session not in (None, session["id"])):
        return None
    return found


async def _move(attempt: _Attempt, state: CheckoutState, session: dict[str, Any], why: str = "") -> str:
    if not may_become(attempt.state, state):
        return KNOWN
    await Checkout.update(
        {
            Checkout.state: state,
            Checkout.stripe_session: session["id"],
            Checkout.payment_intent: session.get("payment_intent"),
            Checkout.failure: why,
            Checkout.updated_at: clock.now(),
        }
    ).where(Checkout.id == attempt.id)
    return f"{attempt.number} : {state}"


async def _note(event: int, outcome: str) -> None:
    await StripeEvent.update({StripeEvent.processed_at: clock.now(), StripeEvent.outcome: outcome[:400]}).where(
        StripeEvent.id == event
    )


def _day(created: object) -> date:
    """The day in Paris of an instant of Stripe's (Unix seconds)."""
    return clock.local(datetime.fromtimestamp(created, clock.PARIS)).date() if isinstance(created, int) else date.max


async def _open_day(on: date) -> date:
    """The nearest day that the books still take: what is told late is not written into a closed period."""
    closed = await closed_until()
    earliest = on if closed is None else max(on, closed + timedelta(days=1))
    return min(earliest, clock.today())
