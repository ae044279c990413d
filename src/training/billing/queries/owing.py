"""What bookings owe and to whom it is billed, worked out but not written: drafts are made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from training.attendance import queries as attendance
from training.attendance.queries import Attended
from training.billing.rules.grouping import BillablePart, DraftKey, draft_key
from training.billing.rules.sharing import LUMP, BilledPrice, Portion, Share, portions, whole
from training.bookings.queries import BookingView
from training.catalogue import queries as catalogue
from training.catalogue.queries import BilledAs
from training.catalogue.rules import TariffMode
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
    part: BillablePart
    amount_cents: int
    subject: str
    lines: tuple[OwedLine, ...]


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
    came: Mapping[int, Attended]


async def ground(bookings: Sequence[BookingView]) -> Ground:
    """Read it, in a constant number of statements."""
    ids = [b.id for b in bookings]
    shares = await shares_of(ids)
    payers = {b.organisation for b in bookings} | {s.payer for all_of in shares.values() for s in all_of}
    return Ground(
        bookings=bookings,
        regime=VatRegime((await directory.the_platform()).vat_regime),
        slots=await scheduling.slots(sorted({b.session for b in bookings})),
        offers=await catalogue.billed_as(sorted({b.offer_slug for b in bookings})),
        payers={o.id: o for o in await directory.organisations(sorted(payers))},
        shares=shares,
        deposits={d.booking: d for d in await db.rows(Deposit, _DEPOSITS, ids)},
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
    """What each payer of a booking owes; nothing for what is free, or for seats that nobody filled."""
    price = billed_price(on, booking)
    if price.net_cents == 0:
        return []
    shares: Sequence[Share | None] = on.shares[booking.id] or [None]
    parts = portions(price, on.shares[booking.id]) if on.shares[booking.id] else [whole(price)]
    with speaking(SOURCE):  # whoever asks: paper is French
        return [_owed(on, booking, share, part) for share, part in zip(shares, parts, strict=True) if part.net_cents]


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
        return VatRegime(deposit.vat_regime)
    return regime_abroad(payer.vat_abroad) or VatRegime(on.offers[booking.offer_slug].vat_regime or on.regime)


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


def _owed(on: Ground, booking: BookingView, share: Share | None, portion: Portion) -> Owed:
    deposit = on.deposits.get(booking.id)
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
