"""The pages about a calendar's address that every audience shares: made, replaced, closed. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import segno
from litestar.response import Template
from markupsafe import Markup

from training.calendar.queries.feeds import TokenView
from training.kernel import addresses
from training.kernel.i18n import _
from training.web.pages import Asked, page


@dataclass(frozen=True, slots=True)
class Links:
    """One address of a calendar, as each program wants it. `qr` is the picture that a telephone's camera reads."""

    https: str
    webcal: str
    google: str
    outlook: str
    office: str
    qr: Markup


def links(path: str, name: str) -> Links:
    """The ways to subscribe to a calendar of ours; `name` is what Outlook will call it."""
    https = addresses.absolute(path)
    # webcal: folklore for https, never registered; Apple and Google take it for « subscribe », not « open once »
    webcal = f"webcal://{https.partition('://')[2]}"
    asked = f"calendar/0/addfromweb?url={quote(https, safe='')}&name={quote(name, safe='')}"
    picture = segno.make(webcal, error="m", micro=False).svg_inline(
        scale=4, dark="#000", light="#fff", title=_("Code à viser avec l’appareil photo pour s’abonner"), svgclass="qr"
    )
    return Links(
        https,
        webcal,
        f"https://calendar.google.com/calendar/render?cid={quote(webcal, safe='')}",
        f"https://outlook.live.com/{asked}",
        f"https://outlook.office.com/{asked}",
        Markup(picture.replace("<svg ", '<svg role="img" ', 1)),  # noqa: S704 - drawn here, from an address of ours
    )


async def made(request: Asked, label: str, token: str, **around: Any) -> Template:
    """A new address: this answer is the only place that ever holds it."""
    found = links(addresses.feed(token), label)
    return await page(request, "agenda/made.html", label=label, links=found, **around)


async def asked_to_end(request: Asked, feed: TokenView, *, replacing: bool, **around: Any) -> Template:
    """What replacing or closing an address leads to, before it is done."""
    return await page(request, "agenda/ending.html", feed=feed, replacing=replacing, **around)


def closed_words(feed: TokenView) -> str:
    """Said once it is done."""
    return _("L’adresse « {label} » ne répond plus.").format(label=feed.label)
