"""A search of a long list: each word that was typed, somewhere in what a row says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.kernel import db
from training.kernel.clauses import Clauses

T = TypeVar("T")

MOST = 8  # words of a search: the rest of a text that somebody pasted is not looked for
NEAR = 500  # rows of a list, from its beginning, that are read one by one before the indexes of words are asked
TRIGRAM = 3  # letters or digits in a row that an index of trigrams needs, of a word that may begin anywhere


def patterns(text: str) -> list[str]:
    """Each word of a text as a pattern of `like`: anywhere in what is searched, a short one where a word begins there.

    They compare with what the SQL function `spaced` makes of a text (folded, a space for what is between words), of
    which an index of trigrams finds any.
    """
    found = []
    for typed in text.split():
        parts = re.findall(r"[^\W_]+", typed)
        if parts:
            word = " ".join(parts)
            found.append(f"%{word}%" if max(map(len, parts)) >= TRIGRAM else f"% {word}%")
    return found[:MOST]


@dataclass(frozen=True, slots=True)
class SearchPlace:
    """Where a search looks: `words` as an index of trigrams has them, under `spaced`.

    `near` and `far` say how a row of the list is found whose words they are, `{}` being the comparison: `near` of a row
    that is being read, `far` by indexes alone.
    """

    words: str
    near: str = "{}"
    far: str = "{}"

    def has(self, pattern: str, how: str) -> str:
        """The condition for one word; `pattern` is the placeholder of its pattern."""
        return how.format(f"spaced({self.words}) like spaced({pattern})")


def words_of(words: str, table: str, key: str) -> SearchPlace:
    """Those of the one row (`table` and its alias) to which a key of the list's rows leads."""
    row = f"{table.split()[-1]}.id"
    return SearchPlace(
        words,
        near=f"(select {{}} from {table} where {row} = {key})",
        far=f"{key} = any(array(select {row} from {table} where {{}}))",
    )


def words_in(value: Callable[[object], str], text: str, *places: SearchPlace) -> str:
    """Each word of the text in one of these places, of rows that are being read. `value`: a parameter's placeholder."""
    return _each_word([value(pattern) for pattern in patterns(text)], [(place, place.near) for place in places])


def _each_word(placeholders: Sequence[str], places: Sequence[tuple[SearchPlace, str]]) -> str:
    every = (" or ".join(place.has(pattern, how) for place, how in places) for pattern in placeholders)
    return " and ".join(f"({one})" for one in every) or "false"  # what has no letter is in nothing


@dataclass(frozen=True, slots=True)
class SearchedList:
    """A list in which words are looked for.

    `rows`: its table and alias; `joined`: what it shows beside; `order`: that of an index of the table.
    """

    rows: str
    joined: str
    order: str
    places: tuple[SearchPlace, ...]

    async def page(self, shape: type[T], columns: str, where: Clauses, search: str, limit: int) -> list[T]:
        """The first `limit` rows where these clauses, which are about the table alone, and the search agree.

        A word that many have is soon met among the first; one that few have is found by its trigrams, and then has few.
        Either alone is slow for the other kind of word.
        """
        alias, order = self.rows.split()[-1], f"order by {self.order}"
        first = f"{order} limit {limit:d}"
        if not search.strip():
            sql = f"select {columns} from {self.rows} {self.joined} where {where} {first}"
            return await db.rows(shape, sql, *where.values)
        words = [where.value(pattern) for pattern in patterns(search)]
        near, far = (_each_word(words, [(p, getattr(p, way)) for p in self.places]) for way in ("near", "far"))
        # The page first, then what is shown beside it: joins are planned in the order in which they are written.
        begun = f"(select * from {self.rows} where {where} {order} limit {NEAR}) {alias}"
        shown = f"(select * from {begun} where {near} {first}) {alias}"
        found = await db.rows(shape, f"select {columns} from {shown} {self.joined} {order}", *where.values)
        if len(found) == limit or not words:
            return found
        named = f"with found as materialized (select {alias}.id from {self.rows} where {far})"
        shown = f"(select {alias}.* from found f join {self.rows} on {alias}.id = f.id where {where} {first}) {alias}"
        return await db.rows(shape, f"{named} select {columns} from {shown} {self.joined} {order}", *where.values)
