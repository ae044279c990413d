"""Who waits for whom, in days: those whom we owe an answer, and those who owe us one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from training.kernel import addresses
from training.kernel.i18n import _
from training.kernel.render import day_month, euros
from training.reporting.office.today.counts import Waiting
from training.reporting.office.today.kinds import Rest, WaitingKind
from training.reporting.office.today.pile import MOST, first_ones
from training.reporting.office.today.rows import Found
from training.reporting.office.today.wording import age, row, seats

FOR_US = (WaitingKind.REQUEST, WaitingKind.ORGANISATION, WaitingKind.MAIL_FAILED)
FOR_THEM = (WaitingKind.MISSION, WaitingKind.OPTION, WaitingKind.ASKED, WaitingKind.LATE)


@dataclass(frozen=True, slots=True)
class WaitingPerson:
    """Somebody who waits, or is waited for: what for, since when, and the page where one acts."""

    kind: WaitingKind
    at: datetime
    key: int
    name: str
    of: str  # for whom they stand; "" when it is themselves
    what: str
    days: str
    href: str
    act: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One direction: the longest wait first, and those who are only counted."""

    people: list[WaitingPerson]
    rest: list[Rest]


def side(
    kinds: Iterable[WaitingKind], found: Iterable[Found], waiting: Waiting, now: datetime, most: int = MOST
) -> Side:
    """Those of some kinds."""
    of = [one for one in found if one.kind in kinds]
    totals: dict[WaitingKind, int] = {}
    for one in of:
        totals[one.kind] = one.whole if one.whole is not None else waiting.of(one.kind)
    return Side(*first_ones([_person(one, now) for one in of], totals, most))


def _person(found: Found, now: datetime) -> WaitingPerson:
    what, href, act = _said(found, now)
    name = found.person or found.who
    of = found.who if found.who != name else ""
    return WaitingPerson(found.kind, found.at, found.id, name, of, what, age(found.at, now), href, act, found.phone)


def _said(found: Found, now: datetime) -> tuple[str, str, str]:
    """What is waited for, the page, the act."""
    match found.kind:
        case WaitingKind.MAIL_FAILED:
            what = _("n’a pas reçu « {subject} »").format(subject=found.title)
            return what, addresses.office_mail(found.id), _("Voir pourquoi")
        case WaitingKind.MISSION:
            what = _("sa réponse pour {title}, le {day}")
            day = day_month(found.starts_at) if found.starts_at else ""
            return what.format(title=found.title, day=day), addresses.office_session(found.id), _("Voir la séance")
        case WaitingKind.ASKED:
            what = _("le numéro demandé pour {amount}").format(amount=euros(found.cents or 0))
            return what, addresses.office_draft(found.id), _("Voir le brouillon")
    shown = row(found, now)
    words: Mapping[WaitingKind, str] = {
        WaitingKind.REQUEST: _("notre réponse pour {seats}").format(seats=seats(found.seats)),
        WaitingKind.ORGANISATION: _("la vérification de son inscription"),
        WaitingKind.OPTION: _("sa confirmation pour {seats}").format(seats=seats(found.seats)),
        WaitingKind.LATE: _("le paiement de {amount}").format(amount=euros(found.cents or 0)),
    }
    return words[found.kind], shown.href, shown.act
