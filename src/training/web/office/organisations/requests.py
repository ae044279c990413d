"""Organisations that wait to be let in: one click does; or they are refused in words, or attached to another."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.bookings.actions.attaching import attach
from training.directory.actions import archiving
from training.directory.actions.organisations import approve as approve_organisation
from training.identity.rules import ROLE_HELP, ROLE_NAMES, Role
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import organisation_ending as closing
from training.reporting.office import organisation_requests as reading
from training.reporting.office.organisations import organisation
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, pager, row_key

P = Permission
PATH = "/gestion/structures"
REQUESTS = "/gestion/structures/demandes"
PER_PAGE = 20


@get(REQUESTS, permission=P.OFFICE_SEE)
async def listing(request: Asked) -> Template:
    """Those that wait, the oldest first, with what is known of each."""
    after, scope = row_key(asked(request, "apres")), the_actor(request).scope
    found = await reading.requests_page(scope, after=after, limit=PER_PAGE)
    return await show(
        request,
        "organisations/requests",
        may_answer=the_actor(request).may(P.ORGANISATIONS_APPROVE),
        pager=pager(REQUESTS, found.following, after is not None),
        **parts(found),
    )


@post(PATH + "/{slug:str}/valider", permission=P.ORGANISATIONS_APPROVE)
async def approve(request: Asked, slug: FromPath[str]) -> Redirect:
    """Vouch for an organisation: what it asked for is confirmed."""
    view = await organisation(the_actor(request).scope, slug)
    await approve_organisation(the_actor(request), view.id)
    return go(f"{PATH}/{view.slug}", _("Structure validée : ses demandes sont confirmées, ses contacts prévenus."))


@get(PATH + "/{slug:str}/refuser", permission=P.ORGANISATIONS_APPROVE)
async def refuse_page(request: Asked, slug: FromPath[str]) -> Template:
    """What refusing leads to."""
    return await _refuse(request, slug, Form())


async def _refuse(request: Asked, slug: str, form: Form) -> Template:
    found = await closing.refusing_page(the_actor(request).scope, slug)
    return await show(request, "organisations/refuse", form.status, form=form, **parts(found))


@post(PATH + "/{slug:str}/refuser", permission=P.ORGANISATIONS_APPROVE)
async def refuse(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Refuse it, with words that it reads."""
    view, form = await organisation(the_actor(request).scope, slug), await Form.of(request)
    reason = form.lines("reason", required=True, most=400)
    if form.good:
        await archiving.refuse(the_actor(request), view.id, reason)
        said = _("Inscription refusée : la structure reçoit votre motif, ses demandes sont refusées avec elle.")
        return go(f"{PATH}/{view.slug}", said)
    return await _refuse(request, slug, form)


@get(PATH + "/{slug:str}/rattacher", permission=P.ORGANISATIONS_APPROVE)
async def attach_page(request: Asked, slug: FromPath[str]) -> Template:
    """To which one that is known it may be attached; `?q=` looks for another, `?a=` is chosen already."""
    form = Form.filled({"q": asked(request, "q"), "to": asked(request, "a"), "role": Role.MEMBER.value})
    return await _attach(request, slug, form)


async def _attach(request: Asked, slug: str, form: Form) -> Template:
    found = await reading.attaching_page(the_actor(request), slug, form.values.get("q", ""))
    if not form.values.get("to") and found.found:
        form.values["to"] = found.found[0].slug
    roles = [(role.value, _(ROLE_NAMES[role]), _(ROLE_HELP[role])) for role in found.roles]
    return await show(
        request, "organisations/attach", form.status, form=form, asked=found.request, found=found.found, roles=roles
    )


@post(PATH + "/{slug:str}/rattacher", permission=P.ORGANISATIONS_APPROVE)
async def attach_to(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Who asked joins the one that is chosen, with what they had asked for."""
    scope = the_actor(request).scope
    view, form = await organisation(scope, slug), await Form.of(request)
    role, to = form.choice("role", Role), form.text("to", required=True)
    if form.good and role is not None:
        with form.refusals():
            other = await organisation(scope, to)
            await attach(the_actor(request), view.id, other.id, role)
            said = _("Demande rattachée à « {name} » : la personne est prévenue, ses réservations y sont passées.")
            return go(f"{PATH}/{other.slug}", said.format(name=other.name))
    return await _attach(request, slug, form)


HANDLERS = [listing, approve, refuse_page, refuse, attach_page, attach_to]
