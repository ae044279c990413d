"""Who is who, read: the platform, organisations, contacts, facilitators."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from training.directory.formats.facilitators_sheet import FacilitatorRow
from training.directory.formats.organisations_sheet import OrganisationRow
from training.directory.rules.billing_facts import BillingMoment, ChorusNeeds, Service, VatAbroad
from training.directory.rules.communes import department_of, plain_name, says_cedex
from training.directory.rules.organisations import KIND_NAMES, Buyer, OrganisationKind, OrganisationState, check_current
from training.directory.rules.team import TeamMember, people_of
from training.kernel import db
from training.kernel.countries import HOME
from training.kernel.i18n import _
from training.kernel.initials import initials, mark


@dataclass(frozen=True, slots=True)
class PlatformView:
    """The platform as pages, mails and paper show it."""

    name: str
    short_name: str
    legal_form: str
    address: str
    postcode: str
    city: str
    siret: str | None
    vat_number: str | None
    vat_regime: str
    activity_number: str | None
    email: str
    phone: str
    contact_name: str
    website: str | None
    iban: str | None
    bic: str | None
    accent: str
    logo: int | None
    payment_days: int
    late_terms_private: str
    late_terms_public: str
    issue_without_look: bool
    is_demo: bool
    vat_on_debits: bool = False
    training_region: str | None = None
    fiscal_year_end: int = 12
    issue_delay_minutes: int = 10
    trade: str = ""
    territory: str = ""
    headline: str = ""
    lead: str = ""
    hours: str = ""
    people: str = ""

    @property
    def initials(self) -> str:
        """What stands for it where there is no logo."""
        return initials(self.short_name)

    @property
    def mark(self) -> str:
        """Its icon, as an SVG."""
        return mark(self.initials, self.accent)

    @property
    def icon(self) -> str:
        """The address of its icon: another one when the icon is another, so that browsers may keep it for ever."""
        return f"/marque.svg?{hashlib.sha256(self.mark.encode()).hexdigest()[:16]}"

    @property
    def tagline(self) -> str:
        """What it does and where, as far as it says so: the line under its name. "" when it says neither."""
        return ", ".join(part for part in (self.trade, self.territory) if part)

    @property
    def home_title(self) -> str:
        """The home's title: its own, or one that is true of any platform."""
        return self.headline or _("Des ateliers et des formations pour vos groupes")

    @property
    def home_lead(self) -> str:
        """The sentence under it."""
        return self.lead or _("Choisissez une séance, dites combien vous serez : nous nous occupons du reste.")

    @property
    def team(self) -> tuple[TeamMember, ...]:
        """Who answers: those that it names, or else the one person to call."""
        named = people_of(self.people)
        return named or ((TeamMember(self.contact_name),) if self.contact_name else ())


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation."""

    id: int
    slug: str
    name: str
    kind: OrganisationKind
    buyer: Buyer
    state: OrganisationState
    siret: str | None
    vat_number: str | None
    address: str
    postcode: str
    city: str
    service_code: str | None
    chorus_needs: ChorusNeeds = ChorusNeeds.NONE
    contract_reference: str | None = None
    billing_moment: BillingMoment = BillingMoment.HELD
    early_billing_reason: str | None = None
    online_payment_reason: str | None = None
    payment_days: int | None = None
    client_account: str | None = None
    rna: str | None = None
    taxable: bool | None = None
    country: str = HOME
    billing_address: str = ""
    vat_abroad: VatAbroad | None = None
    phone: str | None = None
    website: str | None = None
    siret_asked: str | None = None
    see_name: str | None = None  # of the one that it is archived for
    see_slug: str | None = None

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(KIND_NAMES[self.kind])

    @property
    def approved(self) -> bool:
        """May book at once."""
        return self.state == OrganisationState.APPROVED

    def check_current(self) -> None:
        """OrganisationClosed when nothing new may be done with it."""
        check_current(self.state, self.name, self.see_name)


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact of an organisation."""

    id: int
    organisation: int
    name: str
    email: str | None  # None: who is called
    phone: str | None
    title: str | None
    for_booking: bool
    for_billing: bool
    locale: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class FacilitatorView:
    """A facilitator; `partner` is the partner's name, None for the platform's team."""

    id: int
    name: str
    email: str
    phone: str | None
    locale: str
    partner: str | None


_PLATFORM = ", ".join(PlatformView.__slots__)
_SEEN = {"see_name": "name", "see_slug": "slug"}
_ORGANISATION = ", ".join(
    f"(select {_SEEN[name]} from organisation where id = o.see) as {name}" if name in _SEEN else f"o.{name}"
    for name in OrganisationView.__slots__
)
# All that a search of organisations `g`, of contacts `c` looks through: as the indexes organisation_words and
# contact_words have them.
ORGANISATION_WORDS = "' ' || g.name || ' ' || g.city || ' ' || coalesce(g.siret, '')"
CONTACT_WORDS = "' ' || c.name"
_CONTACT = ", ".join(f"c.{name}" for name in ContactView.__slots__)


async def platform() -> PlatformView | None:
    """The platform, or None in a database where nobody has said who runs it."""
    return await db.row(PlatformView, f"select {_PLATFORM} from platform where id = 1")


async def the_platform() -> PlatformView:
    """The platform, which must be there: LookupError otherwise."""
    if found := await platform():
        return found
    raise LookupError("no platform yet: `training demo`, or `training user create`")


async def fiscal_year_end() -> int:
    """The month whose last day ends the year of the books; December while nobody has said who runs this."""
    found = await platform()
    return found.fiscal_year_end if found else 12


async def organisation(id: int) -> OrganisationView | None:  # noqa: A002
    """An organisation by id."""
    return await db.row(OrganisationView, f"select {_ORGANISATION} from organisation o where o.id = $1", id)


async def organisation_by_slug(slug: str) -> OrganisationView | None:
    """An organisation by what its addresses carry."""
    return await db.row(OrganisationView, f"select {_ORGANISATION} from organisation o where o.slug = $1", slug)


async def organisations(ids: list[int]) -> list[OrganisationView]:
    """Organisations by id, by name."""
    sql = f"select {_ORGANISATION} from organisation o where o.id = any($1) order by fold(o.name), o.name, o.id"
    return await db.rows(OrganisationView, sql, ids)


async def organisations_of_sirets(sirets: Sequence[str]) -> list[OrganisationView]:
    """Those whose SIRET is one of these."""
    sql = f"select {_ORGANISATION} from organisation o where o.siret = any($1) order by o.id"
    return await db.rows(OrganisationView, sql, list(sirets)) if sirets else []


async def reason_of_ending(organisation: int) -> str | None:
    """Why an organisation was refused, or archived; None where nobody said, or it was not."""
    sql = "select reason from organisation_ending where organisation = $1 and undone_at is null"
    found = await db.value(sql, organisation)
    return None if found is None else str(found)


async def contacts(organisation: int) -> list[ContactView]:
    """An organisation's people: booking contacts first, and last an address without a person's name."""
    sql = f"""
        select {_CONTACT} from contact c where c.organisation = $1 and c.active
        order by c.for_booking desc, c.name = (select name from organisation where id = $1), fold(c.name), c.id
    """
    return await db.rows(ContactView, sql, organisation)


async def contact(id: int) -> ContactView | None:  # noqa: A002
    """A contact by id."""
    return await db.row(ContactView, f"select {_CONTACT} from contact c where c.id = $1", id)


async def former_contacts(organisation: int) -> list[ContactView]:
    """An organisation's people who were put aside: nothing is sent to them."""
    sql = f"""
        select {_CONTACT} from contact c where c.organisation = $1 and not c.active
        order by fold(c.name), c.id
    """
    return await db.rows(ContactView, sql, organisation)


async def chorus_services(organisation: int) -> list[Service]:
    """The services of a public buyer that staff wrote down, by code."""
    sql = """
        select code, label, engagement_required, active from chorus_service where organisation = $1
        order by active desc, fold(code), code
    """
    return await db.rows(Service, sql, organisation)


async def reached(organisations: Sequence[int]) -> set[int]:
    """Those of some organisations where somebody receives the invoices."""
    sql = "select distinct organisation from contact where active and email is not null and organisation = any($1)"
    return {record["organisation"] for record in await db.connection().fetch(sql, list(organisations))}


async def chorus_services_of(organisations: Sequence[int]) -> dict[int, dict[str, Service]]:
    """The active services of some public buyers, by organisation then by code; one statement."""
    found: dict[int, dict[str, Service]] = {organisation: {} for organisation in organisations}
    sql = """
        select organisation, code, label, engagement_required, active from chorus_service
        where organisation = any($1) and active order by code
    """
    for of in await db.rows(_ServiceOf, sql, list(organisations)):
        found[of.organisation][of.service.code] = of.service
    return found


@dataclass(frozen=True, slots=True)
class _ServiceOf:
    organisation: int
    service: Service


async def billing_contact(organisation: int) -> ContactView | None:
    """Who receives the invoices: the billing contact, or failing one who books. Nobody without a mail does."""
    sql = f"""
        select {_CONTACT} from contact c where c.organisation = $1 and c.active and c.email is not null
        order by c.for_billing desc, c.for_booking desc, c.id limit 1
    """
    return await db.row(ContactView, sql, organisation)


async def facilitator(id: int) -> FacilitatorView | None:  # noqa: A002
    """A facilitator by id."""
    return await db.row(
        FacilitatorView,
        """
        select f.id, f.name, f.email, f.phone, f.locale, p.name as partner
        from facilitator f left join partner p on p.id = f.partner where f.id = $1
        """,
        id,
    )


async def organisation_by_slug_or_siret(text: str) -> OrganisationView | None:
    """An organisation as a host or a program names it."""
    sql = f"select {_ORGANISATION} from organisation o where o.slug = $1 or o.siret = replace($1, ' ', '')"
    return await db.row(OrganisationView, sql, text)


async def commune_typed(name: str, postcode: str) -> int | None:
    """The commune that a name and a postcode name, whatever the hyphens, accents and « St »; None when none does.

    Beside « cedex » the postcode is one for letters: then the only commune of that name in its département is meant.
    """
    plain = plain_name(name)
    found: int | None = await db.value(_COMMUNE_TYPED, plain, postcode)
    if found is None and says_cedex(name):
        rows = await db.connection().fetch(_COMMUNE_OF_LETTERS, plain, f"{department_of(postcode)}%")
        return rows[0]["id"] if len(rows) == 1 else None
    return found


# One of the country before one typed by hand, which may have come to stand for it.
_COMMUNE_TYPED = """
    select coalesce(c.same_as, c.id) from commune c
    where commune_key(c.name) = commune_key($1) and c.id in (select commune from commune_postcode where postcode = $2)
    order by c.insee nulls last limit 1
"""
_COMMUNE_OF_LETTERS = """
    select c.id from commune c
    where commune_key(c.name) = commune_key($1) and c.insee is not null
      and exists (select from commune_postcode where commune = c.id and postcode like $2)
    limit 2
"""


async def known_organisations(rows: Sequence[OrganisationRow]) -> list[int | None]:
    """Which organisation each line of a spreadsheet is, in one statement; None: nobody knows it.

    By its SIRET; without one, by its name in that place, unless the one there has another SIRET.
    """
    sql = """
        select coalesce(s.id, b.id) as id
        from unnest($1::text[], $2::text[], $3::text[]) with ordinality w(siret, name, postcode, n)
        left join organisation s on s.siret = w.siret
        left join lateral (
            select id from organisation o
            where fold(o.name) = fold(w.name) and o.postcode = w.postcode and (o.siret is null or w.siret is null)
            order by o.siret is null, id limit 1
        ) b on s.id is null
        order by w.n
    """
    columns = [[getattr(row, name) for row in rows] for name in ("siret", "name", "postcode")]
    return [record["id"] for record in await db.connection().fetch(sql, *columns)]


async def known_facilitators(rows: Sequence[FacilitatorRow]) -> list[int | None]:
    """Who each line of a spreadsheet is, by address, in one statement; None: nobody we know."""
    sql = """
        select (select min(id) from facilitator where lower(email) = lower(w.email)) as id
        from unnest($1::text[]) with ordinality w(email, n) order by w.n
    """
    return [record["id"] for record in await db.connection().fetch(sql, [row.email for row in rows])]


async def partners_named(names: Sequence[str]) -> dict[str, int]:
    """The partners that these names say, however they are written; a name that says none is not there."""
    sql = """
        select w.name, min(p.id) as id from unnest($1::text[]) w(name) join partner p on fold(p.name) = fold(w.name)
        where w.name <> '' group by w.name
    """
    return {record["name"]: record["id"] for record in await db.connection().fetch(sql, sorted(set(names)))}
