"""A form that asks for another number of seats, read and answered the same way for its people and for the team."""

from __future__ import annotations

from training.bookings.actions.locking import Booked
from training.bookings.actions.resizing import resize
from training.bookings.queries import BookingView
from training.bookings.rules.seats import seats_missing
from training.bookings.rules.who_may import none_kept
from training.kernel.actor import Actor
from training.kernel.errors import DomainError, NotFound, TooMany
from training.kernel.i18n import _, ngettext
from training.kernel.render import euros
from training.reporting.seats import SeatsAsked
from training.web.forms import Form
from training.web.pages import Asked
from training.web.parameters import asked, whole

MOST_SEATS = 1_000  # of one booking: more is a slip of the finger
ANY_NUMBER = 10**12  # what is left says more than a limit
FIELD = "places"


def people_asked(request: Asked, name: str) -> int:
    """For how many people an address asks; 0 where it does not say, or nothing that makes sense."""
    return people_typed(request, name)[0]


def people_typed(request: Asked, name: str) -> tuple[int, Form]:
    """The same, with the form that says beside the field why it is no such number."""
    form = Form.filled({name: asked(request, name)})
    return form.number(name, required=False, least=1, most=MOST_SEATS) or 0, form


def read_seats(form: Form, left: int) -> None:
    """Say now what booking would refuse: not a number of people, or more than are left; of both, what is left."""
    seats = form.number(FIELD, least=1, most=ANY_NUMBER)
    if seats is not None and seats > left:
        form.errors.setdefault(FIELD, seats_missing(left).detail)
    form.number(FIELD, least=1, most=MOST_SEATS)


def looked_at(form: Form) -> int | None:
    """The number that a page is asked to look at; None before anybody typed one, and for what is none."""
    return _number(form) if form.values.get(FIELD) else None


def _number(form: Form) -> int | None:
    seats = form.number(FIELD, least=1, most=MOST_SEATS)
    if form.values.get(FIELD, "").strip() == "0":
        form.errors[FIELD] = none_kept()
    return seats


def say(form: Form, found: SeatsAsked) -> None:
    """Beside the field, before the button: why not that number. It begins with what there is."""
    form.values[FIELD] = form.values.get(FIELD) or str(found.booking.seats)
    if found.closed:
        form.errors.clear()  # the page says it, and has no field
    elif found.seats == found.booking.seats:
        form.errors.setdefault(FIELD, _("C’est le nombre actuel : indiquez-en un autre."))
    elif found.seats is not None and found.wrong:
        _refuse(form, found.wrong)


def _refuse(form: Form, refusal: DomainError) -> None:
    """Put a refusal next to the number: the domain says "seats", addresses and pages « places »."""
    form.refuse(refusal, field="" if isinstance(refusal, TooMany) else FIELD)
    if "seats" in form.errors:
        form.errors.setdefault(FIELD, form.errors.pop("seats"))


async def resized(actor: Actor, view: BookingView, form: Form) -> str | None:
    """Do what the form asks, once; the sentence that says it, or None with the refusal beside the number.

    Sent twice, it is the same number again. Where it changed meanwhile (another tab, a colleague), it is read again.
    """
    seats = _number(form)
    if seats is None:
        return None
    if seats != view.seats and form.values.get("avant") != str(view.seats):
        words = _("Cette réservation a maintenant {n} places : relisez ce que cela change, puis envoyez de nouveau.")
        form.errors[FIELD] = words.format(n=view.seats)
        return None
    try:
        after = await resize(actor, view.id, seats, accept_price_cents=whole(form.values.get("price", "")))
    except NotFound:
        raise
    except DomainError as refusal:
        _refuse(form, refusal)
        return None
    return _said(form, view, after)


def _said(form: Form, view: BookingView, after: Booked) -> str:
    before = whole(form.values.get("avant", "")) or view.seats
    words = ngettext("%(num)d place au lieu de %(before)d.", "%(num)d places au lieu de %(before)d.", after.seats)
    words %= {"num": after.seats, "before": before}
    if after.price_cents == view.price_cents:
        return words
    return words + " " + _("Le prix est maintenant de {amount}.").format(amount=euros(after.price_cents))
