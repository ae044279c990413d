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
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})  # as fold() has them


@dataclass(frozen=True, slots=True)
class SearchedWord:
    """A word of a search. `short`: one or two characters as they were typed, of which there is no trigram.

    The others are patterns of `like` for what the SQL function `spaced` makes of a text: folded, a space for what is
    between words. For the short ones the index has what `pieces` makes of it: each character, and each two in a row.
    """

    text: str
    short: bool

    def read_in(self, words: str, value: str) -> str:
        """The condition for a row that is being read; `value` is the placeholder of the text."""
        return f"strpos(fold({words}), fold({value})) > 0" if self.short else self.found_in(words, value)

    def found_in(self, words: str, value: str) -> str:
        """The condition that an index answers."""
        if self.short:
            return f"pieces({words}) @> array[fold({value})]"
        return f"spaced({words}) like spaced({value})"


def words_of_search(text: str) -> list[SearchedWord]:
    """Each word of what was typed, without those that have no letter; what is nothing else is looked for if short."""
    found = [word for typed in text.translate(_LIGATURES).split() if (word := _word(typed))]
    alone = text.strip()
    return found[:MOST] or ([SearchedWord(alone, short=True)] if 0 < len(alone) < TRIGRAM else [])


def _word(typed: str) -> SearchedWord | None:
    parts = re.findall(r"[^\W_]+", typed)
    if len(parts) == 1 and len(parts[0]) < TRIGRAM:
        return SearchedWord(typed if len(typed) < TRIGRAM else parts[0], short=True)
    return SearchedWord(f"%{' '.join(parts)}%", short=False) if parts else None  # the second part begins a word


@dataclass(frozen=True, slots=True)
class SearchPlace:
    """Where a search looks: `words` as an index has them, under `spaced` and under `pieces`.

    `near` and `far` say how a row of the list is found whose words they are, `{}` being the comparison: `near` of a row
    that is being read, `far` by indexes alone. `briefly`: where alone a short word is looked for, which a number of
    fourteen digits would always have.
    """

    words: str
    near: str = "{}"
    far: str = "{}"
    briefly: str = ""

    def reads(self, word: SearchedWord, value: str) -> str:
        """The condition for one word of a row that is being read; `value` is its placeholder."""
        return self.near.format(word.read_in(self._words(word), value))

    def finds(self, word: SearchedWord, value: str) -> str:
        """The same by indexes alone."""
        return self.far.format(word.found_in(self._words(word), value))

    def _words(self, word: SearchedWord) -> str:
        return self.briefly if word.short and self.briefly else self.words


def words_of(words: str, table: str, rows: str, key: str, briefly: str = "") -> SearchPlace:
    """Those of the one row (`table` and its alias) to which a key of the list's rows leads."""
    whose, listed = table.split()[-1], rows.split()
    # Row by row of those that have the word: PostgreSQL thinks that ten have it, and there may be eight in all.
    led = f"lateral (select id from {listed[0]} where {key} = {whose}.id offset 0) led"
    return SearchPlace(
        words,
        near=f"(select {{}} from {table} where {whose}.id = {listed[-1]}.{key})",
        far=f"{listed[-1]}.id = any(array(select led.id from {table}, {led} where {{}}))",
        briefly=briefly,
    )


def words_in(value: Callable[[object], str], text: str, *places: SearchPlace) -> str:
    """Each word of the text in one of these places, of rows that are being read. `value`: a parameter's placeholder."""
    return _each_word(_valued(value, text), [place.reads for place in places])


def words_found(value: Callable[[object], str], text: str, *places: SearchPlace) -> str:
    """The same of the rows of a table that grows, by indexes alone."""
    return _each_word(_valued(value, text), [place.finds for place in places])


_Valued = list[tuple[SearchedWord, str]]  # each word with its placeholder


def _valued(value: Callable[[object], str], text: str) -> _Valued:
    return [(word, value(word.text)) for word in words_of_search(text)]


def _each_word(words: _Valued, places: Sequence[Callable[[SearchedWord, str], str]]) -> str:
    every = (" or ".join(has(word, value) for has in places) for word, value in words)
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

        A word that many have is soon met among the first; one that few have is found by its index, and then has few.
        Either alone is slow for the other kind of word.
        """
        alias, order = self.rows.split()[-1], f"order by {self.order}"
        first = f"{order} limit {limit:d}"
        if not search.strip():
            sql = f"select {columns} from {self.rows} {self.joined} where {where} {first}"
            return await db.rows(shape, sql, *where.values)
        words = _valued(where.value, search)
        near = _each_word(words, [place.reads for place in self.places])
        far = _each_word(words, [place.finds for place in self.places])
        # The page first, then what is shown beside it: joins are planned in the order in which they are written.
        begun = f"(select * from {self.rows} where {where} {order} limit {NEAR}) {alias}"
        shown = f"(select * from {begun} where {near} {first}) {alias}"
        found = await db.rows(shape, f"select {columns} from {shown} {self.joined} {order}", *where.values)
        if len(found) == limit or not words:
            return found
        # `offset 0`: those are found first, by their indexes, and not by reading the list until some have the words.
        found_by_index = f"(select * from {self.rows} where {where} and {far} offset 0) {alias}"
        shown = f"(select * from {found_by_index} {first}) {alias}"
        return await db.rows(shape, f"select {columns} from {shown} {self.joined} {order}", *where.values)
