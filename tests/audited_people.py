"""Who comes in, who delivers and who leaves in the audited year."""

from __future__ import annotations

import makers
from training.directory.actions import facilitators, partners, platform
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import OrganisationKind
from training.identity.actions import colleagues, keys, leaving, role_changes, roles, signin
from training.identity.actions.registration import register_organisation
from training.identity.rules import OWN, Role
from training.kernel import db, settings
from training.kernel.actor import SYSTEM, Actor, Scope
from training.messages.actions.signin import read_out
from training.records.actions.backups import note_backup
from training.records.actions.seen_settings import see_settings
from training.scheduling.actions.handing_over import hand_over

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)


async def deliver() -> None:
    """Who delivers, and what pages carry of the platform."""
    await partners.add_partner(SYSTEM, slug="prevention", name="Prévention", summary="", active=True)
    await platform.set_logo(SYSTEM, PIXEL, "image/png")
    await platform.remove_logo(SYSTEM)


async def enter(organisation: int) -> None:
    """Somebody signs in by both ways, registers an organisation of their own, makes a key and ends it."""
    browser = await signin.request("nina@mairie.example.org", network="192.0.2.1")
    minted = await signin.mint(
        SYSTEM, await db.value("select max(id) from signin_request"), settings.current().secret_key
    )
    await signin.request("ana@mairie.example.org", network="192.0.2.1")
    await read_out(SYSTEM, await db.value("select max(id) from signin_request"))
    entered = await signin.by_code(browser, minted.code, secret_key=settings.current().secret_key, program="test")
    await signin.by_link(await signin.open_door(SYSTEM, "rh@mairie.example.org"), program="test")
    await signin.sign_out(entered.token)
    nina = Actor("user", entered.account, "Nina", scope=Scope(accounts={entered.account: OWN}))
    own = NewOrganisation("Association Nouvelle", OrganisationKind.ASSOCIATION, None, "1 rue", "61000", "Alençon")
    await register_organisation(nina, own, (NewContact("Nina Nouvelle", "nina@mairie.example.org"),))
    await keys.create(SYSTEM, "Script", organisation=organisation)
    await keys.revoke(SYSTEM, (await db.value("select max(id) from api_key")))


async def come_and_go(town: makers.Town) -> None:
    """Who comes in, and who does no longer."""
    for way in ("ici", "ailleurs"):
        await note_backup(SYSTEM, 12, bytes(32), copied=False)
        await see_settings(SYSTEM, {"smtp_url": f"smtp://{way}"})
    await roles.join_team(SYSTEM, "conseil@example.org", "Nina Nouvelle", Role.ADVISER)
    await colleagues.invite_colleague(SYSTEM, town.organisation, "Nina", "nina@mairie.example.org", Role.MEMBER)
    nina = await db.value("select id from account where email = 'nina@mairie.example.org'")
    await role_changes.change_colleague(SYSTEM, town.organisation, nina, Role.ACCOUNTANT)
    await leaving.remove_colleague(SYSTEM, town.organisation, nina)
    adviser = await db.value("update membership set origin = 'unmatched' where role = 'adviser' returning id")
    await roles.keep(SYSTEM, adviser)
    await role_changes.change_role(SYSTEM, adviser, Role.BOOKKEEPER)
    await leaving.remove(SYSTEM, await db.value("select max(id) from membership"))
    leaver = await roles.join_team(SYSTEM, "part@example.org", "Paul Part", Role.ADVISER)
    await hand_over(SYSTEM, leaver, await roles.join_team(SYSTEM, "suite@example.org", "Zoé Suite", Role.BOOKKEEPER))
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, {"email": "aline@example.org"})
