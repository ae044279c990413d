"""Partners and funders as the team writes them."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue import queries as catalogue
from training.catalogue.queries import SupporterView
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of


@dataclass(frozen=True, slots=True)
class OfficeSupporters:
    """Everybody who stands behind the platform; `archived`: whom the home no longer names."""

    supporters: list[SupporterView]
    archived: list[SupporterView]


async def supporters_page() -> OfficeSupporters:
    """What the page of supporters shows, in two statements."""
    return OfficeSupporters(await catalogue.supporters(), await catalogue.supporters(active=False))


@dataclass(frozen=True, slots=True)
class OfficeSupporter:
    """One supporter; None: one who is not written down yet."""

    supporter: SupporterView | None
    seen: int = 0
    edits: tuple[EditShown, ...] = ()


async def supporter_page(id: int) -> OfficeSupporter:  # noqa: A002
    """One supporter, in four statements; NotFound when there is none."""
    seen, found = await records.last_change("supporter", id), await catalogue.supporter(id)
    if found is None:
        raise NotFound(_("Ce soutien n’existe pas."))
    return OfficeSupporter(found, seen, tuple(await edits_of("supporter", id)))
