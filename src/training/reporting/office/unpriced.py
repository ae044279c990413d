"""Sessions on whose day somebody who may book them has no price."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.changing import kinds_said
from training.catalogue.rules.grid import unpriced
from training.directory.rules.organisations import OrganisationKind
from training.kernel import addresses, clock, db
from training.scheduling.queries import SessionView
from training.scheduling.rules import SessionState


@dataclass(frozen=True, slots=True)
class UnpricedSession:
    """Who has no price on its day; `nobody`: none of those who may book it has one."""

    who: str
    nobody: bool
    path: str  # where its offer's tariffs are


async def session_unpriced(session: SessionView) -> UnpricedSession | None:
    """Of a session to come, in one statement, two when it is private; None: everybody has a price, or it is over."""
    ended = session.state in (SessionState.HELD, SessionState.CANCELLED)
    if ended or session.starts_at is None or session.starts_at <= clock.now():
        return None
    rows = (await pricing.tariffs([session.offer]))[session.offer]
    lacking = unpriced(rows, clock.local(session.starts_at).date())
    if lacking and session.organisation is not None:
        whose = await db.value("select kind from organisation where id = $1", session.organisation)
        lacking = tuple(kind for kind in lacking if kind == whose)
    if not lacking:
        return None
    nobody = session.organisation is not None or len(lacking) == len(OrganisationKind)
    return UnpricedSession(kinds_said(lacking), nobody, addresses.office_offer_tariffs(session.offer_slug))
