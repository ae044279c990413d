"""Where documents are looked for: among the nearest in time, one by one; then in the index of their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from training.kernel import clock, db
from training.kernel.search_terms import together

NEAR = 400  # documents of each kind, before now and after, that are read one by one before the index is asked
FAR = 100  # that the index finds, of each kind: what is more is not counted
SAMPLE, COMMON = 60, 15  # of so many documents of a kind so many have it: looking it up costs more than reading it

Asked = tuple[str, ...]  # a tsquery for each term of what was typed


@dataclass(frozen=True, slots=True)
class Ladder:
    """What is asked, the best first; whatever answers one of them answers the last.

    What a thing is called before what is said of it; of either, whole words before what they begin. What is only nearly
    so is last.
    """

    called: Asked
    called_begun: Asked
    whole: Asked
    begun: Asked
    called_nearly: Asked = ()
    nearly: Asked = ()

    @property
    def any(self) -> Asked:
        """What all that is found answers."""
        return self.nearly or self.begun

    @property
    def rungs(self) -> list[str]:
        """For the statements; one that is not asked is null."""
        ways = (self.called, self.called_begun, self.whole, self.begun, self.called_nearly, self.nearly)
        return [together(way) if way else "" for way in ways]


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document that was found: on which rung, whether it is over and done with or past, how far from now.

    `count`: of how many of its kind it is one; `more`: of the first alone, whether others were not looked at.
    """

    kind: str
    subject: int
    rung: int
    ended: bool
    past: bool
    away: timedelta
    count: int
    more: bool

    @property
    def order(self) -> tuple[int, bool, bool, timedelta, int]:
        """The best first: what fits best, what is open, what is to come; the nearest. As `_ORDER` has it."""
        return self.rung, self.ended, self.past, self.away, self.subject


_ORDER = "rung, ended, past, away, subject"
# A tsquery is read once, not for each row.
_ASKED = "with asked as materialized (select {})".format(
    ", ".join(f"nullif(${n}, '')::tsquery as r{n}" for n in range(1, 7))
)
_FOUND = """
    ended, at < $7::timestamptz as past, case when at < $7 then $7 - at else at - $7 end as away,
    case when lexemes @@ r1 then 0 when lexemes @@ r2 then 1 when lexemes @@ r3 then 2 when lexemes @@ r4 then 3
         when lexemes @@ r5 then 4 else 5 end as rung
"""


async def among_the_nearest(kinds: Sequence[str], ladder: Ladder, limit: int) -> list[FoundDocument]:
    """The best of each kind among the next in time and the last: a word that many have is soon met among them."""
    behind = f"(select from search_entry e where e.kind = k.kind and at {{}} order by at {{}} offset {NEAR:d} limit 1)"
    sql = f"""
        {_ASKED}
        select k.kind, subject, rung, ended, past, away, count, nth = 1 and (
            exists {behind.format("< $7", "desc")} or exists {behind.format(">= $7", "")}
        ) as more
        from unnest($8::text[]) k (kind), lateral (
            select *, count(*) over () as count, row_number() over (order by {_ORDER}) as nth from (
                select subject, {_FOUND} from asked, (
                    (select * from search_entry e where e.kind = k.kind and at >= $7 order by at limit {NEAR:d})
                    union all
                    (select * from search_entry e where e.kind = k.kind and at < $7 order by at desc limit {NEAR:d})
                ) nearest where lexemes @@ coalesce(r6, r4)
            ) found order by nth limit {limit:d}
        ) best
    """
    return await db.rows(FoundDocument, sql, *ladder.rungs, clock.now(), list(kinds))


async def in_the_index(sought: Mapping[str, Asked], ladder: Ladder, limit: int) -> list[FoundDocument]:
    """The best of each kind for what is sought of it: of those around now first, if they are enough.

    Of terms that many documents have the index would compare all; those are read in the rows of what has the others.
    """
    common = await _common({kind: asked for kind, asked in sought.items() if len(asked) > 1})
    looked, read = {}, {}
    for kind, asked in sought.items():
        often = [one for n, one in enumerate(asked) if (kind, n) in common]
        rare = [one for one in asked if one not in often]
        looked[kind], read[kind] = (together(rare), together(often)) if rare else (together(asked), "")
    sql = f"""
        {_ASKED}
        select k.kind, subject, rung, ended, past, away, count,
               count > {FAR:d} or count >= {limit:d} and all_around as more
        from unnest($8::text[], $9::text[], $10::text[]) k (kind, looked, read), lateral (
            select subject, {_FOUND}, count(*) over () as count,
                   bool_and(lexemes @@ (select $12::text::tsquery)) over () as all_around
            from asked, search_found(
                k.kind, k.looked::tsquery, nullif(k.read, '')::tsquery, array[$11::text::tsquery, $12::text::tsquery],
                {limit:d}, {FAR + 1:d}
            ) order by {_ORDER} limit {limit:d}
        ) best
    """
    said = ([by_kind[kind] for kind in sought] for by_kind in (looked, read))
    now = clock.now()
    return await db.rows(FoundDocument, sql, *ladder.rungs, now, list(sought), *said, *_around(now))


@dataclass(frozen=True, slots=True)
class _Common:
    kind: str
    nth: int


async def _common(sought: Mapping[str, Asked]) -> set[tuple[str, int]]:
    """Of each kind the terms that so many of its documents have that the index would be long in comparing them."""
    each = [(kind, n, said) for kind, asked in sought.items() for n, said in enumerate(asked)]
    sql = f"""
        select kind, nth from unnest($1::text[], $2::int[], $3::text[]) t (kind, nth, said)
        where (
            select count(*) from (
                select lexemes from search_entry e where e.kind = t.kind order by at desc limit {SAMPLE:d}
            ) newest where lexemes @@ (select t.said::tsquery)
        ) > {COMMON:d}
    """
    if not each:
        return set()
    return {(one.kind, one.nth) for one in await db.rows(_Common, sql, *map(list, zip(*each, strict=True)))}


def _around(now: datetime) -> tuple[str, str]:
    """The months around now, and the years, as tsqueries of what documents say."""
    month = now.year * 12 + now.month - 1
    months = (f"'#a{n // 12}.{n % 12 + 1:02}'" for n in (month, month - 1, month + 1))
    years = (f"'#a{n}'" for n in (now.year, now.year - 1, now.year + 1))
    return " | ".join(months), " | ".join(years)
