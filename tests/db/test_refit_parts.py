"""Seats change where a booking has a deposit, several payers, or is billed by who came."""

from __future__ import annotations

import pytest

import makers
from draft_makers import drafts, hold, over, town_of
from refit_makers import UNIT, only, per_seat, proposed, sums, to
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.issue import issue
from training.billing.actions.share import Share, share
from training.billing.actions.undo_held import undo_held
from training.billing.queries.refitting import to_split, too_much
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_a_deposit_that_nobody_issued_follows_the_price(database_test):
    town, _session, booking = await per_seat(8, billing_moment="held")
    draft = await ask_deposit(SYSTEM, booking, percent=30)
    await to(booking, 4)
    again = await only()
    assert (again.id, again.net_cents) == (draft, 1_500)
    await to(booking, 10)
    assert (await only()).net_cents == 3_750
    assert town


async def test_a_deposit_whose_words_were_edited_is_still_so_many_hundredths_of_the_price(database_test):
    """Its percentage was read from the words of its line, which staff may write anew."""
    _town, _session, booking = await per_seat(8, billing_moment="held")
    draft = await ask_deposit(SYSTEM, booking, percent=30)
    await db.execute("update invoice_line set description = 'Arrhes' where invoice = $1", draft)
    await to(booking, 4)
    assert (await only()).net_cents == 1_500


async def test_a_deposit_by_amount_stays_while_it_is_less_than_the_price(database_test):
    _town, _session, booking = await per_seat(8, billing_moment="held")
    await ask_deposit(SYSTEM, booking, amount_cents=5_000)
    await to(booking, 5)
    assert (await only()).net_cents == 5_000
    await to(booking, 4)
    assert await drafts() == [], "it would be all of the price"


async def test_the_balance_of_a_deposit_follows(database_test):
    _town, session, booking = await per_seat(8, billing_moment="held")
    await issue(SYSTEM, await ask_deposit(SYSTEM, booking, percent=30))
    await to(booking, 6)
    assert await drafts() == []
    assert await too_much(SYSTEM.scope) == []
    await hold(session)
    assert (await only()).net_cents == 6 * UNIT - 3_000
    assert await sums() == (6 * UNIT, 0)


async def test_a_deposit_of_more_than_the_price_is_credited_before_the_balance(database_test):
    _town, session, booking = await per_seat(8, billing_moment="held")
    deposit = await ask_deposit(SYSTEM, booking, percent=90)
    await issue(SYSTEM, deposit)
    await to(booking, 6)
    (found,) = await too_much(SYSTEM.scope)
    assert found.left_cents == 1_500
    await hold(session)
    assert await drafts() == [], "no balance below zero"
    asked = await proposed(deposit, found.reference)
    assert asked is not None
    await credit(SYSTEM, deposit, CreditWanted(reason=asked.reason, lines=asked.lines))
    await drain()
    assert (await only()).net_cents == 0
    assert await sums() == (6 * UNIT, 0)


@pytest.mark.parametrize("way", ["seats", "amounts"])
async def test_several_payers_are_asked_for_before_anything_is_billed(database_test, way):
    town, _session, booking = await per_seat(3)
    other = await makers.make_organisation("Autre", siret="00007771900011", domain="autre.example.org")
    said = (lambda n: {"seats": n}) if way == "seats" else (lambda n: {"amount_cents": n * UNIT})
    await share(SYSTEM, booking, [Share(payer=town.organisation, **said(1)), Share(payer=other, **said(2))])
    assert sorted(d.net_cents for d in await drafts()) == [UNIT, 2 * UNIT]
    await to(booking, 5)
    (waits,) = await to_split(SYSTEM.scope)
    assert waits.by_seats == (way == "seats")
    for draft in await drafts():
        with pytest.raises(Conflict, match="dites qui paie combien"):
            await issue(SYSTEM, draft.id)
    await share(SYSTEM, booking, [Share(payer=town.organisation, **said(1)), Share(payer=other, **said(4))])
    assert sorted(d.net_cents for d in await drafts()) == [UNIT, 4 * UNIT]
    assert await to_split(SYSTEM.scope) == []
    for draft in await drafts():
        await issue(SYSTEM, draft.id)
    await to(booking, 7)
    assert await drafts() == []
    assert await too_much(SYSTEM.scope) == []
    await share(SYSTEM, booking, [Share(payer=town.organisation, **said(4)), Share(payer=other, **said(3))])
    assert [(d.payer, d.net_cents) for d in await drafts()] == [(town.organisation, 3 * UNIT)]
    (less,) = await too_much(SYSTEM.scope)
    assert (less.payer, less.left_cents) == (other, UNIT)


async def test_held_before_its_payers_were_said_it_is_billed_once_they_are(database_test):
    town, session, booking = await per_seat(3, billing_moment="held")
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await share(SYSTEM, booking, [Share(payer=town.organisation, seats=1), Share(payer=other, seats=2)])
    await to(booking, 4)
    await hold(session)
    assert await drafts() == []
    await share(SYSTEM, booking, [Share(payer=town.organisation, seats=2), Share(payer=other, seats=2)])
    assert [d.net_cents for d in await drafts()] == [2 * UNIT, 2 * UNIT]


async def test_back_to_what_was_said_the_split_fits_again(database_test):
    town, session, booking = await per_seat(3, billing_moment="held")
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await share(SYSTEM, booking, [Share(payer=town.organisation, seats=1), Share(payer=other, seats=2)])
    await to(booking, 4)
    await to(booking, 3)
    assert await to_split(SYSTEM.scope) == []
    await hold(session)
    assert sorted(d.net_cents for d in await drafts()) == [UNIT, 2 * UNIT]


async def test_by_who_came_nothing_is_billed_before_it_was_counted(database_test):
    _town, session, booking = await per_seat(3, present=True)
    await to(booking, 6)
    assert await drafts() == []
    await hold(session, {booking: 4})
    assert (await only()).net_cents == 4 * UNIT
    with clock.frozen(await over(session)):
        await undo_held(SYSTEM, session, "Erreur.")
    await to(booking, 5)
    assert await drafts() == []
    await hold(session, {booking: 5})
    assert (await only()).net_cents == 5 * UNIT


async def test_after_undoing_held_its_drafts_are_of_the_seats_there_are_then(database_test):
    _town, session, booking = await per_seat(3)
    await issue(SYSTEM, (await only()).id)
    await hold(session)
    with clock.frozen(await over(session)):
        await undo_held(SYSTEM, session, "Erreur.")
    await to(booking, 4)
    await hold(session)
    assert (await only()).net_cents == UNIT
    assert await sums() == (4 * UNIT, 0)


async def test_a_free_session_s_paper_counts_the_seats_there_are_then(database_test):
    town = await town_of()
    offer = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0, reference_cents=35_000)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 3))
    await to(booked.id, 5)
    assert await drafts() == []
    await hold(session)
    assert await db.value("select present from head_count where booking = $1", booked.id) == 5
    assert await db.value("select count(*) from free_confirmation") == 1


async def test_of_what_became_free_nobody_has_to_say_who_pays(database_test):
    town, _session, booking = await per_seat(3)
    other = await makers.make_organisation("Autre", siret="00007771900011", domain="autre.example.org")
    said = [Share(payer=town.organisation, amount_cents=UNIT), Share(payer=other, amount_cents=2 * UNIT)]
    await share(SYSTEM, booking, said)
    await db.execute("update tariff set mode = 'free', amount_cents = 0 where mode = 'per_seat'")
    await to(booking, 4)
    assert (await drafts(), await to_split(SYSTEM.scope), await sums()) == ([], [], (0, 0))


@pytest.mark.parametrize("flat", [True, False])
async def test_a_number_that_comes_with_more_seats_goes_on_the_draft_there_is(database_test, flat):
    town, session, booking = await per_seat(3)
    if flat:
        await cancel(SYSTEM, booking)
        await makers.make_booking(town, 3)
        await drain()
    told = References(purchase_order="EJ-7")
    await book(SYSTEM, NewBooking(town.session if flat else session, town.organisation, 2, references=told))
    await drain()
    draft = await only()
    assert (draft.net_cents, draft.references.purchase_order) == (35_000 if flat else 5 * UNIT, "EJ-7")


async def test_a_number_that_comes_with_more_seats_leaves_a_payer_its_own(database_test):
    town, session, booking = await per_seat(3)
    other = await makers.make_organisation("Autre", siret="00007771900011", domain="autre.example.org")
    own = References(purchase_order="P-1")
    said = [Share(payer=town.organisation, seats=1, references=own), Share(payer=other, seats=2)]
    await share(SYSTEM, booking, said)
    told = References(purchase_order="EJ-7")
    await book(SYSTEM, NewBooking(session, town.organisation, 2, references=told))
    await drain()
    found = {draft.payer: draft.references.purchase_order for draft in await drafts()}
    assert found == {town.organisation: "P-1", other: None}


async def test_one_payer_s_part_issued_the_other_s_comes_back_with_its_session(database_test):
    town, session, booking = await per_seat(3)
    other = await makers.make_organisation("Autre", siret="00007771900011", domain="autre.example.org")
    await share(SYSTEM, booking, [Share(payer=town.organisation, seats=1), Share(payer=other, seats=2)])
    await issue(SYSTEM, (await drafts())[0].id)
    await call_off_session(SYSTEM, session, "Neige")
    await drain()
    assert await drafts() == []
    await reinstate_session(SYSTEM, session)
    await drain()
    assert await sums() == (3 * UNIT, 0)
