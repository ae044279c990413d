"""Staff pages on what another ledger left to be paid: taken over one by one or from a file, and each one's page."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.accounting.actions.open_balance import Opening, open_balance, open_balances
from training.accounting.formats import opening_csv
from training.accounting.queries.opening import payers
from training.kernel.errors import NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.reporting.office.reminders import reminding
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.payments.reminders import OPENINGS
from training.web.pages import Asked, file_response, go, the_actor
from training.web.parameters import row

P = Permission


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
            made = await open_balance(the_actor(request), Opening(number, payer, issued_on, due_on, int(cents)))
            return go(f"{OPENINGS}/{made}", _("{number} est reprise.").format(number=number))
    return await _page(request, form, Form())


def _amount(text: str) -> str:
    try:
        return str(parse_euros(text))
    except ValueError:
        raise ValueError(_("Indiquez un montant, par exemple 350,00.")) from None


@post(OPENINGS + "/fichier", permission=P.ACCOUNTS_KEEP)
async def take_over_file(request: Asked) -> Template | Redirect:
    """Many, from a file: all of them or none."""
    form = await Form.of(request)
    file = form.files.get("file")
    content = b"" if file is None else await file.read(opening_csv.BOUNDS.size + 1)
    if not content:
        form.errors["file"] = _("Choisissez un fichier.")
    if form.good:
        with form.refusals():
            n = await open_balances(the_actor(request), opening_csv.read(content).whole())
            words = ngettext("%(num)d facture est reprise.", "%(num)d factures sont reprises.", n) % {"num": n}
            return go("/gestion/comptes?nature=opening", words)
    return await _page(request, Form(), form)


@get(OPENINGS + "/modele.csv", permission=P.ACCOUNTS_KEEP)
async def model() -> Response[bytes]:
    """A file to fill."""
    return file_response(opening_csv.EXAMPLE.encode("utf-8-sig"), "text/csv", "reprise.csv")


@get(OPENINGS + "/{receivable:int}", permission=P.ACCOUNTS_SEE)
async def one(request: Asked, receivable: FromPath[int]) -> Template:
    """What is owed for an invoice of another ledger."""
    found = await reminding(the_actor(request), row(receivable))
    if found is None or found.owed.invoice is not None:
        raise NotFound(_("Cette facture n’existe pas."))
    return await show(request, "accounting/opening_one", reminders=found)


HANDLERS = [page, take_over, take_over_file, model, one]
