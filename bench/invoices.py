"""Issuing invoices: number, PDF/A-3 with its Factur-X inside, freeze and commit; and what part is Typst’s work."""

from __future__ import annotations

import time
from collections.abc import Callable

import uvloop

from bench.report import Figure, Part, percentile, share
from bench.town import Town
from training.billing.actions.issue import issue
from training.kernel import db, pdf
from training.kernel.actor import SYSTEM

WARMING = 10
PEER = 112.0  # ms an invoice with Factur-X
LIMIT = 40.0  # per cent inside Typst


async def issued(dsn: str, drafts: tuple[int, ...], step: Callable[[], None]) -> tuple[list[float], float]:
    """Milliseconds of each invoice after the warming ones, and those spent inside Typst over them all."""
    waits = []
    async with db.connected(dsn):
        for number, draft in enumerate(drafts):
            if number == WARMING:
                before = pdf.spent().seconds
            started = time.perf_counter()
            await issue(SYSTEM, draft)
            if number >= WARMING:
                waits.append((time.perf_counter() - started) * 1000)
            step()
    return waits, (pdf.spent().seconds - before) * 1000


def measure(dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """One after the other, as the series' counter demands."""
    waits, typst = uvloop.run(issued(dsn, town.drafts, step))
    whole = sum(waits)
    return Part(
        "Invoice issued, with Factur-X",
        (
            Figure("median", percentile(waits, 50), "ms", f"{len(waits)} drafts, real commits", peer=f"{PEER:g} ms"),
            Figure("p95", percentile(waits, 95), "ms"),
            Figure("invoices", 1000 * len(waits) / whole, "/s"),
            Figure("Typst alone would make", 1000 * len(waits) / typst, "/s"),
            share("inside Typst", typst / whole, LIMIT, f"{typst / len(waits):.1f} ms of {whole / len(waits):.1f} ms"),
        ),
    )
