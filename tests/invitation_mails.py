"""What invitations were sent to whom, for tests that follow them."""

from __future__ import annotations

from datetime import timedelta

import makers
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.scheduling import queries as scheduling
from training.scheduling.actions.changing import Moved, move_session, tell_of_changes
from training.worker import drain

HOUR = timedelta(hours=1)
CONTACT = "rh@mairie.example.org"


async def later(minutes: float = 2) -> None:
    """It has been quiet since the last change."""
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        await tell_of_changes()
        await drain()


async def said(after: int = 0) -> list[tuple[str, str, str]]:
    """(address, occasion, method) of the mails with a calendar object that came after one."""
    found = [m for m in await mails.mails() if m.id > after and m.calendar_method]
    return sorted((m.to_email, m.occasion, m.calendar_method) for m in found)


async def last_mail() -> int:
    return int(await db.value("select coalesce(max(id), 0) from mail"))


async def objects() -> list[tuple[str, bytes]]:
    rows = await db.connection().fetch("select to_email, calendar from mail where calendar is not null order by id")
    return [(row["to_email"], row["calendar"]) for row in rows]


async def last(email_: str) -> bytes:
    return [content for to, content in await objects() if to.lower() == email_.lower()][-1]


async def moved(town: makers.Town, by: timedelta = HOUR) -> None:
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    await move_session(SYSTEM, town.session, {slot.id: Moved(slot.starts_at + by, slot.ends_at + by, slot.venue_id)})


async def booked_town() -> tuple[makers.Town, int]:
    town = await makers.make_town()
    made = await makers.make_booking(town, 5)
    await drain()
    return town, made.id
