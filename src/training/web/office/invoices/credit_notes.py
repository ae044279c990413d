"""Credit notes of an invoice: those made, a new one line by line, and « annule et remplace » in one act."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.credit import Corrected, CreditWanted, credit, credit_and_reissue
from training.billing.queries import credits as crediting
from training.billing.queries import invoices as billing
from training.billing.queries.credits import CreditableLine
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import DocumentKind
from training.directory.rules import CONTRACT_MAX, ENGAGEMENT_MAX, SERVICE_CODE_MAX, Buyer
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.money import decimal, parse_euros
from training.kernel.permissions import Permission
from training.reporting.office import invoice as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor

P = Permission
PATH = "/gestion/factures"
REASON_MAX = 400


@get(PATH + "/{name:str}/avoir", permission=P.INVOICES_CREDIT)
async def credit_page(request: Asked, name: FromPath[str]) -> Template:
    """What to take back of each line: all that is left, unless a smaller amount is typed."""
    invoice = await _invoice(request, name)
    lines = await crediting.creditable(invoice.id)
    left = {f"line-{line.id}": decimal(abs(line.left_cents)).replace(".", ",") for line in lines}
    return await _credit_page(request, invoice, lines, Form.filled(left))


async def _credit_page(request: Asked, invoice: InvoiceView, lines: Sequence[CreditableLine], form: Form) -> Template:
    return await show(
        request,
        "invoices/credit_note_new",
        form.status,
        invoice=invoice,
        lines=lines,
        left_cents=sum(line.left_cents for line in lines),
        seen_cents=sum(line.credited_cents for line in lines),
        form=form,
    )


@post(PATH + "/{name:str}/avoir", permission=P.INVOICES_CREDIT)
async def make_credit_note(request: Asked, name: FromPath[str]) -> Template | Redirect:
    """Make and issue the credit note; it leaves by mail."""
    invoice = await _invoice(request, name)
    lines = await crediting.creditable(invoice.id)
    form = await Form.of(request)
    wanted = CreditWanted(
        reason=form.lines("reason", most=REASON_MAX),
        lines=_amounts(form, lines),
        seen_cents=form.number("seen", least=-(10**11), most=10**11),
    )
    if form.good:
        with form.refusals():
            made = await credit(the_actor(request), invoice.id, wanted)
            note = await billing.invoice(the_actor(request).scope, made)
            number = note.number if note else ""
            return go(f"{PATH}/{number}", _("Avoir {number} émis : il part par courriel.").format(number=number))
    return await _credit_page(request, invoice, lines, form)


def _amounts(form: Form, lines: Sequence[CreditableLine]) -> dict[int, int]:
    """Cents by line, in the line's own direction: a discount is typed as a positive amount too."""
    found = {}
    for line in lines:
        field = f"line-{line.id}"
        typed = form.text(field)
        try:
            cents = parse_euros(typed) if typed else 0
        except ValueError:
            form.errors.setdefault(field, _("Indiquez un montant en euros, par exemple 120 ou 120,50."))
            continue
        if cents:
            found[line.id] = -cents if line.net_cents < 0 else cents
    return found


@get(PATH + "/{name:str}/remplacer", permission=P.INVOICES_CREDIT)
async def replace_page(request: Asked, name: FromPath[str]) -> Template:
    """« Annule et remplace »: why, and what the new invoice says instead."""
    invoice = await _invoice(request, name)
    return await _replace_page(
        request,
        invoice,
        Form.filled(
            {
                "purchase_order": invoice.purchase_order,
                "service_code": invoice.service_code,
                "contract_reference": invoice.contract_reference,
            }
        ),
    )


async def _replace_page(request: Asked, invoice: InvoiceView, form: Form) -> Template:
    lines = await crediting.creditable(invoice.id)
    return await show(
        request,
        "invoices/invoice_replace",
        form.status,
        invoice=invoice,
        public=invoice.payer_buyer == Buyer.PUBLIC,
        left_cents=sum(line.left_cents for line in lines),
        replacement=await crediting.replacement(invoice.id),
        form=form,
    )


@post(PATH + "/{name:str}/remplacer", permission=P.INVOICES_CREDIT)
async def replace(request: Asked, name: FromPath[str]) -> Template | Redirect:
    """Issue the credit note and make the draft that replaces the invoice."""
    invoice = await _invoice(request, name)
    form = await Form.of(request)
    reason = form.lines("reason", most=REASON_MAX)
    corrected = Corrected(
        purchase_order=form.text("purchase_order", most=ENGAGEMENT_MAX),
        service_code=form.text("service_code", most=SERVICE_CODE_MAX),
        contract_reference=form.text("contract_reference", most=CONTRACT_MAX),
    )
    if form.good:
        with form.refusals():
            number, draft = await credit_and_reissue(the_actor(request), invoice.id, reason, corrected)
            words = _("Avoir {number} émis. Voici le brouillon qui remplace la facture : relisez-le, puis émettez-le.")
            return go(f"{PATH}/brouillons/{draft}", words.format(number=number))
    return await _replace_page(request, invoice, form)


async def _invoice(request: Asked, name: str) -> InvoiceView:
    invoice = await reading.invoice(the_actor(request).scope, name)
    if invoice.kind == DocumentKind.CREDIT_NOTE:
        raise NotFound(_("Cette facture n’existe pas."))
    return invoice


HANDLERS = [credit_page, make_credit_note, replace_page, replace]
