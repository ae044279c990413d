"""Invoices, drafts and deposits, read: each row is there for one clause, one day's edge or one order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

import accounts_makers as books
import makers
from book_rows import JAN, TODAY, YESTERDAY, draft, entry, file, issued, other, paid, put
from training.billing.queries import credits as crediting
from training.billing.queries import drafts, invoices, owing, transmissions
from training.billing.queries.invoices import InvoiceNarrowing
from training.billing.rules.issuing import CheckKey
from training.billing.rules.states import InvoiceState
from training.bookings.actions.ending import cancel
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Scope
from training.reporting.portal import invoices as portal

pytestmark = pytest.mark.anyio

ALL = SYSTEM.scope


async def id_of(number: str) -> int:
    return int(await db.value("select id from invoice where number = $1", number))


async def listed(scope: Scope = ALL, **asked: object) -> list[str | None]:
    return [i.number for i in await invoices.invoices(scope, **asked)]


# Invoices


async def test_nobody_is_late_on_the_due_day_itself(payer):
    """In the list, on the page, in the payer's sum: late begins the day after."""
    await issued("F1", payer, JAN, due=TODAY)
    await issued("F2", payer, JAN, 500, due=YESTERDAY)
    assert await listed(standing=InvoiceNarrowing.LATE) == ["F2"]
    assert [i.number for i in await invoices.invoices(ALL) if i.overdue] == ["F2"]
    assert await portal.owed(payer) == portal.Coming(1_500, 500)
    with clock.frozen(books.noon(TODAY + timedelta(days=1))):
        assert await listed(standing=InvoiceNarrowing.LATE) == ["F2", "F1"]
        assert await portal.owed(payer) == portal.Coming(1_500, 1_500)


async def stood(payer: int) -> None:
    """Untouched; partly paid; paid; credited whole; a paid deposit; credit notes; a draft; somebody else's."""
    for number in ("F1", "F2", "F3", "F4", "D5"):
        await issued(number, payer, JAN, due=YESTERDAY)
    await issued("A6", payer, JAN, corrects=await id_of("F4"))
    await paid("F2", JAN, 400)
    await paid("F2", JAN, 100, "credit_note")
    await paid("F3", JAN, 1_000)
    await paid("F4", JAN, 1_000, "credit_note")
    await paid("D5", JAN, 1_000)
    await draft(payer)
    await issued("F7", await other(), JAN)


async def test_each_standing_lists_what_it_says(payer):
    await stood(payer)
    assert await listed() == ["F7", "A6", "D5", "F4", "F3", "F2", "F1"]
    assert await listed(organisation=payer) == ["A6", "D5", "F4", "F3", "F2", "F1"]
    assert await listed(standing=InvoiceNarrowing.DUE) == ["F7", "F2", "F1"]
    assert await listed(standing=InvoiceNarrowing.LATE) == ["F7", "F2", "F1"]
    assert await listed(standing=InvoiceNarrowing.PAID) == ["D5", "F4", "F3"]
    assert await listed(standing=InvoiceNarrowing.CREDIT_NOTES) == ["A6"]
    assert await listed(search="ville-B") == ["F7"]
    assert await listed(search="d5") == ["D5"]
    found = {i.number: (i.settled_cents, i.credited_cents, i.due_cents, i.paid) for i in await invoices.invoices(ALL)}
    assert found["F2"] == (500, 100, 500, False)
    assert found["F4"] == (1_000, 1_000, 0, True)
    assert found["A6"] == (0, 0, 0, False)


async def test_another_organisation_s_papers_are_not_in_the_scope(payer):
    theirs = await other()
    await issued("F1", payer, JAN)
    await issued("A1", payer, JAN, corrects=await id_of("F1"))
    scope = Scope(organisations={theirs: frozenset({"invoices.see"})})
    assert await listed(scope) == []
    assert await invoices.invoice(scope, await id_of("F1")) is None
    assert await invoices.invoice_by_number(scope, "f1") is None
    assert await crediting.credit_notes(scope, await id_of("F1")) == []
    assert [n.number for n in await crediting.credit_notes(ALL, await id_of("F1"))] == ["A1"]


@pytest.mark.parametrize("size", [1, 2, 4])
async def test_invoices_in_pages_are_all_of_them_once(payer, size):
    """Two of one day; drafts were made in another order than numbers were given; the last page is exactly full."""
    made = await draft(payer)
    for number, on in (("F1", JAN), ("F2", JAN), ("F3", TODAY)):
        await issued(number, payer, on)
    sql = "update invoice set state = 'issued', number = 'F4', issued_on = $2, entry = $3 where id = $1"
    await db.execute(sql, made, TODAY, await entry("F4", TODAY, ("invoice", made)))
    await put(
        "receivable", number="F4", payer=payer, issued_on=TODAY, gross_cents=1, invoice=made, created_at=clock.now()
    )
    seen: list[str | None] = []
    after = None
    while found := await invoices.invoices(ALL, after=after, limit=size):
        seen += [i.number for i in found]
        after = (found[-1].issued_on, found[-1].place)
        assert len(seen) <= 4, "the pages never end"
    assert seen == ["F4", "F3", "F2", "F1"]


async def test_drafts_come_by_their_last_day_of_service(payer):
    days = {"served_from": JAN, "served_until": JAN}
    long = {"served_from": date(2027, 1, 1), "served_until": date(2027, 1, 31)}
    first = await draft(payer, lines=((1, days), (1, long)))
    second = await draft(payer, lines=((1, {**days, "served_until": date(2027, 1, 20)}),))
    third = await draft(payer, lines=((1, {**days, "served_until": date(2027, 1, 20)}),))
    await issued("F1", payer, JAN)
    found = await invoices.invoices(ALL, state=InvoiceState.DRAFT)
    assert [i.id for i in found] == [first, third, second]
    assert (found[0].served_from, found[0].served_until, found[0].line_count) == (
        date(2027, 1, 1),
        date(2027, 1, 31),
        2,
    )
    key = (found[1].served_until, found[1].place)
    assert [i.id for i in await invoices.invoices(ALL, state=InvoiceState.DRAFT, after=key)] == [second]


async def test_where_a_deposit_stands_is_its_last_step(payer):
    await issued("F1", payer, JAN)
    for status in ("deposited", "available"):
        facts = {"channel": "chorus_portal", "status": status, "happened_on": JAN, "created_at": clock.now()}
        await put("transmission", invoice=await id_of("F1"), **facts)
    assert [i.transmission for i in await invoices.invoices(ALL)] == ["available"]


async def bookings_of(payer: int, count: int = 2) -> tuple[makers.Town, list[int]]:
    """Some confirmed bookings of one session, of this payer, made before that was one booking."""
    town = await makers.make_town()
    theirs = replace(town, organisation=payer)
    return town, [(await makers.book_apart(theirs, 2)).id for _each in range(count)]


async def test_a_grouped_invoice_is_of_no_single_booking_and_each_booking_has_its_own(payer):
    _town, (one, two) = await bookings_of(payer)
    await issued("F1", payer, JAN, lines=((1, {"booking": one}), (1, {"booking": two})))
    await issued("F2", payer, JAN, lines=((1, {"booking": one}), (1, {})))
    reference = await db.value("select reference from booking where id = $1", one)
    assert [i.booking for i in await invoices.invoices(ALL)] == [reference, None]
    assert await listed(search=reference) == ["F2", "F1"]
    found = await invoices.invoices_of(ALL, [one, two])
    assert {b: [i.number for i in of] for b, of in found.items()} == {one: ["F1", "F2"], two: ["F1"]}
    assert await invoices.invoices_of(Scope(), [one]) == {one: []}


async def test_the_paper_of_a_free_booking_is_its_own_organisation_s(payer):
    town, (one,) = await bookings_of(payer, 1)
    await put("free_confirmation", booking=one, paper=await file(), created_at=clock.now())
    reference = await db.value("select reference from booking where id = $1", one)
    of = {who: Scope(organisations={who: frozenset()}) for who in (payer, town.organisation)}
    assert await invoices.free_paper(of[payer], reference.lower()) is not None
    assert await invoices.free_paper(of[town.organisation], reference) is None


# Credit notes and deposits


async def test_what_was_credited_is_counted_line_by_line_in_the_order_of_the_paper(payer):
    await issued("F1", payer, JAN, 1_000, lines=((900, {}), (100, {})))
    await issued("F2", payer, JAN, 50)
    big, small = [r["id"] for r in await db.connection().fetch("select id from invoice_line order by id limit 2")]
    await issued("A1", payer, JAN, 300, corrects=await id_of("F1"), lines=((300, {"corrects": big}),))
    assert [(c.id, c.credited_cents, c.left_cents) for c in await crediting.creditable(await id_of("F1"))] == [
        (big, 300, 600), (small, 0, 100),
    ]  # fmt: skip
    await issued("A2", payer, JAN, corrects=await id_of("F1"))
    await draft(payer, kind="credit_note", corrects=await id_of("F1"))
    assert [n.number for n in await crediting.credit_notes(ALL, await id_of("F1"))] == ["A1", "A2"]
    assert await crediting.credit_notes(ALL, await id_of("F2")) == []
    replacing = await draft(payer, replaces=await id_of("F1"), kind="invoice")
    found = await crediting.replacement(await id_of("F1"))
    assert found == crediting.Replacement(replacing, None)
    paper = await invoices.draft(replacing)
    assert [e.number for e in paper.cancelled_by] == ["A1", "A2"], "a draft took nothing back"


async def billed(booking: int, payer: int, invoice: int, part: str, cents: int = 1_000) -> int:
    """What a booking owes, on the first line of an invoice."""
    on = await db.value("select id from invoice_line where invoice = $1 order by position limit 1", invoice)
    facts = {"amount_cents": cents, "invoice_line": on, "part": part, "created_at": clock.now()}
    return await put("billable", booking=booking, payer=payer, **facts)


async def test_an_invoice_names_the_deposits_that_it_takes_off_and_no_others(payer):
    """Its own payer's, issued, not credited whole: a credit note that is still a draft takes nothing back."""
    _town, made = await bookings_of(payer, 6)
    balance = await draft(payer, lines=tuple((1, {"booking": b}) for b in made[:5]))
    rows = await db.connection().fetch("select id from invoice_line where invoice = $1 order by position", balance)
    for row, booking in zip(rows, made[:5], strict=True):
        facts = {"amount_cents": 1, "invoice_line": row["id"], "part": "balance", "created_at": clock.now()}
        await put("billable", booking=booking, payer=payer, **facts)
    funder = await other()
    for number, on, booking, who in (
        ("D2", TODAY, made[0], payer), ("D1", JAN, made[1], payer), ("D3", JAN, made[2], funder),
        ("D4", JAN, made[3], payer), ("D5", JAN, made[5], payer),
    ):  # fmt: skip
        await issued(number, who, on)
        await billed(booking, who, await id_of(number), "deposit")
    await billed(made[4], payer, await draft(payer, kind="deposit"), "deposit")
    await issued("F6", payer, JAN)
    await billed(made[0], payer, await id_of("F6"), "whole")
    await issued("A4", payer, JAN, corrects=await id_of("D4"))
    await draft(payer, kind="credit_note", corrects=await id_of("D1"))
    paper = await invoices.draft(balance)
    assert [d.number for d in paper.deposits] == ["D1", "D2"]


async def test_what_a_deposit_leaves_is_less_its_issued_credit_notes(payer):
    _town, (one, two, three) = await bookings_of(payer, 3)
    await issued("D1", payer, JAN, 1_000)
    await billed(one, payer, await id_of("D1"), "deposit")
    await issued("A1", payer, JAN, 300, corrects=await id_of("D1"))
    await draft(payer, 200, kind="credit_note", corrects=await id_of("D1"))
    await billed(two, payer, await draft(payer, kind="deposit"), "deposit")
    await issued("F3", payer, JAN)
    await billed(three, payer, await id_of("F3"), "whole")
    found = await db.rows(owing.Deposit, owing._DEPOSITS, [one, two, three])
    assert [(d.booking, d.number, d.left_cents) for d in found] == [(one, "D1", 700)]


async def test_the_draft_of_a_deposit_waits_for_no_head_count(payer):
    town, (booking,) = await bookings_of(payer, 1)
    await db.execute("update session set state = 'held' where id = $1", town.session)
    for part, counted in (("deposit", False), ("whole", True)):
        made = await draft(payer, lines=((1, {"booking": booking}),))
        await billed(booking, payer, made, part)
        assert (CheckKey.HEAD_COUNT in {check.key for check in await invoices.checks(made)}) == counted, part


# What is left to bill, and to credit


async def test_to_credit_is_what_a_cancelled_booking_left_on_an_issued_invoice(payer):
    _town, made = await bookings_of(payer, 6)
    cancelled, later, kept, whole, drafted, noted = made
    for number, booking, cents in (("F1", cancelled, 500), ("F2", kept, 500), ("F3", whole, 500), ("F5", later, 40)):
        await issued(number, payer, JAN, cents, lines=((cents, {"booking": booking}),))
    await draft(payer, 500, lines=((500, {"booking": drafted}),))
    lines = {r["number"]: r["id"] for r in await db.connection().fetch(
        "select i.number, l.id from invoice_line l join invoice i on i.id = l.invoice where i.number is not null"
    )}  # fmt: skip
    await issued(
        "A3", payer, JAN, 500, corrects=await id_of("F3"), lines=((500, {"corrects": lines["F3"], "booking": whole}),)
    )
    await issued(
        "A1", payer, JAN, 200, corrects=await id_of("F1"), lines=((200, {"corrects": lines["F1"], "booking": noted}),)
    )
    await draft(payer, 99, kind="credit_note", lines=((99, {"corrects": lines["F1"]}),))
    for booking in set(made) - {kept}:
        with clock.frozen(books.noon(TODAY if booking == later else JAN)):
            await cancel(SYSTEM, booking)
    before = {"earlier": "confirmed", "ended_at": clock.now(), "ended_by": "", "undone_at": clock.now()}
    await put(
        "booking_ending", booking=cancelled, state="cancelled", **before
    )  # it fell once already, and was reinstated
    found = await drafts.to_credit(ALL)
    assert [(c.booking, c.number, c.left_cents) for c in found] == [(later, "F5", 40), (cancelled, "F1", 300)]
    assert await drafts.to_credit(Scope(organisations={await other(): frozenset()})) == []


async def test_unbilled_is_only_what_was_held_and_nobody_came_to(payer):
    """Each booking but the first is left out by one clause."""
    town = await makers.make_town()
    per_seat = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_000)
    flat = await makers.make_offer("forfait", cents=1_000)
    await db.execute("update offer set bill_present = true where id = any($1)", [per_seat, flat])
    usual = await makers.make_offer("usuel", mode=TariffMode.PER_SEAT, cents=1_000)
    held = {offer: await makers.make_session(offer) for offer in (per_seat, flat, usual)}
    coming = await makers.make_session(per_seat)

    async def booked(session: int, present: int | None = 0) -> int:
        made = (await makers.book_apart(replace(town, session=session, organisation=payer), 2)).id
        if present is not None:
            await put("head_count", booking=made, present=present, counted_at=clock.now())
        return made

    wanted, deposit = await booked(held[per_seat]), await booked(held[per_seat])
    await booked(held[per_seat], 1)
    await booked(held[per_seat], None)
    free, gone, billed_ = [await booked(held[per_seat]) for _each in range(3)]
    for session in (held[flat], held[usual], coming):
        await booked(session)
    await db.execute("update booking set price_cents = 0 where id = $1", free)
    await db.execute("update booking set state = 'cancelled' where id = $1", gone)
    for booking, part in ((deposit, "deposit"), (billed_, "whole")):
        await put("billable", booking=booking, payer=payer, amount_cents=1, part=part, created_at=clock.now())
    await db.execute("update session set state = 'held' where id = any($1)", list(held.values()))
    assert [u.booking for u in await drafts.unbilled(ALL)] == [deposit, wanted]
    assert await drafts.unbilled(Scope(organisations={town.organisation: frozenset()})) == []


async def test_payers_of_a_booking_stand_as_they_were_said(payer):
    town, (one, two) = await bookings_of(payer)
    for who in (payer, town.organisation):
        await put("billing_share", booking=one, payer=who, seats=1)
    await put("billing_share", booking=two, payer=payer, seats=2)
    assert [s.payer for s in await drafts.shares(one)] == [payer, town.organisation]
    assert {b: [s.payer for s in of] for b, of in (await owing.shares_of([one, two])).items()} == {
        one: [payer, town.organisation], two: [payer],
    }  # fmt: skip


async def test_what_is_issued_at_one_press_goes_as_services_went(payer):
    await makers.make_platform()
    await db.execute("update organisation set siret = $1", makers.SIRET)
    plain = {"vat_regime": "out_of_scope"}
    days = (date(2027, 1, 20), JAN, date(2027, 1, 15))
    made = [await draft(payer, lines=((1, {"served_from": day, "served_until": day}),), **plain) for day in days]
    await draft(payer, kind="credit_note")
    await draft(payer, month=TODAY.replace(day=1), **plain)
    over = await draft(payer, month=date(2027, 2, 1), lines=((1, {"served_until": date(2027, 2, 28)}),), **plain)
    assert await drafts.ready(ALL) == [made[1], made[2], made[0], over]


# Chorus Pro


async def public(name: str = "Commune") -> int:
    return await makers.make_organisation(name, siret=None, kind=OrganisationKind.COMMUNE, domain="c.example.org")


async def step(number: str, status: str, on: date = JAN, channel: str = "chorus_portal") -> None:
    facts = {"channel": channel, "status": status, "happened_on": on, "created_at": clock.now()}
    await put("transmission", invoice=await id_of(number), **facts)


async def test_open_deposits_are_public_issued_and_unpaid_and_credit_notes_that_the_buyer_lacks(payer):
    town = await public()
    for number in ("F1", "F2", "F3", "F4", "F5", "F6", "F7"):
        await issued(number, town, JAN)
    await issued("F8", payer, JAN)
    await draft(town)
    await paid("F2", JAN, 1_000)
    for number in ("F3", "F4", "F5", "F6", "F7"):
        await paid(number, JAN, 1_000, "credit_note")
    for number, status in (("F3", "available"), ("F4", "rejected"), ("F6", "available"), ("F7", "available")):
        await step(number, status)
    await step("F7", "rejected")  # its last word counts
    await step("F5", "available", channel="elsewhere")
    for n in range(3, 8):
        await issued(f"A{n}", town, JAN, corrects=await id_of(f"F{n}"))
    await step("A6", "available")
    await step("F1", "suspended")
    await step("F1", "deposited", TODAY)
    found = await transmissions.open_deposits(ALL)
    assert [(d.number, str(d.status), d.due_cents) for d in found] == [
        ("A3", "to_deposit", 0),
        ("F1", "deposited", 1_000),
    ]
    assert await transmissions.open_deposits(Scope(organisations={payer: frozenset()})) == []
    assert [s.status for s in await transmissions.steps(await id_of("F5"))] == []


async def test_a_deposit_is_late_after_its_day_and_quiet_after_its_patience(payer):
    town = await public()
    await issued("F1", town, JAN, due=TODAY)
    await issued("F2", town, JAN, due=YESTERDAY)
    patience = transmissions.rules.PATIENCE
    for number, age in (("F1", patience), ("F2", patience)):
        await step(number, "deposited", TODAY - age)
    found = {d.number: d for d in await transmissions.open_deposits(ALL)}
    assert (found["F1"].late, found["F2"].late) == (False, True)
    assert found["F1"].quiet
    assert [d.number for d in await transmissions.open_deposits(ALL)] == ["F1", "F2"]
    with clock.frozen(books.noon(YESTERDAY)):
        assert not found["F1"].quiet
