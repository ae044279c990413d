"""The accountant's register: every issued invoice and credit note, and what another ledger left to be paid."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.billing.queries.invoices import INVOICE_WORDS
from training.billing.rules.states import DocumentKind
from training.directory.queries import ORGANISATION_WORDS
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db
from training.kernel.i18n import N_
from training.kernel.searching import SearchPlace, words_found
from training.papers.rules.vat import VatRegime
from training.payments.queries.receivables import RECEIVABLE_WORDS

OPENING = "opening"  # the kind of a line that comes from another ledger


class DocumentStanding(StrEnum):
    """How a line stands. A credit note is nothing of these."""

    DUE = "due"  # something is to be paid, and its day is not over
    LATE = "late"
    PAID = "paid"
    CREDITED = "credited"  # settled, by credit notes at least in part


STANDING_NAMES: dict[DocumentStanding, str] = {
    DocumentStanding.DUE: N_("À payer"),
    DocumentStanding.LATE: N_("En retard"),
    DocumentStanding.PAID: N_("Payée"),
    DocumentStanding.CREDITED: N_("Annulée ou réduite par un avoir"),
}
KIND_NAMES: dict[str, str] = {
    DocumentKind.INVOICE: N_("Facture"),
    DocumentKind.DEPOSIT: N_("Acompte"),
    DocumentKind.CREDIT_NOTE: N_("Avoir"),
    OPENING: N_("Ancien logiciel"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list; an empty field asks for nothing. `payer` and `number` are looked for inside.

    `payers`: the ids of those that may be seen; None: all.
    """

    first: date | None = None
    last: date | None = None
    payer: str = ""
    number: str = ""
    kind: str = ""
    state: str = ""
    regime: str = ""
    analytic: str = ""
    least_cents: int | None = None
    most_cents: int | None = None
    payers: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A line of the register. Cents; a credit note's are negative. Of another ledger only the gross is known."""

    place: int  # as the numbers go; of another ledger: the receivable, below zero
    kind: str  # a document’s, or OPENING
    number: str
    issued_on: date
    due_on: date | None
    payer_name: str
    payer_slug: str
    buyer: Buyer
    regime: VatRegime | None
    net_cents: int | None
    vat_cents: int | None
    gross_cents: int
    due_cents: int
    credited: bool
    analytic: str
    paper: int | None

    @property
    def state(self) -> DocumentStanding | None:
        """How it stands today."""
        if self.kind == DocumentKind.CREDIT_NOTE:
            return None
        if self.due_cents == 0:
            return DocumentStanding.CREDITED if self.credited else DocumentStanding.PAID
        return (
            DocumentStanding.LATE if self.due_on is not None and self.due_on < clock.today() else DocumentStanding.DUE
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """Totals over a filter. Cents; net and VAT are those of our own invoices and credit notes."""

    documents: int
    net_cents: int
    vat_cents: int
    gross_cents: int
    openings: int
    opening_cents: int
    due_cents: int


Key = tuple[date, int]

_SIGN = "(case when i.kind = 'credit_note' then -1 else 1 end)"


# with a limit, the database looks it up invoice by invoice; an `exists` it reads the whole table for
_CREDITED = """
    coalesce((select true from invoice c where c.corrects = i.id and c.state = 'issued' limit 1), false)
"""


class _Asked:
    """A filter as SQL: only what is asked is in the text, so that the database sees which index serves it."""

    def __init__(self, asked: Filter) -> None:
        self.parameters: list[object] = []
        self.issued: list[str] = ["i.state = 'issued'"]
        self.opening: list[str] = ["r.invoice is null"]
        self._both("issued_on >= {}", asked.first)
        self._both("issued_on <= {}", asked.last)
        self._both("payer = any({})", asked.payers)
        if asked.payer:
            named = words_found(self.add, asked.payer, SearchPlace(ORGANISATION_WORDS, briefly="g.name"))
            payers = f"payer = any(array(select g.id from organisation g where {named}))"
            self.issued.append(f"i.{payers}")
            self.opening.append(f"r.{payers}")
        self._both("gross_cents >= {}", asked.least_cents)
        self._both("gross_cents <= {}", asked.most_cents)
        if asked.number:
            self.issued.append(words_found(self.add, asked.number, SearchPlace(INVOICE_WORDS)))
            self.opening.append(words_found(self.add, asked.number, SearchPlace(RECEIVABLE_WORDS)))
        if asked.regime:
            self._ours(f"i.vat_regime = {self.add(asked.regime)}")
        if asked.analytic:
            code = self.add(asked.analytic)
            self._ours(f"i.id in (select l.invoice from invoice_line l where l.analytic_code = {code})")
        if asked.kind == OPENING:
            self.issued.append("false")
        elif asked.kind:
            self._ours(f"i.kind = {self.add(asked.kind)}")
        self._state(asked.state)

    def add(self, parameter: object) -> str:
        """The placeholder of one more parameter."""
        self.parameters.append(parameter)
        return f"${len(self.parameters)}"

    def _both(self, condition: str, parameter: object | None) -> None:
        if parameter is not None:
            place = self.add(parameter)
            self.issued.append("i." + condition.format(place))
            self.opening.append("r." + condition.format(place))

    def _ours(self, condition: str) -> None:
        """Another ledger's lines have no such thing."""
        self.issued.append(condition)
        self.opening.append("false")

    def _state(self, state: str) -> None:
        if not state:
            return
        if state in (DocumentStanding.DUE, DocumentStanding.LATE):
            today = self.add(clock.today())
            when = (
                f"r.due_on < {today}"
                if state == DocumentStanding.LATE
                else f"(r.due_on is null or r.due_on >= {today})"
            )
            said = f"r.settled_cents < r.gross_cents and {when}"
            # what is open is little: it is looked up by its ids, where a join would read every invoice
            self.issued.append(f"i.id = any(array(select r.invoice from receivable r where {said}))")
            self.opening.append(said)
            return
        whole = "r.settled_cents = r.gross_cents"
        self.issued.append(
            f"{whole} and {_CREDITED}" if state == DocumentStanding.CREDITED else f"{whole} and not {_CREDITED}"
        )
        self.opening.append("false" if state == DocumentStanding.CREDITED else whole)


def _and(conditions: list[str]) -> str:
    return " and ".join(conditions)


async def register(asked: Filter, after: Key | None = None, limit: int = 50) -> list[Registered]:
    """Lines, the newest first. `after`: the last key (day, place) of the page before.

    Two arms that end each by itself: a page costs the same whatever is behind it.
    """
    where = _Asked(asked)
    if after is not None:
        day, place = where.add(after[0]), where.add(after[1])
        where.issued.append(f"(i.issued_on, i.entry) < ({day}, {place})")
        where.opening.append(f"(r.issued_on < {day} or (r.issued_on = {day} and -r.id < {place}))")
    sql = f"""
        (
            select i.entry as place, i.kind, i.number, i.issued_on, r.due_on, o.name as payer_name,
                   o.slug as payer_slug, o.buyer, i.vat_regime as regime,
                   {_SIGN} * i.net_cents as net_cents, {_SIGN} * i.vat_cents as vat_cents,
                   {_SIGN} * i.gross_cents as gross_cents, coalesce(r.gross_cents - r.settled_cents, 0) as due_cents,
                   {_CREDITED} as credited,
                   coalesce((select string_agg(distinct l.analytic_code, ', ') from invoice_line l
                             where l.invoice = i.id), '') as analytic,
                   (select paper from ledger_entry e where e.id = i.entry) as paper
            from invoice i join organisation o on o.id = i.payer left join receivable r on r.invoice = i.id
            where {_and(where.issued)} order by i.issued_on desc, i.entry desc limit {limit:d}
        ) union all (
            select -r.id as place, 'opening' as kind, r.number, r.issued_on, r.due_on, o.name as payer_name,
                   o.slug as payer_slug, o.buyer, null as regime, null as net_cents, null as vat_cents, r.gross_cents,
                   r.gross_cents - r.settled_cents as due_cents, false as credited, '' as analytic, null as paper
            from receivable r join organisation o on o.id = r.payer
            where {_and(where.opening)} order by r.issued_on desc, r.id limit {limit:d}
        )
        order by issued_on desc, place desc limit {limit:d}
    """
    return await db.rows(Registered, sql, *where.parameters)


async def sums(asked: Filter) -> Sums:
    """Totals over the whole filter. What is due is summed over what is open alone: the paid ones are many."""
    where = _Asked(asked)
    joined = "left join receivable r on r.invoice = i.id" if asked.state else ""
    sql = f"""
        with ours as (
            select count(*) as documents, sum({_SIGN} * i.net_cents)::bigint as net,
                   sum({_SIGN} * i.vat_cents)::bigint as vat, sum({_SIGN} * i.gross_cents)::bigint as gross
            from invoice i {joined} where {_and(where.issued)}
        ), open as (
            select sum(r.gross_cents - r.settled_cents)::bigint as due
            from receivable r join invoice i on i.id = r.invoice
            where r.settled_cents < r.gross_cents and {_and(where.issued)}
        ), theirs as (
            select count(*) as openings, sum(r.gross_cents)::bigint as gross,
                   sum(r.gross_cents - r.settled_cents)::bigint as due
            from receivable r where {_and(where.opening)}
        )
        select documents, coalesce(net, 0) as net_cents, coalesce(vat, 0) as vat_cents,
               coalesce(ours.gross, 0) as gross_cents, openings, coalesce(theirs.gross, 0) as opening_cents,
               coalesce(open.due, 0) + coalesce(theirs.due, 0) as due_cents
        from ours, open, theirs
    """
    found = await db.row(Sums, sql, *where.parameters)
    assert found is not None  # noqa: S101 - aggregates always give a row
    return found


async def every(asked: Filter, batch: int = 1_000) -> AsyncIterator[list[Registered]]:
    """The whole register of a filter, in pieces, the newest first."""
    after: Key | None = None
    while found := await register(asked, after, batch):
        yield found
        after = (found[-1].issued_on, found[-1].place)
        if len(found) < batch:
            return
