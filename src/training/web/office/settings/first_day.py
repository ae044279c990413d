"""The first day: the path of steps, and the short pages of those that have no page elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.platform import set_platform
from training.directory.actions.set_up import say_step
from training.directory.clients import companies
from training.directory.rules.companies import Company
from training.directory.rules.numbers import check_siret
from training.directory.rules.set_up import SetUpStep, StepSaid
from training.kernel import settings
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.palette import PAPERS
from training.kernel.permissions import Permission
from training.kernel.pictures import LOGO_MAX
from training.messages.actions.trial import send_trial
from training.messages.clients.smtp import BadSmtpUrl, Refusal
from training.records import queries as records
from training.reporting.office import set_up as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.platform import read_accent, read_bank, read_vat, read_who, regimes, take_logo
from training.web.pages import NOBODY, Asked, go, the_actor, the_platform
from training.web.posted import GIVEN_MAX

P, S = Permission, SetUpStep
PATH = "/gestion/premiers-pas"


@get(PATH, permission=P.OFFICE_SEE)
async def listing(request: Asked) -> Template:
    """Every step that is this person's."""
    found = await reading.set_up(the_actor(request))
    return await show(request, "first_day/path", steps=found.steps, waiting=found.waiting, done=found.done)


@post(PATH + "/{step:str}/plus-tard", permission=P.OFFICE_SEE)
async def put_off(request: Asked, step: FromPath[str]) -> Redirect:
    """It can wait: the home speaks of it no more."""
    await say_step(the_actor(request), _step(step), StepSaid.SKIPPED)
    return go(PATH, _("Étape mise à plus tard : elle reste ouverte sous « Réglages »."))


def _step(name: str) -> SetUpStep:
    try:
        return SetUpStep(name)
    except ValueError:
        raise NotFound(_("Cette étape n’existe pas.")) from None


async def _onward(request: Asked, said: str) -> Redirect:
    """To the next step that waits, where it is one of these pages; else to the path, which shows what comes next."""
    waits = (await reading.set_up(the_actor(request))).waiting
    return go(waits[0].href if waits and waits[0].href.startswith(f"{PATH}/") else PATH, said)


# Who runs the site


@dataclass(frozen=True, slots=True)
class RegisterSaid:
    """What the register answered, beside what was typed. `differs`: something typed is not what it says."""

    title: str
    text: str
    tone: str | None = None
    differs: bool = False


@get(PATH + "/identite", permission=P.PLATFORM_EDIT)
async def identity(request: Asked) -> Template:
    """As it stands, or empty with who is signed in as the person to call."""
    form = await _as_it_stands()
    if await the_platform() is NOBODY:
        form = Form.filled({"contact_name": the_actor(request).label})
    return await _identity_page(request, form, None)


async def _identity_page(request: Asked, form: Form, said: RegisterSaid | None) -> Template:
    asks = settings.current().sirene_api_base is not None
    return await show(request, "first_day/identity", form.status, form=form, said=said, asks=asks)


@post(PATH + "/identite", permission=P.PLATFORM_EDIT)
async def write_identity(request: Asked) -> Template | Redirect:
    """Ask the register, or write who runs the site."""
    form = await Form.of(request)
    if form.values.get("annuaire"):
        return await _identity_page(request, form, await _ask_register(form))
    values = read_who(form)
    values["short_name"] = form.text("short_name", most=60) or values["name"][:60].strip()
    if form.good:
        with form.refusals():
            await set_platform(the_actor(request), values, settles=(S.IDENTITY,), seen=form.seen)
            return await _onward(request, _("C’est noté : pages et courriels portent votre nom."))
    return await _identity_page(request, form, None)


async def _ask_register(form: Form) -> RegisterSaid | None:
    """What the register knows fills what is empty; the rest is shown beside, and taken over when that is asked."""
    siret = form.checked("siret", check_siret, required=True)
    if siret is None:
        return None
    try:
        found = await companies.find(settings.current().sirene_api_base, siret)
    except companies.RegisterAway as away:
        return RegisterSaid(_("À écrire vous-même"), str(away), "attention")
    if found is None:
        words = _("L’annuaire ne connaît pas ce numéro : vérifiez-le, ou écrivez vous-même.")
        return RegisterSaid(_("Numéro inconnu"), words, "attention")
    return _take_over(form, found, everything=form.values["annuaire"] == "2")


def _take_over(form: Form, found: Company, *, everything: bool) -> RegisterSaid:
    known = {name: getattr(found, name) for name in ("name", "legal_form", "address", "postcode", "city")}
    typed = {name: form.values.get(name, "").strip() for name in known}
    for name, value in known.items():
        if value and (everything or not typed[name]):
            form.values[name] = value
    differs = any(value and form.values[name] != value for name, value in known.items())
    text = f"{found.name}, {found.address}, {found.postcode} {found.city}"
    if not found.open:
        closed = _("{text}. Cet établissement est fermé : est-ce le bon numéro ?").format(text=text)
        return RegisterSaid(_("L’annuaire répond"), closed, "attention", differs)
    return RegisterSaid(_("L’annuaire répond"), text, None, differs)


# VAT, bank, looks


async def _as_it_stands(*booleans: str) -> Form:
    seen = await records.last_change("platform", 1)
    values: dict[str, Any] = asdict(await the_platform())
    return Form.filled({**values, **{name: "1" if values[name] else "" for name in booleans}}, seen=seen)


@get(PATH + "/tva", permission=P.PLATFORM_EDIT)
async def vat(request: Asked) -> Template:
    """The regimes, each with its mention."""
    return await _vat_page(request, await _as_it_stands("vat_on_debits"))


async def _vat_page(request: Asked, form: Form) -> Template:
    return await show(request, "first_day/vat", form.status, form=form, regimes=regimes())


@post(PATH + "/tva", permission=P.PLATFORM_EDIT)
async def write_vat(request: Asked) -> Template | Redirect:
    """Write the regime."""
    form = await Form.of(request)
    values = read_vat(form)
    if form.good:
        with form.refusals():
            await set_platform(the_actor(request), values, settles=(S.VAT,), seen=form.seen)
            return await _onward(request, _("Régime enregistré : les prochaines factures portent sa mention."))
    return await _vat_page(request, form)


@get(PATH + "/banque", permission=P.PLATFORM_EDIT)
async def bank(request: Asked) -> Template:
    """Where organisations pay."""
    return await _bank_page(request, await _as_it_stands())


async def _bank_page(request: Asked, form: Form) -> Template:
    return await show(request, "first_day/bank", form.status, form=form)


@post(PATH + "/banque", permission=P.PLATFORM_EDIT)
async def write_bank(request: Asked) -> Template | Redirect:
    """Write it."""
    form = await Form.of(request)
    values = read_bank(form)
    if form.good and not values["iban"]:
        form.errors["iban"] = _("Écrivez l’IBAN, ou revenez aux étapes et mettez celle-ci à plus tard.")
    if form.good:
        with form.refusals():
            await set_platform(the_actor(request), values, settles=(S.BANK,), seen=form.seen)
            return await _onward(request, _("IBAN enregistré : les prochaines factures le portent."))
    return await _bank_page(request, form)


@get(PATH + "/apparence", permission=P.PLATFORM_EDIT)
async def looks(request: Asked) -> Template:
    """The colour, and the logo."""
    return await _looks_page(request, await _as_it_stands())


async def _looks_page(request: Asked, form: Form) -> Template:
    return await show(request, "first_day/looks", form.status, form=form, papers=tuple(PAPERS))


@post(PATH + "/apparence", permission=P.PLATFORM_EDIT)
async def write_looks(request: Asked) -> Template | Redirect:
    """Write the colour."""
    form = await Form.of(request)
    accent = read_accent(form)
    if form.good:
        with form.refusals():
            await set_platform(the_actor(request), {"accent": accent}, settles=(S.LOOKS,), seen=form.seen)
            return await _onward(request, _("Couleur enregistrée : elle fait l’encre de toutes vos pages."))
    return await _looks_page(request, form)


@post(PATH + "/apparence/logo", permission=P.PLATFORM_EDIT, request_max_body_size=GIVEN_MAX, file_max=LOGO_MAX)
async def put_logo(request: Asked) -> Template | Redirect:
    """Take the logo."""
    form = await _as_it_stands()
    if await take_logo(request, form):
        return await _onward(request, _("Logo enregistré : pages et prochaines factures le portent."))
    return await _looks_page(request, form)


# A mail to try


@get(PATH + "/courriel", permission=P.PLATFORM_EDIT)
async def mail(request: Asked) -> Template:
    """Whether mails leave, and where to send one."""
    return await _mail_page(request, Form.filled({"email": (await the_platform()).email}))


async def _mail_page(request: Asked, form: Form) -> Template:
    return await show(request, "first_day/mail", form.status, form=form, sends=settings.current().smtp_url is not None)


@post(PATH + "/courriel", permission=P.PLATFORM_EDIT)
async def try_mail(request: Asked) -> Template | Redirect:
    """Send it here and now, and say what the server answered."""
    form = await Form.of(request)
    address = form.email("email")
    if form.good:
        with form.refusals():
            try:
                answer = await send_trial(the_actor(request), address)
            except (Refusal, BadSmtpUrl) as refusal:
                form.errors["email"] = _("Le serveur d’envoi ne l’a pas pris : « {words} »").format(words=refusal)
            else:
                return await _onward(request, answer)
    return await _mail_page(request, form)


HANDLERS = [
    *(listing, put_off, identity, write_identity, vat, write_vat, bank, write_bank, looks, write_looks, put_logo),
    *(mail, try_mail),
]
