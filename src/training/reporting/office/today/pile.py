"""The order of breaking: which of what waits is shown, in which group, and what is only counted. Pure, no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from training.kernel.i18n import N_
from training.reporting.office.today.kinds import PATIENCE, Rest, WaitingKind, rest

MOST = 6  # things of a group, and people of a side, that are shown one by one


class Urgency(StrEnum):
    """When something breaks, or broke."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"


GROUP_NAMES: Mapping[Urgency, str] = {
    Urgency.LATE: N_("En retard"),
    Urgency.SOON: N_("Bientôt"),
    Urgency.LATER: N_("Quand vous voulez"),
}

# What waits for an answer turns late with time; the other kinds are in one group, whatever their age.
AGEING = frozenset({WaitingKind.REQUEST, WaitingKind.ORGANISATION})
_SOON = frozenset(
    {
        WaitingKind.UNMANNED,
        WaitingKind.OPTION,
        WaitingKind.ENGAGEMENT,
        WaitingKind.PAPER,
        WaitingKind.UNPRICED,
        WaitingKind.MAIL_HELD,
        WaitingKind.MAIL_PUT_OFF,
        WaitingKind.TO_CONFIRM,
    }
)
_LATE = frozenset(
    {
        WaitingKind.UNDECIDED,
        WaitingKind.LATE,
        WaitingKind.STUCK,
        WaitingKind.QUIET,
        WaitingKind.MAIL_FAILED,
        WaitingKind.JOB,
        WaitingKind.TO_CONFIRM,
    }
)


def group_of(kind: WaitingKind, since: datetime | None, now: datetime, midnight: datetime) -> Urgency:
    """Where something stands: `since` is when it began to wait, or when it was due; `midnight` began today."""
    if kind in AGEING:
        return Urgency.LATE if since is not None and since <= now - PATIENCE else Urgency.SOON
    if kind is WaitingKind.TO_CONFIRM:  # what ended today is for tonight
        return Urgency.LATE if since is not None and since < midnight else Urgency.SOON
    if kind is WaitingKind.UNPRICED:  # what has begun keeps people from booking
        return Urgency.LATE if since is not None and since <= now else Urgency.SOON
    if kind in _LATE:
        return Urgency.LATE
    return Urgency.SOON if kind in _SOON else Urgency.LATER


class Dated(Protocol):
    """What can be put in order: the oldest, or the first to break, goes first; what has no date goes last."""

    @property
    def kind(self) -> WaitingKind: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def key(self) -> int: ...


D = TypeVar("D", bound=Dated)


def in_order(rows: Iterable[D]) -> list[D]:
    """The same for any order in which they come."""
    kinds = list(WaitingKind)
    return sorted(rows, key=lambda r: (r.at is None, r.at.timestamp() if r.at else 0, kinds.index(r.kind), r.key))


def first_ones(rows: Iterable[D], totals: Mapping[WaitingKind, int], most: int = MOST) -> tuple[list[D], list[Rest]]:
    """The first `most`, and of each kind how many more there are; what has no date stands for all of its kind."""
    ordered = in_order(rows)
    shown = [r for r in ordered if r.at is not None][:most] + [r for r in ordered if r.at is None]
    whole = {r.kind for r in shown if r.at is None}
    seen, read = Counter(r.kind for r in shown), Counter(r.kind for r in ordered)
    left = {kind: max(totals.get(kind, 0), read[kind]) - seen[kind] for kind in WaitingKind if kind not in whole}
    return shown, [rest(kind, n) for kind, n in left.items() if n > 0]


@dataclass(frozen=True, slots=True)
class PileRow:
    """One thing of the pile: when, what and for whom, and the one act. `at` None: a whole kind, in one row."""

    kind: WaitingKind
    group: Urgency
    at: datetime | None
    key: int
    when: str
    note: str
    title: str
    text: str
    href: str
    act: str
    paper: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class PileGroup:
    """What breaks at one time: how many things, those that are shown, and what is only counted."""

    group: Urgency
    number: int
    rows: list[PileRow]
    rest: list[Rest]

    @property
    def name(self) -> str:
        """Its heading, to be translated."""
        return GROUP_NAMES[self.group]


def pile(
    rows: Sequence[PileRow], totals: Mapping[Urgency, Mapping[WaitingKind, int]], most: int = MOST
) -> list[PileGroup]:
    """The groups that hold something, in the order of breaking; `totals`: how many of a kind there are in each."""
    found = []
    for group in Urgency:
        shown, left = first_ones([r for r in rows if r.group is group], totals.get(group, {}), most)
        number = len(shown) + sum(each.number for each in left)
        if number:
            found.append(PileGroup(group, number, shown, left))
    return found
