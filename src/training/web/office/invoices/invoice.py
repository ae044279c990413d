"""Issued invoices and credit notes: the list, one of them, its paper and its data."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.actions.renew_link import renew_link
from training.billing.queries.invoices import InvoiceNarrowing, InvoiceView
from training.billing.rules.states import InvoiceState
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import invoice as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, kept_file, parts, the_actor
from training.web.parameters import PER_PAGE, asked, day_key, pager

P = Permission
PATH = "/gestion/factures"


@get(PATH, permission=P.INVOICES_SEE)
async def issued(request: Asked) -> Template:
    """Issued invoices and credit notes, the newest first, narrowed by where they stand."""
    search, after = asked(request, "q"), day_key(asked(request, "apres"))
    state = asked(request, "etat")
    standing = InvoiceNarrowing(state) if state in set(InvoiceNarrowing) else InvoiceNarrowing.ANY
    found = await reading.invoices_page(
        the_actor(request).scope, search=search, standing=standing, after=after, limit=PER_PAGE
    )
    return await show(
        request,
        "invoices/invoices",
        form=Form.filled({"q": search}),
        search=search,
        standing=standing,
        pager=pager(PATH, found.following, after is not None, etat=standing.value, q=search),
        **parts(found),
    )


@get(PATH + "/{name:str}", permission=P.INVOICES_SEE)
async def invoice_page(request: Asked, name: FromPath[str]) -> Template | Response[bytes]:
    """An invoice by its number; with `.pdf` its paper, with `.xml` its data, byte for byte as issued."""
    number, dot, kind = name.rpartition(".")
    actor = the_actor(request)
    if dot:
        return await _file(await reading.invoice(actor.scope, number), kind)
    return await show(request, "invoices/invoice", **parts(await reading.invoice_page(actor, name)))


async def _file(view: InvoiceView, kind: str) -> Response[bytes]:
    wanted = {"pdf": view.paper, "xml": view.data}.get(kind) if view.state == InvoiceState.ISSUED else None
    return await kept_file(wanted, f"{view.number}.{kind}", _("Ce fichier n’existe pas."), inline=kind == "pdf")


@post(PATH + "/{name:str}/lien", permission=P.INVOICES_ISSUE)
async def renew(request: Asked, name: FromPath[str]) -> Redirect:
    """The link that was mailed of it opens nothing any more."""
    view = await reading.invoice(the_actor(request).scope, name)
    await renew_link(the_actor(request), view.id)
    said = _("Les liens déjà envoyés ne s’ouvrent plus ; le prochain courriel en portera un nouveau.")
    return go(f"{PATH}/{view.number}#transmission", said)


HANDLERS = [issued, invoice_page, renew]
