"""The audit trail of an invoice (piste d’audit fiable, CGI art. 289 VII 1°): who ordered, what was done, what was paid.

Every step comes with its day and with whoever did it, as the audit keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from training.billing.queries.invoices import InvoiceView, invoice_by_number
from training.billing.rules.payments import SettlementKind, Way
from training.billing.rules.transmission import STATUSES, Status
from training.dunning.rules.reminding import STEP_NAMES, ReminderStep
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.row_mapping import maker
from training.messages.rules import MailState
from training.papers.rules.references import References
from training.records import queries as records
from training.records.queries import Proof
from training.reporting.office.who import Who, names_of


@dataclass(frozen=True, slots=True)
class Ordered:
    """A booking that the invoice bills: who asked for it, its order, and the proof of service."""

    reference: str
    title: str
    organisation: str
    session: int
    starts_at: datetime
    seats: int
    made_at: datetime
    made_by: str
    references: References
    held_at: datetime | None
    held_by: str
    early_reason: str | None
    present: int | None
    counted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that left, or was written of its way: a step of a deposit, a reminder, a mail."""

    title: str
    at: datetime
    on: date
    note: str
    by: str

    @property
    def noted_later(self) -> bool:
        """Whether it was written on another day than it happened."""
        return clock.local(self.at).date() != self.on


@dataclass(frozen=True, slots=True)
class Money:
    """What settled something of it, or undid that. Cents, negative when it was undone."""

    kind: SettlementKind
    way: Way | None
    amount_cents: int
    on: date
    at: datetime
    reference: str
    reason: str
    receipt: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another document that this one refers to, or that refers to it."""

    relation: str  # corrects, replaces, corrected_by, replaced_by, same_booking
    number: str
    kind: str
    issued_on: date
    gross_cents: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Trail:
    """From the order to the money."""

    ordered: list[Ordered]
    by_hand: int  # lines that no booking is behind
    proof: Proof
    issued_by: str
    sent: list[Sent]
    money: list[Money]
    related: list[Related]


@dataclass(frozen=True, slots=True)
class OfficeTrail:
    """What the page of an audit trail shows."""

    invoice: InvoiceView
    trail: Trail


async def trail_page(scope: Scope, number: str) -> OfficeTrail:
    """The trail of an invoice or a credit note, in nine statements however long; NotFound when there is none."""
    view = await invoice_by_number(scope, number)
    found = None if view is None else await _trail(view)
    if view is None or found is None:
        raise NotFound(_("Cette facture n’existe pas."))
    return OfficeTrail(view, found)


async def _trail(invoice: InvoiceView) -> Trail | None:
    """None of a draft."""
    entry = await db.connection().fetchrow(_ENTRY, invoice.id)
    proof = await records.proof(entry["entry"]) if entry and entry["entry"] else None
    if entry is None or proof is None:
        return None
    ordered, sent, money, related = [
        await db.connection().fetch(sql, invoice.id) for sql in (_ORDERED, _SENT, _MONEY, _RELATED)
    ]
    names = await _names([entry, *ordered, *sent, *money])
    return Trail(
        ordered=[_ordered(row, names) for row in ordered],
        by_hand=entry["by_hand"],
        proof=proof,
        issued_by=_by(entry, names),
        sent=[
            Sent(_title(row["kind"], row["what"]), row["at"], row["on"], row["note"], _by(row, names)) for row in sent
        ],
        money=[Money(**_without_who(row), by=_by(row, names)) for row in money],
        related=[Related(**row) for row in related],
    )


async def fingerprint(invoice: InvoiceView) -> str | None:
    """The SHA-256 of its paper, as kept."""
    found = await db.value("select encode(sha256, 'hex') from file where id = $1", invoice.paper)
    return None if found is None else str(found)


def _ordered(row: asyncpg.Record, names: dict[Who, str]) -> Ordered:
    held_by = _by(row, names, "held_by_") if row["held_at"] else ""
    return maker(Ordered)({**_without_who(row), "made_by": _by(row, names) or row["contact"], "held_by": held_by})


def _title(kind: str, what: str) -> str:
    if kind == "reminder":
        return _(STEP_NAMES[ReminderStep(what)])
    if kind == "transmission":
        return _(STATUSES[Status(what)].name) if what in STATUSES else _("La dernière étape est annulée")
    words: dict[str, str] = {
        MailState.SENT: _("Courriel envoyé"),
        MailState.QUEUED: _("Courriel en attente"),
        MailState.HELD: _("Courriel retenu"),
        MailState.FAILED: _("Courriel non remis"),
    }
    return words[what]


def _without_who(row: asyncpg.Record) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith(("by_kind", "by_id")) and name != "contact"}


def _by(row: asyncpg.Record, names: dict[Who, str], prefix: str = "by_") -> str:
    return names.get((row[f"{prefix}kind"], row[f"{prefix}id"]), "")


async def _names(rows: Iterable[asyncpg.Record]) -> dict[Who, str]:
    """What everybody in these rows is called."""
    return await names_of(
        (row[f"{p}kind"], row[f"{p}id"]) for row in rows for p in ("by_", "held_by_") if row.get(f"{p}kind")
    )


def _audited(action: str, kind: str, subject: str, *, since: str = "") -> str:
    """Who did it: the first such row of the audit, not before `since` (written last of the same transaction)."""
    after = f"and at >= {since}" if since else ""
    return f"""
        left join lateral (
            select actor_kind as by_kind, actor_id as by_id from audit
            where subject_kind = '{kind}' and subject_id = {subject} and action in ({action}) {after}
            order by id limit 1
        )"""


_ENTRY = f"""
    select i.entry, a.by_kind, a.by_id,
           (select count(*) from invoice_line where invoice = i.id and booking is null) as by_hand
    from invoice i {_audited("'invoice.issue'", "invoice", "i.id")} a on true
    where i.id = $1
"""
_ORDERED = f"""
    select b.reference, o.title, g.name as organisation, b.session, s.starts_at, b.seats, b.created_at as made_at,
           c.name as contact, b.purchase_order, b.service_code, h.held_at, h.early_reason, n.present, n.counted_at,
           m.by_kind, m.by_id, d.by_kind as held_by_kind, d.by_id as held_by_id
    from (select booking, min(position) as place from invoice_line where invoice = $1 group by booking) l
    join booking b on b.id = l.booking
    join organisation g on g.id = b.organisation
    join contact c on c.id = b.contact
    join session s on s.id = b.session
    join offer o on o.id = s.offer
    left join holding h on h.session = s.id
    left join head_count n on n.booking = b.id
    {_audited("'booking.make', 'booking.wait'", "booking", "b.id")} m on true
    {_audited("'session.hold'", "session", "s.id", since="h.held_at")} d on true
    order by l.place
"""
_SENT = """
    select w.kind, w.id, w.what, w.at, w."on", w.note,
           case w.kind when 'mail' then 'system' else a.actor_kind end as by_kind, a.actor_id as by_id
    from (
        select 'transmission' as kind, id, status as what, created_at as at, happened_on as "on",
               concat_ws(' – ', nullif(reference, ''), nullif(note, '')) as note, 'invoice' as about, invoice as subject
        from transmission where invoice = $1
        union all
        select 'reminder', e.id, e.step, e.created_at, e.created_at::date, '', 'receivable', r.id
        from reminder e join receivable r on r.id = e.receivable where r.invoice = $1
        union all
        select 'mail', id, state, coalesce(sent_at, created_at), coalesce(sent_at, created_at)::date,
               subject || ' – ' || to_email, null, null
        from mail where subject_kind = 'invoice' and subject_id = $1
    ) w
    left join lateral (
        select actor_kind, actor_id from audit
        where subject_kind = w.about and subject_id = w.subject and at >= w.at
          and action in ('invoice.transmit', 'invoice.undo-transmission', 'reminder.take')
        order by id limit 1
    ) a on true
    order by w.at, w.id
"""
_MONEY = """
    select s.kind, p.way, s.amount_cents, coalesce(case when s.kind = 'payment' then p.received_on end, s.settled_on)
           as "on", s.created_at as at, coalesce(p.reference, '') as reference, s.reason, e.number as receipt,
           a.by_kind, a.by_id
    from (
        select * from settlement where receivable = (select id from receivable where invoice = $1)
        union
        select * from settlement
        where payment = (select id from payment where credit_note = $1) and receivable is not null
    ) s
    join receivable r on r.id = s.receivable
    left join payment p on p.id = s.payment
    left join receipt k on k.payment = p.id
    left join ledger_entry e on e.id = k.entry
    left join lateral (
        select actor_kind as by_kind, actor_id as by_id from audit
        where at >= s.created_at and (
            (subject_kind = 'payment' and subject_id = p.id and action like 'payment.%')
            or (subject_kind = 'receivable' and subject_id = r.id and action = 'receivable.write-off'))
        order by id limit 1
    ) a on true
    order by s.id
"""
_RELATED = """
    select case when i.id = me.corrects then 'corrects' when i.id = me.replaces then 'replaces'
                when i.corrects = me.id then 'corrected_by' when i.replaces = me.id then 'replaced_by'
                else 'same_booking' end as relation,
           i.number, i.kind, i.issued_on, i.gross_cents, i.reason
    from invoice me join invoice i on i.state = 'issued' and i.id <> me.id
    where me.id = $1 and (
        i.id in (me.corrects, me.replaces) or i.corrects = me.id or i.replaces = me.id
        or i.id in (select o.invoice from invoice_line l join invoice_line o on o.booking = l.booking
                    where l.invoice = me.id))
    order by i.entry
"""
