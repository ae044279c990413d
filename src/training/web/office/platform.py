"""Who runs this site: name, address, bank, colour, the words on invoices. Fields are checked one by one here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.response import Redirect, Template
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError
from stdnum.fr import tva

from training.billing.rules.terms import default_terms
from training.billing.rules.vat import REGIMES, VatRegime
from training.directory import queries
from training.directory.actions import set_platform
from training.directory.rules import Buyer, check_siret
from training.identity.rules import Permission
from training.kernel.errors import DomainError
from training.kernel.i18n import N_, _
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import NOBODY, Asked, go, the_actor

P = Permission
PATH = "/gestion/plateforme"
CONTRAST = 4.5  # WCAG 1.4.3: the letters of a button on it, and its own letters on white

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
}


@get(PATH, permission=P.PLATFORM_EDIT)
async def edit(request: Asked) -> Template:
    """The identity as it stands."""
    found = await queries.platform()
    values = asdict(found or NOBODY)
    values["issue_without_look"] = "1" if values["issue_without_look"] else ""
    return await _page(request, Form.filled(values))


async def _page(request: Asked, form: Form, status: int = 200) -> Template:
    regimes = [
        (regime.value, _(name), _regime_help(regime, _(words))) for regime, (name, words) in REGIME_WORDS.items()
    ]
    return await show(
        request,
        "platform",
        status,
        form=form,
        regimes=regimes,
        usual_private=default_terms(Buyer.COMPANY).penalty,
        usual_public=default_terms(Buyer.PUBLIC).penalty,
    )


def _regime_help(regime: VatRegime, words: str) -> str:
    mention = REGIMES[regime].mention
    return f"{words} " + _("Mention portée : « {mention} »").format(mention=mention) if mention else words


@post(PATH, permission=P.PLATFORM_EDIT)
async def save(request: Asked) -> Template | Redirect:
    """Write the identity: pages, mails and the next invoices carry it."""
    form = await Form.of(request)
    values = read(form)
    status = 422
    if form.good:
        first = {} if await queries.platform() else {"logo": None, "is_demo": False}
        try:
            await set_platform(the_actor(request), {**values, **first})
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return go(PATH, _("Identité enregistrée : pages, courriels et prochaines factures la portent."))
    return await _page(request, form, status)


def read(form: Form) -> dict[str, Any]:
    """The identity that a form says, every column of it that this page edits."""
    regime = form.choice("vat_regime", VatRegime)
    if regime == VatRegime.NORMAL and not form.values.get("vat_number", "").strip():
        form.errors.setdefault("vat_number", _("Avec la TVA au taux normal, le numéro de TVA est obligatoire."))
    return {
        "name": form.text("name", required=True),
        "short_name": form.text("short_name", required=True, most=60),
        "legal_form": form.text("legal_form", most=100),
        "address": form.text("address", required=True, most=300),
        "postcode": form.text("postcode", required=True, most=10),
        "city": form.text("city", required=True, most=100),
        "siret": _checked(form, "siret", check_siret),
        "vat_number": _checked(form, "vat_number", check_vat_number),
        "vat_regime": regime.value if regime else "",
        "activity_number": form.text("activity_number", most=20) or None,
        "email": form.email("email"),
        "phone": form.text("phone", required=True, most=30),
        "contact_name": form.text("contact_name", required=True),
        "website": _checked(form, "website", check_website),
        "iban": _checked(form, "iban", check_iban),
        "bic": _checked(form, "bic", check_bic),
        "accent": _checked(form, "accent", check_accent) or NOBODY.accent,
        "payment_days": form.number("payment_days", least=0, most=60),  # C. com. art. L441-10 I: sixty days at most
        "late_terms_private": form.text("late_terms_private", most=1_000),
        "late_terms_public": form.text("late_terms_public", most=1_000),
        "issue_without_look": form.values.get("issue_without_look") == "1",
    }


def _checked(form: Form, name: str, check: Callable[[str], str]) -> str | None:
    value = form.text(name)
    if not value:
        return None
    try:
        return check(value)
    except ValueError as error:
        form.errors.setdefault(name, str(error))
        return None


def check_iban(text: str) -> str:
    """An IBAN as banks write it, without spaces. ValueError, with a sentence, when its check digits are wrong."""
    try:
        return str(iban_number.validate(text))
    except ValidationError:
        raise ValueError(_("Cet IBAN a une faute de frappe : sa clé ne tombe pas juste.")) from None


def check_bic(text: str) -> str:
    """A BIC: 8 or 11 characters (ISO 9362)."""
    bic = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise ValueError(_("Un BIC a 8 ou 11 caractères, par exemple AGRIFRPP."))
    return bic


def check_vat_number(text: str) -> str:
    """A French VAT number with its country code."""
    try:
        return "FR" + str(tva.validate(text))
    except ValidationError:
        raise ValueError(_("Ce numéro de TVA n’est pas juste. Exemple : FR40303265045.")) from None


def check_website(text: str) -> str:
    """The address of another site: https or http, with a host."""
    if not re.fullmatch(r"https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?", text):
        raise ValueError(_("L’adresse commence par https://"))
    return text


def check_accent(text: str) -> str:
    """A colour on which white is read, and which is read on white. ValueError says by how much it is not."""
    colour = text.strip().lower()
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise ValueError(_("Une couleur s’écrit #0f5c4c : un dièse et six chiffres ou lettres de a à f."))
    ratio = contrast_with_white(colour)
    if ratio < CONTRAST:
        said = f"{ratio:.1f}".replace(".", ",")
        raise ValueError(
            _("Cette couleur est trop claire : contraste de {ratio} pour 1 avec le blanc, il en faut 4,5.").format(
                ratio=said
            )
        )
    return colour


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of « #rrggbb » with white (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


HANDLERS = [edit, save]
