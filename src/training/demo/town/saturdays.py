"""Saturday sessions, apart from the plan of working days: the bookings whose money and mails the office follows.

The plan never uses a Saturday, so that people and rooms are free then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from training.demo.town.shapes import PlannedAssignment, PlannedBooking, PlannedSession, PlannedSlot
from training.kernel.clock import at

PERSON = "yvonne-chaumiere"  # an individual who pays for herself; made by the office, not by a registration
_HOLIDAYS = frozenset({(5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11)})  # L3133-1, but for the quiet days


@dataclass(frozen=True, slots=True)
class SaturdayGroup:
    """Who came, or comes: an organisation's slug, its seats, what it gave for the invoice."""

    key: str
    organisation: str
    seats: int
    purchase_order: str | None = None


@dataclass(frozen=True, slots=True)
class Saturday:
    """A session `ago` days ago or a little before; less than zero: in so many days or a little later."""

    key: str
    ago: int
    offer: str
    venue: str
    facilitators: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    capacity: int
    groups: tuple[SaturdayGroup, ...]


_MORNING = (("09:00", "12:00"),)
_DAY = (("09:00", "12:30"), ("13:30", "17:00"))

PAST: tuple[Saturday, ...] = (
    Saturday(
        "sat-velo",
        64,
        "sensibilisation-velo-electrique",
        "salle-fetes-ecouves",
        ("solene-verger", "yann-pedalier"),
        _MORNING,
        50,
        (
            SaturdayGroup("late", "imprimerie-du-haras", 14),
            SaturdayGroup("promise", "aines-du-mele", 9),
            SaturdayGroup("rejected", "commune-sainte-scolasse", 8, "BC-4410"),
            SaturdayGroup("paid", "ccas-argentan", 7, "ENG-20441"),
            SaturdayGroup("mandated", "college-deux-vallees", 10, "BC-4415"),
        ),
    ),
    Saturday(
        "sat-risque",
        64,
        "risque-routier-professionnel",
        "maison-associations-alencon",
        ("henri-lanterne",),
        _DAY,
        12,
        (SaturdayGroup("dispute", "jardins-du-sarthon", 8),),
    ),
    Saturday(
        "sat-sobriete",
        29,
        "sobriete-au-volant",
        "salle-polyvalente-le-mele",
        ("ines-clairiere",),
        (("10:00", "12:00"),),
        40,
        (
            SaturdayGroup("suspended", "commune-alencon", 6, "EJ-2203"),
            SaturdayGroup("to-recycle", "commune-ecouves", 5, "BC-0078"),
            SaturdayGroup("available-1", "syndicat-mobilites-rurales", 5, "BC-1502"),
            SaturdayGroup("deposited", "ccas-argentan", 4, "ENG-20517"),
            SaturdayGroup("available-2", "departement-orne", 4, "EJ-88310"),
            SaturdayGroup("available-3", "college-deux-vallees", 5, "BC-4431"),
            SaturdayGroup("available-4", "communaute-urbaine-alencon", 4, "EJ-61017"),
        ),
    ),
    Saturday(
        "sat-seniors",
        29,
        "seniors-au-volant",
        "foyer-heloup",
        ("andre-colombage",),
        _MORNING,
        20,
        (
            SaturdayGroup("available-5", "departement-orne", 6, "EJ-88311"),
            SaturdayGroup("available-6", "commune-sainte-scolasse", 7, "BC-4422"),
        ),
    ),
    Saturday(
        "sat-eco",
        29,
        "eco-conduite",
        "mediatheque-alencon",
        ("bruno-fourche",),
        _DAY,
        8,
        (
            SaturdayGroup("instalment", PERSON, 1),
            SaturdayGroup("cheque", "imprimerie-du-haras", 2),
            SaturdayGroup("cash", "aines-du-mele", 1),
        ),
    ),
    Saturday(
        "sat-pietons",
        26,
        "pietons-chemin-ecole",
        "salle-fetes-essay",
        ("solene-verger",),
        (("10:00", "11:30"),),
        30,
        (
            SaturdayGroup("available-7", "commune-alencon", 9, "EJ-2219"),
            SaturdayGroup("available-8", "commune-sainte-scolasse", 8, "BC-4428"),
            SaturdayGroup("available-9", "departement-orne", 6, "EJ-88342"),
        ),
    ),
)

# The last two, in one month: what is still « À facturer ».
TO_BILL: tuple[Saturday, ...] = (
    Saturday(
        "sat-voiture",
        2,
        "bien-acheter-voiture-occasion",
        "mairie-courtomer",
        ("claire-boussole",),
        _MORNING,
        12,
        (
            SaturdayGroup("monthly-1", "syndicat-mobilites-rurales", 4, "BC-1519"),
            SaturdayGroup("green", "commune-ecouves", 4, "BC-0083"),
            SaturdayGroup("lacking", "communaute-urbaine-alencon", 4),
        ),
    ),
    Saturday(
        "sat-carrouges",
        2,
        "sensibilisation-velo-electrique",
        "salle-fetes-carrouges",
        ("henri-lanterne", "maud-rayon"),
        _MORNING,
        50,
        (
            SaturdayGroup("monthly-2", "syndicat-mobilites-rurales", 10, "BC-1519"),
            SaturdayGroup("shared", "commune-alencon", 12, "EJ-2240"),
            SaturdayGroup("discounted", "aines-du-mele", 9),
        ),
    ),
)

COMING: tuple[Saturday, ...] = (
    Saturday(
        "sat-moved",
        -12,
        "reparer-son-velo",
        "salle-fetes-saint-denis",
        ("yann-pedalier",),
        (("09:30", "12:00"),),
        10,
        (SaturdayGroup("named", "mission-locale-alencon", 5),),
    ),
    Saturday(
        "sat-reinstated",
        -33,
        "risque-routier-professionnel",
        "maison-associations-alencon",
        ("henri-lanterne", "solene-verger"),
        _DAY,
        12,
        (
            SaturdayGroup("deposit", "mission-locale-alencon", 4),
            SaturdayGroup("to-credit", "imprimerie-du-haras", 5),
        ),
    ),
)

SHARED_WITH = "communaute-urbaine-alencon"
HOSTS = {  # who opens the door, and is invited with those who come
    "salle-fetes-saint-denis": ("Odile Trousseau", "odile.trousseau@example.org"),
    "foyer-heloup": ("Gérard Portillon", "gerard.portillon@example.org"),
}
PARTICIPANTS = (
    ("Ayoub Guidon", "ayoub.guidon@example.org"),
    ("Coralie Sonnette", "coralie.sonnette@example.org"),
    ("Mélanie Rustine", "melanie.rustine@example.org"),
    ("Théo Dérailleur", None),
)


def saturday(near: date, step: int) -> date:
    """That day, or the next one before (`step` -1) or after (1): a Saturday, no holiday, not around Christmas."""
    day = near
    while day.weekday() != 5 or (day.month, day.day) in _HOLIDAYS or _quiet(day):
        day += timedelta(days=step)
    return day


def _quiet(day: date) -> bool:
    return not (1, 2) < (day.month, day.day) < (12, 22)


def last_two(today: date) -> tuple[date, date]:
    """The last two past Saturdays of one and the same month, the later one first."""
    later = saturday(today - timedelta(days=2), -1)
    earlier = saturday(later - timedelta(days=1), -1)
    while later.month != earlier.month:
        later, earlier = earlier, saturday(earlier - timedelta(days=1), -1)
    return later, earlier


def plan(today: date) -> list[tuple[PlannedSession, tuple[PlannedBooking, ...]]]:
    """Those sessions with their bookings: the same for the same day."""
    later, earlier = last_two(today)
    before = earlier - timedelta(days=7)  # what was held until then is issued
    dated = [(one, saturday(min(today - timedelta(days=one.ago), before), -1)) for one in PAST]
    dated += list(zip(TO_BILL, (earlier, later), strict=True))
    dated += [(one, saturday(today - timedelta(days=one.ago), 1)) for one in COMING]
    return [_session(one, day, today) for one, day in dated]


def _session(one: Saturday, day: date, today: date) -> tuple[PlannedSession, tuple[PlannedBooking, ...]]:
    crew = tuple(PlannedAssignment(name, "confirmed") for name in one.facilitators)
    slots = tuple(
        PlannedSlot(at(day, time.fromisoformat(start)), at(day, time.fromisoformat(end)), one.venue, crew)
        for start, end in one.hours
    )
    published = at(min(day, today) - timedelta(days=34), time(11, 20))
    session = PlannedSession(
        one.key,
        one.offer,
        "open",
        None,
        "held" if day < today else "published",
        one.capacity,
        slots,
        published,
        published,
        held_at=at(day, time(17, 30)) if day < today else None,
    )
    return session, tuple(
        PlannedBooking(
            group.key,
            one.key,
            group.organisation,
            group.seats,
            "confirmed",
            published + timedelta(days=2 + nth, hours=nth),
            purchase_order=group.purchase_order,
        )
        for nth, group in enumerate(one.groups)
    )
