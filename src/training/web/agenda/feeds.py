"""Feeds to subscribe to: the public one, and those that a secret address opens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from training.calendar.actions.feeds import seen
from training.calendar.formats.feed import feed
from training.calendar.queries import feeds as owners
from training.calendar.queries import slots as queries
from training.calendar.queries.feeds import FeedOwner
from training.calendar.rules import Audience, SlotFacts
from training.kernel import i18n
from training.kernel.i18n import _
from training.web.agenda import answers
from training.web.auth import PUBLIC
from training.web.pages import Asked, the_platform

COLOR = "teal"  # RFC 7986 5.9: the CSS name nearest to the usual accent
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")  # what identity.rules.new_token makes, and room for a longer one

_GET = [HttpMethod.GET, HttpMethod.HEAD]


@route("/public.ics", http_method=_GET, permission=PUBLIC, status_code=200)
async def public(request: Asked) -> Response[bytes]:
    """The open sessions. Anybody's page may read it."""
    open_to_all = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, no-cache"}
    return await _feed(request, None, await queries.public(), Audience.PUBLIC, **open_to_all)


@route("/p/{name:str}", http_method=_GET, permission=PUBLIC, status_code=200)
async def private(request: Asked, name: FromPath[str]) -> Response[bytes] | Response[str]:
    """An organisation's or a facilitator's sessions, to whoever has the address."""
    token = answers.stem(name)
    owner = await owners.owner(token) if _TOKEN.fullmatch(token) else None
    if owner is None:
        return answers.unknown(
            _(
                "Cette adresse d’agenda n’est pas valable : elle est incomplète, ou elle a été fermée. "
                "Reprenez-la dans votre espace."
            )
        )
    await seen(owner, request.headers.get("user-agent", ""))
    facts, audience = await _of(owner)
    return await _feed(request, owner.name, facts, audience)


async def _of(owner: FeedOwner) -> tuple[list[SlotFacts], Audience]:
    if owner.facilitator is not None:
        return await queries.of_facilitator(owner.facilitator), Audience.FACILITATOR
    assert owner.organisation is not None  # noqa: S101 - feed_token_is_of_one
    return await queries.of_organisation(owner.organisation), Audience.ORGANISATION


async def _feed(
    request: Asked, owner: str | None, facts: Sequence[SlotFacts], audience: Audience, **headers: str
) -> Response[bytes]:
    platform = await the_platform()

    def build() -> bytes:
        events = answers.texts(facts, audience, platform)
        with i18n.speaking(i18n.SOURCE):
            name = f"{platform.short_name} – {owner or _('séances ouvertes')}"
        return feed(name, platform.name, COLOR, events)

    # in a thread: a thousand events that nobody asked for yet take a quarter of a second to write
    body = await asyncio.to_thread(build)
    revised_at = max((fact.revised_at for fact in facts), default=None)
    return answers.calendar(request, body, "seances", revised_at, **headers)
