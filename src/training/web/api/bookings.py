"""Bookings and what they lead to: made, read, confirmed, cancelled; and the session said to have been held."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.params import HeaderParameter, JSONBody, PathParameter

from training.attendance.actions import hold_session
from training.bookings import queries
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.actions.booking import NewParticipant, RepeatKey
from training.bookings.actions.resizing import resize
from training.bookings.queries import BookingView
from training.directory import queries as directory
from training.directory.rules.numbers import check_email
from training.kernel.actor import Actor
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.references import References
from training.scheduling.rules import SessionState
from training.web.api import examples, inputs, outputs, paging
from training.web.api.catalogue import Cursor
from training.web.api.inputs import BIGINT, Cancellation, Held, NewBooking, Seats, checked
from training.web.api.outputs import BookingDetail, BookingList, BookingMade, SessionHeld
from training.web.pages import Asked, the_actor

Reference = Annotated[str, PathParameter(description="La référence de la réservation : R-7F3K2QM.")]
SessionId = Annotated[int, PathParameter(description="L’identifiant de la séance.")]

KEY_MAX = 255  # characters of an Idempotency-Key


@post(
    "/bookings",
    permission=Permission.BOOKINGS_MAKE,
    before_request=checked(NewBooking),
    tags=["Réservations"],
    operation_id="createBooking",
    summary="Réserver",
    description=(
        "Confirmée aussitôt pour une structure validée. Une structure a une réservation par séance : une nouvelle "
        "demande y ajoute ses places, au même forfait, et reçoit la même référence avec les nouveaux totaux ; ferme à "
        "côté d’une option, ou l’inverse : 409 `booked-already`, avec `reference`. `Idempotency-Key` : la même demande "
        "renvoyée dans les 24 heures reçoit la même réservation (et l’en-tête `Idempotent-Replayed: true`)."
    ),
    security=examples.WITH_KEY,
    responses=examples.documented(201, "Les places sont prises.", examples.MADE, 403, 404, 409, 422),
)
async def create_booking(
    request: Asked,
    data: JSONBody[NewBooking],
    idempotency_key: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", description="Un texte à vous, unique par demande.")
    ] = None,
) -> Response[BookingMade]:
    """Take seats."""
    actor = the_actor(request)
    booked = await actions.book(actor, await _wanted(actor, data), _repeat_key(actor, idempotency_key))
    headers = {"Location": f"/api/v1/bookings/{booked.reference}"}
    if booked.repeated:
        headers["Idempotent-Replayed"] = "true"
    return Response(outputs.booking_made(booked), headers=headers)


async def _wanted(actor: Actor, data: NewBooking) -> actions.NewBooking:
    return actions.NewBooking(
        session=data.session,
        organisation=await _organisation(actor, data.organisation),
        seats=data.seats,
        references=References(purchase_order=data.purchase_order, service_code=data.service_code),
        note=data.note or "",
        participants=_participants(data.participants or []),
        option=bool(data.option),
        accept_price_cents=data.accept_price_cents,
    )


async def _organisation(actor: Actor, named: str | None) -> int:
    """Whose booking it is: the key's own organisation, or the one that a key of the platform names."""
    if named is None and actor.scope.organisations:
        (own,) = actor.scope.organisations
        return own
    if named is None:
        raise Invalid(_("Dites pour quelle structure : son nom court ou son SIRET."), field="organisation")
    found = await directory.organisation_by_slug_or_siret(named)
    if found is None or not (actor.scope.everything or found.id in actor.scope.organisations):
        raise NotFound(_("Cette structure n’existe pas."))
    return found.id


def _participants(given: list[inputs.NewParticipant]) -> tuple[NewParticipant, ...]:
    errors, known = {}, []
    for index, person in enumerate(given):
        try:
            known.append(NewParticipant(person.name, check_email(person.email) if person.email else None))
        except ValueError as error:
            errors[f"participants[{index}].email"] = str(error)
    if errors:
        raise Invalid(errors)
    return tuple(known)


def _repeat_key(actor: Actor, key: str | None) -> RepeatKey | None:
    if key is None:
        return None
    if not 1 <= len(key) <= KEY_MAX:
        raise Invalid(_("Une clé de 1 à {most} caractères.").format(most=KEY_MAX), field="Idempotency-Key")
    return RepeatKey(f"apikey:{actor.id}", key)


@get(
    "/bookings",
    permission=Permission.BOOKINGS_SEE,
    tags=["Réservations"],
    operation_id="listBookings",
    summary="Les réservations",
    description="Celles de la structure ; toutes, avec une clé de la plateforme.",
    security=examples.WITH_KEY,
    responses=examples.documented(200, "Les réservations.", outputs.BookingList([examples.BOOKING], None), 403, 422),
)
async def list_bookings(request: Asked, cursor: Cursor = None) -> BookingList:
    """The bookings in scope, the latest session first."""
    found = await queries.bookings(the_actor(request).scope, after=paging.instant_cursor(cursor), limit=paging.PAGE + 1)
    page, more = paging.split(found)
    after = paging.write_cursor(page[-1].starts_at, page[-1].id) if more else None
    return BookingList([outputs.booking_item(view) for view in page], after)


@get(
    "/bookings/{reference:str}",
    permission=Permission.BOOKINGS_SEE,
    tags=["Réservations"],
    operation_id="getBooking",
    summary="Une réservation",
    security=examples.WITH_KEY,
    responses=examples.documented(200, "La réservation.", examples.BOOKING_DETAIL, 403, 404),
)
async def get_booking(request: Asked, reference: Reference) -> BookingDetail:
    """One booking."""
    return await _detail(await _booking(the_actor(request), reference))


@post(
    "/bookings/{reference:str}/confirm",
    permission=Permission.BOOKINGS_CONFIRM,
    status_code=200,
    tags=["Réservations"],
    operation_id="confirmBooking",
    summary="Confirmer une option ou une demande",
    description=(
        "Au prix qui était dit, ou moins si les tarifs ont baissé. Des places proposées s’ajoutent à la réservation "
        "que la structure a faite entre-temps : c’est elle qui répond."
    ),
    security=examples.WITH_KEY,
    responses=examples.documented(200, "Confirmée.", examples.BOOKING_DETAIL, 403, 404, 409),
)
async def confirm_booking(request: Asked, reference: Reference) -> BookingDetail:
    """Confirm an option."""
    actor = the_actor(request)
    stands = await actions.confirm(actor, (await _booking(actor, reference)).id)
    return await _detail(_there(await queries.booking_by_id(actor.scope, stands)))


@post(
    "/bookings/{reference:str}/cancel",
    permission=Permission.BOOKINGS_CANCEL,
    before_request=checked(Cancellation),
    status_code=200,
    tags=["Réservations"],
    operation_id="cancelBooking",
    summary="Annuler une réservation",
    description="Les places sont rendues, et ceux qui étaient invités prévenus.",
    security=examples.WITH_KEY,
    responses=examples.documented(200, "Annulée.", examples.BOOKING_DETAIL, 403, 404, 409, 422),
)
async def cancel_booking(
    request: Asked, reference: Reference, data: JSONBody[Cancellation | None] = None
) -> BookingDetail:
    """Give the seats back."""
    actor = the_actor(request)
    await ending.cancel(actor, (await _booking(actor, reference)).id, (data.reason if data else None) or "")
    return await _detail(await _booking(actor, reference))


@post(
    "/bookings/{reference:str}/seats",
    permission=Permission.BOOKINGS_MAKE,
    before_request=checked(Seats),
    status_code=200,
    tags=["Réservations"],
    operation_id="resizeBooking",
    summary="Changer le nombre de places",
    description=(
        "`seats` : le nombre de places en tout. Plus : s’il en reste et tant que la séance prend des réservations, au "
        "tarif promis. Moins : tant que la réservation s’annule. Le même nombre ne change rien : la demande se répète "
        "sans risque."
    ),
    security=examples.WITH_KEY,
    responses=examples.documented(200, "C’est changé.", examples.BOOKING_DETAIL, 403, 404, 409, 422),
)
async def resize_booking(request: Asked, reference: Reference, data: JSONBody[Seats]) -> BookingDetail:
    """Another number of seats."""
    actor = the_actor(request)
    booking = (await _booking(actor, reference)).id
    await resize(actor, booking, data.seats, accept_price_cents=data.accept_price_cents)
    return await _detail(await _booking(actor, reference))


@post(
    "/sessions/{session:int}/held",
    permission=Permission.SESSIONS_HOLD,
    before_request=checked(Held),
    status_code=200,
    tags=["Réservations"],
    operation_id="holdSession",
    summary="Dire qu’une séance a eu lieu",
    description=(
        "Clés de la plateforme. Ce qui était réservé devient à facturer. Avant la fin de la dernière date, il faut "
        "`early_reason`, et les droits d’un administrateur."
    ),
    security=examples.WITH_KEY,
    responses=examples.documented(200, "C’est dit.", examples.HELD, 403, 404, 409, 422),
)
async def hold(request: Asked, session: SessionId, data: JSONBody[Held | None] = None) -> SessionHeld:
    """The session took place."""
    if not 0 < session <= BIGINT:
        raise NotFound(_("Cette séance n’existe pas."))
    await hold_session(the_actor(request), session, early_reason=(data.early_reason if data else None) or "")
    return SessionHeld(session, SessionState.HELD)


async def _booking(actor: Actor, reference: str) -> BookingView:
    return _there(await queries.booking(actor.scope, reference))


def _there(found: BookingView | None) -> BookingView:
    if found is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return found


async def _detail(view: BookingView) -> BookingDetail:
    return outputs.booking_detail(view, await queries.participants(view.id))
