"""Who books what in the demonstration: every state a booking can be in, never more seats than there are."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from training.bookings.rules.seats import OPTION_LIFE, REQUEST_LIFE
from training.demo.town.offers import OFFERS, STORY_OFFER
from training.demo.town.organisations import ORGANISATIONS, STORY_ORGANISATION
from training.demo.town.rhythms import RHYTHMS
from training.demo.town.shapes import BookingState, PlannedBooking, PlannedSession
from training.kernel.clock import at, local

STORY_SEATS = 40  # what must stay free for the story, on each coming session of its offer

_OFFER = {offer.slug: offer for offer in OFFERS}
_ORGANISATION = {organisation.slug: organisation for organisation in ORGANISATIONS}
_UNKNOWN = next(organisation.slug for organisation in ORGANISATIONS if organisation.state == "pending")
_TAKERS = {rhythm.offer: rhythm.takers for rhythm in RHYTHMS}

Part = tuple[BookingState, float]  # a state, and the share of the session's seats that it asks for

# What happens around a session that is still to come: each coming open session takes the next of these plots.
_PLOTS: tuple[tuple[Part, ...], ...] = (
    (("confirmed", 0.5), ("option", 0.25)),
    (("confirmed", 0.6), ("confirmed", 1.0), ("waiting", 0.3)),  # the second takes all that is left
    (("pending", 0.4),),
    (("confirmed", 0.4), ("cancelled", 0.3)),
    (("declined", 0.5), ("confirmed", 0.3)),
    (("expired", 0.5), ("option", 0.4)),
    (("confirmed", 0.35),),
    (),
)
# … and around one that was held. But for the waiting, no plot asks for more than the whole, even for a moment.
_MEMORIES: tuple[tuple[Part, ...], ...] = (
    (("confirmed", 0.5), ("confirmed", 0.3)),
    (("confirmed", 0.7),),
    (("cancelled", 0.2), ("confirmed", 0.7)),
    (("confirmed", 0.8),),
    (("expired", 0.3), ("confirmed", 0.7)),
    (("confirmed", 0.6),),
)

_NOTES = (
    "",
    "Deux personnes se déplacent en fauteuil.",
    "",
    "",
    "Nous pouvons apporter le café.",
    "",
    "Le groupe arrive en minibus, vers 8 h 45.",
    "",
    "",
    "Une personne lit peu le français : merci de prévoir des images.",
    "",
)
_REASONS: dict[str, tuple[str, ...]] = {
    "cancelled": ("Trop d’agents en congé cette semaine-là.", "Le groupe a été reporté au trimestre suivant."),
    "declined": ("Le groupe dépasse ce que la salle permet : une séance privée a été proposée.",),
}


@dataclass(slots=True)
class _Book:
    """The bookings so far, numbered, with what each draws at random."""

    today: date
    rng: random.Random
    written: list[PlannedBooking] = field(default_factory=list)

    def write(
        self, session: PlannedSession, organisation: str, seats: int, state: BookingState, reason: str = ""
    ) -> None:
        """Book, at some working hour after the session was published and before it, or before today."""
        number = len(self.written) + 1
        booked = self._moment(session, state)
        public = _ORGANISATION[organisation].buyer == "public"
        self.written.append(
            PlannedBooking(
                key=f"booking-{number:03}",
                session=session.key,
                organisation=organisation,
                seats=seats,
                state=state,
                booked_at=booked,
                settled_at=self._settled(session, state, booked),
                expires_at=booked + OPTION_LIFE if state in ("option", "expired") else None,
                purchase_order=f"BC-{booked.year}-{1000 + 7 * number}" if public and number % 3 else None,
                note=_NOTES[number % len(_NOTES)],
                reason=reason or self._reason(state, number),
            )
        )

    def _moment(self, session: PlannedSession, state: BookingState) -> datetime:
        """Later than the session's bookings before it: who waits came after those who filled it."""
        opened = local(session.published_at or session.created_at).date()
        closed = min(self.today, local(session.cancelled_at or session.starts_at).date())
        day = opened + timedelta(days=self.rng.randint(1, max(1, (closed - opened).days - 9)))
        if state == "option":  # one that still runs: made in the last days
            day = self.today - timedelta(days=self.rng.randint(1, 5))
        if state == "pending":  # the same; the working days that a request lives are more than these
            day = max(day, self.today - timedelta(days=REQUEST_LIFE - 1))
        drawn = at(day, time(self.rng.randint(8, 17), self.rng.randrange(0, 60, 5)))
        last = [before.booked_at for before in self.written if before.session == session.key]
        return max([drawn, *(moment + timedelta(minutes=50) for moment in last)])

    def _settled(self, session: PlannedSession, state: BookingState, booked: datetime) -> datetime | None:
        if state in ("pending", "option", "waiting"):
            return None
        if state == "cancelled" and session.cancelled_at is not None:
            return session.cancelled_at
        if state == "expired":
            return booked + OPTION_LIFE
        return booked + timedelta(days=2 if state in ("cancelled", "declined") else 0)

    def _reason(self, state: BookingState, number: int) -> str:
        sentences = _REASONS.get(state, ("",))
        return sentences[number % len(sentences)]


def _private(book: _Book, session: PlannedSession, organisation: str) -> None:
    """A private session has one client, who fills most of it."""
    state: BookingState = "cancelled" if session.state == "cancelled" else "confirmed"
    seats = max(1, round(session.capacity * book.rng.uniform(0.6, 0.95)))
    book.write(session, organisation, seats, state, session.reason)


def _open(book: _Book, session: PlannedSession, plot: Sequence[Part], takers: Iterator[str]) -> None:
    """Let a plot happen, as far as the seats allow."""
    left = session.capacity
    for (state, share), organisation in zip(plot, takers, strict=False):
        wanted = max(1, round(session.capacity * share * book.rng.uniform(0.85, 1.0)))
        seats = wanted if state == "waiting" else left if share == 1 else min(wanted, left)
        if seats == 0 or (state == "waiting" and session.state == "cancelled"):
            continue
        if state in ("pending", "declined"):  # only who is not known yet is looked at first
            organisation = _UNKNOWN
        left -= 0 if state == "waiting" else seats
        book.write(session, organisation, seats, "cancelled" if session.state == "cancelled" else state, session.reason)


def _story(book: _Book, session: PlannedSession) -> None:
    """Coming sessions of the story's offer: a few are in, not the story's own town hall, and forty seats stay free."""
    others = [slug for slug in _TAKERS[STORY_OFFER] if slug != STORY_ORGANISATION]
    left = session.capacity - STORY_SEATS
    for organisation, most in zip(book.rng.sample(others, 2), (9, 6), strict=True):
        seats = min(left, book.rng.randint(3, most))
        left -= seats
        book.write(session, organisation, seats, "confirmed")


def bookings(sessions: Sequence[PlannedSession], today: date, seed: int) -> list[PlannedBooking]:
    """The bookings of those sessions as they stand on `today`: the same for the same arguments."""
    book = _Book(today, random.Random(seed))  # noqa: S311 (a town, not a secret)
    told = {"past": 0, "coming": 0}
    for session in sessions:
        if session.published_at is None:
            continue
        past = local(session.ends_at).date() < today
        if session.organisation is not None:
            _private(book, session, session.organisation)
        elif session.offer == STORY_OFFER and not past:
            _story(book, session)
        else:
            when, plots = ("past", _MEMORIES) if past else ("coming", _PLOTS)
            takers = _TAKERS[session.offer]
            _open(book, session, plots[told[when] % len(plots)], iter(book.rng.sample(takers, len(takers))))
            told[when] += session.state != "cancelled"
    return book.written
