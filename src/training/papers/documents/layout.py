"""The letterhead, the parties and the foot that `templates/documents/layout.typ` puts on every paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from training.kernel.countries import printed
from training.kernel.initials import initials
from training.kernel.palette import PAPERS, inks
from training.kernel.pdf import framed
from training.kernel.pictures import shows
from training.papers.documents.figures import grouped, siret
from training.papers.documents.party import Party

FOOT = 150  # characters of a line of the foot: more would leave the page, and is at its head anyway
LOGO = (600, 160)  # the frame of the logo: layout.typ gives it 52.5 × 14 mm
Facts = Iterable[tuple[str, str]]


def sheet(
    *,
    name: str,
    number: str,
    title: str,
    sender: Party,
    receiver: Party,
    receiver_label: str,
    headline: tuple[str, str],
    facts: Facts,
    accent: str,
    dated: str = "",
    subject: str = "",
    talon: dict[str, Any] | None = None,
    logo: bytes | None,
    with_vat: bool = False,
    draft: bool = False,
) -> dict[str, Any]:
    """What `layout.typ` wants of every paper. `headline`: an amount, and what it means. `talon`: a session's stub.

    The heading is what the paper is about, when it is known; its own name and number are above it, or in its place.
    A fact without a value is left out.
    """
    return {
        "title": title,
        "draft": draft,
        **_heading(f"{name} {number}".strip(), dated, subject),
        "talon": talon,
        "colours": _colours(accent),
        # one that cannot be carried, kept before anybody looked, stops no paper: the name stands in its place
        "logo": framed(logo, width=LOGO[0], height=LOGO[1]) if logo and shows(logo) else None,
        "initials": initials(sender.name),
        "sender": _party(sender, with_vat=with_vat),
        "receiver_label": receiver_label,
        "receiver": _party(receiver, with_vat=with_vat),
        "headline": {"amount": headline[0], "text": headline[1]},
        "facts": [[label, value] for label, value in facts if value],
        "footer": _footer(sender, with_vat=with_vat),
    }


def _heading(named: str, dated: str, subject: str) -> dict[str, Any]:
    on = f"du {dated}" if dated else ""
    return {"overline": [named, on] if subject else ["", ""], "heading": subject or named}


def _colours(accent: str) -> dict[str, Any]:
    ink = inks(accent).light
    return {
        "accent": ink.fill,
        "ink": ink.ink,
        "ink_2": ink.ink_2,
        "rule": ink.rule,
        "ream": [paper.light.paper for paper in PAPERS.values()],
    }


def _identity(party: Party, *, with_vat: bool) -> list[str]:
    ids = []
    if party.legal_id:
        ids.append(f"SIREN {grouped(party.legal_id, 3)}")
    if party.siret:
        ids.append(f"SIRET {siret(party.siret)}")
    if with_vat and party.vat_number:
        ids.append(f"TVA {party.vat_number}")
    if party.registration:
        ids.append(f"RNA {party.registration}")
    return ids


def _party(party: Party, *, with_vat: bool) -> dict[str, Any]:
    """Seller or buyer as `person` of layout.typ shows them."""
    place = " ".join(part for part in (party.postcode, party.city) if part)
    foreign = [printed(party.country)] if party.country != "FR" else []
    return {
        "name": party.name,
        "form": party.legal_form,
        "address": [*party.address_lines, *([place] if place else []), *foreign, *_billed_at(party)],
        "ids": _identity(party, with_vat=with_vat),
        "contact": [part for part in (party.contact, party.phone, party.email or "") if part],
    }


def _billed_at(party: Party) -> list[str]:
    lines = [line.strip() for line in party.billing_address.splitlines() if line.strip()]
    return ["Adresse de facturation :", *lines] if lines else []


def declaration(party: Party) -> str:
    """C. trav. art. L6352-12: the number of a training body may be shown with these words, and no others."""
    if not party.training_declaration:
        return ""
    region = f" auprès du préfet de région {party.training_region}" if party.training_region else ""
    return (
        f"Déclaration d’activité enregistrée sous le numéro {party.training_declaration}{region}. "
        "Cet enregistrement ne vaut pas agrément de l’État."
    )


def shorten(text: str, most: int) -> str:
    """The text, or as much of it as there is room for."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _footer(party: Party, *, with_vat: bool) -> list[str]:
    """Who issues the page, at the foot of each sheet."""
    shown = _party(party, with_vat=with_vat)
    name = " · ".join(part for part in (party.name, party.legal_form) if part)
    ids = " · ".join(shown["ids"][1:] or shown["ids"])
    return [shorten(part, FOOT) for part in (f"{name} · {', '.join(shown['address'])}", ids) if part]
