"""What the town knows of those who deliver: what they may, ask for and show; their partners' people and rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from training.catalogue.actions.skills import set_skills
from training.demo.events import Town
from training.demo.town.partners import PARTNERS
from training.demo.town.people import FACILITATORS
from training.directory.actions.credentials import add_credential
from training.directory.actions.facilitators import add_unavailability, edit_facilitator
from training.directory.actions.partners import NewPartnerContact, add_partner_contact
from training.directory.rules.credentials import CredentialKind, NewCredential
from training.directory.rules.people import RateUnit
from training.kernel.actor import SYSTEM
from training.scheduling.actions.partner_rates import NewPartnerRate, add_partner_rate
from training.scheduling.rules import PartnerUnit

K = CredentialKind


@dataclass(frozen=True, slots=True)
class PaperOfTown:
    """A paper of somebody: days from today until its last one, None when it does not expire."""

    kind: CredentialKind
    number: str
    days: int | None
    label: str = ""


# One of them ends before the next sessions of who holds it: that is what the first page of the day says.
PAPERS: Mapping[str, tuple[PaperOfTown, ...]] = {
    "henri-lanterne": (PaperOfTown(K.INSURANCE, "RC 4471-20", 5), PaperOfTown(K.CARD, "06121ED0044", 640)),
    "solene-verger": (
        PaperOfTown(K.INSURANCE, "RC 4471-21", 320),
        PaperOfTown(K.QUALIFICATION, "SRAV 61-118", None, "vélo"),
    ),
    "bruno-fourche": (PaperOfTown(K.TEACHING, "A 19 061 0032 0", 900), PaperOfTown(K.INSURANCE, "RC 88 120", 250)),
    "awa-cadran": (PaperOfTown(K.TEACHING, "A 22 061 0107 0", 47),),
    "maud-rayon": (PaperOfTown(K.QUALIFICATION, "CQP 2019-55", None, "mécanique du cycle"),),
}
AGREEMENTS: Mapping[str, tuple[str, int]] = {
    "prevention-routiere-orne": ("Convention 2026-04", 395),
    "auto-ecole-declic": ("Convention 2026-07", 210),
    "deux-roues-alencon": ("Convention 2025-11", 26),
}
RATES: Mapping[str, tuple[PartnerUnit, int]] = {
    "auto-ecole-declic": (PartnerUnit.HOUR, 4_500),
    "deux-roues-alencon": (PartnerUnit.SESSION, 18_000),
}
AREAS: Mapping[str, str] = {
    "mehdi-sentier": "Sées\nLe Mêle-sur-Sarthe\nCarrouges",
    "solene-verger": "Tout le département",
    "awa-cadran": "Alençon\nDamigny",
}


async def equip(town: Town, today: date) -> None:
    """Write it all down, by the actions that the office's pages call."""
    for facilitator in FACILITATORS:
        slug = facilitator.person.slug
        who = town.facilitators[slug]
        paid = facilitator.partner is not None and "bénévole" in facilitator.person.title
        rate = {"rate_unit": RateUnit.VOLUNTEER, "rate_cents": None} if paid else {}
        await edit_facilitator(SYSTEM, who, {"area": AREAS.get(slug, ""), **rate})
        await set_skills(SYSTEM, who, [town.offers[offer] for offer in facilitator.offers if offer in town.offers])
        for paper in PAPERS.get(slug, ()):
            until = today + timedelta(days=paper.days) if paper.days is not None else None
            new = NewCredential(paper.kind, paper.label, paper.number, None, until)
            await add_credential(SYSTEM, new, facilitator=who)
    away = today + timedelta(days=45)
    await add_unavailability(SYSTEM, town.facilitators["ines-clairiere"], away, away + timedelta(days=11))
    for partner in PARTNERS:
        await _partner(town, today, partner.slug)


async def _partner(town: Town, today: date, slug: str) -> None:
    of = town.partners[slug]
    contact = next(partner.contact for partner in PARTNERS if partner.slug == slug)
    person = NewPartnerContact(contact.name, contact.email, contact.phone, contact.title)
    await add_partner_contact(SYSTEM, of, person)
    if slug in AGREEMENTS:
        number, days = AGREEMENTS[slug]
        since, until = today - timedelta(days=330), today + timedelta(days=days)
        await add_credential(SYSTEM, NewCredential(K.AGREEMENT, "", number, since, until), partner=of)
    if slug in RATES:
        unit, cents = RATES[slug]
        await add_partner_rate(SYSTEM, of, NewPartnerRate(unit, cents, today - timedelta(days=330)))
