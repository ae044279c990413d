"""What the outbox remembers: which reaction has answered which fact."""

from __future__ import annotations

from piccolo.columns import UUID, Serial
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
