"""One session as anybody who may see it reads it: when, where, with whom, what it costs them, what else there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import NAMEABLE, is_late
from training.kernel import clock
from training.kernel.actor import Actor, Scope
from training.reporting.portal.prices import PriceSaid
from training.reporting.portal.readers import CatalogueReader
from training.reporting.portal.sessions import Filters, PricedSession, priced, sessions
from training.scheduling import queries as scheduling
from training.scheduling.queries import SessionView, SlotView
from training.scheduling.rules import SessionKind, SessionState


@dataclass(frozen=True, slots=True)
class SessionShown:
    """What the page of a session shows. `delivered_by`: bodies, never persons; empty is the platform's own team.

    `booked`: what the reader's organisations have there and may still come with.
    """

    session: SessionView
    slots: tuple[SlotView, ...]
    delivered_by: tuple[str, ...]
    price: PriceSaid
    others: tuple[PricedSession, ...]
    booked: tuple[BookingView, ...] = ()

    @property
    def refusal(self) -> str:
        """Why nobody can book it now: "cancelled", "past", "closed", "full"; "" when it can be."""
        session, now = self.session, clock.now()
        if session.state == SessionState.CANCELLED:
            return "cancelled"
        if session.state == SessionState.HELD or session.starts_at <= now:
            return "past"
        if session.closes_at <= now:
            return "closed"
        return "" if session.seats_left > 0 else "full"


async def session_page(actor: Actor | None, who: CatalogueReader, id: int) -> SessionShown | None:  # noqa: A002
    """A session that this person may see: not a draft, not another organisation's. Seven statements at most."""
    session = await scheduling.session(id)
    if session is None or not _may_see(actor, session):
        return None
    slots = (await scheduling.slots([id]))[id]
    assigned = await scheduling.assignments([id])
    coming = await sessions(who, Filters(offer=session.offer_slug), limit=6)
    return SessionShown(
        session,
        tuple(slots),
        _bodies(session, [a.partner for a in assigned]),
        (await priced([session], who))[0].price,
        tuple(item for item in coming.items if item.session.id != id)[:5],
        await _booked(who, id),
    )


async def _booked(who: CatalogueReader, session: int) -> tuple[BookingView, ...]:
    if not who.organisations:
        return ()
    scope, now = Scope(organisations={id_: frozenset() for id_ in who.ids}), clock.now()
    found = await bookings.bookings(scope, session=session, states=sorted(NAMEABLE))
    return tuple(b for b in found if not is_late(b.state, b.expires_at, now))


def _may_see(actor: Actor | None, session: SessionView) -> bool:
    if session.state == SessionState.DRAFT:
        return False
    if session.kind != SessionKind.PRIVATE:
        return True
    if actor is None:
        return False
    scope = actor.scope
    return scope.everything or session.organisation in scope.organisations or ("session", session.id) in scope.links


def _bodies(session: SessionView, partners: Sequence[str | None]) -> tuple[str, ...]:
    named = dict.fromkeys(filter(None, partners))
    return tuple(named) or tuple(filter(None, [session.partner]))
