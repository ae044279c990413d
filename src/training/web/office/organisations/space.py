"""The space of a client, kept by the team for them: who comes in, and the calendars that follow its sessions."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.directory.rules.numbers import check_email
from training.identity.actions.colleagues import invite_colleague
from training.identity.actions.leaving import remove_colleague
from training.identity.actions.role_changes import change_colleague
from training.identity.rules import ORGANISATION_ROLES, ROLE_HELP, ROLE_NAMES, Role
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import space as reading
from training.reporting.office.space import ClientAccess, ClientColleague, ClientFeeds
from training.web.forms import Form
from training.web.office.page import alarms, show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key
from training.web.subscribing import asked_to_end, closed_words, made, opened

P = Permission
PATH = "/gestion/structures/{slug:str}"
ACCESS, FEEDS = PATH + "/collegues", PATH + "/agenda"


# Who comes in


@get(ACCESS, permission=P.COLLEAGUES_MANAGE)
async def access(request: Asked, slug: FromPath[str]) -> Template:
    """Who comes in, and the form for one more."""
    return await _access(request, slug, Form.filled({"role": Role.MEMBER.value}))


@post(ACCESS, permission=P.COLLEAGUES_MANAGE, status_code=200)
async def invite(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Let somebody of theirs in, and write to them."""
    found, form = await _found(request, slug), await Form.of(request)
    name = form.text("name", required=True)
    email = form.checked("email", check_email, required=True) or ""
    role = form.choice("role", Role)
    if form.good and role is not None:
        with form.refusals():
            actor, here = the_actor(request), found.organisation.id
            await once(request, form, lambda: invite_colleague(actor, here, name, email, role))
            said = _("{name} a accès à l’espace de {where}, un courriel part.")
            return go(_of(slug, "collegues"), said.format(name=name, where=found.organisation.name))
    return await _access(request, slug, form)


async def _found(request: Asked, slug: str) -> ClientAccess:
    after = row_key(asked(request, "apres"))
    return await reading.access_of(the_actor(request).scope, slug, after=after, limit=PER_PAGE)


async def _access(request: Asked, slug: str, form: Form) -> Template:
    found = await _found(request, slug)
    following = pager(_of(slug, "collegues"), found.following, bool(asked(request, "apres")))
    name = "organisations/access"
    return await show(request, name, form.status, form=form, roles=_roles(), pager=following, **parts(found))


def _of(slug: str, page: str) -> str:
    return f"/gestion/structures/{slug}/{page}"


def _roles() -> list[tuple[str, str, str]]:
    return [(role.value, _(ROLE_NAMES[role]), _(ROLE_HELP[role])) for role in ORGANISATION_ROLES]


@get(ACCESS + "/{account:int}/role", permission=P.COLLEAGUES_MANAGE)
async def ask_role(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template:
    """What they do there, and what else they might."""
    return await _role(request, await _colleague(request, slug, account), None)


@post(ACCESS + "/{account:int}/role", permission=P.COLLEAGUES_MANAGE, status_code=200)
async def change(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template | Redirect:
    """They do something else from now on."""
    found, form = await _colleague(request, slug, account), await Form.of(request)
    role = form.choice("role", Role)
    if form.good and role is not None:
        with form.refusals():
            held = await change_colleague(the_actor(request), found.organisation.id, row(account), role)
            said = _("{name} a maintenant ce rôle : {role}.").format(name=held.name, role=_(ROLE_NAMES[role]))
            return go(_of(slug, "collegues"), said)
    return await _role(request, found, form)


async def _colleague(request: Asked, slug: str, account: int) -> ClientColleague:
    return await reading.colleague_of(the_actor(request).scope, slug, row(account))


async def _role(request: Asked, found: ClientColleague, form: Form | None) -> Template:
    form = form or Form.filled({"role": found.colleague.roles[0].role.value})
    return await show(request, "organisations/access_role", form.status, form=form, roles=_roles(), **parts(found))


@get(ACCESS + "/{account:int}/retirer", permission=P.COLLEAGUES_MANAGE)
async def ask_remove(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template:
    """What removing leads to, before it is done."""
    return await _removal(request, await _colleague(request, slug, account), Form())


@post(ACCESS + "/{account:int}/retirer", permission=P.COLLEAGUES_MANAGE, status_code=200)
async def remove(request: Asked, slug: FromPath[str], account: FromPath[int]) -> Template | Redirect:
    """They left."""
    found, form = await _colleague(request, slug, account), Form()
    with form.refusals():
        await remove_colleague(the_actor(request), found.organisation.id, row(account))
        return go(_of(slug, "collegues"), _("Cet accès est retiré."))
    return await _removal(request, found, form)


async def _removal(request: Asked, found: ClientColleague, form: Form) -> Template:
    return await show(request, "organisations/access_removal", form.status, form=form, **parts(found))


# Its calendars


@get(FEEDS, permission=P.FEEDS_MANAGE)
async def calendars(request: Asked, slug: FromPath[str]) -> Template:
    """The live addresses, and the form for another."""
    return await _calendars(request, await _feeds(request, slug), Form())


@post(FEEDS, permission=P.FEEDS_MANAGE, status_code=200)
async def open_calendar(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """A new address for the organisation; this answer is the only place that ever shows it."""
    found, form = await _feeds(request, slug), await Form.of(request)
    label, here = form.text("label", required=True, most=80), _of(slug, "agenda")
    if form.good:
        with form.refusals():
            actor, owner = the_actor(request), found.organisation.id
            around = await _around(request, slug)
            return await opened(
                request, form, label, here, lambda: feeds.open_feed(actor, label, organisation=owner), **around
            )
    return await _calendars(request, found, form)


async def _feeds(request: Asked, slug: str) -> ClientFeeds:
    return await reading.feeds_of(the_actor(request).scope, slug)


async def _around(request: Asked, slug: str) -> dict[str, Any]:
    return {"layout": "office/layout.html", "base": _of(slug, "agenda"), "alarms": await alarms(request)}


async def _calendars(request: Asked, found: ClientFeeds, form: Form) -> Template:
    return await show(request, "organisations/feeds", form.status, form=form, **parts(found))


@get(FEEDS + "/{feed:int}/remplacer", permission=P.FEEDS_MANAGE)
async def ask_replace(request: Asked, slug: FromPath[str], feed: FromPath[int]) -> Template:
    """What a new secret leads to, before it is made."""
    found = await _feeds(request, slug)
    return await asked_to_end(request, found.feed(row(feed)), replacing=True, **await _around(request, slug))


@post(FEEDS + "/{feed:int}/remplacer", permission=P.FEEDS_MANAGE, status_code=200)
async def replace(request: Asked, slug: FromPath[str], feed: FromPath[int]) -> Template:
    """The same calendar under another secret."""
    found = (await _feeds(request, slug)).feed(row(feed))
    new = await feeds.rotate_feed(the_actor(request), found.id)
    return await made(request, found.label, new, **await _around(request, slug))


@get(FEEDS + "/{feed:int}/supprimer", permission=P.FEEDS_MANAGE)
async def ask_close(request: Asked, slug: FromPath[str], feed: FromPath[int]) -> Template:
    """What revoking leads to, before it is done."""
    found = await _feeds(request, slug)
    return await asked_to_end(request, found.feed(row(feed)), replacing=False, **await _around(request, slug))


@post(FEEDS + "/{feed:int}/supprimer", permission=P.FEEDS_MANAGE)
async def close(request: Asked, slug: FromPath[str], feed: FromPath[int]) -> Redirect:
    """Revoke an address."""
    found = (await _feeds(request, slug)).feed(row(feed))
    await feeds.close_feed(the_actor(request), found.id)
    return go(_of(slug, "agenda"), closed_words(found))


HANDLERS = [
    *(access, invite, ask_role, change, ask_remove, remove),
    *(calendars, open_calendar, ask_replace, replace, ask_close, close),
]
