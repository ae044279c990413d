"""The same questions asked of few rows, then of many: what a list costs is what it shows, not what lies behind it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from training.kernel import db

ROUNDS = 15
FLAT = 3.0  # times: a page of so many thousand may cost what a page of a hundred does, and a little

Questions = Mapping[str, Callable[[], Awaitable[object]]]
FewAndMany = tuple[dict[str, float], dict[str, float]]  # milliseconds of each question


@contextlib.asynccontextmanager
async def without_triggers(*tables: str) -> AsyncIterator[None]:
    """A transaction in which rows come as they are: the owner of the tables may say so, a superuser need not."""
    async with db.atomic():
        for table in tables:
            await db.execute(f"alter table {table} disable trigger user")
        yield
        for table in tables:
            await db.execute(f"alter table {table} enable trigger user")


async def times(asked: Questions) -> dict[str, float]:
    """Milliseconds of each, asked in turn: the least, for few and many are not measured at the same moment."""
    waits: dict[str, list[float]] = {name: [] for name in asked}
    for _round in range(ROUNDS):
        for name, ask in asked.items():
            begun = time.perf_counter()
            await ask()
            waits[name].append((time.perf_counter() - begun) * 1000)
    return {name: min(found) for name, found in waits.items()}


async def few_and_many(
    dsn: str,
    asked: Questions,
    *,
    few: Callable[[], Awaitable[None]],
    more: Callable[[], Awaitable[None]],
    check: Callable[[], Awaitable[bool]],
    step: Callable[[], None],
) -> FewAndMany:
    """Milliseconds of each question once `few` made its rows, and again once `more` made the others."""
    async with db.connected(dsn):
        await few()
        before = await times(asked)
        step()
        await more()
        step()
    async with db.connected(dsn):  # new connections: a plan is chosen by what the same statement cost before
        after = await times(asked)
        step()
        if not await check():
            raise RuntimeError("the lists do not show what was made")
    return before, after
