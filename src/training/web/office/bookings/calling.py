"""A booking for somebody on the telephone: who, which session, how many, found while they wait; then one button."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Template

from training.bookings.actions.booking import NewBooking
from training.bookings.actions.calls import NewCall, take_call
from training.bookings.actions.documents import NewDocument
from training.bookings.rules.documents import DOCUMENT_MAX
from training.bookings.rules.states import ASKED_NAMES, AskedBy
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.numbers import check_email
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel.errors import DomainError, NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.reporting.office import booking as booked_reading
from training.reporting.office import calling as reading
from training.reporting.office.calling import CallAsked, CallPage
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import asked, row_key, whole
from training.web.portal.billing_facts import read_references
from training.web.portal.people import read_people
from training.web.posted import GIVEN_MAX
from training.web.seats import MOST_SEATS

P = Permission
PATH = "/gestion/reservations/nouvelle"
ACT, WAIT = "act", "wait"  # the button that books, and what it says on a full session
FIRST = {"asked_by": AskedBy.PHONE.value, "firm": "1"}


@get(PATH, permission=P.BOOKINGS_MAKE)
async def blank(request: Asked) -> Template:
    """A form with what is known: `?structure=`, `?seance=`, `?modele=`, `?places=`."""
    known = {name: asked(request, name) for name in ("qui", "structure", "seance", "modele", "quoi", "places")}
    return await _page(request, Form.filled({**FIRST, **known}))


@post(PATH, permission=P.BOOKINGS_MAKE, status_code=200, request_max_body_size=GIVEN_MAX, file_max=DOCUMENT_MAX)
async def call(request: Asked) -> Template | Redirect:
    """Look for what was typed, or with the last button book it, once."""
    form = await Form.of(request)
    if other := form.values.pop("autres", ""):  # the other dates of what was chosen
        form.values |= {"modele": other, "seance": ""}
    if ACT not in form.values:
        form.errors.clear()
        return await _page(request, form)
    found = await reading.call_page(the_actor(request), _asked(form))
    new = await read(form, found)
    if new is None:
        return await _page(request, form)
    try:
        booking = await once(request, form, lambda: _take(request, new))
        return go(*await _said(request, booking, found))
    except NotFound:
        raise
    except DomainError as refusal:
        _refuse(form, refusal)
    return await _page(request, form)


async def _take(request: Asked, new: NewCall) -> int:
    return (await take_call(the_actor(request), new)).id


async def _said(request: Asked, booking: int, found: CallPage) -> tuple[str, str]:
    """Where to go, and what was done: who is written to, or has to be called."""
    view = await booked_reading.booking_numbered(the_actor(request).scope, booking)
    seats = ngettext("%(num)d place", "%(num)d places", view.seats) % {"num": view.seats}
    said = _("C’est enregistré : {seats} pour {name}.").format(seats=seats, name=view.organisation_name)
    if view.contact_email:
        said += " " + _("Un courriel part à {name}.").format(name=view.contact_name)
    else:
        said += " " + _("{name} n’a pas de courriel : à prévenir par téléphone.").format(name=view.contact_name)
    return f"/gestion/reservations/{view.reference}", said


def _refuse(form: Form, refusal: DomainError) -> None:
    """Beside what caused it: the domain says "seats", the page « places »."""
    form.refuse(refusal, field="places")
    if "seats" in form.errors:
        form.errors["places"] = form.errors.pop("seats")


def _asked(form: Form) -> CallAsked:
    values = form.values
    kind = values.get("kind", "")
    return CallAsked(
        who=values.get("qui", "").strip()[:100],
        structure=values.get("structure", "").strip()[:100],
        kind=OrganisationKind(kind) if kind in set(OrganisationKind) else None,
        what=values.get("quoi", "").strip()[:100],
        session=row_key(values.get("seance", "")),
        model=row_key(values.get("modele", "")),
        seats=_seats(values.get("places", "").strip()),
    )


def _seats(typed: str) -> int:
    """How many, as the page reckons with them: more than anybody takes are the most, so that it says what is left."""
    many = typed.isascii() and typed.isdigit() and len(typed.lstrip("0")) > len(str(MOST_SEATS))
    return MOST_SEATS if many else min(whole(typed, 10 ** len(str(MOST_SEATS))) or 0, MOST_SEATS)


async def read(form: Form, found: CallPage) -> NewCall | None:
    """What was typed, as a call; None with each mistake in the form, beside what caused it."""
    if found.session is None:
        form.errors["quoi"] = _("Choisissez une séance.")
    seats = form.number("places", least=1, most=MOST_SEATS)
    newcomer, person, contact = _who(form, found)
    how = form.choice("asked_by", AskedBy)
    references, note = read_references(form, found.services), form.lines("note", most=2_000)
    people, document = read_people(form), await _document(form)
    if not form.good or found.session is None or seats is None or how is None or not _same_price(form, found):
        return None
    wanted = NewBooking(
        session=found.session.id,
        organisation=found.chosen.id if found.chosen else 0,
        seats=seats,
        contact=contact,
        references=references,
        note=note,
        participants=people,
        option=form.values.get("firm") == "0",
        accept_price_cents=whole(form.values.get("price", "")),
        had=found.had if form.values[ACT] != WAIT else None,
    )
    return NewCall(wanted, how, newcomer, person, document, waiting=form.values[ACT] == WAIT)


def _who(form: Form, found: CallPage) -> tuple[NewOrganisation | None, NewContact | None, int | None]:
    """Who calls: an organisation made of three fields or none, a person who is new or none, a contact."""
    known = {str(contact.id): contact.id for contact in found.contacts}
    if found.chosen is not None:
        if found.joined or (chosen := form.values.get("contact", "")) in known:
            return None, None, None if found.joined else known[chosen]
        return None, _person(form), None
    if not any(form.values.get(name, "").strip() for name in ("name", "kind", "postcode", "city")):
        form.errors["qui"] = _("Choisissez une structure, ou créez-la.")
        return None, None, None
    kind = form.choice("kind", OrganisationKind)
    name = form.text("name", required=True)
    postcode, city = form.text("postcode", most=10), form.text("city", most=100)
    person = _person(form, named=name)
    new = NewOrganisation(name, kind, None, "", postcode, city) if kind is not None else None
    return new, person, None


def _person(form: Form, *, named: str = "") -> NewContact | None:
    """Who calls; of an organisation that is made now, its own name until somebody asks for theirs."""
    name = form.text("person", required=not named) or named
    email, phone = form.checked("email", check_email), form.text("phone", most=30) or None
    if not email and not phone and "email" not in form.errors:
        form.errors["phone"] = _("Un téléphone ou un courriel : il en faut un pour joindre cette personne.")
    return NewContact(name, email, phone, for_booking=True) if form.good else None


async def _document(form: Form) -> NewDocument | None:
    file = form.files.get("document")
    if file is None or not file.filename:
        return None
    return NewDocument(file.filename, await file.read())


def _same_price(form: Form, found: CallPage) -> bool:
    """Whether the price is the one that was read out: nobody owes an amount that they have not heard."""
    if found.cost is None:
        form.errors["quoi"] = _("Le tarif de cette séance n’est pas encore fixé pour cette structure.")
        return False
    if form.values.get("price", "") == str(found.cost.price_cents):
        return True
    amount = euros(found.cost.price_cents) if found.cost.price_cents else _("zéro euro")
    form.errors[""] = _("Le prix est de {amount} : dites-le, puis réservez.").format(amount=amount)
    return False


async def _page(request: Asked, form: Form) -> Template:
    status = form.status
    found = await reading.call_page(the_actor(request), _asked(form))
    cost = found.cost
    form.values["price"] = "" if cost is None else str(cost.price_cents)
    if found.contacts and form.values.get("contact") not in {"", *(str(c.id) for c in found.contacts)}:
        form.values["contact"] = str(found.contacts[0].id)  # who books there; not one of an organisation chosen before
    return await show(
        request,
        "bookings/calling",
        status,
        form=form,
        seats=_asked(form).seats,
        kinds=[(str(kind), _(name)) for kind, name in KIND_NAMES.items()],
        ways=[(str(way), _(name)) for way, name in ASKED_NAMES.items()],
        people=[*((str(c.id), c.name) for c in found.contacts), ("", _("Quelqu’un d’autre"))],
        **parts(found),
    )


HANDLERS = [blank, call]
