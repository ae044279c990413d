"""Who facilitates: the list, one of them corrected, added, or not active any more."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.facilitators import add_facilitator, edit_facilitator
from training.directory.rules.numbers import check_email
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import facilitators as reading
from training.reporting.office.facilitators import OfficeFacilitator
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key

P = Permission
PATH = "/gestion/animation"


@get(PATH, permission=P.SESSIONS_PLAN)
async def listing(request: Asked) -> Template:
    """Everybody who facilitates, or did."""
    search, after = asked(request, "q"), row_key(asked(request, "apres"))
    found = await reading.facilitators_page(search=search, after=after, limit=PER_PAGE)
    ways = pager(PATH, found.following, after is not None, q=search)
    return await show(request, "sessions/facilitators", search=search, pager=ways, **parts(found))


@get(f"{PATH}/nouvelle-personne", permission=P.SESSIONS_PLAN)
async def new_page(request: Asked) -> Template:
    """An empty form."""
    return await _page(request, await reading.facilitator_page(), Form())


@post(f"{PATH}/nouvelle-personne", permission=P.SESSIONS_PLAN)
async def add(request: Asked) -> Template | Redirect:
    """Write somebody down."""
    found, form = await reading.facilitator_page(), await Form.of(request)
    values = read(form, found)
    if form.good:
        with form.refusals():
            await once(request, form, lambda: add_facilitator(the_actor(request), **values, locale="fr", active=True))
            return go(PATH, _("{name} peut animer des séances.").format(name=values["name"]))
    return await _page(request, found, form)


@get(PATH + "/{facilitator:int}", permission=P.SESSIONS_PLAN)
async def edit_page(request: Asked, facilitator: FromPath[int]) -> Template:
    """Somebody as they stand."""
    found = await reading.facilitator_page(row(facilitator))
    assert found.facilitator is not None  # noqa: S101 - NotFound was raised otherwise
    values = {**asdict(found.facilitator), "partner": found.facilitator.partner_id}
    return await _page(request, found, Form.filled({**values, "active": "1" if found.facilitator.active else ""}))


@post(PATH + "/{facilitator:int}", permission=P.SESSIONS_PLAN)
async def edit(request: Asked, facilitator: FromPath[int]) -> Template | Redirect:
    """Correct them, or say that they are not active any more: their keys end."""
    found, form = await reading.facilitator_page(row(facilitator)), await Form.of(request)
    values = {**read(form, found), "active": form.values.get("active") == "1"}
    if form.good:
        with form.refusals():
            await edit_facilitator(the_actor(request), row(facilitator), values)
            return go(PATH, _("Enregistré.") if values["active"] else _("Enregistré : son accès a pris fin."))
    return await _page(request, found, form)


def read(form: Form, found: OfficeFacilitator) -> dict[str, Any]:
    """The person that a form says."""
    partner = form.values.get("partner", "")
    kept = found.facilitator is not None and partner == str(found.facilitator.partner_id)
    if partner and partner not in dict(found.partners) and not kept:
        form.errors.setdefault("partner", _("Choisissez dans la liste."))
    return {
        "name": form.text("name", required=True),
        "email": form.checked("email", check_email, required=True) or "",
        "phone": form.text("phone", most=30) or None,
        "partner": int(partner) if partner.isascii() and partner.isdigit() else None,
    }


async def _page(request: Asked, found: OfficeFacilitator, form: Form) -> Template:
    return await show(request, "sessions/facilitator", form.status, form=form, **parts(found))


HANDLERS = [listing, new_page, add, edit_page, edit]
