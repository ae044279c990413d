"""Who did something, by the kind of actor and the id that the audit keeps."""

from __future__ import annotations

from collections.abc import Iterable

from training.kernel import db
from training.kernel.i18n import _

Who = tuple[str, int | None]  # kind of actor and id, as the audit keeps them


async def names_of(met: Iterable[Who]) -> dict[Who, str]:
    """What everybody is called, in one statement; in none where the audit met nobody who has a name of their own."""
    met = set(met)
    found: dict[Who, str] = {
        ("system", None): _("le logiciel, de lui-même"),
        **{who: _("par le lien d’un courriel") for who in met if who[0] == "link"},
    }
    sql = """
        select 'user' as kind, id, name from account where id = any($1)
        union all select 'apikey', id, label from api_key where id = any($2)
    """
    ids = [[id_ for kind, id_ in met if kind == wanted] for wanted in ("user", "apikey")]
    for row in await db.connection().fetch(sql, *ids) if any(ids) else ():
        key = row["kind"] == "apikey"
        found[row["kind"], row["id"]] = _("la clé « {name} »").format(name=row["name"]) if key else row["name"]
    return found
