"""Money that came in, the bank's lines, receipts and reminders, read: a row for each clause, each edge, each order."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from book_rows import (
    JAN,
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entry,
    file,
    issued,
    money,
    other,
    owed,
    paid,
    put,
    receivable,
    settle,
)
from training.dunning.queries import reminders
from training.kernel import db
from training.kernel.actor import SYSTEM, Scope
from training.payments.queries import receipts, receivables, statements
from training.payments.queries.statements import LineState
from training.payments.rules.checkout import TO_LOOK_AT
from training.reporting.office import bank
from training.reporting.office.bank import bank_page
from training.reporting.office.reminders import reminders_page

pytestmark = pytest.mark.anyio

ALL = SYSTEM.scope


# What is owed


async def test_what_is_owed_is_open_the_oldest_first_and_late_the_day_after(payer):
    await owed("NEW", payer, TODAY, due=TODAY)
    await owed("OLD", payer, JAN, 1_050, due=YESTERDAY)
    await owed("NONE", await other(), JAN)
    await owed("PAID", payer, JAN, due=JAN)
    await paid("PAID", JAN, 1_000)
    await paid("OLD", JAN, 50)
    found = await receivables.open_receivables()
    assert [(r.number, r.due_cents, r.late) for r in found] == [
        ("OLD", 1_000, True), ("NONE", 1_000, False), ("NEW", 1_000, False),
    ]  # fmt: skip
    for search, wanted in (("ville-b", ["NONE"]), ("ol", ["OLD"]), ("10,00 €", ["OLD", "NONE", "NEW"]), ("10,50", [])):
        assert [r.number for r in await receivables.open_receivables(search)] == wanted, search
    assert [r.number for r in await receivables.open_receivables(limit=1)] == ["OLD"]


# Payments


async def test_payments_are_money_and_unused_is_what_is_left(payer):
    await owed("F1", payer, JAN)
    whole = await paid("F1", JAN, 300, reference="VIR 9")
    left = await money(JAN, 300, payer)
    await settle(JAN, 100, left, "F1", "payment")
    credit = await money(JAN - timedelta(days=1), 50, payer, "credit_note")
    nobody = await money(TODAY, 20, None, payer_name="Inconnu")
    back = await money(YESTERDAY, 40, payer)
    await settle(YESTERDAY, 40, back, None, "refund")
    await settle(JAN, -300, whole, "F1", "reversal")
    again = await paid("F1", TODAY, 300)
    assert [p.id for p in await receivables.payments()] == [again, nobody, back, left, whole]
    assert [p.id for p in await receivables.payments(unused=True)] == [nobody, left, whole]
    for search, wanted in (("inconnu", [nobody]), ("vir 9", [whole]), ("f1", [again, left, whole]), ("association", [again, back, left, whole])):  # noqa: E501  # fmt: skip
        assert [p.id for p in await receivables.payments(search=search)] == wanted, search
    assert [p.id for p in await receivables.unused(payer)] == [credit, whole, left], "a credit note may be used too"
    shown = {p.id: (p.numbers, p.left_cents, p.payer_name) for p in await receivables.payments()}
    assert shown[whole] == ((), 300, "Association d’Essai")
    assert shown[left] == (("F1",), 200, "Association d’Essai")
    assert shown[nobody] == ((), 20, "Inconnu")


@pytest.mark.parametrize("size", [1, 2, 4])
async def test_payments_in_pages_are_all_of_them_once(payer, size):
    made = [await money(day, 10, payer) for day in (JAN, TODAY, TODAY, JAN)]
    seen: list[int] = []
    after = None
    while found := await receivables.payments(after=after, limit=size):
        seen += [p.id for p in found]
        after = (found[-1].received_on, found[-1].id)
        assert len(seen) <= 4, "the pages never end"
    assert seen == [made[2], made[1], made[3], made[0]]


async def test_movements_are_told_of_their_own_side(payer):
    await owed("F1", payer, JAN)
    await owed("F2", payer, JAN)
    one, two = await money(JAN, 100, payer), await money(JAN, 100, payer)
    made = [await settle(JAN, 10, one, "F1"), await settle(JAN, 20, two, "F1"), await settle(JAN, 30, one, "F2")]
    made += [await settle(JAN, 40, one, None, "refund"), await settle(JAN, 50, None, "F1", "write_off")]
    await settle(JAN, -10, one, "F1", "reversal")
    first = await receivable("F1")
    assert [s.id for s in await receivables.settlements_of(first)][:3] == [made[0], made[1], made[4]]
    assert [s.id for s in await receivables.settlements_by(one)][:3] == [made[0], made[2], made[3]]
    assert await statements.settled_by(one) == [(await receivable("F2"), 30)]
    assert await statements.settled_by(two) == [(first, 20)]


async def test_an_event_to_look_at_is_of_the_last_month_and_the_latest_first(payer):
    for n, (age, outcome) in enumerate(((30, "X"), (29, "B"), (0, "A"), (0, None))):
        facts = {"type": "t", "payload": "{}", "received_at": NOW - timedelta(days=age)}
        said = "rien à voir" if outcome is None else TO_LOOK_AT + outcome
        await put("stripe_event", event_id=f"e{n}", outcome=said, **facts)
    assert [notice.words for notice in await receivables.to_look_at()] == ["A", "B"]


# Receipts


async def receipt(payment: int, number: str) -> int:
    return await put("receipt", payment=payment, entry=await entry(number, JAN, ("receipt", payment)), created_at=NOW)


async def test_a_receipt_is_its_payer_s_and_says_what_was_settled_the_oldest_first(payer):
    town = await other()
    for number, on in (("F2", TODAY), ("F1", JAN), ("F3", JAN)):
        await issued(number, payer, on)
    payment, foreign = await money(TODAY, 900, payer, "cash"), await money(TODAY, 10, town, "cash")
    for number, cents in (("F2", 500), ("F1", 300), ("F3", 100), ("F3", -100)):
        await settle(TODAY, cents, payment, number)
    await paid("F2", TODAY, 50)
    mine, theirs = await receipt(payment, "R1"), await receipt(foreign, "R2")
    scope = Scope(organisations={payer: frozenset()})
    assert (await receipts.receipt(scope, mine)).number == "R1"
    assert await receipts.receipt(scope, theirs) is None
    assert await receipts.receipt_by_number(scope, "r2") is None
    assert (await receipts.receipt_by_number(ALL, "r2")).id == theirs
    assert [r.number for r in await receipts.receipts_of(scope, await receivable("F2"))] == ["R1"]
    assert await receipts.receipts_of(Scope(organisations={town: frozenset()}), await receivable("F2")) == []
    assert [(s.number, s.cents, s.due_cents) for s in await receipts.settled_by(payment)] == [
        ("F1", 300, 700), ("F2", 500, 450),
    ]  # fmt: skip
    assert (await receipts.first_invoice_of(payment))[0] == await db.value("select id from invoice where number = 'F1'")
    assert (await receipts.received(payment)).left_cents == 100


async def test_what_a_credit_note_left_is_its_own(payer):
    await issued("F1", payer, JAN)
    for number, cents in (("A1", 500), ("A2", 70)):
        await issued(number, payer, JAN, cents)
    notes = [await db.value("select id from invoice where number = $1", n) for n in ("A1", "A2", "F1")]
    await settle(JAN, 200, await money(JAN, 500, payer, "credit_note", credit_note=notes[0]), "F1")
    await money(JAN, 70, payer, "credit_note", credit_note=notes[1])
    assert [await receipts.left_of_credit_note(n) for n in notes] == [300, 70, 0]


# The bank's lines


async def bank_file(name: str, *, read: bool = True, at: int = 0) -> int:
    facts = {"file": await file(name.encode()), "name": name, "format": "csv", "read_at": NOW if read else None}
    return await put("bank_statement", created_at=NOW + timedelta(hours=at), **facts)


async def bank_line(statement: int, on: date, cents: int, state: str = "new", **more: object) -> int:
    known = await db.value("select count(*) from bank_line")
    facts = {"label": "VIR", "fingerprint": hashlib.sha256(str(known).encode()).digest(), "state": state}
    return await put("bank_line", statement=statement, booked_on=on, amount_cents=cents, **{**facts, **more})


async def test_lines_are_their_file_s_and_their_state_s_the_oldest_first(payer):
    first, second = await bank_file("un"), await bank_file("deux", read=False)
    made = [
        await bank_line(first, TODAY, 1),
        await bank_line(first, JAN, 2),
        await bank_line(first, JAN, 3, "aside"),
        await bank_line(first, JAN, -4, "ignored"),
        await bank_line(second, JAN, 5),
        await bank_line(first, JAN, 6, "matched", payment=await money(JAN, 6, payer)),
    ]
    assert [one.id for one in await statements.lines()] == [made[1], *made[2:], made[0]]
    assert [one.id for one in await statements.lines(statement=first, state=LineState.NEW)] == [made[1], made[0]]
    assert [one.id for one in await statements.lines(after=(JAN, made[4]))] == [made[5], made[0]]
    assert await statements.waiting() == 3
    assert await statements.waiting(first) == 2
    page = await bank_page(None, after=None, limit=3)
    assert ([one.line.id for one in page.shown], page.following, page.total) == ([made[1], made[4], made[0]], None, 3)
    page = await bank_page(first, after=None, limit=1)
    assert ([one.line.id for one in page.shown], page.following, page.total) == ([made[1]], (JAN, made[1]), 2)
    page = await bank_page(None, after=page.following, limit=1)
    assert ([one.line.id for one in page.shown], page.following) == ([made[4]], (JAN, made[4]))
    one = await statements.statement(first)
    assert (one.lines, one.new, one.matched, one.aside, one.ignored) == (5, 2, 1, 1, 1)
    assert (one.first_on, one.last_on) == (JAN, TODAY)
    assert await statements.waiting_file(first) is None
    assert (await statements.waiting_file(second)).content == b"deux"


async def test_more_lines_than_are_matched_at_once_come_in_pages_too(payer, monkeypatch):
    monkeypatch.setattr(bank, "ALL_AT_ONCE", 2)
    first = await bank_file("un")
    made = [await bank_line(first, JAN, n) for n in (1, 2, 3)]
    page = await bank_page(first, after=None, limit=2)
    assert ([one.line.id for one in page.shown], page.following) == (made[:2], (JAN, made[1]))
    assert (page.total, page.sure) == (3, None)
    page = await bank_page(first, after=(JAN, made[0]), limit=2)
    assert ([one.line.id for one in page.shown], page.following) == (made[1:], None)


async def test_files_of_the_bank_come_the_newest_first(payer):
    made = [await bank_file(name, at=at) for name, at in (("un", 0), ("deux", 1), ("trois", 1))]
    found = await statements.statements(limit=2)
    assert [one.id for one in found] == [made[2], made[1]]
    assert [one.id for one in await statements.statements(after=(found[0].created_at, made[2]))] == [made[1], made[0]]


async def test_a_line_is_proposed_what_is_open_or_was_paid_not_long_ago(payer):
    """A number paid in the last 500 days is still read, so that its money is not taken for another's."""
    days = statements.PAID_WITHIN
    for number, on in (("F2025-00001", TODAY - days), ("F2025-00002", TODAY - days + timedelta(days=1))):
        await owed(number, payer, on)
        await paid(number, on, 1_000)
    await owed("F2020-00003", payer, date(2020, 1, 1))
    found = await statements._owed()
    assert sorted((one.number, one.due_cents) for one in found) == [("F2020-00003", 1_000), ("F2025-00002", 0)]
    assert await statements.payers_of({one.id: 1 for one in found}) == [payer]


# Reminders


async def paused(number: str, kind: str = "promise", until: date | None = None, ended: bool = False) -> None:
    facts = {"kind": kind, "until": until, "created_at": NOW, "ended_at": NOW if ended else None}
    await put("payment_pause", receivable=await receivable(number), **facts)


async def test_late_ones_are_due_and_their_day_is_over(payer):
    for number, due in (("TODAY", TODAY), ("LATE1", YESTERDAY), ("LATE2", YESTERDAY), ("NONE", None), ("PAID", JAN)):
        await owed(number, payer, JAN, due=due)
    await paid("PAID", JAN, 1_000)
    assert [one.number for one in await reminders.late_ones(0, 10)] == ["LATE1", "LATE2"]
    assert [one.number for one in await reminders.late_ones(await receivable("LATE1"), 10)] == ["LATE2"]
    assert [one.number for one in await reminders.late_ones(0, 1)] == ["LATE1"]
    assert (await reminders.followed(await receivable("TODAY"))).days_late == 0
    assert (await reminders.followed(await receivable("LATE1"))).days_late == 1


async def test_a_promise_holds_until_its_last_day_and_one_that_was_ended_does_not(payer):
    for number in ("DAY", "OVER", "ENDED", "DISPUTE", "SOON", "PAID", "TWICE"):
        await owed(number, payer, JAN, due=JAN)
    await paused("DAY", until=TODAY)
    await paused("OVER", until=YESTERDAY)
    await paused("ENDED", until=TOMORROW, ended=True)
    await paused("DISPUTE", "dispute")
    await paused("SOON", until=TOMORROW)
    await paused("PAID", "dispute")
    await paid("PAID", JAN, 1_000)
    await paused("TWICE", until=TODAY)
    await paused("TWICE", until=TOMORROW)
    assert [(one.number, one.paused_until) for one in await reminders.paused()] == [
        ("DAY", TODAY), ("SOON", TOMORROW), ("TWICE", TOMORROW), ("DISPUTE", None),
    ]  # fmt: skip


async def test_a_debit_on_its_way_is_waited_for(payer):
    for number, state in (("WAY", "processing"), ("OPEN", "open")):
        await owed(number, payer, JAN, due=JAN)
        facts = {"way": "sepa", "amount_cents": 1, "door": "space", "created_at": NOW, "updated_at": NOW}
        await put("checkout", receivable=await receivable(number), key=number, state=state, **facts)
    assert {one.number: one.waits for one in await reminders.late_ones(0, 9)} == {"WAY": True, "OPEN": False}


async def test_tasks_are_what_is_left_to_do_by_hand(payer):
    for number in ("F1", "F2", "PAID"):
        await owed(number, payer, JAN, due=JAN)
    await paid("PAID", JAN, 1_000)
    before = NOW - timedelta(hours=1)
    wanted: dict[str, int] = {}
    for step, number, is_task, at, done in (
        ("polite", "F1", True, NOW, None), ("firm", "F1", False, before, None), ("formal", "F1", True, NOW, NOW),
        ("polite", "PAID", True, NOW, None), ("polite", "F2", False, before - timedelta(seconds=1), None),
    ):  # fmt: skip
        facts = {"step": step, "is_task": is_task, "created_at": at, "done_at": done}
        wanted[f"{step} {number}"] = await put("reminder", receivable=await receivable(number), **facts)
    found = await reminders.tasks(before)
    assert [one.id for one in found] == [wanted["polite F1"], wanted["polite F2"]]
    assert (await reminders.followed(await receivable("F1"))).steps == ["polite", "firm", "formal"]


async def test_interest_begins_the_day_after_and_follows_the_law_s_rates(payer):
    for since, rate in ((JAN, 300), (date(2026, 1, 1), 200)):
        await put("late_rate", law="private", since=since, rate_bp=rate)
    await put("late_rate", law="public", since=JAN, rate_bp=900)
    assert [(r.since, r.rate_bp) for r in (await reminders.rates())["private"]] == [(date(2026, 1, 1), 200), (JAN, 300)]
    for number, due in (("TODAY", TODAY), ("LATE", YESTERDAY)):
        await owed(number, payer, JAN, 365_000, due=due)
    await owed("OTHER", payer, JAN, 365_000, due=YESTERDAY)
    await paid("OTHER", JAN, 365_000)
    late = await reminders.followed(await receivable("LATE"))
    assert await reminders.late_cost(late) is None, "an association without SIRET is no professional"
    await db.execute("update organisation set siret = '00009999400014' where id = $1", payer)
    costs = [await reminders.late_cost(await reminders.followed(await receivable(n))) for n in ("TODAY", "LATE")]
    assert costs[0] is None
    assert (costs[1].interest_cents, costs[1].stretches[0].rate_bp) == (30, 300)


async def test_what_comes_next_is_by_day_and_each_buyer_has_its_own_delays(payer):
    await put("reminder_rule", buyer="association", step="polite", days=70)
    await owed("LATER", payer, JAN, due=date(2027, 1, 11))
    await owed("SOONER", payer, JAN, due=date(2027, 1, 8))
    found = (await reminders_page(SYSTEM)).coming
    assert [(one.number, step.on) for one, step in found] == [
        ("SOONER", date(2027, 3, 19)), ("LATER", date(2027, 3, 22)),
    ]  # fmt: skip
