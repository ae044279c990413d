"""Makers for the tests of staff's pages: who is signed in, and a town whose session is over."""

from __future__ import annotations

import httpx

import makers
from training.attendance.actions import hold_session
from training.bookings.actions import Booked
from training.identity.rules import Role
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.worker import drain


async def staff(client: httpx.AsyncClient, role: Role = Role.ADMINISTRATOR) -> None:
    """Sign somebody of the team in."""
    await makers.make_staff(role=role)
    await makers.sign_in(client, "equipe@example.org")


async def held_town(**platform: object) -> tuple[makers.Town, Booked]:
    """A town whose session was booked and held: its invoice is a draft unless the platform issues without a look."""
    town = await makers.make_town(**platform)
    booked = await makers.make_booking(town, 40)
    await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 37})
        await drain()
    return town, booked
