"""Which documents answer a text: exact before near, the nearest in time first; nothing of what they are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from training.kernel import clock, db
from training.kernel.search_terms import asked, terms_of
from training.reporting.office.search.meaning import KnownWord, known_words, meant_words

NEAR = 400  # documents of each kind, before now and after, that are read one by one before the index is asked
FAR = 100  # that the index finds, of each kind: what is more is not counted
FEW = 5  # found of all kinds: fewer, and words that are nearly those are looked for too


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found of a kind: ids, the best first, and how many at least there are. `most`: there may be more."""

    subjects: tuple[int, ...]
    count: int
    most: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: str
    subject: int
    count: int
    most: bool


async def find(text: str, kinds: Sequence[str], limit: int) -> dict[str, Hits]:
    """By kind the best `limit` documents for a text; only kinds that have some. Nine statements at most."""
    terms = terms_of(await db.value("select fold($1)", text), clock.today())
    if not terms or not kinds:
        return {}
    known = await known_words([term.word for term in terms])
    meant = await meant_words([word for word in known if known[word] is KnownWord.NOT])
    begun = {word for word in known if known[word] is KnownWord.BEGUN}
    whole = asked(terms, near=meant, unknown=meant)
    wide = asked(terms, wide=True, begun=begun, near=meant, unknown=meant)
    found = await _find(whole, wide, kinds, limit)
    if sum(hits.count for hits in found.values()) < FEW:
        more = {**meant, **await meant_words(known.keys() - meant.keys())}
        nearly = asked(terms, wide=True, begun=begun, near=more, unknown=meant, numbers=not found)
        if nearly != wide:
            found = await _find(wide, nearly, kinds, limit)
    return found


async def _find(first: str, query: str, kinds: Sequence[str], limit: int) -> dict[str, Hits]:
    """What answers `first`, then what answers only `query`, which whatever answers `first` does."""
    now = clock.now()
    near = _by_kind(await db.rows(_Hit, _among_the_nearest(kinds, limit), first, query, now))
    found = {kind: some for kind, some in near.items() if some.count >= limit}
    if rest := [kind for kind in kinds if kind not in found]:
        found |= _by_kind(await db.rows(_Hit, _by_first(kinds, limit), first, now, rest))
    few = [kind for kind in rest if kind not in found or found[kind].count < limit]
    if few and query != first:
        found |= _by_kind(await db.rows(_Hit, _by_both(kinds, limit), first, query, now, few))
    return {kind: found[kind] for kind in kinds if kind in found}


def _by_kind(hits: Collection[_Hit]) -> dict[str, Hits]:
    by_kind: dict[str, list[_Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit)
    return {
        kind: Hits(tuple(hit.subject for hit in some), some[0].count, some[0].most) for kind, some in by_kind.items()
    }


# A tsquery is read once, not for each row.
_FIRST, _QUERY = "(select $1::text::tsquery)", "(select $2::text::tsquery)"


def _best(kind: str, documents: str, limit: int, now: str, most: str = f"count(*) over () >= {FAR:d}") -> str:
    """The best of some documents, coming before past. `first`: of those that answer what is asked first."""
    return f"""(
        select '{kind}' as kind, subject, count(*) over () as count, {most} as most from {documents}
        order by ended, not first, at < {now}, case when at < {now} then {now} - at else at - {now} end, subject
        limit {limit:d}
    )"""


def _among_the_nearest(kinds: Sequence[str], limit: int) -> str:
    """Of each kind the next in time and the last: a word that many have is soon met among them."""
    columns = "subject, at, ended, lexemes"
    return " union all ".join(
        _best(
            kind,
            f"""(
                select subject, at, ended, lexemes @@ {_FIRST} as first from (
                    (select {columns} from search_entry where kind = '{kind}' and at >= $3 order by at limit {NEAR:d})
                    union all
                    (select {columns} from search_entry where kind = '{kind}' and at < $3
                     order by at desc limit {NEAR:d})
                ) nearest where lexemes @@ {_QUERY}
            ) found""",
            limit,
            "$3",
            _MORE.format(kind=kind),
        )
        for kind in kinds
    )


# Whether others lie behind the nearest.
_MORE = f"""
    (exists (select from search_entry where kind = '{{kind}}' and at < $3 order by at desc offset {NEAR:d} limit 1)
     or exists (select from search_entry where kind = '{{kind}}' and at >= $3 order by at offset {NEAR:d} limit 1))
"""


def _by_first(kinds: Sequence[str], limit: int) -> str:
    """Of the kinds that $3 names; a word that few have is found by its index, and then has few."""
    return " union all ".join(
        _best(kind, f"({_indexed(kind, '$3')} and lexemes @@ {_FIRST} limit {FAR:d}) found", limit, "$2")
        for kind in kinds
    )


def _by_both(kinds: Sequence[str], limit: int) -> str:
    """Of the kinds that $4 names, what answers either."""
    return " union all ".join(
        _best(
            kind,
            f"""(
                ({_indexed(kind, "$4")} and lexemes @@ {_FIRST} limit {FAR:d})
                union all
                ({_indexed(kind, "$4", "false")} and lexemes @@ {_QUERY} and not lexemes @@ {_FIRST} limit {FAR:d})
            ) found""",
            limit,
            "$3",
        )
        for kind in kinds
    )


def _indexed(kind: str, among: str, first: str = "true") -> str:
    return f"""
        select subject, at, ended, {first} as first from search_entry
        where kind = '{kind}' and '{kind}' = any({among}::text[])
    """
