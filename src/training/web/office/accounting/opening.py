"""Staff pages on what another ledger left to be paid: one by one or a file looked at first, and each one's page."""

from __future__ import annotations

import asyncio
import base64

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.accounting.actions.open_balance import Opening, open_balance, open_balances
from training.accounting.formats import opening_csv
from training.accounting.queries.opening import payers
from training.kernel.i18n import _, ngettext
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.reporting.office import opening as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.payments.reminders import OPENINGS
from training.web.pages import Asked, file_response, go, once, parts, the_actor
from training.web.parameters import row

P = Permission
FILE = f"{OPENINGS}/fichier"
CARRIED_MAX = 2 * opening_csv.BOUNDS.size  # bytes of a form that carries a file in base64


@get(OPENINGS, permission=P.ACCOUNTS_KEEP)
async def page(request: Asked) -> Template:
    """Take over."""
    return await _page(request, Form(), Form())


async def _page(request: Asked, form: Form, upload: Form) -> Template:
    status = max(form.status, upload.status)
    return await show(request, "accounting/opening", status, form=form, upload=upload, most=opening_csv.BOUNDS.rows)


@post(OPENINGS, permission=P.ACCOUNTS_KEEP)
async def take_over(request: Asked) -> Template | Redirect:
    """One."""
    form = await Form.of(request)
    number, typed = form.text("number", required=True, most=35), form.text("payer", required=True)
    issued_on, due_on = form.day("issued_on"), form.day("due_on")
    cents = form.checked("amount", _amount, required=True)
    payer = (await payers([typed])).get(typed) if typed else None
    if typed and payer is None:
        form.errors.setdefault("payer", _("Aucune structure n’a ce SIRET ou ce nom, ou plusieurs ont ce nom."))
    if form.good and issued_on and due_on and cents and payer is not None:
        with form.refusals():
            opening = Opening(number, payer.id, issued_on, due_on, int(cents))
            made = await once(request, form, lambda: open_balance(the_actor(request), opening))
            return go(f"{OPENINGS}/{made}", _("{number} est reprise.").format(number=number))
    return await _page(request, form, Form())


def _amount(text: str) -> str:
    try:
        return str(parse_euros(text))
    except ValueError:
        raise ValueError(_("Indiquez un montant, par exemple 350,00.")) from None


@post(FILE, permission=P.ACCOUNTS_KEEP, status_code=200)
async def look_at_file(request: Asked) -> Template:
    """Many, from a file: shown first, with what is wrong by line; nothing is kept of it yet."""
    form = await Form.of(request)
    file = form.files.get("file")
    content = b"" if file is None else await file.read(opening_csv.BOUNDS.size + 1)
    if not content:
        form.errors["file"] = _("Choisissez un fichier.")
    return await _preview(request, content, form)


async def _preview(request: Asked, content: bytes, form: Form) -> Template:
    if form.good:
        with form.refusals():
            found = await reading.opening_preview(content)
            status = 422 if found.wrong else 200
            carried = base64.b64encode(content).decode() if not found.wrong else ""
            return await show(
                request, "accounting/opening_preview", status, form=Form(), carried=carried, **parts(found)
            )
    return await _page(request, Form(), form)


@post(FILE + "/reprendre", permission=P.ACCOUNTS_KEEP, request_max_body_size=CARRIED_MAX)
async def take_over_file(request: Asked) -> Template | Redirect:
    """The file that was looked at: all of it or none. It comes back with the form, and is read again."""
    form = await Form.of(request)
    content = _carried(form)
    if form.good:
        with form.refusals():
            rows = (await asyncio.to_thread(opening_csv.read, content)).whole()
            n = await once(request, form, lambda: open_balances(the_actor(request), rows))
            words = ngettext("%(num)d facture est reprise.", "%(num)d factures sont reprises.", n) % {"num": n}
            return go("/gestion/comptes?nature=opening", words)
    return await _page(request, Form(), form)


def _carried(form: Form) -> bytes:
    try:
        return base64.b64decode(form.values.get("carried", ""), validate=True)
    except ValueError:
        form.errors["file"] = _("Choisissez à nouveau le fichier.")
        return b""


@get(OPENINGS + "/modele.csv", permission=P.ACCOUNTS_KEEP)
async def model() -> Response[bytes]:
    """A file to fill."""
    return file_response(opening_csv.EXAMPLE.encode("utf-8-sig"), "text/csv", "reprise.csv")


@get(OPENINGS + "/{receivable:int}", permission=P.ACCOUNTS_SEE)
async def one(request: Asked, receivable: FromPath[int]) -> Template:
    """What is owed for an invoice of another ledger."""
    found = await reading.opening_page(the_actor(request), row(receivable))
    return await show(request, "accounting/opening_one", reminders=found)


HANDLERS = [page, take_over, look_at_file, take_over_file, model, one]
