"""All that is kept of an organisation but its kind and people: who and where, what its invoices need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.buyer_facts import set_buyer_facts
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
from training.directory.rules.numbers import (
    check_account,
    check_buyer_vat_number,
    check_rna,
    check_siret,
    check_website,
)
from training.directory.rules.organisations import Buyer
from training.kernel.countries import countries, country
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.reporting.office import organisations as reading
from training.reporting.office.organisations import OfficeBillingFacts
from training.web.forms import Form
from training.web.office.page import show
from training.web.own_facts import taxables
from training.web.pages import Asked, go, parts, the_actor

P = Permission
PATH = "/gestion/structures"
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
        buyer_name=_(BUYERS[found.organisation.buyer][0]),
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
    facts = read(form, view.buyer)
    if facts is not None:
        with form.refusals():
            await set_buyer_facts(the_actor(request), view.id, facts, seen=form.seen)
            return go(f"{PATH}/{view.slug}", _("Fiche enregistrée : les factures à émettre en tiennent compte."))
    _place(form)
    return await _page(request, slug, form)


def _place(form: Form) -> None:
    """A fault of the services is said beside the first of them; what the buyer cannot be, beside its country."""
    if "buyer" in form.errors:
        form.errors["country"] = form.errors.pop("buyer")
    if "services" in form.errors:
        form.errors["service_code-1"] = form.errors.pop("services")


def read(form: Form, buyer: Buyer) -> BillingFacts | None:
    """The facts that a form says of who is that to the law; None when something in it was refused."""
    needs = form.choice("chorus_needs", ChorusNeeds)
    moment = form.choice("billing_moment", BillingMoment)
    facts = {
        "name": form.text("name", required=True),
        "siret": form.checked("siret", check_siret),
        "vat_number": form.checked("vat_number", check_buyer_vat_number),
        "address": form.text("address", most=300),
        "phone": form.text("phone", most=30) or None,
        "website": form.checked("website", check_website),
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
    if needs is None or moment is None or not form.good:
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


HANDLERS = [billing_page, save]
