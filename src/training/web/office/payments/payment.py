"""Staff pages on payments: recorded by hand, used, taken back, refunded; what is owed given up."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions import settle as acts
from training.billing.actions.settle import NewPayment
from training.billing.rules.payments import BY_HAND, WAY_NAMES, Way
from training.identity.rules import new_token
from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.payments.queries.receivables import ReceivableView
from training.reporting.office import payments as reading
from training.web.forms import Form, in_field
from training.web.office.page import show
from training.web.office.payments.bank_lines import settles_of
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, day_key, pager, row, row_key

P = Permission
PATH = "/gestion/paiements"
OWED = "/gestion/creances/{receivable:int}"


def _cents(form: Form, name: str) -> int:
    """An amount as typed; what is finer than a cent is refused."""
    typed = form.text(name, required=True)
    try:
        return parse_euros(typed) if typed else 0
    except ValueError:
        form.errors.setdefault(name, _("Indiquez un montant en euros, au centime près, par exemple 350,00."))
        return 0


def _home(owed: ReceivableView) -> str:
    """Where what was done to a receivable is seen."""
    return f"/gestion/factures/{owed.number}" if owed.invoice else PATH


# Of a receivable


@get(OWED + "/paiement", permission=P.PAYMENTS_RECORD)
async def record_page(request: Asked, receivable: FromPath[int]) -> Template:
    """A cheque, cash, a transfer seen elsewhere: what is due is filled in."""
    owed = await reading.owed(the_actor(request).scope, row(receivable))
    values = {"amount": in_field(owed.due_cents), "on": clock.today().isoformat(), "once": new_token()}
    return await _record_page(request, owed, Form.filled(values))


async def _record_page(request: Asked, owed: ReceivableView, form: Form) -> Template:
    ways = [(way.value, _(WAY_NAMES[way])) for way in (Way.CHEQUE, Way.CASH, Way.TRANSFER)]
    return await show(request, "payments/payment_new", form.status, form=form, owed=owed, ways=ways, home=_home(owed))


@post(OWED + "/paiement", permission=P.PAYMENTS_RECORD)
async def record(request: Asked, receivable: FromPath[int]) -> Template | Redirect:
    """Record money that came in by hand; more than what is due only when its credit is wanted."""
    form, owed = await Form.of(request), await reading.owed(the_actor(request).scope, row(receivable))
    way, cents, on = form.choice("way", Way), _cents(form, "amount"), form.day("on")
    if way not in BY_HAND:
        form.errors["way"] = _("Choisissez le moyen de paiement.")
    reference, note = form.text("reference", most=200), form.text("note", most=400)
    once = form.text("once", most=40) or None
    keep = form.values.get("keep_rest") == "1"
    if form.good and way and on:
        given = NewPayment(
            way=way, amount_cents=cents, received_on=on, payer=owed.payer, payer_name=owed.payer_name,
            reference=reference, note=note, request_key=once,
        )  # fmt: skip
        with form.refusals():
            settles = {owed.id: min(cents, owed.due_cents)} if keep else {owed.id: cents}
            payment = await acts.record_payment(the_actor(request), given, settles)
            return go(f"{PATH}/{payment}" if not owed.invoice else _home(owed), _("Règlement enregistré."))
    return await _record_page(request, owed, form)


@get(OWED + "/abandon", permission=P.PAYMENTS_WRITE_OFF)
async def write_off_page(request: Asked, receivable: FromPath[int]) -> Template:
    """What giving up means, before it is done."""
    owed = await reading.owed(the_actor(request).scope, row(receivable))
    return await _write_off_page(request, owed, Form.filled({"amount": in_field(owed.due_cents)}))


async def _write_off_page(request: Asked, owed: ReceivableView, form: Form) -> Template:
    return await show(request, "payments/payment_write_off", form.status, form=form, owed=owed, home=_home(owed))


@post(OWED + "/abandon", permission=P.PAYMENTS_WRITE_OFF)
async def write_off(request: Asked, receivable: FromPath[int]) -> Template | Redirect:
    """Give up what will not be paid."""
    form, owed = await Form.of(request), await reading.owed(the_actor(request).scope, row(receivable))
    cents, reason = _cents(form, "amount"), form.text("reason", required=True, most=400)
    if form.good:
        with form.refusals():
            await once(request, form, lambda: acts.write_off(the_actor(request), owed.id, cents, reason))
            return go(_home(owed), _("{amount} passés en perte.").format(amount=euros(cents)))
    return await _write_off_page(request, owed, form)


@post(OWED + "/credit", permission=P.PAYMENTS_RECORD)
async def use_credit(request: Asked, receivable: FromPath[int]) -> Redirect:
    """Pay with what the payer has left of an earlier payment."""
    form, owed = await Form.of(request), await reading.owed(the_actor(request).scope, row(receivable))
    payment = row_key(form.text("payment"))
    if payment is None:
        raise NotFound(_("Ce règlement n’existe pas."))
    cents = _cents(form, "amount")
    await acts.settle(the_actor(request), payment, {owed.id: cents})
    return go(_home(owed), _("{amount} de trop-perçu utilisés.").format(amount=euros(cents)))


# Of a payment


@get(PATH, permission=P.PAYMENTS_RECORD)
async def payments(request: Asked) -> Template:
    """Money that came in, the newest first."""
    search, after = asked(request, "q"), day_key(asked(request, "apres"))
    unused = asked(request, "reste") == "1"
    scope = the_actor(request).scope
    found = await reading.payments_page(scope, search=search, unused=unused, after=after, limit=PER_PAGE)
    return await show(
        request,
        "payments/payments",
        way_names=WAY_NAMES,
        search=search,
        unused=unused,
        pager=pager(PATH, found.following, after is not None, q=search, reste="1" if unused else ""),
        **parts(found),
    )


@get(PATH + "/{payment:int}", permission=P.PAYMENTS_RECORD)
async def payment_page(request: Asked, payment: FromPath[int]) -> Template:
    """A payment: what it settled, what is left of it."""
    return await _payment_page(request, payment, Form())


async def _payment_page(request: Asked, payment: int, form: Form) -> Template:
    search = asked(request, "q")
    found = await reading.payment_page(the_actor(request).scope, row(payment), search)
    way = _(WAY_NAMES[found.payment.way])
    return await show(request, "payments/payment", form.status, form=form, search=search, way=way, **parts(found))


@post(PATH + "/{payment:int}/utiliser", permission=P.PAYMENTS_RECORD)
async def use(request: Asked, payment: FromPath[int]) -> Template | Redirect:
    """Use what is left for further invoices."""
    form = await Form.of(request)
    settles = settles_of(form)
    if form.good and not settles:
        form.errors[""] = _("Indiquez un montant en face d’une facture.")
    if form.good:
        with form.refusals():
            await acts.settle(the_actor(request), row(payment), settles)
            return go(f"{PATH}/{payment}", _("Trop-perçu utilisé."))
    if "amount" in form.errors:
        form.errors[""] = form.errors.pop("amount")
    return await _payment_page(request, payment, form)


@post(PATH + "/{payment:int}/reprendre", permission=P.PAYMENTS_RECORD)
async def take_back(request: Asked, payment: FromPath[int]) -> Template | Redirect:
    """Undo what it settled of an invoice."""
    form = await Form.of(request)
    receivable = row_key(form.text("receivable"))
    name = f"reason-{receivable}"
    reason = form.text(name, required=True, most=400)
    if form.good and receivable is not None:
        with form.refusals():
            await acts.take_back(the_actor(request), row(payment), receivable, reason)
            return go(
                f"{PATH}/{payment}",
                _("Affectation annulée : cette somme est à nouveau due, et reste ici en trop-perçu."),
            )
    return await _payment_page(request, payment, form)


@post(PATH + "/{payment:int}/rembourser", permission=P.PAYMENTS_RECORD)
async def refund(request: Asked, payment: FromPath[int]) -> Template | Redirect:
    """Note that money went back to who paid."""
    form = await Form.of(request)
    cents, on, reason = _cents(form, "amount"), form.day("on"), form.text("reason", required=True, most=400)
    if form.good and on:
        with form.refusals():
            await once(request, form, lambda: acts.refund(the_actor(request), row(payment), cents, on, reason))
            return go(f"{PATH}/{payment}", _("Remboursement de {amount} noté.").format(amount=euros(cents)))
    return await _payment_page(request, payment, form)


HANDLERS = [
    *(record_page, record, write_off_page, write_off, use_credit),
    *(payments, payment_page, use, take_back, refund),
]
