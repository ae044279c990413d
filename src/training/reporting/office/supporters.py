"""Partners, and one partner or funder, as the team writes them."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.queries import funding as supporting
from training.catalogue.queries.funding import SupporterView
from training.catalogue.rules.supporters import SupporterKind
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of


@dataclass(frozen=True, slots=True)
class OfficeSupporters:
    """The partners, those that are archived last."""

    supporters: list[SupporterView]


async def supporters_page() -> OfficeSupporters:
    """What the page of supporters shows, in one statement."""
    return OfficeSupporters(await supporting.supporters_kept(SupporterKind.PARTNER))


@dataclass(frozen=True, slots=True)
class OfficeSupporter:
    """One partner or funder, with what was edited of it."""

    supporter: SupporterView
    seen: int
    edits: list[EditShown]


async def supporter_page(id: int, kind: SupporterKind) -> OfficeSupporter:  # noqa: A002
    """One of a kind, in three statements; NotFound when there is none."""
    seen = await records.last_change("supporter", id)
    found = await supporting.supporter(id)
    if found is None or found.kind != kind:
        raise NotFound(_("Ce soutien n’existe pas."))
    return OfficeSupporter(found, seen, await edits_of("supporter", id))
