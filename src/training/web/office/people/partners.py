"""Partners: the list, one of them, the form that writes it down, its end and its return."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.partners import add_partner, archive_partner, bring_back_partner, edit_partner
from training.directory.rules.numbers import check_email, check_siret, check_website
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.people import partners as reading
from training.reporting.office.people.partners import PartnerEdited
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key

P = Permission
PATH = "/gestion/partenaires"
ONE = PATH + "/{partner:int}"
ARCHIVED = "archives"  # ?etat= of those that ended


@get(PATH, permission=P.SESSIONS_PLAN)
async def listing(request: Asked) -> Template:
    """Those we work with; or (?etat=archives) with whom we did."""
    search, after, archived = asked(request, "q"), row_key(asked(request, "apres")), asked(request, "etat") == ARCHIVED
    found = await reading.partners_page(search=search, archived=archived, after=after, limit=PER_PAGE)
    ways = pager(PATH, found.following, after is not None, q=search, etat=ARCHIVED if archived else "")
    return await show(request, "people/partners", search=search, archived=archived, pager=ways, **parts(found))


@get(PATH + "/nouveau", permission=P.SESSIONS_PLAN)
async def new_page(request: Asked) -> Template:
    """An empty form."""
    return await _form(request, Form(), await reading.edit_page())


@post(PATH + "/nouveau", permission=P.SESSIONS_PLAN)
async def add(request: Asked) -> Template | Redirect:
    """Write it down."""
    found, form = await reading.edit_page(), await Form.of(request)
    values = _read(form)
    if form.good:
        with form.refusals():
            made = await once(request, form, lambda: add_partner(the_actor(request), **values))
            return go(f"{PATH}/{made}", _("« {name} » : enregistré.").format(name=values["name"]))
    return await _form(request, form, found)


@get(ONE, permission=P.SESSIONS_PLAN)
async def sheet(request: Asked, partner: FromPath[int]) -> Template:
    """One of them, with its people, papers, rates and sessions."""
    return await show(request, "people/partner", **parts(await reading.partner_page(row(partner))))


@get(ONE + "/modifier", permission=P.SESSIONS_PLAN)
async def edit_page(request: Asked, partner: FromPath[int]) -> Template:
    """Every field, as it stands."""
    found = await reading.edit_page(row(partner))
    assert found.partner is not None  # noqa: S101 - NotFound was raised otherwise
    return await _form(request, Form.filled(asdict(found.partner), seen=found.seen), found)


@post(ONE + "/modifier", permission=P.SESSIONS_PLAN)
async def edit(request: Asked, partner: FromPath[int]) -> Template | Redirect:
    """Correct it."""
    found, form = await reading.edit_page(row(partner)), await Form.of(request)
    values = _read(form)
    if form.good:
        with form.refusals():
            await edit_partner(the_actor(request), row(partner), values, seen=form.seen)
            return go(f"{PATH}/{partner}", _("C’est enregistré."))
    return await _form(request, form, found)


@get(ONE + "/archiver", permission=P.SESSIONS_PLAN)
async def ask_archive(request: Asked, partner: FromPath[int]) -> Template:
    """What its end touches."""
    return await show(request, "people/partner_archive", **parts(await reading.archive_page(row(partner))))


@post(ONE + "/archiver", permission=P.SESSIONS_PLAN)
async def archive(request: Asked, partner: FromPath[int]) -> Redirect:
    """We work together no more."""
    await archive_partner(the_actor(request), row(partner))
    return go(f"{PATH}/{partner}", _("Partenaire archivé : le catalogue public ne le nomme plus."))


@post(ONE + "/reactiver", permission=P.SESSIONS_PLAN)
async def bring_back(request: Asked, partner: FromPath[int]) -> Redirect:
    """It is one of ours again."""
    await bring_back_partner(the_actor(request), row(partner))
    return go(f"{PATH}/{partner}", _("Partenaire réactivé : le catalogue public le nomme de nouveau."))


def _read(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name", required=True),
        "summary": form.lines("summary", most=1_000),
        "email": form.checked("email", check_email),
        "phone": form.text("phone", most=30) or None,
        "website": form.checked("website", check_website),
        "siret": form.checked("siret", check_siret),
        "address": form.text("address", most=300),
        "postcode": form.text("postcode", most=10),
        "city": form.text("city", most=100),
        "note": form.lines("note", most=2_000),
    }


async def _form(request: Asked, form: Form, found: PartnerEdited) -> Template:
    return await show(request, "people/partner_edit", form.status, form=form, **parts(found))


HANDLERS = [listing, new_page, add, sheet, edit_page, edit, ask_archive, archive, bring_back]
