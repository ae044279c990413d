"""Organisations come in, and are let in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from piccolo.columns import Column

from training.directory.actions.contacts import NewContact, _add_contact
from training.directory.rules import numbers, organisations, slugs
from training.directory.rules.organisations import Buyer, OrganisationKind, OrganisationState
from training.directory.tables import Organisation, OrganisationEnding
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

    Staff may leave the address and the town for later: no invoice leaves without them. Whoever registers one whose
    SIRET is known asks to be attached to it: the SIRET is noted as asked for.
    Invalid: a name, an address or a SIRET that cannot be. Conflict: staff give a SIRET that is known.
    """
    async with acting(actor, "organisation.register") as change:
        if approved:
            actor.must(Permission.INVOICES_PREPARE)
        else:
            actor.must(Permission.ORGANISATIONS_REGISTER, account=actor.id)
        made = await _insert(new, _checked(new, approved=approved), slug, approved=approved)
        organisation = int(made[0]["id"])
        change.about("organisation", organisation)
        for contact in contacts:
            await _add_contact(organisation, contact)
        if not approved:
            await outbox.put("organisation.registered", ("organisation", organisation))
    return organisation


async def _insert(new: NewOrganisation, siret: str | None, slug: str | None, *, approved: bool) -> list[dict[str, Any]]:
    free = await _free_slug(slugs.slug(slug or new.name))  # from here on registrations wait for each other
    known = not approved and siret is not None and await db.value(_KNOWN, siret)
    row = Organisation(
        **{
            **asdict(new),
            "siret": None if known else siret,
            "siret_asked": siret if known else None,
            "buyer": new.buyer or organisations.usual_buyer(new.kind, new.country),
            "slug": free,
            "state": OrganisationState.APPROVED if approved else OrganisationState.PENDING,
            "created_at": clock.now(),
        }
    )
    return await Organisation.insert(row).returning(Organisation.id)


_KNOWN = "select exists (select from organisation where siret = $1)"


async def add_payer(actor: Actor, new: NewOrganisation, contact: NewContact) -> int:
    """An organisation or a person that staff make in order to invoice it. Sent twice, it is made once."""
    async with acting(actor, "organisation.add-payer") as change:
        actor.must(Permission.INVOICES_PREPARE)
        await _hold_slugs()
        known = await db.value(
            """
            select o.id from organisation o join contact c on c.organisation = o.id
            where fold(o.name) = fold($1) and o.postcode = $2 and organisation_current(o.state)
              and (lower(c.email) = lower($3) or $3 = '' and c.email is null and fold(c.name) = fold($4)) limit 1
            """,
            new.name.strip(),
            new.postcode.strip(),
            (contact.email or "").strip(),
            contact.name.strip(),
        )
        organisation = known or await register(actor, new, (contact,), approved=True)
        change.about("organisation", organisation)
    return int(organisation)


async def approve(actor: Actor, organisation: int) -> None:
    """Somebody of the platform has looked, or has another mind now: it may book. Conflict: it may already."""
    async with acting(actor, "organisation.approve", ("organisation", organisation)) as change:
        actor.must(Permission.ORGANISATIONS_APPROVE)
        change.about("organisation", organisation, "state")
        row = await db.row(_Approved, _APPROVED, organisation)
        if row is None:
            raise NotFound(_("Cette structure n’existe pas."))
        organisations.check_approve(row.state)
        if row.other is not None:
            words = _("Son numéro SIRET est celui de « {name} » : rattachez cette demande à cette structure.")
            raise Conflict(words.format(name=row.other))
        values: dict[Column | str, str | None] = {"state": OrganisationState.APPROVED, "siret_asked": None}
        if row.siret_asked:
            values["siret"] = row.siret_asked
        await Organisation.update(values).where(Organisation.id == organisation)
        refused = (OrganisationEnding.organisation == organisation) & OrganisationEnding.undone_at.is_null()
        await OrganisationEnding.update({OrganisationEnding.undone_at: clock.now()}).where(refused)
        await outbox.put("organisation.approved", ("organisation", organisation))


@dataclass(frozen=True, slots=True)
class _Approved:
    state: OrganisationState
    siret_asked: str | None
    other: str | None  # whose that SIRET is


_APPROVED = """
    select o.state, o.siret_asked, (select name from organisation where siret = o.siret_asked) as other
    from organisation o where o.id = $1 for update of o
"""


def _checked(new: NewOrganisation, *, approved: bool) -> str | None:
    here = new.country == HOME  # not every country has postcodes
    needed = ["name"] if approved else ["name", "city", "address", *(["postcode"] if here else [])]
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


_PAGES = frozenset({"demandes", "doublons"})  # beside the organisations, in the office's addresses


async def _free_slug(wanted: str) -> str:
    await _hold_slugs()
    taken = set(
        await Organisation.select(Organisation.slug).where(Organisation.slug.like(f"{wanted}%")).output(as_list=True)
    )
    n = 2
    free = wanted
    while free in taken or free in _PAGES:
        free, n = f"{wanted}-{n}", n + 1
    return free
