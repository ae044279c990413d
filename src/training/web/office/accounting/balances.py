"""The accountant's figures: VAT by month and regime, and what is owed by age, drawn and in a table."""

from __future__ import annotations

from litestar import get
from litestar.response import Response, Template

from training.accounting.formats.age_chart import chart
from training.accounting.rules.ageing import AGE_NAMES, Age
from training.kernel import clock
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.vat import REGIMES, STANDARD_RATE_BP, VatRegime
from training.reporting.office.ageing import balance_page
from training.reporting.office.vat import vat_page
from training.web.forms import Form
from training.web.office.accounting.register import optional_day
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS
from training.web.pages import Asked, parts, the_actor
from training.web.parameters import asked
from training.web.security import PICTURE

P = Permission
PATH = "/gestion/comptes"


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
    return await show(
        request,
        "accounting/vat",
        form.status,
        form=form,
        names={regime: _(words[0]) for regime, words in REGIME_WORDS.items()},
        rate_of=rate_of,
        **parts(await vat_page((first, last) if form.good else None)),
    )


def rate_of(regime: VatRegime) -> str:
    """As "20 %"; a dash where no VAT is added."""
    return f"{STANDARD_RATE_BP // 100}\u00a0%" if REGIMES[regime].charges_vat else "–"


@get(PATH + "/balance", permission=P.ACCOUNTS_SEE)
async def balance(request: Asked) -> Template:
    """What is owed today, by age and by payer."""
    ages = [(age, _(name)) for age, name in AGE_NAMES.items()]
    return await show(request, "accounting/balance", ages=ages, **parts(await balance_page(the_actor(request).scope)))


@get(PATH + "/balance.svg", permission=P.ACCOUNTS_SEE)
async def balance_chart(request: Asked) -> Response[bytes]:
    """The same, drawn: an image, in which nothing runs."""
    found = await balance_page(the_actor(request).scope, most=0)
    names = {age: _(name) for age, name in AGE_NAMES.items()}
    picture = chart({age: found.whole.cents[age] for age in Age}, names)
    return Response(picture, media_type="image/svg+xml", headers={"Content-Security-Policy": PICTURE})


HANDLERS = [vat, balance, balance_chart]
