"""What an address asks for: words, ids, where a page of a list begins. What makes no sense asks for nothing."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from markupsafe import Markup

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.web.pages import Asked

LONGEST = 100  # characters of a search
PER_PAGE = 50
ROW_MAX = 2**31 - 1  # the largest id PostgreSQL's `integer` holds: beyond it there is no such row


def asked(request: Asked, name: str) -> str:
    """A parameter as typed, trimmed; "" when absent. PostgreSQL has no text with a U+0000 in it."""
    return str(request.query_params.get(name, "")).replace("\x00", "").strip()[:LONGEST]


def address(path: str, **parameters: object) -> str:
    """A path with those parameters that say something."""
    said = {name: value for name, value in parameters.items() if value not in ("", None)}
    return f"{path}?{urlencode(said)}" if said else path


def row(id: int) -> int:  # noqa: A002
    """An id out of an address. NotFound when no row can have it."""
    if not 0 < id <= ROW_MAX:
        raise NotFound(_("Cette page n’existe pas ou n’existe plus."))
    return id


def whole(text: str, most: int = ROW_MAX) -> int | None:
    """A number written in digits, up to `most`; None for anything else. Long ones are not read: Python refuses them."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def row_key(text: str) -> int | None:
    """An id written in digits; None when it is none, or one that no row can have."""
    return whole(text) or None


def key(when: date | datetime, id: int) -> str:  # noqa: A002
    """Where the next page begins, as an address carries it."""
    return f"{when.isoformat()}~{id}"


def moment_key(text: str) -> tuple[datetime, int] | None:
    """The key (instant, id) that `key` wrote; None when nobody of ours wrote it: the list then begins at its start."""
    when, _tilde, last = text.partition("~")
    try:
        instant = datetime.fromisoformat(when.replace(" ", "+"))  # a plus sign that some program took for a space
    except ValueError:
        return None
    id_ = row_key(last)
    return None if id_ is None or instant.tzinfo is None else (instant, id_)


def day_key(text: str) -> tuple[date, int] | None:
    """The key (day, id) that `key` wrote."""
    when, _tilde, last = text.partition("~")
    try:
        day = date.fromisoformat(when)
    except ValueError:
        return None
    id_ = row_key(last)
    return None if id_ is None else (day, id_)


EXPORTS = "/gestion/exporter"
# Lists that are files too, by the path of their page (web/office/exports.py).
EXPORTED = {
    "/gestion/seances": "seances",
    "/gestion/reservations": "reservations",
    "/gestion/structures": "structures",
    "/gestion/lieux": "lieux",
    "/gestion/animation": "animation",
    "/gestion/papiers": "papiers",
    "/gestion/partenaires": "partenaires",
    "/gestion/factures": "factures",
    "/gestion/paiements": "paiements",
}
Key = tuple[date, int] | tuple[datetime, int] | int  # where a page of a list ends


def pager(path: str, following: Key | str | None, started: bool, **filters: object) -> dict[str, object]:
    """Ways through a list kept by keys: on to the next page, back to the first; the whole of it as a file."""
    if isinstance(following, tuple):
        following = key(*following)
    name = EXPORTED.get(path)
    files = [(address(f"{EXPORTS}/{name}.{kind}", **filters), kind.upper()) for kind in ("csv", "xlsx") if name]
    back = Markup('<a href="{}">{}</a>').format(address(path, **filters), _("Revenir au début de la liste"))
    return {
        "next": address(path, **filters, apres=following) if following is not None else None,
        "previous": None,
        "summary": back if started else "",
        "files": files,
    }
