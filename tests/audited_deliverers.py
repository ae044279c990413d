"""What is kept of those who deliver in the audited year: what they may, their papers, their days, their partners."""

from __future__ import annotations

from datetime import timedelta

import makers
from papers_read import empty_page
from training.catalogue.actions import skills
from training.directory.actions import credentials, facilitators, partners
from training.directory.actions.partners import NewPartnerContact
from training.directory.rules.credentials import CredentialKind, NewCredential
from training.identity.actions.partner_access import give_partner_access
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling.actions import departures, partner_rates
from training.scheduling.actions.partner_rates import NewPartnerRate
from training.scheduling.rules import PartnerUnit


async def equip(town: makers.Town) -> None:
    """What somebody may deliver, shows and asks for; and that they leave."""
    await skills.set_deliverers(SYSTEM, town.offer, [town.facilitator])
    await skills.set_skills(SYSTEM, town.facilitator, [])
    values = {"email": "karim@example.org", "phone": None, "locale": "fr"}
    karim = await skills.add_deliverer(SYSTEM, [town.offer], name="Karim Test", **values)
    await skills.edit_deliverer(SYSTEM, karim, {"area": "Sées"}, [])
    today = clock.today()
    away = await facilitators.add_unavailability(SYSTEM, karim, today, today)
    await facilitators.archive_unavailability(SYSTEM, away)
    new = NewCredential(CredentialKind.INSURANCE, "", "A 1", None, today)
    paper = await credentials.add_credential(SYSTEM, new, facilitator=karim)
    await credentials.edit_credential(SYSTEM, paper, new)
    renewed = await credentials.renew_credential(SYSTEM, paper, new)
    await credentials.archive_credential(SYSTEM, renewed)
    await departures.leave(SYSTEM, karim, today + timedelta(days=1), {})
    with clock.frozen(clock.now() + timedelta(days=2)):
        await departures.end_departed()
    await departures.come_back(SYSTEM, karim)


async def join() -> None:
    """A partner with its people, what it asks for, and its end."""
    partner = await db.value("select min(id) from partner")
    await partners.edit_partner(SYSTEM, partner, {"city": "Sées"})
    new = NewPartnerContact("Ana Test", "ana@example.org")
    contact = await partners.add_partner_contact(SYSTEM, partner, new)
    await give_partner_access(SYSTEM, contact)
    await partners.edit_partner_contact(SYSTEM, contact, new, active=False)
    rate = NewPartnerRate(PartnerUnit.SESSION, 18_000, clock.today())
    await partner_rates.archive_partner_rate(SYSTEM, await partner_rates.add_partner_rate(SYSTEM, partner, rate))
    await partners.archive_partner(SYSTEM, partner)
    await partners.bring_back_partner(SYSTEM, partner)


async def stand(town: makers.Town) -> None:
    """One of each thing, for the pages that show it: a partner with its person, a paper with its file."""
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    await partners.add_partner_contact(SYSTEM, partner, NewPartnerContact("Ana Test", "ana@example.org"))
    new = NewCredential(CredentialKind.INSURANCE, "", "A 1", None, clock.today() + timedelta(days=3))
    await credentials.add_credential(SYSTEM, new, facilitator=town.facilitator, file=empty_page())
