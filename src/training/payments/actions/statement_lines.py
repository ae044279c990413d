"""The lines of a statement, kept: those that an earlier file brought are not kept again.

Locks: imports of lines, an advisory lock: of two at once, the second must see what the first brought.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio.to_thread

from training.directory import queries as directory
from training.kernel import clock, db
from training.kernel.i18n import _
from training.kernel.sheets import Unreadable
from training.payments.formats.statement import Format, Movement, Statement
from training.payments.queries import statements as reading
from training.payments.rules.same_movement import KnownLine, Met, bank_id, kept_ids, meet, same_account


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What of a file is new, with its fingerprints, and what is known; made off the loop."""

    lines: Sequence[Movement]
    fresh: Sequence[int]
    prints: Sequence[bytes]
    met: Met


async def keep_lines(statement: int, written: Format, parsed: Statement) -> None:
    """Every line, a thousand at a time; those that are there already only learn the bank's reference."""
    if not parsed.lines:
        raise Unreadable(_("Ce relevé ne contient aucune opération."))
    platform = await directory.platform()
    own = [one for one in (parsed.account, platform.iban if platform else None) if one]
    await db.execute("select pg_advisory_xact_lock(hashtextextended('bank.lines', 0))")
    days = [line.booked_on for line in parsed.lines]
    there = await reading.known_lines(min(days), max(days))
    account = await _account(parsed.account)
    sorted_ = await anyio.to_thread.run_sync(_sort, parsed, written, account, own, there)
    await _insert(statement, written, sorted_)
    await _learn(written, sorted_)
    sql = """
        update bank_statement set account = $2, read_at = $4,
               known_lines = $3 - (select count(*) from bank_line where statement = $1)
        where id = $1
    """
    await db.execute(sql, statement, parsed.account, len(parsed.lines), clock.now())


def _sort(parsed: Statement, written: Format, account: str, own: Sequence[str], there: Sequence[KnownLine]) -> _Sorted:
    lines = _without_ourselves(parsed.lines, own)
    met = meet(account, written, lines, there)
    fresh = [index for index in range(len(lines)) if index not in met.known]
    return _Sorted(lines, fresh, fingerprints(parsed.account, lines, fresh, there), met)


def _without_ourselves(lines: Sequence[Movement], own: Sequence[str]) -> Sequence[Movement]:
    """Our own account is nobody else's: some banks write it on each line."""
    ours = {iban for iban in {line.payer_iban for line in lines} if any(same_account(iban, one) for one in own)}
    return [replace(line, payer_iban="") if line.payer_iban in ours else line for line in lines]


async def _account(said: str) -> str:
    """The account of a file; of one that does not say, the only one that there is."""
    if said:
        return said
    known = await reading.accounts()
    return known[0] if known and all(same_account(known[0], one) for one in known) else ""


async def _insert(statement: int, written: Format, found: _Sorted) -> None:
    sql = """
        insert into bank_line (statement, fingerprint, booked_on, amount_cents, payer_name, payer_iban, label,
                               reference, state, bank_ids, resembles)
        select $1, f, d, a, n, i, l, r, case when a > 0 then 'new' else 'ignored' end,
               coalesce(string_to_array(nullif(b, ''), chr(31)), '{}'),
               case when a > 0 then o end  -- money out: nobody asks
        from unnest($2::bytea[], $3::date[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                    $10::bigint[]) as t(f, d, a, n, i, l, r, b, o)
        on conflict (fingerprint) do nothing
    """
    for begin in range(0, len(found.fresh), reading.AT_A_TIME):
        some = found.fresh[begin : begin + reading.AT_A_TIME]
        lines = [found.lines[index] for index in some]
        await db.execute(
            sql,
            statement,
            found.prints[begin : begin + reading.AT_A_TIME],
            [line.booked_on for line in lines],
            [line.amount_cents for line in lines],
            [line.payer_name for line in lines],
            [line.payer_iban for line in lines],
            [line.label for line in lines],
            [line.reference for line in lines],
            ["\x1f".join(kept_ids(written, line)) for line in lines],
            [found.met.resembles.get(index) for index in some],
        )


async def _learn(written: Format, found: _Sorted) -> None:
    """What is known again is known by this bank's reference too, from now on."""
    told = [(line, one) for index, line in found.met.known.items() if (one := bank_id(written, found.lines[index]))]
    sql = """
        update bank_line l set bank_ids = l.bank_ids || t.one
        from unnest($1::bigint[], $2::text[]) as t(line, one)
        where l.id = t.line and not t.one = any(l.bank_ids)
    """
    if told:
        await db.execute(sql, [line for line, _one in told], [one for _line, one in told])


def fingerprints(
    account: str, lines: Sequence[Movement], fresh: Sequence[int], there: Sequence[KnownLine]
) -> list[bytes]:
    """One for each fresh line: account, day, amount, words, and the first rank among equals that is free."""
    taken, ranks, found = {line.fingerprint for line in there}, dict[str, int](), []
    for line in (lines[index] for index in fresh):
        words = "\x1e".join((line.label, line.payer_name, line.reference)).casefold()
        key = "\x1f".join((account, line.booked_on.isoformat(), str(line.amount_cents), words))
        rank = ranks.get(key, 0)
        while (made := hashlib.sha256(f"{key}\x1f{rank}".encode()).digest()) in taken:
            rank += 1
        ranks[key] = rank + 1
        found.append(made)
    return found
