"""Who supports the house and who funds which offers, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.catalogue.rules.funding import FundedShare
from training.catalogue.rules.supporters import SUPPORTER_KIND_NAMES, SupporterKind
from training.kernel import clock, db
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class SupporterView:
    """A partner or a funder; `address` is that of its logo, "" when it has none. A funder's days: None is for ever."""

    id: int
    kind: SupporterKind
    name: str
    link: str | None
    sentence: str
    position: int
    address: str
    alt: str
    valid_from: date | None
    valid_until: date | None
    archived_on: date | None
    active: bool

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(SUPPORTER_KIND_NAMES[self.kind])

    @property
    def last_day(self) -> date | None:
        """The last day that it counts, whichever ends it."""
        return min(filter(None, (self.valid_until, self.archived_on)), default=None)


_NAMED = """
    s.id, s.kind, s.name, s.link, s.sentence, s.position, coalesce(s.address, '') as address,
    coalesce(s.alt, '') as alt, s.valid_from, s.valid_until, s.archived_on, s.active
"""

_STANDS = """
    (s.archived_on is null or s.archived_on >= {day}) and (s.valid_from is null or s.valid_from <= {day})
    and (s.valid_until is null or s.valid_until >= {day})
"""


async def supporters() -> list[SupporterView]:
    """Who stands behind the platform today: partners, then funders, each in the order that staff gave them."""
    sql = f"""
        select {_NAMED} from supporter s where s.active and {_STANDS.format(day="$1")}
        order by s.kind desc, s.position, s.id
    """
    return await db.rows(SupporterView, sql, clock.today())


async def supporters_kept(kind: SupporterKind) -> list[SupporterView]:
    """Those of a kind, whenever they stood; who is archived comes last."""
    order = "not s.active, s.position, fold(s.name), s.id"
    return await db.rows(SupporterView, f"select {_NAMED} from supporter s where s.kind = $1 order by {order}", kind)


async def supporter(id: int) -> SupporterView | None:  # noqa: A002
    """One of them."""
    return await db.row(SupporterView, f"select {_NAMED} from supporter s where s.id = $1", id)


@dataclass(frozen=True, slots=True)
class FundingView:
    """Who funds an offer, and how much of what it is worth; None: it stands behind it."""

    offer: int
    share_bp: int | None
    by: SupporterView


_FUNDING = f"""
    select f.offer, f.share_bp, {_NAMED} from offer_funding f join supporter s on s.id = f.funding
    where f.offer = any($1)
"""

_LARGEST = "order by f.offer, f.share_bp desc nulls last, s.position, s.id"


async def funded_on(offers: Sequence[int], day: date) -> dict[int, list[FundingView]]:
    """Who funds some offers on a day, by offer, the largest share first, in one statement."""
    return _by_offer(
        offers, await db.rows(FundingView, f"{_FUNDING} and {_STANDS.format(day='$2')} {_LARGEST}", list(offers), day)
    )


async def fundings(offers: Sequence[int]) -> dict[int, list[FundingView]]:
    """The same, whenever it is."""
    return _by_offer(offers, await db.rows(FundingView, f"{_FUNDING} {_LARGEST}", list(offers)))


def _by_offer(offers: Sequence[int], found: list[FundingView]) -> dict[int, list[FundingView]]:
    return {offer: [funding for funding in found if funding.offer == offer] for offer in offers}


async def shares(offers: Sequence[int]) -> dict[int, list[FundedShare]]:
    """The shares of some offers that are numbers, each over its days, in one statement."""
    return {
        offer: [FundedShare(f.share_bp, f.by.valid_from, f.by.last_day) for f in each if f.share_bp is not None]
        for offer, each in (await fundings(offers)).items()
    }


async def funded_by(funding: int) -> dict[int, str]:
    """The offers that a funder pays for, with their titles."""
    sql = "select o.id, o.title from offer_funding f join offer o on o.id = f.offer where f.funding = $1 order by o.id"
    return {record["id"]: record["title"] for record in await db.connection().fetch(sql, funding)}
