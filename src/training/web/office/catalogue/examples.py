"""Examples of offers to begin with: read, and adopted one by one or several at once."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.examples import adopt_examples
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.reporting.office.examples import OfficeExamples, example_page, examples_page
from training.reporting.office.offers import path_of
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor

P = Permission
PATH = "/gestion/catalogue/exemples"
CHOSEN = "exemple-"  # before the name of one that is ticked


@get(PATH, permission=P.CATALOGUE_EDIT)
async def listing(request: Asked) -> Template:
    """Every example."""
    return await _page(request, await examples_page(), Form())


async def _page(request: Asked, found: OfficeExamples, form: Form) -> Template:
    return await show(request, "catalogue/examples", form.status, form=form, chosen=CHOSEN, **parts(found))


@get(PATH + "/{name:str}", permission=P.CATALOGUE_EDIT)
async def one(request: Asked, name: FromPath[str]) -> Template:
    """One example, whole."""
    return await show(request, "catalogue/example", form=Form(), chosen=CHOSEN, **parts(await example_page(name)))


@post(PATH, permission=P.CATALOGUE_EDIT)
async def adopt(request: Asked) -> Template | Redirect:
    """Make drafts of those that were ticked: one opens at once, several are found in the catalogue."""
    form = await Form.of(request)
    names = [name.removeprefix(CHOSEN) for name in form.values if name.startswith(CHOSEN)]

    async def act() -> int:
        return (await adopt_examples(the_actor(request), names))[-1]

    with form.refusals():
        made = await once(request, form, act)
        if len(names) == 1:
            return go(f"{await path_of(made)}/modifier", _("C’est un brouillon à vous : adaptez-le."))
        said = ngettext("%(num)d brouillon est prêt à adapter.", "%(num)d brouillons sont prêts à adapter.", len(names))
        return go("/gestion/catalogue", said % {"num": len(names)})
    return await _page(request, await examples_page(), form)


HANDLERS = [listing, one, adopt]
