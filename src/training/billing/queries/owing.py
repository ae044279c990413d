"""What bookings owe and to whom it is billed, worked out but not written: drafts are made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from training.attendance import queries as attendance
from training.attendance.queries import Attended
from training.billing.rules import refitting
from training.billing.rules.deposits import deposit_words
from training.billing.rules.grouping import BillablePart, DraftKey, draft_key, next_more
from training.billing.rules.refitting import Billed
from training.billing.rules.sharing import LUMP, PIECE, BilledPrice, Portion, Share, fits, portions, whole
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries.offers import BilledAs
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel import clock, db
from training.kernel.i18n import SOURCE, speaking
from training.kernel.render import euros, month, short_day, span
from training.papers.rules.lines import LineKind, line_cents
from training.papers.rules.references import NO_REFERENCES, References
from training.papers.rules.vat import VatRegime, regime_abroad
from training.scheduling import queries as scheduling
from training.scheduling.queries import SlotView


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """A line to write. Cents, net; the quantity of what is taken off is negative."""

    kind: LineKind
    description: str
    detail: str
    quantity: Decimal
    unit: str
    unit_price_cents: int
    served_from: date
    served_until: date
    booking: int | None
    analytic_code: str | None
    sales_account: str | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What one payer owes for one booking, and the draft where it goes. The first line is the service itself."""

    key: DraftKey
    booking: int
    part: str
    amount_cents: int
    subject: str
    lines: tuple[OwedLine, ...]
    percent: int | None = None  # of the price; a deposit by amount has none


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit that was invoiced for a booking, without VAT, less what of it was credited."""

    booking: int
    number: str
    issued_on: date
    vat_regime: VatRegime
    left_cents: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that what is owed depends on, read once for all bookings of a session."""

    bookings: Sequence[BookingView]
    regime: VatRegime
    slots: Mapping[int, list[SlotView]]
    offers: Mapping[str, BilledAs]
    payers: Mapping[int, OrganisationView]
    shares: Mapping[int, list[Share]]
    deposits: Mapping[int, Deposit]
    billed: Mapping[int, list[Billed]]
    came: Mapping[int, Attended]


async def ground(bookings: Sequence[BookingView]) -> Ground:
    """Read it, in a constant number of statements."""
    ids = [b.id for b in bookings]
    shares = await shares_of(ids)
    billed = await _billed(ids)
    payers = {b.organisation for b in bookings}
    payers |= {share.payer for all_of in shares.values() for share in all_of}
    payers |= {item.payer for all_of in billed.values() for item in all_of}
    return Ground(
        bookings=bookings,
        regime=VatRegime((await directory.the_platform()).vat_regime),
        slots=await scheduling.slots(sorted({b.session for b in bookings})),
        offers=await catalogue.billed_as(sorted({b.offer_slug for b in bookings})),
        payers={o.id: o for o in await directory.organisations(sorted(payers))},
        shares=shares,
        deposits={d.booking: d for d in await db.rows(Deposit, _DEPOSITS, ids)},
        billed=billed,
        came={a.booking: a for a in await attendance.attended(ids)},
    )


_DEPOSITS = """
    select k.booking, i.number, i.issued_on, i.vat_regime, i.net_cents - c.net_cents as left_cents
    from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice
    join lateral (
        select coalesce(sum(net_cents), 0)::bigint as net_cents from invoice where corrects = i.id and state = 'issued'
    ) c on true
    where k.booking = any($1) and k.part = 'deposit' and i.state = 'issued'
"""


async def _billed(bookings: Sequence[int]) -> dict[int, list[Billed]]:
    """What of some bookings is issued, by booking, in the order in which it was made billable."""
    sql = """
        select k.id, k.booking, k.payer, k.part, k.amount_cents, l.id as line, i.id as invoice, i.number, i.issued_on,
               l.net_cents - c.net_cents as left_cents
        from billable k join invoice_line l on l.id = k.invoice_line join invoice i on i.id = l.invoice
        join lateral (
            select coalesce(sum(x.net_cents), 0)::bigint as net_cents
            from invoice_line x join invoice n on n.id = x.invoice where x.corrects = l.id and n.state = 'issued'
        ) c on true
        where k.booking = any($1) and i.state = 'issued' order by k.id
    """
    found: dict[int, list[Billed]] = {booking: [] for booking in bookings}
    for item in await db.rows(Billed, sql, list(bookings)):
        found[item.booking].append(item)
    return found


async def shares_of(bookings: Sequence[int]) -> dict[int, list[Share]]:
    """The payers of some bookings, by booking; none where the organisation that booked pays all."""
    sql = """
        select booking, payer, seats, amount_cents, purchase_order, service_code from billing_share
        where booking = any($1) order by id
    """
    found: dict[int, list[Share]] = {booking: [] for booking in bookings}
    for of in await db.rows(_ShareOf, sql, list(bookings)):
        found[of.booking].append(of.share)
    return found


@dataclass(frozen=True, slots=True)
class _ShareOf:
    booking: int
    share: Share


def owed_for(on: Ground, booking: BookingView) -> list[Owed]:
    """What each payer of a booking owes and is not invoiced for; nothing for what is free, or seats nobody filled.

    Nothing either while its payers are to be said anew, or while a deposit of more than the price is to be credited.
    """
    if not split_fits(on, booking):
        return []
    with speaking(SOURCE):  # whoever asks: paper is French
        found = [_owed(on, booking, share, part) for share, part in _parts(on, booking) if part.net_cents]
    return [owed for owed in found if owed is not None]


def _parts(on: Ground, booking: BookingView) -> list[tuple[Share | None, Portion]]:
    """Who pays, and how much of the whole price; nobody for what is free."""
    price, shares = billed_price(on, booking), on.shares[booking.id]
    if price.net_cents == 0:
        return []
    return list(zip(shares, portions(price, shares), strict=True)) if shares else [(None, whole(price))]


def split_fits(on: Ground, booking: BookingView) -> bool:
    """Whether its payers still make the whole: seats may have changed since they were said."""
    return fits(on.shares[booking.id], booking.seats, booking.price_cents)


def over_for(on: Ground, booking: BookingView) -> dict[int, int]:
    """By payer, what is invoiced of a booking above what is owed; of a cancelled one everything.

    Where its payers are to be said anew, all that is invoiced may be too much.
    """
    owed: dict[int, int] = {}
    if booking.state == BookingState.CONFIRMED and split_fits(on, booking):
        parts = _parts(on, booking)
        owed = {share.payer if share else booking.organisation: part.net_cents for share, part in parts}
    return refitting.over(on.billed[booking.id], owed)


def billed_price(on: Ground, booking: BookingView) -> BilledPrice:
    """The seats booked at the deadline, unless the offer bills who came. A flat price does not count heads."""
    per_seat = booking.tariff_mode == TariffMode.PER_SEAT
    heads, net = booking.seats, booking.price_cents
    came = on.came.get(booking.id)
    if waits_for_count(on, booking) and came is not None and came.present is not None:
        heads = came.present
        net = heads * booking.unit_price_cents
    return BilledPrice(heads, booking.unit_price_cents, net, per_seat)


def waits_for_count(on: Ground, booking: BookingView) -> bool:
    """Whether the amount is known only once heads were counted."""
    return booking.tariff_mode == TariffMode.PER_SEAT and on.offers[booking.offer_slug].bill_present


def regime_of(on: Ground, booking: BookingView, payer: OrganisationView) -> VatRegime:
    """The payer's, abroad; else the offer's own, or the platform's. A deposit has said it for its balance too."""
    deposit = on.deposits.get(booking.id)
    if deposit is not None and deposit.left_cents:
        return deposit.vat_regime
    return regime_abroad(payer.vat_abroad) or on.offers[booking.offer_slug].vat_regime or on.regime


def key_of(on: Ground, booking: BookingView, share: Share | None) -> DraftKey:
    """The draft on which a payer's part goes: with the payer's own references, those of the booking when it booked."""
    payer = on.payers[share.payer if share else booking.organisation]
    references = share.references if share else NO_REFERENCES
    if payer.id == booking.organisation:
        references = references.over(booking.references)
    return draft_key(
        payer=payer.id,
        vat_regime=regime_of(on, booking, payer),
        references=references.over(References(service_code=payer.service_code)),
        moment=payer.billing_moment,
        booking=booking.id,
        served_on=_day(on.slots[booking.session][-1].ends_at),
    )


def _owed(on: Ground, booking: BookingView, share: Share | None, portion: Portion) -> Owed | None:
    payer = share.payer if share else booking.organisation
    billed = [item for item in on.billed[booking.id] if item.payer == payer]
    if any(item.part != BillablePart.DEPOSIT for item in billed):
        return _more(on, booking, share, portion, billed)
    deposit = on.deposits.get(booking.id)
    if deposit is not None and deposit.left_cents > portion.net_cents:
        return None
    lines = [service_line(on, booking, share, portion)]
    if deposit is not None and deposit.left_cents:
        lines.append(_taken_off(lines[0], deposit))
    key = key_of(on, booking, share)
    part = BillablePart.BALANCE if deposit is not None else BillablePart.WHOLE
    return Owed(
        key,
        booking.id,
        part,
        sum(line_cents(line.quantity, line.unit_price_cents) for line in lines),
        _subject(key),
        tuple(lines),
    )


def _more(
    on: Ground, booking: BookingView, share: Share | None, portion: Portion, billed: Sequence[Billed]
) -> Owed | None:
    """What is owed above what is invoiced: seats that were added, or a price that rose with them."""
    more = refitting.rest(portion, sum(item.counts_cents for item in billed))
    if more is None:
        return None
    line, key = service_line(on, booking, share, portion), key_of(on, booking, share)
    added = f"{more.quantity} place{'s' if more.quantity > 1 else ''} de plus" if more.unit == PIECE else "Complément"
    before = [item for item in billed if item.counts_cents]
    words = f"{added}, en plus de la facture nº {before[-1].number}" if before else added
    line = replace(
        line,
        detail=f"{line.detail}\n{words}",
        quantity=Decimal(more.quantity),
        unit=more.unit,
        unit_price_cents=more.unit_price_cents,
    )
    part = next_more([item.part for item in billed])
    return Owed(key, booking.id, part, more.net_cents, _subject(key), (line,))


def deposit_for(on: Ground, booking: BookingView, cents: int, percent: int | None) -> Owed:
    """A deposit, as a percentage of the price or as an amount."""
    with speaking(SOURCE):
        line = service_line(on, booking, None, Portion(1, LUMP, cents, cents))
    line = replace(line, description=deposit_words(booking.title, percent))
    key = replace(key_of(on, booking, None), month=None, booking=booking.id)  # it waits for no month's end
    return Owed(key, booking.id, BillablePart.DEPOSIT, cents, "", (line,), percent)


def service_line(on: Ground, booking: BookingView, share: Share | None, portion: Portion) -> OwedLine:
    """The line of a booking, or of one payer's part of it."""
    slots, offer = on.slots[booking.session], on.offers[booking.offer_slug]
    return OwedLine(
        kind=LineKind.SERVICE,
        description=booking.title,
        detail=_detail(booking, slots, share, portion),
        quantity=Decimal(portion.quantity),
        unit=portion.unit,
        unit_price_cents=portion.unit_price_cents,
        served_from=_day(slots[0].starts_at),
        served_until=_day(slots[-1].ends_at),
        booking=booking.id,
        analytic_code=offer.analytic_code,
        sales_account=offer.sales_account,
    )


def _taken_off(service: OwedLine, deposit: Deposit) -> OwedLine:
    """What was invoiced before, as a quantity below zero: a price never is (BR-FR-DEC-03)."""
    return OwedLine(
        kind=LineKind.SERVICE,  # discounts are made by hand
        description=f"Acompte facturé nº {deposit.number} du {short_day(deposit.issued_on)}",
        detail="",
        quantity=Decimal(-1),
        unit=LUMP,
        unit_price_cents=deposit.left_cents,
        served_from=service.served_from,
        served_until=service.served_until,
        booking=service.booking,
        analytic_code=service.analytic_code,
        sales_account=service.sales_account,
    )


def _detail(booking: BookingView, slots: Sequence[SlotView], share: Share | None, portion: Portion) -> str:
    dates = [f"{span(s.starts_at, s.ends_at)}{f', {s.place}' if s.place else ''}" for s in slots]
    people = f"Groupe de {booking.seats} personnes" if booking.seats > 1 else "Une personne"
    words = [*dates, f"{people}, réservation {booking.reference}"]
    if share is not None and share.seats is not None:
        words.append(f"Votre part : {share.seats} sur {booking.seats}")
    elif share is not None:
        words.append(f"Votre part : {euros(portion.net_cents)} sur {euros(booking.price_cents)}")
    return "\n".join(words)


def _subject(key: DraftKey) -> str:
    if key.month is None:
        return ""
    said = month(key.month)
    return f"Séances {'d’' if said[0] in 'ao' else 'de '}{said}"


def _day(instant: datetime) -> date:
    return clock.local(instant).date()
