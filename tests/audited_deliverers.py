"""What is kept of those who deliver in the audited year: what they may, their papers, their days."""

from __future__ import annotations

import makers
from training.catalogue.actions import skills
from training.kernel.actor import SYSTEM


async def equip(town: makers.Town) -> None:
    """What somebody may deliver."""
    await skills.set_deliverers(SYSTEM, town.offer, [town.facilitator])
    await skills.set_skills(SYSTEM, town.facilitator, [])
