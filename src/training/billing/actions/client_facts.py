"""What a client tells for its invoice: what it is, the service, the engagement. On the booking, and on its drafts.

Locks: the organisation when it says something of itself, then as the actions called here.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.actions.ask_missing import complete_booking, complete_facts
from training.billing.queries.owing import shares_of
from training.billing.rules.states import InvoiceState
from training.bookings.actions import booking as bookings
from training.bookings.queries import booking_by_id
from training.directory.actions.billing_facts import tell_own_facts
from training.directory.rules.billing_facts import OwnFacts
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.references import NO_REFERENCES, References
from training.records.actions.acting import acting

NOTHING_OWN = OwnFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsTold:
    """As typed; what is empty leaves what is known."""

    references: References = NO_REFERENCES
    own: OwnFacts = NOTHING_OWN


async def tell_for_invoice(actor: Actor, invoice: int, told: FactsTold) -> bool:
    """Write it on a draft; returns whether nothing is missing any more.

    Conflict: it is issued already, or the SIRET is another's. Invalid: nothing told, or a number that cannot be.
    """
    async with acting(actor, "invoice.client-facts", ("invoice", invoice)) as change:
        change.about("invoice", invoice, "purchase_order", "service_code")
        payer = await db.value("select payer from invoice where id = $1", invoice)
        if payer is None:
            raise NotFound(_("Cette facture n’est plus à compléter."))
        actor.must(Permission.INVOICES_COMPLETE, organisation=payer, link=("invoice", invoice))
        _something(told)
        if told.own.given:
            await tell_own_facts(actor, int(payer), told.own)
        return await complete_facts(actor, invoice, told.references)


async def tell_for_booking(actor: Actor, booking: int, told: FactsTold, *, seen: int | None = None) -> None:
    """Write it on a booking, and on the drafts that its organisation has of it, until one is issued.

    Conflict: it is invoiced already, or the SIRET is another's. Invalid: nothing told, or a number that cannot be.
    `seen`: as `Change.edit`, of the booking.
    """
    async with acting(actor, "booking.client-facts", ("booking", booking)) as change:
        change.about("booking", booking, "purchase_order", "service_code")
        organisation = await db.value("select organisation from booking where id = $1", booking)
        actor.must(Permission.INVOICES_COMPLETE, organisation=organisation)
        _something(told)
        await bookings.tell_references(actor, booking, told.references, seen=seen)
        if told.own.given:
            await tell_own_facts(actor, int(organisation), told.own)
        standing = await db.connection().fetch(_OWN, booking)
        if any(record["state"] == InvoiceState.ISSUED for record in standing):
            raise Conflict(_("Cette réservation est déjà facturée : écrivez-nous, nous verrons ensemble."))
        for record in standing:
            await complete_booking(actor, record["id"], booking, told.references)


async def follow_references(actor: Actor, booking: int) -> None:
    """Numbers came with more seats: they go on the drafts that its organisation has of it. What is issued stays."""
    actor.must(Permission.PLATFORM_RUN)
    async with acting(actor, "booking.follow-references", ("booking", booking)):
        view = await booking_by_id(SYSTEM.scope, booking)
        if view is None:
            return
        shares = (await shares_of([booking]))[booking]
        own = next((share.references for share in shares if share.payer == view.organisation), NO_REFERENCES)
        told = own.over(view.references)  # as on a fresh draft: `owing.key_of`
        for record in await db.connection().fetch(_OWN, booking):
            if record["state"] == InvoiceState.DRAFT:
                await complete_booking(actor, record["id"], booking, told)


def _something(told: FactsTold) -> None:
    if not (told.own.given or told.references):
        raise Invalid(_("Remplissez au moins un champ."))


# What its organisation is billed of a booking now: the line that its billable stands on.
_OWN = """
    select distinct i.id, i.state from billable k
    join booking b on b.id = k.booking and k.payer = b.organisation
    join invoice_line l on l.id = k.invoice_line
    join invoice i on i.id = l.invoice
    where k.booking = $1 order by i.id
"""
