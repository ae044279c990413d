"""Staff pages on one line of a statement: confirm what it pays, look for another invoice, split, set aside, undo."""

from __future__ import annotations

from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.errors import DomainError, NotFound
from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.payments.actions import import_statement as acts
from training.payments.queries.receivables import payment
from training.reporting.office import bank as reading
from training.web.forms import Form, in_field
from training.web.office.page import show
from training.web.office.payments.bank import PATH
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, row, row_key

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


@get(LINE, permission=P.PAYMENTS_RECORD)
async def line_page(request: Asked, line: FromPath[int]) -> Template:
    """A transfer in full, with what it may pay."""
    return await _page(request, line, Form())


async def _page(request: Asked, line: int, form: Form, first_open: date | None = None) -> Template:
    search = asked(request, "q")
    found = await reading.line_page(row(line), chosen=_chosen(request, form), search=search)
    cents = {one.receivable.id: one.cents for one in found.chosen}
    return await show(
        request,
        "payments/bank_line",
        form.status,
        form=form,
        amounts={id_: form.values.get(f"r-{id_}", in_field(some) if some else "") for id_, some in cents.items()},
        without={id_: _with(line, *(other for other in cents if other != id_)) for id_ in cents},
        adding={one.id: _with(line, *cents, one.id) for one in found.found},
        search=search,
        carried=",".join(map(str, cents)),
        first_open=first_open,
        **parts(found),
    )


def _chosen(request: Asked, form: Form) -> list[int] | None:
    """The invoices on the page: those of the form that was sent, or of the address; None when neither says any."""
    names = [name.removeprefix("r-") for name in form.values if name.startswith("r-")]
    if not names and "avec" not in request.query_params:
        return None
    ids = map(row_key, names or asked(request, "avec").split(","))
    return list(dict.fromkeys(id_ for id_ in ids if id_))[:CHOSEN_MAX]


def _with(line: int, *ids: int) -> str:
    """The page with these invoices chosen; with none, not even those proposed."""
    return f"{PATH}/lignes/{line}?avec={','.join(map(str, ids))}"


@post(LINE + "/confirmer", permission=P.PAYMENTS_RECORD)
async def confirm(request: Asked, line: FromPath[int]) -> Template | Redirect:
    """A person says what the transfer pays."""
    form = await Form.of(request)
    settles, first_open = settles_of(form), None
    if form.good:
        try:
            open_day = form.values.get("next_open_day") == "1"
            made = await acts.confirm(the_actor(request), row(line), settles, next_open_day=open_day)
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            if isinstance(day := refusal.extra.get("first_open"), str):
                first_open = date.fromisoformat(day)
        else:
            said = await payment(made)
            return go(PATH, _said(said.amount_cents, said.left_cents, said.numbers) if said else None)
    if "amount" in form.errors:  # a sentence that names the invoice
        form.errors[""] = form.errors.pop("amount")
    return await _page(request, line, form, first_open)


def _said(amount: int, left: int, numbers: tuple[str, ...]) -> str:
    words = _("Virement de {amount} confirmé : {numbers}.").format(amount=euros(amount), numbers=", ".join(numbers))
    return f"{words} " + _("{left} restent en trop-perçu.").format(left=euros(left)) if left else words


@post(LINE + "/ecarter", permission=P.PAYMENTS_RECORD)
async def set_aside(request: Asked, line: FromPath[int]) -> Template | Redirect:
    """The transfer pays no invoice."""
    form = await Form.of(request)
    reason = form.text("reason", most=400)
    if form.good:
        with form.refusals():
            await acts.set_aside(the_actor(request), row(line), reason)
            return go(PATH, _("Virement classé sans facture : il n’attend plus."))
    return await _page(request, line, form)


@post(LINE + "/deja-la", permission=P.PAYMENTS_RECORD)
async def same_again(request: Asked, line: FromPath[int]) -> Redirect:
    """The transfer is in another file already."""
    await acts.set_same_aside(the_actor(request), row(line))
    return go(PATH, _("Virement classé sans facture : il était déjà dans un autre relevé."))


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


HANDLERS = [line_page, confirm, set_aside, same_again, undo]
