"""Feeds to subscribe to: the public one, and those that a secret address opens."""

from __future__ import annotations

import re

from litestar import Response, get
from litestar.params import FromPath

from training.calendar.actions import make_feed
from training.calendar.actions.feeds import seen
from training.calendar.formats.feed import Head
from training.calendar.queries import feeds, slots
from training.calendar.queries.slots import Source
from training.calendar.rules import FeedKind
from training.directory.queries import PlatformView
from training.kernel import i18n, settings
from training.kernel.i18n import _
from training.kernel.links import digest
from training.web.agenda import answers
from training.web.auth import PUBLIC
from training.web.pages import Asked, has_it, the_platform, with_etag
from training.web.parameters import asked

COLOR = "teal"  # RFC 7986 5.9: the CSS name nearest to the usual accent
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")  # what identity.rules.new_token makes, and room for a longer one


@get("/public.ics", permission=PUBLIC)
async def public(request: Asked) -> Response[bytes]:
    """The open sessions, narrowed by theme, commune (its code) or partner. Anybody's page may read it."""
    open_to_all = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, no-cache"}
    wanted = tuple(asked(request, name) for name in ("theme", "commune", "partenaire"))
    with i18n.speaking(asked(request, "lang") or i18n.SOURCE):
        return await _feed(request, None, Source(FeedKind.PUBLIC, wanted), **open_to_all)


@get("/p/{name:str}", permission=PUBLIC)
async def private(request: Asked, name: FromPath[str]) -> Response[bytes] | Response[str]:
    """The sessions of whoever's address it is."""
    token = answers.stem(name)
    owner = await feeds.owner(token) if _TOKEN.fullmatch(token) else None
    if owner is None:
        return answers.unknown(
            _(
                "Cette adresse d’agenda n’est pas valable : elle est incomplète, ou elle a été fermée. "
                "Créez-en une autre dans votre espace."
            )
        )
    await seen(owner, request.headers.get("user-agent", ""))
    with i18n.speaking(owner.locale):  # whatever the program says that it speaks: it is not who reads
        return await _feed(request, owner.name, owner.source)


async def _feed(request: Asked, owner: str | None, source: Source, **more: str) -> Response[bytes]:
    platform = await the_platform()
    head, base_url, contact = _head(platform, owner), settings.current().base_url, answers.contact(platform)
    for _attempt in range(3):
        listing = await slots.listing(source, f"{base_url}|{contact}|{i18n.language.get()}|{_key()}")
        etag = listing.etag(head.name, head.description, head.color)
        kept = has_it(request, etag)  # then nothing is written
        content = b"" if kept else await make_feed.file(listing, head, base_url=base_url, contact=contact)
        if content is not None:
            # no Last-Modified: it would go back when the newest event leaves, and some programs stay there
            said = answers.headers("seances", None) | more
            return with_etag(request, content, answers.MEDIA_TYPE, etag, **said)
    raise TimeoutError("a feed that changes faster than it is read")


def _key() -> str:
    """What tells one SECRET_KEY from another: events carry links that it signs."""
    return digest(settings.current().secret_key).hex()[:16]


def _head(platform: PlatformView, owner: str | None) -> Head:
    what = owner or _("séances ouvertes")
    return Head(f"{platform.short_name} – {what}", platform.name, COLOR)
