"""Which documents answer a text: what fits best first, the nearest in time first; nothing of what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from training.kernel import clock, db
from training.kernel.search_terms import BEGUN, LONGEST, Term, asked, terms_of
from training.reporting.office.search.looking import Asked, FoundDocument, Ladder, among_the_nearest, in_the_index
from training.reporting.office.search.meaning import KnownWord, known_words, meant_words

FEW = 5  # found of all kinds: fewer, and words that are nearly those are looked for too


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found of a kind: ids, the best first, and how many at least there are. `most`: there may be more."""

    subjects: tuple[int, ...]
    count: int
    most: bool


async def find(text: str, kinds: Sequence[str], limit: int) -> dict[str, Hits]:
    """By kind the best `limit` documents for a text; only kinds that have some, that of the best first."""
    terms = terms_of(await db.value("select fold($1)", text), clock.today())
    if not terms or not kinds:
        return {}
    known = await known_words([term.word for term in terms])
    meant = await meant_words([word for word in known if known[word] is KnownWord.NOT])
    if any(_in_nothing(term, known, meant) for term in terms):
        return {}
    begun = {word for word in known if known[word] is KnownWord.BEGUN}
    if begun or len(known) > 1:  # « f. dentelle »
        begun |= {word for word in known if len(word) < BEGUN}
    say = partial(asked, terms, near=meant, unknown=meant)
    say_begun = partial(say, wide=True, begun=begun)
    ladder = Ladder(say(called=True), say_begun(called=True), say(), say_begun())
    looked = _Looked(kinds, limit)
    await looked.look(ladder, ladder.called, ladder.whole, called_to=0)
    if ladder.begun != ladder.whole:
        await looked.look_further(ladder, ladder.called_begun, ladder.begun, called_to=1)
    if looked.count < FEW:
        more = {**meant, **await meant_words(known.keys() - meant.keys())}
        nearly = partial(asked, terms, wide=True, begun=begun, near=more, unknown=meant, numbers=not looked.count)
        if nearly() != ladder.begun:
            wider = replace(ladder, called_nearly=nearly(called=True), nearly=nearly())
            await looked.look(wider, wider.called_nearly, wider.nearly, called_to=4)
    return looked.hits()


def _in_nothing(term: Term, known: Mapping[str, KnownWord], meant: Mapping[str, Sequence[str]]) -> bool:
    """Whether no document has what a term means: then none has all of them. No list is kept of words with digits."""
    listed = len(term.word) <= LONGEST and not any(character.isdigit() for character in term.word)
    return listed and known.get(term.word) is KnownWord.NOT and not meant.get(term.word) and len(term.meanings) == 1


@dataclass(slots=True)
class _OfKind:
    """What was found of a kind so far. `more`: there are others behind; `whole`: nothing else can be found."""

    best: dict[int, FoundDocument] = field(default_factory=dict)
    count: int = 0
    more: bool = True
    whole: bool = False

    def take(self, hits: Sequence[FoundDocument], *, counted: bool = True, of_all: bool) -> None:
        """`counted`: the hits say how many there are; `of_all`: of all that is asked."""
        self.best |= {hit.subject: hit for hit in hits}
        self.count = max(self.count, *(hit.count for hit in hits))
        if counted:
            self.more = any(hit.more for hit in hits)
            self.whole = of_all and not self.more


class _Looked:
    """What was found so far, of each kind."""

    def __init__(self, kinds: Sequence[str], limit: int) -> None:
        self._kinds = kinds
        self._limit = limit
        self._found = {kind: _OfKind() for kind in kinds}

    @property
    def count(self) -> int:
        """How many were found."""
        return sum(of.count for of in self._found.values())

    def hits(self) -> dict[str, Hits]:
        """The best of each kind; the kind with the best of all comes first."""
        best = {
            kind: sorted(of.best.values(), key=lambda hit: hit.order) for kind, of in self._found.items() if of.best
        }
        return {
            kind: Hits(tuple(hit.subject for hit in best[kind][: self._limit]), of.count, of.more)
            for kind in sorted(best, key=lambda kind: best[kind][0].rung)
            for of in (self._found[kind],)
        }

    async def look(self, ladder: Ladder, called: Asked, anywhere: Asked, *, called_to: int) -> None:
        """Among the nearest in time, where all that is asked is met; then where they were too few."""
        for of in self._found.values():
            of.whole = False
        for kind, hits in _by_kind(await among_the_nearest(self._kinds, ladder, self._limit)).items():
            self._found[kind].take(hits, of_all=True)
        await self.look_further(ladder, called, anywhere, called_to=called_to)

    async def look_further(self, ladder: Ladder, called: Asked, anywhere: Asked, *, called_to: int) -> None:
        """In the index: of kinds with too few that are called so, those that are; with too few at all, anything."""
        sought = {}
        for kind, of in self._found.items():
            named = sum(hit.rung <= called_to for hit in of.best.values())
            if not of.whole and named < self._limit:
                sought[kind] = called if len(of.best) >= self._limit else anywhere
        if not sought:
            return
        for kind, hits in _by_kind(await in_the_index(sought, ladder, self._limit)).items():
            self._found[kind].take(hits, counted=sought[kind] is anywhere, of_all=anywhere == ladder.any)


def _by_kind(hits: Sequence[FoundDocument]) -> dict[str, list[FoundDocument]]:
    by_kind: dict[str, list[FoundDocument]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit)
    return by_kind
