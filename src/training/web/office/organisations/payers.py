"""Who pays a booking: one or several, by head-count or by amount; and a deposit on it."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.deposit import ask_deposit, drop_deposit
from training.billing.actions.share import share
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as billing
from training.billing.rules.sharing import Share
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.money import decimal
from training.kernel.permissions import Permission
from training.kernel.render import typo
from training.papers.rules.references import References
from training.reporting.office import payers as reading
from training.reporting.office.payers import PayerChoice
from training.web.forms import Form
from training.web.office.invoices.drafts import cents_of
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/reservations"
ROWS, ROWS_MOST = 3, 20
FIELDS = ("payer", "part", "purchase_order", "service_code")
SEATS, AMOUNT = "seats", "amount"


@get(PATH + "/{reference:str}/payeurs", permission=P.INVOICES_PREPARE)
async def payers_page(request: Asked, reference: FromPath[str]) -> Template:
    """Who pays now; `?payeur=` adds somebody who was just made."""
    view = await _booking(request, reference)
    return await _page(request, view, await _as_it_stands(view, asked(request, "payeur")))


async def _as_it_stands(view: BookingView, newcomer: str) -> Form:
    shares = await waiting.shares(view.id)
    known = await reading.by_ids([s.payer for s in shares] or [view.organisation])
    by_amount = bool(shares) and shares[0].seats is None
    values: dict[str, object] = {"way": AMOUNT if by_amount else SEATS}
    if not shares:
        values |= {"payer-1": known[view.organisation].label, "part-1": view.seats, **_numbered(view.references, 1)}
    for n, each in enumerate(shares, start=1):
        part = _typed(each.amount_cents) if each.amount_cents is not None else each.seats
        values |= {f"payer-{n}": known[each.payer].label, f"part-{n}": part, **_numbered(each.references, n)}
    if newcomer and (found := await reading.matching(newcomer, limit=1)):
        values[f"payer-{max(len(shares), 1) + 1}"] = found[0].label
    return Form.filled(values)


def _numbered(references: References, n: int) -> dict[str, str | None]:
    return {f"{name}-{n}": text for name, text in references.ordered.items()}


def _typed(cents: int) -> str:
    return decimal(cents).replace(".", ",")


async def _page(request: Asked, view: BookingView, form: Form, more: int = 0) -> Template:
    used = max((n for n in range(1, ROWS_MOST + 1) if _filled(form, n)), default=0)
    invoices = (await billing.invoices_of(the_actor(request).scope, [view.id]))[view.id]
    return await show(
        request,
        "organisations/payers",
        form.status,
        booking=view,
        form=form,
        rows=range(1, min(max(used + 1, ROWS, more), ROWS_MOST) + 1),
        offered=await reading.offered(),
        shared=bool(await waiting.shares(view.id)),
        issued=next((i for i in invoices if i.number and i.kind != "credit_note"), None),
    )


def _filled(form: Form, n: int) -> bool:
    return any(form.values.get(f"{name}-{n}", "").strip() for name in FIELDS)


@post(PATH + "/{reference:str}/payeurs", permission=P.INVOICES_PREPARE)
async def save(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Write who pays: the drafts are made again."""
    view, form = await _booking(request, reference), await Form.of(request)
    if "more" in form.values:  # one more empty row, nothing saved
        shown = form.number("rows", required=False, most=ROWS_MOST) or ROWS
        return await _page(request, view, form, more=shown + 1)
    whole = "whole" in form.values
    shares = [] if whole else await read(form)
    if form.good:
        with form.refusals():
            await share(the_actor(request), view.id, shares)
            said = _("{name} paie tout.").format(name=view.organisation_name) if whole else _("Payeurs enregistrés.")
            return go(f"{PATH}/{view.reference}", said)
    for general in ("shares", "payer"):
        if general in form.errors:
            form.errors["way" if general == "shares" else "payer-1"] = form.errors.pop(general)
    return await _page(request, view, form)


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
            words = _("Ce payeur est déjà à la ligne {n} : additionnez ses parts.")
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
        form.errors.setdefault(name, _("Personne de ce nom ni de ce SIRET. Créez d’abord ce payeur."))
    return None


@get(PATH + "/{reference:str}/acompte", permission=P.INVOICES_PREPARE)
async def deposit_page(request: Asked, reference: FromPath[str]) -> Template:
    """How much to ask before the session."""
    return await _deposit(request, await _booking(request, reference), Form())


async def _deposit(request: Asked, view: BookingView, form: Form) -> Template:
    invoices = (await billing.invoices_of(the_actor(request).scope, [view.id]))[view.id]
    waiting_for = next((i for i in invoices if i.kind == "deposit" and not i.number), None)
    return await show(request, "organisations/deposit", form.status, booking=view, form=form, waiting_for=waiting_for)


@post(PATH + "/{reference:str}/acompte", permission=P.INVOICES_PREPARE)
async def ask(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Make the deposit's draft."""
    view, form = await _booking(request, reference), await Form.of(request)
    percent = form.number("percent", required=False, least=1, most=99)
    amount = cents_of(form, "amount") if form.values.get("amount", "").strip() else None
    if percent is not None and amount is not None:
        form.errors.setdefault("amount", _("Un pourcentage ou un montant : videz l’un des deux."))
    if form.good:
        with form.refusals():
            draft = await ask_deposit(the_actor(request), view.id, percent=percent, amount_cents=amount)
            return go(f"/gestion/factures/brouillons/{draft}", _("Acompte préparé : relisez-le, puis émettez-le."))
    return await _deposit(request, view, form)


@post(PATH + "/{reference:str}/acompte/retirer", permission=P.INVOICES_PREPARE)
async def drop(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """The deposit is not asked any more."""
    view, form = await _booking(request, reference), Form()
    with form.refusals():
        await drop_deposit(the_actor(request), view.id)
        return go(f"{PATH}/{view.reference}", _("Acompte retiré."))
    return await _deposit(request, view, form)


async def _booking(request: Asked, reference: str) -> BookingView:
    view = await bookings.booking(the_actor(request).scope, reference)
    if view is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    return view


HANDLERS = [payers_page, save, deposit_page, ask, drop]
