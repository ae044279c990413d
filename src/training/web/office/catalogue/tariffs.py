"""What an offer costs: the grid of its tariffs; one set, changed, ended or withdrawn after reading what it touches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.tariffs import change_tariff, withdraw_tariff
from training.catalogue.rules.changing import (
    Priced,
    TariffChange,
    check_change,
    check_planned,
    kind_said,
    kinds_said,
    priced,
    priced_said,
)
from training.catalogue.rules.grid import Kind
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.reporting.office.tariffs import OfferTariffs, TariffEdited, change_page, tariffs_page, withdraw_page
from training.web.forms import SEEN, Form, in_field
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, whole

P = Permission
PATH = "/gestion/catalogue/{slug:str}/tarifs"
OTHERS = "autres"  # what addresses call whoever has no tariff of its own
KINDS: tuple[Kind, ...] = (None, *(kind.value for kind in OrganisationKind))


class TariffAsked(StrEnum):
    """What a form of tariffs asks for: a price, or that there be none of one's own any more."""

    FREE = "free"
    FLAT = "flat"
    PER_SEAT = "per_seat"
    NONE = "none"


@get(PATH, permission=P.CATALOGUE_EDIT)
async def grid(request: Asked, slug: FromPath[str]) -> Template:
    """Every tariff of the offer, by kind of organisation and by period."""
    found = await tariffs_page(slug)
    return await _grid_page(request, found, Form.filled({"mode": TariffAsked.FREE}, seen=found.seen))


async def _grid_page(request: Asked, found: OfferTariffs, form: Form) -> Template:
    return await show(
        request,
        "catalogue/tariffs",
        form.status,
        form=form,
        modes=_modes()[:3],
        named=_named,
        others=OTHERS,
        said=priced_said,
        kind_said=kind_said,
        kinds_said=kinds_said,
        **parts(found),
    )


def _named(kinds: Sequence[Kind]) -> str:
    """Some kinds as an address says them."""
    return OTHERS if None in kinds else ",".join(kind for kind in kinds if kind)


@post(PATH, permission=P.CATALOGUE_EDIT)
async def set_first(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """One price for everybody, from today on: the offer can be sold."""
    form, found = await Form.of(request), await tariffs_page(slug)
    price = _price(form)
    if price is not None and price.mode is TariffMode.FREE and form.values.get("amount", "").strip() not in ("", "0"):
        form.errors.setdefault("amount", _("C’est gratuit : videz ce montant, ou choisissez un autre prix."))
    if form.good:
        with form.refusals():
            first = TariffChange((None,), price, found.today)
            await change_tariff(the_actor(request), found.offer.id, first, seen=form.seen)
            return go(found.offer.page, _("C’est enregistré : l’offre a un prix."))
    return await _grid_page(request, found, form)


@get(PATH + "/changer", permission=P.CATALOGUE_EDIT)
async def change(request: Asked, slug: FromPath[str]) -> Template:
    """Another price, for whom the address says; `des`: of a tariff that is planned for that day."""
    found, kinds = await change_page(slug), _asked_kinds(request)
    return await _change_page(request, found, _as_it_stands(found, kinds, _asked_day(request)))


def _as_it_stands(found: TariffEdited, kinds: Sequence[Kind], planned: date | None) -> Form:
    """What the form says before anybody typed: the price that stands, or the one that is planned."""
    row = found.standing(kinds, planned or found.today)
    ticked = {f"kind_{kind or 'others'}": 1 for kind in kinds}
    if row is None:
        return Form.filled({**ticked, "mode": TariffAsked.FLAT, "since": found.today}, seen=found.seen)
    amounts = {"amount": row.amount_cents, "worth": row.reference_cents}
    said = {name: in_field(cents) for name, cents in amounts.items() if cents}
    mine = planned is not None and row.valid_from == planned and planned > found.today
    days = (
        {"planned": planned, "since": planned, "until": row.valid_until}
        if mine
        else {"since": _next_month(found.today)}
    )
    return Form.filled({**ticked, "mode": row.mode, **said, **days}, seen=found.seen)


def _next_month(today: date) -> date:
    """The first of the month that comes, when prices change as a rule."""
    return (today.replace(day=1) + timedelta(days=31)).replace(day=1)


def _asked_kinds(request: Asked) -> tuple[Kind, ...]:
    names = asked(request, "pour").split(",")
    return tuple(kind for kind in KINDS if (kind or OTHERS) in names)


def _asked_day(request: Asked) -> date | None:
    try:
        return date.fromisoformat(asked(request, "des"))
    except ValueError:
        return None


async def _change_page(request: Asked, found: TariffEdited, form: Form, asks: TariffChange | None = None) -> Template:
    kinds = [(f"kind_{kind or 'others'}", kind_said(kind)) for kind in KINDS]
    return await show(
        request,
        "catalogue/tariff",
        form.status,
        form=form,
        kinds=kinds,
        modes=_modes(),
        said=priced_said,
        kinds_said=kinds_said,
        asks=asks,
        **parts(found),
    )


def _modes() -> list[tuple[str, str, str]]:
    return [
        (TariffAsked.FREE, _("Gratuit"), _("Les financeurs demandent ce que cela vaut : dites-le plus bas.")),
        (TariffAsked.FLAT, _("Forfait"), _("Un prix pour le groupe, quel que soit le nombre de personnes.")),
        (TariffAsked.PER_SEAT, _("Par personne"), _("Le prix suit le nombre de places.")),
        (
            TariffAsked.NONE,
            _("Plus de tarif particulier"),
            _("Ces structures paient ensuite le tarif de toutes les autres, s’il y en a un."),
        ),
    ]


@post(PATH + "/changer", permission=P.CATALOGUE_EDIT)
async def save(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """First what it touches; then, confirmed, it is written."""
    form, found = await Form.of(request), await change_page(slug)
    asks = _read(form)
    if asks is not None and not form.values.get("again"):
        with form.refusals():
            check_change(asks, found.tariffs, found.today)
    if asks is None or not form.good or form.values.get("again"):
        return await _change_page(request, found, form)
    if not form.values.get("confirmed"):
        return await _change_page(request, await change_page(slug, asks), form, asks)
    with form.refusals():
        await change_tariff(the_actor(request), found.offer.id, asks, seen=form.seen)
        return go(found.offer.path, _("C’est enregistré."))
    return await _change_page(request, found, form)


def _read(form: Form) -> TariffChange | None:
    kinds = tuple(kind for kind in KINDS if form.values.get(f"kind_{kind or 'others'}"))
    price, since = _price(form), form.day("since")
    until = form.day("until") if form.values.get("until", "").strip() else None
    planned = form.day("planned") if form.values.get("planned") else None
    return TariffChange(kinds, price, since, until, planned) if since else None


def _price(form: Form) -> Priced | None:
    asking = form.choice("mode", TariffAsked)
    if asking in (None, TariffAsked.NONE):
        return None
    amount = _cents(form, "amount") if asking != TariffAsked.FREE else 0
    worth = _cents(form, "worth") if form.values.get("worth", "").strip() else None
    return priced(TariffMode(asking), amount or 0, worth)


def _cents(form: Form, name: str) -> int | None:
    if not (typed := form.text(name, required=True)):
        return None
    try:
        return parse_euros(typed)
    except ValueError:
        form.errors.setdefault(name, _("Indiquez un montant, par exemple 350 ou 12,50."))
        return None


@get(PATH + "/retirer", permission=P.CATALOGUE_EDIT)
async def withdraw(request: Asked, slug: FromPath[str]) -> Template:
    """What it leads to that a planned tariff is taken back."""
    kinds, since = _asked_kinds(request), _asked_day(request)
    if not kinds or since is None:
        raise NotFound(_("Ce tarif n’est pas prévu."))
    found = await withdraw_page(slug, kinds, since)
    check_planned(found.tariffs, kinds, since, found.today)
    return await _withdraw_page(request, found, kinds, since)


async def _withdraw_page(request: Asked, found: TariffEdited, kinds: Sequence[Kind], since: date) -> Template:
    path = f"{found.offer.path}/retirer?pour={_named(kinds)}&des={since}&vu={found.seen}"
    return await show(
        request,
        "catalogue/tariff_withdraw",
        path=path,
        said=priced_said,
        names=kinds_said(kinds),
        since=since,
        price=found.price(kinds, since),
        **parts(found),
    )


@post(PATH + "/retirer", permission=P.CATALOGUE_EDIT)
async def take_back(request: Asked, slug: FromPath[str]) -> Redirect:
    """Take it back: what it was to end goes on."""
    kinds, since = _asked_kinds(request), _asked_day(request)
    if not kinds or since is None:
        raise NotFound(_("Ce tarif n’est pas prévu."))
    found, seen = await change_page(slug), whole(asked(request, SEEN))
    await withdraw_tariff(the_actor(request), found.offer.id, kinds, since, seen=seen)
    return go(found.offer.path, _("C’est retiré : le tarif d’avant continue."))


HANDLERS = [grid, set_first, change, save, withdraw, take_back]
