"""Pay an invoice online: an attempt is written down, then Stripe makes the page where it is paid.

Locks: the receivable, then its attempts. Nothing is locked and no transaction is open while Stripe is called. What
Stripe tells of it afterwards is `stripe_events`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from training.billing.rules.payments import Way, online_ways
from training.directory import queries as directory
from training.directory.rules.organisations import Buyer
from training.kernel import addresses, clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.links import Purpose
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.payments.actions import stripe_events
from training.payments.clients import stripe
from training.payments.clients.stripe import StripeUnavailable
from training.payments.rules import checkout as rules
from training.payments.rules.checkout import CheckoutState, may_become
from training.payments.tables.checkouts import Checkout
from training.records.actions.acting import acting

SPACE, LINK = "space", "link"  # the doors
RETURN_LIFE = timedelta(days=30)  # of the link that a mailed link's holder comes back through
TRIES = 3  # other attempts may begin while we close those that are there
UNTOLD = timedelta(minutes=10)  # after its page's end, an attempt that Stripe said nothing of is asked about

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Owed:
    id: int
    invoice: int | None
    number: str
    payer: int
    payer_slug: str
    buyer: Buyer
    reason: str | None
    generation: int | None
    due_cents: int


@dataclass(frozen=True, slots=True)
class _Attempt:
    id: int
    key: str
    way: Way
    amount_cents: int
    state: CheckoutState
    door: str
    stripe_session: str | None
    url: str
    created_at: datetime


async def begin(actor: Actor, receivable: int, way: Way) -> str:
    """The address of Stripe's page where what is due now is paid; the same one for a second click.

    NotFound: nothing of theirs. Forbidden: not their role. Conflict: nothing is due, not this way, or a payment is
    under way. StripeUnavailable: nothing was charged, it may be tried again.
    """
    for _again in range(TRIES):
        owed, attempt, others = await _prepare(actor, receivable, way)
        if attempt is not None:
            return attempt.url or await _open(actor, owed, attempt)
        for other in others:
            await _close(actor, other)
    raise Conflict(_("Un autre paiement de cette facture commence au même moment : réessayez dans un instant."))


async def close_stale(actor: Actor = SYSTEM) -> int:
    """Close attempts whose amount is not what is due any more, and ask about those of which Stripe said nothing."""
    sql = """
        select c.id, c.key, c.way, c.amount_cents, c.state, c.door, c.stripe_session, c.url, c.created_at
        from checkout c join receivable r on r.id = c.receivable
        where c.state in ('opening', 'open')
          and (c.amount_cents <> r.gross_cents - r.settled_cents or c.created_at < $1) order by c.id
    """
    actor.must(Permission.PLATFORM_RUN)
    closed = 0
    for attempt in await db.rows(_Attempt, sql, clock.now() - rules.LIFE - UNTOLD):
        try:
            await _close(actor, attempt)
            closed += 1
        except Conflict:  # it was paid: either its notice is on its way, or it was lost
            if attempt.stripe_session is not None and clock.now() > rules.ends_at(attempt.created_at) + UNTOLD:
                await stripe_events.take_in(await stripe.read_session(attempt.stripe_session))
        except StripeUnavailable as error:
            log.info("checkout.not_closed", checkout=attempt.id, why=error.reason)
    return closed


async def _prepare(actor: Actor, receivable: int, way: Way) -> tuple[_Owed, _Attempt | None, list[_Attempt]]:
    """The attempt to go on with; or, instead, those that must be closed before."""
    async with acting(actor, "checkout.begin", ("receivable", receivable)):
        owed = await _lock(receivable)
        _check(actor, owed, way)
        door = LINK if actor.kind == "link" else SPACE
        live = await _live(receivable)
        if any(attempt.state == CheckoutState.PROCESSING for attempt in live):
            words = _("Un paiement de {number} est déjà en cours : sa confirmation peut prendre quelques jours.")
            raise Conflict(words.format(number=owed.number))
        same = [a for a in live if (a.way, a.amount_cents, a.door) == (way, owed.due_cents, door) and _fresh(a)]
        others = [attempt for attempt in live if attempt not in same]
        if others:
            return owed, None, others
        return owed, same[0] if same else await _write(owed, way, door), []


async def _lock(receivable: int) -> _Owed:
    sql = """
        select r.id, r.invoice, r.number, r.payer, o.slug as payer_slug, o.buyer, o.online_payment_reason as reason,
               i.generation, r.gross_cents - r.settled_cents as due_cents
        from receivable r join organisation o on o.id = r.payer left join invoice i on i.id = r.invoice
        where r.id = $1 for update of r
    """
    owed = await db.row(_Owed, sql, receivable)
    if owed is None:
        raise NotFound(_("Cette facture n’existe pas."))
    return owed


def _check(actor: Actor, owed: _Owed, way: Way) -> None:
    actor.must(Permission.INVOICES_PAY, organisation=owed.payer, link=("invoice", owed.invoice or 0))
    if owed.invoice is None:  # it came from another ledger: there is no paper to pay here
        raise NotFound(_("Cette facture n’existe pas."))
    if not stripe.configured():
        raise Conflict(_("Le paiement en ligne n’est pas proposé ici : payez par virement."))
    if way not in rules.METHODS:
        raise Invalid(_("Choisissez la carte bancaire ou le prélèvement."), field="way")
    if way not in online_ways(owed.buyer, owed.reason):
        raise Conflict(_("Un organisme public paie par mandat administratif, après la séance."))
    if owed.due_cents <= 0:
        raise Conflict(_("Rien n’est à payer sur {number} : elle est réglée.").format(number=owed.number))
    if owed.due_cents < rules.MINIMUM_CENTS:
        words = _("Il reste {amount} : c’est trop peu pour un paiement en ligne. Payez par virement.")
        raise Conflict(words.format(amount=euros(owed.due_cents)))


async def _live(receivable: int) -> list[_Attempt]:
    names = ", ".join(_Attempt.__slots__)
    sql = f"""
        select {names} from checkout where receivable = $1 and state in ('opening', 'open', 'processing')
        order by id for update
    """
    return await db.rows(_Attempt, sql, receivable)


def _fresh(attempt: _Attempt) -> bool:
    if attempt.state == CheckoutState.OPENING:
        return clock.now() < attempt.created_at + rules.AGAIN
    return clock.now() < rules.ends_at(attempt.created_at) - rules.REUSED_BEFORE


async def _write(owed: _Owed, way: Way, door: str) -> _Attempt:
    attempt = _Attempt(
        0, f"training-{uuid.uuid4()}", way, owed.due_cents, CheckoutState.OPENING, door, None, "", clock.now()
    )
    made = await Checkout.insert(
        Checkout(
            receivable=owed.id,
            key=attempt.key,
            way=way,
            amount_cents=attempt.amount_cents,
            state=attempt.state,
            door=door,
            created_at=attempt.created_at,
            updated_at=attempt.created_at,
        )
    ).returning(Checkout.id)
    return replace(attempt, id=int(made[0]["id"]))


async def _open(actor: Actor, owed: _Owed, attempt: _Attempt) -> str:
    contact = await directory.billing_contact(owed.payer)
    back = addresses.absolute(_back(owed, attempt))
    asked = stripe.Asked(
        key=attempt.key,
        method=rules.METHODS[attempt.way],
        amount_cents=attempt.amount_cents,
        currency=rules.CURRENCY,
        label=_("Facture {number}").format(number=owed.number),
        email=contact.email if contact else None,
        reference=owed.number,
        metadata={"checkout": str(attempt.id), "receivable": str(owed.id), "invoice": owed.number},
        back=f"{back}?paiement=fini",
        cancelled=f"{back}?paiement=abandonne",
        ends_at=int(rules.ends_at(attempt.created_at).timestamp()),
        locale="auto",
    )
    try:
        opened = await stripe.open_session(asked)
    except StripeUnavailable as error:
        await _mark(actor, attempt.id, CheckoutState.FAILED, failure=error.reason)
        raise
    if not await _mark(actor, attempt.id, CheckoutState.OPEN, opened):
        await stripe.expire_session(opened.id)
        raise Conflict(_("Le montant dû a changé entre-temps : rechargez la page."))
    return opened.url


def _back(owed: _Owed, attempt: _Attempt) -> str:
    """Where the person comes back to: of one attempt always the same, for one key goes with one request."""
    if attempt.door == SPACE or owed.invoice is None or owed.generation is None:
        return addresses.space_invoice(owed.payer_slug, owed.number)
    since = attempt.created_at.replace(microsecond=0)
    return addresses.linked(Purpose.INVOICE, owed.invoice, owed.generation, since=since, life=RETURN_LIFE)


async def _close(actor: Actor, attempt: _Attempt) -> None:
    """Nobody pays there any more. Conflict: somebody just did."""
    status = "expired"
    if attempt.stripe_session is not None:
        try:
            status = (await stripe.expire_session(attempt.stripe_session)).status
        except StripeUnavailable as error:
            if not error.refused:
                raise
            status = "expired"  # Stripe knows no such page: another key's, of before
    if status == "complete":
        raise Conflict(_("Un paiement vient d’être fait : il est en cours de confirmation."))
    await _mark(actor, attempt.id, CheckoutState.EXPIRED)


async def _mark(
    actor: Actor, attempt: int, state: CheckoutState, opened: stripe.Opened | None = None, failure: str = ""
) -> bool:
    """Write down what Stripe answered; False when what it told meanwhile says more."""
    async with acting(actor, "checkout.answer", ("checkout", attempt)) as change:
        change.about("checkout", attempt, "state")
        now = CheckoutState(await db.value("select state from checkout where id = $1 for update", attempt))
        if now == state:
            return True
        if not may_become(now, state):
            return False
        values: dict[Any, Any] = {Checkout.state: state, Checkout.failure: failure[:400]}
        values[Checkout.updated_at] = clock.now()
        if opened is not None:
            values |= {Checkout.stripe_session: opened.id, Checkout.url: opened.url}
        await Checkout.update(values).where(Checkout.id == attempt)
    return True
