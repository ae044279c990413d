"""What invoices need to know of an organisation: its numbers, what Chorus Pro wants of it, when it is invoiced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.buyer_facts import set_buyer_facts
from training.directory import queries as directory
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation, add_payer
from training.directory.rules.billing_facts import (
    CONTRACT_MAX,
    PRIVATE_DAYS,
    SERVICE_CODE_MAX,
    BillingFacts,
    BillingMoment,
    ChorusNeeds,
    Service,
    VatAbroad,
)
from training.directory.rules.numbers import check_account, check_buyer_vat_number, check_email, check_rna, check_siret
from training.directory.rules.organisations import KIND_NAMES, Buyer, OrganisationKind
from training.kernel.countries import countries, country
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.reporting.office import organisations as reading
from training.reporting.office.organisations import OfficeBillingFacts
from training.web.forms import Form
from training.web.office.page import show
from training.web.own_facts import taxables
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/structures"
NEW = "/gestion/nouvelle-structure"  # beside the organisations: one of them may be named « Nouvelle »
SPARE = 2  # empty rows at the end of the services
ROWS_MOST = 60

Words = tuple[str, str]

BUYERS: dict[Buyer, Words] = {
    Buyer.PUBLIC: (
        N_("Organisme public"),
        N_("Commune, intercommunalité, département, établissement public : il reçoit ses factures par Chorus Pro."),
    ),
    Buyer.ASSOCIATION: (N_("Association"), N_("Ses factures partent par courriel.")),
    Buyer.COMPANY: (N_("Entreprise"), N_("Ses factures partent par courriel.")),
    Buyer.PERSON: (
        N_("Particulier"),
        N_("Sans SIRET, sans pénalité de retard ; peut payer en plusieurs fois, par chèque ou en espèces."),
    ),
}
NEEDS: dict[ChorusNeeds, Words] = {
    ChorusNeeds.NONE: (N_("Rien de plus que son SIRET"), N_("Ni code service ni engagement ne sont obligatoires.")),
    ChorusNeeds.SERVICE: (N_("Un code service"), N_("« Code service obligatoire : oui » dans l’annuaire.")),
    ChorusNeeds.ENGAGEMENT: (
        N_("Un numéro d’engagement"),
        N_("« Numéro d’engagement obligatoire : oui ». C’est souvent le numéro du bon de commande."),
    ),
    ChorusNeeds.EITHER: (
        N_("L’un ou l’autre"),
        N_("« Numéro d’engagement ou code service obligatoire » : l’un des deux suffit."),
    ),
    ChorusNeeds.BOTH: (N_("Les deux"), N_("Le code service et le numéro d’engagement sont tous deux obligatoires.")),
}
MOMENTS: dict[BillingMoment, Words] = {
    BillingMoment.HELD: (N_("Après chaque séance"), N_("La facture se prépare quand la séance est réalisée.")),
    BillingMoment.MONTHLY: (
        N_("Une fois par mois"),
        N_("Les séances réalisées du mois sont regroupées, par service, engagement et régime de TVA."),
    ),
    BillingMoment.CONFIRMED: (
        N_("Dès la confirmation"),
        N_("La facture se prépare avant la séance. Un organisme public paie après le service fait : il faut alors "
           "un motif."),
    ),
}  # fmt: skip


VAT_ABROAD: dict[VatAbroad, Words] = {
    VatAbroad.AS_HERE: (
        N_("Notre régime habituel"),
        N_("La prestation est située en France : on la facture comme à un client d’ici."),
    ),
    VatAbroad.REVERSE_CHARGE: (
        N_("Autoliquidation"),
        N_("Client assujetti d’un autre pays de l’Union européenne, avec son numéro de TVA : il paie la TVA chez lui. "
           "Pensez à la déclaration européenne de services."),
    ),
    VatAbroad.OUTSIDE: (
        N_("TVA non applicable"),
        N_("Client établi hors de l’Union européenne, prestation située chez lui (art. 259-1° du CGI)."),
    ),
}  # fmt: skip


def options(words: Mapping[Any, Words]) -> list[tuple[str, ...]]:
    """Choices of a group of radios, each with its explanation."""
    return [(key.value, _(name), _(help_)) for key, (name, help_) in words.items()]


@get(PATH + "/{slug:str}/facturation", permission=P.INVOICES_PREPARE)
async def billing_page(request: Asked, slug: FromPath[str]) -> Template:
    """The facts as they stand."""
    return await _page(request, slug, None)


async def _page(request: Asked, slug: str, form: Form | None) -> Template:
    found = await reading.billing_page(the_actor(request).scope, slug)
    form = form or _as_it_stands(found)
    used = [n for n in range(1, ROWS_MOST + 1) if _filled(form, n)]
    last = max(used, default=0) + SPARE
    return await show(
        request,
        "organisations/organisation_billing",
        form.status,
        form=form,
        buyers=options(BUYERS),
        needs=options(NEEDS),
        moments=options(MOMENTS),
        vats_abroad=[
            ("", _("On ne sait pas encore"), _("Aucune facture ne part sans sa réponse.")),
            *options(VAT_ABROAD),
        ],
        taxables=taxables(),
        countries=countries(),
        rows=range(1, min(last, ROWS_MOST) + 1),
        blank=set(range(1, last + 1)) - set(used),
        **parts(found),
    )


def _as_it_stands(found: OfficeBillingFacts) -> Form:
    values: dict[str, object] = asdict(found.organisation)
    values["taxable"] = {True: "1", False: "0", None: ""}[found.organisation.taxable]
    values["vat_abroad"] = found.organisation.vat_abroad or ""
    for n, service in enumerate(found.services, start=1):
        values |= {
            f"service_code-{n}": service.code,
            f"service_label-{n}": service.label,
            f"service_engagement-{n}": "1" if service.engagement_required else "",
            f"service_active-{n}": "1" if service.active else "",
        }
    return Form.filled(values, seen=found.seen)


def _filled(form: Form, n: int) -> bool:
    return any(form.values.get(f"service_{name}-{n}", "").strip() for name in ("code", "label"))


@post(PATH + "/{slug:str}/facturation", permission=P.INVOICES_PREPARE)
async def save(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write them: for the drafts that wait and for what comes."""
    view, form = await reading.organisation(the_actor(request).scope, slug), await Form.of(request)
    if "more" in form.values:  # one more empty row, nothing saved
        return await _page(request, slug, form)
    facts = read(form)
    if facts is not None:
        with form.refusals():
            await set_buyer_facts(the_actor(request), view.id, facts, seen=form.seen)
            return go(f"{PATH}/{view.slug}", _("Facturation enregistrée : les factures à émettre en tiennent compte."))
    _place(form)
    return await _page(request, slug, form)


def _place(form: Form) -> None:
    """A fault of the services is said beside the first of them."""
    if "services" in form.errors:
        form.errors["service_code-1"] = form.errors.pop("services")


def read(form: Form) -> BillingFacts | None:
    """The facts that a form says; None when something in it was refused."""
    buyer, needs = form.choice("buyer", Buyer), form.choice("chorus_needs", ChorusNeeds)
    moment = form.choice("billing_moment", BillingMoment)
    facts = {
        "name": form.text("name", required=True),
        "siret": form.checked("siret", check_siret),
        "vat_number": form.checked("vat_number", check_buyer_vat_number),
        "address": form.text("address", required=True, most=300),
        "postcode": form.text("postcode", most=10),
        "country": country(form.text("country", most=2)),
        "rna": form.checked("rna", check_rna),
        "taxable": {"1": True, "0": False}.get(form.values.get("taxable", "")),
        "billing_address": form.lines("billing_address", most=400, printed=True),
        "vat_abroad": form.choice("vat_abroad", VatAbroad) if form.values.get("vat_abroad") else None,
        "city": form.text("city", required=True, most=100),
        "service_code": form.text("service_code", most=SERVICE_CODE_MAX) or None,
        "contract_reference": form.text("contract_reference", most=CONTRACT_MAX) or None,
        "early_billing_reason": form.lines("early_billing_reason", most=400) or None,
        "online_payment_reason": form.lines("online_payment_reason", most=400) or None,
        "payment_days": form.number("payment_days", required=False, most=PRIVATE_DAYS),
        "client_account": form.checked("client_account", check_account),
        "services": _services(form),
    }
    if buyer is None or needs is None or moment is None or not form.good:
        return None
    return BillingFacts(buyer=buyer, chorus_needs=needs, billing_moment=moment, **facts)  # type: ignore[arg-type]


def _services(form: Form) -> tuple[Service, ...]:
    known: dict[str, int] = {}
    services = []
    for n in (n for n in range(1, ROWS_MOST + 1) if _filled(form, n)):
        code = form.text(f"service_code-{n}", required=True, most=SERVICE_CODE_MAX)
        label = form.text(f"service_label-{n}") or code
        if code and code in known:
            form.errors.setdefault(f"service_code-{n}", _("Ce code service est déjà écrit plus haut."))
        known[code] = n
        ticked = {name: form.values.get(f"service_{name}-{n}") == "1" for name in ("engagement", "active")}
        services.append(Service(code, label, ticked["engagement"], ticked["active"]))
    return tuple(services)


@get(NEW, permission=P.INVOICES_PREPARE)
async def new_payer_page(request: Asked) -> Template:
    """An empty form; `?retour=` is the booking whose payers are being said."""
    form = Form.filled({"kind": "", "reference": asked(request, "reservation"), "name": asked(request, "nom")})
    return await _new_page(request, form)


async def _new_page(request: Asked, form: Form) -> Template:
    kinds = [(kind.value, _(name)) for kind, name in KIND_NAMES.items()]
    return await show(
        request, "organisations/organisation_new", form.status, form=form, kinds=kinds, countries=countries()
    )


@post(NEW, permission=P.INVOICES_PREPARE)
async def new_payer(request: Asked) -> Template | Redirect:
    """Make an organisation, or a person, that can be invoiced."""
    form = await Form.of(request)
    kind = form.choice("kind", OrganisationKind)
    person = kind == OrganisationKind.PERSON
    siret = form.checked("siret", check_siret)
    if person and siret:
        form.errors.setdefault("siret", _("Un particulier n’a pas de SIRET : videz cette case."))
    new = {name: form.text(name, required=name != "postcode", most=most) for name, most in _ADDRESS}
    land = country(form.text("country", most=2))
    email = form.checked("email", check_email, required=True) or ""
    contact = NewContact(form.text("contact", required=not person, most=200) or new["name"], email,
                         form.text("phone", most=30) or None, for_billing=True)  # fmt: skip
    if form.good and kind is not None:
        with form.refusals():
            payer = NewOrganisation(
                new["name"], kind, siret, new["address"], new["postcode"], new["city"], country=land
            )
            made_id = await once(request, form, lambda: add_payer(the_actor(request), payer, contact))
            made = await directory.organisation(made_id)
            assert made is not None  # noqa: S101 - it was made in the line above
            said = _("« {name} » peut être facturée.").format(name=made.name)
            return go(_back(form.text("reference", most=20), made.slug), said)
    return await _new_page(request, form)


_ADDRESS = (("name", 200), ("address", 300), ("postcode", 10), ("city", 100))


def _back(reference: str, slug: str) -> str:
    if reference.replace("-", "").isalnum() and reference.isascii():
        return f"/gestion/reservations/{reference}/payeurs?payeur={slug}"
    return f"{PATH}/{slug}/facturation"


HANDLERS = [billing_page, save, new_payer_page, new_payer]
