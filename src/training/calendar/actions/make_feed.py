"""A feed's file, put together from events that were written before; a missing one is written, and kept.

Never stale: a fragment is found by the digest of all that it says, so what changed has another name.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from training.calendar import rules
from training.calendar.formats.event import vevent
from training.calendar.formats.feed import Head, joined
from training.calendar.queries import slots
from training.calendar.queries.slots import EventFacts, Listing
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

KEPT_BYTES = 48_000_000  # of whole files, in this process: the same feed is fetched by many programs
BATCH = 500  # events written together: between two, the loop answers others
FRAGMENT_DAYS = 30  # then what nobody names any more goes; what is still asked for is written again

_files: OrderedDict[str, bytes] = OrderedDict()


async def file(listing: Listing, head: Head, *, base_url: str, contact: str) -> bytes | None:
    """The bytes of a feed, in the language of the context, which the listing's salt names.

    The same listing and head give the same, in any process. None: it changed meanwhile.
    """
    etag = listing.etag(head.name, head.description, head.color)
    if (known := _files.get(etag)) is not None:
        _files.move_to_end(etag)
        return known
    parts = await _parts(listing, base_url, contact)
    if len(parts) < len(listing.digests):
        return None
    content = await asyncio.to_thread(joined, head, listing.zones, parts)
    _files[etag] = content
    while len(_files) > 1 and sum(map(len, _files.values())) > KEPT_BYTES:
        _files.popitem(last=False)
    return content


async def _parts(listing: Listing, base_url: str, contact: str) -> list[bytes]:
    """The events in order. What is missing is read and written; what changed meanwhile is left out."""
    sql = "select digest, content from calendar_fragment where digest = any($1)"
    found = dict(await db.connection().fetch(sql, listing.digests))
    missing = set(listing.digests) - found.keys()
    if missing:
        rows = await slots.facts(listing, missing)
        for start in range(0, len(rows), BATCH):
            made = await asyncio.to_thread(_write, rows[start : start + BATCH], base_url, contact)
            await _keep(made)
            found |= {w.digest: content for w, content in made}
    return [found[digest] for digest in listing.digests if digest in found]


def _write(rows: list[Mapping[str, Any]], base_url: str, contact: str) -> list[tuple[EventFacts, bytes]]:
    # in one order, whoever writes: two that write the same would wait for each other for ever
    found = sorted(map(slots.written, rows), key=attrgetter("digest"))
    return [(w, vevent(rules.event(w.facts, w.audience, base_url=base_url, contact=contact))) for w in found]


async def _keep(made: list[tuple[EventFacts, bytes]]) -> None:
    async with db.atomic():
        await db.execute(
            """
            insert into calendar_fragment (digest, slot, audience, content, made_at)
            select *, $5 from unnest($1::bytea[], $2::bigint[], $3::text[], $4::bytea[])
            on conflict (digest) do nothing
            """,
            [w.digest for w, _content in made],
            [w.facts.slot for w, _content in made],
            [w.audience for w, _content in made],
            [content for _w, content in made],
            clock.now(),
        )


async def forget_fragments(actor: Actor = SYSTEM) -> None:
    """Fragments older than a month cost room only: those still asked for are written again."""
    async with acting(actor, "calendar.forget-fragments"):
        actor.must(Permission.PLATFORM_RUN)
        sql = "delete from calendar_fragment where made_at < $1::timestamptz - make_interval(days => $2)"
        await db.execute(sql, clock.now(), FRAGMENT_DAYS)
