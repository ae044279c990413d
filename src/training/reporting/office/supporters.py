"""Partners and funders as the team writes them."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue import queries as catalogue
from training.catalogue.queries import SupporterView
from training.kernel.errors import NotFound
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class OfficeSupporters:
    """Everybody who stands behind the platform."""

    supporters: list[SupporterView]


async def supporters_page() -> OfficeSupporters:
    """What the page of supporters shows, in one statement."""
    return OfficeSupporters(await catalogue.supporters())


async def supporter_page(id: int) -> SupporterView:  # noqa: A002
    """One supporter, in one statement; NotFound when there is none."""
    found = await catalogue.supporter(id)
    if found is None:
        raise NotFound(_("Ce soutien n’existe pas."))
    return found
