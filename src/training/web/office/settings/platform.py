"""Who runs this site: name, address, bank, colour, the words on invoices. Fields are checked one by one here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template

from training.billing.rules.terms import default_terms
from training.directory.actions.platform import remove_logo, set_logo, set_platform
from training.directory.rules.numbers import check_bic, check_iban, check_siret, check_vat_number, check_website
from training.directory.rules.organisations import Buyer
from training.directory.rules.set_up import SetUpStep
from training.directory.rules.team import check_people
from training.kernel.colours import check_accent
from training.kernel.i18n import N_, _
from training.kernel.palette import PAPERS
from training.kernel.permissions import Permission
from training.kernel.pictures import LOGO_MAX
from training.kernel.render import month_end
from training.papers.rules.vat import OWN_REGIMES, REGIMES, VatRegime
from training.reporting.office.settings import OfficePlatform, platform_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import NOBODY, Asked, go, the_actor
from training.web.posted import GIVEN_MAX

P, S = Permission, SetUpStep
PATH = "/gestion/plateforme"

REGIME_WORDS: dict[VatRegime, tuple[str, str]] = {
    VatRegime.OUT_OF_SCOPE: (
        N_("Hors champ de la TVA"),
        N_("Association à gestion désintéressée, sans activité lucrative (art. 256 et 256 A du CGI)."),
    ),
    VatRegime.FRANCHISE_293B: (
        N_("Franchise en base"),
        N_("Assujetti sous les seuils de chiffre d’affaires : pas de TVA, la mention le dit (art. 293 B du CGI)."),
    ),
    VatRegime.VOCATIONAL_261_4_4A: (
        N_("Exonérée : formation professionnelle"),
        N_("Avec l’attestation 3511-SD de l’administration (art. 261-4-4° a du CGI)."),
    ),
    VatRegime.SOCIAL_261_7_1: (
        N_("Exonérée : services sociaux et éducatifs aux membres"),
        N_("Organisme sans but lucratif, services rendus à ses membres (art. 261-7-1° du CGI)."),
    ),
    VatRegime.NORMAL: (
        N_("TVA au taux normal"),
        N_("20 % ajoutés à chaque prix ; le numéro de TVA figure sur les factures."),
    ),
    VatRegime.REVERSE_CHARGE: (
        N_("Autoliquidation"),
        N_("Un client d’un autre pays de l’Union européenne y paie la TVA lui-même."),
    ),
    VatRegime.OUTSIDE: (
        N_("TVA non applicable : client hors de l’Union"),
        N_("La prestation est située chez le client (art. 259-1° du CGI)."),
    ),
}


@get(PATH, permission=P.PLATFORM_EDIT)
async def edit(request: Asked) -> Template:
    """The identity as it stands."""
    found = await platform_page()
    return await _show(request, _as_it_stands(found), found)


def _as_it_stands(found: OfficePlatform) -> Form:
    values = asdict(found.platform or NOBODY)
    for name in ("issue_without_look", "vat_on_debits"):
        values[name] = "1" if values[name] else ""
    return Form.filled(values, seen=found.seen)


async def _show(request: Asked, form: Form, found: OfficePlatform) -> Template:
    return await show(
        request,
        "settings/platform",
        form.status,
        form=form,
        logo_fault=found.logo_fault,
        edits=found.edits,
        regimes=regimes(),
        year_ends=[(str(month), month_end(month)) for month in range(1, 13)],
        usual_private=default_terms(Buyer.COMPANY).penalty,
        usual_public=default_terms(Buyer.PUBLIC).penalty,
        usual=NOBODY,
        papers=tuple(PAPERS),
    )


def regimes() -> list[tuple[str, str, str]]:
    """The regimes to choose from, each with what it means and the sentence that it puts on invoices."""
    words = ((regime, REGIME_WORDS[regime]) for regime in OWN_REGIMES)
    return [(regime.value, _(name), _regime_help(regime, _(help_))) for regime, (name, help_) in words]


def chosen_regime(form: Form) -> VatRegime | None:
    """The regime of the seller, or of an offer; those that follow from where a buyer is are none."""
    regime = form.choice("vat_regime", VatRegime)
    if regime is not None and regime not in OWN_REGIMES:
        form.errors.setdefault("vat_regime", _("Choisissez une réponse."))
        return None
    return regime


def _regime_help(regime: VatRegime, words: str) -> str:
    mention = REGIMES[regime].mention
    return f"{words} " + _("Mention portée : « {mention} »").format(mention=mention) if mention else words


@post(PATH, permission=P.PLATFORM_EDIT)
async def save(request: Asked) -> Template | Redirect:
    """Write the identity: pages, mails and the next invoices carry it."""
    form = await Form.of(request)
    values = read(form)
    if form.good:
        with form.refusals():
            settled = (S.IDENTITY, S.VAT, S.LOOKS)
            await set_platform(the_actor(request), values, settles=settled, seen=form.seen)
            return go(PATH, _("Identité enregistrée : pages, courriels et prochaines factures la portent."))
    return await _show(request, form, await platform_page())


@post(f"{PATH}/logo", permission=P.PLATFORM_EDIT, request_max_body_size=GIVEN_MAX, file_max=LOGO_MAX)
async def put_logo(request: Asked) -> Template | Redirect:
    """Take the picture that pages and papers will carry."""
    found = await platform_page()
    form = _as_it_stands(found)
    if await take_logo(request, form):
        return go(PATH, _("Logo enregistré : pages et prochaines factures le portent."))
    return await _show(request, form, found)


async def take_logo(request: Asked, form: Form) -> bool:
    """Keep the picture that was sent; False: `form` says why not."""
    given = await Form.of(request)
    file = given.files.get("logo")
    content = await file.read() if file else b""
    if file is None or not content:
        form.errors["logo"] = given.errors.get("logo", _("Choisissez une image PNG ou JPEG."))
        return False
    with form.refusals():
        await set_logo(the_actor(request), content, file.content_type)
    return form.good


@post(f"{PATH}/logo/retirer", permission=P.PLATFORM_EDIT)
async def take_logo_away(request: Asked) -> Redirect:
    """Go back to the name in letters."""
    await remove_logo(the_actor(request))
    return go(PATH, _("Logo retiré."))


def read(form: Form) -> dict[str, Any]:
    """The identity that a form says, every column of it that this page edits."""
    delay = form.number("issue_delay_minutes", required=False, most=1_440)  # a form from before this one says none
    return {
        **read_who(form),
        "short_name": form.text("short_name", required=True, most=60),
        "activity_number": form.text("activity_number", most=20) or None,
        "training_region": form.text("training_region", most=100) or None,
        **read_vat(form),
        **_own_words(form),
        **read_bank(form),
        "accent": read_accent(form),
        "fiscal_year_end": form.number("fiscal_year_end", required=False, least=1, most=12) or NOBODY.fiscal_year_end,
        "late_terms_private": form.lines("late_terms_private", most=1_000, printed=True),
        "late_terms_public": form.lines("late_terms_public", most=1_000, printed=True),
        "issue_without_look": form.values.get("issue_without_look") == "1",
        **({} if delay is None else {"issue_delay_minutes": delay}),
    }


def read_who(form: Form) -> dict[str, Any]:
    """Who runs the site, and where to reach them."""
    return {
        "name": form.text("name", required=True),
        "legal_form": form.text("legal_form", most=100),
        "address": form.text("address", required=True, most=300),
        "postcode": form.text("postcode", required=True, most=10),
        "city": form.text("city", required=True, most=100),
        "siret": form.checked("siret", check_siret),
        "email": form.email("email"),
        "phone": form.text("phone", required=True, most=30),
        "contact_name": form.text("contact_name", required=True),
        "website": form.checked("website", check_website),
    }


def read_vat(form: Form) -> dict[str, Any]:
    """Under which VAT regime they invoice."""
    regime = chosen_regime(form)
    if regime == VatRegime.NORMAL and not form.values.get("vat_number", "").strip():
        form.errors.setdefault("vat_number", _("Avec la TVA au taux normal, le numéro de TVA est obligatoire."))
    return {
        "vat_number": form.checked("vat_number", check_vat_number),
        "vat_regime": regime.value if regime else "",
        "vat_on_debits": form.values.get("vat_on_debits") == "1",
    }


def read_bank(form: Form) -> dict[str, Any]:
    """Where they are paid, and how soon."""
    return {
        "iban": form.checked("iban", check_iban),
        "bic": form.checked("bic", check_bic),
        "payment_days": form.number("payment_days", least=0, most=60),  # C. com. art. L441-10 I: sixty days at most
    }


def read_accent(form: Form) -> str:
    """The colour of ink."""
    return form.checked("accent", check_accent) or NOBODY.accent


def _own_words(form: Form) -> dict[str, str]:
    """What the platform says of itself, in its own words: all of it may be left out."""
    people = form.lines("people", most=2_000)
    if "people" not in form.errors:
        try:
            people = check_people(people)
        except ValueError as error:
            form.errors["people"] = str(error)
    return {
        "trade": form.text("trade", most=80),
        "territory": form.text("territory", most=80),
        "headline": form.text("headline", most=120),
        "lead": form.text("lead", most=300),
        "hours": form.text("hours", most=100),
        "people": people,
    }


HANDLERS = [edit, save, put_logo, take_logo_away]
