"""Spreadsheets before they are imported: what each line would do, and what is wrong, line by line."""

from __future__ import annotations

from dataclasses import dataclass

import anyio.to_thread

from training.directory import queries as directory
from training.directory.formats import organisations_sheet
from training.directory.formats.organisations_sheet import OrganisationRow
from training.directory.rules.organisations import KIND_NAMES
from training.kernel.i18n import _
from training.kernel.sheets import Fault

SHOWN = 200  # lines of a preview; the rest is counted


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
    seen, lines, fresh = set(), [], 0
    for row, there in zip(read.items, found, strict=True):
        known = there is not None or row.key in seen
        fresh += not known
        seen.add(row.key)
        lines.append(LineShown(row.line, _organisation_cells(row), known))
    heads = (_("Nom"), _("Type"), _("SIRET"), _("Lieu"), _("Contact"))
    shown = tuple(lines[:SHOWN])
    return ImportPreview(heads, shown, read.faults, fresh, len(lines) - fresh, len(lines) - len(shown))


def _organisation_cells(row: OrganisationRow) -> tuple[str, ...]:
    contact = ", ".join(filter(None, (row.contact, row.email, row.phone)))
    return (row.name, _(KIND_NAMES[row.kind]), row.siret or "", f"{row.postcode} {row.city}", contact)
