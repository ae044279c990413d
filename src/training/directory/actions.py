"""Changes to who is who: the platform, communes, organisations, contacts, partners, facilitators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from training.directory import rules
from training.directory.rules import Buyer, OrganisationKind, OrganisationState
from training.directory.tables import Commune, Contact, Facilitator, Organisation, Partner, Platform
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.records.actions import acting, keep_file

db.refuse(
    "organisation_siret_once",
    lambda: Conflict(
        _("Une structure porte déjà ce numéro SIRET : écrivez-nous, nous vous y rattacherons."), field="siret"
    ),
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
        change.about("platform", 1, *values)
        if await Platform.exists().where(Platform.id == 1):
            await Platform.update({Platform._meta.get_column_by_name(k): v for k, v in values.items()}).where(
                Platform.id == 1
            )
        else:
            await Platform.insert(Platform(id=1, **values))


async def set_logo(actor: Actor, content: bytes, media_type: str) -> None:
    """The picture at the head of pages and papers. Invalid: no PNG or JPEG, or too large. Conflict: no platform yet."""
    rules.check_logo(content, media_type)
    async with acting(actor, "platform.set-logo", ("platform", 1)) as change:
        change.about("platform", 1, "logo")
        await _put_logo(await keep_file(content, media_type))


async def remove_logo(actor: Actor) -> None:
    """Pages and papers carry the name alone again. What was issued keeps its logo."""
    async with acting(actor, "platform.remove-logo", ("platform", 1)) as change:
        change.about("platform", 1, "logo")
        await _put_logo(None)


async def _put_logo(file: int | None) -> None:
    if not await Platform.update({Platform.logo: file}).where(Platform.id == 1).returning(Platform.id):
        raise Conflict(_("Enregistrez d’abord l’identité de la plateforme."), field="logo")


async def add_commune(actor: Actor, **values: Any) -> int:
    """A commune by its INSEE code; known already, its facts are brought up to date."""
    async with acting(actor, "commune.add") as change:
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
    siret = _checked(new)
    async with acting(actor, "organisation.register") as change:
        made = await Organisation.insert(
            Organisation(
                **{
                    **asdict(new),
                    "siret": siret,
                    "buyer": new.buyer or rules.USUAL_BUYER[new.kind],
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


async def approve(actor: Actor, organisation: int) -> None:
    """Somebody of the platform has looked: the organisation may book at once from now on."""
    async with acting(actor, "organisation.approve", ("organisation", organisation)) as change:
        change.about("organisation", organisation, "state")
        changed = (
            await Organisation.update({Organisation.state: OrganisationState.APPROVED})
            .where((Organisation.id == organisation) & (Organisation.state == OrganisationState.PENDING))
            .returning(Organisation.id)
        )
        if changed:
            await outbox.put("organisation.approved", ("organisation", organisation))


async def ensure_contact(actor: Actor, organisation: int, new: NewContact) -> int:
    """The organisation's contact of that address, made if there is none yet."""
    email = rules.check_email(new.email)
    known = await db.value(
        "select id from contact where organisation = $1 and lower(email) = lower($2)", organisation, email
    )
    if known:
        return int(known)
    async with acting(actor, "contact.add") as change:
        id_ = await _add_contact(organisation, new)
        change.about("contact", id_)
        return id_


async def add_partner(actor: Actor, **values: Any) -> int:
    """A body that delivers with us."""
    async with acting(actor, "partner.add") as change:
        made = await Partner.insert(Partner(**values)).returning(Partner.id)
        change.about("partner", made[0]["id"])
        return int(made[0]["id"])


async def add_facilitator(actor: Actor, **values: Any) -> int:
    """A person who delivers; `partner` None is the platform's own team."""
    async with acting(actor, "facilitator.add") as change:
        made = await Facilitator.insert(Facilitator(**values)).returning(Facilitator.id)
        change.about("facilitator", made[0]["id"])
        return int(made[0]["id"])


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
    errors = {}
    for field, text in (("name", new.name), ("address", new.address), ("postcode", new.postcode), ("city", new.city)):
        if not text.strip():
            errors[field] = _("À remplir.")
    if new.postcode.strip() and not rules.POSTCODE.fullmatch(new.postcode.strip()):
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


async def _free_slug(wanted: str) -> str:
    # one at a time: of two registrations at once, the second must see the name that the first took
    await db.execute("select pg_advisory_xact_lock(hashtextextended('organisation.slug', 0))")
    taken = set(
        await Organisation.select(Organisation.slug).where(Organisation.slug.like(f"{wanted}%")).output(as_list=True)
    )
    n = 2
    free = wanted
    while free in taken:
        free, n = f"{wanted}-{n}", n + 1
    return free
