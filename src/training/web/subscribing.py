"""The pages about a calendar's address that every audience shares: made, replaced, closed. Decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import segno
from litestar.response import Redirect, Template
from markupsafe import Markup

from training.calendar.queries.feeds import TokenView
from training.kernel import addresses
from training.kernel.i18n import _
from training.web.forms import Form
from training.web.pages import Asked, go, once, page


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


async def opened(
    request: Asked, form: Form, label: str, path: str, act: Callable[[], Awaitable[str]], **around: Any
) -> Template | Redirect:
    """A new address for a form, once: sent again, the form makes no second one, and no page shows the first again."""
    tokens: list[str] = []

    async def open_one() -> None:
        tokens.append(await act())

    await once(request, form, open_one)
    if not tokens:
        return go(path, _("Cette adresse est déjà créée, et elle ne se montre qu’une fois."), "attention")
    return await made(request, label, tokens[0], **around)


async def asked_to_end(request: Asked, feed: TokenView, *, replacing: bool, **around: Any) -> Template:
    """What replacing or closing an address leads to, before it is done."""
    return await page(request, "agenda/ending.html", feed=feed, replacing=replacing, **around)


def closed_words(feed: TokenView) -> str:
    """Said once it is done."""
    return _("L’adresse « {label} » ne répond plus.").format(label=feed.label)
