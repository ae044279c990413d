"""What the words that somebody typed are among those of all documents, and which others may have been meant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from training.kernel import db
from training.kernel.search_terms import BEGUN, calendar_near, is_calendar
from training.kernel.typos import SURE, akin, forgiven, slips

MEANT = 8  # words that one word may have been meant to be


class KnownWord(StrEnum):
    """Whether documents have a word."""

    WHOLE = "whole"  # some have it, and none has a longer one that begins with it
    BEGUN = "begun"  # some have one that begins with it
    NOT = "not"


@dataclass(frozen=True, slots=True)
class _Word:
    typed: str
    whole: bool
    longer: bool


async def known_words(typed: Collection[str]) -> dict[str, KnownWord]:
    """What documents have of words. One that is too short to be a beginning is taken as it is."""
    words = sorted({word for word in typed if word})
    found = await db.rows(_Word, _KNOWN, words, chr(0x10FFFF)) if words else []
    return {word.typed: _known(word) for word in found}


_KNOWN = """
    select typed, exists (select from search_word where word = typed) as whole, exists (
        select from search_word where word collate "C" > typed and word collate "C" < typed || $2
    ) as longer
    from unnest($1::text[]) typed
"""


def _known(word: _Word) -> KnownWord:
    if word.longer and len(word.typed) >= BEGUN:
        return KnownWord.BEGUN
    return KnownWord.WHOLE if word.whole or is_calendar(word.typed) or len(word.typed) < SURE else KnownWord.NOT


@dataclass(frozen=True, slots=True)
class _Candidates:
    typed: str
    near: tuple[str, ...]


async def meant_words(typed: Collection[str]) -> dict[str, list[str]]:
    """Words of documents that are a slip or two away from each, the nearest first, or begin as a long one does.

    Codes of days and months too.
    """
    words = sorted({word for word in typed if len(word) >= SURE})
    if not words:
        return {}
    sql = "select typed, array(select near_words(typed)) as near from unnest($1::text[]) typed"
    return {found.typed: _nearest(found) for found in await db.rows(_Candidates, sql, words)}


def _nearest(candidates: _Candidates) -> list[str]:
    far = {word: slips(candidates.typed, word) for word in set(candidates.near) - {candidates.typed}}
    most = forgiven(candidates.typed)
    for word in far:
        if akin(candidates.typed, word):
            far[word] = min(far[word], most)
    words = sorted((word for word, n in far.items() if n <= most), key=lambda word: (far[word], word))
    return words[:MEANT] + calendar_near(candidates.typed)
