"""What a search shows: of each kind the best few, or of one kind as many as a page holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.kernel import addresses
from training.kernel.actor import Actor
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.search.every import KINDS
from training.reporting.office.search.finding import Hits, find
from training.reporting.office.search.kind import SearchAnswer, SearchKind

BEST = 5  # of each kind
MOST = 50  # of one kind alone


@dataclass(frozen=True, slots=True)
class FoundOfKind:
    """What was found of a kind. `more`: how many others there are; `at_least`: more than that, nobody counted them.

    `href`: where they are.
    """

    name: str
    title: str
    answers: tuple[SearchAnswer, ...]
    more: int
    at_least: bool
    href: str


@dataclass(frozen=True, slots=True)
class Instead:
    """What one may want to do who found nothing."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found. `kind`: the one that it is narrowed to, "" for all."""

    typed: str
    kind: str
    groups: tuple[FoundOfKind, ...]
    whole: str  # the search of all kinds
    instead: tuple[Instead, ...]


async def search_page(actor: Actor, text: str, kind: str = "") -> SearchPage:
    """What somebody may see of what a text means: three to twelve statements, and one for each kind that is found."""
    allowed = {k.name: k for k in KINDS if actor.may(k.permission)}
    kind = kind if kind in allowed else ""
    asked = {kind: allowed[kind]} if kind else allowed
    found = await find(text, list(asked), MOST if kind else BEST) if text else {}
    groups = [await _group(actor, text, asked[name], hits) for name, hits in found.items()]
    shown = tuple(group for group in groups if group.answers)
    return SearchPage(text, kind, shown, addresses.office_search(text), _instead(actor, text))


def _instead(actor: Actor, text: str) -> tuple[Instead, ...]:
    ways = (
        (Permission.BOOKINGS_MAKE, Instead(addresses.office_new_booking(text), _("Nouvelle réservation"))),
        (Permission.INVOICES_PREPARE, Instead(addresses.office_new_organisation(text), _("Nouvelle structure"))),
    )
    return tuple(way for permission, way in ways if actor.may(permission))


async def _group(actor: Actor, text: str, kind: SearchKind, hits: Hits) -> FoundOfKind:
    known = await kind.answers(actor.scope, list(hits.subjects))
    answers = (known[subject] for subject in hits.subjects if subject in known)
    shown = tuple(replace(answer, href=kind.page(answer.key)) for answer in answers)
    more = max(0, hits.count - len(hits.subjects))
    return FoundOfKind(kind.name, _(kind.title), shown, more, hits.most, addresses.office_search(text, kind.name))
