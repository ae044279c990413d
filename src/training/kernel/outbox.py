"""Facts: what happened, put in the queue by the transaction that made it happen. Who reacts is not known here.

`put` is all that an action needs. The rest serves the dispatcher: a fact becomes one job per reaction, and each
reaction answers it once, in one transaction with the note that it did.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

import structlog
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from training.kernel import clock, db
from training.kernel.tables import Reacted

DISPATCH = "fact"  # the queue entry point that expands a fact into its reactions' jobs


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to `subject`, (kind, id). `ids` are further ids; a reaction rereads the present state."""

    name: str
    subject: tuple[str, int]
    ids: dict[str, int] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    request_id: str | None = None

    def to_bytes(self) -> bytes:
        """As the queue carries it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Fact:
        """As it came from the queue."""
        data = json.loads(raw)
        return cls(**{**data, "subject": tuple(data["subject"])})


async def put(name: str, subject: tuple[str, int], **ids: int) -> None:
    """Say that `name` happened to `subject`, on the current transaction: it is said if and only if that commits."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    fact = Fact(name, subject, ids, request_id=request_id)
    await enqueue([DISPATCH], fact)


async def enqueue(entrypoints: Sequence[str], fact: Fact, *, after: timedelta | None = None) -> None:
    """One job per entry point, on the current transaction."""
    if not db.in_transaction():
        raise RuntimeError("a fact is put in the transaction that makes it true")
    if entrypoints:
        n = len(entrypoints)
        queries = Queries(AsyncpgDriver(db.connection()))
        await queries.enqueue(list(entrypoints), [fact.to_bytes()] * n, [0] * n, [after] * n)


@contextlib.asynccontextmanager
async def answering(fact: Fact, reaction: str) -> AsyncIterator[bool]:
    """The transaction of one reaction's answer to one fact; yields False when it was given before.

    Answers of one reaction about one subject wait for each other, so that late, doubled or reordered jobs converge.
    """
    async with db.atomic() as tx:
        key = f"{reaction}:{fact.subject[0]}:{fact.subject[1]}"
        await tx.connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", key)
        fresh = (
            await Reacted.insert(Reacted(fact=uuid.UUID(fact.id), reaction=reaction, at=clock.now()))
            .on_conflict(target="reacted_once", action="DO NOTHING")
            .returning(Reacted.id)
        )
        yield bool(fresh)
