"""The first page of the day, whole: the sentence, the pile, who waits for whom, the money, the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from training.kernel import addresses, clock, settings
from training.kernel.actor import Actor
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import count, day, moment
from training.records import queries as records
from training.records.rules import backup_is_old
from training.reporting.office.set_up import OfficeSetUp, set_up
from training.reporting.office.today.counts import MoneyOwed, Waiting, owed, waiting
from training.reporting.office.today.kinds import WaitingKind, may_deal
from training.reporting.office.today.people import FOR_THEM, FOR_US, Side, side
from training.reporting.office.today.pile import PileGroup, PileRow, Urgency, pile
from training.reporting.office.today.rows import Found, found
from training.reporting.office.today.sentence import Facts, Saying, sentence
from training.reporting.office.today.wording import ONE_BY_ONE, WHOLE, deposit, row, whole
from training.reporting.office.week import Rack, rack

P = Permission


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of the money that is on its way, where it is listed. Cents."""

    label: str
    cents: int
    note: str
    href: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class BackupAge:
    """How old the last backup is, in words; `late`: a site in production would lose days."""

    words: str
    late: bool


@dataclass(frozen=True, slots=True)
class OfficeToday:
    """What the first page of the day shows. `pile`: only what this person may do something about."""

    title: str  # the day
    sentence: list[Saying]
    pile: list[PileGroup]
    for_us: Side
    for_them: Side
    money: list[Figure]
    first_day: OfficeSetUp
    rack: Rack
    backup: BackupAge | None  # None: not this person's


async def today_page(actor: Actor) -> OfficeToday:
    """What waits that this person may do something about, and the week: nine statements at least."""
    counts, things, week = await waiting(actor.scope), await found(actor), await rack()
    money = await owed() if actor.may(P.INVOICES_SEE) else None
    now = clock.now()
    rows = _rows(actor, counts, things)
    path = await set_up(actor)
    groups, words = pile(rows, _totals(actor, counts, things)), day(clock.today())
    facts = _facts(actor, counts, money, week, path)
    return OfficeToday(
        title=words[:1].upper() + words[1:],
        sentence=sentence(
            replace(facts, late=any(g.group is Urgency.LATE for g in groups)), sum(g.number for g in groups)
        ),
        pile=groups,
        for_us=side(FOR_US, things, counts, now),
        for_them=side(FOR_THEM, things, counts, now),
        money=_figures(actor, counts, money),
        first_day=path,
        rack=week,
        backup=await _backup(actor),
    )


async def _backup(actor: Actor) -> BackupAge | None:
    if not actor.may(P.PLATFORM_EDIT):
        return None
    last, matters = await records.last_backup(), settings.current().production
    if last is None:
        return BackupAge(_("Aucune sauvegarde n’est connue de ce site."), late=matters)
    words = (
        _("Dernière sauvegarde : {when}, copiée ailleurs.")
        if last.copied
        else _("Dernière sauvegarde : {when}, sur cette machine seulement.")
    )
    late = matters and backup_is_old(last.taken_at, clock.now())
    return BackupAge(words.format(when=moment(last.taken_at)), late)


def _rows(actor: Actor, counts: Waiting, things: Sequence[Found]) -> list[PileRow]:
    now = clock.now()
    rows = [row(thing, now) for thing in things if thing.kind in ONE_BY_ONE]
    rows += [each for d in counts.deposits if may_deal(actor, (each := deposit(d, now)).kind)]
    return rows + [whole(kind, counts, now) for kind in WHOLE if may_deal(actor, kind) and counts.of(kind)]


def _totals(actor: Actor, counts: Waiting, things: Sequence[Found]) -> dict[Urgency, dict[WaitingKind, int]]:
    """How many there are of each kind, by group: as they were counted, or as those that are shown say themselves."""
    totals = {
        group: {kind: n for kind, n in kinds.items() if may_deal(actor, kind)}
        for group, kinds in counts.totals().items()
    }
    for thing in things:
        if thing.kind in ONE_BY_ONE and thing.whole is not None:
            totals.setdefault(row(thing, clock.now()).group, {})[thing.kind] = thing.whole
    return totals


def _facts(actor: Actor, counts: Waiting, money: MoneyOwed | None, week: Rack, path: OfficeSetUp) -> Facts:
    known = (WaitingKind.UNMANNED, WaitingKind.REQUEST, WaitingKind.TO_CONFIRM, WaitingKind.BANK_LINE)
    answers = may_deal(actor, WaitingKind.REQUEST) and may_deal(actor, WaitingKind.ORGANISATION)
    return Facts(
        number={kind: counts.of(kind) for kind in known if may_deal(actor, kind)},
        unmanned_at=counts.unmanned_at,
        asking=counts.asking if answers else 0,
        ready_cents=counts.draft_cents if may_deal(actor, WaitingKind.DRAFT) else 0,
        late_cents=money.late_cents if money else 0,
        manned=week.sessions - week.holes,
        next_at=counts.next_at,
        lacking=path.lacking,
    )


def _figures(actor: Actor, counts: Waiting, money: MoneyOwed | None) -> list[Figure]:
    if money is None:
        return []
    drafts = ngettext("{n} brouillon", "{n} brouillons", counts.drafts).format(n=counts.drafts)
    lines = count(counts.bank_lines, _("virement"), _("virements"))
    shown = [
        Figure(_("À facturer"), counts.draft_cents, drafts, WaitingKind.DRAFT.href),
        Figure(
            _("Facturé, non échu"),
            money.coming_cents,
            count(money.coming, _("facture"), _("factures")),
            addresses.office_invoices(),
        ),
        Figure(_("En retard"), money.late_cents, _late_note(money), WaitingKind.LATE.href, late=money.late > 0),
    ]
    if actor.may(P.PAYMENTS_RECORD):
        shown.append(Figure(_("À affecter"), counts.bank_cents, lines, WaitingKind.BANK_LINE.href))
    return shown


def _late_note(money: MoneyOwed) -> str:
    words = count(money.late, _("facture"), _("factures"))
    if money.late_since is None:
        return words
    days = count((clock.today() - money.late_since).days, _("jour"), _("jours"))
    return _("{invoices}, la plus ancienne de {days}").format(invoices=words, days=days)
