"""What the town is made of: frozen shapes and nothing else. The values are in the files beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

OrganisationKind = Literal[
    "commune", "intercommunality", "departement", "other_public", "insertion", "association", "company", "school"
]
Buyer = Literal["public", "company", "association", "person"]
OrganisationState = Literal["pending", "approved"]
MemberRole = Literal["manager", "member", "accountant", "referrer"]
StaffRole = Literal["administrator", "adviser", "bookkeeper"]
OfferKind = Literal["awareness", "workshop", "vocational"]
TariffMode = Literal["free", "flat", "per_seat"]
SessionKind = Literal["open", "private"]
SessionState = Literal["draft", "published", "confirmed", "held", "cancelled"]
AssignmentState = Literal["proposed", "accepted", "confirmed"]
BookingState = Literal["pending", "option", "confirmed", "cancelled", "declined", "expired", "waiting"]

OCCUPYING: frozenset[BookingState] = frozenset({"pending", "option", "confirmed"})  # DESIGN, law of the data 6


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, by its INSEE code, which is not the postcode. The population tells a village from a town, no more."""

    insee: str
    name: str
    postcode: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented, to whom one may write (at example.org) and telephone (numbers that ring nowhere)."""

    slug: str
    first_name: str
    last_name: str
    title: str
    email: str
    phone: str

    @property
    def name(self) -> str:
        """As one writes it on an envelope."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of the platform's own team, who signs in at /gestion."""

    person: Person
    role: StaffRole


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Who runs sessions: the platform's (`partner` is None) or a partner's. `offers`: slugs of what they can run."""

    person: Person
    partner: str | None
    offers: tuple[str, ...]
    about: str
    has_account: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an organisation who has an account in its space."""

    person: Person
    role: MemberRole


@dataclass(frozen=True, slots=True)
class Organisation:
    """A client. The booking contact signs in; the billing contact is written to, and may be the same person."""

    slug: str
    name: str
    kind: OrganisationKind
    buyer: Buyer
    siret: str
    address: str
    postcode: str
    city: str
    insee: str
    phone: str
    booking_contact: Member
    billing_contact: Member
    members: tuple[Member, ...] = ()
    state: OrganisationState = "approved"


@dataclass(frozen=True, slots=True)
class Partner:
    """Another body that delivers offers with the platform. `contact` signs in at /partenaire."""

    slug: str
    name: str
    siret: str
    address: str
    postcode: str
    city: str
    insee: str
    phone: str
    email: str
    contact: Person
    about: str


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform itself: what its staff would type on its settings page, then the texts of its public pages."""

    name: str
    short_name: str
    legal_form: str
    siret: str
    vat_regime: str
    activity_number: str  # numéro de déclaration d'activité (NDA), code du travail L6351-1
    address: str
    postcode: str
    city: str
    insee: str
    phone: str
    email: str
    contact_name: str
    website: str
    iban: str
    bic: str
    accent: str
    payment_days: int
    late_terms_private: str
    late_terms_public: str
    trade: str
    territory: str
    headline: str
    lead: str
    hours: str
    people: str
    about: str
    cancellation_terms: str
    payment_terms: str
    footer: str

    @property
    def siren(self) -> str:
        """The nine digits of the legal unit."""
        return self.siret[:9]


@dataclass(frozen=True, slots=True)
class Venue:
    """A room where sessions take place. `access`: how one gets there and in, step-free or not."""

    slug: str
    name: str
    insee: str
    address: str
    latitude: float
    longitude: float
    capacity: int
    access: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price for one kind of organisation, or for everyone else (None). Cents, net.

    `flat` is per booking, `per_seat` per seat; `reference_cents` is what a free session is worth to a funder.
    """

    organisation_kind: OrganisationKind | None
    mode: TariffMode
    amount_cents: int
    reference_cents: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the catalogue. `description` is Markdown; `partner` None means the platform's own team delivers."""

    slug: str
    title: str
    summary: str
    description: str
    objectives: tuple[str, ...]
    audience: str
    prerequisites: str
    duration_minutes: int
    group_min: int
    group_max: int
    kind: OfferKind
    theme: str
    partner: str | None
    tariffs: tuple[Tariff, ...]
    image: str | None = None
    motif: str | None = None  # None is its theme's


@dataclass(frozen=True, slots=True)
class PlannedAssignment:
    """A facilitator on a slot, and how far the conversation went (before the cancellation, if there was one)."""

    facilitator: str
    state: AssignmentState


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One stretch of time in one room. Instants are aware, in UTC."""

    starts_at: datetime
    ends_at: datetime
    venue: str
    assignments: tuple[PlannedAssignment, ...]


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session to seed. `organisation` is set for private ones; the instants tell when the clock must be frozen."""

    key: str
    offer: str
    kind: SessionKind
    organisation: str | None
    state: SessionState
    capacity: int
    slots: tuple[PlannedSlot, ...]
    created_at: datetime
    published_at: datetime | None = None
    held_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str = ""

    @property
    def starts_at(self) -> datetime:
        """Start of the first slot."""
        return self.slots[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """End of the last slot."""
        return self.slots[-1].ends_at


@dataclass(frozen=True, slots=True)
class PlannedBooking:
    """A booking to seed: made at `booked_at`, in its final state since `settled_at` (None: it never left the first).

    `expires_at` is the end of an option, running or gone by.
    """

    key: str
    session: str
    organisation: str
    seats: int
    state: BookingState
    booked_at: datetime
    settled_at: datetime | None = None
    expires_at: datetime | None = None
    purchase_order: str | None = None
    note: str = ""
    reason: str = ""
