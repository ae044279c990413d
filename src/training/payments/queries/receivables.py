"""What is owed and what came in, read for staff: open receivables, payments and what they settled, unused money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from training.billing.rules.payments import SettlementKind, Way
from training.directory.queries import ORGANISATION_WORDS
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.searching import SearchedList, SearchPlace, words_in, words_of
from training.payments.rules.checkout import TO_LOOK_AT


@dataclass(frozen=True, slots=True)
class ReceivableView:
    """What a payer owes. `invoice` None: of the ledger that was there before ours."""

    id: int
    number: str
    invoice: int | None
    payer: int
    payer_name: str
    payer_slug: str
    payer_buyer: Buyer
    issued_on: date
    due_on: date | None
    gross_cents: int
    settled_cents: int

    @property
    def due_cents(self) -> int:
        """What is still to be paid."""
        return self.gross_cents - self.settled_cents

    @property
    def late(self) -> bool:
        """Something is due, and its day is over."""
        return self.due_cents > 0 and self.due_on is not None and self.due_on < clock.today()


RECEIVABLE_WORDS = "' ' || r.number"  # as the index receivable_words has them
_OWED = """
    r.id, r.number, r.invoice, r.payer, g.name as payer_name, g.slug as payer_slug, g.buyer as payer_buyer,
    r.issued_on, r.due_on, r.gross_cents, r.settled_cents
"""
_RECEIVABLE = f"select {_OWED} from receivable r join organisation g on g.id = r.payer"


async def receivable(id: int) -> ReceivableView | None:  # noqa: A002
    """One by its id."""
    return await db.row(ReceivableView, _RECEIVABLE + " where r.id = $1", id)


async def receivables(ids: Sequence[int]) -> dict[int, ReceivableView]:
    """Some, by id."""
    found = await db.rows(ReceivableView, _RECEIVABLE + " where r.id = any($1)", list(ids))
    return {row.id: row for row in found}


async def open_receivables(search: str = "", *, limit: int = 30) -> list[ReceivableView]:
    """Those with something due, the oldest first. `search`: a piece of the number or of the payer's name, or euros."""
    where = Clauses("r.settled_cents < r.gross_cents")
    if search.strip():
        said = words_in(where.value, search, SearchPlace(RECEIVABLE_WORDS), _PAYER_WORDS)
        due = "to_char((r.gross_cents - r.settled_cents) / 100.0, 'FM999999990.00')"
        where.add(f"({said} or {due} = {{}})", _as_euros(search))
    oldest = "order by r.issued_on, r.id"
    shown = f"(select * from receivable r where {where} {oldest} limit {limit:d}) r"
    sql = f"select {_OWED} from {shown} join organisation g on g.id = r.payer {oldest}"
    return await db.rows(ReceivableView, sql, *where.values)


_PAYER_WORDS = words_of(ORGANISATION_WORDS, "organisation g", "receivable r", "payer", briefly="g.name")


def _as_euros(search: str) -> str:
    units, _comma, cents = (
        search.replace(" ", "").replace("\u202f", "").replace("\u00a0", "").rstrip("€").partition(",")
    )
    return f"{units}.{(cents or '00').ljust(2, '0')}" if units.isdigit() else search.strip()


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Money that came in. `numbers`: what it settles now; `receipt`: the number and the file of its receipt."""

    id: int
    way: Way
    payer: int | None
    payer_name: str
    payer_slug: str | None
    received_on: date
    amount_cents: int
    used_cents: int
    reference: str
    note: str
    numbers: tuple[str, ...]
    receipt: str | None
    receipt_paper: int | None
    bank_line: int | None

    @property
    def left_cents(self) -> int:
        """What settles nothing yet: the payer's credit."""
        return self.amount_cents - self.used_cents


_COLUMNS = """
    p.id, p.way, p.payer, coalesce(g.name, nullif(p.payer_name, ''), '') as payer_name, g.slug as payer_slug,
    p.received_on, p.amount_cents, p.used_cents, p.reference, p.note,
    array(
        select r.number from settlement s join receivable r on r.id = s.receivable
        where s.payment = p.id group by r.id having sum(s.amount_cents) > 0 order by r.id
    ) as numbers,
    e.number as receipt, e.paper as receipt_paper, (select id from bank_line where payment = p.id) as bank_line
"""
_JOINED = """
    left join organisation g on g.id = p.payer
    left join receipt t on t.payment = p.id
    left join ledger_entry e on e.id = t.entry
"""
_PAYMENT = f"select {_COLUMNS} from payment p {_JOINED}"
_SETTLED = "receivable r join settlement s on s.receivable = r.id"
# One by one by their index, of however many numbers PostgreSQL thinks that they have a word.
_SETTLING = "receivable r, lateral (select payment from settlement where receivable = r.id offset 0) s"
_PAYMENTS = SearchedList(
    "payment p",
    _JOINED,
    "p.received_on desc, p.id desc",
    (
        SearchPlace("' ' || p.payer_name || ' ' || p.reference"),  # as the index payment_words has them
        words_of(ORGANISATION_WORDS, "organisation g", "payment p", "payer", briefly="g.name"),
        SearchPlace(
            RECEIVABLE_WORDS,
            f"(select true from {_SETTLED} where s.payment = p.id and {{}} limit 1)",
            f"p.id = any(array(select s.payment from {_SETTLING} where {{}}))",
        ),
    ),
)


async def payment(id: int) -> PaymentView | None:  # noqa: A002
    """One by its id."""
    return await db.row(PaymentView, _PAYMENT + " where p.id = $1", id)


async def payments(
    *,
    search: str = "",
    unused: bool = False,
    payers: Sequence[int] | None = None,
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[PaymentView]:
    """Payments, the newest first; of some payers or of everybody. A credit note is no money: it is not here.

    `unused`: those with something left.
    """
    where = Clauses("p.way <> 'credit_note'")
    if payers is not None:
        where.add("p.payer = any({})", list(payers))
    if unused:
        where.add("p.used_cents < p.amount_cents")
    if after:
        where.add("(p.received_on, p.id) < ({}, {})", *after)
    return await _PAYMENTS.page(PaymentView, _COLUMNS, where, search, limit)


async def unused(payer: int) -> list[PaymentView]:
    """What a payer paid that settles nothing yet, the oldest first."""
    sql = _PAYMENT + " where p.payer = $1 and p.used_cents < p.amount_cents order by p.received_on, p.id"
    return await db.rows(PaymentView, sql, payer)


@dataclass(frozen=True, slots=True)
class SettlementView:
    """One movement between a payment and a receivable; a refund has no receivable, a write-off no payment."""

    id: int
    kind: SettlementKind
    payment: int | None
    way: Way | None
    reference: str
    received_on: date | None
    receivable: int | None
    number: str | None
    invoice: int | None
    amount_cents: int
    settled_on: date
    reason: str
    created_at: datetime


_SETTLEMENT = """
    select s.id, s.kind, s.payment, p.way, coalesce(p.reference, '') as reference, p.received_on, s.receivable,
           r.number, r.invoice, s.amount_cents, s.settled_on, s.reason, s.created_at
    from settlement s
    left join payment p on p.id = s.payment
    left join receivable r on r.id = s.receivable
"""


async def settlements_of(receivable: int) -> list[SettlementView]:
    """What settled a receivable, and what was taken back, oldest first."""
    return await db.rows(SettlementView, _SETTLEMENT + " where s.receivable = $1 order by s.id", receivable)


async def settlements_by(payment: int) -> list[SettlementView]:
    """What a payment settled, what was taken back of it, what was refunded, oldest first."""
    return await db.rows(SettlementView, _SETTLEMENT + " where s.payment = $1 order by s.id", payment)


@dataclass(frozen=True, slots=True)
class NoticeToLookAt:
    """What the online payment service told and a person must look at, in words."""

    received_at: datetime
    type: str
    words: str


async def to_look_at() -> list[NoticeToLookAt]:
    """What came of the last month's events that nothing here could settle by itself, latest first."""
    return await db.rows(
        NoticeToLookAt,
        f"""
        select received_at, type, substr(outcome, {len(TO_LOOK_AT) + 1}) as words from stripe_event
        where starts_with(outcome, '{TO_LOOK_AT}') and received_at > $1::timestamptz - interval '30 days'
        order by id desc limit 20
        """,  # as the index stripe_event_to_look_at has them
        clock.now(),
    )
