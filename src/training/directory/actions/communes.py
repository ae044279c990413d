"""Changes to the municipalities that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.directory.formats.communes import CommuneSaid
from training.directory.queries import commune_typed
from training.directory.rules.communes import check_commune
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def commune_named(actor: Actor, name: str, postcode: str) -> int:
    """The commune that somebody typed: the one we know, or a new row without an INSEE code and a place on the map.

    Invalid, beside `city` and `postcode`: neither can be those of a commune.
    """
    async with acting(actor, "commune.name") as change:
        actor.must(Permission.OFFICE_SEE)
        plain, digits = check_commune(name, postcode)
        commune = await commune_typed(name, digits)
        if commune is None:
            commune = await db.value(_TYPED, plain, digits)
        change.about("commune", commune)
        return int(commune)


# Two who type it at once make one row: the second is told of the first's.
_TYPED = """
    insert into commune (name, postcode) values ($1, $2)
    on conflict (commune_key(name), postcode) where insee is null do update set postcode = excluded.postcode
    returning coalesce(same_as, id)
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. `homeless`: new ones of which no file says the name and the postcode, so they are left out."""

    made: int
    changed: int
    homeless: int


async def load(communes: Sequence[CommuneSaid], report: Callable[[int], None] = lambda _done: None) -> Loaded:
    """Write what files say of communes: those that are new, and what is new of the others. Part of an import."""
    connection = db.connection()
    await connection.execute("lock table commune in share row exclusive mode")  # of two imports the second sees all
    columns = ", ".join(_COLUMNS)
    known = {
        row["insee"]: (row["id"], tuple(row)[1:])
        for row in await connection.fetch(f"select id, {columns} from commune where insee is not null")
    }
    new = [_over(None, said) for said in communes if said.insee not in known and said.name and said.postcodes]
    changed = [
        (known[said.insee][0], *over)
        for said in communes
        if said.insee in known and (over := _over(known[said.insee][1], said)) != known[said.insee][1]
    ]
    for begin in range(0, len(new), BATCH):
        await connection.copy_records_to_table("commune", records=new[begin : begin + BATCH], columns=_COLUMNS)
        report(begin)
    for begin in range(0, len(changed), BATCH):
        await connection.execute(_CHANGE, *map(list, zip(*changed[begin : begin + BATCH], strict=True)))
        report(len(new) + begin)
    await _add_postcodes(communes)
    await connection.execute("analyze commune, commune_postcode")  # a country more: plans from before know a village
    report(len(communes))
    return Loaded(len(new), len(changed), sum(said.insee not in known for said in communes) - len(new))


BATCH = 2_000  # communes that one statement writes
_COLUMNS = (
    "insee", "name", "postcode", "latitude", "longitude", "population", "epci_code", "epci_name", "mairie_phone",
    "mairie_email",
)  # fmt: skip
_CHANGE = """
    update commune c set
        name = n.name, postcode = n.postcode, latitude = n.latitude, longitude = n.longitude,
        population = n.population, epci_code = n.epci_code, epci_name = n.epci_name,
        mairie_phone = n.phone, mairie_email = n.email
    from unnest($1::bigint[], $2::varchar[], $3::varchar[], $4::varchar[], $5::float8[], $6::float8[], $7::int[],
                $8::varchar[], $9::varchar[], $10::varchar[], $11::varchar[])
         n (id, insee, name, postcode, latitude, longitude, population, epci_code, epci_name, phone, email)
    where c.id = n.id
"""


def _over(known: tuple[object, ...] | None, said: CommuneSaid) -> tuple[object, ...]:
    """A commune's columns with what is said of it: what no file says stays as it was, a postcode always does."""
    was = dict(zip(_COLUMNS, known or [None] * len(_COLUMNS), strict=True))
    latitude, longitude = said.position or (was["latitude"], was["longitude"])
    moved = said.epci_code is not None and said.epci_code != was["epci_code"]
    return (
        said.insee,
        said.name or was["name"],
        was["postcode"] or said.postcodes[0],
        latitude,
        longitude,
        was["population"] if said.population is None else said.population,
        said.epci_code or was["epci_code"],
        said.epci_name or (None if moved else was["epci_name"]),  # that was the name of another
        said.phone or was["mairie_phone"],
        said.email or was["mairie_email"],
    )


async def _add_postcodes(communes: Sequence[CommuneSaid]) -> None:
    connection = db.connection()
    ids = {row["insee"]: row["id"] for row in await connection.fetch("select insee, id from commune")}
    known = {tuple(row) for row in await connection.fetch("select commune, postcode from commune_postcode")}
    said = {(ids[c.insee], postcode) for c in communes if c.insee in ids for postcode in c.postcodes}
    await connection.copy_records_to_table(
        "commune_postcode", records=sorted(said - known), columns=("commune", "postcode")
    )


async def stand_for(typed: int, known: int) -> None:
    """A commune typed by hand is that one of the country: whoever was in the one is in the other. Part of a joining."""
    await db.execute("update commune set same_as = $2 where id = $1", typed, known)
    await db.execute("update organisation set commune = $2 where commune = $1", typed, known)
