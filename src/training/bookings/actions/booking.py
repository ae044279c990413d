"""Seats are booked, confirmed, named. Locks: the session, then the booking (docs/locking.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, astuple, dataclass
from operator import itemgetter

from training.bookings.actions.admissions import note_admission
from training.bookings.actions.groups import GroupBooking, chosen, group_of, merge, told_too
from training.bookings.actions.locking import Booked, lock_booking, standing_of
from training.bookings.actions.resizing import not_too_often, write_seats
from training.bookings.rules import who_may
from training.bookings.rules.prices import check_accepted, promised, resized
from training.bookings.rules.seats import (
    KeyReused,
    check_bookable,
    check_open,
    check_participants,
    check_waiting,
    is_for,
    new_reference,
    option_ends,
    request_ends,
    seats_missing,
)
from training.bookings.rules.states import BookingState, SeatsOrigin
from training.bookings.tables import Booking, Participant, RequestKey
from training.catalogue.actions.publishing import lock_offer
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.offers import check_offered
from training.catalogue.rules.tariffs import Price
from training.directory.actions.locking import LockedOrganisation, hold_current, lock_organisation
from training.directory.rules.organisations import OrganisationState
from training.kernel import clock, db, limits, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.clauses import Clauses
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.references import NO_REFERENCES, References, check_references
from training.records.actions.acting import Change, acting
from training.scheduling.actions import planning as scheduling
from training.scheduling.rules import LockedSession, SessionState

# Nobody who locks the session first can meet this one; it is for doors that will be cut later.
db.refuse("session_seats_within_capacity", lambda: seats_missing(0))
db.refuse("request_key_once", lambda: Conflict(_("Cette demande est déjà en cours de traitement.")))


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """A name, and an address if the organisation wants that person written to."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class NewBooking:
    """Seats by head-count; names may come later. `contact` None: the organisation's own booking contact."""

    session: int
    organisation: int
    seats: int
    contact: int | None = None
    references: References = NO_REFERENCES
    note: str = ""
    participants: tuple[NewParticipant, ...] = ()
    option: bool = False
    accept_price_cents: int | None = None  # the most that it may cost, in all; None: whatever it costs
    had: int | None = None  # the seats that it was said to have there: others by now are asked about; None: they add up


@dataclass(frozen=True, slots=True)
class RepeatKey:
    """What makes the same request twice one booking: a form's own key, or an API's Idempotency-Key."""

    asker: str
    key: str


async def book(actor: Actor, new: NewBooking, key: RepeatKey | None = None, *, called: bool = False) -> Booked:
    """Take seats. Confirmed at once for an approved organisation; `option` holds them for a week.

    What the organisation has there already gets them, at its tariff: one group, one booking.
    `called`: the team books for who calls: once booking online is over, or the offer has left the catalogue, too.
    The same `key` with the same booking returns the first answer; with another one it is KeyReused.
    Invalid, SessionClosed, SessionFull, OfferWithdrawn, PriceRisen, BookedAlready, Forbidden, NotFound.
    """
    async with acting(actor, "booking.make") as change:
        actor.must(Permission.BOOKINGS_MAKE, organisation=new.organisation)
        session = await scheduling.lock_session(new.session)
        if key and (known := await _answered(key, new)):
            change.about("booking", known.id)
            return known
        _check_seen(actor, session, new.organisation)
        called = called and actor.may(Permission.BOOKINGS_MAKE)
        check_offered(await lock_offer(session.offer, share=True), called=called)
        session, group = await group_of(session, new.organisation)
        check_bookable(session, new.organisation, new.seats, clock.now(), late=called)
        organisation = await hold_current(new.organisation)
        state = _first_state(organisation.state, new.option)
        booked = await _join(actor, change, new, session, organisation, chosen(group, state, new.had), state)
        change.about("booking", booked.id)
        if key:
            await _remember(key, new, booked.id)
    return booked


async def wait(actor: Actor, new: NewBooking, *, called: bool = False) -> Booked:
    """Stand on the waiting list of a full session: no seat is held, nothing is owed. `called`: as for `book`."""
    async with acting(actor, "booking.wait") as change:
        actor.must(Permission.BOOKINGS_MAKE, organisation=new.organisation)
        session = await scheduling.lock_session(new.session)
        _check_seen(actor, session, new.organisation)
        called = called and actor.may(Permission.BOOKINGS_MAKE)
        check_offered(await lock_offer(session.offer, share=True), called=called)
        session, group = await group_of(session, new.organisation)
        check_open(session, new.organisation, new.seats, clock.now())
        joined = chosen(group, BookingState.WAITING, new.had)
        check_waiting(session, new.seats + (joined.row.seats if joined else 0))
        if new.seats <= session.seats_left:
            raise Conflict(_("Il reste assez de places : réservez directement."), field="seats")
        organisation = await hold_current(new.organisation)
        booked = await _join(actor, change, new, session, organisation, joined, BookingState.WAITING)
        change.about("booking", booked.id)
    return booked


async def _join(
    actor: Actor,
    change: Change,
    new: NewBooking,
    session: LockedSession,
    organisation: LockedOrganisation,
    joined: GroupBooking | None,
    state: BookingState,
) -> Booked:
    """The seats become a booking, or those of the one that is there."""
    seats = new.seats + (joined.row.seats if joined else 0)
    check_participants([p.name for p in new.participants], new.seats + (joined.unnamed if joined else 0))
    check_references(new.references)
    await not_too_often(new.organisation, organisation.state, by=actor)
    await _strangers(actor, new.organisation, new.participants, set())
    today = await pricing.price_of(session.offer, organisation.kind, session.starts_at, seats)
    cost = resized(joined.row.price, joined.row.seats, seats, today) if joined else today
    if cost is None:
        raise Conflict(_("Le tarif de cette séance n’est pas encore fixé : appelez-nous."))
    check_accepted(new.accept_price_cents, cost)
    if joined is None:
        booked = await _insert(actor, new, session, state, cost)
        await outbox.put(_FIRST_FACT[state], ("booking", booked.id))
        return booked
    await change.edit(Booking, joined.row.id, told_too(joined, new.references, new.note))
    if new.references.given:
        await outbox.put("booking.told_references", ("booking", joined.row.id))
    await _name(joined.row.id, new.participants)
    if new.participants:
        await outbox.put("booking.named", ("booking", joined.row.id))
    return await write_seats(joined.row, seats, cost, SeatsOrigin.ADDED, by=actor)


_FIRST_TERM = {BookingState.OPTION: option_ends, BookingState.PENDING: request_ends}
_FIRST_FACT = {
    BookingState.CONFIRMED: "booking.confirmed",
    BookingState.OPTION: "booking.optioned",
    BookingState.PENDING: "booking.requested",
    BookingState.WAITING: "booking.waiting",
}


async def confirm(actor: Actor, booking: int) -> int:
    """Confirm a request, an option or an offer: it costs what was said then, or less if tariffs went down.

    Answers which booking that is: an offer goes on in what its organisation has booked there by now.
    """
    async with acting(actor, "booking.confirm", ("booking", booking)) as change:
        change.about("booking", booking, "state", "price_cents")
        row, session = await lock_booking(booking)
        actor.must(Permission.BOOKINGS_CONFIRM, organisation=row.organisation)
        team = actor.may(Permission.BOOKINGS_CONFIRM)
        who_may.check_confirm(standing_of(row, session), clock.now(), team=team)
        organisation = await lock_organisation(row.organisation)
        if session.state != SessionState.HELD and session.starts_at > clock.now():  # who came all the same came
            organisation.check_current()
        if row.state == BookingState.OFFERED and (joined := await merge(row, session, by=actor)):
            return joined.id
        today = await pricing.price_of(session.offer, organisation.kind, session.starts_at, row.seats)
        cost = promised(row.price, today)
        await note_admission(row, session)
        await Booking.update(
            {
                Booking.state: BookingState.CONFIRMED,
                Booking.tariff_mode: cost.mode,
                Booking.unit_price_cents: cost.unit_price_cents,
                Booking.price_cents: cost.price_cents,
                Booking.reference_cents: cost.reference_cents,
                Booking.expires_at: None,
                Booking.confirmed_at: clock.now(),
                Booking.updated_at: clock.now(),
            }
        ).where(Booking.id == booking)
        await outbox.put("booking.confirmed", ("booking", booking))
    return booking


async def name_participants(
    actor: Actor,
    booking: int,
    people: tuple[NewParticipant, ...],
    *,
    invite: bool | None = None,
    seen: int | None = None,
) -> None:
    """Say who comes, now that it is known: the list replaces the one before. As many names as seats at the most.

    `invite`: whether those with an address are sent the dates; None leaves it as the organisation wanted it. `seen`: as
    `Change.edit`.
    """
    async with acting(actor, "booking.name-participants", ("booking", booking)) as change:
        change.about("booking", booking, "participants")
        row, session = await lock_booking(booking)
        actor.must(Permission.BOOKINGS_MAKE, organisation=row.organisation)
        who_may.check_name(standing_of(row, session))
        check_participants([p.name for p in people], row.seats)
        gone = await Participant.delete().where(Participant.booking == booking).returning(*_NAMED)
        gone.sort(key=itemgetter("id"))
        change.edited("participants", _lines((r["name"], r["email"]) for r in gone), _lines(map(astuple, people)))
        await change.check_seen(seen, {edit.field for edit in change.edits})
        await _strangers(actor, row.organisation, people, {(r["email"] or "").lower() for r in gone})
        await _name(booking, people)
        if invite is not None:
            await change.edit(Booking, booking, {"invite_participants": invite}, seen=seen)
        await outbox.put("booking.named", ("booking", booking))


async def tell_references(actor: Actor, booking: int, told: References, *, seen: int | None = None) -> None:
    """What the invoice will bear, told after booking; billing says until when. An empty answer leaves what is known.

    `seen`: as `Change.edit`.
    """
    async with acting(actor, "booking.tell-references", ("booking", booking)) as change:
        row, session = await lock_booking(booking)
        actor.must(Permission.INVOICES_COMPLETE, organisation=row.organisation)
        check_references(told)
        who_may.check_tell(standing_of(row, session))
        await change.edit(Booking, booking, told.given, seen=seen)


async def confirm_requests_of(actor: Actor, organisation: int) -> None:
    """The organisation was approved: what it had asked for is confirmed, where the session still stands."""
    sql = """
        select b.id from booking b join session s on s.id = b.session
        where b.organisation = $1 and b.state = 'pending' and session_bookable(s.state)
          and s.starts_at > $2 and (b.expires_at is null or b.expires_at > $2)
        order by b.id
    """
    actor.must(Permission.PLATFORM_RUN)
    for record in await db.connection().fetch(sql, organisation, clock.now()):
        await confirm(actor, record["id"])


def _check_seen(actor: Actor, session: LockedSession, organisation: int) -> None:
    """To whom may not see it, another's private session is none, nor is one that was never published."""
    if actor.may(Permission.BOOKINGS_MAKE):  # the team hears why
        return
    if session.state == SessionState.DRAFT or not is_for(session, organisation):
        raise NotFound(_("Cette séance n’existe pas."))


def _first_state(organisation: OrganisationState, option: bool) -> BookingState:
    if organisation == OrganisationState.PENDING:
        return BookingState.PENDING
    return BookingState.OPTION if option else BookingState.CONFIRMED


async def _strangers(
    actor: Actor, organisation: int, people: tuple[NewParticipant, ...], known: Collection[str]
) -> None:
    """Whoever is named with an address may be written to: so many a day."""
    fresh = {person.email.lower() for person in people if person.email} - set(known)
    if fresh and not actor.may(Permission.BOOKINGS_MAKE):
        await limits.take(limits.INVITED_PEOPLE, organisation, amount=len(fresh))


async def _insert(actor: Actor, new: NewBooking, session: LockedSession, state: BookingState, cost: Price) -> Booked:
    now = clock.now()
    follows = Clauses("active")
    follows.add("organisation = {}", new.organisation)
    if new.contact is not None:
        follows.add("id = {}", new.contact)
    first = f"select id from contact where {follows} order by for_booking desc, id limit 1"
    contact = await db.value(first, *follows.values)
    if contact is None:
        raise Invalid(_("Indiquez qui suit cette réservation."), field="contact")
    reference = new_reference()
    row = Booking(
        reference=reference,
        session=new.session,
        organisation=new.organisation,
        contact=contact,
        account=actor.id if actor.kind == "user" else None,
        state=state,
        seats=new.seats,
        tariff_mode=cost.mode,
        unit_price_cents=cost.unit_price_cents,
        price_cents=cost.price_cents,
        reference_cents=cost.reference_cents,
        **new.references.ordered,
        note=new.note,
        expires_at=_FIRST_TERM[state](session, now) if state in _FIRST_TERM else None,
        created_at=now,
        updated_at=now,
        confirmed_at=now if state == BookingState.CONFIRMED else None,
    )
    booking = int((await Booking.insert(row).returning(Booking.id))[0]["id"])
    await _name(booking, new.participants)
    return Booked(booking, reference, state, new.session, new.seats, cost.price_cents)


_NAMED = (Participant.id, Participant.name, Participant.email)


def _lines(people: Iterable[tuple[str, str | None]]) -> str:
    """A list of participants as what is remembered of an edit says it, and forms show it: one a line."""
    return "\n".join(f"{name.strip()} <{email}>" if email else name.strip() for name, email in people)


async def _name(booking: int, people: tuple[NewParticipant, ...]) -> None:
    if people:
        rows = [Participant(booking=booking, name=p.name.strip(), email=p.email or None) for p in people]
        await Participant.insert(*rows)


async def _answered(key: RepeatKey, new: NewBooking) -> Booked | None:
    sql = """
        select b.id, b.reference, b.state, b.session, b.seats, b.price_cents, true as repeated,
               k.body_sha256 = $3 as same
        from request_key k join booking b on b.id = k.booking where k.asker = $1 and k.key = $2
    """
    known = await db.row(_Known, sql, key.asker, key.key, _digest(new))
    if known is not None and not known.same:
        words = _("Cette demande a déjà été envoyée, avec d’autres réponses : voyez la réservation {reference}.")
        raise KeyReused(words.format(reference=known.booked.reference))
    return None if known is None else known.booked


@dataclass(frozen=True, slots=True)
class _Known:
    same: bool
    booked: Booked


async def _remember(key: RepeatKey, new: NewBooking, booking: int) -> None:
    await RequestKey.insert(
        RequestKey(asker=key.asker, key=key.key, body_sha256=_digest(new), booking=booking, created_at=clock.now())
    )


def _digest(new: NewBooking) -> bytes:
    facts = asdict(new)
    facts |= facts.pop("references")  # flat, as the keys of before know it
    del facts["accept_price_cents"], facts["had"]  # on what condition is no other wish
    del facts["contract_reference"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).digest()


async def forget_request_keys(actor: Actor = SYSTEM) -> None:
    """Keys are kept 24 hours, as the API promises; older ones only cost room."""
    async with acting(actor, "request-keys.forget"):
        actor.must(Permission.PLATFORM_RUN)
        sql = "delete from request_key where created_at < $1::timestamptz - interval '24 hours'"
        await db.execute(sql, clock.now())
