"""Venues: the list, one of them with its form, and a new one. Whoever is invited there is told by itself."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.rules.numbers import check_email
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import venues as reading
from training.reporting.office.venues import VenueAlike, VenueShown
from training.scheduling.actions.changing import edit_venue
from training.scheduling.actions.planning import add_venue
from training.scheduling.rules import WheelchairAccess, position_of
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key

PLAN = Permission.SESSIONS_PLAN
PATH = "/gestion/lieux"
FIELDS = (
    *("name", "address", "city", "postcode", "position", "access", "wheelchair", "capacity", "equipment", "note"),
    *("contact_name", "contact_email", "contact_phone"),
)
SHARED = ("address", "city", "postcode", "position", "access", "contact_name", "contact_email", "contact_phone")


@get(PATH, permission=PLAN)
async def listing(request: Asked) -> Template:
    """Venues by town, narrowed by words."""
    search, after = asked(request, "q"), row_key(asked(request, "apres"))
    found = await reading.venues_page(search, after=after, limit=PER_PAGE)
    return await show(
        request,
        "sessions/venues",
        search=search,
        pager=pager(PATH, found.following, after is not None, q=search),
        **parts(found),
    )


@get(PATH + "/nouveau", permission=PLAN)
async def new(request: Asked) -> Template:
    """The form of a new venue; `?comme=` begins with what a room of the same building shares with it."""
    other = row_key(asked(request, "comme"))
    like = await reading.venue_page(other) if other else None
    return await _new(request, Form.filled({name: getattr(like, name) for name in SHARED} if like else {}))


async def _new(request: Asked, form: Form, alike: list[VenueAlike] | None = None) -> Template:
    return await show(request, "sessions/venue_new", form.status, form=form, alike=alike or [])


@post(PATH + "/nouveau", permission=PLAN)
async def add(request: Asked) -> Template | Redirect:
    """A room more; when one looks like it, it is shown first."""
    form = await Form.of(request)
    values = _values(form)
    if form.good and not form.values.get("other"):
        alike = await reading.venues_alike(values["name"], values["city"])
        if alike:
            form.errors["other"] = _("Un lieu lui ressemble. Si c’est un autre, cochez la case et ajoutez-le.")
            form.refused = 409
            return await _new(request, form, alike)
    if form.good:
        with form.refusals():
            venue = await once(request, form, lambda: add_venue(the_actor(request), **values))
            return go(f"{PATH}/{venue}", _("Lieu ajouté : il se choisit en planifiant une séance."))
    return await _new(request, form)


@get(PATH + "/{venue:int}", permission=PLAN)
async def one(request: Asked, venue: FromPath[int]) -> Template:
    """A venue as it stands, in its form."""
    found = await reading.venue_page(row(venue))
    return await _one(request, found, _as_it_stands(found))


def _as_it_stands(venue: VenueShown) -> Form:
    shown = {name: getattr(venue, name) for name in FIELDS}
    return Form.filled({**shown, "active": "1" if venue.active else ""}, seen=venue.seen)


async def _one(request: Asked, found: VenueShown, form: Form) -> Template:
    return await show(request, "sessions/venue", form.status, form=form, venue=found)


@post(PATH + "/{venue:int}", permission=PLAN)
async def edit(request: Asked, venue: FromPath[int]) -> Template | Redirect:
    """Other facts about a venue."""
    form, found = await Form.of(request), await reading.venue_page(row(venue))
    values = {**_values(form), "active": form.values.get("active") == "1"}
    if form.good:
        with form.refusals():
            rooms = [room.id for room in found.rooms] if form.values.get("everywhere") else []
            await edit_venue(the_actor(request), found.id, values, rooms=rooms, seen=form.seen)
            return go(f"{PATH}/{venue}", _("C’est enregistré."))
    return await _one(request, found, form)


def _values(form: Form) -> dict[str, Any]:
    position = None
    try:
        position = position_of(form.text("position"))
    except ValueError as error:
        form.errors.setdefault("position", str(error))
    wheelchair = form.values.get("wheelchair", "")
    return {
        "name": form.text("name", required=True, most=200),
        "address": form.text("address", most=300),
        "city": form.text("city", required=True),
        "postcode": form.text("postcode", required=True),
        "capacity": form.number("capacity", least=1, most=10_000),
        "access": form.lines("access", most=2_000),
        "wheelchair": form.choice("wheelchair", WheelchairAccess) if wheelchair else "",
        "latitude": position[0] if position else None,
        "longitude": position[1] if position else None,
        "equipment": form.lines("equipment", most=2_000),
        "note": form.lines("note", most=2_000),
        "contact_name": form.text("contact_name", most=200) or None,
        "contact_email": form.checked("contact_email", check_email),
        "contact_phone": form.text("contact_phone", most=30) or None,
    }


HANDLERS = [listing, new, add, one, edit]
