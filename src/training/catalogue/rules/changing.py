"""What a change of tariff makes of an offer's tariffs: from a day on, and never before it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from training.catalogue.rules.grid import DAY, Kind
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.render import day_year, euros

AMOUNT_MOST = 10_000_000  # cents: no workshop costs more; a comma that was forgotten does
YEARS_AHEAD = 10  # a year mistyped is further away


@dataclass(frozen=True, slots=True)
class Priced:
    """A price as staff set it, net. `worth_cents`: what a free session is worth, for funders."""

    mode: TariffMode
    amount_cents: int
    worth_cents: int | None = None


def priced(mode: TariffMode, amount_cents: int, worth_cents: int | None) -> Priced:
    """A price of nothing is free, and only what is free says what it is worth."""
    if mode == TariffMode.FREE or not amount_cents:
        return Priced(TariffMode.FREE, 0, worth_cents or None)
    return Priced(mode, amount_cents)


@dataclass(frozen=True, slots=True)
class TariffChange:
    """From `since` on these kinds pay `price`; None: no price of their own any more.

    `until` None: until what is planned already. `planned`: from when the tariff was to hold that this corrects.
    """

    kinds: tuple[Kind, ...]
    price: Priced | None
    since: date
    until: date | None = None
    planned: date | None = None


def check_change(change: TariffChange, tariffs: Sequence[TariffRow], today: date) -> None:
    """Invalid names the field: nobody, a past or distant day, an end before the beginning, too much.

    Conflict: what was planned holds already, or is planned no more.
    """
    errors = {}
    if not change.kinds:
        errors["kind_others"] = _("Choisissez pour qui.")
    if change.since < today:
        errors["since"] = _("Le passé ne change pas : choisissez aujourd’hui ou un jour à venir.")
    elif change.since.year > today.year + YEARS_AHEAD:
        errors["since"] = _("Cette date est trop lointaine : vérifiez l’année.")
    if change.until is not None and change.until < change.since:
        errors["until"] = _("La fin vient avant le début.")
    price = change.price
    if price is not None and not 0 <= price.amount_cents <= AMOUNT_MOST:
        errors["amount"] = _("Indiquez {most} au plus.").format(most=euros(AMOUNT_MOST))
    if price is not None and not 0 <= (price.worth_cents or 0) <= AMOUNT_MOST:
        errors["worth"] = _("Indiquez {most} au plus.").format(most=euros(AMOUNT_MOST))
    if errors:
        raise Invalid(errors=errors)
    if change.planned is not None:
        check_planned(tariffs, change.kinds, change.planned, today)


def check_planned(tariffs: Iterable[TariffRow], kinds: Sequence[Kind], since: date, today: date) -> None:
    """Conflict unless a tariff of some of these kinds begins on that day, which is still to come."""
    if since <= today:
        raise Conflict(_("Ce tarif a commencé : il ne se retire plus. Donnez-lui une suite, à partir d’aujourd’hui."))
    if not any(t.valid_from == since and t.organisation_kind in kinds for t in tariffs):
        raise Conflict(_("Ce tarif n’est plus prévu : quelqu’un l’a changé entre-temps."))


def check_apart(tariffs: Iterable[TariffRow]) -> None:
    """Invalid when two tariffs of one kind hold on one day: which of them would it be?"""
    ordered = sorted(tariffs, key=lambda t: (t.organisation_kind or "", t.valid_from))
    for one, next_ in pairwise(ordered):
        same = one.organisation_kind == next_.organisation_kind
        if same and (one.valid_until is None or one.valid_until >= next_.valid_from):
            words = _("Deux tarifs se chevauchent à partir du {day}.")
            raise Invalid(words.format(day=day_year(next_.valid_from)), field="since")


def changed(tariffs: Iterable[TariffRow], change: TariffChange) -> tuple[TariffRow, ...]:
    """Every tariff of the offer once it is changed: what held before `since` ends the day before.

    What is planned later stays, unless an end is said: up to it everything gives way, and what held then goes on.
    """
    rows = tuple(tariffs)
    if change.planned is not None:
        rows = withdrawn(rows, change.kinds, change.planned)
    for kind in change.kinds:
        its = [row for row in rows if row.organisation_kind == kind]
        others = tuple(row for row in rows if row.organisation_kind != kind)
        rows = (*others, *_joined(_overlaid(its, kind, change)))
    return rows


def _overlaid(rows: Sequence[TariffRow], kind: Kind, change: TariffChange) -> list[TariffRow]:
    later = min((row.valid_from for row in rows if row.valid_from > change.since), default=None)
    end = change.until or (later and later - DAY)
    kept = []
    for row in rows:
        if row.valid_from < change.since:
            before = change.since - DAY
            kept.append(replace(row, valid_until=min(before, row.valid_until) if row.valid_until else before))
        if end is not None and (row.valid_until is None or row.valid_until > end):
            kept.append(replace(row, valid_from=max(row.valid_from, end + DAY)))
    if price := change.price:
        kept.append(TariffRow(kind, price.mode, price.amount_cents, price.worth_cents, change.since, end))
    return kept


def _joined(rows: Sequence[TariffRow]) -> list[TariffRow]:
    """The same, what costs as much the day after being one."""
    found: list[TariffRow] = []
    for row in sorted(rows, key=lambda row: row.valid_from):
        last = found[-1] if found else None
        if last and last.valid_until == row.valid_from - DAY and price_of(last) == price_of(row):
            found[-1] = replace(last, valid_until=row.valid_until)
        else:
            found.append(row)
    return found


def withdrawn(tariffs: Iterable[TariffRow], kinds: Sequence[Kind], since: date) -> tuple[TariffRow, ...]:
    """The same without what was to begin on a day for these kinds: what it was to end goes on in its place."""
    rows = tuple(tariffs)
    gone = {t.organisation_kind: t for t in rows if t.valid_from == since and t.organisation_kind in kinds}
    kept = []
    for row in rows:
        taken = gone.get(row.organisation_kind)
        if taken is row:
            continue
        ended = taken is not None and row.valid_until == since - DAY
        kept.append(replace(row, valid_until=taken.valid_until) if taken and ended else row)
    return tuple(kept)


def price_of(row: TariffRow) -> Priced:
    """What a tariff asks, whenever it holds."""
    return Priced(row.mode, row.amount_cents, row.reference_cents)


def priced_said(price: Priced | None) -> str:
    """A price on one line, for lists of changes."""
    if price is None:
        return _("pas de tarif")
    if price.mode == TariffMode.FREE:
        words = _("gratuit, d’une valeur de {worth}") if price.worth_cents else _("gratuit")
        return words.format(worth=euros(price.worth_cents or 0))
    words = _("{amount} par personne") if price.mode == TariffMode.PER_SEAT else _("{amount} pour le groupe")
    return words.format(amount=euros(price.amount_cents))


def kind_said(kind: Kind) -> str:
    """Whose tariff it is, in words."""
    return _("Toutes les autres structures") if kind is None else _(KIND_NAMES[OrganisationKind(kind)])


def kinds_said(kinds: Iterable[Kind]) -> str:
    """Several on one line: the first with its capital."""
    first, *others = [kind_said(kind) for kind in kinds]
    return ", ".join([first, *(name[0].lower() + name[1:] for name in others)])
