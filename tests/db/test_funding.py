"""Who funds what on a day; shares that are never more than all; funders that are archived, and named again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

import makers
from training.catalogue.actions.funding import fund, stop_funding
from training.catalogue.actions.supporters import add_supporter, archive_supporter, edit_supporter, name_again
from training.catalogue.queries import funding as supporting
from training.catalogue.rules.supporters import NewSupporter, SupporterKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


@pytest.fixture
async def offer(database_test):
    with clock.frozen(makers.NOON):
        yield await makers.make_offer()


def written(name: str, since: date | None = None, until: date | None = None) -> NewSupporter:
    return NewSupporter(SupporterKind.FUNDER, name, None, f"Avec {name}.", 1, None, since, until)


async def funder(name: str = "Région d’Essai", since: date | None = None, until: date | None = None) -> int:
    return await add_supporter(SYSTEM, written(name, since, until))


async def on(offer: int, day: date) -> list[tuple[str, int | None]]:
    return [(f.by.name, f.share_bp) for f in (await supporting.funded_on([offer], day))[offer]]


async def test_an_offer_is_funded_on_the_days_of_each_of_its_funders(offer):
    today = clock.today()
    other = await makers.make_offer("Autre")
    region = await funder("Région", today, today + 30 * DAY)
    foundation = await funder("Fondation")
    await fund(SYSTEM, offer, foundation, None)
    await fund(SYSTEM, offer, region, 4_000)
    await fund(SYSTEM, other, region, 2_500)
    assert await on(offer, today - DAY) == [("Fondation", None)]
    assert await on(offer, today) == [("Région", 4_000), ("Fondation", None)]
    assert await on(offer, today + 31 * DAY) == [("Fondation", None)]
    both = await supporting.funded_on([offer, other], today)
    assert [f.share_bp for f in both[other]] == [2_500]


async def test_what_is_archived_funds_until_that_day_and_again_when_it_is_named_again(offer):
    today, made = clock.today(), await funder()
    await fund(SYSTEM, offer, made, 4_000)
    await archive_supporter(SYSTEM, made)
    assert await on(offer, today) == [("Région d’Essai", 4_000)]
    assert await on(offer, today + DAY) == []
    assert await supporting.supporters() == []
    for refused in (
        fund(SYSTEM, offer, made, 5_000),
        edit_supporter(SYSTEM, made, written("Autre")),
        archive_supporter(SYSTEM, made),
    ):
        with pytest.raises(Conflict):
            await refused
    await name_again(SYSTEM, made)
    assert await on(offer, today + DAY) == [("Région d’Essai", 4_000)]


async def test_together_they_never_pay_more_than_all_of_it_on_any_day(offer):
    today = clock.today()
    first = await funder("Un", today, today + 10 * DAY)
    second = await funder("Deux", today + 11 * DAY, None)
    await fund(SYSTEM, offer, first, 7_000)
    await fund(SYSTEM, offer, second, 6_000)
    with pytest.raises(Invalid) as refused:
        await edit_supporter(SYSTEM, first, written("Un", today, today + 11 * DAY))
    assert list(refused.value.errors) == ["valid_until"]
    third = await funder("Trois")
    with pytest.raises(Invalid) as refused:
        await fund(SYSTEM, offer, third, 3_001)
    assert list(refused.value.errors) == ["share"]
    await fund(SYSTEM, offer, third, 3_000)
    await fund(SYSTEM, offer, third, 1_000)
    assert ("Trois", 1_000) in await on(offer, today), "said again, it is corrected"


async def test_who_is_named_again_does_not_pay_what_others_pay_meanwhile(offer):
    first, second = await funder("Un"), await funder("Deux")
    await fund(SYSTEM, offer, first, 7_000)
    with clock.frozen(makers.NOON - 9 * DAY):
        await archive_supporter(SYSTEM, first)
    await edit_supporter(SYSTEM, second, written("Deux", clock.today(), None))
    await fund(SYSTEM, offer, second, 6_000)
    with pytest.raises(Invalid):
        await name_again(SYSTEM, first)


async def test_a_share_that_was_a_mistake_is_taken_back(offer):
    made = await funder()
    await fund(SYSTEM, offer, made, 4_000)
    await stop_funding(SYSTEM, offer, made)
    assert await on(offer, clock.today()) == []
    with pytest.raises(NotFound):
        await stop_funding(SYSTEM, offer, made)
    rows = await db.connection().fetch("select old, new from change where field = 'funding' order by id")
    assert [tuple(row) for row in rows] == [(None, "Région d’Essai, 40 %"), ("Région d’Essai, 40 %", None)]


async def test_a_partner_or_nobody_funds_nothing(offer):
    partner = await add_supporter(SYSTEM, replace(written("Garage"), kind=SupporterKind.PARTNER))
    for wrong in (partner, partner + 1):
        with pytest.raises(Invalid):
            await fund(SYSTEM, offer, wrong, 100)


@pytest.mark.commits
async def test_of_two_who_say_a_share_at_once_the_second_is_refused(database_test):
    offer = await makers.make_offer()
    made = [await funder("Un"), await funder("Deux")]
    done = await asyncio.gather(*(fund(SYSTEM, offer, one, 6_000) for one in made), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Invalid", "NoneType"]
