"""A free session that was held: its confirmation, with what it is worth. Never a number, never an invoice."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta

from training.attendance import queries as attendance
from training.billing.documents import free
from training.billing.documents.free import FreeConfirmation, Occurrence
from training.billing.queries.talons import talon_of_session
from training.billing.tables.invoices import FreeConfirmationPaper
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.catalogue.queries import funding as supporting
from training.directory import queries as directory
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.papers.documents.party import buyer, seller
from training.records import queries as records
from training.records.actions.acting import acting
from training.records.actions.files import keep_file
from training.scheduling import queries as scheduling
from training.scheduling.rules import SessionState


async def confirm_later(free: Collection[int], delay: timedelta) -> None:
    """Of free bookings whose session was held, each is confirmed once: at once without a delay."""
    if delay:
        sql = """
            insert into free_due (booking, due_at) select *, $2 from unnest($1::bigint[]) b
            where not exists (select from free_confirmation f where f.booking = b)
            on conflict (booking) do nothing
        """
        await db.execute(sql, list(free), clock.now() + delay)
        return
    for booking in free:
        await outbox.put("booking.held_free", ("booking", booking))


async def confirm_due(actor: Actor = SYSTEM) -> int:
    """Free confirmations whose time to leave has come: the mistake that was to be undone was none."""
    actor.must(Permission.PLATFORM_RUN)
    due = await db.connection().fetch("select booking from free_due where due_at <= $1 order by id", clock.now())
    for record in due:
        async with acting(actor, "free.due", ("booking", record["booking"])):
            sql = "delete from free_due where booking = $1 and due_at <= $2 returning id"
            if await db.value(sql, record["booking"], clock.now()):
                await outbox.put("booking.held_free", ("booking", record["booking"]))
    return len(due)


async def confirm_free(actor: Actor, booking: int) -> None:
    """Make the confirmation of a free booking, once."""
    async with acting(actor, "free.confirm", ("booking", booking)):
        actor.must(Permission.PLATFORM_RUN)
        if await db.value("select exists (select from free_confirmation where booking = $1)", booking):
            return
        view = await bookings.booking_by_id(SYSTEM.scope, booking)
        if view is None or view.session_state != SessionState.HELD:
            return  # it was undone meanwhile
        platform = await directory.the_platform()
        logo = None if platform.logo is None else await records.file(platform.logo)
        document = await _document(view, platform)
        paper = await asyncio.to_thread(free.build, document, logo.content if logo else None)
        await FreeConfirmationPaper.insert(
            FreeConfirmationPaper(
                booking=booking, paper=await keep_file(paper, "application/pdf"), created_at=clock.now()
            )
        )
        await outbox.put("free.confirmed", ("booking", booking))


async def _document(view: BookingView, platform: directory.PlatformView) -> FreeConfirmation:
    organisation = await directory.organisation(view.organisation)
    assert organisation is not None  # noqa: S101 - a foreign key says so
    slots = (await scheduling.slots([view.session]))[view.session]
    people = await scheduling.assignments([view.session])
    present = (await attendance.head_counts(view.session)).get(view.id, view.seats)
    return FreeConfirmation(
        booking=view.reference,
        made_on=clock.today(),
        provider=seller(platform),
        beneficiary=buyer(organisation, None),
        title=view.title,
        occurrences=tuple(Occurrence(starts_at=s.starts_at, ends_at=s.ends_at, place=s.place) for s in slots),
        seats=present,
        facilitator=", ".join(dict.fromkeys(p.name for p in people)),
        partner=", ".join(dict.fromkeys(p.partner for p in people if p.partner)),
        funders=", ".join(await _funders(view)),
        value_cents=view.reference_cents,
        held=True,
        accent=platform.accent,
        session=await talon_of_session(view.session, present),
    )


async def _funders(view: BookingView) -> list[str]:
    """Who paid for it on its day."""
    session = await scheduling.session(view.session)
    if session is None:
        return []
    day = clock.local(session.starts_at).date()
    return [funding.by.name for funding in (await supporting.funded_on([session.offer], day))[session.offer]]
