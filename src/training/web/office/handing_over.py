"""For who takes over: a page of where everything stands, and one gesture that gives a colleague's things to another."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Template

from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.reporting.office.handing_over import handing_over_page, preview
from training.scheduling.actions.handing_over import HandedOver, hand_over
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, whole

P = Permission
PATH = "/gestion/passation"


@get(PATH, permission=P.OFFICE_SEE)
async def page(request: Asked) -> Template:
    """Where everything stands."""
    return await _page(request, Form())


async def _page(request: Asked, form: Form) -> Template:
    found = await handing_over_page(the_actor(request))
    people = [(person.id, person.name) for person in found.team]
    return await show(request, "handing_over", form.status, form=form, colleagues=people, **parts(found))


@get(f"{PATH}/confier", permission=P.PLATFORM_EDIT)
async def look(request: Asked) -> Template | Redirect:
    """What would go to the other, before it does; without two people, back to where they are chosen."""
    if not asked(request, "de") or not asked(request, "a"):
        return go(PATH)
    found = await preview(whole(asked(request, "de")) or 0, whole(asked(request, "a")) or 0)
    return await show(request, "handing_over_one", form=Form(), **parts(found))


@post(f"{PATH}/confier", permission=P.PLATFORM_EDIT)
async def give(request: Asked) -> Template | Redirect:
    """Give it."""
    form = await Form.of(request)
    former, taker = form.number("de", least=1), form.number("a", least=1)
    if form.good and former is not None and taker is not None:
        with form.refusals():
            done = await hand_over(the_actor(request), former, taker)
            return go(PATH, said(done), "attention" if done.kept else "done")
    return await _page(request, form)


def said(done: HandedOver) -> str:
    """What went over, and what did not and why."""
    dates = ngettext("%(num)d date", "%(num)d dates", done.dates) % {"num": done.dates}
    went = [
        *([dates] if done.dates else []),
        *([_("le rôle dans l’équipe")] if done.roles else []),
        *([_("le nom que les pages montrent")] if done.platform else []),
    ]
    first = _("C’est confié : {what}.").format(what=", ".join(went)) if went else _("Il n’y avait rien à confier.")
    kept = " ".join(_("Reste : {what}").format(what=words) for words in done.kept[:5])
    return f"{first} {kept}".strip()


HANDLERS = [page, look, give]
