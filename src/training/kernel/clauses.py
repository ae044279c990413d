"""The conditions of a statement, only those that filter: PostgreSQL plans what it reads, and once for all values."""

from __future__ import annotations

from collections.abc import Collection

from training.kernel.actor import Scope


class Clauses:
    """What follows `where`, put together with its parameters.

    `$3 = '' or state = $3` filters nothing when $3 is empty, and forbids the index when it is not: asyncpg prepares,
    and after five runs PostgreSQL may keep one plan for every value. Here a clause is in the text or it is not:

        where = Clauses("state <> 'draft'")
        if offer:
            where.add("offer = {}", offer)
        sql = f"select … where {where} limit {limit:d}"
        await db.rows(Shape, sql, *where.values)

    Values are parameters, so that a list has a handful of texts, each prepared once. A limit is written out: of one
    that it does not know PostgreSQL thinks that a tenth of all rows is wanted.
    """

    def __init__(self, *always: str) -> None:
        self.values: list[object] = []
        self._clauses = list(always)

    def value(self, value: object) -> str:
        """The placeholder of one more parameter."""
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, clause: str, *values: object) -> None:
        """One more condition; each `{}` of it is the place of a value."""
        self._clauses.append(clause.format(*map(self.value, values)))

    def among(self, column: str, values: Collection[int]) -> None:
        """Only where the column is one of these."""
        if len(values) == 1:
            self.add(f"{column} = {{}}", *values)  # whose rows PostgreSQL can count on
        else:
            self.add(f"{column} = any({{}})", sorted(values))

    def within(self, scope: Scope, organisation: str) -> None:
        """Only what belongs to the organisations that the scope names: `organisation` is the column that says whose."""
        if scope.narrowed_to is not None:
            self.among(organisation, scope.narrowed_to)

    def __str__(self) -> str:
        return " and ".join(self._clauses) or "true"
