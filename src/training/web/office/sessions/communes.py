"""Communes: those that a form offers while one is typed."""

from __future__ import annotations

from litestar import Response, get
from markupsafe import Markup

from training.kernel.permissions import Permission
from training.reporting.office.communes import communes_offered
from training.web.pages import Asked
from training.web.parameters import asked

PATH = "/gestion/lieux/communes"
_OPTION = Markup('<option value="{name} ({postcode})" data-name="{name}" data-postcode="{postcode}">')


@get(PATH + "/proches", permission=Permission.OFFICE_SEE)
async def near(request: Asked) -> Response[str]:
    """The options of a list under the field where a commune is typed (`ui.commune`)."""
    found = await communes_offered(asked(request, "q")[:100], asked(request, "cp"))
    options = [_OPTION.format(name=commune.name, postcode=commune.postcode) for commune in found]
    return Response(Markup("").join(options), media_type="text/html")


HANDLERS = [near]
