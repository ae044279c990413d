"""Whether the register of invoices and the ledger say the same: what the ledger's own chains cannot see."""

from __future__ import annotations

from training.kernel import db

# An invoice without its entry, or an entry without its invoice, is what remains of a chain shortened at its end.
_DISAGREE = """
    select coalesce(i.number, e.number) from
        (select id, number, issued_on, entry, gross_cents from invoice where state = 'issued') i
        full join (select id, number, issued_on, snapshot from ledger_entry where subject_kind = 'invoice') e
        on e.id = i.entry
    where (e.number, e.issued_on, abs((e.snapshot::json -> 'totals' ->> 'gross_cents')::bigint))
          is distinct from (i.number, i.issued_on, abs(i.gross_cents))
    order by coalesce(e.id, i.entry) limit 1
"""


async def disagreement() -> str | None:
    """The first number of which invoice and ledger do not say the same number, day and total; None when all agree."""
    found = await db.value(_DISAGREE)
    return None if found is None else str(found)
