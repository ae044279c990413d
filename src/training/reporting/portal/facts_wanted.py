"""What an organisation's invoices still need to know of it: asked from a booking, from a draft, or behind a link."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules.billing_facts import Service, asked_of, needs_siret
from training.directory.rules.organisations import Buyer
from training.kernel.i18n import _
from training.papers.rules.references import References, chorus_lacking


@dataclass(frozen=True, slots=True)
class FactsWanted:
    """What the form asks of an organisation: only what it needs. `lacking`: in words, what is missing now."""

    organisation: OrganisationView
    services: tuple[Service, ...]
    own: frozenset[str]  # of itself: the names of `OwnFacts` that nobody knows
    lacking: tuple[str, ...]

    @property
    def public(self) -> bool:
        """Whether it pays through Chorus Pro."""
        return self.organisation.buyer == Buyer.PUBLIC


async def services_of(organisation: OrganisationView) -> tuple[Service, ...]:
    """The services that may receive its invoices: of a public buyer, those that staff wrote down."""
    if organisation.buyer != Buyer.PUBLIC:
        return ()
    return tuple(s for s in await directory.chorus_services(organisation.id) if s.active)


def lacking_of(organisation: OrganisationView, services: tuple[Service, ...], known: References) -> dict[str, str]:
    """What Chorus Pro would miss on an invoice with these references: field → sentence; empty when nothing."""
    if organisation.buyer != Buyer.PUBLIC:
        return {}
    known = known.over(References(service_code=organisation.service_code))
    strict = any(s.code == known.service_code and s.engagement_required for s in services)
    return chorus_lacking(organisation.chorus_needs, known, strict)


async def wanted(organisation: OrganisationView, known: References) -> FactsWanted:
    """What is asked, given what is known."""
    public = organisation.buyer == Buyer.PUBLIC
    services = await services_of(organisation)
    code = known.over(References(service_code=organisation.service_code)).service_code
    needed = organisation.siret is None and needs_siret(organisation.buyer, organisation.country)
    lacking = [_("Il manque le numéro SIRET.")] if needed else []
    if public:
        if code and services and code not in {s.code for s in services}:
            lacking.append(_("Le code service {code} n’est pas dans votre liste : choisissez-en un.").format(code=code))
        lacking += lacking_of(organisation, services, known).values()
    own = asked_of(
        organisation.buyer, organisation.country, siret=organisation.siret, rna=organisation.rna,
        taxable=organisation.taxable, vat_number=organisation.vat_number, billed_at=organisation.billing_address,
    )  # fmt: skip
    return FactsWanted(organisation, services, own, tuple(lacking))
