"""Who pays a booking: one or several, by head-count or by amount; and a deposit on it."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.deposit import ask_deposit, drop_deposit
from training.billing.actions.share import share
from training.billing.rules.sharing import Share
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import typo
from training.reporting.office import payers as reading
from training.reporting.office.booking import booking
from training.reporting.office.payers import OfficePayers, PayerChoice
from training.web.forms import Form, in_field
from training.web.office.invoices.drafts import cents_of
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/reservations"
ROWS, ROWS_MOST = 3, 20
FIELDS = ("payer", "part", "purchase_order", "service_code")
SEATS, AMOUNT = "seats", "amount"


@get(PATH + "/{reference:str}/payeurs", permission=P.INVOICES_PREPARE)
async def payers_page(request: Asked, reference: FromPath[str]) -> Template:
    """Who pays now; `?payeur=` adds somebody who was just made."""
    return await _page(request, reference, None)


async def _page(request: Asked, reference: str, form: Form | None, more: int = 0) -> Template:
    newcomer = asked(request, "payeur") if form is None else ""
    found = await reading.payers_page(the_actor(request).scope, reference, newcomer)
    form = form or _as_it_stands(found)
    used = max((n for n in range(1, ROWS_MOST + 1) if _filled(form, n)), default=0)
    rows = range(1, min(max(used + 1, ROWS, more), ROWS_MOST) + 1)
    return await show(request, "organisations/payers", form.status, form=form, rows=rows, **parts(found))


def _as_it_stands(found: OfficePayers) -> Form:
    values: dict[str, object] = {"way": AMOUNT if found.payers[0].seats is None else SEATS}
    for n, each in enumerate(found.payers, start=1):
        part = each.seats if each.amount_cents is None else in_field(each.amount_cents)
        values |= {f"payer-{n}": each.label, f"part-{n}": part}
        values |= {f"{name}-{n}": text for name, text in each.references.ordered.items()}
    if found.newcomer:
        values[f"payer-{len(found.payers) + 1}"] = found.newcomer.label
    return Form.filled(values, seen=found.seen)


def _filled(form: Form, n: int) -> bool:
    return any(form.values.get(f"{name}-{n}", "").strip() for name in FIELDS)


@post(PATH + "/{reference:str}/payeurs", permission=P.INVOICES_PREPARE)
async def save(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Write who pays: the drafts are made again."""
    view, form = await booking(the_actor(request).scope, reference), await Form.of(request)
    if "more" in form.values:  # one more empty row, nothing saved
        shown = form.number("rows", required=False, most=ROWS_MOST) or ROWS
        return await _page(request, reference, form, more=shown + 1)
    whole = "whole" in form.values
    shares = [] if whole else await read(form)
    if form.good:
        with form.refusals():
            await share(the_actor(request), view.id, shares, seen=form.seen)
            said = (
                _("{name} paie tout.").format(name=view.organisation_name)
                if whole
                else _("Clients facturés enregistrés.")
            )
            return go(f"{PATH}/{view.reference}", said)
    for general in ("shares", "payer"):
        if general in form.errors:
            form.errors["way" if general == "shares" else "payer-1"] = form.errors.pop(general)
    return await _page(request, reference, form)


async def read(form: Form) -> list[Share]:
    """The shares that a form says; each fault beside its field."""
    way = form.values.get("way")
    if way not in (SEATS, AMOUNT):
        form.errors.setdefault("way", _("Choisissez une réponse."))
    shares: list[Share] = []
    seen: dict[int, int] = {}
    for n in (n for n in range(1, ROWS_MOST + 1) if _filled(form, n)):
        payer = await _payer(form, f"payer-{n}")
        if way == AMOUNT:
            seats, cents = None, cents_of(form, f"part-{n}")
        else:
            seats, cents = form.number(f"part-{n}", least=1, most=10_000), None
        references = form.references(n)
        if payer is None:
            continue
        if payer.id in seen:
            words = _("Ce client est déjà à la ligne {n} : additionnez ses parts.")
            form.errors.setdefault(f"payer-{n}", words.format(n=seen[payer.id]))
        seen[payer.id] = n
        shares.append(Share(payer=payer.id, seats=seats, amount_cents=cents, references=references))
    if not shares and form.good:
        form.errors["payer-1"] = _("Dites qui paie.")
    return shares


async def _payer(form: Form, name: str) -> PayerChoice | None:
    text = form.text(name, required=True, most=300)
    if not text:
        return None
    found = await reading.matching(text)
    if len(found) == 1:
        return found[0]
    if found:
        words = _("Plusieurs correspondent : {names}. Écrivez le SIRET, ou le nom entier.")
        form.errors.setdefault(name, typo(words.format(names=" ; ".join(payer.label for payer in found))))
    else:
        form.errors.setdefault(name, _("Personne de ce nom ni de ce SIRET. Créez d’abord ce client facturé."))
    return None


@get(PATH + "/{reference:str}/acompte", permission=P.INVOICES_PREPARE)
async def deposit_page(request: Asked, reference: FromPath[str]) -> Template:
    """How much to ask before the session."""
    return await _deposit(request, reference, Form())


async def _deposit(request: Asked, reference: str, form: Form) -> Template:
    found = await reading.deposit_page(the_actor(request).scope, reference)
    return await show(request, "organisations/deposit", form.status, form=form, **parts(found))


@post(PATH + "/{reference:str}/acompte", permission=P.INVOICES_PREPARE)
async def ask(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Make the deposit's draft."""
    view, form = await booking(the_actor(request).scope, reference), await Form.of(request)
    percent = form.number("percent", required=False, least=1, most=99)
    amount = cents_of(form, "amount") if form.values.get("amount", "").strip() else None
    if percent is not None and amount is not None:
        form.errors.setdefault("amount", _("Un pourcentage ou un montant : videz l’un des deux."))
    if form.good:
        with form.refusals():
            draft = await ask_deposit(the_actor(request), view.id, percent=percent, amount_cents=amount)
            return go(f"/gestion/factures/brouillons/{draft}", _("Acompte préparé."))
    return await _deposit(request, reference, form)


@post(PATH + "/{reference:str}/acompte/retirer", permission=P.INVOICES_PREPARE)
async def drop(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """The deposit is not asked any more."""
    view, form = await booking(the_actor(request).scope, reference), Form()
    with form.refusals():
        await drop_deposit(the_actor(request), view.id)
        return go(f"{PATH}/{view.reference}", _("Acompte retiré."))
    return await _deposit(request, reference, form)


HANDLERS = [payers_page, save, deposit_page, ask, drop]
