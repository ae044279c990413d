"""What changes of seats left to a person: too much that is invoiced, and payers who do not make the whole any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.billing.queries import owing
from training.billing.queries.checking import UNSPLIT
from training.billing.queries.drafts import ToCredit
from training.billing.queries.owing import Ground
from training.billing.rules.refitting import TakenBack, taken_back
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.kernel import db
from training.kernel.actor import SYSTEM, Scope
from training.kernel.clauses import Clauses
from training.kernel.i18n import SOURCE, _, ngettext, speaking


async def too_much(scope: Scope, limit: int = 100) -> list[ToCredit]:
    """Invoices of more than their bookings owe since seats were given back, the latest change first.

    What is proposed of each: never more than what is invoiced above what is owed, from the last invoice first.
    """
    where = Clauses("b.state = 'confirmed'")
    where.within(scope, "k.payer")
    found = await db.rows(_Changed, _CHANGED.format(where=where, limit=limit), *where.values)
    if not found:
        return []
    changed = {each.booking: each.changed_at for each in found}
    views = {view.id: view for view in await bookings.bookings_by_ids(SYSTEM.scope, list(changed))}
    on = await owing.ground([*views.values()])
    return [
        _listed(on, views[booking], back, changed_at)
        for booking, changed_at in changed.items()
        for back in _back(on, views[booking])
    ]


def _back(on: Ground, view: BookingView) -> list[TakenBack]:
    """Nothing while its payers are to be said anew: nobody knows yet of whom it is too much."""
    return taken_back(on.billed[view.id], owing.over_for(on, view)) if owing.split_fits(on, view) else []


def _listed(on: Ground, view: BookingView, back: TakenBack, changed_at: datetime) -> ToCredit:
    payer = on.payers[back.of.payer]
    return ToCredit(
        booking=view.id,
        reference=view.reference,
        title=view.title,
        starts_at=view.starts_at,
        cancelled_at=None,
        payer=payer.id,
        payer_name=payer.name,
        payer_slug=payer.slug,
        invoice=back.of.invoice,
        number=back.of.number,
        issued_on=back.of.issued_on,
        left_cents=back.cents,
        resized_at=changed_at,
        seats=view.seats,
    )


@dataclass(frozen=True, slots=True)
class _Changed:
    booking: int
    changed_at: datetime


# Those that are marked to be looked at (`actions.refit.ask_to_look`): what is too much is worked out for these few.
_CHANGED = """
    select b.id as booking, c.changed_at
    from billable k
    join booking b on b.id = k.booking
    cross join lateral (select max(changed_at) as changed_at from seats_change where booking = b.id) c
    where k.invoice_line is null and k.part = 'look' and c.changed_at is not null and {where}
    order by c.changed_at desc, b.id desc limit {limit:d}
"""


@dataclass(frozen=True, slots=True)
class ProposedCredit:
    """What a credit note takes back of an invoice for one booking: by line, cents without VAT; and why, in French."""

    reference: str
    lines: dict[int, int]
    reason: str

    @property
    def cents(self) -> int:
        """All of it; the lines of a discount take from it."""
        return sum(self.lines.values())


async def proposals(invoice: int) -> list[ProposedCredit]:
    """What an invoice has too much, by booking: of a smaller one what is proposed, of a cancelled one all that is left.

    The same few statements, however many bookings it bills.
    """
    ids = [record["booking"] for record in await db.connection().fetch(_TOUCHED, invoice)]
    if not ids:
        return []
    views = await bookings.bookings_by_ids(SYSTEM.scope, ids)
    on = await owing.ground(views)
    left = await _left(invoice)
    found = []
    for view in sorted(views, key=lambda each: each.id):
        if view.state == BookingState.CANCELLED:
            lines = left.get(view.id, {})
        else:
            lines = {back.of.line: back.cents for back in _back(on, view) if back.of.invoice == invoice}
        if lines:
            found.append(ProposedCredit(view.reference, lines, _reason(view)))
    return found


_TOUCHED = """
    select distinct l.booking from invoice_line l join booking b on b.id = l.booking
    where l.invoice = $1 and (b.state = 'cancelled' or b.state = 'confirmed' and exists (
        select from billable k where k.booking = b.id and k.invoice_line is null and k.part = 'look'
    ))
"""


async def _left(invoice: int) -> dict[int, dict[int, int]]:
    """By booking and line, what no credit note took back."""
    sql = """
        select l.booking, l.id, l.net_cents - (
            select coalesce(sum(c.net_cents), 0)::bigint from invoice_line c where c.corrects = l.id
        ) as left_cents
        from invoice_line l where l.invoice = $1 and l.booking is not null order by l.position
    """
    found: dict[int, dict[int, int]] = {}
    for record in await db.connection().fetch(sql, invoice):
        if record["left_cents"]:
            found.setdefault(record["booking"], {})[record["id"]] = record["left_cents"]
    return found


def _reason(view: BookingView) -> str:
    with speaking(SOURCE):  # it is printed
        if view.state == BookingState.CANCELLED:
            return _("La réservation {reference} est annulée.").format(reference=view.reference)
        words = ngettext(
            "La réservation {reference} est maintenant d’une place.",
            "La réservation {reference} est maintenant de {n} places.",
            view.seats,
        )
        return words.format(reference=view.reference, n=view.seats)


@dataclass(frozen=True, slots=True)
class ToSplit:
    """A booking whose several payers do not make the whole any more: seats changed since they were said."""

    booking: int
    reference: str
    title: str
    starts_at: datetime
    organisation_name: str
    seats: int
    price_cents: int
    by_seats: bool
    said: int  # what its payers make: of seats, or of cents


async def to_split(scope: Scope, limit: int = 100) -> list[ToSplit]:
    """Confirmed bookings that wait for somebody to say who pays how much, the soonest session first."""
    where = Clauses("k.invoice_line is null and k.part = 'look' and b.state = 'confirmed'", UNSPLIT)
    where.within(scope, "b.organisation")
    sql = f"""
        select b.id as booking, b.reference, o.title, s.starts_at, g.name as organisation_name, b.seats, b.price_cents,
               x.by_seats, x.said
        from billable k
        join booking b on b.id = k.booking
        cross join lateral (
            select bool_and(seats is not null) as by_seats, sum(coalesce(seats, amount_cents))::bigint as said
            from billing_share where booking = b.id
        ) x
        join session s on s.id = b.session
        join offer o on o.id = s.offer
        join organisation g on g.id = b.organisation
        where {where} order by s.starts_at, b.id limit {limit:d}
    """
    return await db.rows(ToSplit, sql, *where.values)
