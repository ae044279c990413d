"""Which reaction answered which fact, what was used how often, what everything is found by."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Integer, Serial
from piccolo.constraints import Unique
from piccolo.table import Table

from training.kernel.columns import instant, short_text


class Reacted(Table, tablename="reacted"):
    """One reaction's answer to one fact, written in the transaction of that answer: done means done once."""

    id: Serial
    fact = UUID(default=None)
    reaction = short_text()
    at = instant(index=True)

    reacted_once = Unique([fact, reaction])


class LimitUse(Table, tablename="limit_use"):
    """Something limited was done by, or to, somebody: `key` is a digest, for an address is nobody's business."""

    id: Serial
    name = short_text(40)
    key = Bytea(default=None)
    amount = Integer(default=None)
    at = instant(index=True)


class SearchEntry(Table, tablename="search_entry"):
    """What one thing is found by, in one search among everything: its words are in `lexemes`, a column of plain SQL.

    Written by the triggers of migration 0046 alone, whatever door a thing comes by; `kind` and `subject` are its table
    and id. No key leads there: what is gone is forgotten by its trigger.
    """

    id: Serial
    kind = short_text(20)
    subject = BigInt(default=None)
    at = instant()  # what the nearest in time goes by
    ended = Boolean(default=None)  # called off, archived, left: found last

    search_entry_once = Unique([kind, subject])


class SearchWord(Table, tablename="search_word"):
    """A word of those documents, once or twice: what somebody may have meant who typed another."""

    id: Serial
    word = short_text(60)
