"""Take over what another ledger left to be paid: receivables without an invoice of ours, one by one or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.accounting.formats.opening_csv import OpeningRow
from training.accounting.queries.opening import payers as known_payers
from training.accounting.rules.opening import mistakes
from training.billing.actions.periods import check_day
from training.billing.actions.receivables import NewReceivable, open_receivables
from training.billing.rules.states import PREFIXES
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.sheets import Fault, refuse
from training.records.actions import acting

SHOWN = 10  # numbers named in a refusal


@dataclass(frozen=True, slots=True)
class Opening:
    """What is still owed for an invoice of another ledger: `gross_cents` is what is left of it. `payer`: its id."""

    number: str
    payer: int
    issued_on: date
    due_on: date
    gross_cents: int


async def open_balance(actor: Actor, new: Opening) -> int:
    """Take one over. Returns the receivable's id. Invalid: what cannot be. Conflict: the number is known."""
    actor.must(Permission.ACCOUNTS_KEEP)
    prefixes = await _prefixes()
    if errors := mistakes(new.number, new.issued_on, new.due_on, new.gross_cents, prefixes, clock.today()):
        raise Invalid(errors)
    async with acting(actor, "receivable.open") as change:
        await _check_new(new.number, new.issued_on)
        (made,) = await open_receivables([_receivable(new)])
        change.about("receivable", made)
    return made


async def open_balances(actor: Actor, rows: Sequence[OpeningRow]) -> int:
    """Take over a file, all of it or nothing. Returns how many. Invalid and Conflict name the lines."""
    actor.must(Permission.ACCOUNTS_KEEP)
    prefixes, payers = await _prefixes(), await known_payers(row.payer for row in rows)
    wrong, found, seen = [], [], set()
    for row in rows:
        payer = payers.get(row.payer)
        said = list(mistakes(row.number, row.issued_on, row.due_on, row.gross_cents, prefixes, clock.today()).values())
        if payer is None:
            said.append(_("{payer} n’est pas une structure connue.").format(payer=row.payer[:40] or "–"))
        if row.number.upper() in seen:
            said.append(_("le numéro {number} est deux fois dans le fichier.").format(number=row.number))
        seen.add(row.number.upper())
        wrong += [Fault(row.line, sentence) for sentence in said]
        found.append(Opening(row.number, payer or 0, row.issued_on, row.due_on, row.gross_cents))
    refuse(wrong)
    async with acting(actor, "receivable.open-many"):
        await _check_none_known([one.number for one in found])
        await check_day(min(one.issued_on for one in found))
        await open_receivables([_receivable(one) for one in found])
    return len(found)


async def _prefixes() -> set[str]:
    found = await db.connection().fetch("select prefix from ledger_series")
    return {record["prefix"] for record in found} | set(PREFIXES.values())


async def _check_new(number: str, issued_on: date) -> None:
    await _check_none_known([number])
    try:
        await check_day(issued_on)
    except Invalid as refusal:
        raise Invalid(refusal.detail, field="issued_on") from None


async def _check_none_known(numbers: Sequence[str]) -> None:
    sql = """
        select number from receivable where upper(number) = any($1) union
        select number from invoice where number = any($1) order by 1 limit 20
    """
    known = [r["number"] for r in await db.connection().fetch(sql, [number.upper() for number in numbers])]
    if known:
        words = _("Déjà dans le registre : {numbers}.")
        raise Conflict(words.format(numbers=", ".join(known[:SHOWN])), field="number" if len(numbers) == 1 else "file")


def _receivable(new: Opening) -> NewReceivable:
    return NewReceivable(
        number=new.number.strip(),
        payer=new.payer,
        issued_on=new.issued_on,
        due_on=new.due_on,
        gross_cents=new.gross_cents,
    )
