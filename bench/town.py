"""What the bench measures on: invented people and dates, made through the real actions, sized for its questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from stdnum import luhn

from training.attendance.actions import hold_session
from training.billing.actions.make_billable import make_billable
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.calendar.actions.feeds import open_feed
from training.catalogue.actions.offers import NewOffer, add_offer
from training.catalogue.rules.offers import OfferKind, OfferState
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.directory.actions import communes, facilitators, organisations, platform
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.organisations import OrganisationKind
from training.identity.actions import keys
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import References
from training.records.actions.acting import acting
from training.scheduling.actions import planning as scheduling
from training.scheduling.actions.planning import NewSession, NewSlot

SESSIONS = 50  # on the catalogue page
OFFERS = 10
CLIENTS = 8  # organisations that book at the same time, each with its key
SEATS = 20_000  # of each session: the bench must not fill them
SERIES, DATES = 50, 20  # the thousand events of a feed
DRAFTS = 60  # invoices to issue

PLATFORM: dict[str, object] = {
    "name": "Plateforme du banc d’essai",
    "short_name": "Banc d’essai",
    "legal_form": "Association loi 1901",
    "address": "1 rue de l’Essai",
    "postcode": "61000",
    "city": "Alençon",
    "siret": "00008888000018",
    "vat_number": None,
    "vat_regime": "out_of_scope",
    "activity_number": None,
    "email": "contact@banc.example.org",
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
    "issue_without_look": False,  # drafts wait: issuing is what we measure
    "is_demo": False,
}


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation that books through the API."""

    organisation: int
    key: str


@dataclass(frozen=True, slots=True)
class Town:
    """What the measures need to know."""

    customers: tuple[Customer, ...]
    sessions: tuple[int, ...]
    facilitator: int
    feed: str  # the token of the facilitator's feed
    drafts: tuple[int, ...]


async def build() -> Town:
    """Fill an empty, migrated database. The queue is left empty: no mail of ours is part of a measure."""
    await platform.set_platform(SYSTEM, PLATFORM)
    customers = await _customers()
    commune = await communes.commune_named(SYSTEM, "Alençon", "61000")
    venues = [await _venue(n, commune) for n in range(SESSIONS)]
    offers = [await _offer(n) for n in range(OFFERS)]
    sessions = await _coming_sessions(offers, venues)
    facilitator = await facilitators.add_facilitator(
        SYSTEM, name="Aline Anime", email="anime@example.org", phone="06 39 98 00 01", locale="fr"
    )
    await _series(offers[0], venues[0], facilitator, customers[0].organisation)
    drafts = await _drafts(offers[1], venues[1], customers)
    token = await open_feed(SYSTEM, "Banc d’essai", facilitator=facilitator)
    await forget_jobs()
    await _settle()
    return Town(customers, sessions, facilitator, token, drafts)


async def forget_jobs() -> None:
    """What the queue holds is nobody's mail."""
    async with db.atomic():
        await db.execute("delete from pgqueuer")


async def _settle() -> None:
    """Statistics as autovacuum would have made them by tomorrow."""
    await db.connection().execute("vacuum analyze")


async def _customers() -> tuple[Customer, ...]:
    """The last has the first key: none has the id of its own key, or a replay might mistake one for the other."""
    organisations = [await _organisation(n) for n in range(CLIENTS)]
    made = {n: await keys.create(SYSTEM, "Banc d’essai", organisation=n) for n in reversed(organisations)}
    return tuple(Customer(organisation, made[organisation]) for organisation in organisations)


async def _organisation(number: int) -> int:
    siren = f"0000777{number}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return await organisations.register(
        SYSTEM,
        NewOrganisation(
            f"Commune d’Essai-sur-Sarthe n° {number + 1}", OrganisationKind.COMMUNE, nic + luhn.calc_check_digit(nic),
            "Place de la Mairie", "61000", "Alençon",
        ),
        (
            NewContact("Rachel Ressources", f"rh{number}@mairie.example.org", "02 61 91 00 01", for_booking=True),
            NewContact("Félix Finances", f"compta{number}@mairie.example.org", for_billing=True),
        ),
        approved=True,
    )  # fmt: skip


async def _venue(number: int, commune: int) -> int:
    return await scheduling.add_venue(
        SYSTEM, name=f"Salle des fêtes n° {number + 1}", address="2 place du Marché", commune=commune, capacity=80,
        access="Parking derrière la salle.", latitude=48.43, longitude=0.09,
    )  # fmt: skip


async def _offer(number: int) -> int:
    since = clock.today() - timedelta(days=800)
    return await add_offer(
        SYSTEM,
        NewOffer(
            slug=f"velo-{number + 1}",
            title=f"Sensibilisation au vélo électrique, niveau {number + 1}",
            summary="Essayer le vélo à assistance électrique sans risque, sur un parcours fermé puis en ville.",
            description="Une **demi-journée** pour essayer, puis rouler.\n\n- Régler son vélo\n- Freiner\n- Se placer",
            objectives="Régler son vélo\nRouler en ville\nAnticiper",
            audience="Agents des collectivités",
            prerequisites="Savoir faire du vélo",
            theme="Vélo",
            kind=OfferKind.AWARENESS,
            duration_minutes=180,
            group_min=6,
            group_max=60,
            partner=None,
            tariffs=(TariffRow(None, TariffMode.FLAT, 35_000, None, since, None),),
            state=OfferState.PUBLISHED,
        ),
    )


async def _coming_sessions(offers: list[int], venues: list[int]) -> tuple[int, ...]:
    sessions = []
    for number in range(SESSIONS):
        start = _morning(10 + number)
        slot = NewSlot(start, start + timedelta(hours=3), venues[number])
        new = NewSession(offers[number % OFFERS], SEATS, (slot,))
        sessions.append(await scheduling.plan_session(SYSTEM, new))
    return tuple(sessions)


async def _series(offer: int, venue: int, facilitator: int, organisation: int) -> None:
    """A thousand dates of one facilitator, in sessions private to one organisation: the public pages show none."""
    for number in range(SERIES):
        first = 80 + number * DATES // 4
        dates = tuple(
            NewSlot(start, start + timedelta(hours=2), venue, (facilitator,))
            for day in range(first, first + DATES // 4)
            for start in (_morning(day) + timedelta(hours=3 * nth) for nth in range(4))
        )
        session = await scheduling.plan_session(SYSTEM, NewSession(offer, SEATS, dates, organisation))
        await bookings.book(SYSTEM, NewBooking(session, organisation, 12))


async def _drafts(offer: int, venue: int, customers: tuple[Customer, ...]) -> tuple[int, ...]:
    """Sessions of last month, held, whose bookings wait to be invoiced: each customer has one in each."""
    sessions = []
    for first in range(0, DRAFTS, CLIENTS):
        start = _morning(-30) + timedelta(hours=first)
        with clock.frozen(start - timedelta(days=9)):
            slot = NewSlot(start, start + timedelta(hours=3), venue)
            sessions.append(await scheduling.plan_session(SYSTEM, NewSession(offer, SEATS, (slot,))))
            for number in range(first, min(first + CLIENTS, DRAFTS)):
                organisation = customers[number % CLIENTS].organisation
                order = References(purchase_order=f"EJ-{number}")
                await bookings.book(SYSTEM, NewBooking(sessions[-1], organisation, 12, references=order))
    for session in sessions:
        await hold_session(SYSTEM, session)
        async with acting(SYSTEM, "bench.drafts"):
            await make_billable(SYSTEM, session)
    rows = await db.connection().fetch("select id from invoice where state = 'draft' order by id")
    return tuple(row["id"] for row in rows)


def _morning(days: int) -> datetime:
    return clock.at(clock.today() + timedelta(days=days), time(8))
