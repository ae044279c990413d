"""« À facturer »: each draft with its checks, what may be changed on it, and the buttons that issue."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.actions.ask_missing import ask_missing
from training.billing.actions.edit_draft import DraftFacts, NewLine, add_line, edit_draft
from training.billing.actions.issue import issue as issue_invoice
from training.billing.actions.issue_all import issue_all
from training.billing.actions.make_billable import keep_back
from training.billing.queries.invoices import InvoiceView
from training.directory.rules.billing_facts import SERVICE_CODE_MAX
from training.kernel.errors import NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.papers.rules.lines import BY_HAND, LINE_KIND_NAMES, UNIT_NAMES, LineKind
from training.reporting.office import drafts as reading
from training.reporting.office.drafts import OfficeDraft
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, day_key, pager, row

P = Permission
PATH = "/gestion/factures"
DRAFTS = f"{PATH}/brouillons"
OTHER = "autre"  # in the list of services: the code is the one typed beside


@get(DRAFTS, permission=P.INVOICES_SEE)
async def drafts(request: Asked) -> Template:
    """Each draft with its checks, green or in words."""
    after = day_key(asked(request, "apres"))
    found = await reading.drafts_page(the_actor(request), after=after, limit=PER_PAGE)
    return await show(
        request, "invoices/drafts", pager=pager(DRAFTS, found.following, after is not None), **parts(found)
    )


@post(DRAFTS + "/emettre", permission=P.INVOICES_ISSUE)
async def issue_ready(request: Asked) -> Redirect:
    """Issue every draft whose checks are green; say which were, and which were not."""
    outcomes = await issue_all(the_actor(request))
    numbers = [outcome.number for outcome in outcomes if outcome.number]
    refused = [outcome.reason for outcome in outcomes if not outcome.number]
    said = issued_words(numbers)
    if refused:
        left = ngettext("%(n)d est restée : %(why)s", "%(n)d sont restées. La première : %(why)s", len(refused))
        said += " " + left % {"n": len(refused), "why": refused[0]}
    return go(PATH if numbers else DRAFTS, said, tone="done" if numbers and not refused else "attention")


def issued_words(numbers: list[str]) -> str:
    """As « 12 factures émises, de F2027-00031 à F2027-00042. »"""
    if not numbers:
        return _("Aucune facture n’était prête : il manque quelque chose à chacune.")
    if len(numbers) == 1:
        return _("Facture {number} émise : elle part par courriel.").format(number=numbers[0])
    words = _("{n} factures émises, de {first} à {last} : elles partent par courriel.")
    return words.format(n=len(numbers), first=numbers[0], last=numbers[-1])


@get(DRAFTS + "/{invoice:int}", permission=P.INVOICES_SEE)
async def draft_page(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """One draft; once it is issued, its address leads to the invoice."""
    return await _draft_page(request, invoice)


async def _draft_page(request: Asked, invoice: int, *, facts: Form | None = None, line: Form | None = None,
                      other: Form | None = None) -> Template | Redirect:  # fmt: skip
    found = await reading.draft_page(the_actor(request), row(invoice))
    if found.invoice.number:
        return go(f"{PATH}/{found.invoice.number}")
    posted = facts or line or other or Form()
    services = [(s.code, f"{s.code} – {s.label}" if s.label != s.code else s.code) for s in found.services]
    return await show(
        request,
        "invoices/draft",
        posted.status,
        **{**parts(found), "services": services},
        **line_choices(),
        form=posted,
        facts=facts or _facts(found, [code for code, _name in services]),
        line=line or Form.filled({"kind": "", "quantity": "1", "unit": "LS"}),
    )


def line_choices() -> dict[str, object]:
    """What the form of a line offers."""
    return {
        "kinds": [(kind.value, _(LINE_KIND_NAMES[kind])) for kind in BY_HAND],
        "kind_names": {kind.value: _(name) for kind, name in LINE_KIND_NAMES.items()},
        "units": [(code, _(name)) for code, name in UNIT_NAMES.items()],
    }


def _facts(found: OfficeDraft, known: list[str]) -> Form:
    view = found.invoice
    code = view.references.service_code or ""
    listed = not code or code in known
    return Form.filled(
        {
            **asdict(view.references),
            "service_code": code if listed else OTHER,
            "service_other": "" if listed and known else code,
            "subject": view.subject,
        },
        seen=found.seen,
    )


@get(DRAFTS + "/{invoice:int}/apercu.pdf", permission=P.INVOICES_SEE)
async def draft_preview(request: Asked, invoice: FromPath[int]) -> Response[bytes]:
    """How the draft would look: no number, marked on every page."""
    paper = await reading.preview(the_actor(request).scope, row(invoice))
    if paper is None:
        raise NotFound(_("Ce brouillon n’existe pas, ou la facture est déjà émise."))
    return file_response(paper, "application/pdf", f"brouillon-{invoice}.pdf", inline=True)


@post(DRAFTS + "/{invoice:int}/emettre", permission=P.INVOICES_ISSUE)
async def issue(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """Issue a draft: it gets its number and leaves by mail."""
    form = Form()
    with form.refusals():
        number = await issue_invoice(the_actor(request), row(invoice))
        return go(f"{PATH}/{number}", issued_words([number]))
    return await _draft_page(request, invoice, other=form)


@post(DRAFTS + "/{invoice:int}/retenir", permission=P.INVOICES_ISSUE)
async def hold_on(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """It does not leave by itself."""
    form = Form()
    with form.refusals():
        await keep_back(the_actor(request), row(invoice))
        return go(f"{DRAFTS}/{invoice}", _("Facture retenue : elle attend que quelqu’un l’émette."))
    return await _draft_page(request, invoice, other=form)


@post(DRAFTS + "/{invoice:int}/demander", permission=P.INVOICES_PREPARE)
async def ask(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """Ask the client, by mail, for the number that is missing."""
    view, form = await the_draft(request, invoice), Form()
    with form.refusals():
        await ask_missing(the_actor(request), view.id)
        words = _("Demande envoyée à {name} : le client remplit ce qui manque, la facture vous attend ici.")
        return go(f"{DRAFTS}/{view.id}", words.format(name=view.payer_name))
    return await _draft_page(request, invoice, other=form)


@post(DRAFTS + "/{invoice:int}/references", permission=P.INVOICES_PREPARE)
async def write_references(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """The buyer's numbers, and the subject."""
    view, form = await the_draft(request, invoice), await Form.of(request)
    chosen = form.text("service_code")
    typed = form.text("service_other", most=SERVICE_CODE_MAX)
    references, subject = form.references(), form.text("subject")
    service = typed if chosen in ("", OTHER) else chosen
    if chosen == OTHER and not typed:
        form.errors.setdefault("service_other", _("Écrivez le code du service."))
    if form.good:
        with form.refusals():
            facts = DraftFacts(references=replace(references, service_code=service), subject=subject)
            await edit_draft(the_actor(request), view.id, facts, seen=form.seen)
            return go(f"{DRAFTS}/{view.id}", _("Références enregistrées."))
    return await _draft_page(request, invoice, facts=form)


@post(DRAFTS + "/{invoice:int}/lignes", permission=P.INVOICES_PREPARE)
async def write_line(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """A line by hand: an extra, travel, a discount."""
    view, form = await the_draft(request, invoice), await Form.of(request)
    new = read_line(form)
    if new is not None:
        with form.refusals():
            await once(request, form, lambda: add_line(the_actor(request), view.id, new))
            return go(f"{DRAFTS}/{view.id}#lignes", _("Ligne ajoutée."))
    return await _draft_page(request, invoice, line=form)


def read_line(form: Form) -> NewLine | None:
    """The line that a form says; None when something in it was refused."""
    kind = form.choice("kind", LineKind)
    description = form.lines("description", required=True, most=400, printed=True)
    quantity, cents = quantity_of(form, "quantity"), cents_of(form, "price")
    unit = form.text("unit", required=True, most=3)
    if kind is None or quantity is None or cents is None or not form.good:
        return None
    return NewLine(kind=kind, description=description, quantity=quantity, unit=unit, unit_price_cents=cents)


def cents_of(form: Form, name: str) -> int | None:
    """An amount typed in euros; None, with a sentence, when it is none. Nothing is rounded in silence."""
    typed = form.text(name, required=True, most=40)
    if not typed:
        return None
    try:
        return parse_euros(typed)
    except ValueError:
        words = _("« {typed} » n’est pas un montant. Il s’écrit en euros et centimes, sans signe : 12,50 par exemple.")
        if re.fullmatch(r"\d+[.,]\d{3,}", typed):
            words = _("« {typed} » a plus de deux décimales : un montant s’arrête au centime.")
        form.errors.setdefault(name, words.format(typed=typed))
        return None


def quantity_of(form: Form, name: str) -> Decimal | None:
    """A quantity, four decimals at the most (BR-FR-DEC-02)."""
    typed = re.sub(r"[\s\u00a0\u202f]", "", form.text(name, required=True, most=40)).replace(",", ".")
    if not typed:
        return None
    try:
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", typed):
            raise InvalidOperation
        return Decimal(typed)
    except InvalidOperation:
        words = _("« {typed} » n’est pas une quantité. Exemples : 3 ou 1,5.")
        form.errors.setdefault(name, words.format(typed=form.values[name][:40]))
        return None


async def the_draft(request: Asked, invoice: int) -> InvoiceView:
    """An invoice or a draft of what the actor may see; NotFound when there is none."""
    return await reading.draft(the_actor(request).scope, row(invoice))


HANDLERS = [drafts, issue_ready, draft_page, draft_preview, issue, hold_on, ask, write_references, write_line]
