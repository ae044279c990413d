"""What programs send: bodies, cursors, dates. Checked here, every mistake named; what may be done is not decided here."""

from __future__ import annotations

import base64
import json
import re
import types
import typing
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.exceptions import SerializationException
from msgspec import Meta, Struct

from training.kernel import clock
from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _
from training.web.api.problems import NotJson

BIGINT = 2**63 - 1  # PostgreSQL's
PARTICIPANTS = 500
_TEXT = r"^[^\x00]*$"  # PostgreSQL keeps no U+0000

# `say` is the sentence for whoever got it wrong; the rest is for the documentation.
_Count = Annotated[
    int,
    Meta(ge=1, description="Le nombre de places.", examples=[40], extra={"say": N_("Un nombre entier, 1 ou plus.")}),
]
_Id = Annotated[
    int,
    Meta(
        ge=1,
        le=BIGINT,
        description="L’identifiant de la séance, tel que `GET /sessions` le donne.",
        examples=[42],
        extra={"say": N_("L’identifiant d’une séance : un nombre entier, 1 ou plus.")},
    ),
]
_Flag = Annotated[
    bool,
    Meta(
        description="Vrai : les places sont gardées sept jours, à confirmer.",
        extra={"say": N_("Vrai ou faux : true ou false.")},
    ),
]


def _text(most: int, description: str, example: str) -> Any:
    say = N_("Un texte de {most} caractères au plus.")
    meta = Meta(max_length=most, pattern=_TEXT, description=description, examples=[example])
    return Annotated[str, meta, Meta(extra={"say": say, "most": most})]


class NewParticipant(Struct, frozen=True, forbid_unknown_fields=True):
    """Une personne inscrite."""

    name: _text(200, "Son nom.", "Camille Exemple")  # type: ignore[valid-type]
    email: _text(200, "Son adresse, pour lui écrire.", "camille@example.org") | None = None  # type: ignore[valid-type]


class NewBooking(Struct, frozen=True, forbid_unknown_fields=True):
    """Des places dans une séance ; les noms peuvent venir plus tard."""

    session: _Id
    seats: _Count
    purchase_order: (
        _text(50, "Le numéro d’engagement d’un acheteur public.", "EJ-2030-118") | None  # type: ignore[valid-type]
    ) = None
    service_code: (
        _text(100, "Le code du service exécutant (Chorus Pro).", "MOBILITE") | None  # type: ignore[valid-type]
    ) = None
    note: _text(2_000, "Ce que l’équipe doit savoir.", "Arrivée par la cour.") | None = None  # type: ignore[valid-type]
    participants: Annotated[
        list[NewParticipant],
        Meta(
            max_length=PARTICIPANTS,
            description="Les personnes déjà connues, pas plus que de places.",
            extra={"say": N_("Une liste de personnes, chacune avec un nom (name) et, si vous voulez, email.")},
        ),
    ] | None = None
    option: _Flag | None = None
    organisation: (
        _text(200, "Clé de la plateforme : pour quelle structure (identifiant court ou SIRET).", "commune-d-essai")
        | None  # type: ignore[valid-type]
    ) = None


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """Une séance a eu lieu."""

    early_reason: (
        _text(400, "Pourquoi la dire tenue avant sa fin (administrateurs).", "Fin anticipée")
        | None  # type: ignore[valid-type]
    ) = None


class Cancellation(Struct, frozen=True, forbid_unknown_fields=True):
    """Des places rendues."""

    reason: _text(400, "Pourquoi.", "Trop peu d’inscrits") | None = None  # type: ignore[valid-type]
