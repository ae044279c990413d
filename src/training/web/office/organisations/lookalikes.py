"""Organisations that may be one: all pairs, and the word that tells two apart."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions import archiving
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import lookalikes as reading
from training.reporting.office.organisations import organisation
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row_key

P = Permission
PATH = "/gestion/structures"
LOOKALIKES = "/gestion/structures/doublons"


@get(LOOKALIKES, permission=P.OFFICE_SEE)
async def listing(request: Asked) -> Template:
    """Pairs that look the same, the newest first."""
    before, actor = row_key(asked(request, "apres")), the_actor(request)
    found = await reading.lookalikes_page(actor.scope, before=before, limit=PER_PAGE)
    return await show(
        request,
        "organisations/lookalikes",
        may_answer=actor.may(P.ORGANISATIONS_APPROVE),
        pager=pager(LOOKALIKES, found.following, before is not None),
        **parts(found),
    )


@post(PATH + "/{slug:str}/pas-un-doublon", permission=P.ORGANISATIONS_APPROVE)
async def apart(request: Asked, slug: FromPath[str]) -> Redirect:
    """They are two: the pair is not shown any more."""
    scope, form = the_actor(request).scope, await Form.of(request)
    view, other = await organisation(scope, slug), await organisation(scope, form.text("other"))
    await archiving.tell_apart(the_actor(request), view.id, other.id)
    said = _("C’est noté : « {name} » et « {other} » sont deux structures.").format(name=view.name, other=other.name)
    return go(LOOKALIKES if form.values.get("back") == "list" else f"{PATH}/{view.slug}", said)


HANDLERS = [listing, apart]
