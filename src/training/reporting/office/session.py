"""One session as the office's pages show it: each page is one value, read by one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from training.attendance import queries as attendance
from training.attendance import rules as attendance_rules
from training.billing.queries import invoices as billing
from training.billing.queries.billed import free_due
from training.billing.queries.drafts import listed as listed_drafts
from training.billing.queries.invoices import InvoiceView
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.bookings.rules.who_may import check_decide
from training.calendar.queries import invitations
from training.calendar.queries.invitations import Answered
from training.catalogue.queries import offers as catalogue
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel import clock, db
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound, allows
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries as records
from training.reporting.office import planning
from training.reporting.office.history import history
from training.reporting.office.notes import NoteShown, notes_of
from training.reporting.office.people.credentials import Concern, concerns
from training.reporting.office.planning import PlanningChoices
from training.reporting.office.unpriced import UnpricedSession, session_unpriced
from training.reporting.timeline import TimelineStep
from training.scheduling import queries as scheduling
from training.scheduling import rules as scheduling_rules
from training.scheduling.queries import AssignmentView, DoorOpener, SessionView, SlotView
from training.scheduling.rules import SessionState

P = Permission
BOOKINGS_MOST = 1_000  # of one session: more than any room holds


@dataclass(frozen=True, slots=True)
class PeopleConcerns:
    """What speaks against those who come, by date, and against the offer's partner: it is said beside their names."""

    people: dict[int, list[Concern]]
    partner: list[Concern]


@dataclass(frozen=True, slots=True)
class OfficeSession:
    """What the page of a session shows. `present` and `invoices` are by booking; `confirmed` are those who come."""

    session: SessionView
    organisation: OrganisationView | None  # whose session it is, when it is private
    slots: list[SlotView]
    openers: dict[int, DoorOpener]
    people: list[AssignmentView]
    against: PeopleConcerns
    answers: list[Answered]
    history: list[TimelineStep]
    bookings: list[BookingView]
    confirmed: list[BookingView]
    undecided: list[BookingView]  # nobody had confirmed them: did they come?
    present: dict[int, int]
    invoices: dict[int, list[InvoiceView]]
    over: bool
    may_publish: bool
    may_hold: bool
    waits_for_its_end: bool  # it is marked as held after its end, and this person may not do so earlier
    may_undo: bool
    may_decide: bool
    bills_present: bool  # per seat, the offer bills who came
    leaves_at: datetime | None  # when the first of its invoices is issued by itself
    would_leave_at: datetime | None  # the same of those that lack something: they wait
    confirms_at: datetime | None  # when its free bookings are confirmed to have been held
    may_change: bool
    may_reinstate: bool  # where it is changed
    may_call_off: bool
    notes: list[NoteShown]  # what was said of it and of its bookings
    unpriced: UnpricedSession | None  # to come, and some who may book have no price that day


async def session_page(actor: Actor, session: int) -> OfficeSession:
    """What the page of a session shows, in twenty-one statements and those of checks; NotFound when there is none."""
    view, now = await _existing(actor.scope, session), clock.now()
    booked, state = await bookings.bookings(actor.scope, session=session, limit=BOOKINGS_MOST), view.state
    invoices = await billing.invoices_of(actor.scope, [b.id for b in booked]) if actor.may(P.INVOICES_SEE) else {}
    bills_present = (await catalogue.billed_as([view.offer_slug]))[view.offer_slug].bill_present
    may_reinstate = scheduling_rules.may_reinstate(actor, session, state, view.starts_at, now)
    present, confirmed = await attendance.head_counts(session), [b for b in booked if b.state == BookingState.CONFIRMED]
    waiting = [b for b in confirmed if not invoices.get(b.id) and (present.get(b.id) or not bills_present)]
    leaving, lacking = await _leaving(actor, view, invoices, waiting)
    past = any(b.past for b in booked)
    return OfficeSession(
        session=view,
        organisation=await directory.organisation(view.organisation) if view.organisation else None,
        **await _planned(view),
        answers=[] if past else await invitations.answers(session),  # of former years nobody was invited
        history=await history(session),
        bookings=booked,
        confirmed=confirmed,
        undecided=[b for b in booked if allows(check_decide, b.standing)],
        present=present,
        invoices=invoices,
        over=view.last_ends_at <= now,
        may_publish=scheduling_rules.may_publish(actor, session, state),
        may_hold=attendance_rules.may_hold(actor, session, state, view.last_ends_at, now),
        waits_for_its_end=attendance_rules.waits_for_its_end(actor, session, state, view.last_ends_at, now),
        may_undo=attendance_rules.may_undo_held(actor, session, state, past=past),
        may_decide=actor.may(P.SESSIONS_HOLD, session=session),
        bills_present=bills_present,
        leaves_at=min(leaving, default=None),
        would_leave_at=min(lacking, default=None),
        confirms_at=await free_due(session) if state == SessionState.HELD else None,
        may_change=scheduling_rules.may_change(actor, session, state) or may_reinstate,
        may_reinstate=may_reinstate,
        may_call_off=scheduling_rules.may_call_off(actor, session, state),
        notes=await notes_of(actor, "session", session),
        unpriced=await session_unpriced(view),
    )


async def _planned(view: SessionView) -> dict[str, Any]:
    """Its dates, who opens their rooms, who delivers them, and what speaks against it."""
    slots, people = (await scheduling.slots([view.id]))[view.id], await scheduling.assignments([view.id])
    openers, against = await scheduling.openers(view.id), await _concerns(view, slots, people)
    return {"slots": slots, "openers": openers, "people": people, "against": against}


OVER = (SessionState.HELD, SessionState.CANCELLED)


def _days(slots: Sequence[SlotView]) -> dict[int, date]:
    """The day of each date, in Paris."""
    return {slot.id: clock.local(slot.starts_at).date() for slot in slots}


async def _concerns(view: SessionView, slots: Sequence[SlotView], people: Sequence[AssignmentView]) -> PeopleConcerns:
    """Of a session that is over, or does not take place, nothing is said."""
    if view.state in OVER:
        return PeopleConcerns({slot.id: [] for slot in slots}, [])
    days = _days(slots)
    partner = await catalogue.partner_of(view.offer)
    asked = (partner, set(days.values())) if partner is not None else None
    told = await concerns({(person.facilitator, days[person.slot]) for person in people}, asked)
    return PeopleConcerns(
        {slot: [c for c in told if c.facilitator and c.on == day] for slot, day in days.items()},
        list({c.href: c for c in told if c.facilitator is None}.values()),
    )


async def _about_to_leave(session: int, unbilled: Sequence[BookingView]) -> list[datetime]:
    """When invoices will leave that are not made yet: right after « réalisée », the worker has not come to them."""
    priced = [b for b in unbilled if b.tariff_mode != TariffMode.FREE]
    held_at = await attendance.held_by_person(session) if priced else None
    if held_at is None:
        return []
    platform = await directory.the_platform()
    if not platform.issue_without_look:
        return []
    delay = timedelta(minutes=platform.issue_delay_minutes)
    leaving = [max(held_at, b.confirmed_at or held_at) + delay for b in priced]
    return [leaves for leaves in leaving if leaves > clock.now()]


async def _leaving(
    actor: Actor, view: SessionView, invoices: dict[int, list[InvoiceView]], unbilled: Sequence[BookingView]
) -> tuple[list[datetime], list[datetime]]:
    """When drafts are issued by themselves; then when those would be that lack something."""
    found = list({i.id: i for each in invoices.values() for i in each if i.issue_at is not None}.values())
    listed = await listed_drafts(found) if found else []
    hours = [(bool(d.missing), d.invoice.issue_at) for d in listed if d.invoice.issue_at is not None]
    leaving, lacking = [at for lacks, at in hours if not lacks], [at for lacks, at in hours if lacks]
    if view.state == SessionState.HELD and not (leaving or lacking) and actor.may(P.INVOICES_SEE):
        leaving = await _about_to_leave(view.id, unbilled)
    return leaving, lacking


@dataclass(frozen=True, slots=True)
class SessionEdited:
    """What changing a session needs: as it stands, and what there is to choose from."""

    session: SessionView
    slots: list[SlotView]
    people: list[AssignmentView]
    choices: PlanningChoices
    concerns: list[Concern]  # what speaks against anybody who could be asked, on its days
    may_change: bool
    may_reinstate: bool
    fallen: int  # bookings that were cancelled with it
    seen: int


async def edit_page(actor: Actor, session: int) -> SessionEdited:
    """The page that changes a session, in thirteen statements at most; NotFound when there is no such session."""
    seen = await records.last_change("session", session)
    view = await _existing(actor.scope, session)
    slots = (await scheduling.slots([session]))[session]
    call_off = await scheduling.call_off_of(session) if view.state == SessionState.CANCELLED else None
    choices, days = await planning.choices(), _days(slots).values()
    return SessionEdited(
        view,
        slots,
        await scheduling.assignments([session]),
        choices,
        await concerns({(person.id, day) for person in choices.facilitators for day in days}),
        may_change=scheduling_rules.may_change(actor, session, view.state),
        may_reinstate=scheduling_rules.may_reinstate(actor, session, view.state, view.starts_at, clock.now()),
        fallen=0 if call_off is None else len(await bookings.fallen(call_off)),
        seen=seen,
    )


@dataclass(frozen=True, slots=True)
class CallOffReach:
    """Whom calling a session off reaches."""

    bookings: int
    seats: int
    contacts: int  # with a mail address; the others are called
    facilitators: int


@dataclass(frozen=True, slots=True)
class CallOffShown:
    """What the page that calls a session off shows. `possible`: it can be, in the state that it is in."""

    session: SessionView
    reach: CallOffReach
    to_call: list[str]
    possible: bool

    @property
    def draft(self) -> bool:
        """It was never published: it is given up."""
        return self.session.state == SessionState.DRAFT


async def call_off_page(scope: Scope, session: int) -> CallOffShown:
    """What calling a session off leads to, in three statements; NotFound when there is no such session."""
    view = await _existing(scope, session)
    reach = await db.row(CallOffReach, _REACH, session)
    assert reach is not None  # noqa: S101 - an aggregate always has a row
    return CallOffShown(view, reach, await to_call(session), allows(scheduling_rules.check_call_off, view.state))


_REACH = """
    select count(*) as bookings, coalesce(sum(b.seats), 0)::int as seats,
           count(distinct b.contact) filter (where c.email is not null) as contacts,
           (select count(distinct a.facilitator) from assignment a join slot t on t.id = a.slot
            where t.session = $1 and assignment_holds(a.state)) as facilitators
    from booking b join contact c on c.id = b.contact
    where b.session = $1 and booking_may_come(b.state)
"""


async def to_call(session: int) -> list[str]:
    """Whom nobody writes to of what changes in a session, for want of an address: their name, telephone, place."""
    sql = """
        select distinct concat_ws(', ', c.name, c.phone) || ' (' || o.name || ')' as said
        from booking b join contact c on c.id = b.contact join organisation o on o.id = b.organisation
        where b.session = $1 and booking_may_come(b.state) and c.email is null order by said
    """
    return [record["said"] for record in await db.connection().fetch(sql, session)]


@dataclass(frozen=True, slots=True)
class HeldUndone:
    """What the page that undoes « réalisée » shows: the invoices that stand in its way, the drafts that go."""

    session: SessionView
    issued: list[InvoiceView]
    drafts: list[InvoiceView]


async def undo_page(actor: Actor, session: int) -> HeldUndone:
    """What undoing « réalisée » leads to, in four statements; NotFound when there is no such session."""
    view = await _existing(actor.scope, session)
    booked = await bookings.bookings(actor.scope, session=session, limit=BOOKINGS_MOST)
    billed = await billing.invoices_of(actor.scope, [b.id for b in booked])
    made = {invoice.id: invoice for each in billed.values() for invoice in each}.values()
    return HeldUndone(view, [i for i in made if i.number], [i for i in made if not i.number])


async def _existing(scope: Scope, session: int) -> SessionView:
    """As the list has it: one of everybody is the team's, a private one also its organisation's."""
    view = await scheduling.session(session)
    if view is None or not scope.sees(view.organisation):
        raise NotFound(_("Cette séance n’existe pas."))
    return view
