"""How a number is given: the next one of its series, in the transaction that freezes the document in the ledger.

The ledger is the only freezer, and `freeze()` the only place where a number is given.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import rules
from training.records.actions.acting import acting
from training.records.actions.files import keep_file
from training.records.tables import Entry, Series

db.refuse(
    "ledger_series_prefix_once",
    lambda: Conflict(_("Ce préfixe est celui d’une autre série : deux documents auraient le même numéro.")),
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What the counter gives to the document being issued."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Frozen:
    """The document as the ledger keeps it. `entry` is the ledger row's id."""

    entry: int
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Document:
    """What is frozen: the snapshot (canonical JSON), the exact paper, and the machine's copy when there is one."""

    snapshot: str
    paper: bytes
    data: bytes | None = None


async def open_series(key: str, prefix: str) -> None:
    """Make a series where there is none. Its chain starts from the hash of its own name."""
    rules.check_prefix(prefix)
    await Series.insert(
        Series(
            key=key,
            prefix=prefix,
            first_number=1,
            next_number=1,
            last_issued_on=None,
            last_hash=rules.genesis(key),
        )
    ).on_conflict(target=Series.key, action="DO NOTHING")


async def set_series(actor: Actor, key: str, prefix: str, first_number: int) -> None:
    """How the numbers of a series are written, and the first of them: beside another ledger, before the first issue.

    Invalid: a prefix or a number that cannot be, or a first number below the one set before. Conflict: one was
    issued, or another series has that prefix.
    """
    async with acting(actor, "series.set") as change:
        actor.must(Permission.PLATFORM_EDIT)
        await open_series(key, rules.checked_prefix(prefix))
        series = await Series.select().where(Series.key == key).first().lock_rows("UPDATE")
        assert series is not None  # noqa: S101 - it was made a moment ago
        change.about("series", series["id"], "prefix", "first_number")
        rules.check_start(series["first_number"], first_number, issued=series["last_issued_on"] is not None)
        await Series.update(
            {Series.prefix: prefix, Series.first_number: first_number, Series.next_number: first_number}
        ).where(Series.key == key)


async def freeze(key: str, subject: tuple[str, int], make: Callable[[Numbered], Awaitable[Document]]) -> Frozen:
    """Give the next number of a series and freeze the document that `make` builds with it.

    The series' row stays locked until the caller's transaction ends: numbers are continuous because a failure gives
    the number back, and chronological because `issued_on` never goes back (CGI ann. II art. 242 nonies A, I 7°).
    """
    async with db.atomic():
        series = await Series.select().where(Series.key == key).first().lock_rows("UPDATE")
        if series is None:
            raise LookupError(f"no series {key}")
        issued_on = max(filter(None, (clock.today(), series["last_issued_on"])))
        position = int(series["next_number"])
        numbered = Numbered(rules.number(series["prefix"], issued_on.year, position), issued_on)
        document = await make(numbered)
        link = rules.link(
            series["last_hash"], numbered.number, issued_on, document.snapshot, document.paper, document.data
        )
        entry = await Entry.insert(
            Entry(
                series=series["id"],
                position=position,
                number=numbered.number,
                issued_on=issued_on,
                subject_kind=subject[0],
                subject_id=subject[1],
                snapshot=document.snapshot,
                paper=await keep_file(document.paper, "application/pdf"),
                data=None if document.data is None else await keep_file(document.data, "application/xml"),
                previous_hash=series["last_hash"],
                hash=link,
                frozen_at=clock.now(),
            )
        ).returning(Entry.id)
        await Series.update(
            {Series.next_number: position + 1, Series.last_issued_on: issued_on, Series.last_hash: link}
        ).where(Series.id == series["id"])
    return Frozen(int(entry[0]["id"]), numbered.number, issued_on)
