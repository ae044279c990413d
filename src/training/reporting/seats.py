"""What another number of seats of a booking leads to: one value, for the page of its people and for the team's."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries import billed, drafts
from training.billing.queries.billed import BilledSoFar
from training.billing.queries.drafts import ShareView
from training.bookings.queries import BookingView
from training.bookings.rules import who_may
from training.bookings.rules.prices import resized
from training.bookings.rules.seats import check_more, check_named, check_waiting
from training.bookings.rules.states import OCCUPYING
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.tariffs import Price
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import DomainError, Forbidden, refusal
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.row_mapping import columns
from training.scheduling import queries as scheduling
from training.scheduling.queries import SessionView
from training.scheduling.rules import LockedSession, SessionFull

P = Permission


@dataclass(frozen=True, slots=True)
class SeatsAsked:
    """A booking, and the number of seats that somebody thinks of. Cents, net."""

    booking: BookingView
    session: SessionView
    seats: int | None  # None: no number yet
    closed: DomainError | None  # why whoever asks cannot change it, whatever the number
    wrong: DomainError | None  # why not to that number
    may_add: bool  # bookings are still open: whether seats are left is another question
    may_give_back: bool
    cost: Price
    billed: BilledSoFar
    shares: tuple[ShareView, ...]

    @property
    def difference(self) -> int:
        """By how much it would cost more, or less (negative)."""
        return self.cost.price_cents - self.booking.price_cents

    @property
    def change(self) -> int:
        """How many seats come, or go (negative); 0 where nothing would change, or nothing may."""
        return 0 if self.seats is None or self.closed or self.wrong else self.seats - self.booking.seats

    @property
    def most(self) -> int:
        """How many seats it can have in all."""
        return self.booking.seats + max(self.session.seats_left, 0)

    @property
    def full(self) -> bool:
        """Whether it is seats that are missing."""
        return isinstance(self.wrong, SessionFull)

    @property
    def to_split(self) -> bool:
        """Whether its several payers would make the whole no more: of the heads, or of the price."""
        by_heads = any(share.seats is not None for share in self.shares)
        return bool(self.shares) and bool(self.cost.price_cents) and bool(self.change if by_heads else self.difference)

    @property
    def written(self) -> bool:
        """Whether people are written to about it: afterwards, who was there knows."""
        return self.session.last_ends_at > clock.now()

    @property
    def over_billed_cents(self) -> int:
        """How much of what was issued would be too much."""
        return max(self.billed.issued_cents - self.cost.price_cents, 0)


async def seats_asked(actor: Actor, view: BookingView, seats: int | None) -> SeatsAsked:
    """What `seats` seats instead of those it has would lead to. Whoever asks sees the booking."""
    session = await scheduling.session(view.session)
    organisation = await directory.organisation(view.organisation)
    assert session is not None  # noqa: S101 - a foreign key says so
    assert organisation is not None  # noqa: S101 - the same
    wanted = view.seats if seats is None else seats
    today = await pricing.price_of(session.offer, organisation.kind, view.starts_at, wanted)
    return SeatsAsked(
        view,
        session,
        seats,
        closed=refusal(_check, actor, view, session, organisation, view.seats),
        wrong=refusal(_check, actor, view, session, organisation, wanted),
        may_add=session.closes_at > clock.now(),
        may_give_back=actor.may(P.BOOKINGS_CANCEL, organisation=view.organisation),
        cost=resized(view.price, view.seats, wanted, today),
        billed=await billed.billed_so_far(view.id),
        shares=tuple(await drafts.shares(view.id)),
    )


def _check(actor: Actor, view: BookingView, session: SessionView, organisation: OrganisationView, seats: int) -> None:
    """What the action would say, before it is asked."""
    now, team = clock.now(), actor.may(P.BOOKINGS_MAKE)
    who_may.check_resize(view.standing, now, before=view.seats, seats=seats, team=team)
    if seats < view.seats:
        _check_giving_back(actor, view)
        check_named(view.named, seats)
    elif seats > view.seats:
        if view.state in OCCUPYING:
            check_more(_as_locked(session), view.organisation, view.seats, seats, now, team=team)
        else:
            check_waiting(_as_locked(session), seats)
        organisation.check_current()


def _check_giving_back(actor: Actor, view: BookingView) -> None:
    if not actor.may(P.BOOKINGS_CANCEL, organisation=view.organisation):
        words = _(
            "Vous pouvez ajouter des places, pas en rendre. "
            "Demandez-le à la personne qui gère cet espace dans votre structure."
        )
        raise Forbidden(words, field="seats")


def _as_locked(session: SessionView) -> LockedSession:
    return LockedSession(**{name: getattr(session, name) for name in columns(LockedSession)})
