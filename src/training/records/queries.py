"""Files, what people edited, ledger entries, and the proof that the chain is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from training.kernel import db
from training.kernel.actor import ActorKind
from training.records import rules


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept file."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """What `ledger verify` found in one series. `broken` is the first number whose link does not hold, or None.

    `tombstones`: parts whose bytes are gone, and whose link was made of the sum that stayed.
    """

    key: str
    documents: int
    broken: str | None
    tombstones: int = 0


@dataclass(frozen=True, slots=True)
class SeriesView:
    """How a series counts, and where it stands. `issued`: something has a number of it, so that it is set for good."""

    key: str
    prefix: str
    first_number: int
    next_number: int
    last_issued_on: date | None

    @property
    def issued(self) -> bool:
        """Whether a document has a number of this series."""
        return self.last_issued_on is not None


@dataclass(frozen=True, slots=True)
class _Link:
    number: str
    position: int
    issued_on: date
    snapshot: str
    paper: bytes | None
    paper_sum: bytes
    data: bytes | None
    data_sum: bytes | None
    previous_hash: bytes
    hash: bytes

    def after(self, previous: bytes) -> bytes:
        """What this document's hash must be, read from its parts."""
        sums = (rules.digest(self.snapshot.encode()), _sum(self.paper, self.paper_sum), _sum(self.data, self.data_sum))
        return rules.chained(previous, self.number, self.issued_on, *(each or rules.digest(None) for each in sums))

    @property
    def tombstones(self) -> int:
        """How many of its parts are gone."""
        return (self.paper is None) + (self.data is None and self.data_sum is not None)


def _sum(content: bytes | None, kept: bytes | None) -> bytes | None:
    """A part's sum, made of its bytes; the one that stayed where they are gone."""
    return kept if content is None else rules.digest(content)


async def file(id: int) -> Stored | None:  # noqa: A002
    """A file's bytes, unless they are gone."""
    return await db.row(Stored, "select media_type, content from file where id = $1 and content is not null", id)


@dataclass(frozen=True, slots=True)
class Edited:
    """A field that somebody edited: who, when, in which action, from what to what."""

    id: int
    at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    action: str
    field: str
    old: str | None
    new: str | None


async def changes(subject: tuple[str, int], *, before: int | None = None, most: int = 50) -> list[Edited]:
    """What people edited of one thing, the last first; `before` is the id that the last page ended with."""
    page = "and id < $3 " if before is not None else ""
    sql = f"""
        select id, at, actor_kind, actor_id, action, field, old, new from change
        where subject_kind = $1 and subject_id = $2 {page}order by id desc limit {most:d}
    """
    return await db.rows(Edited, sql, *subject, *(() if before is None else (before,)))


async def last_change(kind: str, id: int) -> int:  # noqa: A002
    """The last edit of something, for its form to bear (`seen`); 0: never edited.

    Read it before, or in the statement of, what the form shows: then an edit between the two is told, never lost.
    """
    sql = "select coalesce(max(id), 0) from change where subject_kind = $1 and subject_id = $2"
    return int(await db.value(sql, kind, id))


def last_change_of(kind: str, column: str) -> str:
    """The same as an expression, for a statement that reads the row whose id is in `column`."""
    return (
        f"(select coalesce(max(seen.id), 0) from change seen where seen.subject_kind = '{kind}'"
        f" and seen.subject_id = {column})"
    )


async def changes_since(subject: tuple[str, int], seen: int) -> list[Edited]:
    """What people edited of one thing after that edit, the first first."""
    sql = """
        select id, at, actor_kind, actor_id, action, field, old, new from change
        where subject_kind = $1 and subject_id = $2 and id > $3 order by id
    """
    return await db.rows(Edited, sql, *subject, seen)


@dataclass(frozen=True, slots=True)
class WatchedEdit:
    """A field of those that administrators are told of: before, after, and who wrote it."""

    at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    subject_kind: str
    subject_id: int
    field: str
    old: str | None
    new: str | None


async def watched(change: int) -> list[WatchedEdit]:
    """What the act that begins with this change wrote over among the watched fields."""
    sql = """
        select c.at, c.actor_kind, c.actor_id, c.subject_kind, c.subject_id, c.field, c.old, c.new
        from change f join change c on (c.at, c.action, c.subject_kind, c.subject_id)
                                     = (f.at, f.action, f.subject_kind, f.subject_id) and c.id >= f.id
        where f.id = $1 order by c.id
    """
    found = await db.rows(WatchedEdit, sql, change)
    return [edit for edit in found if rules.watched(edit.subject_kind, [edit.field])]


async def series() -> dict[str, SeriesView]:
    """The series that were opened, by key."""
    sql = "select key, prefix, first_number, next_number, last_issued_on from ledger_series order by key"
    return {view.key: view for view in await db.rows(SeriesView, sql)}


@dataclass(frozen=True, slots=True)
class Proof:
    """A frozen document and its link, looked at again: `holds` when its bytes and both its neighbours still fit it."""

    key: str
    position: int
    number: str
    issued_on: date
    frozen_at: datetime
    previous_number: str | None
    snapshot_sha256: str
    paper_sha256: str
    data_sha256: str | None
    previous_hash: str
    hash: str
    holds: bool


async def proof(entry: int) -> Proof | None:
    """One entry of the ledger by id. The whole chain is `verify()`'s."""
    found = await db.connection().fetchrow(_PROOF, entry)
    if found is None:
        return None
    snapshot = rules.digest(found["snapshot"].encode())
    paper, data = _sum(found["paper"], found["paper_sum"]), _sum(found["data"], found["data_sum"])
    assert paper is not None  # noqa: S101 - every document has one
    before = rules.genesis(found["key"]) if found["before"] is None else found["before"]
    sums = (snapshot, paper, data or rules.digest(None))
    made = rules.chained(before, found["number"], found["issued_on"], *sums)
    return Proof(
        key=found["key"],
        position=found["position"],
        number=found["number"],
        issued_on=found["issued_on"],
        frozen_at=found["frozen_at"],
        previous_number=found["previous_number"],
        snapshot_sha256=snapshot.hex(),
        paper_sha256=paper.hex(),
        data_sha256=data.hex() if data else None,
        previous_hash=found["previous_hash"].hex(),
        hash=found["hash"].hex(),
        holds=made == found["hash"] == found["followed"] and found["previous_hash"] == before,
    )


_PROOF = """
    select s.key, e.position, e.number, e.issued_on, e.frozen_at, e.snapshot, p.content as paper, d.content as data,
           p.sha256 as paper_sum, d.sha256 as data_sum, e.previous_hash, e.hash,
           b.hash as before, b.number as previous_number,
           case when e.position + 1 = s.next_number then s.last_hash else a.previous_hash end as followed
    from ledger_entry e join ledger_series s on s.id = e.series
    join file p on p.id = e.paper left join file d on d.id = e.data
    left join ledger_entry b on b.series = e.series and b.position = e.position - 1
    left join ledger_entry a on a.series = e.series and a.position = e.position + 1
    where e.id = $1
"""


async def verify(batch: int = 200) -> list[Verified]:
    """Recompute every chain from its beginning, `batch` documents in memory at a time."""
    sql = "select id, key, first_number, next_number, last_hash from ledger_series order by key"
    return [await _verify(batch, **series) for series in await db.connection().fetch(sql)]


async def _verify(batch: int, id: int, key: str, first_number: int, next_number: int, last_hash: bytes) -> Verified:  # noqa: A002
    previous, expected, count, gone, last = rules.genesis(key), first_number, 0, 0, ""
    while links := await db.rows(_Link, f"{_LINKS} limit {batch:d}", id, expected):
        for entry in links:
            made = entry.after(previous)
            if entry.position != expected or entry.previous_hash != previous or entry.hash != made:
                return Verified(key, count, entry.number, gone)
            previous, expected, count, last = made, expected + 1, count + 1, entry.number
            gone += entry.tombstones
    if expected != next_number:
        return Verified(key, count, f"position {expected}", gone)
    # the series remembers the end of its chain: a last document rewritten with its own hash does not meet it
    broken = None if previous == last_hash else last or f"position {first_number}"
    return Verified(key, count, broken, gone)


_LINKS = """
    select e.number, e.position, e.issued_on, e.snapshot, p.content as paper, d.content as data,
           p.sha256 as paper_sum, d.sha256 as data_sum, e.previous_hash, e.hash
    from ledger_entry e join file p on p.id = e.paper left join file d on d.id = e.data
    where e.series = $1 and e.position >= $2
    order by e.position
"""


@dataclass(frozen=True, slots=True)
class BackupView:
    """The last backup: when, and whether another machine has it too."""

    taken_at: datetime
    copied: bool


async def last_backup() -> BackupView | None:
    """The newest one that this database knows of; None: none was taken, or only before it knew."""
    return await db.row(BackupView, "select taken_at, copied from backup order by taken_at desc limit 1")
