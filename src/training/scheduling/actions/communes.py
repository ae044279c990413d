"""Communes of the country come in, and those typed by hand become them; venues and organisations follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.directory.actions.communes import Loaded, load, stand_for
from training.directory.formats.communes import CommuneSaid
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling import rules


@dataclass(frozen=True, slots=True)
class CommunesImported:
    """What an import did. `joined`: of those typed by hand that name one commune, what was typed and what it is."""

    loaded: Loaded
    joined: tuple[tuple[str, str], ...]


async def import_communes(
    actor: Actor, communes: Sequence[CommuneSaid], report: Callable[[int], None] = lambda _done: None
) -> CommunesImported:
    """Write what official files say, whole or not at all; again, it changes nothing. Who was typed by hand is joined.

    Joined is what one commune alone bears: name and postcode. The others wait for somebody who knows.
    """
    async with acting(actor, "commune.import"):
        actor.must(Permission.PLATFORM_EDIT)
        loaded = await load(communes, report)
        rows = await db.connection().fetch(_NAMED)
        for row in rows:
            await _join(row["typed"], row["known"])
    return CommunesImported(loaded, tuple((row["was"], row["becomes"]) for row in rows))


# Those typed by hand whose name and postcode are those of one commune of the country.
_NAMED = """
    select t.id as typed, min(c.id) as known, min(t.name || ' (' || t.postcode || ')') as was,
           min(c.name || ' (' || c.insee || ')') as becomes
    from commune t
    join commune c on commune_key(c.name) = commune_key(t.name) and c.insee is not null
    join commune_postcode p on p.commune = c.id and p.postcode = t.postcode
    where t.insee is null and t.same_as is null
    group by t.id having count(*) = 1 order by t.id
"""


async def join_commune(actor: Actor, typed: int, known: int) -> None:
    """Somebody says which commune of the country one typed by hand is. Conflict: it is one already."""
    async with acting(actor, "commune.join", ("commune", typed)):
        actor.must(Permission.SESSIONS_PLAN)
        was = await db.connection().fetchrow("select insee, same_as from commune where id = $1 for update", typed)
        insee, postcode = await db.connection().fetchrow(_OTHER, known) or (None, "")
        if was is None or insee is None:
            raise NotFound(_("Cette commune n’existe pas."))
        if was["insee"] or was["same_as"]:
            raise Conflict(_("Cette commune est déjà rattachée."))
        if await db.value("select exists (select from venue where commune = $1)", typed):
            rules.check_paris_time(rules.zone_of(postcode), "commune")
        await _join(typed, known)


_OTHER = "select insee, postcode from commune where id = $1"


async def _join(typed: int, known: int) -> None:
    await stand_for(typed, known)
    await db.execute("update venue set commune = $2 where commune = $1", typed, known)
