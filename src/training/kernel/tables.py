"""What the outbox and limits remember: which reaction has answered which fact, what was used how often."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Serial
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
