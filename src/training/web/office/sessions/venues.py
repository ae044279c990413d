"""Venues: the list, one of them with its form, and a new one. Whoever is invited there is told by itself."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.rules import check_email
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import places as reading
from training.reporting.office.places import VenueShown
from training.scheduling.actions.changing import edit_venue
from training.scheduling.actions.planning import add_venue
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key

PLAN = Permission.SESSIONS_PLAN
PATH = "/gestion/lieux"


@get(PATH, permission=PLAN)
async def listing(request: Asked) -> Template:
    """Venues by town, narrowed by words."""
    search, after = asked(request, "q"), row_key(asked(request, "apres"))
    found = await reading.venues(search, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    following = str(shown[-1].id) if len(found) > PER_PAGE else None
    return await show(
        request,
        "sessions/venues",
        venues=shown,
        search=search,
        pager=pager(PATH, following, after is not None, q=search),
    )


@get(PATH + "/nouveau", permission=PLAN)
async def new(request: Asked) -> Template:
    """The form of a new venue."""
    return await _new(request, Form())


async def _new(request: Asked, form: Form) -> Template:
    communes = [(c.value, c.text) for c in await reading.communes()]
    return await show(request, "sessions/venue_new", form.status, communes=communes, form=form)


@post(PATH + "/nouveau", permission=PLAN)
async def add(request: Asked) -> Template | Redirect:
    """A room more."""
    form = await Form.of(request)
    values = _values(form)
    chosen = form.values.get("commune", "")
    if chosen not in {c.value for c in await reading.communes()}:
        form.errors.setdefault("commune", _("Choisissez une commune."))
    if form.good:
        with form.refusals():
            venue = await add_venue(the_actor(request), commune=int(chosen), **values)
            return go(f"{PATH}/{venue}", _("Lieu ajouté : il se choisit en planifiant une séance."))
    return await _new(request, form)


@get(PATH + "/{venue:int}", permission=PLAN)
async def one(request: Asked, venue: FromPath[int]) -> Template:
    """A venue as it stands, in its form."""
    found = await _venue(venue)
    shown = {name: getattr(found, name) for name in ("name", "address", "access", "capacity")}
    contact = {"contact_name": found.contact_name, "contact_email": found.contact_email}
    return await _one(request, found, Form.filled({**shown, **contact, "active": "1" if found.active else ""}))


async def _one(request: Asked, found: VenueShown, form: Form) -> Template:
    return await show(request, "sessions/venue", form.status, venue=found, form=form)


@post(PATH + "/{venue:int}", permission=PLAN)
async def edit(request: Asked, venue: FromPath[int]) -> Template | Redirect:
    """Other facts about a venue."""
    found = await _venue(venue)
    form = await Form.of(request)
    values = {**_values(form), "active": form.values.get("active") == "1"}
    if form.good:
        with form.refusals():
            await edit_venue(the_actor(request), found.id, values)
            return go(f"{PATH}/{found.id}", _("C’est enregistré."))
    return await _one(request, found, form)


def _values(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name", required=True, most=200),
        "address": form.text("address", most=300),
        "capacity": form.number("capacity", least=1, most=10_000),
        "access": form.lines("access", most=2_000),
        "contact_name": form.text("contact_name", most=200) or None,
        "contact_email": form.checked("contact_email", check_email),
    }


async def _venue(id: int) -> VenueShown:  # noqa: A002
    found = await reading.venue(row(id))
    if found is None:
        raise NotFound(_("Ce lieu n’existe pas."))
    return found


HANDLERS = [listing, new, add, one, edit]
