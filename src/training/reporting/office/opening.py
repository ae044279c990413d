"""What another ledger left to be paid: a file before it is taken over, and one of its invoices after."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from training.accounting.formats import opening_csv
from training.accounting.formats.opening_csv import OpeningRow
from training.accounting.queries.opening import rows_held
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.sheets import Fault
from training.reporting.office.reminders import Reminding, reminding

SHOWN = 20  # rows of a file, so that a person sees that its columns are what they are taken for
FAULTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PreviewedOpening:
    """A row of the file; `payer`: the organisation that it names, None when we know none."""

    row: OpeningRow
    payer: str | None


@dataclass(frozen=True, slots=True)
class OpeningPreview:
    """A file before it is taken over: its first rows and first faults, and how many of each there are."""

    rows: list[PreviewedOpening]
    count: int
    total_cents: int
    faults: list[Fault]
    wrong: int


async def opening_preview(content: bytes) -> OpeningPreview:
    """What taking a file over would do, in four statements; nothing is kept of it. Unreadable: it is no such table."""
    read = await asyncio.to_thread(opening_csv.read, content)
    held = await rows_held(read.items)
    faults = sorted([*read.faults, *held.faults], key=lambda fault: fault.line)
    known = {typed: payer.name for typed, payer in held.payers.items()}
    return OpeningPreview(
        rows=[PreviewedOpening(row, known.get(row.payer)) for row in read.preview(SHOWN)],
        count=len(read.items),
        total_cents=sum(row.gross_cents for row in read.items),
        faults=faults[:FAULTS_SHOWN],
        wrong=len(faults),
    )


async def opening_page(actor: Actor, receivable: int) -> Reminding:
    """What is owed for an invoice of another ledger; NotFound when there is none."""
    found = await reminding(actor, receivable)
    if found is None or found.owed.invoice is not None:
        raise NotFound(_("Cette facture n’existe pas."))
    return found
