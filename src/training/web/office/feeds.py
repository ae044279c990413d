"""Calendars that the team follows, or hands over to partners, venues and facilitators: made, replaced, revoked."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.calendar.queries import feeds as queries
from training.calendar.queries.feeds import TokenView
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import places as reading
from training.reporting.office.places import Subjects
from training.web.forms import Form
from training.web.office.page import alarms, show
from training.web.pages import Asked, go, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key
from training.web.subscribing import asked_to_end, closed_words, made

MANAGE = Permission.FEEDS_MANAGE
PATH = "/gestion/agendas"
STAFF = "staff"


@get(PATH, permission=MANAGE)
async def listing(request: Asked) -> Template:
    """The live addresses, and the form for another."""
    return await _page(request, Form())


@post(PATH, permission=MANAGE, status_code=200)
async def create(request: Asked) -> Template:
    """A new address; this answer is the only place that ever shows it."""
    form = await Form.of(request)
    label = form.text("label", required=True, most=80)
    whose = form.values.get("whose", "")
    kind, _dash, number = whose.partition("-")
    known = _ids(await reading.subjects())
    if whose != STAFF and number not in known.get(kind, ()):
        form.errors.setdefault("whose", _("Choisissez dans la liste."))
    if form.good:
        with form.refusals():
            owner: dict[str, Any] = {STAFF: True} if whose == STAFF else {kind: int(number)}
            token = await feeds.open_feed(the_actor(request), label, **owner)
            return await made(request, label, token, **await _around())
    return await _page(request, form)


@get(PATH + "/{feed:int}/remplacer", permission=MANAGE)
async def ask_replace(request: Asked, feed: FromPath[int]) -> Template:
    """What a new secret leads to, before it is made."""
    return await asked_to_end(request, await _feed(feed), replacing=True, **await _around())


@post(PATH + "/{feed:int}/remplacer", permission=MANAGE, status_code=200)
async def replace(request: Asked, feed: FromPath[int]) -> Template:
    """The same calendar under another secret."""
    found = await _feed(feed)
    new = await feeds.rotate_feed(the_actor(request), found.id)
    return await made(request, found.label, new, **await _around())


@get(PATH + "/{feed:int}/supprimer", permission=MANAGE)
async def ask_close(request: Asked, feed: FromPath[int]) -> Template:
    """What revoking leads to, before it is done."""
    return await asked_to_end(request, await _feed(feed), replacing=False, **await _around())


@post(PATH + "/{feed:int}/supprimer", permission=MANAGE)
async def close(request: Asked, feed: FromPath[int]) -> Redirect:
    """Revoke an address."""
    found = await _feed(feed)
    await feeds.close_feed(the_actor(request), found.id)
    return go(PATH, closed_words(found))


async def _feed(id: int) -> TokenView:  # noqa: A002
    found = await queries.team_token(row(id))
    if found is None:
        raise NotFound(_("Cette adresse d’agenda n’existe pas, ou ne répond déjà plus."))
    return found


async def _around() -> dict[str, Any]:
    return {"layout": "office/layout.html", "base": PATH, "alarms": await alarms()}


def _ids(subjects: Subjects) -> dict[str, set[str]]:
    return {
        "partner": {c.value for c in subjects.partners},
        "venue": {c.value for c in subjects.venues},
        "facilitator": {c.value for c in subjects.facilitators},
    }


async def _page(request: Asked, form: Form) -> Template:
    before = row_key(asked(request, "apres"))
    found = await queries.team_tokens(before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    subjects = await reading.subjects()
    named = (
        (_("Partenaires"), "partner", subjects.partners),
        (_("Lieux"), "venue", subjects.venues),
        (_("Personnes qui animent"), "facilitator", subjects.facilitators),
    )
    following = str(shown[-1].id) if len(found) > PER_PAGE else None
    return await show(
        request,
        "feeds",
        form.status,
        feeds=shown,
        form=form,
        base=PATH,
        whose=[
            (STAFF, _("Toutes les séances, pour l’équipe")),
            *((title, [(f"{kind}-{c.value}", c.text) for c in among]) for title, kind, among in named if among),
        ],
        pager=pager(PATH, following, before is not None),
    )


HANDLERS = [listing, create, ask_replace, replace, ask_close, close]
