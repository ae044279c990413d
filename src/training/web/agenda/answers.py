"""How calendars leave: the bytes with their entity tag, or 404 in words. What is in them is decided by calendar/."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from litestar import Response

from training.calendar import rules
from training.calendar.formats.event import EventText
from training.calendar.rules import Audience, SlotFacts
from training.directory.queries import PlatformView
from training.kernel import i18n, settings
from training.web.pages import Asked, with_etag

MEDIA_TYPE = "text/calendar"  # Litestar adds the charset
SUFFIX = ".ics"


def texts(facts: Iterable[SlotFacts], audience: Audience, platform: PlatformView) -> list[EventText]:
    """The events in French, whatever the program says it speaks: the same bytes for everybody who fetches them."""
    base_url, contact = settings.current().base_url, f"{platform.short_name}, {platform.phone}"
    with i18n.speaking(i18n.SOURCE):
        return [_text(fact, audience, base_url, contact) for fact in facts]


@lru_cache(maxsize=16_384)
def _text(facts: SlotFacts, audience: Audience, base_url: str, contact: str) -> EventText:
    return rules.event(facts, audience, base_url=base_url, contact=contact)


def calendar(request: Asked, body: bytes, name: str, revised_at: datetime | None, **headers: str) -> Response[bytes]:
    """The calendar, or 304 to a program that has it.

    Only If-None-Match is believed: what left a feed (called off long ago) does not move Last-Modified.
    """
    headers = {"Content-Disposition": f'inline; filename="{name}{SUFFIX}"', **headers}
    if revised_at is not None:
        headers["Last-Modified"] = format_datetime(revised_at, usegmt=True)
    return with_etag(request, body, MEDIA_TYPE, **headers)


def unknown(words: str) -> Response[str]:
    """404 as plain text: calendar programs show it as it is, or keep it in their log."""
    return Response(words + "\n", status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})


def stem(name: str) -> str:
    """ "R-7F3K2QM.ics" → "R-7F3K2QM"; "" for anything else. A path parameter is a whole segment."""
    return name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else ""
