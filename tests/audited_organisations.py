"""What becomes of organisations in the audited year: refused, archived, brought back, attached, told apart."""

from __future__ import annotations

import makers
from training.bookings.actions import booking as bookings
from training.bookings.actions.attaching import attach
from training.bookings.actions.booking import NewBooking
from training.directory.actions import archiving, kinds, organisations
from training.directory.rules.organisations import Buyer, OrganisationKind
from training.identity.actions import joining
from training.identity.actions.roles import add_user, grant
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.worker import drain


async def come_to_an_end(town: makers.Town) -> None:
    """Three that ask to be let in, and what somebody answers each; two that are one."""
    asked = [
        await makers.make_organisation(f"Neuve {n}", siret=None, approved=False, domain=f"neuve{n}.example.org")
        for n in "abc"
    ]
    for organisation in asked[:2]:
        await bookings.book(SYSTEM, NewBooking(town.session, organisation, 1))
    await archiving.refuse(SYSTEM, asked[0], "Hors du territoire.")
    await drain()
    account = await add_user(SYSTEM, "rh@neuveb.example.org", "Nina Nouvelle")
    await grant(SYSTEM, account, Role.MANAGER, organisation=asked[1])
    await attach(SYSTEM, asked[1], town.organisation, Role.MEMBER)
    await organisations.approve(SYSTEM, asked[2])
    await archiving.tell_apart(SYSTEM, asked[2], town.organisation)
    await archiving.archive(SYSTEM, asked[2], reason="Fusion.")
    await archiving.bring_back(SYSTEM, asked[2])
    sirets = "update organisation set siret = case id when $1 then siret end where id = any($2) returning id"
    await db.execute(sirets, town.organisation, [town.organisation, asked[2]])
    other = await makers.make_organisation("Neuve d", siret="00007775000008", domain="neuved.example.org")
    await joining.archive_for(SYSTEM, other, asked[2])
    await archiving.bring_back(SYSTEM, other)
    await kinds.change_kind(SYSTEM, other, OrganisationKind.SCHOOL, Buyer.PUBLIC)
