"""Tariffs set, changed, ended and withdrawn; the past stays; no two hold on one day, by any door."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.catalogue.actions.tariffs import change_tariff, withdraw_tariff
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.changing import Priced, TariffChange
from training.catalogue.rules.tariffs import TariffMode, TariffRow, price_for
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.render import day_month
from training.migrations import m0042_tariffs
from training.reporting.office.today.kinds import WaitingKind
from training.reporting.office.today.page import today_page

pytestmark = pytest.mark.anyio

FLAT, FREE = Priced(TariffMode.FLAT, 40_000), Priced(TariffMode.FREE, 0, 35_000)
DAY = timedelta(days=1)
COLUMNS = "offer, organisation_kind, mode, amount_cents, valid_from, valid_until"


@pytest.fixture
async def offer(database_test):
    with clock.frozen(makers.NOON):
        yield await makers.make_offer()


async def tariffs(offer: int) -> list[TariffRow]:
    return sorted((await pricing.tariffs([offer]))[offer], key=lambda t: (t.organisation_kind or "", t.valid_from))


async def test_a_change_ends_the_tariff_before_it_the_day_before(offer):
    (was,) = await tariffs(offer)
    later = clock.today() + timedelta(days=30)
    await change_tariff(SYSTEM, offer, TariffChange((None,), FLAT, later))
    before, after = await tariffs(offer)
    assert (before.valid_from, before.valid_until) == (was.valid_from, later - DAY)
    assert (after.amount_cents, after.valid_from, after.valid_until) == (40_000, later, None)


async def test_a_price_for_some_stands_beside_that_of_all_others(offer):
    await change_tariff(SYSTEM, offer, TariffChange(("commune", "school"), FREE, clock.today()))
    rows = await tariffs(offer)
    assert [row.organisation_kind for row in rows] == [None, "commune", "school"]
    price = price_for(rows, "commune", clock.today())
    assert price is not None
    assert (price.price_cents, price.reference_cents) == (0, 35_000)
    await change_tariff(SYSTEM, offer, TariffChange(("commune",), None, clock.today() + 5 * DAY))
    rows = await tariffs(offer)
    price = price_for(rows, "commune", clock.today() + 5 * DAY)
    assert price is not None
    assert price.price_cents == rows[0].amount_cents


async def test_what_was_planned_is_withdrawn_and_what_it_ended_goes_on(offer):
    was = await tariffs(offer)
    later = clock.today() + timedelta(days=30)
    await change_tariff(SYSTEM, offer, TariffChange((None,), FLAT, later))
    await withdraw_tariff(SYSTEM, offer, (None,), later)
    assert await tariffs(offer) == was
    with pytest.raises(Conflict):
        await withdraw_tariff(SYSTEM, offer, (None,), later)
    with pytest.raises(Conflict):
        await withdraw_tariff(SYSTEM, offer, (None,), was[0].valid_from)


async def test_what_was_planned_is_moved_to_another_day(offer):
    first, second = clock.today() + timedelta(days=30), clock.today() + timedelta(days=60)
    await change_tariff(SYSTEM, offer, TariffChange((None,), FLAT, first))
    await change_tariff(SYSTEM, offer, TariffChange((None,), FREE, second, planned=first))
    assert [(row.mode, row.valid_from) for row in (await tariffs(offer))[1:]] == [(TariffMode.FREE, second)]


async def test_the_past_is_refused(offer):
    with pytest.raises(Invalid):
        await change_tariff(SYSTEM, offer, TariffChange((None,), FLAT, clock.today() - DAY))
    with pytest.raises(NotFound):
        await change_tariff(SYSTEM, offer + 1, TariffChange((None,), FLAT, clock.today()))


async def test_an_archived_offer_keeps_its_tariffs(offer):
    await db.execute("update offer set state = 'archived' where id = $1", offer)
    with pytest.raises(Conflict):
        await change_tariff(SYSTEM, offer, TariffChange((None,), FLAT, clock.today()))


async def test_the_change_says_what_each_kind_paid_and_pays(offer):
    await change_tariff(SYSTEM, offer, TariffChange(("commune",), FREE, clock.today() + DAY))
    row = await db.connection().fetchrow("select field, old, new from change where subject_kind = 'offer'")
    assert row is not None
    assert (row["field"], row["old"]) == ("tariff_commune", "pas de tarif")
    assert row["new"].startswith("gratuit, d’une valeur de 350,00")
    assert row["new"].endswith("mardi 2 mars 2027")


@pytest.mark.commits
async def test_of_two_who_change_one_tariff_at_once_neither_leaves_two_for_one_day(database_test):
    offer = await makers.make_offer()
    later = clock.today() + timedelta(days=30)
    changes = [TariffChange((None,), Priced(TariffMode.FLAT, 1_000 * n), later + n * DAY) for n in (1, 2)]
    await asyncio.gather(*(change_tariff(SYSTEM, offer, change) for change in changes))
    rows = await tariffs(offer)
    assert [row.amount_cents for row in rows[1:]] == [1_000, 2_000]
    assert [row.valid_until for row in rows[1:]] == [later + DAY, None]


async def test_two_tariffs_of_one_kind_on_one_day_are_refused_by_any_door(offer):
    with pytest.raises(Conflict):
        async with db.atomic():
            await db.execute(
                "insert into tariff (offer, mode, amount_cents, valid_from) values ($1, 'flat', 9, $2)",
                offer,
                clock.today(),
            )


async def test_tariffs_that_overlapped_before_are_cut_where_each_of_them_held(offer):
    await db.execute("alter table tariff drop constraint tariff_one_a_day")
    await db.execute("delete from tariff")
    said = [
        ("commune", 1, 0, None),
        ("commune", 2, 10, 20),
        ("commune", 3, 10, 12),
        (None, 4, 5, 8),
        (None, 5, 8, None),
    ]
    today = clock.today()
    for kind, cents, since, until in said:
        sql = f"insert into tariff ({COLUMNS}) values ($1, $2, 'flat', $3, $4, $5)"
        await db.execute(sql, offer, kind, cents, today + since * DAY, None if until is None else today + until * DAY)
    before = await tariffs(offer)
    for statement in m0042_tariffs.APART:
        await db.execute(statement)
    after = await tariffs(offer)
    assert [(r.organisation_kind, r.amount_cents) for r in after] == [
        (None, 4),
        (None, 5),
        ("commune", 1),
        ("commune", 2),
        ("commune", 1),
    ]
    for day in (today + n * DAY for n in range(30)):
        for kind in (None, "commune"):
            was, now = price_for(before, kind, day), price_for(after, kind, day)
            assert was == now
    await db.execute(
        "alter table tariff add constraint tariff_one_a_day exclude using gist (offer with =, "
        "(coalesce(organisation_kind, '')) with =, (daterange(valid_from, valid_until, '[]')) with &&)"
    )


async def unpriced() -> list[tuple[str, str, str, str]]:
    """What « Aujourd’hui » says of days without a price: which group, when, the words, the page that cures it."""
    found = [(g, r) for g in (await today_page(SYSTEM)).pile for r in g.rows if r.kind is WaitingKind.UNPRICED]
    return [(group.group.value, row.when, row.text, row.href) for group, row in found]


async def test_a_hole_between_two_prices_is_on_the_home_until_it_is_filled(offer):
    await change_tariff(SYSTEM, offer, TariffChange((None,), FLAT, clock.today() + 40 * DAY))
    assert await unpriced() == [], "one price after another is no hole"
    await db.execute("update tariff set valid_until = $1 where valid_until is not null", clock.today() + 9 * DAY)
    await change_tariff(SYSTEM, offer, TariffChange(("commune",), FREE, clock.today() + 5 * DAY))
    ((group, when, text, href),) = await unpriced()
    assert (group, href) == ("soon", "/gestion/catalogue/velo/tarifs")
    assert when == day_month(clock.today() + 10 * DAY)
    assert text.startswith("Toutes les autres structures, jusqu’au"), "communes have their own, without a hole"
    with clock.frozen(makers.NOON + 12 * DAY):
        assert [row[0] for row in await unpriced()] == ["late"], "nobody can book on these days"
    with clock.frozen(makers.NOON + 50 * DAY):
        assert await unpriced() == [], "it is over"
    await db.execute("update offer set state = 'archived'")
    assert await unpriced() == []


async def test_a_price_that_ends_is_said_where_a_session_is_planned_after_it(database_test):
    town = await makers.make_town()
    last = clock.local(await db.value("select starts_at from session where id = $1", town.session)).date() - DAY
    await db.execute("update tariff set valid_until = $1", last)
    ((_group, when, text, _href),) = await unpriced()
    assert when == day_month(last + DAY)
    assert text == "Toutes les autres structures : une séance est prévue, et aucun prix ne suit"
    await db.execute("update session set state = 'draft'")
    assert await unpriced() == [], "an offer that nobody can book may end"
