"""Credit notes of an invoice: those made, a new one line by line, and « annule et remplace » in one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.credit import CreditWanted, credit, credit_and_reissue
from training.billing.queries import invoices as billing
from training.billing.queries.credits import CreditableLine
from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.reporting.office import credit_notes as reading
from training.reporting.office.credit_notes import OfficeCredit
from training.reporting.office.invoice import mailed
from training.web.forms import Form, in_field
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/factures"
REASON_MAX = 400


@get(PATH + "/{name:str}/avoir", permission=P.INVOICES_CREDIT)
async def credit_page(request: Asked, name: FromPath[str]) -> Template:
    """What to take back of each line: all that is left, or what is proposed for a booking."""
    about = asked(request, "reservation")
    return await _credit_page(request, await reading.credit_page(the_actor(request).scope, name, about), None)


async def _credit_page(request: Asked, found: OfficeCredit, form: Form | None) -> Template:
    if form is None and (proposed := found.proposed):
        amounts = {f"line-{line}": in_field(abs(cents)) for line, cents in proposed.lines.items()}
        form = Form.filled({"reason": proposed.reason, **amounts})
    if form is None:
        form = Form.filled({f"line-{line.id}": in_field(abs(line.left_cents)) for line in found.lines})
    return await show(request, "invoices/credit_note_new", form.status, form=form, **parts(found))


@post(PATH + "/{name:str}/avoir", permission=P.INVOICES_CREDIT)
async def make_credit_note(request: Asked, name: FromPath[str]) -> Template | Redirect:
    """Make and issue the credit note; it leaves by mail."""
    found, form = await reading.credit_page(the_actor(request).scope, name), await Form.of(request)
    wanted = CreditWanted(
        reason=form.lines("reason", most=REASON_MAX, printed=True),
        lines=_amounts(form, found.lines),
        seen_cents=form.number("seen", least=-(10**11), most=10**11),
    )
    if form.good:
        with form.refusals():
            made = await once(request, form, lambda: credit(the_actor(request), found.invoice.id, wanted))
            note = await billing.invoice(the_actor(request).scope, made)
            number = (note.number if note else None) or ""
            return go(f"{PATH}/{number}", (await _said(number)).format(number=number))
    return await _credit_page(request, found, form)


async def _said(number: str) -> str:
    if await mailed(number):
        return _("Avoir {number} émis : il part par courriel.")
    return _(
        "Avoir {number} émis. Personne n’a de courriel chez ce client : imprimez-le, puis remettez-le ou postez-le."
    )


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
    return await _replace_page(request, name, None)


async def _replace_page(request: Asked, name: str, form: Form | None) -> Template:
    found = await reading.replace_page(the_actor(request).scope, name)
    if form is None:
        form = Form.filled(asdict(found.invoice.references))
    return await show(request, "invoices/invoice_replace", form.status, form=form, **parts(found))


@post(PATH + "/{name:str}/remplacer", permission=P.INVOICES_CREDIT)
async def replace(request: Asked, name: FromPath[str]) -> Template | Redirect:
    """Issue the credit note and make the draft that replaces the invoice."""
    invoice, form = await reading.credited(the_actor(request).scope, name), await Form.of(request)
    reason = form.lines("reason", most=REASON_MAX, printed=True)
    corrected = form.references()
    if form.good:
        with form.refusals():
            number, draft = await credit_and_reissue(the_actor(request), invoice.id, reason, corrected)
            words = _("Avoir {number} émis. Voici le brouillon qui remplace la facture : relisez-le, puis émettez-le.")
            return go(f"{PATH}/brouillons/{draft}", words.format(number=number))
    return await _replace_page(request, name, form)


HANDLERS = [credit_page, make_credit_note, replace_page, replace]
