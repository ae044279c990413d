"""Every page there is, from the route table: for each GET that answers with HTML, an address that exists and who sees it.

A new page without an entry here fails the walk: nothing is shown that nobody looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import asyncpg
from sites import in_own_loop

from training.app import create_app

Audience = Literal["visitor", "organisation", "facilitator", "staff"]

# Routes that are not pages: files, feeds, programs, redirections.
NOT_PAGES = (
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/sitemap.xml",
    "/theme.css",
    "/agenda/",
    "/api/v1",
    "/api/docs/openapi.json",
    "/static/",
)


@dataclass(frozen=True)
class Stop:
    """A page to look at."""

    route: str
    path: str
    audience: Audience

    @property
    def name(self) -> str:
        """A file's name for it."""
        return self.route.strip("/").replace("/", "-").replace(":", "-").replace("{", "").replace("}", "") or "accueil"


def audience_of(path: str) -> Audience:
    if path.startswith("/gestion"):
        return "staff"
    if path.startswith("/animation"):
        return "facilitator"
    if path.startswith(("/espace", "/inscription")):
        return "organisation"
    return "visitor"


def routes() -> list[str]:
    """The paths of GET routes that may be pages."""
    found = []
    for route in create_app().routes:
        if "GET" not in getattr(route, "methods", ()):
            continue
        if route.path.startswith(NOT_PAGES):
            continue
        found.append(route.path)
    return sorted(set(found))


async def _values(dsn: str) -> dict[str, str]:
    connection = await asyncpg.connect(dsn)
    try:
        return {name: str(await connection.fetchval(sql)) for name, sql in VALUES.items()}
    finally:
        await connection.close()


def values(dsn: str) -> dict[str, str]:
    """What fills the routes' parameters in this database; "None" where it has none."""
    return in_own_loop(_values(dsn))


TOWN = "(select organisation from contact where email = '{email}' limit 1)"
VALUES = {
    "offer": "select slug from offer where state = 'published' order by id limit 1",
    "coming": "select s.id from session s join slot t on t.session = s.id where s.state = 'published' and s.kind = 'open'"
    " and t.starts_at > now() and s.seats_taken < s.capacity and t.position = 1 order by t.starts_at limit 1",
    "held": "select id from session where state = 'held' order by id desc limit 1",
    "organisation": "select o.slug from invoice i join organisation o on o.id = i.payer where i.state = 'issued'"
    " order by i.id desc limit 1",
    "booking": "select b.reference from booking b where b.state = 'confirmed' order by b.id desc limit 1",
    "invoice": "select number from invoice where state = 'issued' order by id desc limit 1",
    "draft": "select id from invoice where state = 'draft' order by id desc limit 1",
    "mail": "select id from mail where calendar is not null order by id desc limit 1",
    "mission": "select t.session from assignment a join slot t on t.id = a.slot where a.state = 'confirmed'"
    " and t.starts_at > now() order by t.starts_at limit 1",
}
