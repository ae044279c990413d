"""In which order a search answers: what fits best, what is open, what is to come, what is recent."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
import search_makers
from makers import NOON
from search_makers import found
from training.kernel import clock, db
from training.kernel.search_words import forget_words
from training.reporting.office.search import looking
from training.reporting.office.search.finding import find

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database_test")]


@pytest.fixture(params=["near", "far"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Met among the nearest in time, or by the index alone."""
    if request.param == "far":
        monkeypatch.setattr(looking, "NEAR", 0)


async def call(*names: str) -> None:
    """Contacts of these names, the last of them the newest, in an organisation of Alençon."""
    town = await makers.make_town()
    async with db.atomic():
        await db.execute("update contact set name = 'Zoé Zola'")
        for n, name in enumerate(names):
            await db.execute(
                """
                insert into contact (organisation, name, phone, title, for_booking, for_billing, locale, active,
                                     created_at)
                values ($1, $2, '', '', false, false, 'fr', true, $3)
                """,
                town.organisation, name, NOON - timedelta(days=len(names) - n),
            )  # fmt: skip


async def test_who_is_called_so_comes_before_who_has_something_to_do_with_it() -> None:
    await call("Paul Alençon", "Anne Autre", "Bruno Bis", "Carla Cas", "Denis Deux", "Emma Elan", "Fred Fin")
    assert (await found("alençon"))["contact"][0] == "Paul Alençon"
    assert (await found("alen"))["contact"][0] == "Paul Alençon"


async def test_a_whole_word_comes_before_its_beginning_and_that_before_a_slip() -> None:
    await call("Luc Martin", "Luc Martine", "Luc Martinez", "Luc Matrin")
    async with db.atomic():
        await db.execute("update contact set active = false where name = 'Luc Martin'")
    assert (await found("martin"))["contact"] == ["Luc Martin", "Luc Martinez", "Luc Martine", "Luc Matrin"]


async def test_what_is_open_comes_before_what_is_over_and_what_is_to_come_before_what_was() -> None:
    await search_makers.make_searched()
    async with db.atomic():
        offer = await db.value("select offer from session order by starts_at limit 1")
        coming = await makers.make_session(offer, starts_at=NOON + timedelta(days=300))
        await db.execute("update session set state = 'cancelled' where id = $1", coming)
    with clock.frozen(NOON):
        hits = (await find("électrique", ["session"], 5))["session"].subjects
    assert len(hits) == 3
    state = dict(await db.connection().fetch("select id, state from session"))
    starts = dict(await db.connection().fetch("select id, starts_at from session"))
    assert state[hits[-1]] == "cancelled", "though it is the only one of its year"
    assert starts[hits[0]] > NOON > starts[hits[1]]


async def test_a_session_that_moved_is_found_by_when_it_is_and_so_are_those_who_come() -> None:
    await search_makers.make_searched()
    moved = NOON + timedelta(days=200)
    async with db.atomic():
        await db.execute(
            "update slot set starts_at = $1::timestamptz, ends_at = $1::timestamptz + interval '2 hours'", moved
        )
    kinds = {"session", "booking", "participant"}
    found = "select distinct kind::text, at from search_entry where kind = any($1::text[])"
    assert set(map(tuple, await db.connection().fetch(found, list(kinds)))) == {(kind, moved) for kind in kinds}


async def test_the_kind_that_answers_best_comes_first() -> None:
    await search_makers.make_searched()
    assert next(iter(await found("rachel"))) == "contact", "not the bookings that she made"
    assert next(iter(await found("R2027-00042"))) == "booking"
    assert next(iter(await found("halle aux grains"))) in ("session", "venue")


async def test_of_many_the_most_recent_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "NEAR", min(looking.NEAR, 3))
    async with db.atomic():
        await db.execute(
            """
            insert into search_entry (kind, subject, at, ended, lexemes)
            select 'contact', 1000 + n, at, false, search_document('dupont', '{}', '', time_codes(at))
            from generate_series(1, 400) n, lateral (select $1::timestamptz - (400 - n) * interval '10 days') t (at)
            """,
            NOON,
        )
        await db.execute("insert into search_word (word) values ('dupont')")
    with clock.frozen(NOON):
        hits = (await find("dupont", ["contact"], 5))["contact"]
    assert hits.subjects == (1400, 1399, 1398, 1397, 1396)
    assert hits.most


async def test_a_name_that_was_taken_away_leaves_the_search_and_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    await search_makers.make_searched()
    words = "select array_agg(word::text) from search_word where word in ('maelle', 'guerin', 'alencon', 'rachel')"
    assert set(await db.value(words)) == {"maelle", "guerin", "alencon", "rachel"}
    async with db.atomic():
        await db.execute("delete from participant")
    assert await found("maelle") == {}
    await forget_words()
    assert set(await db.value(words)) == {"alencon", "rachel"}
    assert "contact" in await found("rachl"), "what others are called is still known"
