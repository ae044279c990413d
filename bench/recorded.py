"""What the program really says to PostgreSQL, heard from outside; and the same said again, with fresh values.

Nothing is written out here: a bench that repeats an old version of the statements would flatter or slander the code.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from training.bookings.rules.seats import new_reference
from training.kernel import clock

_METHODS = ("fetch", "fetchrow", "fetchval", "execute")
_REFERENCE = re.compile(r"R-[0-9A-Z]{7}")
_REQUEST_ID = re.compile(r"[0-9a-f]{16}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Unknown(RuntimeError):
    """A value changes from one booking to the next, and we do not know how to make the next one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One call on a connection, with what it gave: `result` is the values of its first row."""

    method: str
    sql: str
    args: tuple[Any, ...]
    result: tuple[Any, ...]


@contextlib.contextmanager
def recording() -> Iterator[list[Statement]]:
    """Everything said on any connection while the block lasts; not the pool's own cleaning of a connection."""
    heard: list[Statement] = []
    originals = {name: getattr(asyncpg.Connection, name) for name in _METHODS}

    def watch(name: str, original: Any) -> Any:
        async def watched(self: Any, sql: str, *args: Any, **options: Any) -> Any:
            found = await original(self, sql, *args, **options)
            if sql != self.get_reset_query():
                heard.append(Statement(name, sql, args, first_row(found)))
            return found

        return watched

    for name, original in originals.items():
        setattr(asyncpg.Connection, name, watch(name, original))
    try:
        yield heard
    finally:
        for name, original in originals.items():
            setattr(asyncpg.Connection, name, original)


def first_row(found: Any) -> tuple[Any, ...]:
    """The values of the first row of whatever a statement gave."""
    if isinstance(found, list):
        found = found[0] if found else ()
    if isinstance(found, asyncpg.Record):
        return tuple(found.values())
    return found if isinstance(found, tuple) else (found,)


async def say(connection: asyncpg.Connection, statements: Sequence[Statement]) -> None:
    """Say a recording again as it was: for reads."""
    for statement in statements:
        await getattr(connection, statement.method)(statement.sql, *statement.args)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The value that an earlier statement gave."""

    statement: int
    column: int


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the caller chooses, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """A value made anew each time: a reference, a request's id, a uuid, the present instant."""

    kind: str


@dataclass(frozen=True, slots=True)
class Packed:
    """JSON in octets, with changing values inside: how a fact travels in the queue."""

    content: Any


Values = Mapping[str, Any]


class Script:
    """Statements whose changing values are known from two recordings of the same act with other `given` values."""

    def __init__(
        self, one: Sequence[Statement], given_one: Values, two: Sequence[Statement], given_two: Values
    ) -> None:
        if [s.sql for s in one] != [s.sql for s in two]:
            raise Unknown("two bookings did not say the same statements")
        self._one, self._two, self._given = one, two, [(n, v, given_two[n]) for n, v in given_one.items()]
        if len({(a, b) for _n, a, b in self._given}) < len(self._given):
            raise Unknown("two given values cannot be told apart")
        self.steps = [
            (s.method, s.sql, tuple(self._pattern(a, b, n) for a, b in zip(s.args, two[n].args, strict=True)))
            for n, s in enumerate(one)
        ]
        self._wanted = {e.statement for _m, _s, patterns in self.steps for e in _earlier(patterns)}

    def _pattern(self, a: Any, b: Any, before: int) -> Any:
        """What stands for a value that was `a` in one recording and `b` in the other."""
        if type(a) is not type(b):
            raise Unknown(f"{a!r} and {b!r}, in « {self._one[before].sql[:80]} »")
        if isinstance(a, (list, tuple)) and len(a) == len(b):
            return type(a)(self._pattern(x, y, before) for x, y in zip(a, b, strict=True))
        if isinstance(a, dict) and a.keys() == b.keys():
            return {name: self._pattern(a[name], b[name], before) for name in a}
        if a == b:
            return a
        for name, x, y in self._given:
            if (a, b) == (x, y):
                return Given(name)
        for number in range(before):
            for column, (x, y) in enumerate(zip(self._one[number].result, self._two[number].result, strict=False)):
                if type(x) is type(a) and (a, b) == (x, y):
                    return Earlier(number, column)
        return self._made(a, b, before)

    def _made(self, a: Any, b: Any, before: int) -> Any:
        if isinstance(a, datetime) and a.tzinfo is UTC:
            return Fresh("now")
        if isinstance(a, uuid.UUID):
            return Fresh("uuid")
        if isinstance(a, str):
            for kind, shape in (("reference", _REFERENCE), ("request_id", _REQUEST_ID), ("uuid text", _UUID)):
                if shape.fullmatch(a) and shape.fullmatch(b):
                    return Fresh(kind)
        if isinstance(a, bytes) and a.startswith(b"{"):
            return Packed(self._pattern(json.loads(a), json.loads(b), before))
        raise Unknown(f"{a!r} became {b!r}, in « {self._one[before].sql[:80]} »")

    async def run(self, connection: asyncpg.Connection, given: Values) -> None:
        """Say every statement once, as one booking of `given`."""
        results: dict[int, tuple[Any, ...]] = {}
        for number, (method, sql, patterns) in enumerate(self.steps):
            args = [_filled(pattern, given, results) for pattern in patterns]
            found = await getattr(connection, method)(sql, *args)
            if number in self._wanted:
                results[number] = first_row(found)


_FRESH: Mapping[str, Callable[[], object]] = {
    "now": clock.now,
    "uuid": uuid.uuid4,
    "uuid text": lambda: str(uuid.uuid4()),
    "reference": new_reference,
    "request_id": lambda: secrets.token_hex(8),
}


def _filled(pattern: Any, given: Values, results: Mapping[int, tuple[Any, ...]]) -> Any:
    if isinstance(pattern, Given):
        return given[pattern.name]
    if isinstance(pattern, Earlier):
        return results[pattern.statement][pattern.column]
    if isinstance(pattern, Fresh):
        return _FRESH[pattern.kind]()
    if isinstance(pattern, Packed):
        return json.dumps(_filled(pattern.content, given, results)).encode()
    if isinstance(pattern, (list, tuple)):
        return type(pattern)(_filled(item, given, results) for item in pattern)
    if isinstance(pattern, dict):
        return {name: _filled(item, given, results) for name, item in pattern.items()}
    return pattern


def _earlier(pattern: Any) -> Iterator[Earlier]:
    if isinstance(pattern, Earlier):
        yield pattern
    elif isinstance(pattern, Packed):
        yield from _earlier(pattern.content)
    elif isinstance(pattern, (list, tuple)):
        for item in pattern:
            yield from _earlier(item)
    elif isinstance(pattern, dict):
        yield from _earlier(list(pattern.values()))
