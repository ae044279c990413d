"""What comes in from spreadsheets in the audited year."""

from __future__ import annotations

from training.billing.actions.import_past import import_past
from training.billing.formats import past_sheet
from training.catalogue.actions.importing import import_offers
from training.catalogue.formats import offers_sheet
from training.directory.actions.importing import import_facilitators, import_organisations
from training.directory.formats import facilitators_sheet, organisations_sheet
from training.kernel.actor import SYSTEM
from training.scheduling.actions.importing import import_venues
from training.scheduling.formats import venues_sheet


async def bring() -> None:
    """A line of each."""
    await import_organisations(SYSTEM, organisations_sheet.read(organisations_sheet.example()).whole())
    await import_facilitators(SYSTEM, facilitators_sheet.read(facilitators_sheet.example()).whole())
    await import_venues(SYSTEM, venues_sheet.read(venues_sheet.example()).whole())
    await import_offers(SYSTEM, offers_sheet.read(offers_sheet.example()).whole())
    await import_past(SYSTEM, past_sheet.read(past_sheet.example()).whole())
