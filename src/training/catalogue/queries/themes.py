"""Themes, read: those of the catalogue, and all as staff keep them."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.rules.looks import Look, ThemeShown
from training.kernel import db


@dataclass(frozen=True, slots=True)
class ThemeListed:
    """A theme with how many offers of the catalogue are of it."""

    look: Look
    offers: int


async def themes() -> list[ThemeListed]:
    """The themes that have a published offer, in the order that staff gave them. Offers of none have no theme here."""
    sql = """
        select array[th.text, th.name, th.paper, th.motif, null, null] as look, u.offers
        from (select theme, count(*) as offers from offer where state = 'published' group by theme) u
        join theme th on th.text = u.theme
        where u.theme <> '' order by th.position, fold(th.name), th.id
    """
    return await db.rows(ThemeListed, sql)


@dataclass(frozen=True, slots=True)
class ThemeKept:
    """A theme as staff edit it. `used`: how many offers bear its text, in any state."""

    id: int
    text: str
    shown: ThemeShown
    used: int

    @property
    def look(self) -> Look:
        """How its offers are shown."""
        return Look(self.text, self.shown.name, self.shown.paper, self.shown.motif)


_THEME = """
    select th.id, th.text, th.name, th.paper, th.motif, th.keywords, th.position,
           (select count(*) from offer where theme = th.text) as used
    from theme th
"""


async def themes_kept() -> list[ThemeKept]:
    """Every theme that an offer bears or bore, in the order that staff gave them."""
    return await db.rows(ThemeKept, f"{_THEME} order by th.position, fold(th.name), th.id")


async def theme_kept(id: int) -> ThemeKept | None:  # noqa: A002
    """One of them."""
    return await db.row(ThemeKept, f"{_THEME} where th.id = $1", id)
