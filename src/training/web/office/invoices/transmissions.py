"""Staff pages on how an invoice goes through its channel: what waits on Chorus Pro, the sheet to copy, the steps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.actions.transmit import record, redo_rejected, undo
from training.billing.queries.invoices import InvoiceView
from training.billing.queries.transmissions import DepositWaiting
from training.billing.rules import transmission as rules
from training.billing.rules.transmission import STATUSES, Status, TransmissionStep
from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.reporting.office import chorus as reading
from training.reporting.office import invoice as shown
from training.reporting.office.chorus import Made
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, parts, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/factures"
LIST = f"{PATH}/chorus"

TABS: dict[DepositWaiting, tuple[str, str]] = {
    DepositWaiting.TO_DEPOSIT: ("a-deposer", N_("À déposer")),
    DepositWaiting.STUCK: ("a-traiter", N_("Suspendues, à recycler, rejetées")),
    DepositWaiting.QUIET: ("sans-suite", N_("Sans suite depuis 15 jours")),
    DepositWaiting.LATE: ("en-retard", N_("En retard")),
    DepositWaiting.RUNNING: ("en-cours", N_("En cours")),
}


@get(LIST, permission=P.INVOICES_SEE)
async def waiting(request: Asked) -> Template:
    """Every open invoice of a public buyer, by what it waits for, each with the next thing to do."""
    wanted = asked(request, "etat")
    chosen = next((group for group, (slug, _name) in TABS.items() if slug == wanted), None)
    found = await reading.chorus_page(the_actor(request).scope, chosen)
    return await show(
        request,
        "invoices/chorus",
        tabs=[(f"{LIST}?etat={slug}", _(name), found.counts[group]) for group, (slug, name) in TABS.items()],
        current=f"{LIST}?etat={TABS[found.chosen][0]}",
        title=_(TABS[found.chosen][1]),
        **parts(found),
    )


@get(PATH + "/{number:str}/chorus", permission=P.INVOICES_SEE)
async def sheet(request: Asked, number: FromPath[str]) -> Template:
    """The sheet to copy from, field by field in the portal's order, and the files."""
    return await show(
        request, "invoices/chorus_sheet", **parts(await reading.deposit_page(the_actor(request).scope, number))
    )


@get(PATH + "/{number:str}/chorus.zip", permission=P.INVOICES_SEE)
async def pack(request: Asked, number: FromPath[str]) -> Response[bytes]:
    """The whole pack in one file."""
    return _file(await reading.pack(the_actor(request).scope, number))


@get(PATH + "/{number:str}/chorus/portail.pdf", permission=P.INVOICES_SEE)
async def portal_paper(request: Asked, number: FromPath[str]) -> Response[bytes]:
    """The invoice without its XML."""
    return _file(await reading.portal_paper(the_actor(request).scope, number))


@get(PATH + "/{number:str}/chorus/service-fait.pdf", permission=P.INVOICES_SEE)
async def proof(request: Asked, number: FromPath[str]) -> Response[bytes]:
    """The proof of service."""
    return _file(await reading.proof(the_actor(request).scope, number))


def _file(made: Made) -> Response[bytes]:
    return file_response(made.content, made.media_type, made.name)


async def _invoice(request: Asked, number: str) -> InvoiceView:
    return await shown.invoice(the_actor(request).scope, number)


def _status(name: str) -> Status:
    status = next((s for s in rules.BY_HAND if s.value == name), None)
    if status is None:
        raise NotFound(_("Cette étape n’existe pas."))
    return status


@get(PATH + "/{number:str}/etapes/{status:str}", permission=P.INVOICES_TRANSMIT)
async def step_page(request: Asked, number: FromPath[str], status: FromPath[str]) -> Template:
    """One step to write down: its day, and what goes with it."""
    form = Form.filled({"happened_on": clock.today()})
    return await _step_page(request, await _invoice(request, number), _status(status), form)


async def _step_page(request: Asked, invoice: InvoiceView, status: Status, form: Form) -> Template:
    terms = STATUSES[status]
    return await show(
        request, "invoices/chorus_step", form.status, invoice=invoice, wanted=status, terms=terms, form=form
    )


@post(PATH + "/{number:str}/etapes/{status:str}", permission=P.INVOICES_TRANSMIT, status_code=200)
async def write_step(request: Asked, number: FromPath[str], status: FromPath[str]) -> Template | Redirect:
    """Write the step down."""
    invoice, wanted, form = await _invoice(request, number), _status(status), await Form.of(request)
    happened_on = form.day("happened_on")
    reference, note = form.text("reference", most=100), form.text("note", most=400)
    siret, references = form.text("siret") or None, form.references()
    if happened_on is not None and form.good:
        with form.refusals():
            step = TransmissionStep(wanted, happened_on, reference, note, siret, references)
            await record(the_actor(request), invoice.id, step)
            said = _("{number} : « {status} ».").format(number=invoice.number, status=_(STATUSES[wanted].name))
            return go(f"{PATH}/{invoice.number}#transmission", said)
    return await _step_page(request, invoice, wanted, form)


@post(PATH + "/{number:str}/etapes", permission=P.INVOICES_TRANSMIT)
async def undo_step(request: Asked, number: FromPath[str]) -> Redirect:
    """Take the last step back."""
    invoice = await _invoice(request, number)
    await undo(the_actor(request), invoice.id)
    return go(
        f"{PATH}/{invoice.number}#transmission", _("La dernière étape est annulée ; elle reste dans l’historique.")
    )


@get(PATH + "/{number:str}/refaire", permission=P.INVOICES_CREDIT)
async def redo_page(request: Asked, number: FromPath[str]) -> Template:
    """A rejected invoice: what cancelling it and making it again does, and what to put right."""
    invoice = await _invoice(request, number)
    return await _redo_page(request, invoice, Form.filled(asdict(invoice.references)))


async def _redo_page(request: Asked, invoice: InvoiceView, form: Form) -> Template:
    return await show(request, "invoices/chorus_redo", form.status, invoice=invoice, form=form)


@post(PATH + "/{number:str}/refaire", permission=P.INVOICES_CREDIT, status_code=200)
async def redo(request: Asked, number: FromPath[str]) -> Template | Redirect:
    """One click: the credit note, and the new invoice under a new number."""
    invoice, form = await _invoice(request, number), await Form.of(request)
    corrected = form.references()
    if form.good:
        with form.refusals():
            made = await redo_rejected(the_actor(request), invoice.id, corrected)
            if made.number is None:
                words = _("Avoir {credit} émis ; il manque quelque chose à la nouvelle facture.")
                return go(f"{PATH}/brouillons/{made.draft}", words.format(credit=made.credit_note), "attention")
            words = _("Avoir {credit} et facture {number} émis : déposez la nouvelle.")
            return go(f"{PATH}/{made.number}", words.format(credit=made.credit_note, number=made.number))
    return await _redo_page(request, invoice, form)


HANDLERS: list[Any] = [
    *(waiting, sheet, pack, portal_paper, proof),
    *(step_page, write_step, undo_step, redo_page, redo),
]
