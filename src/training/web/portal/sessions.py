"""Coming sessions, fifty a page, and one session with the question that begins a booking. Public."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.links import LinkOver
from training.kernel.render import month
from training.reporting.portal import readers
from training.reporting.portal import session as one
from training.reporting.portal import sessions as shown
from training.reporting.portal.readers import VISITOR
from training.reporting.portal.sessions import ComingSessions, Filters, PricedSession
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, actor_of, page
from training.web.parameters import address, asked, key, moment_key, row_key
from training.web.portal.links import SESSION, private


@get("/seances", permission=PUBLIC)
async def coming(request: Asked) -> Template:
    """Coming sessions by date; filters stay in the address."""
    filters = Filters(*(asked(request, name) for name in ("theme", "offre", "commune", "partenaire")))
    who = await readers.reader(actor_of(request))
    after, before = moment_key(asked(request, "apres")), moment_key(asked(request, "avant"))
    found = await shown.sessions(who, filters, after=after, before=before)
    return await page(
        request,
        "portal/sessions.html",
        months=by_month(found.items),
        filters=filters,
        choices=await shown.choices(who),
        subscribing=address(
            "/seances/agenda", theme=filters.theme, commune=filters.commune, partenaire=filters.partner
        ),
        pager=_pager(found, filters),
    )


def by_month(items: tuple[PricedSession, ...]) -> list[tuple[str, list[PricedSession]]]:
    """The sessions under the name of their month, as the platform's calendar has it."""

    def of(item: PricedSession) -> datetime:
        local = clock.local(item.session.starts_at)
        return local.replace(day=1, hour=12, minute=0, second=0, microsecond=0)

    return [(month(first), list(group)) for first, group in groupby(items, key=of)]


def _pager(found: ComingSessions, filters: Filters) -> dict[str, str | None]:
    kept = {
        "theme": filters.theme,
        "offre": filters.offer,
        "commune": filters.commune,
        "partenaire": filters.partner,
    }
    return {
        "previous": address("/seances", **kept, avant=key(*found.previous)) if found.previous else None,
        "next": address("/seances", **kept, apres=key(*found.next)) if found.next else None,
    }


@get("/seances/{name:str}", permission=PUBLIC)
async def session(request: Asked, name: FromPath[str]) -> Template | Response[Any]:
    """One session: when, where, with whom, what is left, what it costs you; "Combien de personnes ?"."""
    actor = actor_of(request)
    who = await readers.reader(actor)
    found = await one.session_page(actor, who, session_id(name))
    if found is None:
        raise NotFound(_("Cette séance n’existe pas, ou n’est pas ouverte à tous."))
    form = Form.filled({"places": asked(request, "places")})
    several = len(who.organisations) > 1
    return await page(request, "portal/session.html", found=found, session=found.session, form=form, several=several)


def session_id(name: str) -> int:
    """The number in an address; NotFound when there is none, or one that no row can have."""
    if (found := row_key(name)) is None:
        raise NotFound(_("Cette séance n’existe pas."))
    return found


@get("/lien/{token:str}/seance", permission=PUBLIC)
async def linked(request: Asked, token: FromPath[str]) -> Template:
    """A session that is not for everybody, for whoever has it in a calendar: to be read, and no more."""
    held = await SESSION.open(token)
    found = await one.session_page(held.actor, VISITOR, held.thing.id)
    if found is None:
        raise LinkOver
    return private(await page(request, "portal/session.html", found=found, session=found.session, to_read=True))


ROUTER = Router("/", route_handlers=[coming, session, linked])
