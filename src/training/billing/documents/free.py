"""The confirmation of a free session: a value, and its page. Never a number of a series, never an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from training.kernel import pdf
from training.kernel.clock import local
from training.papers.documents.figures import DAYS, day, euros, hour
from training.papers.documents.layout import sheet
from training.papers.documents.party import Party
from training.papers.documents.snapshot import DEFAULT_ACCENT, Snapshot
from training.papers.documents.talon import Talon, stub


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One slot of a session."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeConfirmation(Snapshot):
    """A free session confirmed. It bears no number of the series: nothing is sold (facts: free sessions)."""

    booking: str
    made_on: date
    provider: Party
    beneficiary: Party
    title: str
    detail: str = ""
    occurrences: tuple[Occurrence, ...] = ()
    seats: int = 0
    facilitator: str = ""
    partner: str = ""
    funders: str = ""
    value_cents: int | None = None
    held: bool = False
    notes: tuple[str, ...] = ()
    accent: str = DEFAULT_ACCENT
    session: Talon | None = None
    schema: int = 1


def _times(occurrences: tuple[Occurrence, ...]) -> list[list[str]]:
    """One row a day and place: "mardi 9 mars 2026", "9 h – 12 h, 14 h – 17 h", "Salle des fêtes"."""
    rows = []
    for (on, place), slots in groupby(occurrences, lambda slot: (local(slot.starts_at).date(), slot.place)):
        hours = ", ".join(f"{hour(slot.starts_at)} – {hour(slot.ends_at)}" for slot in slots)
        rows.append([f"{DAYS[on.weekday()]} {day(on)}", hours, place])
    return rows


def data(document: FreeConfirmation, logo: bytes | None = None) -> dict[str, Any]:
    """What `free_confirmation.typ` lays out."""
    value = "" if document.value_cents is None else f"Valeur de la prestation : {euros(document.value_cents)}, offerte."
    of = ("présent", "présents") if document.held else ("place", "places")
    verb = "a été donnée" if document.held else "est réservée"
    return {
        **sheet(
            name="Confirmation",
            number=document.booking,
            title=f"Confirmation {document.booking}",
            sender=document.provider,
            receiver=document.beneficiary,
            receiver_label="Bénéficiaire",
            headline=("Gratuit", f"cette séance {verb} sans frais"),
            facts=(
                ("Date du document", day(document.made_on)),
                ("Réservation", document.booking),
                ("Présents" if document.held else "Places", str(document.seats or "")),
                ("Animation", document.facilitator),
                ("En partenariat avec", document.partner),
                ("Avec le soutien de", document.funders),
            ),
            accent=document.accent,
            dated=day(document.made_on),
            subject=document.title,
            talon=stub(document.session, *of, heading=document.title) if document.session else None,
            logo=logo,
        ),
        "detail": document.detail,
        "times": _times(document.occurrences),
        "value": value,
        "notes": list(document.notes),
        "statement": "Ce document n’est pas une facture : aucune somme n’est due.",
    }


def build(document: FreeConfirmation, logo: bytes | None = None) -> bytes:
    """The PDF."""
    return pdf.compile("free_confirmation.typ", data(document, logo), on=document.made_on)
