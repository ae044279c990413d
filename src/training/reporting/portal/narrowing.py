"""What an address narrows the open sessions to: a theme, a commune, a partner, each with its name. One that is
unknown stays, so that it narrows to nothing: a site that shows a town's sessions must not show everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import db


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A theme, a commune (its code) and a partner (slug) as asked for, or "", with the names that people read."""

    theme: str
    theme_name: str
    commune: str
    commune_name: str
    partner: str
    partner_name: str

    @property
    def words(self) -> list[str]:
        """The names, those that there are."""
        return [word for word in (self.theme_name, self.commune_name, self.partner_name) if word]


_SQL = """
    select $1 as theme, coalesce(th.name, $1) as theme_name,
           $2 as commune, coalesce(c.name, '') as commune_name,
           $3 as partner, coalesce(p.name, '') as partner_name
    from (select 1) one left join theme th on th.text = $1
    left join commune c on c.id = commune_of($2) left join partner p on p.slug = $3
"""


async def narrowing(theme: str, commune: str, partner: str) -> Narrowing:
    """What these words name, in one statement."""
    found = await db.row(Narrowing, _SQL, theme, commune, partner)
    assert found is not None  # noqa: S101 - one row is always there
    return found
