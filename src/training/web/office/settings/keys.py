"""API keys: made and shown once, listed without their secret, revoked."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.identity.actions import keys
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.settings import OfficeKeys, keys_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import row

P = Permission
PATH = "/gestion/cles"
PLATFORM = "plateforme"


@get(PATH, permission=P.PLATFORM_EDIT)
async def listing(request: Asked) -> Template:
    """Every key, and the form that makes one."""
    return await _page(request, await keys_page(), Form())


async def _page(request: Asked, found: OfficeKeys, form: Form, made: str | None = None) -> Template:
    owners = [
        (PLATFORM, _("La plateforme : tous les droits")),
        *((str(id_), name) for id_, name in found.organisations),
    ]
    status = 201 if made else form.status
    shown = {**parts(found), "organisations": owners}
    return await show(request, "settings/keys", status, form=form, made=made, **shown)


@post(PATH, permission=P.PLATFORM_EDIT)
async def create(request: Asked) -> Template | Redirect:
    """Make a key. The answer is the page itself: it is the only one that will ever show the key."""
    form, found = await Form.of(request), await keys_page()
    label = form.text("label", required=True, most=80)
    owners = {str(id_): id_ for id_, _name in found.organisations}
    whose = form.values.get("organisation", "")
    if whose != PLATFORM and whose not in owners:
        form.errors.setdefault("organisation", _("Choisissez à qui sert cette clé."))
    made = []

    async def make() -> None:
        made.append(await keys.create(the_actor(request), label, organisation=owners.get(whose)))

    if form.good:
        with form.refusals():
            await once(request, form, make)
            if not made:
                return go(PATH, _("Cette clé est déjà créée, et elle ne se montre qu’une fois."), "attention")
            return await _page(request, await keys_page(), Form(), made[0])
    return await _page(request, found, form)


@post(PATH + "/{key:int}/revoquer", permission=P.PLATFORM_EDIT)
async def revoke(request: Asked, key: FromPath[int]) -> Redirect:
    """End a key."""
    await keys.revoke(the_actor(request), row(key))
    return go(PATH, _("Clé révoquée : elle n’ouvre plus rien."))


HANDLERS = [listing, create, revoke]
