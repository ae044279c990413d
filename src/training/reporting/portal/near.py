"""Near which commune somebody wants to come: what they typed, the commune that it names, the venues around it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from training.kernel import db
from training.kernel.clauses import Clauses

REACH = 30  # kilometres as the crow flies: what one still calls near, where one goes by road
EARTH = 6371.0  # kilometres: its mean radius
SAME_NAME = 6  # communes of one name that are looked at: there are more, and people then type a postcode

Point = tuple[float, float]  # latitude, longitude, in degrees


@dataclass(frozen=True, slots=True)
class NamedCommune:
    """A commune as somebody may have meant it. Typed by hand, nobody knows where it is: `at` is None."""

    id: int
    name: str
    postcode: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def at(self) -> Point | None:
        """Where it is."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)

    @property
    def typed(self) -> str:
        """What names this one and no other of its name."""
        return f"{self.name} {self.postcode}"


@dataclass(frozen=True, slots=True)
class NearVenue:
    """A venue in use, its commune, and where it is as far as anybody knows."""

    id: int
    commune: int
    latitude: float | None
    longitude: float | None

    def far_from(self, commune: NamedCommune) -> float | None:
        """Kilometres; none at all inside the commune itself when nothing better is known, None elsewhere."""
        if commune.at and self.latitude is not None and self.longitude is not None:
            return kilometres(commune.at, (self.latitude, self.longitude))
        return 0.0 if self.commune == commune.id else None


@dataclass(frozen=True, slots=True)
class Near:
    """What was typed, and the commune it names; None when there is no such commune.

    `distances`: the venues in use of which that is known, in kilometres from there. `others`: communes that bear the
    same name.
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
    """The name and the postcode that somebody typed, either or both: "Héloup (61250)" is "Héloup", "61250"."""
    postcode = next(iter(re.findall(r"\b[0-9]{5}\b", typed)), "")
    return " ".join(re.sub(r"[()0-9,]", " ", typed).split()), postcode


def nearest(communes: Sequence[NamedCommune], venues: Sequence[NearVenue]) -> list[NamedCommune]:
    """Those of one name, the nearest to where sessions are held first: it is the one that is meant."""

    def far(commune: NamedCommune) -> float:
        known = [far for venue in venues if (far := venue.far_from(commune)) is not None]
        return min(known, default=EARTH)

    return sorted(communes, key=far)


async def near(typed: str) -> Near | None:
    """The commune and how far each venue is from there: two statements; none when nothing was typed."""
    if not typed:
        return None
    name, postcode = names_in(typed)
    communes = await _communes(name, postcode) if name or postcode else []
    if not communes:
        return Near(typed)
    venues = await db.rows(NearVenue, _VENUES)
    first, *others = nearest(communes, venues)
    distances = {venue.id: far for venue in venues if (far := venue.far_from(first)) is not None}
    return Near(typed, first, distances, tuple(others))


async def _communes(name: str, postcode: str) -> list[NamedCommune]:
    where = Clauses("c.same_as is null")
    if postcode:
        where.add("c.id in (select commune from commune_postcode where postcode = {})", postcode)
    if name:
        where.add("commune_key(c.name) = commune_key({})", name)
    sql = f"""
        select c.id, c.name, c.postcode, c.latitude, c.longitude from commune c
        where {where} order by c.population desc nulls last, c.id limit {SAME_NAME:d}
    """
    return await db.rows(NamedCommune, sql, *where.values)


# A venue of which nobody has given the coordinates is somewhere in its commune.
_VENUES = """
    select v.id, v.commune,
           coalesce(v.latitude, c.latitude) as latitude, coalesce(v.longitude, c.longitude) as longitude
    from venue v join commune c on c.id = v.commune where v.active
"""
