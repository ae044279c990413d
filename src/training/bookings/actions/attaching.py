"""An organisation that asked to be let in is one that is known: who asked joins it, with what they had asked for.

Locks: the sessions, their bookings, then both organisations (docs/locking.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from training.bookings.actions.booking import confirm
from training.bookings.actions.ending import expire_late
from training.bookings.actions.groups import merge
from training.bookings.actions.locking import LockedBooking, lock_booking
from training.bookings.rules.states import BookingState
from training.bookings.tables import Booking
from training.directory.actions import archiving
from training.directory.actions.contacts import NewContact
from training.directory.rules import organisations as rules
from training.identity.actions.joining import let_in
from training.identity.actions.leaving import hold_roles
from training.identity.rules import ORGANISATION_ROLES, Role
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.rules import BOOKABLE, LockedSession


async def attach(actor: Actor, organisation: int, to: int, role: Role) -> None:
    """Who asked becomes a contact and member of one that is known; what they had asked for is that one's, confirmed.

    It costs what was said, or less by the tariff of the other one; beside a booking that is there it joins it. The
    request is archived for the other one. Conflict: somebody answered already, or nobody can be let in; BookedAlready:
    what the other one has there is to be decided first.
    """
    async with acting(actor, "organisation.attach", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        if role not in ORGANISATION_ROLES:
            raise Invalid(_("Choisissez une réponse."), field="role")
        change.about("organisation", organisation, "state", "see")
        await hold_roles(to)
        asked = await _asked(organisation)
        locked = [await lock_booking(booking) for booking in asked]
        request = next(one for one in await archiving.lock_closing(organisation, to) if one.id == organisation)
        rules.check_attach(request.state)
        if await _asked(organisation) != asked:
            raise Conflict(_("Cette structure vient de changer ses demandes : relisez-les, puis recommencez."))
        await archiving.close_for(organisation, to, by=actor)
        asker = await db.row(_Asker, _ASKER, organisation)
        if asker is None:
            raise Conflict(_("Personne n’a demandé cette inscription : archivez plutôt la structure."))
        known = NewContact(
            asker.name, asker.email, asker.phone, asker.title, role is Role.MANAGER, role is Role.ACCOUNTANT
        )
        await let_in(change, to, asker.account, known, role, told=False)
        contact = int(await db.value("select id from contact where organisation = $1 and lower(email) = lower($2)",
                                     to, asker.email))  # fmt: skip
        for row, session in locked:
            await _move(actor, row, session, to, contact)
        await outbox.put("organisation.attached", ("organisation", organisation))


async def _asked(organisation: int) -> list[int]:
    """What it asked for and may still come, in the order of locks."""
    sql = "select id from booking where organisation = $1 and booking_may_come(state) order by session, id"
    return [record["id"] for record in await db.connection().fetch(sql, organisation)]


async def _move(actor: Actor, row: LockedBooking, session: LockedSession, to: int, contact: int) -> None:
    if await expire_late(row, session):
        return
    ahead = session.state in BOOKABLE and session.starts_at > clock.now()
    async with acting(actor, "booking.move", ("booking", row.id)) as change:
        change.about("booking", row.id, "organisation", "contact")
        if row.state == BookingState.PENDING and ahead and await merge(row, session, by=actor, into=to):
            return
        await Booking.update(
            {Booking.organisation: to, Booking.contact: contact, Booking.updated_at: clock.now()}
        ).where(Booking.id == row.id)
        if row.state == BookingState.PENDING and ahead:
            await confirm(actor, row.id)


@dataclass(frozen=True, slots=True)
class _Asker:
    account: int
    name: str
    email: str
    phone: str | None
    title: str | None


_ASKER = """
    select a.id as account, coalesce(c.name, a.name) as name, a.email, c.phone, c.title
    from membership m join account a on a.id = m.account
    left join contact c on c.organisation = m.organisation and lower(c.email) = lower(a.email)
    where m.organisation = $1 order by m.role = 'manager' desc, m.id limit 1
"""
