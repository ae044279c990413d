"""Who else comes into an organisation's space: seen, invited, given another role, removed by those who manage it."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.queries import OrganisationView
from training.directory.rules.numbers import check_email
from training.identity.actions.colleagues import invite_colleague
from training.identity.actions.leaving import remove_colleague
from training.identity.actions.role_changes import change_colleague
from training.identity.rules import ORGANISATION_ROLES, ROLE_HELP, ROLE_NAMES, Role
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.portal import colleagues as reading
from training.reporting.portal.colleagues import Colleague
from training.web.forms import Form
from training.web.pages import Asked, go, once, page, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key
from training.web.portal.organisation import frame, organisation_of

MANAGE = Permission.COLLEAGUES_MANAGE
STOP = "collegues"
PATH = f"/espace/{{slug:str}}/{STOP}"


@get(PATH, permission=MANAGE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """Everybody who comes in here, and the form for one more."""
    organisation = await organisation_of(request, slug, MANAGE)
    return await _page(request, organisation, Form.filled({"role": Role.MEMBER.value}))


@post(PATH, permission=MANAGE, status_code=200)
async def invite(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Let a colleague in, and write to them."""
    organisation, form = await organisation_of(request, slug, MANAGE), await Form.of(request)
    name = form.text("name", required=True)
    email = form.checked("email", check_email, required=True) or ""
    role = form.choice("role", Role)
    if form.good and role is not None:
        with form.refusals():
            actor = the_actor(request)
            await once(request, form, lambda: invite_colleague(actor, organisation.id, name, email, role))
            return go(f"/espace/{slug}/{STOP}", _("{name} a accès à cet espace, un courriel part.").format(name=name))
    return await _page(request, organisation, form)


@get(PATH + "/{account:int}/role", permission=MANAGE)
async def ask_change(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template:
    """What a colleague does here, and what else they might."""
    organisation = await organisation_of(request, slug, MANAGE)
    found = await reading.colleague(organisation.id, row(account))
    return await _change(request, organisation, found, Form.filled({"role": found.roles[0].role.value}))


@post(PATH + "/{account:int}/role", permission=MANAGE, status_code=200)
async def change(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template | Redirect:
    """A colleague does something else from now on."""
    organisation, form = await organisation_of(request, slug, MANAGE), await Form.of(request)
    role, actor = form.choice("role", Role), the_actor(request)
    if form.good and role is not None:
        with form.refusals():
            held = await change_colleague(actor, organisation.id, row(account), role)
            said = _("{name} a maintenant ce rôle : {role}.").format(name=held.name, role=_(ROLE_NAMES[role]))
            back = f"/espace/{slug}" if actor.id == account and not actor.scope.everything else f"/espace/{slug}/{STOP}"
            return go(back, said)
    return await _change(request, organisation, await reading.colleague(organisation.id, row(account)), form)


async def _change(request: Asked, organisation: OrganisationView, found: Colleague, form: Form) -> Template:
    around = frame(request, organisation, STOP)
    return await page(
        request, "portal/colleague_role.html", form.status, form=form, colleague=found, roles=_roles(), **around
    )


@get(PATH + "/{account:int}/retirer", permission=MANAGE)
async def ask_remove(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template:
    """What removing leads to, before it is done."""
    organisation = await organisation_of(request, slug, MANAGE)
    return await _removal(request, organisation, account, Form())


@post(PATH + "/{account:int}/retirer", permission=MANAGE, status_code=200)
async def remove(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template | Redirect:
    """Somebody left."""
    organisation, form = await organisation_of(request, slug, MANAGE), Form()
    actor = the_actor(request)
    with form.refusals():
        await remove_colleague(actor, organisation.id, row(account))
        if actor.id == account and not actor.scope.everything:
            return go("/espace", _("Vous n’avez plus accès à l’espace de {name}.").format(name=organisation.name))
        return go(f"/espace/{slug}/{STOP}", _("Cet accès est retiré."))
    return await _removal(request, organisation, account, form)


async def _removal(request: Asked, organisation: OrganisationView, account: int, form: Form) -> Template:
    found = await reading.leaving(organisation.id, account)
    around = frame(request, organisation, STOP)
    oneself = the_actor(request).id == account
    return await page(
        request, "portal/colleague_remove.html", form.status, form=form, oneself=oneself, **parts(found), **around
    )


async def _page(request: Asked, organisation: OrganisationView, form: Form) -> Template:
    after = row_key(asked(request, "apres"))
    found = await reading.colleagues_page(organisation, after=after, limit=PER_PAGE)
    return await page(
        request,
        "portal/colleagues.html",
        form.status,
        roles=_roles(),
        me=the_actor(request).id,
        form=form,
        pager=pager(f"/espace/{organisation.slug}/{STOP}", found.following, after is not None),
        **parts(found),
        **frame(request, organisation, STOP),
    )


def _roles() -> list[tuple[str, str, str]]:
    return [(role.value, _(ROLE_NAMES[role]), _(ROLE_HELP[role])) for role in ORGANISATION_ROLES]


ROUTER = Router("/", route_handlers=[listed, invite, ask_change, change, ask_remove, remove])
