"""Where a list goes on, and the instants it is asked for: opaque cursors and dates, read without trust."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from training.kernel import clock
from training.kernel.errors import Invalid
from training.kernel.i18n import _

PAGE = 50

T = TypeVar("T")


def write_cursor(key: date | datetime, id: int) -> str:  # noqa: A002 - an id is an id
    """The key of the last item of a page; callers only hand it back."""
    return base64.urlsafe_b64encode(json.dumps([key.isoformat(), id]).encode()).rstrip(b"=").decode()


def instant_cursor(text: str | None) -> tuple[datetime, int] | None:
    """What write_cursor wrote of an instant."""
    if text is None:
        return None
    key, id_ = _read(text)
    try:
        at = datetime.fromisoformat(key)
    except ValueError:
        raise _not_ours() from None
    if at.tzinfo is None:
        raise _not_ours()
    return at, id_


def day_cursor(text: str | None) -> tuple[date, int] | None:
    """What write_cursor wrote of a day."""
    if text is None:
        return None
    key, id_ = _read(text)
    try:
        return date.fromisoformat(key), id_
    except ValueError:
        raise _not_ours() from None


def _read(text: str) -> tuple[str, int]:
    try:
        key, id_ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise _not_ours() from None
    if not isinstance(key, str) or type(id_) is not int or not 0 <= id_ < 2**63:
        raise _not_ours()
    return key, id_


def _not_ours() -> Invalid:
    return Invalid(_("Ce curseur n’est pas un des nôtres : renvoyez la valeur de « next »."), field="cursor")


def split(found: Sequence[T]) -> tuple[Sequence[T], bool]:
    """A page out of PAGE + 1 rows, and whether there is another after it."""
    return found[:PAGE], len(found) > PAGE


def since(text: str | None) -> datetime | None:
    """`from`: an instant, or the beginning of a day."""
    found = _when(text, "from")
    return clock.at(found, time()) if isinstance(found, date) and not isinstance(found, datetime) else found


def until(text: str | None) -> datetime | None:
    """`to`: an instant, or the end of a day, which is part of it."""
    found = _when(text, "to")
    return (
        clock.at(found + timedelta(days=1), time())
        if isinstance(found, date) and not isinstance(found, datetime)
        else found
    )


def _when(text: str | None, field: str) -> date | datetime | None:
    """Days come out as dates, instants as aware datetimes. A date without an offset is the platform's."""
    if text is None:
        return None
    try:
        if len(text) == len("2030-01-01"):
            day = date.fromisoformat(text)
            if 1 < day.year < 9999:
                return day
        at = datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped + arrives as a space
        if at.tzinfo is not None and 1 < at.year < 9999:
            return at
    except ValueError:
        pass
    raise Invalid(_("Un jour (2030-01-31) ou un instant avec son décalage (2030-01-31T09:00:00+01:00)."), field=field)
