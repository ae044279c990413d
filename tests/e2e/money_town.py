"""Make (once) what the stories of money begin with in DATABASE_URL, and print where they begin and how staff come in.

A platform that reads its invoices before they leave, a town hall that has not booked yet, and an association that has.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import makers
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.directory.rules.organisations import OrganisationKind
from training.identity.actions import signin
from training.kernel import clock, db, migrate, settings
from training.kernel.actor import SYSTEM
from training.worker import drain

ASSOCIATION_SIRET = "00009997800017"  # a test number that Luhn accepts


async def made() -> dict[str, int]:
    """Fill the database; the two sessions."""
    await makers.make_platform(issue_without_look=False)
    await makers.make_organisation()
    association = await makers.make_organisation(
        "Les Essayeurs", kind=OrganisationKind.ASSOCIATION, siret=ASSOCIATION_SIRET, domain="essayeurs.example.org"
    )
    offer, venue = await makers.make_offer(), await makers.make_venue()
    facilitator = await makers.make_facilitator()
    await makers.make_staff()
    found = {}
    for days, who in enumerate(("town_hall", "association"), 20):
        start = clock.at(clock.today() + timedelta(days=days), time(9))
        found[who] = await makers.make_session(offer, starts_at=start, venue=venue, facilitators=(facilitator,))
    await bookings.book(SYSTEM, NewBooking(found["association"], association, 12))
    await drain()
    return {f"{who}_session": session for who, session in found.items()}


async def main() -> None:
    settings.use(settings.load())
    async with db.connected(os.environ["DATABASE_URL"], size=2):
        await migrate.migrate()
        for name, value in (await made()).items():
            print(f"{name}={value}")
        token = await signin.open_door(SYSTEM, "equipe@example.org")
        print(f"staff_link={settings.current().base_url}/connexion/lien/{token}")


asyncio.run(main())
