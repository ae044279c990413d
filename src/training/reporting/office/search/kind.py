"""What a kind of thing says of itself when it is found, and what is found of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A thing that was found. `key` is what its page's address says; `about`: its second line, what is known of it.

    `at`: when it takes place or took place; `state`: one of its kind's, as `ui.status` says it.
    """

    subject: int
    key: str
    title: str
    about: tuple[str | None, ...] = ()
    at: datetime | None = None
    phone: str | None = None
    state: str | None = None
    cents: int | None = None
    instead: str | None = None  # archived for that one
    ended: bool = False  # called off, archived, left
    href: str = ""

    @property
    def known(self) -> list[str]:
        """What there is to say on the second line."""
        return [part for part in self.about if part]

    @property
    def dialled(self) -> str:
        """Its telephone as an address of `tel:`."""
        return "".join(character for character in self.phone or "" if character.isdigit() or character == "+")


@dataclass(frozen=True, slots=True)
class SearchKind:
    """A kind of thing. `name`: what its documents, and its states if it has any, go by; `title`: of several of them.

    `sql` selects the columns of `SearchAnswer`, and `column` is the id in it; `owner` the column that says whose it is,
    for roles that see one organisation's things. `page` makes an address of a key.
    """

    name: str
    title: str
    permission: Permission
    sql: str
    column: str
    page: Callable[[str], str]
    owner: str = ""

    async def answers(self, scope: Scope, ids: list[int]) -> dict[int, SearchAnswer]:
        """Those of these ids that the scope may see, in one statement."""
        where = Clauses()
        where.add(f"{self.column} = any({{}})", ids)
        if self.owner:
            where.within(scope, self.owner)
        found = await db.rows(SearchAnswer, f"{self.sql} where {where}", *where.values)
        return {answer.subject: answer for answer in found}
