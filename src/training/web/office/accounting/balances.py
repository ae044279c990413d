"""The accountant's figures: VAT by month and regime, and what is owed by age, drawn and in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import get
from litestar.response import Response, Template

from training.accounting.formats.age_chart import chart
from training.accounting.queries import accounts as reading
from training.accounting.queries.accounts import VatMonth
from training.accounting.rules.ageing import AGE_NAMES, Age
from training.directory.queries import the_platform
from training.kernel import clock
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.vat import REGIMES, STANDARD_RATE_BP, VatRegime
from training.reporting.office.ageing import by_age
from training.web.forms import Form
from training.web.office.accounting.register import optional_day
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS
from training.web.pages import Asked
from training.web.parameters import asked
from training.web.security import PICTURE

P = Permission
PATH = "/gestion/comptes"


@dataclass(frozen=True, slots=True)
class VatSum:
    """A regime over the whole period. Cents."""

    name: str
    rate: str
    net_cents: int
    vat_cents: int
    gross_cents: int
    received_cents: int
    received_vat_cents: int


@get(PATH + "/tva", permission=P.ACCOUNTS_SEE)
async def vat(request: Asked) -> Template:
    """VAT by month and regime: what was issued, and what was received; which one counts is said."""
    today = clock.today()
    said = {name: asked(request, name) for name in ("du", "au")}
    if not any(said.values()):
        said = {"du": today.replace(month=1, day=1).isoformat(), "au": today.isoformat()}
    form = Form.filled(said)
    first = optional_day(form, "du") or today.replace(month=1, day=1)
    last = optional_day(form, "au") or today
    if form.good and first > last:
        form.errors["au"] = _("La fin de la période vient avant son début.")
    months = await reading.vat_months(first, last) if form.good else []
    return await show(
        request,
        "accounting/vat",
        form.status,
        form=form,
        months=months,
        sums=_sums(months),
        names={regime: _(words[0]) for regime, words in REGIME_WORDS.items()},
        rate_of=rate_of,
        on_debits=(await the_platform()).vat_on_debits,
    )


def rate_of(regime: VatRegime) -> str:
    """As "20 %"; a dash where no VAT is added."""
    return f"{STANDARD_RATE_BP // 100}\u00a0%" if REGIMES[VatRegime(regime)].charges_vat else "–"


def _sums(months: Sequence[VatMonth]) -> list[VatSum]:
    found = []
    for regime in VatRegime:
        of = [month for month in months if month.regime == regime]
        if of:
            found.append(
                VatSum(
                    _(REGIME_WORDS[regime][0]),
                    rate_of(regime),
                    sum(m.net_cents for m in of),
                    sum(m.vat_cents for m in of),
                    sum(m.gross_cents for m in of),
                    sum(m.received_cents for m in of),
                    sum(m.received_vat_cents for m in of),
                )
            )
    return found


@get(PATH + "/balance", permission=P.ACCOUNTS_SEE)
async def balance(request: Asked) -> Template:
    """What is owed today, by age and by payer."""
    whole, payers = await by_age()
    ages = [(age, _(name)) for age, name in AGE_NAMES.items()]
    return await show(request, "accounting/balance", whole=whole, payers=payers, ages=ages, most=100)


@get(PATH + "/balance.svg", permission=P.ACCOUNTS_SEE)
async def balance_chart() -> Response[bytes]:
    """The same, drawn: an image, in which nothing runs."""
    whole, _payers = await by_age(limit=0)
    names = {age: _(name) for age, name in AGE_NAMES.items()}
    picture = chart({age: whole.cents[age] for age in Age}, names)
    return Response(picture, media_type="image/svg+xml", headers={"Content-Security-Policy": PICTURE})


HANDLERS = [vat, balance, balance_chart]
