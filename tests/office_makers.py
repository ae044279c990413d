"""Makers for the tests of staff's pages: who is signed in, and a town whose session is over."""

from __future__ import annotations

import httpx

import makers
from training.attendance.actions import hold_session
from training.bookings.actions.locking import Booked
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


async def refused(
    client: httpx.AsyncClient, path: str, data: dict[str, object], status: int, *sentences: str
) -> httpx.Response:
    """POST what must be refused with a status, in those words."""
    answer = await makers.post(client, path, data)
    words = makers.text_of(answer.text)
    assert answer.status_code == status, (answer.status_code, words[:400])
    for sentence in sentences:
        assert sentence in words
    return answer


async def done(client: httpx.AsyncClient, path: str, data: dict[str, object] | None = None) -> str:
    """POST what must succeed: where it sends on to."""
    answer = await makers.post(client, path, data)
    assert answer.status_code == 303, makers.text_of(answer.text)[:400]
    return str(answer.headers["location"])
