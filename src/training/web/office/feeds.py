"""Calendars that the team follows, or hands over to partners, venues and facilitators: made, replaced, revoked."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import feeds as reading
from training.reporting.office.feeds import Choice, OfficeFeeds
from training.web.forms import Form
from training.web.office.page import alarms, show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key
from training.web.subscribing import asked_to_end, closed_words, made, opened

MANAGE = Permission.FEEDS_MANAGE
PATH = "/gestion/agendas"
STAFF = "staff"


@get(PATH, permission=MANAGE)
async def listing(request: Asked) -> Template:
    """The live addresses, and the form for another."""
    return await _page(request, await _shown(request), Form())


@post(PATH, permission=MANAGE, status_code=200)
async def create(request: Asked) -> Template | Redirect:
    """A new address; this answer is the only place that ever shows it."""
    form, found = await Form.of(request), await _shown(request)
    label = form.text("label", required=True, most=80)
    whose = form.values.get("whose", "")
    kind, _dash, number = whose.partition("-")
    if whose != STAFF and number not in dict(_subjects(found).get(kind, ())):
        form.errors.setdefault("whose", _("Choisissez dans la liste."))
    if form.good:
        with form.refusals():
            owner: dict[str, Any] = {STAFF: True} if whose == STAFF else {kind: int(number)}
            around = await _around(request)
            return await opened(
                request, form, label, PATH, lambda: feeds.open_feed(the_actor(request), label, **owner), **around
            )
    return await _page(request, found, form)


@get(PATH + "/{feed:int}/remplacer", permission=MANAGE)
async def ask_replace(request: Asked, feed: FromPath[int]) -> Template:
    """What a new secret leads to, before it is made."""
    return await asked_to_end(request, await reading.feed_page(row(feed)), replacing=True, **await _around(request))


@post(PATH + "/{feed:int}/remplacer", permission=MANAGE, status_code=200)
async def replace(request: Asked, feed: FromPath[int]) -> Template:
    """The same calendar under another secret."""
    found = await reading.feed_page(row(feed))
    new = await feeds.rotate_feed(the_actor(request), found.id)
    return await made(request, found.label, new, **await _around(request))


@get(PATH + "/{feed:int}/supprimer", permission=MANAGE)
async def ask_close(request: Asked, feed: FromPath[int]) -> Template:
    """What revoking leads to, before it is done."""
    return await asked_to_end(request, await reading.feed_page(row(feed)), replacing=False, **await _around(request))


@post(PATH + "/{feed:int}/supprimer", permission=MANAGE)
async def close(request: Asked, feed: FromPath[int]) -> Redirect:
    """Revoke an address."""
    found = await reading.feed_page(row(feed))
    await feeds.close_feed(the_actor(request), found.id)
    return go(PATH, closed_words(found))


async def _around(request: Asked) -> dict[str, Any]:
    return {"layout": "office/layout.html", "base": PATH, "alarms": await alarms(request)}


async def _shown(request: Asked) -> OfficeFeeds:
    return await reading.feeds_page(before=row_key(asked(request, "apres")), limit=PER_PAGE)


def _subjects(found: OfficeFeeds) -> dict[str, list[Choice]]:
    return {"partner": found.partners, "venue": found.venues, "facilitator": found.facilitators}


async def _page(request: Asked, found: OfficeFeeds, form: Form) -> Template:
    names = {"partner": _("Partenaires"), "venue": _("Lieux"), "facilitator": _("Personnes qui animent")}
    given = [
        (names[kind], [(f"{kind}-{number}", text) for number, text in among])
        for kind, among in _subjects(found).items()
        if among
    ]
    return await show(
        request,
        "feeds",
        form.status,
        form=form,
        base=PATH,
        whose=[(STAFF, _("Toutes les séances, pour l’équipe")), *given],
        pager=pager(PATH, found.following, bool(row_key(asked(request, "apres")))),
        **parts(found),
    )


HANDLERS = [listing, create, ask_replace, replace, ask_close, close]
