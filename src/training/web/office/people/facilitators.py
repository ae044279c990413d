"""Who facilitates: the list, somebody's sheet, and the form that writes them down and corrects them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.skills import add_deliverer, edit_deliverer
from training.directory.rules.numbers import check_email
from training.directory.rules.people import AREA_MOST, RATE_UNIT_NAMES, RateUnit
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.rules import as_text
from training.reporting.office.people import facilitator as one
from training.reporting.office.people.facilitator import FacilitatorEdited
from training.reporting.office.people.facilitators import facilitators_page
from training.web.forms import Form, in_field
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key

P = Permission
PATH = "/gestion/animation"
GONE = "anciens"  # ?etat= of those who left
LOCALES = ("fr", "en")


@get(PATH, permission=P.SESSIONS_PLAN)
async def listing(request: Asked) -> Template:
    """Everybody who facilitates; or (?etat=anciens) who did. ?partenaire= narrows to those of one."""
    search, after, gone = asked(request, "q"), row_key(asked(request, "apres")), asked(request, "etat") == GONE
    partner = row_key(asked(request, "partenaire"))
    found = await facilitators_page(search=search, gone=gone, partner=partner, after=after, limit=PER_PAGE)
    kept = {"q": search, "etat": GONE if gone else "", "partenaire": partner}
    ways = pager(PATH, found.following, after is not None, **kept)
    return await show(request, "people/facilitators", search=search, gone=gone, pager=ways, **parts(found))


@get(PATH + "/{facilitator:int}", permission=P.SESSIONS_PLAN)
async def sheet(request: Asked, facilitator: FromPath[int]) -> Template:
    """Somebody: how to reach them, what is ahead of them, their papers, the days on which they are not free."""
    return await sheet_with(request, facilitator, Form())


async def sheet_with(request: Asked, facilitator: int, form: Form) -> Template:
    """The same, with the form of an absence as it was sent."""
    found = await one.facilitator_page(row(facilitator))
    return await show(request, "people/facilitator", form.status, form=form, **parts(found))


@get(f"{PATH}/nouvelle-personne", permission=P.SESSIONS_PLAN)
async def new_page(request: Asked) -> Template:
    """An empty form; ?partenaire= chooses for whom they work."""
    form = Form.filled({"locale": "fr", "partner": row_key(asked(request, "partenaire"))})
    return await _form(request, await one.edit_page(), form)


@post(f"{PATH}/nouvelle-personne", permission=P.SESSIONS_PLAN)
async def add(request: Asked) -> Template | Redirect:
    """Write somebody down."""
    found, form = await one.edit_page(), await Form.of(request)
    values, offers = read(form, found)
    if form.good:
        with form.refusals():
            made = await once(request, form, lambda: add_deliverer(the_actor(request), offers, **values, active=True))
            return go(f"{PATH}/{made}", _("{name} peut animer des séances.").format(name=values["name"]))
    return await _form(request, found, form)


@get(PATH + "/{facilitator:int}/modifier", permission=P.SESSIONS_PLAN)
async def edit_page(request: Asked, facilitator: FromPath[int]) -> Template:
    """Every field, as it stands."""
    found = await one.edit_page(row(facilitator))
    known = found.facilitator
    assert known is not None  # noqa: S101 - NotFound was raised otherwise
    cents = in_field(known.rate_cents) if known.rate_cents is not None else ""
    values = {**asdict(known), "partner": known.partner_id, "rate_cents": cents}
    skills = {f"offer-{skill.id}": "1" for skill in found.offers if skill.held}
    return await _form(request, found, Form.filled({**values, **skills}, seen=found.seen))


@post(PATH + "/{facilitator:int}/modifier", permission=P.SESSIONS_PLAN)
async def edit(request: Asked, facilitator: FromPath[int]) -> Template | Redirect:
    """Correct them."""
    found, form = await one.edit_page(row(facilitator)), await Form.of(request)
    values, offers = read(form, found)
    if form.good:
        with form.refusals():
            await edit_deliverer(the_actor(request), row(facilitator), values, offers, seen=form.seen)
            return go(f"{PATH}/{facilitator}", _("C’est enregistré."))
    if form.meanwhile:
        found = await one.edit_page(row(facilitator))
        typed = as_text([skill.title for skill in found.offers if skill.id in offers])
        if any(edit.field == "skills" and edit.old == typed for edit in form.meanwhile.edits):
            form.values |= {f"offer-{skill.id}": "1" if skill.held else "" for skill in found.offers}
    return await _form(request, found, form)


def read(form: Form, found: FacilitatorEdited) -> tuple[dict[str, Any], list[int]]:
    """The person that a form says, and the offers that they may deliver."""
    partner, unit = form.values.get("partner", ""), form.values.get("rate_unit", "")
    if partner and partner not in dict(found.partners):
        form.errors.setdefault("partner", _("Choisissez dans la liste."))
    locale = form.values.get("locale", "fr")
    if locale not in LOCALES:
        form.errors.setdefault("locale", _("Choisissez dans la liste."))
    values = {
        "name": form.text("name", required=True),
        "email": form.checked("email", check_email, required=True) or "",
        "phone": form.text("phone", most=30) or None,
        "partner": int(partner) if partner.isascii() and partner.isdigit() else None,
        "locale": locale,
        "area": form.lines("area", most=AREA_MOST),
        "rate_unit": form.choice("rate_unit", RateUnit) if unit else None,
        "rate_cents": form.euros("rate_cents"),
        "note": form.lines("note", most=2_000),
    }
    return values, [skill.id for skill in found.offers if form.values.get(f"offer-{skill.id}")]


async def _form(request: Asked, found: FacilitatorEdited, form: Form) -> Template:
    units = [(unit.value, _(name)) for unit, name in RATE_UNIT_NAMES.items()]
    return await show(request, "people/facilitator_edit", form.status, form=form, units=units, **parts(found))


HANDLERS = [listing, new_page, add, sheet, edit_page, edit]
