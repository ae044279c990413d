"""Changes to the bodies that deliver with us, and to their people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from training.directory.rules import numbers, partners, slugs
from training.directory.tables import Partner, PartnerContact
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

db.refuse("partner_siret_once", lambda: Conflict(_("Un autre partenaire porte ce numéro SIRET."), field="siret"))
db.refuse(
    "partner_contact_email_once",
    lambda: Conflict(_("Un contact de ce partenaire a déjà cette adresse."), field="email"),
)


async def add_partner(actor: Actor, **values: Any) -> int:
    """A body that delivers with us; `slug` follows from its name where none is given. Invalid, Conflict: `field`."""
    async with acting(actor, "partner.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        kept = partners.check_partner(values)
        # one at a time: of two of one name at once, the second must see the address that the first took
        await db.execute("select pg_advisory_xact_lock(hashtextextended('partner.slug', 0))")
        kept.setdefault("slug", await _free_slug(slugs.slug(kept["name"])))
        made = await Partner.insert(Partner(**kept)).returning(Partner.id)
        change.about("partner", made[0]["id"])
        return int(made[0]["id"])


async def edit_partner(actor: Actor, partner: int, values: Mapping[str, Any], *, seen: int | None = None) -> None:
    """Correct its facts; its address (`slug`) stays. Conflict: it is archived, or another has that SIRET."""
    async with acting(actor, "partner.edit", ("partner", partner)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await hold_partner(partner)
        await change.edit(Partner, partner, partners.check_partner(values), seen=seen)


async def archive_partner(actor: Actor, partner: int) -> None:
    """We work together no more: it is shown to nobody, what its people could open closes; its past stays its own."""
    async with acting(actor, "partner.archive", ("partner", partner)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await hold_partner(partner)
        await change.sign()
        await change.edit(Partner, partner, {"active": False})


async def bring_back_partner(actor: Actor, partner: int) -> None:
    """It is one of ours again. Its people come in when they are given access anew."""
    async with acting(actor, "partner.bring-back", ("partner", partner)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        if not await change.edit(Partner, partner, {"active": True}):
            raise NotFound(_("Ce partenaire n’existe pas."))


async def hold_partner(partner: int) -> None:
    """Lock a partner that gets something. NotFound: there is none. Conflict: it is archived."""
    active = await db.value("select active from partner where id = $1 for update", partner)
    if active is None:
        raise NotFound(_("Ce partenaire n’existe pas."))
    partners.check_active(active)


async def _free_slug(wanted: str) -> str:
    known = await db.connection().fetch("select slug from partner where starts_with(slug, $1)", wanted)
    taken, n, free = {record["slug"] for record in known}, 2, wanted
    while free in taken:
        free, n = f"{wanted}-{n}", n + 1
    return free


# Its people


@dataclass(frozen=True, slots=True)
class NewPartnerContact:
    """A person of a partner; `title` is what they do there."""

    name: str
    email: str | None = None
    phone: str | None = None
    title: str | None = None

    def checked(self) -> dict[str, str | None]:
        """As it is kept. Invalid: nobody could reach them, or the address is none."""
        if not self.email and not self.phone:
            raise Invalid(_("Indiquez un courriel ou un téléphone."), field="email")
        try:
            return {**asdict(self), "email": numbers.check_email(self.email) if self.email else None}
        except ValueError as error:
            raise Invalid(str(error), field="email") from None


async def add_partner_contact(actor: Actor, partner: int, new: NewPartnerContact) -> int:
    """Somebody to call there. Conflict: the partner is archived, or a colleague has that address."""
    async with acting(actor, "partner-contact.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        await hold_partner(partner)
        values: dict[str, Any] = new.checked()
        row = PartnerContact(partner=partner, created_at=clock.now(), **values)
        made = int((await PartnerContact.insert(row).returning(PartnerContact.id))[0]["id"])
        change.about("partner_contact", made)
    return made


async def edit_partner_contact(
    actor: Actor, contact: int, new: NewPartnerContact, *, active: bool = True, seen: int | None = None
) -> None:
    """Correct them, or put them aside: what they could open closes with it, and with another address."""
    async with acting(actor, "partner-contact.edit", ("partner_contact", contact)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await change.sign()
        if not await change.edit(PartnerContact, contact, {**new.checked(), "active": active}, seen=seen):
            raise NotFound(_("Ce contact n’existe pas."))
