"""Papers that came with a booking: read, joined, taken off."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.bookings.actions.documents import NewDocument, attach, take_off
from training.bookings.rules.documents import DOCUMENT_MAX
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import booking as reading
from training.web.forms import Form
from training.web.office.bookings.booking import one
from training.web.pages import Asked, go, kept_file, the_actor
from training.web.parameters import row
from training.web.posted import GIVEN_MAX

P = Permission
PATH = "/gestion/reservations/{reference:str}/documents"


@get(PATH + "/{document:int}", permission=P.BOOKINGS_SEE)
async def document(request: Asked, reference: FromPath[str], document: FromPath[int]) -> Response[bytes]:
    """The paper itself."""
    found = await reading.document(the_actor(request).scope, reference, row(document))
    suffix = "pdf" if found.media_type == "application/pdf" else "jpg"
    missing = _("Ce document n’existe pas, ou plus.")
    return await kept_file(found.file, f"{reference.upper()}-{found.id}.{suffix}", missing, inline=True)


@post(PATH, permission=P.BOOKINGS_MAKE, status_code=200, request_max_body_size=GIVEN_MAX, file_max=DOCUMENT_MAX)
async def join(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Keep a paper with the booking."""
    view, form = await reading.booking(the_actor(request).scope, reference), await Form.of(request)
    file = form.files.get("document")
    if file is None or not file.filename:
        form.errors.setdefault("document", _("Choisissez un fichier."))
    else:
        sent = NewDocument(file.filename, await file.read())
        with form.refusals():
            await attach(the_actor(request), view.id, sent)
            return go(f"/gestion/reservations/{view.reference}#documents", _("Document joint."))
    return await one(request, reference, form)


@post(PATH + "/{document:int}/retirer", permission=P.BOOKINGS_MAKE)
async def remove(request: Asked, reference: FromPath[str], document: FromPath[int]) -> Redirect:
    """It was somebody else's."""
    view = await reading.booking(the_actor(request).scope, reference)
    await take_off(the_actor(request), view.id, row(document))
    return go(f"/gestion/reservations/{view.reference}#documents", _("Document retiré."))


HANDLERS = [document, join, remove]
