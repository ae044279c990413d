"""Every route says who may ask for it; a role comes in where it holds that; few doors are open to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from litestar import Litestar
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from training.identity import rules
from training.kernel.actor import Actor, Scope
from training.kernel.permissions import Permission
from training.web.auth import PUBLIC, SIGNED_IN, guard

pytestmark = pytest.mark.anyio

# Where somebody comes who is not known: a public page, a door to come in by, or an address that is a secret itself.
OPEN = {
    "", "accessibilite", "agenda", "api", "catalogue", "connexion", "deconnexion", "faces", "healthz", "hooks",
    "images", "integrer", "kit", "lien", "logo", "marque.svg", "readyz", "robots.txt", "seances", "sitemap.xml",
    "static", "style", "theme.css",
}  # fmt: skip


def handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Ours, by their address: what answers OPTIONS is the framework's."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from ((route.path, one) for one in route.route_handlers if one.http_methods != {"OPTIONS"})


def test_every_route_says_who_may(app: Litestar) -> None:
    known = {*(permission.value for permission in Permission), SIGNED_IN, PUBLIC}
    found = list(handlers(app))
    assert len(found) > 200
    assert [path for path, one in found if one.opt.get("permission") not in known] == []


def test_few_doors_are_open_to_anybody(app: Litestar) -> None:
    assert {path.split("/")[1] for path, one in handlers(app) if one.opt["permission"] == PUBLIC} == OPEN


def people() -> dict[str, tuple[Actor | None, frozenset[Permission]]]:
    """Somebody of each role, and what they hold; each is signed in but the first."""
    found: dict[str, tuple[Actor | None, frozenset[Permission]]] = {"nobody": (None, frozenset())}
    for role, held in rules.PLATFORM_ROLES.items():
        found[role] = (Actor("user", 1, role, frozenset(held), Scope(everything=True)), held)
    for place, roles in (
        ("organisations", rules.ORGANISATION_ROLES),
        ("partners", rules.PARTNER_ROLES),
        ("facilitators", rules.FACILITATOR_ROLES),
    ):
        for role, held in roles.items():
            found[role] = (Actor("user", 1, role, scope=Scope(**{place: {1: held}})), held)
    return found


@pytest.mark.parametrize("who", people())
async def test_a_role_comes_in_where_it_holds_what_is_asked(app: Litestar, who: str) -> None:
    actor, held = people()[who]
    for path, one in handlers(app):
        asked = one.opt["permission"]
        connection = SimpleNamespace(scope={"path": path, "user": actor})
        if asked == PUBLIC or (actor is not None and (asked == SIGNED_IN or asked in held)):
            await guard(connection, one)
        else:
            refused = NotAuthorizedException if actor is None else PermissionDeniedException
            with pytest.raises(refused):
                await guard(connection, one)
