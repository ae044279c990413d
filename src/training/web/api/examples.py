"""What operations answer, as the documentation shows it: one plain example each. Not part of any answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from msgspec import Struct

from training.billing.rules.states import InvoiceState
from training.bookings.rules.states import BookingState
from training.catalogue.rules.offers import OfferKind
from training.catalogue.rules.tariffs import TariffMode
from training.scheduling.rules import SessionKind, SessionState
from training.web.api import offer_outputs, outputs
from training.web.api.problems import MEDIA_TYPE, Problem

WITH_KEY: list[dict[str, list[str]]] = [{"bearer": []}]
ANYBODY: list[dict[str, list[str]]] = [{}, {"bearer": []}]  # the key is optional

_SITE = "https://formations.example.org"
_STARTS, _ENDS = datetime(2030, 3, 12, 8, 0, tzinfo=UTC), datetime(2030, 3, 12, 11, 0, tzinfo=UTC)
_NOW = datetime(2030, 2, 1, 9, 30, tzinfo=UTC)
_TITLE = "Cuisiner à plusieurs"
_FILES = f"{_SITE}/api/v1/invoices/F2030-00012"

OFFER = offer_outputs.OfferItem(
    "cuisiner", _TITLE, "Préparer un repas ensemble.", OfferKind.AWARENESS, "Cuisine", 180, 6, 60, None,
    TariffMode.FLAT, 35_000, outputs.CURRENCY, f"{_SITE}/catalogue/cuisiner",
)  # fmt: skip
OFFER_DETAIL = offer_outputs.OfferDetail(
    **msgspec.structs.asdict(OFFER),
    description="Une **demi-journée** aux fourneaux.",
    objectives=["Composer un menu"],
    audience="Agents",
    prerequisites="Aucun",
    programme=[offer_outputs.OfferProgrammeStep("Choisir son menu", 30, "Avec ce qu’il y a au marché.")],
    host_provides=["Une cuisine", "Douze tabliers"],
    equipment=["Les ingrédients"],
    accessibility="Plan de travail réglable.",
)
SESSION = outputs.SessionItem(
    42, "cuisiner", _TITLE, SessionKind.OPEN, SessionState.PUBLISHED, _STARTS, _ENDS, 1,
    "Salle des fêtes, Exempleville", 60, 52, TariffMode.FLAT, 35_000, 35_000, outputs.CURRENCY, f"{_SITE}/seances/42",
)  # fmt: skip
MADE = outputs.BookingMade("R-7F3K2QM", BookingState.CONFIRMED, 42, 40, 35_000, outputs.CURRENCY)
BOOKING = outputs.BookingItem(
    "R-7F3K2QM", BookingState.CONFIRMED, 42, SessionState.PUBLISHED, "cuisiner", _TITLE, _STARTS,
    "Salle des fêtes, Exempleville", "commune-d-exemple", "Commune d’Exemple", 40, TariffMode.FLAT, 35_000, 35_000,
    outputs.CURRENCY, "EJ-118", "SOCIAL", "", 1, _NOW, None, _NOW, None, None,
)  # fmt: skip
BOOKING_DETAIL = outputs.BookingDetail(
    **msgspec.structs.asdict(BOOKING), participants=[outputs.Participant("Camille Exemple", None)]
)
HELD = outputs.SessionHeld(42, SessionState.HELD)
INVOICE = outputs.InvoiceItem(
    "F2030-00012", "invoice", InvoiceState.ISSUED, date(2030, 3, 12), date(2030, 4, 11), "commune-d-exemple",
    "Commune d’Exemple", _TITLE, "R-7F3K2QM", date(2030, 3, 12), date(2030, 3, 12), 35_000, 0, 35_000,
    35_000, False, outputs.CURRENCY, "EJ-118", "SOCIAL", f"{_FILES}.pdf", f"{_FILES}.xml",
)  # fmt: skip
INVOICE_DETAIL = outputs.InvoiceDetail(
    **msgspec.structs.asdict(INVOICE),
    lines=[outputs.InvoiceLine(_TITLE, "12 mars 2030, 40 places", 1, 35_000, 35_000)],
)
DRAFT = outputs.DraftItem(
    7, "commune-d-exemple", "Commune d’Exemple", _TITLE, "R-7F3K2QM", date(2030, 3, 12), date(2030, 3, 12), 35_000, 0,
    35_000, outputs.CURRENCY,
)  # fmt: skip
ISSUED = outputs.InvoiceIssued("F2030-00012", f"{_FILES}.pdf", f"{_FILES}.xml")


def documented(status: int, description: str, example: Struct, *refusals: int) -> dict[int, ResponseSpec]:
    """The answers of an operation for its OpenAPI description; those that any may give are added."""
    good = ResponseSpec(
        data_container=type(example),
        generate_examples=False,
        description=description,
        examples=[Example(value=msgspec.to_builtins(example))],
    )
    return {status: good, **{refusal: _refusal(refusal) for refusal in sorted({400, 401, 429, *refusals})}}


def _refusal(status: int) -> ResponseSpec:
    description, example = _REFUSALS[status]
    return ResponseSpec(
        data_container=Problem,
        generate_examples=False,
        description=description,
        media_type=MEDIA_TYPE,
        examples=[example],
    )


def _example(status: int, slug: str, title: str, detail: str, **more: Any) -> Example:
    value = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail, **more}
    return Example(summary=title, value=value)


_TWELVE_LEFT = "Il reste 12 places : demandez-en 12 ou moins, ou choisissez une autre date."
_REFUSALS: dict[int, tuple[str, Example]] = {
    400: (
        "La demande n’est pas comprise : son corps n’est pas du JSON.",
        _example(400, "not-json", "Demande refusée", "Le corps de la demande n’est pas du JSON."),
    ),
    401: (
        "Pas de clé, ou une clé inconnue ou révoquée.",
        _example(401, "key-needed", "Demande refusée", "Il faut une clé d’accès en service."),
    ),
    403: (
        "La clé ne permet pas cela.",
        _example(
            403,
            "forbidden",
            "Accès refusé",
            "Vous n’avez pas accès à cette page. Demandez-le à la personne qui gère les accès.",
        ),
    ),
    404: (
        "Cela n’existe pas, ou appartient à une autre structure.",
        _example(404, "not-found", "Introuvable", "Cette réservation n’existe pas."),
    ),
    409: (
        "L’état des choses ne le permet pas (ou plus) : complet, clos, déjà fait.",
        _example(
            409,
            "session-full",
            "Ce n’est pas possible",
            _TWELVE_LEFT,
            errors=[{"field": "seats", "message": _TWELVE_LEFT}],
            seats_left=12,
        ),
    ),
    422: (
        "Une valeur ne va pas ; `errors` les dit toutes.",
        _example(
            422,
            "invalid",
            "À corriger",
            "Un nombre entier, 1 ou plus.",
            errors=[{"field": "seats", "message": "Un nombre entier, 1 ou plus."}],
        ),
    ),
    429: (
        "Trop de demandes : attendre le nombre de secondes de `Retry-After`.",
        _example(429, "too-many-requests", "Un peu trop vite", "Trop de demandes en peu de temps."),
    ),
}
