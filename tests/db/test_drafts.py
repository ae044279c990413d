"""« À facturer »: what becomes billable when, grouped rightly, checked, put right, asked for and issued."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions import make_billable as billable
from training.billing.actions.ask_missing import ask_missing, complete_booking, complete_facts
from training.billing.actions.edit_draft import (
    DraftFacts,
    NewLine,
    add_line,
    change_line,
    edit_draft,
    move_line,
    remove_line,
)
from training.billing.actions.issue import issue
from training.billing.actions.issue_all import issue_all
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as queries
from training.billing.rules.states import InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session, cancel
from training.bookings.queries import booking_by_id
from training.catalogue.rules import TariffMode
from training.directory.rules import OrganisationKind
from training.kernel import clock, db, links, settings
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.messages import queries as mails
from training.papers.rules.lines import LineKind
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio


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


# When


async def test_lines_carry_the_booking_and_the_offer_s_accounts(database_test):
    town = await town_of()
    await db.execute("update offer set analytic_code = 'VELO', sales_account = '706100'")
    booked = await makers.make_booking(town, 10)
    await hold(town.session)
    rows = await db.connection().fetch("select booking, analytic_code, sales_account, kind, unit from invoice_line")
    assert [tuple(r) for r in rows] == [(booked.id, "VELO", "706100", "service", "LS")]


@pytest.mark.parametrize(("bill_present", "quantity"), [(False, 10), (True, 7)])
async def test_per_seat_bills_the_seats_booked_unless_the_offer_says_present(database_test, bill_present, quantity):
    town = await town_of()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = $1", bill_present)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await hold(session, {booked.id: 7})
    (draft,) = await drafts()
    (line,) = await queries.lines(draft.id)
    assert (line.quantity, line.unit, draft.net_cents) == (quantity, "C62", quantity * 1_250)


async def test_nobody_came_where_who_comes_is_billed(database_test):
    town = await town_of()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = true")
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await hold(session, {booked.id: 0})
    assert await drafts() == []
    (seen,) = await waiting.unbilled(SYSTEM.scope)
    assert (seen.reference, seen.seats, seen.present) == (booked.reference, 10, 0)


async def test_what_the_worker_has_not_billed_yet_is_not_said_to_be_free(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 7})
        assert await waiting.unbilled(SYSTEM.scope) == []


async def test_a_flat_price_is_billed_even_when_nobody_came(database_test):
    town = await town_of()
    await db.execute("update offer set bill_present = true")
    booked = await makers.make_booking(town, 10)
    await hold(town.session, {booked.id: 0})
    (draft,) = await drafts()
    assert draft.net_cents == 35_000
    assert await waiting.unbilled(SYSTEM.scope) == []


async def test_billed_at_confirmation_then_held_makes_nothing_more(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    await makers.make_booking(town, 10)
    await drain()
    (draft,) = await drafts()
    assert draft.net_cents == 35_000
    (listed,) = await waiting.drafts(SYSTEM.scope)
    assert listed.green, "an early invoice waits for no head-count"
    await hold(town.session)
    assert [d.id for d in await drafts()] == [draft.id]
    assert await db.value("select count(*) from billable") == 1


@pytest.mark.parametrize(("reason", "made"), [(None, 0), ("Régie d’avances.", 1)])
async def test_a_public_buyer_is_billed_at_confirmation_only_with_a_reason(database_test, reason, made):
    town = await town_of(billing_moment="confirmed", early_billing_reason=reason)
    await makers.make_booking(town, 10)
    await drain()
    assert len(await drafts()) == made
    await hold(town.session)
    assert len(await drafts()) == 1


async def test_at_confirmation_an_option_and_a_price_by_head_count_wait(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    await makers.make_booking(town, 10, option=True)
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = true where slug = 'place'")
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await drain()
    assert await drafts() == []
    await hold(session, {booked.id: 4})
    (draft,) = await drafts()
    assert draft.net_cents == 4 * 1_250


async def test_cancelled_leaves_the_drafts_and_is_not_billed_late(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    booked = await makers.make_booking(town, 10)
    kept = await makers.make_booking(town, 3)
    await drain()
    assert len(await drafts()) == 2
    await cancel(SYSTEM, booked.id)
    await drain()
    assert [d.booking for d in await drafts()] == [kept.reference]
    await billable.bill_at_confirmation(SYSTEM, booked.id)  # late, or doubled
    await billable.withdraw(SYSTEM, kept.id)
    assert [d.booking for d in await drafts()] == [kept.reference]
    assert await db.value("select count(*) from billable") == 1


async def test_a_session_called_off_bills_nobody(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    for seats in (3, 4):
        await makers.make_booking(town, seats)
    await drain()
    await call_off_session(SYSTEM, town.session, "Verglas.")
    await drain()
    assert await drafts() == []
    assert await db.value("select count(*) from billable") == 0
    assert await waiting.to_credit(SYSTEM.scope) == []


async def test_cancelled_after_the_invoice_is_listed_as_to_credit(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    booked = await makers.make_booking(town, 10)
    await drain()
    (draft,) = await drafts()
    number = await issue(SYSTEM, draft.id)
    assert await waiting.to_credit(SYSTEM.scope) == []
    await cancel(SYSTEM, booked.id)
    await drain()
    (found,) = await waiting.to_credit(SYSTEM.scope)
    assert (found.number, found.reference, found.left_cents) == (number, booked.reference, 35_000)
    assert len(await issued()) == 1


# By the month


async def monthly(**platform: object) -> tuple[makers.Town, list[int]]:
    """Two bookings of March 2027 and one of April, in sessions of their own, of a town that is billed by the month."""
    town = await makers.make_town(**{"issue_without_look": False, **platform})
    await set_payer(billing_moment="monthly")
    sessions = []
    for day in (date(2027, 3, 9), date(2027, 3, 30), date(2027, 4, 2)):
        start = clock.at(day, town.starts_at.time())
        session = await makers.make_session(town.offer, starts_at=start)
        await book(SYSTEM, NewBooking(session, town.organisation, 10, purchase_order="2027-1"))
        sessions.append(session)
    return town, sessions


async def test_a_month_is_one_invoice(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        for session in sessions:
            await hold(session)
        march, april = sorted(await drafts(), key=lambda d: d.month)
    assert (march.month, march.line_count, march.net_cents) == (date(2027, 3, 1), 2, 70_000)
    assert (march.subject, march.booking, march.purchase_order) == ("Séances de mars 2027", None, "2027-1")
    assert (april.month, april.subject, april.line_count) == (date(2027, 4, 1), "Séances d’avril 2027", 1)
    assert [line.served_from.day for line in await queries.lines(march.id)] == [9, 30]


@pytest.mark.parametrize(
    "change",
    [
        "update booking set service_code = 'SPORTS' where session = $1",
        "update booking set purchase_order = '2027-2' where session = $1",
        "update offer set vat_regime = 'franchise_293b' where id = (select offer from session where id = $1)",
    ],
)
async def test_another_service_engagement_or_regime_is_another_invoice(database_test, change):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        await hold(sessions[0])
        await db.execute(change, sessions[1])
        await hold(sessions[1])
        found = await drafts()
    assert [(d.month, d.line_count) for d in found] == [(date(2027, 3, 1), 1)] * 2


async def test_a_month_is_issued_when_it_is_over_and_not_before(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly(issue_without_look=True)
        for session in sessions[:2]:
            await hold(session)
    with clock.frozen(clock.at(date(2027, 3, 31), makers.NOON.time())):
        await billable.close_month()
        await drain()
        assert await issued() == []
        (listed,) = await waiting.drafts(SYSTEM.scope)
        assert (listed.collecting, listed.green, listed.missing) == (True, False, ())
        assert await issue_all(SYSTEM) == []
    with clock.frozen(clock.at(date(2027, 4, 1), makers.NOON.time())):
        assert await billable.close_month() == 1
        await drain()
        (invoice,) = await issued()
        assert (invoice.line_count, invoice.issued_on) == (2, date(2027, 4, 1))
        assert await billable.close_month() == 0
    with clock.frozen(clock.at(date(2027, 4, 20), makers.NOON.time())):
        await hold(sessions[2], on=clock.at(date(2027, 4, 20), makers.NOON.time()))
        assert len(await issued()) == 1


async def test_held_late_in_a_month_that_is_over_goes_on_its_own_way(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly(issue_without_look=True)
    await hold(sessions[0], on=clock.at(date(2027, 4, 5), makers.NOON.time()))
    (invoice,) = await issued()
    assert (invoice.month, invoice.line_count) == (date(2027, 3, 1), 1)
    await hold(sessions[1], on=clock.at(date(2027, 4, 6), makers.NOON.time()))
    assert len(await issued()) == 2, "what is issued collects no more"


async def test_a_booking_leaves_a_grouped_draft_alone(database_test):
    with clock.frozen(makers.NOON):
        town, sessions = await monthly()
        for session in sessions[:2]:
            await hold(session)
        (draft,) = await drafts()
        gone = await db.value("select id from booking where session = $1", sessions[0])
        await db.execute("update booking set state = 'cancelled' where id = $1", gone)
        await billable.withdraw(SYSTEM, gone)
        (left,) = await drafts()
        assert (left.id, left.line_count, left.net_cents, left.served_from) == (draft.id, 1, 35_000, date(2027, 3, 30))
        await call_off_session(SYSTEM, town.session, "Verglas.")


async def test_an_engagement_said_of_one_booking_is_not_put_on_the_others(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        for session in sessions[:2]:
            await hold(session)
        (draft,) = await drafts()
        one, two = [line.booking for line in await queries.lines(draft.id)]
        await complete_booking(SYSTEM, draft.id, one, "2027-7")
        found = {d.purchase_order: d for d in await drafts()}
        assert {order: (d.line_count, d.net_cents) for order, d in found.items()} == {
            "2027-1": (1, 35_000),
            "2027-7": (1, 35_000),
        }
        assert found["2027-7"].month == draft.month
        await complete_booking(SYSTEM, found["2027-1"].id, two, "2027-7")  # alone on its draft: the draft says it
        await complete_booking(SYSTEM, found["2027-1"].id, two, "2027-1")
        await complete_booking(SYSTEM, found["2027-7"].id, one, "2027-1")
        assert sorted(d.line_count for d in await drafts()) == [1, 1]
        assert await db.value("select sum(net_cents)::bigint from invoice") == 70_000


# By hand


async def test_lines_by_hand_are_counted_as_the_paper_counts_them(database_test):
    town = await makers.make_town(issue_without_look=False, vat_regime="normal", vat_number="FR83888800001")
    booked = await makers.make_booking(town, 10)
    await hold(town.session)
    (draft,) = await drafts()
    travel = NewLine(
        kind=LineKind.TRAVEL, description="Trajet", quantity=Decimal("42.5"), unit="KMT", unit_price_cents=53
    )
    await add_line(SYSTEM, draft.id, travel)
    await add_line(SYSTEM, draft.id, extra(kind=LineKind.DISCOUNT, description="Geste", unit_price_cents=333))
    net = 35_000 + 2_253 - 333  # 22,525 € of travel is 22,53 €
    assert await total(draft.id) == (net, 7_384, net + 7_384)
    lines = await queries.lines(draft.id)
    assert [(line.kind, line.quantity, line.booking) for line in lines] == [
        ("service", 1, booked.id), ("travel", Decimal("42.5"), booked.id), ("discount", -1, booked.id),
    ]  # fmt: skip
    await issue(SYSTEM, draft.id)
    (invoice,) = await issued()
    assert invoice.data is not None
    xml = (await records.file(invoice.data)).content.decode()
    assert re.findall(r"<ram:(?:TaxTotalAmount|GrandTotalAmount)[^>]*>([0-9.]+)<", xml) == ["73.84", "443.04"]


async def test_the_same_line_sent_twice_is_one(database_test):
    draft = await one_draft()
    first = await add_line(SYSTEM, draft.id, extra())
    assert await add_line(SYSTEM, draft.id, extra()) == first
    assert await total(draft.id) == (40_000, 0, 40_000)


async def test_a_total_below_zero_is_refused_and_nothing_is_written(database_test):
    draft = await one_draft()
    whole = extra(kind=LineKind.DISCOUNT, unit_price_cents=35_000)
    with pytest.raises(Conflict, match="négatif"):
        await add_line(SYSTEM, draft.id, replace(whole, unit_price_cents=35_001))
    assert await total(draft.id) == (35_000, 0, 35_000)
    more = await add_line(SYSTEM, draft.id, extra())
    line = await add_line(SYSTEM, draft.id, replace(whole, unit_price_cents=40_000))
    with pytest.raises(Conflict, match="négatif"):
        await remove_line(SYSTEM, more)
    with pytest.raises(Conflict, match="négatif"):
        await change_line(SYSTEM, line, replace(whole, unit_price_cents=40_001))
    await change_line(SYSTEM, line, whole)
    assert await total(draft.id) == (5_000, 0, 5_000)
    assert await remove_line(SYSTEM, more)
    assert await total(draft.id) == (0, 0, 0)


async def test_what_a_booking_makes_is_not_changed_by_hand(database_test):
    draft = await one_draft()
    (line,) = await queries.lines(draft.id)
    for refused in (remove_line(SYSTEM, line.id), change_line(SYSTEM, line.id, extra())):
        with pytest.raises(Conflict, match="réservation"):
            await refused
    with pytest.raises(Invalid):
        await add_line(SYSTEM, draft.id, extra(kind=LineKind.SERVICE))


async def test_an_issued_invoice_is_not_edited_by_any_door(database_test):
    draft = await one_draft()
    line = await add_line(SYSTEM, draft.id, extra())
    await issue(SYSTEM, draft.id)
    for refused in (
        edit_draft(SYSTEM, draft.id, DraftFacts(subject="Autre")),
        add_line(SYSTEM, draft.id, extra(description="Autre")),
        change_line(SYSTEM, line, extra()),
        remove_line(SYSTEM, line),
        move_line(SYSTEM, line),
        ask_missing(SYSTEM, draft.id),
        complete_facts(SYSTEM, draft.id, "2027-9"),
    ):
        with pytest.raises(Conflict, match="émise"):
            await refused
    for refused in (edit_draft(SYSTEM, 0, DraftFacts()), remove_line(SYSTEM, 0), move_line(SYSTEM, 0)):
        with pytest.raises(NotFound):
            await refused


async def test_references_are_written_and_taken_away(database_test):
    draft = await one_draft()
    facts = DraftFacts(purchase_order=" 2027-9 ", service_code="DRH", contract_reference="M-1", subject="Vélo")
    await edit_draft(SYSTEM, draft.id, facts)
    view = await queries.invoice(SYSTEM.scope, draft.id)
    assert (view.purchase_order, view.service_code, view.contract_reference, view.subject) == (
        "2027-9", "DRH", "M-1", "Vélo",
    )  # fmt: skip
    await edit_draft(SYSTEM, draft.id, DraftFacts())
    view = await queries.invoice(SYSTEM.scope, draft.id)
    assert (view.purchase_order, view.service_code, view.contract_reference, view.subject) == (None, None, None, "")
    with pytest.raises(Invalid):
        await edit_draft(SYSTEM, draft.id, DraftFacts(purchase_order="x" * 51))


async def test_drafts_are_merged_and_split_line_by_line(database_test):
    town = await town_of()
    for seats in (3, 4):
        await makers.make_booking(town, seats)
    await hold(town.session)
    one, two = await drafts()
    (line,) = await queries.lines(two.id)
    assert await move_line(SYSTEM, line.id, one.id) == one.id
    (merged,) = await drafts()
    assert (merged.id, merged.line_count, merged.net_cents) == (one.id, 2, 70_000)
    assert await move_line(SYSTEM, line.id, one.id) == one.id, "where it is"
    alone = await move_line(SYSTEM, line.id)
    assert [(d.id, d.line_count, d.net_cents) for d in await drafts()] == [(one.id, 1, 35_000), (alone, 1, 35_000)]
    assert await db.value("select count(*) from billable k join invoice_line l on l.id = k.invoice_line") == 2
    outcomes = await issue_all(SYSTEM)
    assert {o.invoice for o in outcomes if o.number} == {one.id, alone}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("update invoice set vat_regime = 'normal' where id = $1", "régime"),
        ("update invoice set purchase_order = 'X' where id = $1", "engagement"),
        ("update invoice set service_code = 'X' where id = $1", "service"),
        ("update invoice set payer = (select max(id) from organisation) where id = $1", "même structure"),
        ("update invoice set kind = 'deposit' where id = $1", "acompte"),
    ],
)
async def test_unlike_drafts_are_not_merged(database_test, change, words):
    town = await town_of()
    for seats in (3, 4):
        await makers.make_booking(town, seats)
    await hold(town.session)
    await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    one, two = await drafts()
    await db.execute(change, one.id)
    (line,) = await queries.lines(two.id)
    with pytest.raises(Conflict, match=words):
        await move_line(SYSTEM, line.id, one.id)
    assert len(await drafts()) == 2


# Checked, and asked for


async def test_a_list_of_drafts_reads_a_constant_number_of_statements(database_test, statements):
    counts = []
    town = await town_of(chorus_needs="both")
    for n in range(3):
        await makers.make_booking(town, 2 + n)
    await hold(town.session)
    for limit in (1, 3):
        statements.clear()
        listed = await waiting.drafts(SYSTEM.scope, limit=limit)
        counts.append(len([s for s in statements if s.startswith("select")]))
        assert len(listed) == limit
        for each in listed:
            assert list(each.missing) == await queries.blockers(each.invoice.id) != []
            assert not each.green
    assert counts[0] == counts[1] <= 8


async def test_the_chosen_service_s_own_need_is_looked_at(database_test):
    draft = await one_draft(service_code="DRH")
    assert await queries.blockers(draft.id) == []
    payer = draft.payer
    await db.execute(
        "insert into chorus_service (organisation, code, label, engagement_required) values ($1, 'DRH', 'RH', true)",
        payer,
    )
    (said,) = await queries.blockers(draft.id)
    assert "engagement" in said
    with pytest.raises(Conflict, match="engagement"):
        await issue(SYSTEM, draft.id)
    await edit_draft(SYSTEM, draft.id, DraftFacts(service_code="SPORTS", purchase_order="2027-1"))
    (said,) = await queries.blockers(draft.id)
    assert "SPORTS" in said
    await edit_draft(SYSTEM, draft.id, DraftFacts(service_code="DRH", purchase_order="2027-1"))
    assert await issue(SYSTEM, draft.id)


async def asked() -> list[object]:
    return [m for m in await mails.mails() if m.occasion == "invoice_lacking"]


async def test_what_is_missing_is_asked_of_the_client_who_completes_it_and_it_is_issued(database_test):
    town = await makers.make_town()
    await set_payer(chorus_needs="both")
    await makers.make_booking(town, 10)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold(town.session)
        (draft,) = await drafts()
        (mail,) = await asked()
        assert mail.to_email == "compta@mairie.example.org"
        kept = await mails.mail(mail.id)
        token = re.search(r"/lien/([\w-]+)", kept.text)[1]
        link = links.read(token, settings.current().secret_key)
        assert (link.purpose, link.subject, link.generation) == ("billing_facts", draft.id, 0)
        assert "code service" in kept.text
        assert "engagement" in kept.text
        with pytest.raises(Conflict, match="déjà demandé"):
            await ask_missing(SYSTEM, draft.id)
        assert not await complete_facts(SYSTEM, draft.id, service_code="DRH")
        await drain()
        assert await issued() == []
        assert await complete_facts(SYSTEM, draft.id, purchase_order="2027-9")
        await drain()
        (invoice,) = await issued()
        assert (invoice.service_code, invoice.purchase_order) == ("DRH", "2027-9")


async def test_nobody_is_asked_twice_in_a_week_but_by_a_person(database_test):
    town = await makers.make_town()
    await set_payer(chorus_needs="engagement")
    await makers.make_booking(town, 10)
    held = town.ends_at + timedelta(days=1)
    await hold(town.session, on=held)
    (draft,) = await drafts()
    for days, mails_then in ((0, 1), (6, 1), (7, 2)):
        with clock.frozen(held + timedelta(days=days)):
            await billable.issue_if_told(SYSTEM, draft.id)
            await drain()
            assert len(await asked()) == mails_then
    with clock.frozen(held + timedelta(days=8)):
        await ask_missing(SYSTEM, draft.id)
        await drain()
    assert len(await asked()) == 3


async def test_with_a_look_nobody_is_asked_by_itself(database_test):
    await one_draft(chorus_needs="engagement")
    assert await asked() == []


async def test_what_no_client_can_say_is_not_asked(database_test):
    draft = await one_draft()
    with pytest.raises(Conflict, match="ne manque rien"):
        await ask_missing(SYSTEM, draft.id)
    await set_payer(chorus_needs="engagement")
    await db.execute("update contact set active = false")
    with pytest.raises(Conflict, match="contact"):
        await ask_missing(SYSTEM, draft.id)


async def test_a_question_that_was_answered_meanwhile_is_not_put(database_test):
    draft = await one_draft(chorus_needs="engagement")
    await ask_missing(SYSTEM, draft.id)
    await edit_draft(SYSTEM, draft.id, DraftFacts(purchase_order="2027-9"))
    await drain()
    assert await asked() == []


# Issued, all at once


async def test_all_that_is_green_is_issued_and_what_is_not_stays(database_test):
    town = await town_of()
    await makers.make_booking(town, 3)
    other = await makers.make_organisation(
        "Sans numéro", siret=None, kind=OrganisationKind.ASSOCIATION, domain="autre.example.org"
    )
    await book(SYSTEM, NewBooking(town.session, other, 3))
    await makers.make_booking(town, 4)
    await hold(town.session)
    outcomes = await issue_all(SYSTEM)
    assert [bool(o.number) for o in outcomes] == [True, True]
    (left,) = await drafts()
    assert left.payer == other
    assert await issue_all(SYSTEM) == []


async def test_one_that_cannot_be_stops_no_other(database_test, monkeypatch):
    town = await town_of()
    for seats in (3, 4):
        await makers.make_booking(town, seats)
    await hold(town.session)
    one, two = await drafts()

    async def stale(scope):
        return [one.id, 0, two.id]

    monkeypatch.setattr("training.billing.actions.issue_all.ready", stale)
    outcomes = await issue_all(SYSTEM)
    assert [bool(o.number) for o in outcomes] == [True, False, True]
    assert outcomes[1].reason


@pytest.mark.commits
async def test_one_billable_issued_twice_at_once_is_one_invoice(database_test):
    draft = await db_draft()
    done = await asyncio.gather(*(issue(SYSTEM, draft) for _ in range(6)), return_exceptions=True)
    assert len([d for d in done if isinstance(d, str)]) == 1
    assert len([d for d in done if isinstance(d, Conflict)]) == 5
    assert await db.value("select count(*) from ledger_entry where subject_kind = 'invoice'") == 1


async def db_draft() -> int:
    async with db.atomic():
        draft = await one_draft()
    return draft.id


@pytest.mark.commits
async def test_two_sessions_of_a_month_held_at_once_make_one_draft(database_test):
    async with db.atomic():
        with clock.frozen(makers.NOON):
            _town, sessions = await monthly()
            for session in sessions[:2]:
                with clock.frozen(await over(session)):
                    await hold_session(SYSTEM, session)
    with clock.frozen(makers.NOON + timedelta(days=31)):
        await asyncio.gather(*(billable.make_billable(SYSTEM, session) for session in sessions[:2] * 3))
        (draft,) = await drafts()
    assert (draft.line_count, draft.net_cents) == (2, 70_000)
    assert await db.value("select count(*) from billable") == 2


@pytest.mark.commits
async def test_a_cancellation_and_an_issue_at_once_lose_no_money(database_test):
    async with db.atomic():
        town = await town_of(buyer="association", billing_moment="confirmed")
        booked = await makers.make_booking(town, 10)
        await drain()
        (draft,) = await drafts()
        await cancel(SYSTEM, booked.id)
    done = await asyncio.gather(issue(SYSTEM, draft.id), billable.withdraw(SYSTEM, booked.id), return_exceptions=True)
    kept = await issued()
    if isinstance(done[0], str):  # the number came first: it stays, and is to be credited
        assert [i.number for i in kept] == [done[0]]
        assert [c.number for c in await waiting.to_credit(SYSTEM.scope)] == [done[0]]
    else:
        assert isinstance(done[0], NotFound | Conflict)
        assert kept == await drafts() == []
    assert done[1] is None
    view = await booking_by_id(SYSTEM.scope, booked.id)
    assert view is not None
