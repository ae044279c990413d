"""Who pays a booking, and a deposit on it, as the office shows them; who can be asked to pay, by name or SIRET."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.billing.queries import deposits, drafts
from training.billing.queries.invoices import InvoiceView, invoices_of
from training.billing.rules.deposits import check_deposit
from training.billing.rules.sharing import fits
from training.billing.rules.states import DocumentKind, InvoiceState
from training.bookings.queries import BookingView
from training.directory import queries as directory
from training.directory.queries import ORGANISATION_WORDS
from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.errors import Conflict
from training.kernel.searching import SearchPlace, words_found
from training.papers.rules.references import References
from training.reporting.office.booking import booking, last_edit

OFFERED = 500  # in the list that a field offers: beyond, one types more of the name


@dataclass(frozen=True, slots=True)
class PayerChoice:
    """An organisation or a person; `label` is what a list offers and a field takes back."""

    id: int
    slug: str
    label: str


_LABEL = "g.name || coalesce(' – ' || coalesce(g.siret, nullif(g.city, '')), '')"
_COLUMNS = f"g.id, g.slug, {_LABEL} as label"
_BY_NAME = "order by fold(g.name), g.name, g.id"


async def matching(text: str, limit: int = 6) -> list[PayerChoice]:
    """Those that a text means: one, when it is a SIRET, a whole name, or what a list offered; else all that have it."""
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    words = digits if digits.isdigit() else text
    where = Clauses()
    where.add("(g.siret = {} or g.slug = {})", digits, text.strip())
    whole = _having(words)
    typed = whole.value(text.strip())
    whole.add(f"(fold({_LABEL}) = fold({typed}) or fold(g.name) = fold({typed}))")
    return await _some(where, limit) or await _some(whole, limit) or await _some(_having(words), limit)


def _having(words: str) -> Clauses:
    where = Clauses()
    where.add(words_found(where.value, words, SearchPlace(ORGANISATION_WORDS)))
    return where


async def _some(where: Clauses, limit: int) -> list[PayerChoice]:
    """By name, of those that can be asked to pay."""
    where.add("g.state in ('pending', 'approved')")
    sql = f"select {_COLUMNS} from organisation g where {where} {_BY_NAME} limit {limit:d}"
    return await db.rows(PayerChoice, sql, *where.values)


@dataclass(frozen=True, slots=True)
class PayerNow:
    """Who pays a booking now: for so many seats, or for an amount without VAT."""

    label: str
    seats: int | None
    amount_cents: int | None
    references: References


@dataclass(frozen=True, slots=True)
class OfficePayers:
    """What the page of a booking's payers shows. `issued`: the invoice after which they do not change any more.

    `newcomer`: somebody to be added; `offered`: the first of all who could be; `shared`: not the organisation alone;
    `awaited`: seats changed, and the parts make the whole no more.
    """

    booking: BookingView
    payers: list[PayerNow]
    newcomer: PayerChoice | None
    offered: list[PayerChoice]
    shared: bool
    awaited: bool
    issued: InvoiceView | None
    seen: int


async def payers_page(scope: Scope, reference: str, newcomer: str = "") -> OfficePayers:
    """Who pays a booking, in nine statements at most; NotFound when there is no such booking."""
    seen = await last_edit(reference)
    view = await booking(scope, reference)
    shares = await drafts.shares(view.id)
    known = await _by_ids([share.payer for share in shares] or [view.organisation])
    payers = [PayerNow(known[s.payer].label, s.seats, s.amount_cents, s.references) for s in shares]
    found = await matching(newcomer, limit=1) if newcomer else []
    invoices = (await invoices_of(scope, [view.id]))[view.id]
    return OfficePayers(
        booking=view,
        payers=payers or [PayerNow(known[view.organisation].label, view.seats, None, view.references)],
        newcomer=found[0] if found else None,
        offered=await _offered(),
        shared=bool(shares),
        awaited=not fits([share.part for share in shares], view.seats, view.price_cents),
        issued=next((i for i in invoices if i.number and i.kind != DocumentKind.CREDIT_NOTE), None),
        seen=seen,
    )


async def _offered() -> list[PayerChoice]:
    """The first of all, by name."""
    return await _some(Clauses(), OFFERED)


async def _by_ids(ids: list[int]) -> dict[int, PayerChoice]:
    """Some of them, by id, whatever their state."""
    sql = f"select {_COLUMNS} from organisation g where g.id = any($1)"
    return {payer.id: payer for payer in await db.rows(PayerChoice, sql, ids)}


@dataclass(frozen=True, slots=True)
class OfficeDeposit:
    """What the page of a deposit shows: the draft that waits, or else, in words, why none may be asked.

    `leaves_after`: in how many minutes one that is asked now is issued by itself; None where somebody looks first.
    """

    booking: BookingView
    waiting_for: InvoiceView | None
    why_not: str | None
    leaves_after: int | None


async def deposit_page(scope: Scope, reference: str) -> OfficeDeposit:
    """What may be asked before the session, in five statements; NotFound when there is no such booking."""
    view = await booking(scope, reference)
    invoices = (await invoices_of(scope, [view.id]))[view.id]
    drafted = (i for i in invoices if i.kind == DocumentKind.DEPOSIT and i.state == InvoiceState.DRAFT)
    platform = await directory.the_platform()
    after = platform.issue_delay_minutes if platform.issue_without_look else None
    return OfficeDeposit(view, next(drafted, None), await _why_no_deposit(view.id), after)


async def _why_no_deposit(booking: int) -> str | None:
    early = await deposits.early(booking)
    assert early is not None  # noqa: S101 - its booking was there a moment ago
    try:
        check_deposit(early)
    except Conflict as refusal:
        return refusal.detail
    return None
