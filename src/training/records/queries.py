"""Files, ledger entries, and the proof that the chain is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.kernel import db
from training.records import rules


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept file."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """What `ledger verify` found in one series. `broken` is the first number whose link does not hold, or None."""

    key: str
    documents: int
    broken: str | None


@dataclass(frozen=True, slots=True)
class _Link:
    number: str
    position: int
    issued_on: date
    snapshot: str
    paper: bytes
    data: bytes | None
    previous_hash: bytes
    hash: bytes


async def file(id: int) -> Stored | None:  # noqa: A002
    """A file's bytes."""
    return await db.row(Stored, "select media_type, content from file where id = $1", id)


async def verify(batch: int = 200) -> list[Verified]:
    """Recompute every chain from its beginning, `batch` documents in memory at a time."""
    sql = "select id, key, first_number, next_number, last_hash from ledger_series order by key"
    return [await _verify(batch, **series) for series in await db.connection().fetch(sql)]


async def _verify(batch: int, id: int, key: str, first_number: int, next_number: int, last_hash: bytes) -> Verified:  # noqa: A002
    previous, expected, count, last = rules.genesis(key), first_number, 0, ""
    while links := await db.rows(_Link, _LINKS, id, expected, batch):
        for entry in links:
            made = rules.link(previous, entry.number, entry.issued_on, entry.snapshot, entry.paper, entry.data)
            if entry.position != expected or entry.previous_hash != previous or entry.hash != made:
                return Verified(key, count, entry.number)
            previous, expected, count, last = made, expected + 1, count + 1, entry.number
    if expected != next_number:
        return Verified(key, count, f"position {expected}")
    # the series remembers the end of its chain: a last document rewritten with its own hash does not meet it
    return Verified(key, count, None if previous == last_hash else last or f"position {first_number}")


_LINKS = """
    select e.number, e.position, e.issued_on, e.snapshot, p.content as paper, d.content as data,
           e.previous_hash, e.hash
    from ledger_entry e join file p on p.id = e.paper left join file d on d.id = e.data
    where e.series = $1 and e.position >= $2
    order by e.position limit $3
"""
