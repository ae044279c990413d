"""Makers for the tests of paying online: an association with an invoice to pay, and a fake Stripe to pay it at."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
from stdnum import luhn

import makers
import stripe_server
from training.attendance.actions import hold_session
from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor, Scope
from training.payments.actions import checkout, stripe_events
from training.payments.clients.stripe import signed_event
from training.worker import drain

PAYING = makers.NOON + timedelta(days=12)  # the invoice was issued three days before


@dataclass(frozen=True)
class Debt:
    """An issued invoice of 350 € and who owes it."""

    organisation: int
    slug: str
    receivable: int
    number: str
    manager: Actor


@contextlib.contextmanager
def stripe_open() -> Iterator[stripe_server.Stripe]:
    """The fake Stripe, and settings that know it."""
    before = settings.current()
    with stripe_server.running() as stripe:
        stripe.now = PAYING.timestamp  # its threads do not see a test's frozen clock
        settings.use(
            dataclasses.replace(
                before,
                stripe_secret_key=stripe_server.KEY,
                stripe_webhook_secret=stripe_server.SECRET,
                stripe_api_base=stripe.url,
            )
        )
        try:
            yield stripe
        finally:
            settings.use(before)


async def make_debt(kind: OrganisationKind = OrganisationKind.ASSOCIATION, *, offer: int | None = None) -> Debt:
    """An association booked, the session was held, the invoice was issued; the clock is frozen around it."""
    if offer is None:
        await makers.make_platform()
        offer = await makers.make_offer()
    count = int(await db.value("select count(*) from organisation"))
    siret = _siret(9_999 + count)
    organisation = await makers.make_organisation(
        f"Les Essayeurs {count + 1}", kind=kind, siret=siret, domain=f"essayeurs{count + 1}.example.org"
    )
    session = await makers.make_session(offer)
    booked = await bookings.book(SYSTEM, NewBooking(session, organisation, 12))
    await drain()
    ends_at = await db.value("select max(ends_at) from slot where session = $1", session)
    with clock.frozen(ends_at):
        await hold_session(SYSTEM, session, {booked.id: 12})
        await drain()
    found = await queries.invoices(SYSTEM.scope, organisation=organisation)
    assert len(found) == 1, "one invoice"
    return await debt_of(found[0])


def _siret(number: int) -> str:
    """A test number that Luhn accepts, as `makers.SIRET`: nobody's."""
    siren = f"{number:08d}" + luhn.calc_check_digit(f"{number:08d}")
    return f"{siren}0001" + luhn.calc_check_digit(f"{siren}0001")


async def debt_of(invoice: InvoiceView) -> Debt:
    """An invoice as somebody's debt."""
    assert invoice.number is not None
    assert invoice.receivable is not None
    scope = Scope(organisations={invoice.payer: frozenset({"invoices.see", "invoices.pay"})})
    manager = Actor("user", 17, "Mona Manager", scope=scope)
    return Debt(invoice.payer, invoice.payer_slug, invoice.receivable, invoice.number, manager)


async def begun(debt: Debt, stripe: stripe_server.Stripe, way: Way = Way.CARD) -> str:
    """A page of Stripe's, opened; its id."""
    await checkout.begin(debt.manager, debt.receivable, way)
    return list(stripe.sessions)[-1]


async def refunded() -> int:
    """What was given back, in all."""
    sql = "select coalesce(sum(amount_cents), 0)::bigint from settlement where kind = 'refund'"
    return int(await db.value(sql))


async def due_of(debt: Debt) -> int:
    """What is still due."""
    return int(await db.value("select gross_cents - settled_cents from receivable where id = $1", debt.receivable))


async def told(*events: stripe_server.Json) -> None:
    """Stripe tells; the worker acts."""
    for event in events:
        body, headers = stripe_server.signed(event)
        await stripe_events.receive(signed_event(body, headers["Stripe-Signature"]))
        await drain()


async def outcome(event: stripe_server.Json) -> str | None:
    """What was noted of an event; None while it waits."""
    sql = "select outcome, processed_at from stripe_event where event_id = $1"
    row = await db.connection().fetchrow(sql, event["id"])
    return row["outcome"] if row["processed_at"] else None


async def post_event(client: httpx.AsyncClient, event: stripe_server.Json, **signing: object) -> httpx.Response:
    """The event at our door, over HTTP."""
    body, headers = stripe_server.signed(event, **signing)
    assert json.loads(body) == event
    return await client.post("/hooks/stripe", content=body, headers=headers)
