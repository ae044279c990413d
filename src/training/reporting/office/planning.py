"""What planning a session chooses from, and what stands in its way already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.scheduling import queries as scheduling
from training.scheduling.queries import VenueView


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """An offer that can be planned, with what it usually needs."""

    id: int
    slug: str
    title: str
    duration_minutes: int
    group_max: int


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody or a body, for a choice; `note` is a partner or a town."""

    id: int
    name: str
    note: str | None


@dataclass(frozen=True, slots=True)
class DelivererChoice:
    """Somebody who may be asked to facilitate; `skills`: the offers that they may deliver."""

    id: int
    name: str
    partner: str | None
    skills: frozenset[int]

    @property
    def words(self) -> str:
        """Their name, and for whom they work."""
        return f"{self.name} ({self.partner})" if self.partner else self.name


@dataclass(frozen=True, slots=True)
class PlanningChoices:
    """Everything that planning a session chooses from."""

    offers: list[OfferChoice]
    venues: list[VenueView]
    facilitators: list[DelivererChoice]
    organisations: list[PersonChoice]


async def choices() -> PlanningChoices:
    """Offers, venues, facilitators and approved organisations, in four statements."""
    return PlanningChoices(
        await db.rows(
            OfferChoice,
            """
            select id, slug, title, duration_minutes, group_max from offer
            where state = 'published' order by fold(title), title, id
            """,
        ),
        await scheduling.venues(),
        await db.rows(
            DelivererChoice,
            """
            select f.id, f.name, p.name as partner,
                   array(select offer from offer_facilitator where facilitator = f.id) as skills
            from facilitator f left join partner p on p.id = f.partner and p.active
            where f.active order by p.name is not null, fold(f.name), f.id
            """,
        ),
        await db.rows(
            PersonChoice,
            "select id, name, city as note from organisation where state = 'approved' order by fold(name), name, id",
        ),
    )


@dataclass(frozen=True, slots=True)
class OfficePlanning:
    """What planning a session needs. `proposed`: the offer that was asked for, when it can be planned."""

    choices: PlanningChoices
    proposed: OfferChoice | None


async def planning_page(offer: str) -> OfficePlanning:
    """What the page that plans a session shows, in four statements; `offer`: the slug of the one to begin with."""
    found = await choices()
    return OfficePlanning(found, next((o for o in found.offers if o.slug == offer), None))


@dataclass(frozen=True, slots=True)
class WantedDate:
    """A date somebody wants to plan: where, and who."""

    starts_at: datetime
    ends_at: datetime
    venue: int | None
    facilitator: int | None


@dataclass(frozen=True, slots=True)
class Clash:
    """What already stands in the way of a wanted date. `row` counts from 0; `what` is "venue" or "facilitator"."""

    row: int
    what: str
    session: int
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class _Use:
    what: str
    used: int
    session: int
    title: str
    starts_at: datetime
    ends_at: datetime


async def clashes(wanted: Sequence[WantedDate]) -> list[Clash]:
    """Which of the wanted dates meet a session that is planned already, in one statement.

    The constraint refuses all of them together; this says which, to the person who has to change one.
    """
    if not wanted:
        return []
    uses = await db.rows(
        _Use,
        """
        select 'venue' as what, u.venue as used, s.id as session, o.title, t.starts_at, t.ends_at
        from venue_use u join slot t on t.id = u.slot join session s on s.id = t.session join offer o on o.id = s.offer
        where u.holds and u.venue = any($1) and t.ends_at > $3 and t.starts_at < $4
        union all
        select 'facilitator', a.facilitator, s.id, o.title, t.starts_at, t.ends_at
        from assignment a join slot t on t.id = a.slot join session s on s.id = t.session join offer o on o.id = s.offer
        where assignment_holds(a.state) and a.facilitator = any($2)
          and t.ends_at > $3 and t.starts_at < $4
        """,
        [w.venue for w in wanted if w.venue],
        [w.facilitator for w in wanted if w.facilitator],
        min(w.starts_at for w in wanted),
        max(w.ends_at for w in wanted),
    )
    return [
        Clash(row, use.what, use.session, use.title, use.starts_at, use.ends_at)
        for row, date in enumerate(wanted)
        for use in uses
        if use.used == (date.venue if use.what == "venue" else date.facilitator)
        and use.starts_at < date.ends_at
        and date.starts_at < use.ends_at
    ]
