"""Who funds what is offered: every funder as the team keeps it, and those of one offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.catalogue.queries import funding as supporting
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries.funding import FundingView, SupporterView
from training.catalogue.rules.offers import OfferState
from training.catalogue.rules.supporters import SupporterKind
from training.kernel import addresses, clock, db
from training.records import queries as records


@dataclass(frozen=True, slots=True)
class FunderListed:
    """A funder, and how many offers it pays for or stands behind."""

    by: SupporterView
    offers: int

    @property
    def state(self) -> str:
        """Where today is of its days: "archived", "over", "coming", "now"."""
        today = clock.today()
        if not self.by.active:
            return "archived"
        if self.by.valid_until is not None and self.by.valid_until < today:
            return "over"
        return "coming" if self.by.valid_from is not None and self.by.valid_from > today else "now"


@dataclass(frozen=True, slots=True)
class OfficeFunders:
    """Every funder, those that are archived last."""

    funders: list[FunderListed]


async def funders_page() -> OfficeFunders:
    """What the page of funders shows, in two statements."""
    sql = "select funding, count(*) as offers from offer_funding group by funding"
    used = {record["funding"]: record["offers"] for record in await db.connection().fetch(sql)}
    kept = await supporting.supporters_kept(SupporterKind.FUNDER)
    return OfficeFunders([FunderListed(by, used.get(by.id, 0)) for by in kept])


@dataclass(frozen=True, slots=True)
class OfferFunded:
    """The offer whose funders are shown."""

    id: int
    slug: str
    title: str
    state: OfferState

    @property
    def page(self) -> str:
        """Its own page."""
        return addresses.office_offer(self.slug)

    @property
    def path(self) -> str:
        """Where they are said."""
        return f"{self.page}/financement"


@dataclass(frozen=True, slots=True)
class OfferFunders:
    """What the page of an offer's funders shows. `choices`: who may fund it, those that do already too."""

    offer: OfferFunded
    fundings: tuple[FundingView, ...]
    choices: tuple[SupporterView, ...]
    today: date
    seen: int

    @property
    def total_bp(self) -> int:
        """What is funded today, of what it is worth."""
        shares = [f for f in self.fundings if f.share_bp and _stands(f.by, self.today)]
        return sum(f.share_bp or 0 for f in shares)


def _stands(by: SupporterView, day: date) -> bool:
    return (by.valid_from is None or by.valid_from <= day) and (by.last_day is None or day <= by.last_day)


async def offer_funders_page(slug: str) -> OfferFunders:
    """What the page of an offer's funders shows, in four statements; NotFound, OfferMoved."""
    offer = await db.row(OfferFunded, "select id, slug, title, state from offer where slug = $1", slug)
    if offer is None:
        raise await catalogue.no_offer(slug)
    today, seen = clock.today(), await records.last_change("offer", offer.id)
    kept = await supporting.supporters_kept(SupporterKind.FUNDER)
    fundings = (await supporting.fundings([offer.id]))[offer.id]
    choices = tuple(by for by in kept if by.active and (by.last_day is None or by.last_day >= today))
    return OfferFunders(offer, tuple(fundings), choices, today, seen)
