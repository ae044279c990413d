"""Staff pages on one line of a statement: confirm what it pays, look for another invoice, split, set aside, undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.errors import DomainError, NotFound
from training.kernel.i18n import _
from training.kernel.money import decimal, parse_euros
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.payments.actions import import_statement as acts
from training.payments.queries import receivables as owing
from training.payments.queries import statements as reading
from training.payments.queries.receivables import ReceivableView
from training.payments.queries.statements import LineState, StatementLineView
from training.payments.rules.matching import Proposal
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.payments.bank import PATH
from training.web.pages import Asked, go, the_actor
from training.web.parameters import address, asked, row, row_key

P = Permission
LINE = PATH + "/lignes/{line:int}"
CHOSEN_MAX = 20  # invoices over which one transfer is split on a page


def settles_of(form: Form) -> dict[int, int]:
    """Receivable → cents, of the fields « r-<id> » that are filled; each mistake with its sentence."""
    settles: dict[int, int] = {}
    for name, typed in form.values.items():
        id_ = row_key(name.removeprefix("r-")) if name.startswith("r-") else None
        if id_ is None or not typed.strip():
            continue
        try:
            settles[id_] = parse_euros(typed)
        except ValueError:
            form.errors[name] = _("Indiquez un montant en euros, au centime près, par exemple 350,00.")
    return {id_: cents for id_, cents in settles.items() if cents}


def typed(cents: int) -> str:
    """An amount as a field takes it, in either language."""
    return decimal(cents).replace(".", ",")


@get(LINE, permission=P.PAYMENTS_RECORD)
async def line_page(request: Asked, line: FromPath[int]) -> Template:
    """A transfer in full, with what it may pay."""
    return await _page(request, line, Form())


@dataclass(frozen=True, slots=True)
class ChosenReceivable:
    """An invoice that the transfer pays, or part of it; `without`: the page without it."""

    receivable: ReceivableView
    amount: str
    without: str


async def _page(request: Asked, line: int, form: Form, first_open: date | None = None) -> Template:
    view = await reading.line(row(line))
    if view is None:
        raise NotFound(_("Cette ligne de relevé n’existe pas."))
    search = asked(request, "q")
    proposal = await reading.proposal(view) if view.state == LineState.NEW else None
    ids = _chosen(request, form, proposal)
    known = await owing.receivables([*ids, *(proposal.candidates if proposal else ())])
    found = await owing.open_receivables(search) if search else [known[i] for i in _candidates(proposal) if i in known]
    return await show(
        request,
        "payments/bank_line",
        form.status,
        line=view,
        proposal=proposal,
        form=form,
        chosen=_choices(view, ids, known, proposal, form),
        found=[(one, _with(view, ids, one.id)) for one in found if one.id not in ids],
        search=search,
        carried=",".join(map(str, ids)),
        first_open=first_open,
    )


def _candidates(proposal: Proposal | None) -> tuple[int, ...]:
    return proposal.candidates if proposal else ()


def _chosen(request: Asked, form: Form, proposal: Proposal | None) -> list[int]:
    """The invoices on the page: those of the form that was sent, of the address, else the proposal's."""
    if any(name.startswith("r-") for name in form.values):
        names = [name.removeprefix("r-") for name in form.values if name.startswith("r-")]
    elif "avec" in request.query_params:
        names = asked(request, "avec").split(",")
    else:
        return list(proposal.settles) if proposal else []
    return list(dict.fromkeys(id_ for id_ in map(row_key, names) if id_))[:CHOSEN_MAX]


def _with(line: StatementLineView, ids: list[int], *more: int) -> str:
    return address(f"{PATH}/lignes/{line.id}", avec=",".join(map(str, (*ids, *more))))


def _choices(
    line: StatementLineView, ids: list[int], known: dict[int, ReceivableView], proposal: Proposal | None, form: Form
) -> list[ChosenReceivable]:
    """Each with the amount typed, proposed, or what is left of the transfer up to what is due."""
    proposed = proposal.settles if proposal and set(proposal.settles) == set(ids) else {}
    left, choices = line.left_cents, []
    for id_ in ids:
        if id_ not in known:
            continue
        cents = proposed.get(id_, max(0, min(known[id_].due_cents, left)))
        left -= cents
        amount = form.values.get(f"r-{id_}", typed(cents) if cents else "")
        others = ",".join(str(one) for one in ids if one != id_)
        choices.append(ChosenReceivable(known[id_], amount, f"{PATH}/lignes/{line.id}?avec={others}"))
    return choices


@post(LINE + "/confirmer", permission=P.PAYMENTS_RECORD)
async def confirm(request: Asked, line: FromPath[int]) -> Template | Redirect:
    """A person says what the transfer pays."""
    form = await Form.of(request)
    settles, first_open = settles_of(form), None
    if form.good:
        try:
            open_day = form.values.get("next_open_day") == "1"
            payment = await acts.confirm(the_actor(request), row(line), settles, next_open_day=open_day)
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            if isinstance(day := refusal.extra.get("first_open"), str):
                first_open = date.fromisoformat(day)
        else:
            said = await owing.payment(payment)
            return go(PATH, _said(said.amount_cents, said.left_cents, said.numbers) if said else None)
    if "amount" in form.errors:  # a sentence that names the invoice
        form.errors[""] = form.errors.pop("amount")
    return await _page(request, line, form, first_open)


def _said(amount: int, left: int, numbers: tuple[str, ...]) -> str:
    words = _("Virement de {amount} confirmé : {numbers}.").format(amount=euros(amount), numbers=", ".join(numbers))
    return f"{words} " + _("{left} restent en crédit.").format(left=euros(left)) if left else words


@post(LINE + "/ecarter", permission=P.PAYMENTS_RECORD)
async def set_aside(request: Asked, line: FromPath[int]) -> Template | Redirect:
    """The transfer pays no invoice."""
    form = await Form.of(request)
    reason = form.text("reason", most=400)
    if form.good:
        with form.refusals():
            await acts.set_aside(the_actor(request), row(line), reason)
            return go(PATH, _("Virement mis de côté : il n’attend plus."))
    return await _page(request, line, form)


@post(LINE + "/defaire", permission=P.PAYMENTS_RECORD)
async def undo(request: Asked, line: FromPath[int]) -> Template | Redirect:
    """Take back what was said of it."""
    form = await Form.of(request)
    reason = form.text("reason", most=400)
    if form.good:
        with form.refusals():
            await acts.undo(the_actor(request), row(line), reason)
            return go(f"{PATH}/lignes/{line}", _("Virement remis en attente : dites ce qu’il règle."))
    return await _page(request, line, form)


HANDLERS = [line_page, confirm, set_aside, undo]
