"""Letters to invented people: those of the preview, and the turns that each occasion can take.

`python tests/mail_samples.py FOLDER` writes them all there, to look at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.demo import letters
from training.directory.queries import PlatformView
from training.directory.rules.organisations import Buyer, OrganisationState
from training.kernel import clock, settings
from training.messages.actions.outgoing import Letter, write
from training.scheduling.queries import SlotView
from training.scheduling.rules import SessionState

NOW = datetime(2027, 2, 2, 13, 0, tzinfo=UTC)  # the sample session is then on Tuesday 9 March 2027
NASTY = 'L’Étoile d\'à côté & <script>alert("1")</script>, ' + "communauté de communes de très longue mémoire " * 2

C = BookingState.CONFIRMED


def elsewhere(slots: list[SlotView]) -> list[SlotView]:
    """The last date somewhere else."""
    other = {"venue": "Médiathèque d’Alençon, salle d’étude", "address": "2 cour de la Dentelle", "postcode": "61000"}
    return [*slots[:-1], replace(slots[-1], city="Alençon", access="Ascenseur à l’accueil.", **other)]


def nowhere(slots: list[SlotView]) -> list[SlotView]:
    """The place is not known yet."""
    unknown = {"venue": None, "address": None, "postcode": None, "city": None, "access": None}
    return [replace(slot, **unknown) for slot in slots]


def _booking(occasion: str, state: BookingState = C, total: int = 1, method: str | None = None, **changes) -> Letter:
    return letters.booking_letter(occasion, letters.booking(state, **changes), letters.slots(total), method)


def _called_off(total: int = 1) -> Letter:
    changes = {"cancelled_by": "platform", "fell": True, "cancel_reason": "Alerte météo : verglas."}
    return _booking("booking_cancelled", BookingState.CANCELLED, total, "CANCEL", **changes)


def _free(occasion: str) -> Letter:
    changes = {"tariff_mode": TariffMode.FREE, "unit_price_cents": 0, "price_cents": 0, "reference_cents": 35_000}
    return _booking(occasion, C, 1, "REQUEST", **changes)


def _resized(seats: int, *, issued: bool) -> Letter:
    changes = {"tariff_mode": TariffMode.PER_SEAT, "unit_price_cents": 800, "price_cents": 800 * seats, "seats": seats}
    return letters.resized_letter("booking_resized", letters.booking(C, **changes), 5, 4_000, issued=issued)


def _added() -> Letter:
    found = _resized(8, issued=False)
    return replace(found, context={**found.context, "change": replace(found.context["change"], added=True)})


def _per_seat(seats: int) -> Letter:
    changes = {"tariff_mode": TariffMode.PER_SEAT, "unit_price_cents": 800, "price_cents": 800 * seats, "seats": seats}
    return _booking("booking_confirmed", C, 1, "REQUEST", **changes)


def _places(move: Callable[[list[SlotView]], list[SlotView]]) -> Letter:
    return letters.booking_letter("booking_confirmed", letters.booking(C), move(letters.slots(3)), "REQUEST")


def _assignment(occasion: str, state: SessionState, total: int, method: str, reason: str | None = None) -> Letter:
    return letters.assignment_letter(occasion, letters.session(state, reason), letters.slots(total), method)


def _taxed_invoice() -> Letter:
    view = letters.invoice(Buyer.COMPANY, vat_cents=7_000, gross_cents=42_000)
    return letters.invoice_letter(replace(view, served_from=view.served_from - timedelta(weeks=2)))


def _access_changed() -> Letter:
    given = letters.sample("access_given")[0]
    return replace(given, context={**given.context, "was": "Conseil"})


TURNS: dict[str, Callable[[], Letter]] = {
    "confirmed-three-dates": lambda: _booking("booking_confirmed", C, 3, "REQUEST"),
    "confirmed-two-places": lambda: _places(elsewhere),
    "confirmed-no-place-yet": lambda: _places(nowhere),
    "confirmed-free": lambda: _free("booking_confirmed"),
    "confirmed-per-seat": lambda: _per_seat(12),
    "confirmed-one-seat": lambda: _per_seat(1),
    "confirmed-without-calendar": lambda: _booking("booking_confirmed"),
    "confirmed-some-named": lambda: _booking("booking_confirmed", C, 1, "PUBLISH", named=3),
    "confirmed-all-named": lambda: _booking("booking_confirmed", C, 1, "REQUEST", named=40),
    "resized-less-invoiced": lambda: _resized(2, issued=True),
    "resized-more-invoiced": lambda: _resized(8, issued=True),
    "resized-flat": lambda: letters.resized_letter("booking_resized", letters.booking(C), 30, 35_000),
    "resized-option": lambda: letters.resized_letter(
        "booking_resized", letters.booking(BookingState.OPTION, expires_at=NOW + timedelta(days=3)), 30, 35_000
    ),
    "resized-waiting": lambda: letters.resized_letter(
        "booking_resized", letters.booking(BookingState.WAITING), 30, 35_000
    ),
    "resized-added": _added,
    "resized-request-grew": lambda: letters.resized_letter(
        "staff_resized", letters.booking(BookingState.PENDING), 30, 35_000
    ),
    "cancelled-called-off": _called_off,
    "cancelled-called-off-three-dates": lambda: _called_off(3),
    "cancelled-by-us": lambda: _booking("booking_cancelled", BookingState.CANCELLED, cancelled_by="platform"),
    "further-date-cancelled": lambda: _booking("further_date", BookingState.CANCELLED, 3, "CANCEL"),
    "assignment-three-dates": lambda: _assignment("assignment_confirmed", SessionState.PUBLISHED, 3, "REQUEST"),
    "assignment-called-off": lambda: _assignment(
        "assignment_cancelled", SessionState.CANCELLED, 3, "CANCEL", "Verglas."
    ),
    "invoice-association": lambda: letters.invoice_letter(letters.invoice(Buyer.ASSOCIATION)),
    "lacking-three-numbers": lambda: letters.lacking_letter(
        letters.invoice(number=None), "siret", "service", "engagement"
    ),
    "invoice-taxed-three-weeks": _taxed_invoice,
    "access-changed": _access_changed,
    "organisation-without-siret": lambda: letters.organisation_letter(
        "staff_organisation", replace(letters.organisation(OrganisationState.PENDING), siret=None)
    ),
}


def every() -> dict[str, tuple[Letter, PlatformView]]:
    """Each letter by name."""
    return {name: letters.sample(name) for name in letters.OCCASIONS} | {
        name: (make(), letters.platform()) for name, make in TURNS.items()
    }


def main(folder: Path) -> None:
    """Write them where a browser can open them."""
    settings.use(settings.load({"DATA_DIR": str(folder), "SECRET_KEY": "sample" * 8}))
    folder.mkdir(parents=True, exist_ok=True)
    with clock.frozen(NOW):
        for name, (letter, platform) in every().items():
            written = write(letter, platform)
            (folder / f"{name}.html").write_text(written.html)
            (folder / f"{name}.txt").write_text(f"{written.subject}\n\n{written.text}")
            print(f"{len(written.subject):3}  {name:34}{written.subject}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
