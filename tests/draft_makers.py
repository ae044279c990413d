"""Towns with drafts, for tests of what is billed."""

from __future__ import annotations

from datetime import date, timedelta

import makers
from training.attendance.actions import hold_session
from training.billing.actions.edit_draft import (
    NewLine,
)
from training.billing.queries import invoices as queries
from training.billing.rules.states import InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.worker import drain


async def hold(session: int, present: dict[int, int] | None = None, *, on: object = None) -> None:
    with clock.frozen(on or await over(session)):
        await hold_session(SYSTEM, session, present)
        await drain()


async def over(session: int):
    """The day after its end."""
    return await db.value("select max(ends_at) from slot where session = $1", session) + timedelta(days=1)


async def drafts() -> list[queries.InvoiceView]:
    found = await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    return sorted(found, key=lambda d: d.id)


async def issued() -> list[queries.InvoiceView]:
    return await queries.invoices(SYSTEM.scope)


async def set_payer(**facts: object) -> None:
    for name, value in facts.items():
        await db.execute(f"update organisation set {name} = $1", value)


async def town_of(**facts: object) -> makers.Town:
    """A town where somebody looks before issuing."""
    town = await makers.make_town(issue_without_look=False)
    await set_payer(**facts)
    return town


async def one_draft(**facts: object) -> queries.InvoiceView:
    """The draft of a booking that was held."""
    town = await town_of(**facts)
    await makers.make_booking(town, 10)
    await hold(town.session)
    (draft,) = await drafts()
    return draft


async def total(draft: int) -> tuple[int, int, int]:
    view = await queries.invoice(SYSTEM.scope, draft)
    assert view is not None
    return view.net_cents, view.vat_cents, view.gross_cents


def extra(**changes: object) -> NewLine:
    return NewLine(**{"kind": LineKind.EXTRA, "description": "Salle", "unit_price_cents": 5_000, **changes})


async def monthly(**platform: object) -> tuple[makers.Town, list[int]]:
    """Two bookings of March 2027 and one of April, in sessions of their own, of a town that is billed by the month."""
    town = await makers.make_town(**{"issue_without_look": False, **platform})
    await set_payer(billing_moment="monthly")
    sessions = []
    for day in (date(2027, 3, 9), date(2027, 3, 30), date(2027, 4, 2)):
        start = clock.at(day, town.starts_at.time())
        session = await makers.make_session(town.offer, starts_at=start)
        await book(SYSTEM, NewBooking(session, town.organisation, 10, references=References(purchase_order="2027-1")))
        sessions.append(session)
    return town, sessions


async def asked() -> list[object]:
    return [m for m in await mails.mails() if m.occasion == "invoice_lacking"]


async def db_draft() -> int:
    async with db.atomic():
        draft = await one_draft()
    return draft.id
