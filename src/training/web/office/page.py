"""What every staff page shares: who may enter, the red banner, ids and keys in addresses. No page of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.response import Template
from markupsafe import Markup

from training.identity.rules import Permission
from training.kernel import settings
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _, ngettext
from training.messages import queries as mails
from training.web.pages import Asked, page

ROW_MAX = 2**31 - 1  # the largest id PostgreSQL's `integer` holds: beyond it there is no such row
PER_PAGE = 50


async def staff_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Behind the guard of every route: the permission is needed at large, not in one organisation.

    A town hall's manager may cancel bookings too: theirs, in their space, not here.
    """
    actor: Actor | None = connection.scope.get("user")
    needed = handler.opt.get("permission", "")
    if actor is None or not actor.may(Permission.OFFICE_SEE) or not actor.may(needed):
        raise PermissionDeniedException(_("Votre rôle ne permet pas de voir cette page."))


async def show(request: Asked, name: str, status: int = 200, **context: Any) -> Template:
    """A staff page, under its alarms."""
    return await page(request, f"office/{name}.html", status, alarms=await alarms(), **context)


async def alarms() -> list[Markup]:
    """What no staff page may hide: mail that does not leave."""
    now = settings.current()
    counts = await mails.counts()
    found: list[Markup] = []
    if now.production and now.smtp_url is None:
        held = counts.get("held", 0)
        words = _("Aucun courriel ne part : le serveur d’envoi (SMTP_URL) n’est pas réglé.")
        if held:
            words += " " + ngettext("%(num)d courriel attend.", "%(num)d courriels attendent.", held) % {"num": held}
        found.append(Markup("{}").format(words))
    if failed := counts.get("failed", 0):
        words = ngettext(
            "%(num)d courriel n’a pas pu être remis.", "%(num)d courriels n’ont pas pu être remis.", failed
        )
        link = Markup('<a href="/gestion/courriels?etat=failed">{}</a>').format(_("Voir pourquoi"))
        found.append(Markup("{} {}").format(words % {"num": failed}, link))
    return found


def row(id: int) -> int:  # noqa: A002
    """An id out of an address. NotFound when no row can have it."""
    if not 0 < id <= ROW_MAX:
        raise NotFound(_("Cette page n’existe pas ou n’existe plus."))
    return id


def asked(request: Asked, name: str, most: int = 100) -> str:
    """A filter out of the address, trimmed; "" when it is absent."""
    text = str(request.query_params.get(name, "")).strip()[:most]
    return text.replace("\x00", "")


def address(path: str, **filters: object) -> str:
    """A path with the filters that say something."""
    said = {name: value for name, value in filters.items() if value not in ("", None)}
    return f"{path}?{urlencode(said)}" if said else path


def moment_key(text: str) -> tuple[datetime, int] | None:
    """The key (instant, id) that `key` wrote; None when nobody of ours wrote it: the list then begins at its start."""
    when, _tilde, last = text.partition("~")
    try:
        found = datetime.fromisoformat(when), int(last)
    except ValueError:
        return None
    return found if found[0].tzinfo and 0 < found[1] <= ROW_MAX else None


def day_key(text: str) -> tuple[date, int] | None:
    """The key (day, id) that `key` wrote."""
    when, _tilde, last = text.partition("~")
    try:
        found = date.fromisoformat(when), int(last)
    except ValueError:
        return None
    return found if 0 < found[1] <= ROW_MAX else None


def row_key(text: str) -> int | None:
    """An id to go on after."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:12]) <= ROW_MAX else None


def key(when: date | datetime, id: int) -> str:  # noqa: A002
    """Where the next page begins, as an address carries it."""
    return f"{when.isoformat()}~{id}"


def pager(path: str, following: str | None, started: bool, **filters: object) -> dict[str, object]:
    """Ways through a list kept by keys: on to the next page, back to the first."""
    return {
        "next": address(path, **filters, apres=following) if following else None,
        "previous": None,
        "summary": Markup('<a href="{}">{}</a>').format(address(path, **filters), _("Revenir au début de la liste"))
        if started
        else "",
    }
