"""A draft put right by hand: its lines, its references, merged and split."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

import makers
from draft_makers import (
    drafts,
    extra,
    hold,
    issued,
    one_draft,
    total,
    town_of,
)
from training.billing.actions.ask_missing import ask_missing, complete_facts
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
from training.billing.queries import invoices as queries
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.records import queries as records

pytestmark = pytest.mark.anyio


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
        complete_facts(SYSTEM, draft.id, References(purchase_order="2027-9")),
    ):
        with pytest.raises(Conflict, match="émise"):
            await refused
    for refused in (edit_draft(SYSTEM, 0, DraftFacts()), remove_line(SYSTEM, 0), move_line(SYSTEM, 0)):
        with pytest.raises(NotFound):
            await refused


async def test_references_are_written_and_taken_away(database_test):
    draft = await one_draft()
    facts = DraftFacts(
        references=References(purchase_order=" 2027-9 ", service_code="DRH", contract_reference="M-1"), subject="Vélo"
    )
    await edit_draft(SYSTEM, draft.id, facts)
    view = await queries.invoice(SYSTEM.scope, draft.id)
    assert (view.references, view.subject) == (facts.references, "Vélo")
    assert view.references.purchase_order == "2027-9"
    await edit_draft(SYSTEM, draft.id, DraftFacts())
    view = await queries.invoice(SYSTEM.scope, draft.id)
    assert (view.references, view.subject) == (References(), "")
    with pytest.raises(Invalid):
        await edit_draft(SYSTEM, draft.id, DraftFacts(references=References(purchase_order="x" * 51)))


async def test_drafts_are_merged_and_split_line_by_line(database_test):
    town = await town_of()
    for seats in (3, 4):
        await makers.book_apart(town, seats)
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
        await makers.book_apart(town, seats)
    await hold(town.session)
    await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    one, two = await drafts()
    await db.execute(change, one.id)
    (line,) = await queries.lines(two.id)
    with pytest.raises(Conflict, match=words):
        await move_line(SYSTEM, line.id, one.id)
    assert len(await drafts()) == 2
