"""« Aujourd’hui »: what needs a person now. The lists behind the numbers are other files', and so is the week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from training.billing.queries import refitting, transmissions
from training.billing.queries.checking import UNSPLIT
from training.billing.queries.drafts import ALL, TO_TAKE_BACK
from training.billing.queries.transmissions import DepositWaiting as Deposits
from training.kernel import addresses, clock, db, queue
from training.kernel.actor import Actor, Scope
from training.kernel.i18n import ngettext
from training.kernel.permissions import Permission
from training.kernel.render import moment
from training.reporting.office.bookings import DOUBLED_GROUPS, UNDECIDED_ONES
from training.reporting.office.week import Day, week

P = Permission
EARLIEST, LATEST = 8, 19  # the hours a week is drawn with when nothing stands outside them


@dataclass(frozen=True, slots=True)
class _Counts:
    """What one statement counts."""

    organisations: int
    bookings: int
    first_term: datetime | None  # when the first of them expires
    undecided: int  # bookings that nobody had confirmed when their session was held: did they come?
    doubled: int  # organisations with two bookings in one session
    sessions: int  # over, and not said to have taken place
    drafts: int
    splits: int  # bookings whose payers make the whole no more
    to_credit: int  # invoices of more than their bookings owe
    mails_failed: int
    mails_held: int
    mails_put_off: int  # tried, and not taken yet
    late: int  # receivables, of every kind of payer
    reminders: int  # tasks: somebody calls, nothing is sent
    bank_lines: int
    unused: int  # payments of which something settles nothing yet
    unmatched: int  # roles of before origins were known


@dataclass(frozen=True, slots=True)
class Waiting(_Counts):
    """How many of each thing wait for somebody of the team."""

    jobs: int
    to_deposit: int
    quiet_deposits: int
    stuck_deposits: int


async def waiting(scope: Scope) -> Waiting:
    """Everything that waits, in four statements, and more where seats were given back of what is invoiced."""
    counts = await db.row(
        _Counts,
        f"""
        select (select count(*) from organisation where state = 'pending') as organisations,
               (select count(*) from booking b where b.state = 'pending' and not ({UNDECIDED_ONES})) as bookings,
               (select count(*) from booking b where {UNDECIDED_ONES}) as undecided,
               ({DOUBLED_GROUPS}) as doubled,
               (select min(b.expires_at) from booking b
                where b.state = 'pending' and b.expires_at > $1 and not ({UNDECIDED_ONES})) as first_term,
               (select count(*) from session s where session_bookable(s.state)
                  and s.starts_at < $1 and s.ends_at <= $1) as sessions,
               (select count(*) from invoice where state = 'draft') as drafts,
               (select count(*) from billable k join booking b on b.id = k.booking
                where k.invoice_line is null and k.part = 'look' and b.state = 'confirmed' and {UNSPLIT}) as splits,
               (select count(*) from booking b {TO_TAKE_BACK} where b.state = 'cancelled') as to_credit,
               (select count(*) from mail where state = 'failed' and secret is null) as mails_failed,
               (select count(*) from mail where state = 'held') as mails_held,
               (select count(*) from mail where state = 'queued' and attempts > 0) as mails_put_off,
               (select count(*) from receivable where settled_cents < gross_cents and due_on < $2) as late,
               (select count(*) from reminder r join receivable w on w.id = r.receivable
                where r.is_task and r.done_at is null and w.settled_cents < w.gross_cents) as reminders,
               (select count(*) from bank_line where state = 'new') as bank_lines,
               (select count(*) from payment where used_cents < amount_cents) as unused,
               (select count(*) from membership where origin = 'unmatched') as unmatched
        """,
        clock.now(),
        clock.today(),
    )
    assert counts is not None  # noqa: S101 - a select without from has a row
    deposits = Counter(deposit.waiting for deposit in await transmissions.open_deposits(scope, limit=10_000))
    given_back = len(await refitting.too_much(scope, limit=ALL))
    return Waiting(
        **{name: getattr(counts, name) for name in _Counts.__slots__} | {"to_credit": counts.to_credit + given_back},
        jobs=(await queue.state()).failed,
        to_deposit=deposits[Deposits.TO_DEPOSIT],
        quiet_deposits=deposits[Deposits.QUIET],
        stuck_deposits=deposits[Deposits.STUCK],
    )


# The page


@dataclass(frozen=True, slots=True)
class TaskWaiting:
    """One kind of thing that waits: how many, of what, and where they are listed."""

    number: int
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class OfficeToday:
    """What the first page of the day shows. The week is drawn from `first_hour` to `last_hour`."""

    tasks: list[TaskWaiting]
    week: list[Day]
    empty_week: bool
    first_hour: int
    last_hour: int


async def today_page(actor: Actor) -> OfficeToday:
    """What waits that this person may do something about, and the week: five statements at least."""
    days = await week()
    events = [event for day in days for event in day.events]
    return OfficeToday(
        tasks=_tasks(await waiting(actor.scope), actor),
        week=days,
        empty_week=not events,
        first_hour=min([EARLIEST, *(e.from_minute // 60 for e in events)]),
        last_hour=max([LATEST, *(-(-e.to_minute // 60) for e in events)]),
    )


def _requests(waiting: Waiting) -> str:
    words = ngettext("réservation à valider", "réservations à valider", waiting.bookings)
    if waiting.first_term is None:
        return words
    until = ngettext("elle expire le {when}", "la première expire le {when}", waiting.bookings)
    return f"{words}, {until.format(when=moment(waiting.first_term))}"


def _undecided(n: int) -> str:
    return ngettext(
        "réservation à décider après la séance : le groupe est-il venu ?",
        "réservations à décider après la séance : les groupes sont-ils venus ?",
        n,
    )


def _splits(n: int) -> str:
    return ngettext(
        "réservation à partager de nouveau entre ses payeurs",
        "réservations à partager de nouveau entre leurs payeurs",
        n,
    )


def _tasks(waiting: Waiting, actor: Actor) -> list[TaskWaiting]:
    return [
        TaskWaiting(n, words, addresses.WAITING[name])
        for permission, name, words in _known(waiting)
        if (n := getattr(waiting, name)) and actor.may(permission)
    ]


_Known = tuple[tuple[P, str, str], ...]  # who may deal with a thing, what it is called here, its words for that many


def _known(waiting: Waiting) -> _Known:
    return _about_sessions(waiting) + _about_the_rest(waiting)


def _about_sessions(waiting: Waiting) -> _Known:
    return (
        (P.ORGANISATIONS_APPROVE, "organisations", ngettext(
            "structure à valider", "structures à valider", waiting.organisations)),
        (P.BOOKINGS_CONFIRM, "bookings", _requests(waiting)),
        (P.SESSIONS_HOLD, "undecided", _undecided(waiting.undecided)),
        (P.BOOKINGS_CANCEL, "doubled", ngettext(
            "structure avec plusieurs réservations dans une séance : n’en garder qu’une",
            "structures avec plusieurs réservations dans une séance : n’en garder qu’une", waiting.doubled)),
        (P.SESSIONS_HOLD, "sessions", ngettext(
            "séance passée à marquer comme réalisée", "séances passées à marquer comme réalisées", waiting.sessions)),
    )  # fmt: skip


def _about_the_rest(waiting: Waiting) -> _Known:
    return (
        (P.INVOICES_ISSUE, "drafts", ngettext("facture à émettre", "factures à émettre", waiting.drafts)),
        (P.INVOICES_PREPARE, "splits", _splits(waiting.splits)),
        (P.INVOICES_CREDIT, "to_credit", ngettext("facture à créditer", "factures à créditer", waiting.to_credit)),
        (P.INVOICES_TRANSMIT, "to_deposit", ngettext(
            "facture à déposer sur Chorus Pro", "factures à déposer sur Chorus Pro", waiting.to_deposit)),
        (P.INVOICES_TRANSMIT, "stuck_deposits", ngettext(
            "facture suspendue, à recycler ou rejetée", "factures suspendues, à recycler ou rejetées",
            waiting.stuck_deposits)),
        (P.INVOICES_TRANSMIT, "quiet_deposits", ngettext(
            "facture déposée, sans suite depuis 15 jours", "factures déposées, sans suite depuis 15 jours",
            waiting.quiet_deposits)),
        (P.INVOICES_SEE, "late", ngettext(
            "facture en retard", "factures en retard", waiting.late)),
        (P.PAYMENTS_RECORD, "reminders", ngettext(
            "facture à relancer", "factures à relancer", waiting.reminders)),
        (P.PAYMENTS_RECORD, "bank_lines", ngettext(
            "ligne de banque à rapprocher", "lignes de banque à rapprocher", waiting.bank_lines)),
        (P.PAYMENTS_RECORD, "unused", ngettext(
            "paiement à imputer", "paiements à imputer", waiting.unused)),
        (P.MAILS_SEE, "mails_failed", ngettext(
            "courriel non remis", "courriels non remis", waiting.mails_failed)),
        (P.MAILS_SEE, "mails_held", ngettext(
            "courriel retenu", "courriels retenus", waiting.mails_held)),
        (P.MAILS_SEE, "mails_put_off", ngettext(
            "courriel que le serveur n’a pas encore pris", "courriels que le serveur n’a pas encore pris",
            waiting.mails_put_off)),
        (P.PLATFORM_EDIT, "unmatched", ngettext(
            "accès d’origine inconnue, à garder ou retirer", "accès d’origine inconnue, à garder ou retirer",
            waiting.unmatched)),
        (P.MAILS_RETRY, "jobs", ngettext(
            "tâche automatique en échec", "tâches automatiques en échec", waiting.jobs)),
    )  # fmt: skip
