"""The accountant's register as the office shows it, and the papers of what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from training.accounting.queries import register as books
from training.accounting.queries.register import Filter, Key, Registered, Sums
from training.kernel import db
from training.kernel.actor import Scope
from training.records import queries as records
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class OfficeRegister:
    """A page of the register, with the totals of the whole filter; nothing of a filter that makes no sense.

    `following`: the key of the page's last line when there are more; `codes`: those that lines are issued with.
    """

    lines: list[Registered]
    following: Key | None
    sums: Sums | None
    codes: list[str]


async def register_page(scope: Scope, asked: Filter | None, *, after: Key | None, limit: int) -> OfficeRegister:
    """What the page of the register shows, in three statements; `asked` None: a filter that makes no sense."""
    sql = "select distinct analytic_code from offer where analytic_code is not null order by 1"
    codes = [record["analytic_code"] for record in await db.connection().fetch(sql)]
    if asked is None:
        return OfficeRegister([], None, None, codes)
    asked = _within(scope, asked)
    shown, last = cut(await books.register(asked, after, limit + 1), limit)
    return OfficeRegister(shown, (last.issued_on, last.place) if last else None, await books.sums(asked), codes)


def lines(scope: Scope, asked: Filter) -> AsyncIterator[list[Registered]]:
    """The whole register of a filter, in pieces, the newest first."""
    return books.every(_within(scope, asked))


async def papers(scope: Scope, asked: Filter) -> AsyncIterator[tuple[Registered, bytes | None]]:
    """Each line with its PDF, when it has one: one in memory at a time."""
    async for piece in lines(scope, asked):
        for line in piece:
            stored = None if line.paper is None else await records.file(line.paper)
            yield line, stored.content if stored else None


def _within(scope: Scope, asked: Filter) -> Filter:
    return replace(asked, payers=scope.narrowed_to)
