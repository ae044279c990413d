"""A booking, locked as the actions on it need it: the session first, then its row (docs/locking.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.states import BookingState
from training.bookings.rules.who_may import Standing
from training.catalogue.rules.tariffs import Price, TariffMode
from training.kernel import db
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.row_mapping import columns
from training.scheduling.actions import planning as scheduling
from training.scheduling.rules import LockedSession


@dataclass(frozen=True, slots=True)
class Booked:
    """The booking as made, or as it has become. Cents, net."""

    id: int
    reference: str
    state: BookingState
    session: int
    seats: int
    price_cents: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class LockedBooking:
    """A booking's row as it stands, locked."""

    id: int
    reference: str
    session: int
    organisation: int
    state: BookingState
    seats: int
    expires_at: datetime | None
    tariff_mode: TariffMode
    unit_price_cents: int
    price_cents: int
    reference_cents: int | None

    @property
    def price(self) -> Price:
        """What was said that it costs."""
        return Price(self.tariff_mode, self.unit_price_cents, self.price_cents, self.reference_cents)

    @property
    def booked(self) -> Booked:
        """The same, as whoever asked for it is answered."""
        return Booked(self.id, self.reference, self.state, self.session, self.seats, self.price_cents)


LOCKED = ", ".join(columns(LockedBooking))


async def lock_booking(booking: int) -> tuple[LockedBooking, LockedSession]:
    """Lock the booking's session, then the booking."""
    session = await db.value("select session from booking where id = $1", booking)
    if session is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    locked = await scheduling.lock_session(session)
    row = await db.row(LockedBooking, f"select {LOCKED} from booking where id = $1 for update", booking)
    if row is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return row, locked


def standing_of(row: LockedBooking, session: LockedSession) -> Standing:
    """A locked booking, as the rules ask for it."""
    return Standing(row.organisation, row.state, row.expires_at, session.state, session.starts_at)
