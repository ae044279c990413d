"""What each page of the office costs, in an empty house and in one that has lived; and what its value says."""

from __future__ import annotations

from datetime import date

import pytest

import accounts_makers as books
import makers
from training.accounting.actions.accounts import export_journal
from training.accounting.queries.register import Filter
from training.accounting.queries.sources import not_exported
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import NotFound
from training.papers.rules.vat import VatRegime
from training.reporting.office import (
    ageing,
    closings,
    feeds,
    jobs,
    journal,
    mails,
    offers,
    opening,
    planning,
    register,
    settings,
    vat,
    venues,
)
from training.reporting.office.today.page import today_page

pytestmark = pytest.mark.anyio

ALL = SYSTEM.scope
MARCH = date(2027, 3, 31)
FILE = "numero;payeur;date;echeance;montant\n"
PAGES = {
    "today": (lambda: today_page(SYSTEM), 9),
    "offers": (lambda: offers.offers_page(""), 3),
    "offer": (lambda: offers.offer_page("velo"), 11),
    "offer written": (lambda: offers.offer_editing("velo"), 10),
    "venues": (lambda: venues.venues_page("", after=None, limit=5), 1),
    "planning": (lambda: planning.planning_page("velo"), 4),
    "feeds": (lambda: feeds.feeds_page(before=None, limit=5), 2),
    "mails": (lambda: mails.mails_page(ALL, state="", search="", after=None, limit=5), 3),
    "jobs": (jobs.jobs_page, 2),
    "keys": (settings.keys_page, 2),
    "series": (settings.series_page, 1),
    "platform": (settings.platform_page, 3),
    "register": (lambda: register.register_page(ALL, Filter(), after=None, limit=5), 3),
    "vat": (lambda: vat.vat_page((date(2027, 1, 1), MARCH)), 2),
    "balance": (lambda: ageing.balance_page(ALL), 2),
    "journal": (lambda: journal.journal_page(SYSTEM), 2),
    "codes": (lambda: journal.codes_page(SYSTEM), 3),
    "closings": (lambda: closings.closings_page(SYSTEM), 2),
    "closing": (lambda: closings.closing_page(MARCH), 2),
    "opening": (lambda: opening.opening_preview(f"{FILE}A1;velo;12/11/2026;12/12/2026;1,00".encode()), 4),
}


async def test_a_page_costs_what_its_query_says_however_much_there_is(database_test, statements):
    town = await makers.make_town()

    async def costs() -> dict[str, int]:
        found = {}
        for name, (page, _wanted) in PAGES.items():
            statements.clear()
            await page()
            found[name] = len(statements)
        return found

    wanted = {name: cost for name, (_page, cost) in PAGES.items()}
    assert await costs() == wanted
    for day in (10, 11, 12):
        await books.pay(await books.invoice(town, town.organisation, date(2027, 3, day)), 100, MARCH)
    assert await costs() == wanted


async def test_closing_says_how_much_no_export_has_carried(database_test):
    town = await makers.make_town()
    made = await books.invoice(town, town.organisation, date(2027, 3, 10))
    await books.pay(made, 100, date(2027, 3, 12))
    await books.pay(made, 100, date(2027, 3, 12), payer=await books.association())  # moves money between accounts
    for until, left in ((date(2027, 3, 9), 0), (date(2027, 3, 10), 1), (MARCH, 4)):
        assert (await closings.closing_page(until)).not_exported == left == len(await not_exported(until))
    with clock.frozen(books.noon(date(2027, 4, 5))):
        await export_journal(SYSTEM, date(2027, 1, 1), MARCH)
    assert (await closings.closing_page(MARCH)).not_exported == 0


async def test_planning_begins_with_the_offer_that_was_asked_for(database_test):
    town = await makers.make_town()
    asked = (await planning.planning_page(town.offer_slug)).proposed
    assert asked is not None
    assert asked.id == town.offer
    assert (await planning.planning_page("rien")).proposed is None


async def test_an_offer_says_the_regime_that_counts_where_it_has_none(database_test):
    await makers.make_town(vat_regime="franchise_293b")
    found = await offers.offer_page("velo")
    assert (found.offer.vat_regime, found.usual) == (None, VatRegime.FRANCHISE_293B)


async def test_what_is_not_there_is_said_by_the_query(database_test):
    await makers.make_town()
    for reading in (
        offers.offer_page("rien"),
        venues.venue_page(999_999),
        feeds.feed_page(999_999),
        mails.mail_page(SYSTEM, 999_999),
        mails.attachment(ALL, 999_999, 1),
        journal.exported_file(7),
        journal.exported_file(None),
        opening.opening_page(SYSTEM, 999_999),
    ):
        with pytest.raises(NotFound):
            await reading


async def test_an_invoice_of_ours_is_none_of_another_ledger(database_test):
    town = await makers.make_town()
    await books.invoice(town, town.organisation, date(2027, 3, 10))
    with pytest.raises(NotFound):
        await opening.opening_page(SYSTEM, await db.value("select max(id) from receivable"))
