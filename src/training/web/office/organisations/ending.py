"""An organisation is archived, alone or for another one that it is too, and brought back."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions import archiving
from training.identity.actions.joining import archive_for
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import organisation_ending as reading
from training.reporting.office.organisations import organisation
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, whole

P = Permission
PATH = "/gestion/structures"
KEEP, END = "garder", "annuler"


@get(PATH + "/{slug:str}/archiver", permission=P.ORGANISATIONS_APPROVE)
async def archive_page(request: Asked, slug: FromPath[str]) -> Template:
    """What archiving leads to; `?q=` looks for the one that stays, `?voir=` is chosen already."""
    return await _page(request, slug, Form.filled({"q": asked(request, "q"), "see": asked(request, "voir")}))


async def _page(request: Asked, slug: str, form: Form) -> Template:
    found = await reading.archiving_page(the_actor(request), slug, form.values.get("q", ""))
    return await show(request, "organisations/archive", form.status, form=form, **parts(found))


@post(PATH + "/{slug:str}/archiver", permission=P.ORGANISATIONS_APPROVE)
async def archive(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Archive it; what it has ahead is kept or ends, as was chosen."""
    actor, form = the_actor(request), await Form.of(request)
    view = await organisation(actor.scope, slug)
    coming = form.values.get("coming", KEEP)
    if coming not in (KEEP, END):
        form.errors.setdefault("coming", _("Choisissez une réponse."))
    see = form.text("see")
    reason = form.lines("reason", most=400)
    if form.good:
        with form.refusals():
            if see:
                other = await organisation(actor.scope, see)
                people = [id_ for name in form.values if (id_ := _account(name)) and form.values[name] == "1"]
                await archive_for(actor, view.id, other.id, people=people, ends_coming=coming == END)
                said = _("« {name} » est archivée : ses pages disent « voir {other} ».")
                return go(f"{PATH}/{other.slug}", said.format(name=view.name, other=other.name))
            await archiving.archive(actor, view.id, reason=reason, ends_coming=coming == END)
            return go(f"{PATH}/{view.slug}", _("Structure archivée. Son passé reste lisible."))
    return await _page(request, slug, form)


def _account(name: str) -> int | None:
    return whole(name.removeprefix("person-")) if name.startswith("person-") else None


@post(PATH + "/{slug:str}/retablir", permission=P.ORGANISATIONS_APPROVE)
async def bring_back(request: Asked, slug: FromPath[str]) -> Redirect:
    """It is what it was before it was archived."""
    view = await organisation(the_actor(request).scope, slug)
    await archiving.bring_back(the_actor(request), view.id)
    return go(f"{PATH}/{view.slug}", _("Structure rétablie."))


HANDLERS = [archive_page, archive, bring_back]
