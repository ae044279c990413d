"""Changes to who is who: the platform, communes, organisations, contacts, partners, facilitators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import anyio.to_thread

from training.directory import rules
from training.directory.rules import BillingFacts, Buyer, OrganisationKind, OrganisationState, OwnFacts
from training.directory.tables import ChorusService, Commune, Contact, Facilitator, Organisation, Partner, Platform
from training.kernel import clock, db, outbox, pictures
from training.kernel.actor import Actor
from training.kernel.countries import HOME
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import Change, acting
from training.records.actions.files import keep_file

db.refuse(
    "organisation_siret_once",
    lambda: Conflict(
        _("Une structure porte déjà ce numéro SIRET : écrivez-nous, nous vous y rattacherons."), field="siret"
    ),
)
db.refuse(
    "contact_email_once", lambda: Conflict(_("Un contact de cette structure a déjà cette adresse."), field="email")
)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation as somebody gives it. `buyer` None follows from the kind."""

    name: str
    kind: OrganisationKind
    siret: str | None
    address: str
    postcode: str
    city: str
    buyer: Buyer | None = None
    vat_number: str | None = None
    commune: int | None = None
    service_code: str | None = None
    rna: str | None = None
    taxable: bool | None = None
    country: str = HOME
    billing_address: str = ""


@dataclass(frozen=True, slots=True)
class NewContact:
    """A person of an organisation."""

    name: str
    email: str
    phone: str | None = None
    title: str | None = None
    for_booking: bool = False
    for_billing: bool = False
    locale: str = "fr"


async def set_platform(actor: Actor, values: Mapping[str, Any]) -> None:
    """Write the platform's one row: every column on the first call, those given afterwards."""
    async with acting(actor, "platform.edit", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        if not await change.edit(Platform, 1, values):
            change.about("platform", 1, *values)
            await Platform.insert(Platform(id=1, **values))


async def set_logo(actor: Actor, content: bytes, media_type: str) -> None:
    """The picture at the head of pages and papers. Invalid: no PNG or JPEG, or too large. Conflict: no platform yet."""
    async with acting(actor, "platform.set-logo", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        kept = await anyio.to_thread.run_sync(pictures.logo, content, media_type)
        change.about("platform", 1, "logo")
        await _put_logo(await keep_file(kept, media_type))


async def remove_logo(actor: Actor) -> None:
    """Pages and papers carry the name alone again. What was issued keeps its logo."""
    async with acting(actor, "platform.remove-logo", ("platform", 1)) as change:
        actor.must(Permission.PLATFORM_EDIT)
        change.about("platform", 1, "logo")
        await _put_logo(None)


async def _put_logo(file: int | None) -> None:
    if not await Platform.update({Platform.logo: file}).where(Platform.id == 1).returning(Platform.id):
        raise Conflict(_("Enregistrez d’abord l’identité de la plateforme."), field="logo")


async def add_commune(actor: Actor, **values: Any) -> int:
    """A commune by its INSEE code; known already, its facts are brought up to date."""
    async with acting(actor, "commune.add") as change:
        actor.must(Permission.PLATFORM_EDIT)
        facts = [Commune.name, Commune.postcode, Commune.latitude, Commune.longitude, Commune.population]
        made = (
            await Commune.insert(Commune(**values))
            .on_conflict(target=Commune.insee, action="DO UPDATE", values=facts)
            .returning(Commune.id)
        )
        change.about("commune", made[0]["id"])
        return int(made[0]["id"])


async def register(
    actor: Actor,
    new: NewOrganisation,
    contacts: tuple[NewContact, ...],
    *,
    approved: bool = False,
    slug: str | None = None,
) -> int:
    """Make an organisation with its contacts. Unless staff vouch for it, it is `pending` and somebody is told.

    `slug` is what its addresses would carry, its name otherwise; taken, a number is added.

    Invalid: a name, an address or a SIRET that cannot be. Conflict: the SIRET is known.
    """
    async with acting(actor, "organisation.register") as change:
        if approved:
            actor.must(Permission.INVOICES_PREPARE)
        else:
            actor.must(Permission.ORGANISATIONS_REGISTER, account=actor.id)
        siret = _checked(new)
        made = await Organisation.insert(
            Organisation(
                **{
                    **asdict(new),
                    "siret": siret,
                    "buyer": new.buyer or rules.usual_buyer(new.kind, new.country),
                    "slug": await _free_slug(rules.slug(slug or new.name)),
                    "state": OrganisationState.APPROVED if approved else OrganisationState.PENDING,
                    "created_at": clock.now(),
                }
            )
        ).returning(Organisation.id)
        organisation = int(made[0]["id"])
        change.about("organisation", organisation)
        for contact in contacts:
            await _add_contact(organisation, contact)
        if not approved:
            await outbox.put("organisation.registered", ("organisation", organisation))
    return organisation


async def add_payer(actor: Actor, new: NewOrganisation, contact: NewContact) -> int:
    """An organisation or a person that staff make in order to invoice it. Sent twice, it is made once."""
    async with acting(actor, "organisation.add-payer") as change:
        actor.must(Permission.INVOICES_PREPARE)
        await _hold_slugs()
        known = await db.value(
            """
            select o.id from organisation o join contact c on c.organisation = o.id
            where fold(o.name) = fold($1) and o.postcode = $2 and lower(c.email) = lower($3) limit 1
            """,
            new.name.strip(),
            new.postcode.strip(),
            contact.email.strip(),
        )
        organisation = known or await register(actor, new, (contact,), approved=True)
        change.about("organisation", organisation)
    return int(organisation)


async def set_billing_facts(actor: Actor, organisation: int, facts: BillingFacts) -> None:
    """Write what invoices need to know of an organisation. What was issued does not change.

    Invalid: a fact that cannot be, or one that the law wants a reason for. Conflict: the SIRET is another's.
    """
    async with acting(actor, "organisation.set-billing", ("organisation", organisation)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        values = asdict(facts)
        services: list[dict[str, Any]] = list(values.pop("services"))
        if facts.country == HOME:
            values["vat_abroad"] = None
        if errors := rules.billing_faults(facts):
            raise Invalid(errors)
        if facts.siret:
            sql = "select name from organisation where siret = $1 and id <> $2"
            if other := await db.value(sql, facts.siret, organisation):
                words = _("Ce numéro SIRET est celui de « {name} ».")
                raise Conflict(words.format(name=other), field="siret")
        if not await change.edit(Organisation, organisation, values):
            raise NotFound(_("Cette structure n’existe pas."))
        gone = await ChorusService.delete().where(ChorusService.organisation == organisation).returning(*_SERVICE)
        change.edited("services", _services(gone), _services(services))
        if services:
            await ChorusService.insert(*(ChorusService(organisation=organisation, **each) for each in services))


_SERVICE = (ChorusService.code, ChorusService.label, ChorusService.engagement_required, ChorusService.active)


def _services(rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """A list of services as the table of changes keeps it: the same list, in whatever order, is no change."""
    return sorted([row[column._meta.name] for column in _SERVICE] for row in rows)


async def tell_own_facts(actor: Actor, organisation: int, told: OwnFacts) -> None:
    """What an organisation says of itself, where nobody knew. What is known is changed by staff alone.

    Invalid: no SIRET. Conflict: it has another one, or this one is another's.
    """
    async with acting(actor, "organisation.own-facts", ("organisation", organisation)) as change:
        actor.must(Permission.INVOICES_COMPLETE, organisation=organisation, link=("organisation", organisation))
        sql = "select siret, rna, taxable, vat_number, billing_address from organisation where id = $1 for update"
        known = await db.row(OwnFacts, sql, organisation)
        if known is None:
            raise NotFound(_("Cette structure n’existe pas."))
        if told.siret:
            await _check_own_siret(organisation, told.siret, known.siret)
        fresh = {name: value for name, value in told.given.items() if name not in known.given}
        if fresh:
            await change.edit(Organisation, organisation, fresh)


async def _check_own_siret(organisation: int, siret: str, known: str | None) -> None:
    if known and known != siret:
        raise Conflict(_("Votre structure a déjà un numéro SIRET : écrivez-nous pour le changer."), field="siret")
    if await db.value("select exists (select from organisation where siret = $1 and id <> $2)", siret, organisation):
        words = _("Une structure porte déjà ce numéro SIRET : écrivez-nous, nous vous y rattacherons.")
        raise Conflict(words, field="siret")


async def approve(actor: Actor, organisation: int) -> None:
    """Somebody of the platform has looked: the organisation may book from now on. Conflict: it waits for nobody."""
    async with acting(actor, "organisation.approve", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", organisation, "state")
        state = await db.value("select state from organisation where id = $1 for update", organisation)
        if state is None:
            raise NotFound(_("Cette structure n’existe pas."))
        rules.check_approve(OrganisationState(state))
        await Organisation.update({Organisation.state: OrganisationState.APPROVED}).where(
            Organisation.id == organisation
        )
        await outbox.put("organisation.approved", ("organisation", organisation))


async def add_contact(actor: Actor, organisation: int, new: NewContact) -> int:
    """A person of an organisation; of an address that is known there already, the facts are brought up to date."""
    async with acting(actor, "contact.write") as change:
        actor.must(Permission.INVOICES_PREPARE)
        sql = "select id from contact where organisation = $1 and lower(email) = lower($2)"
        known = await db.value(sql, organisation, new.email)
        if known is None:
            known = await _add_contact(organisation, new)
        else:
            await _write_contact(change, int(known), new, active=True)
        change.about("contact", int(known))
    return int(known)


async def edit_contact(actor: Actor, contact: int, new: NewContact, *, active: bool = True) -> None:
    """Correct a contact, or put it aside: nothing is sent to it any more. Conflict: the address is a colleague's."""
    async with acting(actor, "contact.edit", ("contact", contact)) as change:
        actor.must(Permission.INVOICES_PREPARE)
        await _write_contact(change, contact, new, active=active)


async def welcome_contact(change: Change, organisation: int, new: NewContact) -> None:
    """A contact again or anew, as part of the action that lets them in; what is known of them stays."""
    sql = "select id from contact where organisation = $1 and lower(email) = lower($2)"
    known = await db.value(sql, organisation, new.email)
    if known is None:
        await _add_contact(organisation, new)
        return
    more = {name: True for name in ("for_booking", "for_billing") if getattr(new, name)}
    await change.edit(Contact, int(known), {"active": True, **more})


async def write_to(change: Change, organisation: int, email: str, values: Mapping[str, bool]) -> None:
    """What a contact receives (`for_booking`, `for_billing`), as part of the action that changes what they may here."""
    sql = "select id from contact where organisation = $1 and lower(email) = lower($2) and active"
    known = await db.value(sql, organisation, email)
    if known is not None and values:
        await change.edit(Contact, int(known), values)


async def put_aside(change: Change, contacts: Iterable[int]) -> None:
    """Nothing is sent to them any more, as part of the action that ends what they may here."""
    await change.sign()
    for contact in contacts:
        await change.edit(Contact, contact, {"active": False})
        await outbox.put("contact.left", ("contact", contact))


async def _write_contact(change: Change, contact: int, new: NewContact, *, active: bool) -> None:
    await change.sign()  # whoever is put aside, or has another address, leaves: the database ends what they held
    values = {**asdict(new), "email": rules.check_email(new.email), "active": active}
    if not await change.edit(Contact, contact, values):
        raise NotFound(_("Ce contact n’existe pas."))
    if any(edit.field == "email" for edit in change.edits):
        await outbox.put("contact.readdressed", ("contact", contact))
    if not active and any(edit.field == "active" for edit in change.edits):
        await outbox.put("contact.left", ("contact", contact))


async def add_partner(actor: Actor, **values: Any) -> int:
    """A body that delivers with us."""
    async with acting(actor, "partner.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        made = await Partner.insert(Partner(**values)).returning(Partner.id)
        change.about("partner", made[0]["id"])
        return int(made[0]["id"])


async def add_facilitator(actor: Actor, **values: Any) -> int:
    """A person who delivers; `partner` None is the platform's own team."""
    async with acting(actor, "facilitator.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        made = await Facilitator.insert(Facilitator(**values)).returning(Facilitator.id)
        change.about("facilitator", made[0]["id"])
        return int(made[0]["id"])


async def edit_facilitator(actor: Actor, facilitator: int, values: Mapping[str, Any]) -> None:
    """Correct a facilitator, or say that they are not active any more: their keys end with it."""
    async with acting(actor, "facilitator.edit", ("facilitator", facilitator)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        await change.sign()
        if not await change.edit(Facilitator, facilitator, values):
            raise NotFound(_("Cette personne n’existe pas."))
        if any(edit.field == "email" for edit in change.edits):
            await outbox.put("facilitator.readdressed", ("facilitator", facilitator))


@dataclass(frozen=True, slots=True)
class LockedOrganisation:
    """What a booking needs of its organisation, as it stands until the transaction that locked it ends."""

    state: OrganisationState
    kind: OrganisationKind


async def lock_organisation(organisation: int) -> LockedOrganisation:
    """Hold the organisation as it is; others may hold it too. NotFound when there is none."""
    sql = "select state, kind from organisation where id = $1 for share"
    found = await db.row(LockedOrganisation, sql, organisation)
    if found is None:
        raise NotFound(_("Cette structure n’existe pas."))
    return found


def _checked(new: NewOrganisation) -> str | None:
    here = new.country == HOME  # not every country has postcodes
    needed = ("name", "address", "postcode", "city") if here else ("name", "address", "city")
    errors = {name: _("À remplir.") for name in needed if not getattr(new, name).strip()}
    if here and new.postcode.strip() and not rules.POSTCODE.fullmatch(new.postcode.strip()):
        errors["postcode"] = _("Un code postal a cinq chiffres.")
    siret = None
    try:
        siret = rules.check_siret(new.siret) if new.siret else None
    except ValueError as error:
        errors["siret"] = str(error)
    if errors:
        raise Invalid(errors)
    return siret


async def _add_contact(organisation: int, new: NewContact) -> int:
    values = {**asdict(new), "email": rules.check_email(new.email)}
    contact = Contact(organisation=organisation, active=True, created_at=clock.now(), **values)
    return int((await Contact.insert(contact).returning(Contact.id))[0]["id"])


async def _hold_slugs() -> None:
    # one at a time: of two registrations at once, the second must see the name that the first took
    await db.execute("select pg_advisory_xact_lock(hashtextextended('organisation.slug', 0))")


async def _free_slug(wanted: str) -> str:
    await _hold_slugs()
    taken = set(
        await Organisation.select(Organisation.slug).where(Organisation.slug.like(f"{wanted}%")).output(as_list=True)
    )
    n = 2
    free = wanted
    while free in taken:
        free, n = f"{wanted}-{n}", n + 1
    return free
