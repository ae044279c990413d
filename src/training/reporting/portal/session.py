"""One session as anybody who may see it reads it: when, where, with whom, what it costs them, what else there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import NAMEABLE, is_late
from training.catalogue.queries import funding as supporting
from training.catalogue.queries import tariffs as pricing
from training.catalogue.queries.funding import FundingView
from training.kernel import clock
from training.kernel.actor import Actor, Scope
from training.reporting.portal.prices import PriceLine, PriceSaid, price_said, price_table
from training.reporting.portal.readers import CatalogueReader
from training.reporting.portal.sessions import Filters, PricedSession, sessions
from training.scheduling import queries as scheduling
from training.scheduling.queries import SessionView, SlotView
from training.scheduling.rules import SessionKind, SessionState

SOON = timedelta(days=3)  # before bookings close: it is said


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
    prices: tuple[PriceLine, ...] = ()  # of every kind of organisation
    funders: tuple[FundingView, ...] = ()  # on its day

    @property
    def refusal(self) -> str:
        """Why nobody can book it now: "cancelled", "past", "closed", "withdrawn", "full"; "" when it can be."""
        session, now = self.session, clock.now()
        if session.state == SessionState.CANCELLED:
            return "cancelled"
        if session.state == SessionState.HELD or session.starts_at <= now:
            return "past"
        if session.closes_at <= now:
            return "closed"
        if not session.offered:
            return "withdrawn"
        return "" if session.seats_left > 0 else "full"

    @property
    def closes_soon(self) -> bool:
        """Whoever wants to book it has a few days left."""
        return not self.refusal and self.session.closes_at <= clock.now() + SOON

    @property
    def chosen(self) -> PricedSession:
        """The session as lists show it."""
        return PricedSession(self.session, self.price)


async def session_page(
    actor: Actor | None,
    who: CatalogueReader,
    id: int,  # noqa: A002
    people: int = 0,
) -> SessionShown | None:
    """A session that this person may see: not a draft, not another organisation's. Eight statements at most."""
    session = await scheduling.session(id)
    if session is None or not may_see(actor, session):
        return None
    slots = (await scheduling.slots([id]))[id]
    assigned = await scheduling.assignments([id])
    coming = await sessions(who, Filters(offer=session.offer_slug), limit=6)
    tariffs = (await pricing.tariffs([session.offer]))[session.offer]
    on = clock.local(session.starts_at).date()
    return SessionShown(
        session,
        tuple(slots),
        _bodies(session, [a.partner for a in assigned]),
        price_said(tariffs, who.kinds, on, people or 1),
        tuple(item for item in coming.items if item.session.id != id)[:5],
        await _booked(who, id),
        tuple(price_table(tariffs, on, who.kinds)),
        tuple((await supporting.funded_on([session.offer], on))[session.offer]),
    )


async def _booked(who: CatalogueReader, session: int) -> tuple[BookingView, ...]:
    if not who.organisations:
        return ()
    scope, now = Scope(organisations={id_: frozenset() for id_ in who.ids}), clock.now()
    found = await bookings.bookings(scope, session=session, states=sorted(NAMEABLE))
    return tuple(b for b in found if not is_late(b.state, b.expires_at, now))


def may_see(actor: Actor | None, session: SessionView) -> bool:
    """Whether its page is shown to them: not a draft, one of former years, nor another organisation's."""
    if session.state == SessionState.DRAFT or (session.state == SessionState.HELD and not session.published):
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
