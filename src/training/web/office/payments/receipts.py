"""The receipts of payments, as they were frozen."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.payments.queries import receipts
from training.web.pages import Asked, kept_file, the_actor


@get("/gestion/recus/{name:str}", permission=Permission.INVOICES_SEE)
async def receipt_paper(request: Asked, name: FromPath[str]) -> Response[bytes]:
    """A receipt's page, byte for byte: « R2027-00001.pdf »."""
    number, dot, kind = name.rpartition(".")
    found = await receipts.receipt_by_number(the_actor(request).scope, number) if (dot, kind) == (".", "pdf") else None
    if found is None:
        raise NotFound(_("Ce reçu n’existe pas."))
    return await kept_file(found.paper, f"{found.number}.pdf", _("Ce reçu n’existe pas."), inline=True)


HANDLERS = [receipt_paper]
