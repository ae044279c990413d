"""Organisations come in, and are let in."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from training.directory.actions.contacts import NewContact, _add_contact
from training.directory.rules import numbers, organisations, slugs
from training.directory.rules.organisations import Buyer, OrganisationKind, OrganisationState
from training.directory.tables import Organisation
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.countries import HOME
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

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
    rna: str | None = None
    taxable: bool | None = None
    country: str = HOME
    billing_address: str = ""


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
                    "buyer": new.buyer or organisations.usual_buyer(new.kind, new.country),
                    "slug": await _free_slug(slugs.slug(slug or new.name)),
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
            (contact.email or "").strip(),
        )
        organisation = known or await register(actor, new, (contact,), approved=True)
        change.about("organisation", organisation)
    return int(organisation)


async def approve(actor: Actor, organisation: int) -> None:
    """Somebody of the platform has looked: the organisation may book from now on. Conflict: it waits for nobody."""
    async with acting(actor, "organisation.approve", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", organisation, "state")
        state = await db.value("select state from organisation where id = $1 for update", organisation)
        if state is None:
            raise NotFound(_("Cette structure n’existe pas."))
        organisations.check_approve(OrganisationState(state))
        await Organisation.update({Organisation.state: OrganisationState.APPROVED}).where(
            Organisation.id == organisation
        )
        await outbox.put("organisation.approved", ("organisation", organisation))


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
    if here and new.postcode.strip() and not numbers.POSTCODE.fullmatch(new.postcode.strip()):
        errors["postcode"] = _("Un code postal a cinq chiffres.")
    siret = None
    try:
        siret = numbers.check_siret(new.siret) if new.siret else None
    except ValueError as error:
        errors["siret"] = str(error)
    if errors:
        raise Invalid(errors)
    return siret


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
