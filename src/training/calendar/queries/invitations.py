"""Who is to have a slot in their calendar now, and what each address was last sent about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.calendar.rules import Answer, InviteeRole, Told
from training.kernel import db


@dataclass(frozen=True, slots=True)
class Invitee:
    """An address that should have a slot in its calendar, by the strongest reason that it has.

    `id` is the reason's row: the assignment, the booking (of a contact or of a participant), the venue.
    """

    slot: int
    email: str  # as its owner writes it
    name: str
    locale: str
    role: InviteeRole
    id: int
    facilitator: int | None
    organisation: int | None


# Of several reasons the strongest: what a facilitator must know is more than what a contact must.
_INVITED = """
    select distinct on (t.id, lower(x.email))
           t.id as slot, x.email, x.name, x.locale, x.role, x.id, x.facilitator, x.organisation
    from slot t
    join session s on s.id = t.session and s.state in ('published', 'confirmed', 'held')
    join lateral (
        select 1 as rank, 'facilitator' as role, f.email, f.name, f.locale, a.id, f.id as facilitator,
               null::bigint as organisation
        from assignment a join facilitator f on f.id = a.facilitator
        where a.slot = t.id and a.state = 'confirmed'
        union all
        select 2, 'contact', c.email, c.name, c.locale, b.id, null, b.organisation
        from booking b join contact c on c.id = b.contact
        where b.session = s.id and b.state = 'confirmed' and c.email is not null
        union all
        select 3, 'participant', p.email, p.name, c.locale, b.id, null, b.organisation
        from booking b join participant p on p.booking = b.id join contact c on c.id = b.contact
        where b.session = s.id and b.state = 'confirmed' and b.invite_participants and p.email is not null
        union all
        select 4, 'host', v.contact_email, coalesce(v.contact_name, v.name), 'fr', v.id, null, null
        from venue_use u join venue v on v.id = u.venue
        where u.slot = t.id and v.contact_email is not null
          and exists (select from booking b where b.session = s.id and b.state = 'confirmed')
    ) x on true
    where {which}
    order by t.id, lower(x.email), x.rank, x.id
"""


async def invited(session: int) -> list[Invitee]:
    """Everybody who should have the slots of a session in their calendar, in one statement."""
    return await db.rows(Invitee, _INVITED.format(which="t.session = $1"), session)


async def invitee(slot: int, email: str) -> Invitee | None:
    """The same of one address and slot; None when there is no reason (any more)."""
    return await db.row(Invitee, _INVITED.format(which="t.id = $1 and lower(x.email) = lower($2)"), slot, email)


@dataclass(frozen=True, slots=True)
class LastSent:
    """What an address was last sent about a slot, and what it answered."""

    id: int
    slot: int
    email: str
    role: InviteeRole
    method: str
    sequence: int
    digest: bytes
    told_starts_at: datetime
    told_ends_at: datetime
    told_place: str
    told_title: str | None
    told_access: str | None
    told_seats: int | None
    organizer: str | None
    locale: str | None
    answer: Answer | None
    answered_at: datetime | None
    generation: int
    sent_at: datetime

    @property
    def told(self) -> Told:
        """What they were told."""
        return Told(
            self.told_starts_at, self.told_ends_at, self.told_place, self.told_title, self.told_access, self.told_seats
        )


_TOLD = f"select {', '.join(f'i.{name}' for name in LastSent.__slots__)} from invitation i"


async def told(slot: int, email: str) -> LastSent | None:
    """The last word to one address about one slot, its row locked."""
    # in lower case by Python, as it was written: what the database's lower() does depends on its locale
    return await db.row(LastSent, _TOLD + " where i.slot = $1 and i.email = $2 for update", slot, email.lower())


async def invitation(id: int) -> LastSent | None:  # noqa: A002
    """An invitation by id, as its links name it."""
    return await db.row(LastSent, _TOLD + " where i.id = $1", id)


async def told_of(session: int) -> list[LastSent]:
    """What every address was last sent about the slots of a session."""
    return await db.rows(LastSent, _TOLD + " join slot t on t.id = i.slot where t.session = $1 order by i.id", session)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an address answered about a date of a session; `answer` None: nothing so far.

    `booking` is that of a contact or a participant. Who declined to facilitate is here too, though invited no more.
    """

    slot: int
    email: str
    name: str
    role: InviteeRole
    booking: int | None
    answer: Answer | None
    answered_at: datetime | None
    invitation: int | None = None  # what was sent to them, where something was


async def answers(session: int) -> list[Answered]:
    """Everybody who is invited to a session or answered about it, by date and name, in one statement."""
    sql = f"""
        select coalesce(q.slot, i.slot) as slot, coalesce(q.email, i.email) as email, coalesce(q.name, f.name, i.email)
               as name, coalesce(q.role, i.role) as role,
               case when q.role in ('contact', 'participant') then q.id end as booking, i.answer, i.answered_at,
               case when q.slot is not null then i.id end as invitation
        from ({_INVITED.format(which="t.session = $1")}) q
        full join (
            select n.* from invitation n join slot t on t.id = n.slot where t.session = $1
        ) i on i.slot = q.slot and i.email = lower(q.email)
        left join lateral (
            select f.name from facilitator f where i.role = 'facilitator' and lower(f.email) = i.email limit 1
        ) f on true
        where q.slot is not null or i.answer is not null
        order by (select starts_at from slot where id = coalesce(q.slot, i.slot)), 1,
                 fold(coalesce(q.name, f.name, i.email)), 2
    """
    return await db.rows(Answered, sql, session)
