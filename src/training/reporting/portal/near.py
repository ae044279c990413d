"""Near which commune somebody wants to come: what they typed, the commune that it names, the venues around it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from training.kernel import db
from training.kernel.clauses import Clauses

REACH = 30  # kilometres as the crow flies: what one still calls near, where one goes by road
EARTH = 6371.0  # kilometres: its mean radius
SAME_NAME = 6  # communes of one name that are looked at: there are more, and people then type a postcode

Point = tuple[float, float]  # latitude, longitude, in degrees


@dataclass(frozen=True, slots=True)
class NamedCommune:
    """A commune as somebody may have meant it."""

    name: str
    postcode: str
    latitude: float
    longitude: float

    @property
    def typed(self) -> str:
        """What names this one and no other of its name."""
        return f"{self.name} {self.postcode}"


@dataclass(frozen=True, slots=True)
class Near:
    """What was typed, and the commune it names; None when there is no such commune.

    `distances`: every venue in use, in kilometres from there. `others`: communes that bear the same name.
    """

    typed: str
    commune: NamedCommune | None = None
    distances: Mapping[int, float] = field(default_factory=dict)
    others: tuple[NamedCommune, ...] = ()

    @property
    def within(self) -> list[int]:
        """The venues within reach."""
        return sorted(venue for venue, far in self.distances.items() if far <= REACH)


def kilometres(one: Point, other: Point) -> float:
    """As the crow flies (haversine)."""
    (lat, lon), (lat2, lon2) = ([math.radians(degrees) for degrees in point] for point in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(half, 1.0)))


def names_in(typed: str) -> tuple[str, str]:
    """The name and the postcode that somebody typed, either or both: "St Denis (61420)" is "Saint Denis", "61420"."""
    postcode = next(iter(re.findall(r"\b[0-9]{5}\b", typed)), "")
    name = re.sub(r"[()0-9,]", " ", typed)
    for short, whole in (("ste", "sainte"), ("st", "saint")):
        name = re.sub(rf"\b{short}\b\.?", whole, name, flags=re.IGNORECASE)
    return " ".join(name.split()), postcode


def nearest(communes: Sequence[NamedCommune], venues: Iterable[Point]) -> list[NamedCommune]:
    """Those of one name, the nearest to where sessions are held first: it is the one that is meant."""
    known = list(venues)
    return sorted(communes, key=lambda c: min((kilometres((c.latitude, c.longitude), at) for at in known), default=0.0))


async def near(typed: str) -> Near | None:
    """The commune and how far each venue is from there: two statements; none when nothing was typed."""
    if not typed:
        return None
    name, postcode = names_in(typed)
    communes = await _communes(name, postcode) if name or postcode else []
    if not communes:
        return Near(typed)
    venues = {place.id: (place.latitude, place.longitude) for place in await db.rows(_Place, _VENUES)}
    first, *others = nearest(communes, venues.values())
    here = (first.latitude, first.longitude)
    return Near(typed, first, {venue: kilometres(here, at) for venue, at in venues.items()}, tuple(others))


async def _communes(name: str, postcode: str) -> list[NamedCommune]:
    where = Clauses()
    if postcode:
        where.add("c.postcode = {}", postcode)
    if name:
        # the length first: it costs nothing, and folding the names of a whole country does
        where.add("length(c.name) = length({}) and spaced(c.name) = spaced({})", name, name)
    sql = f"""
        select c.name, c.postcode, c.latitude, c.longitude from commune c
        where {where} order by c.population desc, c.id limit {SAME_NAME:d}
    """
    return await db.rows(NamedCommune, sql, *where.values)


@dataclass(frozen=True, slots=True)
class _Place:
    id: int
    latitude: float
    longitude: float


# A venue of which nobody has given the coordinates is somewhere in its commune.
_VENUES = """
    select v.id, coalesce(v.latitude, c.latitude) as latitude, coalesce(v.longitude, c.longitude) as longitude
    from venue v join commune c on c.id = v.commune where v.active
"""
