"""Plain makers of what tests need, through the real actions. Nothing random: what a test reads, it can name."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.locking import Booked
from training.catalogue.actions.offers import NewOffer, add_offer, edit_offer
from training.catalogue.queries import offers as catalogue
from training.catalogue.rules.offers import OfferKind, OfferState
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.directory.actions import facilitators, organisations, platform
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.formats.communes import CommuneSaid
from training.directory.rules.organisations import OrganisationKind
from training.identity.actions import roles, signin
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.papers.rules.references import References
from training.scheduling import queries
from training.scheduling.actions import planning as scheduling
from training.scheduling.actions.communes import import_communes
from training.scheduling.actions.planning import NewSession, NewSlot

NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)  # a Monday; the usual present of tests that freeze the clock
SIRET = "00009999400014"  # a test number that Luhn accepts
PLATFORM = {
    "name": "Plateforme d’essai",
    "short_name": "Essai",
    "legal_form": "Association loi 1901",
    "address": "1 rue de l’Essai",
    "postcode": "61000",
    "city": "Alençon",
    "siret": "00008888000018",
    "vat_number": None,
    "vat_regime": "out_of_scope",
    "activity_number": None,
    "email": "contact@essai.example.org",
    "phone": "02 61 91 00 00",
    "contact_name": "Camille Essai",
    "website": None,
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
    "accent": "#0f5c4c",
    "logo": None,
    "payment_days": 30,
    "late_terms_private": "",
    "late_terms_public": "",
    "issue_without_look": True,
    "issue_delay_minutes": 0,
    "is_demo": False,
}


@dataclass(frozen=True, slots=True)
class Town:
    """A platform, a town hall with its contacts, an offer at 350 € flat, and a coming session of 60 seats."""

    organisation: int
    slug: str
    offer: int
    offer_slug: str
    session: int
    slot: int
    facilitator: int
    venue: int
    starts_at: datetime
    ends_at: datetime


async def make_platform(**changes: object) -> None:
    await platform.set_platform(SYSTEM, {**PLATFORM, **changes})


async def make_organisation(
    name: str = "Commune d’Essai",
    *,
    siret: str | None = SIRET,
    kind: OrganisationKind = OrganisationKind.COMMUNE,
    approved: bool = True,
    domain: str = "mairie.example.org",
) -> int:
    return await organisations.register(
        SYSTEM,
        NewOrganisation(name, kind, siret, "Place de la Mairie", "61000", "Alençon"),
        (
            NewContact("Rachel Ressources", f"rh@{domain}", "02 61 91 00 01", "DRH", for_booking=True),
            NewContact("Félix Finances", f"compta@{domain}", for_billing=True),
        ),
        approved=approved,
    )


async def make_offer(
    slug: str = "velo",
    *,
    title: str = "Sensibilisation au vélo électrique",
    mode: TariffMode = TariffMode.FLAT,
    cents: int = 35_000,
    reference_cents: int | None = None,
    state: OfferState = OfferState.PUBLISHED,
) -> int:
    tariff = TariffRow(None, mode, cents, reference_cents, clock.today() - timedelta(days=800), None)
    return await add_offer(
        SYSTEM,
        NewOffer(
            slug=slug,
            title=title,
            summary="Essayer le vélo à assistance électrique sans risque.",
            description="Une **demi-journée** pour essayer.",
            objectives="Régler son vélo\nRouler en ville",
            audience="Agents des collectivités",
            prerequisites="Savoir faire du vélo",
            theme="Vélo",
            kind=OfferKind.AWARENESS,
            duration_minutes=180,
            group_min=6,
            group_max=60,
            partner=None,
            tariffs=(tariff,),
            state=state,
        ),
    )


async def make_commune(insee: str, name: str, postcode: str, at: tuple[float, float], population: int) -> int:
    await import_communes(SYSTEM, [CommuneSaid(insee, name, (postcode,), at, population)])
    return int(await db.value("select id from commune where insee = $1", insee))


async def rewrite(offer: int, actor: Actor = SYSTEM, **changes: Any) -> None:
    """Write over some of what an offer says."""
    await edit_offer(actor, offer, replace(await catalogue.offer_fields(offer), **changes))


async def make_venue(name: str = "Salle des fêtes") -> int:
    commune = await make_commune("61001", "Alençon", "61000", (48.43, 0.09), 25_000)
    return await scheduling.add_venue(
        SYSTEM, name=name, address="2 place du Marché", commune=commune, capacity=80, access="Parking derrière.",
        latitude=48.43, longitude=0.09,
    )  # fmt: skip


async def move_overseas(venue: int, zone: str = "Indian/Reunion") -> None:
    """A venue from before those overseas were refused: its calendars go on."""
    async with db.atomic():
        await db.execute("update venue set zone = $2 where id = $1", venue, zone)


async def make_facilitator(email: str = "anime@example.org", name: str = "Aline Anime") -> int:
    return await facilitators.add_facilitator(SYSTEM, name=name, email=email, phone="06 39 98 00 01", locale="fr")


async def make_session(
    offer: int, *, starts_at: datetime | None = None, capacity: int = 60, slots: int = 1, **more: object
) -> int:
    """A published session in nine days from now (or `starts_at`), three hours a slot, a slot a day."""
    start = starts_at or clock.at(clock.today() + timedelta(days=9), datetime.min.time().replace(hour=9))
    facilitators = more.pop("facilitators", ())
    venue = more.pop("venue", None)
    dates = tuple(
        NewSlot(start + timedelta(days=n), start + timedelta(days=n, hours=3), venue, facilitators)
        for n in range(slots)
    )
    return await scheduling.plan_session(SYSTEM, NewSession(offer, capacity, dates, **more))


async def make_town(**platform: object) -> Town:
    await make_platform(**platform)
    organisation, offer = await make_organisation(), await make_offer()
    venue, facilitator = await make_venue(), await make_facilitator()
    session = await make_session(offer, venue=venue, facilitators=(facilitator,))
    slot = (await queries.slots([session]))[session][0]
    return Town(
        organisation, "commune-d-essai", offer, "velo", session, slot.id, facilitator, venue,
        slot.starts_at, slot.ends_at,
    )  # fmt: skip


async def make_booking(town: Town, seats: int = 40, **more: object) -> Booked:
    """`purchase_order` and `service_code` by their own names."""
    said = References(**{name: more.pop(name, None) for name in ("purchase_order", "service_code")})
    return await bookings.book(SYSTEM, NewBooking(town.session, town.organisation, seats, references=said, **more))


async def book_beside(town: Town, seats: int = 40, **more: object) -> Booked:
    """As `make_booking`, by another organisation each time: one has one booking in a session."""
    n = next(_neighbours)
    other = await make_organisation(f"Voisine {n}", siret=None, domain=f"voisine-{n}.example.org")
    return await make_booking(replace(town, organisation=other), seats, **more)


async def book_apart(town: Town, seats: int = 40, **more: object) -> Booked:
    """A second booking of the same organisation in the same session, as they were made before that was one booking."""
    made = await book_beside(town, seats, **more)
    sql = """
        update booking set doubled = true, organisation = $2,
               contact = (select id from contact where organisation = $2 order by for_booking desc, id limit 1)
        where id = $1
    """
    async with db.atomic():
        await db.execute(sql, made.id, town.organisation)
    return made


_neighbours = itertools.count(1)


async def make_staff(email: str = "equipe@example.org", role: Role = Role.ADMINISTRATOR) -> int:
    account = await roles.add_user(SYSTEM, email, "Ève Équipe")
    await roles.grant(SYSTEM, account, role)
    return account


async def sign_in(client: httpx.AsyncClient, email: str) -> None:
    """Put a fresh session's cookie on the client, without the mail."""
    token = await signin.open_door(SYSTEM, email)
    entered = await signin.by_link(token, program="test")
    client.cookies.set("signin", entered.token)


async def post(client: httpx.AsyncClient, path: str, data: dict[str, object] | None = None, **more: object):
    """POST a form as a page of ours would: with the CSRF token that a GET gave."""
    if "csrf" not in client.cookies:
        await client.get("/catalogue")
    return await client.post(path, data={**(data or {}), "_csrf_token": client.cookies["csrf"]}, **more)


def text_of(html: str) -> str:
    """A page's words, spaces and typographic spaces folded."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return re.sub(r"[\s\u00a0\u202f]+", " ", bare).strip()
