"""What programs send: the bodies of their requests, checked whole so that every mistake is named at once."""

from __future__ import annotations

import itertools
import types
import typing
from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.exceptions import SerializationException
from msgspec import Meta, Struct

from training.kernel.characters import hidden, hidden_said
from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _
from training.web.api.problems import NotJson

BIGINT = 2**63 - 1  # PostgreSQL's
PARTICIPANTS = 500
BODY_MAX = 800_000  # bytes: as many names, each letter escaped
UNKNOWN_MAX = 20  # fields that do not exist, named in one answer

_Session = Annotated[
    int,
    Meta(ge=1, le=BIGINT, description="L’identifiant de la séance, donné par `GET /sessions`.", examples=[42]),
]
_Seats = Annotated[int, Meta(ge=1, description="Le nombre de places.", examples=[40])]
_PurchaseOrder = Annotated[
    str,
    Meta(max_length=50, description="Le numéro d’engagement d’un acheteur public.", examples=["EJ-118"]),
]
_ServiceCode = Annotated[
    str,
    Meta(max_length=100, description="Le service exécutant (Chorus Pro).", examples=["SOCIAL"]),
]
_AcceptPrice = Annotated[
    int,
    Meta(
        ge=0,
        le=BIGINT,
        description="Le prix total accepté, en centimes nets ; s’il est dépassé, 409 `price-risen` et `price_cents`.",
        examples=[35_000],
    ),
]
_Note = Annotated[
    str,
    Meta(max_length=2_000, description="Ce que l’équipe doit savoir.", examples=["Entrée par la cour."]),
]
_Option = Annotated[
    bool, Meta(description="Vrai : les places sont gardées sept jours, et restent à confirmer.", examples=[False])
]
_Organisation = Annotated[
    str,
    Meta(
        max_length=200,
        description="Avec une clé de la plateforme : la structure qui réserve, par son nom court ou son SIRET.",
        examples=["commune-d-exemple"],
    ),
]
_Name = Annotated[str, Meta(min_length=1, max_length=200, description="Son nom.", examples=["Camille Exemple"])]
_Email = Annotated[str, Meta(max_length=200, description="Son adresse, pour lui écrire.", examples=["c@example.org"])]
_Reason = Annotated[str, Meta(max_length=400, description="Pourquoi.", examples=["Effectif trop bas."])]
_EarlyReason = Annotated[
    str,
    Meta(
        max_length=400,
        description="Pourquoi la séance est marquée comme réalisée avant sa fin (administrateurs seulement).",
        examples=["Fin anticipée."],
    ),
]


class NewParticipant(Struct, frozen=True, forbid_unknown_fields=True):
    """Une personne inscrite."""

    name: _Name
    email: _Email | None = None


_Participants = Annotated[
    list[NewParticipant],
    Meta(max_length=PARTICIPANTS, description="Les personnes déjà connues, pas plus que de places."),
]


class NewBooking(Struct, frozen=True, forbid_unknown_fields=True):
    """Des places dans une séance ; les noms peuvent venir plus tard."""

    session: _Session
    seats: _Seats
    purchase_order: _PurchaseOrder | None = None
    service_code: _ServiceCode | None = None
    note: _Note | None = None
    participants: _Participants | None = None
    option: _Option | None = None
    accept_price_cents: _AcceptPrice | None = None
    organisation: _Organisation | None = None


class Seats(Struct, frozen=True, forbid_unknown_fields=True):
    """Le nombre de places, en tout."""

    seats: _Seats
    accept_price_cents: _AcceptPrice | None = None


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """Une séance a eu lieu."""

    early_reason: _EarlyReason | None = None


class Cancellation(Struct, frozen=True, forbid_unknown_fields=True):
    """Des places rendues."""

    reason: _Reason | None = None


def checked(shape: type[Struct]) -> Callable[[Request[Any, Any, Any]], Awaitable[None]]:
    """What Litestar runs before the handler: NotJson, or Invalid with all the fields that are wrong.

    Litestar would coerce "40" to 40, and name only the first mistake, in English.
    """

    async def before(request: Request[Any, Any, Any]) -> None:
        try:
            body = await request.json()
        except (SerializationException, UnicodeDecodeError, RecursionError):
            raise NotJson(_("Le corps de la demande n’est pas du JSON.")) from None
        if body is None and not await request.body():
            body = {}
        try:
            msgspec.convert(body, shape)
        except msgspec.ValidationError as error:
            raise Invalid(dict(_mistakes(shape, body, "")) or {"": str(error)}) from None
        if unseen := dict(_unseen(body, "")):
            raise Invalid(unseen)

    return before


def _unseen(value: object, path: str) -> Iterator[tuple[str, str]]:
    """(field, sentence) for every text with a character that nobody sees."""
    if isinstance(value, str):
        if character := hidden(value):
            yield path, hidden_said(character)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unseen(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unseen(inner, f"{path}[{index}]")


def _mistakes(wanted: Any, value: object, path: str) -> Iterator[tuple[str, str]]:
    """(field, sentence) for everything in `value` that is not as `wanted` says."""
    plain = typing.get_args(wanted)[0] if typing.get_origin(wanted) is Annotated else wanted
    if typing.get_origin(plain) in (types.UnionType, typing.Union):
        if value is not None:
            yield from _mistakes(typing.get_args(plain)[0], value, path)
    elif isinstance(plain, type) and issubclass(plain, Struct) and isinstance(value, dict):
        yield from _members(plain, value, path + "." if path else "")
    elif typing.get_origin(plain) is list and isinstance(value, list) and len(value) <= PARTICIPANTS:
        for index, item in enumerate(value):
            yield from _mistakes(typing.get_args(plain)[0], item, f"{path}[{index}]")
    else:
        try:
            msgspec.convert(value, wanted)
        except msgspec.ValidationError:
            yield path, _say(wanted, plain)


def _members(shape: type[Struct], value: dict[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    fields = {field.name: field for field in msgspec.structs.fields(shape)}
    for name in itertools.islice((name for name in value if name not in fields), UNKNOWN_MAX):
        yield prefix + name[:80], _("Ce champ n’existe pas.")
    for name, field in fields.items():
        if name in value:
            yield from _mistakes(field.type, value[name], prefix + name)
        elif field.required:
            yield prefix + name, _("Ce champ est obligatoire.")


_SAY = {
    int: N_("Un nombre entier, 1 ou plus."),
    bool: N_("Vrai ou faux : true ou false."),
}


def _say(wanted: Any, plain: Any) -> str:
    if plain is int and any(meta.ge == 0 for meta in wanted.__metadata__):
        return _("Un nombre entier, 0 ou plus.")
    if plain in _SAY:
        return _(_SAY[plain])
    if plain is str:
        (meta,) = wanted.__metadata__
        if meta.min_length:
            return _("Un texte de 1 à {most} caractères.").format(most=meta.max_length)
        return _("Un texte de {most} caractères au plus.").format(most=meta.max_length)
    if typing.get_origin(plain) is list:
        return _("Une liste de {most} éléments au plus.").format(most=PARTICIPANTS)
    return _("Un objet JSON : {…}.")
