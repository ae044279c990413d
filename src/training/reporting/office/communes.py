"""Communes as the office's forms offer them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.kernel import db
from training.kernel.clauses import Clauses

OFFERED = 8  # of a list that opens under a field
FEWEST = 2  # letters: fewer begin the names of half a country


@dataclass(frozen=True, slots=True)
class CommuneOffered:
    """A commune that what was typed may begin."""

    name: str
    postcode: str


async def communes_offered(name: str, postcode: str) -> list[CommuneOffered]:
    """Those whose name begins so in a postcode, or anywhere where none is: the largest first; none for less."""
    return await _offered(name, postcode) or await _offered(name, "")


async def _offered(name: str, postcode: str) -> list[CommuneOffered]:
    where = Clauses("c.same_as is null")
    if len(name.strip()) >= FEWEST:
        # not `like`: of a text that is not known yet it has no plan by an index
        where.add("commune_key(c.name) ~>=~ commune_key({})", name)
        where.add("commune_key(c.name) ~<~ (commune_key({}) || '~')", name)
    if len(postcode) == 5:
        where.add("c.id in (select commune from commune_postcode where postcode = {})", postcode)
    elif len(name.strip()) < FEWEST:
        return []
    shown = where.value(postcode) if len(postcode) == 5 else "c.postcode"
    sql = f"""
        select c.name, {shown} as postcode from commune c
        where {where} order by c.population desc nulls last, fold(c.name), c.id limit {OFFERED:d}
    """
    return await db.rows(CommuneOffered, sql, *where.values)


@dataclass(frozen=True, slots=True)
class CommuneGuess:
    """A commune of the country that one typed by hand may be."""

    id: int
    name: str
    postcode: str
    insee: str

    @property
    def said(self) -> str:
        """It and no other."""
        return f"{self.name} ({self.postcode}), {self.insee}"


@dataclass(frozen=True, slots=True)
class CommuneTyped:
    """A commune typed by hand that nobody has said which it is; what is in it; which it may be, the likeliest first."""

    id: int
    name: str
    postcode: str
    venues: int
    organisations: int
    candidates: tuple[CommuneGuess, ...] = ()


@dataclass(frozen=True, slots=True)
class CommunesKnown:
    """How many of the country are known, by what; and those typed by hand that wait."""

    known: int
    placed: int
    waiting: list[CommuneTyped]


async def communes_page() -> CommunesKnown:
    """What the page of communes shows: three statements."""
    row = await db.connection().fetchrow("select count(insee), count(latitude) from commune")
    return CommunesKnown(row[0], row[1], await communes_typed())


async def communes_typed() -> list[CommuneTyped]:
    """Those typed by hand that are none of the country yet, with what they may be: two statements."""
    found = await db.rows(CommuneTyped, _TYPED)
    rows = await db.connection().fetch(_GUESSES, [typed.id for typed in found])
    guesses: dict[int, list[CommuneGuess]] = {}
    for row in rows:
        guesses.setdefault(row["typed"], []).append(CommuneGuess(row["id"], row["name"], row["postcode"], row["insee"]))
    return [replace(typed, candidates=tuple(guesses.get(typed.id, ()))) for typed in found]


_TYPED = """
    select t.id, t.name, t.postcode, (select count(*) from venue where commune = t.id) as venues,
           (select count(*) from organisation where commune = t.id) as organisations
    from commune t where t.insee is null and t.same_as is null order by fold(t.name), t.id
"""
# Of the same postcode, or of the same name in the same département, each by its index: the most alike first.
_GUESSES = """
    select t.id as typed, g.* from commune t cross join lateral (
        select c.id, c.name, c.postcode, c.insee from (
            select commune as id from commune_postcode where postcode = t.postcode
            union
            select id from commune
            where commune_key(name) = commune_key(t.name) and left(postcode, 2) = left(t.postcode, 2)
        ) x join commune c on c.id = x.id
        where c.insee is not null
        order by similarity(commune_key(c.name), commune_key(t.name)) desc, c.id limit 4
    ) g
    where t.id = any($1) order by t.id, similarity(commune_key(g.name), commune_key(t.name)) desc, g.id
"""
