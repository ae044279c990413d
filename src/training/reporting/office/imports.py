"""Spreadsheets before they are imported: what each line would do, and what is wrong, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import anyio.to_thread

from training.billing.formats import past_sheet
from training.billing.formats.past_sheet import PastRow
from training.billing.queries.past import past_lines
from training.catalogue.formats import offers_sheet
from training.catalogue.formats.offers_sheet import OfferRow
from training.directory import queries as directory
from training.directory.formats import facilitators_sheet, organisations_sheet
from training.directory.formats.facilitators_sheet import FacilitatorRow
from training.directory.formats.organisations_sheet import OrganisationRow
from training.directory.rules.organisations import KIND_NAMES
from training.kernel import db
from training.kernel.i18n import _
from training.kernel.render import day_year, duration, euros
from training.kernel.sheets import Fault, Reading
from training.scheduling import queries as scheduling
from training.scheduling.formats import venues_sheet
from training.scheduling.formats.venues_sheet import VenueRow

SHOWN = 200  # lines of a preview; the rest is counted


class _Line(Protocol):
    @property
    def line(self) -> int: ...


Row = TypeVar("Row", bound=_Line)


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the file as it was understood; `known`: it is there already, and stays as it is."""

    line: int
    cells: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would do. `faults`: all of them, so that the file is put right at once."""

    heads: tuple[str, ...]
    lines: tuple[LineShown, ...]
    faults: tuple[Fault, ...]
    fresh: int
    known: int
    more: int  # lines that are not shown


async def organisations_preview(content: bytes) -> ImportPreview:
    """Of organisations and their people. Unreadable: no such table."""
    read = await anyio.to_thread.run_sync(organisations_sheet.read, content)
    found = await directory.known_organisations(read.items)
    heads = (_("Nom"), _("Type"), _("SIRET"), _("Lieu"), _("Contact"))
    return _preview(heads, read, found, [row.key for row in read.items], _organisation)


def _preview(
    heads: tuple[str, ...],
    read: Reading[Row],
    found: Sequence[int | None],
    keys: Sequence[object],
    cells: Callable[[Row], tuple[str, ...]],
    faults: Sequence[Fault] = (),
) -> ImportPreview:
    seen: set[object] = set()
    lines, fresh = [], 0
    for row, there, key in zip(read.items, found, keys, strict=True):
        known = there is not None or key in seen
        fresh += not known
        seen.add(key)
        lines.append(LineShown(row.line, cells(row), known))
    shown = tuple(lines[:SHOWN])
    wrong = tuple(sorted((*read.faults, *faults), key=lambda fault: fault.line))
    return ImportPreview(heads, shown, wrong, fresh, len(lines) - fresh, len(lines) - len(shown))


def _organisation(row: OrganisationRow) -> tuple[str, ...]:
    contact = ", ".join(filter(None, (row.contact, row.email, row.phone)))
    return (row.name, _(KIND_NAMES[row.kind]), row.siret or "", f"{row.postcode} {row.city}", contact)


async def facilitators_preview(content: bytes) -> ImportPreview:
    """Of people who deliver; a partner that is none of ours is a fault of its line."""
    read = await anyio.to_thread.run_sync(facilitators_sheet.read, content)
    found = await directory.known_facilitators(read.items)
    partners = await directory.partners_named([row.partner for row in read.items])
    words = _("« {name} » n’est pas un partenaire connu ; écrivez-le d’abord, ou videz la case.")
    strangers = [row for row in read.items if row.partner and row.partner not in partners]
    faults = [Fault(row.line, words.format(name=row.partner)) for row in strangers]
    heads = (_("Nom"), _("Courriel"), _("Téléphone"), _("Partenaire"), _("Communes"))
    return _preview(heads, read, found, [row.email.lower() for row in read.items], _facilitator, faults)


def _facilitator(row: FacilitatorRow) -> tuple[str, ...]:
    return (row.name, row.email, row.phone or "", row.partner, ", ".join(row.area.splitlines()))


async def venues_preview(content: bytes) -> ImportPreview:
    """Of venues."""
    read = await anyio.to_thread.run_sync(venues_sheet.read, content)
    found = await scheduling.known_venues(read.items)
    heads = (_("Nom"), _("Adresse"), _("Lieu"), _("Places"), _("Contact"))
    return _preview(heads, read, found, [row.key for row in read.items], _venue)


def _venue(row: VenueRow) -> tuple[str, ...]:
    contact = ", ".join(filter(None, (row.contact_name, row.contact_phone, row.contact_email)))
    return (row.name, row.address, f"{row.postcode} {row.city}", str(row.capacity), contact)


_TITLED = """
    select (select min(id) from offer where fold(title) = fold(w.title)) as id
    from unnest($1::text[]) with ordinality w(title, n) order by w.n
"""


async def offers_preview(content: bytes) -> ImportPreview:
    """Of offers, to come in as drafts."""
    read = await anyio.to_thread.run_sync(offers_sheet.read, content)
    titles = [row.fields.title for row in read.items]
    found = [record["id"] for record in await db.connection().fetch(_TITLED, titles)]
    heads = (_("Titre"), _("Résumé"), _("Durée"), _("Groupe"), _("Thème"))
    return _preview(heads, read, found, [row.key for row in read.items], _offer)


def _offer(row: OfferRow) -> tuple[str, ...]:
    offer = row.fields
    group = f"{offer.group_min} – {offer.group_max}"
    return (offer.title, offer.summary, duration(offer.duration_minutes), group, offer.theme)


async def past_preview(content: bytes) -> ImportPreview:
    """Of sessions of former years; what nothing of ours is, and what cannot have been, are faults of their lines."""
    read = await anyio.to_thread.run_sync(past_sheet.read, content)
    found = await past_lines(read.items)
    known = {line.row.line for line in found.lines if line.known}
    heads = (_("Structure"), _("Date"), _("Offre"), _("Lieu"), _("Places"), _("Présents"), _("Prix"))
    there = [row.line if row.line in known else None for row in read.items]
    return _preview(heads, read, there, [row.line for row in read.items], _past, found.faults)


def _past(row: PastRow) -> tuple[str, ...]:
    when = f"{day_year(row.day)}, {row.begin:%H:%M}"
    place = ", ".join(filter(None, (row.venue, row.city)))
    present = "" if row.present is None else str(row.present)
    price = euros(row.price_cents) if row.price_cents else _("Gratuit")
    return (row.organisation, when, row.offer, place, str(row.seats), present, price)
