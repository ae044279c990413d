"""How calendars leave: the bytes with their entity tag, or 404 in words. What is in them is decided by calendar/."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from litestar import Response

from training.calendar import rules
from training.calendar.formats.event import EventText
from training.calendar.rules import Audience, SlotFacts
from training.directory.queries import PlatformView
from training.kernel import settings
from training.web.pages import Asked, with_etag

MEDIA_TYPE = "text/calendar"  # Litestar adds the charset
SUFFIX = ".ics"


def texts(facts: Iterable[SlotFacts], audience: Audience, platform: PlatformView) -> list[EventText]:
    """The events, in the language of the page that they are taken from."""
    base_url, say = settings.current().base_url, contact(platform)
    return [rules.event(fact, audience, base_url=base_url, contact=say) for fact in facts]


def contact(platform: PlatformView) -> str:
    """Who to call, as events say it."""
    return f"{platform.short_name}, {platform.phone}"


def headers(name: str, revised_at: datetime | None) -> dict[str, str]:
    """What a calendar's answer says. Only If-None-Match is believed: what left a feed does not move Last-Modified."""
    said = {
        "Content-Disposition": f'inline; filename="{name}{SUFFIX}"',
        "X-Robots-Tag": "noindex",  # a search engine that found the address would show who meets where
    }
    if revised_at is not None:
        said["Last-Modified"] = format_datetime(revised_at.replace(microsecond=0), usegmt=True)
    return said


def calendar(request: Asked, body: bytes, name: str, revised_at: datetime | None) -> Response[bytes]:
    """A file of one session or booking, or 304 to a program that has it."""
    return with_etag(request, body, MEDIA_TYPE, **headers(name, revised_at))


def unknown(words: str) -> Response[str]:
    """404 as plain text: calendar programs show it as it is, or keep it in their log."""
    return Response(words + "\n", status_code=404, media_type="text/plain")


def stem(name: str) -> str:
    """ "R-7F3K2QM.ics" → "R-7F3K2QM"; "" for anything else. A path parameter is a whole segment."""
    return name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else ""
