"""Part of a price asked before the service; the invoice of the rest counts it as invoiced."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions.credit import CreditWanted, credit, credit_and_reissue
from training.billing.actions.deposit import ask_deposit, drop_deposit
from training.billing.actions.edit_draft import NewLine, add_line
from training.billing.actions.issue import issue
from training.billing.actions.share import Share, share
from training.billing.actions.undo_held import undo_held
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as queries
from training.billing.rules.states import DocumentKind, InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import cancel
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.reporting.office.booking import booking_page
from training.worker import drain

pytestmark = pytest.mark.anyio


async def town_of(**platform: object) -> makers.Town:
    town = await makers.make_town(**{"issue_without_look": False, **platform})
    await db.execute("update organisation set buyer = 'association'")
    return town


async def hold(town: makers.Town) -> None:
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, town.session)
        await drain()


async def only_draft() -> queries.InvoiceView:
    (draft,) = await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    return draft


@pytest.mark.parametrize(("asked", "cents"), [({"percent": 30}, 10_500), ({"amount_cents": 12_345}, 12_345)])
async def test_a_deposit_then_the_balance(database_test, asked, cents):
    town = await town_of(vat_regime="normal", vat_number="FR83888800001")
    booked = await makers.make_booking(town, 10)
    draft = await only_draft_of(await ask_deposit(SYSTEM, booked.id, **asked))
    assert (draft.kind, draft.net_cents, draft.booking) == (DocumentKind.DEPOSIT, cents, booked.reference)
    assert draft.title.startswith("Acompte")
    (listed,) = await waiting.drafts(SYSTEM.scope)
    assert listed.green
    number = await issue(SYSTEM, draft.id)
    await hold(town)
    balance = await only_draft()
    service, taken_off = await queries.lines(balance.id)
    assert (service.net_cents, taken_off.net_cents, taken_off.quantity) == (35_000, -cents, -1)
    assert taken_off.unit_price_cents == cents
    assert number in taken_off.description
    assert balance.net_cents == 35_000 - cents
    assert await issue(SYSTEM, balance.id)
    found = await db.connection().fetch("select part, amount_cents from billable order by id")
    assert [tuple(r) for r in found] == [("deposit", cents), ("balance", 35_000 - cents)]
    assert await db.value("select sum(net_cents)::bigint from invoice where state = 'issued'") == 35_000


async def only_draft_of(invoice: int) -> queries.InvoiceView:
    draft = await only_draft()
    assert draft.id == invoice
    return draft


async def test_a_deposit_that_nobody_issued_gives_way_to_the_whole(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    await ask_deposit(SYSTEM, booked.id, percent=30)
    await hold(town)
    draft = await only_draft()
    assert (draft.kind, draft.net_cents, draft.line_count) == (DocumentKind.INVOICE, 35_000, 1)


async def test_undone_and_held_again_the_balance_counts_it_again(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    await issue(SYSTEM, await ask_deposit(SYSTEM, booked.id, percent=30))
    await hold(town)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await undo_held(SYSTEM, town.session, "Erreur.")
    assert await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT) == []
    await hold(town)
    assert (await only_draft()).net_cents == 24_500


async def test_a_deposit_that_was_credited_is_not_counted(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    deposit = await ask_deposit(SYSTEM, booked.id, percent=30)
    await issue(SYSTEM, deposit)
    await credit(SYSTEM, deposit, CreditWanted(reason="Erreur."))
    await hold(town)
    draft = await only_draft()
    assert (draft.net_cents, draft.line_count) == (35_000, 1)


async def test_the_page_offers_a_deposit_again_where_nothing_of_the_credited_one_is_billed(database_test):
    """The page looked at lines, the action at what is billed: after « annule et remplace » they differed."""
    town = await town_of()
    booked = await makers.make_booking(town, 10)

    async def offered() -> bool:
        return (await booking_page(SYSTEM, booked.reference)).may_ask_deposit

    assert await offered()
    deposit = await ask_deposit(SYSTEM, booked.id, percent=30)
    await issue(SYSTEM, deposit)
    await credit_and_reissue(SYSTEM, deposit, "Erreur.")
    assert not await offered()
    with pytest.raises(Conflict, match="déjà"):
        await ask_deposit(SYSTEM, booked.id, percent=20)
    await drop_deposit(SYSTEM, booked.id)
    assert await offered()
    await issue(SYSTEM, await ask_deposit(SYSTEM, booked.id, percent=20))
    assert not await offered()
    await hold(town)
    assert (await only_draft()).net_cents == 28_000


async def test_a_deposit_that_was_credited_whole_is_not_asked_a_second_time(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    deposit = await ask_deposit(SYSTEM, booked.id, percent=30)
    await issue(SYSTEM, deposit)
    await credit(SYSTEM, deposit, CreditWanted(reason="Erreur."))
    assert not (await booking_page(SYSTEM, booked.reference)).may_ask_deposit
    with pytest.raises(Conflict, match="déjà"):
        await ask_deposit(SYSTEM, booked.id, percent=30)


async def test_its_regime_is_the_balance_s_too(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    await issue(SYSTEM, await ask_deposit(SYSTEM, booked.id, percent=30))
    await db.execute("update offer set vat_regime = 'franchise_293b'")
    await hold(town)
    assert (await only_draft()).vat_regime == "out_of_scope"


async def test_cancelled_before_it_is_issued_it_goes_and_after_it_is_to_credit(database_test):
    town = await town_of()
    early, late = await makers.make_booking(town, 3), await makers.book_apart(town, 4)
    await issue(SYSTEM, await ask_deposit(SYSTEM, late.id, percent=10))
    await ask_deposit(SYSTEM, early.id, percent=10)
    for booked in (early, late):
        await cancel(SYSTEM, booked.id)
    await drain()
    assert await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT) == []
    (found,) = await waiting.to_credit(SYSTEM.scope)
    assert (found.reference, found.left_cents) == (late.reference, 3_500)


async def test_a_deposit_is_dropped_while_it_is_a_draft(database_test):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    with pytest.raises(Conflict):
        await drop_deposit(SYSTEM, booked.id)
    draft = await ask_deposit(SYSTEM, booked.id, percent=30)
    await drop_deposit(SYSTEM, booked.id)
    assert await db.value("select count(*) from invoice") == 0
    await issue(SYSTEM, await ask_deposit(SYSTEM, booked.id, percent=30))
    with pytest.raises(Conflict):
        await drop_deposit(SYSTEM, booked.id)
    assert draft


@pytest.mark.parametrize(("reason", "may"), [(None, False), ("Régie d’avances.", True)])
async def test_a_public_buyer_pays_after_the_service_unless_staff_say_why(database_test, reason, may):
    town = await town_of()
    await db.execute("update organisation set buyer = 'public', early_billing_reason = $1", reason)
    booked = await makers.make_booking(town, 10)
    if may:
        assert await ask_deposit(SYSTEM, booked.id, percent=30)
    else:
        with pytest.raises(Conflict, match="service fait"):
            await ask_deposit(SYSTEM, booked.id, percent=30)


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"percent": 30, "amount_cents": 100}, {"percent": 0}, {"percent": 100}, {"amount_cents": 0},
        {"amount_cents": 35_000}, {"amount_cents": -5},
    ],
)  # fmt: skip
async def test_all_or_nothing_is_no_deposit(database_test, asked):
    town = await town_of()
    booked = await makers.make_booking(town, 10)
    with pytest.raises(Invalid):
        await ask_deposit(SYSTEM, booked.id, **asked)
    assert await db.value("select count(*) from invoice") == 0


async def test_what_has_no_deposit_says_why(database_test):
    town = await town_of()
    with pytest.raises(NotFound):
        await ask_deposit(SYSTEM, 0, percent=30)
    option = await makers.book_beside(town, 3, option=True)
    with pytest.raises(Conflict, match="confirmée"):
        await ask_deposit(SYSTEM, option.id, percent=30)
    twice = await makers.make_booking(town, 3)
    draft = await ask_deposit(SYSTEM, twice.id, percent=30)
    with pytest.raises(Conflict, match="déjà"):
        await ask_deposit(SYSTEM, twice.id, percent=30)
    order = References(purchase_order="X")
    with pytest.raises(Conflict, match="acompte"):
        await share(SYSTEM, twice.id, [Share(payer=town.organisation, amount_cents=35_000, references=order)])
    with pytest.raises(Conflict, match="acompte"):
        await add_line(SYSTEM, draft, NewLine(kind=LineKind.EXTRA, description="Salle", unit_price_cents=1))
    shared = await makers.book_apart(town, 4)
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await share(SYSTEM, shared.id, [Share(payer=other, seats=4)])
    with pytest.raises(Conflict, match="plusieurs clients"):
        await ask_deposit(SYSTEM, shared.id, percent=30)
    counted = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = true where slug = 'place'")
    session = await makers.make_session(counted, starts_at=town.starts_at)
    later = await book(SYSTEM, NewBooking(session, town.organisation, 3))
    with pytest.raises(Conflict, match="présents"):
        await ask_deposit(SYSTEM, later.id, percent=30)
    last = await makers.make_booking(town, 5)
    await hold(town)
    with pytest.raises(Conflict, match="a eu lieu"):
        await ask_deposit(SYSTEM, last.id, percent=30)
