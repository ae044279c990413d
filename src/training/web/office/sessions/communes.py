"""Communes: those that a form offers while one is typed, and those typed by hand that become one of the country."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from markupsafe import Markup

from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.communes import communes_offered, communes_page
from training.scheduling.actions.communes import join_commune
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, row, whole

PATH = "/gestion/lieux/communes"
_OPTION = Markup('<option value="{name} ({postcode})" data-name="{name}" data-postcode="{postcode}">')


@get(PATH, permission=Permission.SESSIONS_PLAN)
async def listing(request: Asked) -> Template:
    """How many are known, and those typed by hand that wait."""
    return await _listing(request, Form())


async def _listing(request: Asked, form: Form) -> Template:
    return await show(request, "sessions/communes", form.status, form=form, **parts(await communes_page()))


@post(PATH + "/{commune:int}", permission=Permission.SESSIONS_PLAN)
async def join(request: Asked, commune: FromPath[int]) -> Template | Redirect:
    """Somebody knows which commune of the country one typed by hand is."""
    form = await Form.of(request)
    with form.refusals():
        await join_commune(the_actor(request), row(commune), row(whole(form.values.get("commune", "")) or 0))
        return go(PATH, _("C’est rattaché : lieux et structures ont suivi."))
    return await _listing(request, form)


@get(PATH + "/proches", permission=Permission.OFFICE_SEE)
async def near(request: Asked) -> Response[str]:
    """The options of a list under the field where a commune is typed (`ui.commune`)."""
    name = asked(request, "q")[:100]
    found = await communes_offered(name, asked(request, "cp"))
    options = [_OPTION.format(name=commune.name, postcode=commune.postcode) for commune in found]
    return Response(Markup("").join(options), media_type="text/html")


HANDLERS = [listing, join, near]
