"""A feed is never stale: what its text uses names its bytes; what it does not use leaves its tag alone."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import pytest

import makers
from ics_reading import assert_well_formed, plain, properties
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel
from training.calendar.actions import make_feed
from training.calendar.actions.feeds import open_feed
from training.calendar.formats.feed import Head
from training.calendar.queries import slots
from training.calendar.queries.slots import Source
from training.calendar.rules import FeedKind
from training.directory.actions.partners import add_partner
from training.directory.actions.platform import set_platform
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM
from training.scheduling import queries as scheduling
from training.scheduling.actions.assignments import withdraw_assignment
from training.scheduling.actions.changing import Moved, edit_venue, move_session

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
DOORS = ("public", "organisation", "facilitator", "partner", "venue", "staff")


@dataclasses.dataclass
class Feeds:
    """The town, and the address of each of its feeds."""

    town: makers.Town
    booking: int
    partner: int
    paths: dict[str, str]


async def sql(statement: str, *values: object) -> None:
    """A change in a (sub)transaction of its own, as every real one is: its rows have a version of their own."""
    async with db.atomic():
        await db.execute(statement, *values)


@pytest.fixture
async def feeds(client) -> Feeds:
    town = await makers.make_town()
    partner = await add_partner(SYSTEM, name="Vélo Services", slug="velo-services", summary="")
    await sql("update offer set partner = $1", partner)
    booked = await makers.make_booking(town, 5)
    tokens = {
        "organisation": await open_feed(SYSTEM, "x", organisation=town.organisation),
        "facilitator": await open_feed(SYSTEM, "x", facilitator=town.facilitator),
        "partner": await open_feed(SYSTEM, "x", partner=partner),
        "venue": await open_feed(SYSTEM, "x", venue=town.venue),
    }
    paths = {door: f"/agenda/p/{token}.ics" for door, token in tokens.items()}
    return Feeds(town, booked.id, partner, {"public": "/agenda/public.ics", **paths})


async def fetch(client, path: str) -> tuple[str, bytes]:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert_well_formed(answer.content)
    return answer.headers["etag"], answer.content


def said(content: bytes, name: str) -> str:
    return plain(properties(content)[name][1])


async def moved(town: makers.Town, by: timedelta = timedelta(hours=1), venue: int | None = None) -> None:
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    where = town.venue if venue is None else venue
    await move_session(SYSTEM, town.session, {slot.id: Moved(slot.starts_at + by, slot.ends_at + by, where)})


async def other_venue(f: Feeds) -> None:
    copy = """
        insert into venue (name, address, commune, capacity, access, active)
        select 'Autre salle', address, commune, capacity, access, true from venue returning id
    """
    async with db.atomic():
        made = await db.value(copy)
    await moved(f.town, timedelta(), made)


async def another_facilitator(f: Feeds) -> None:
    await withdraw_assignment(SYSTEM, await db.value("select id from assignment"))


# (what changes, how, in which feeds, what is said then: property and words)
CHANGES = [
    ("title", lambda f: makers.rewrite(f.town.offer, title="Rouler", summary="S"), DOORS, ("SUMMARY", "Rouler")),
    (
        "summary",
        lambda f: makers.rewrite(f.town.offer, title="Sensibilisation au vélo électrique", summary="Tout autre."),
        ("public",),
        ("DESCRIPTION", "Tout autre."),
    ),
    ("theme", lambda f: sql("update offer set theme = 'Marche'"), DOORS, ("CATEGORIES", "Marche")),
    ("partner", lambda f: sql("update partner set name = 'Cycles & Cie'"), DOORS, ("DESCRIPTION", "Cycles & Cie")),
    ("cancelled", lambda f: call_off_session(SYSTEM, f.town.session, "Verglas."), DOORS, ("STATUS", "CANCELLED")),
    ("time", lambda f: moved(f.town), DOORS, ("SEQUENCE", "1")),
    ("another place", other_venue, DOORS[:-1], ("LOCATION", "Autre salle")),
    ("venue", lambda f: edit_venue(SYSTEM, f.town.venue, {"name": "Le Bocage"}), DOORS, ("LOCATION", "Le Bocage")),
    ("address", lambda f: edit_venue(SYSTEM, f.town.venue, {"address": "9 rue X"}), DOORS, ("LOCATION", "9 rue X")),
    ("access", lambda f: edit_venue(SYSTEM, f.town.venue, {"access": "La cour."}), DOORS, ("DESCRIPTION", "La cour.")),
    ("place on earth", lambda f: edit_venue(SYSTEM, f.town.venue, {"latitude": 48.5}), DOORS, ("GEO", "48.5;")),
    ("zone", lambda f: makers.move_overseas(f.town.venue), DOORS, None),
    ("commune", lambda f: sql("update commune set name = 'Argentan'"), DOORS, ("LOCATION", "Argentan")),
    ("postcode", lambda f: sql("update commune set postcode = '61200'"), DOORS, ("LOCATION", "61200")),
    (
        "seats",
        lambda f: book(SYSTEM, NewBooking(f.town.session, f.town.organisation, 3)),
        ("organisation", "facilitator", "partner", "venue"),
        ("DESCRIPTION", "8 places"),
    ),
    ("booking", lambda f: cancel(SYSTEM, f.booking), ("organisation",), ("STATUS", "CANCELLED")),
    (
        "organisation",
        lambda f: sql("update organisation set name = 'Ville Neuve'"),
        ("facilitator", "partner"),
        ("DESCRIPTION", "Ville Neuve"),
    ),
    ("assignment", another_facilitator, ("facilitator",), ("STATUS", "CANCELLED")),
    ("telephone", lambda f: set_platform(SYSTEM, {"phone": "02 00"}), DOORS, ("DESCRIPTION", "02 00")),
    ("platform", lambda f: set_platform(SYSTEM, {"short_name": "Bis"}), DOORS, ("DESCRIPTION", "Bis, ")),
]


@pytest.mark.parametrize(("how", "where", "words"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
async def test_what_a_text_uses_changes_its_tag_and_its_bytes(client, feeds, how, where, words):
    doors = [door for door in where if door in feeds.paths]
    if how is other_venue:
        doors.remove("venue")  # it leaves that one
    before = {door: await fetch(client, feeds.paths[door]) for door in doors}
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        await how(feeds)
        for door in doors:
            etag, content = await fetch(client, feeds.paths[door])
            assert etag != before[door][0], door
            assert content != before[door][1], door
            if words:
                assert words[1] in said(content, words[0]).replace("\N{NO-BREAK SPACE}", " "), door
            else:
                assert "TZID=Indian/Reunion" in properties(content)["DTSTART"][0]
                assert b"TZID:Indian/Reunion" in content
            assert await fetch(client, feeds.paths[door]) == (etag, content), "the same again"


async def test_the_site_s_own_address_is_part_of_what_is_said(client, feeds):
    before = await fetch(client, feeds.paths["public"])
    here = settings.current()
    settings.use(dataclasses.replace(here, base_url="https://autre.example.org"))
    try:
        etag, content = await fetch(client, feeds.paths["public"])
    finally:
        settings.use(here)
    assert etag != before[0]
    assert said(content, "URL").startswith("https://autre.example.org/")
    assert await fetch(client, feeds.paths["public"]) == before


async def another_s_booking(f: Feeds) -> None:
    other = await makers.make_organisation("Commune Voisine", siret=None, domain="voisine.example.org")
    await book(SYSTEM, NewBooking(f.town.session, other, 2))


async def far_away(f: Feeds) -> None:
    start = clock.at(clock.today() + 700 * DAY, clock.local(f.town.starts_at).time())
    session = await makers.make_session(f.town.offer, starts_at=start, facilitators=(f.town.facilitator,))
    await book(SYSTEM, NewBooking(session, f.town.organisation, 2))


async def draft(f: Feeds) -> None:
    await makers.make_session(
        f.town.offer, starts_at=f.town.starts_at + 3 * DAY, facilitators=(f.town.facilitator,), state="draft"
    )


UNUSED = [
    ("another's booking", another_s_booking, ("organisation", "public")),
    ("seats", lambda f: book(SYSTEM, NewBooking(f.town.session, f.town.organisation, 3)), ("public",)),
    ("who comes", lambda f: name_participants(SYSTEM, f.booking, (NewParticipant("N"),)), tuple(DOORS[:-1])),
    ("a draft", draft, tuple(DOORS[:-1])),
    ("next window", far_away, tuple(DOORS[:-1])),
    (
        "audit",
        lambda f: sql("insert into audit (at, actor_kind, action, fields) values (now(), 'system', 'x', '{}')"),
        tuple(DOORS[:-1]),
    ),
    ("a facilitator's telephone", lambda f: sql("update facilitator set phone = '06'"), tuple(DOORS[:-1])),
    ("the bank", lambda f: set_platform(SYSTEM, {"payment_days": 45}), tuple(DOORS[:-1])),
    ("an organisation's name", lambda f: sql("update organisation set name = 'Autre'"), ("public",)),
]


@pytest.mark.parametrize(("how", "where"), [row[1:] for row in UNUSED], ids=[row[0] for row in UNUSED])
async def test_what_it_does_not_use_leaves_the_tag_alone(client, feeds, how, where):
    before = {door: await fetch(client, feeds.paths[door]) for door in where}
    await how(feeds)
    for door in where:
        assert await fetch(client, feeds.paths[door]) == before[door], door


async def test_a_304_costs_the_listing_and_who_it_is_for(client, feeds, statements):
    for door, cost in (("public", 2), ("facilitator", 3)):
        etag, _content = await fetch(client, feeds.paths[door])
        statements.clear()
        answer = await client.get(feeds.paths[door], headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content) == (304, b"")
        assert len(statements) == cost, statements
        assert sum("string_agg(x.digest" in one for one in statements) == 1
    await moved(feeds.town)
    answer = await client.get(feeds.paths["facilitator"], headers={"If-None-Match": etag})
    assert answer.status_code == 200


async def test_only_what_is_missing_is_read_and_written(client, feeds, statements):
    await makers.make_session(feeds.town.offer, starts_at=feeds.town.starts_at + 3 * DAY, slots=3)
    await fetch(client, feeds.paths["public"])
    kept = {r["digest"]: r["id"] for r in await db.connection().fetch("select digest, id from calendar_fragment")}
    assert len(kept) == 4
    await moved(feeds.town)
    statements.clear()
    await fetch(client, feeds.paths["public"])
    assert sum("insert into calendar_fragment" in one for one in statements) == 1
    now = {r["digest"]: r["id"] for r in await db.connection().fetch("select digest, id from calendar_fragment")}
    assert len(now) == 5
    assert now.items() > kept.items(), "the three others were not written again"
    make_feed._files.clear()  # as another process begins: it finds what this one wrote
    statements.clear()
    await fetch(client, feeds.paths["public"])
    assert not any("insert into calendar_fragment" in one for one in statements)


async def test_what_changes_between_the_listing_and_its_facts_is_listed_again(client, feeds, monkeypatch):
    original, asked = slots.facts, []

    async def late(*wanted):
        if not asked:
            await makers.rewrite(feeds.town.offer, title="Changé entre-temps", summary="S")
        asked.append(wanted)
        return await original(*wanted)

    monkeypatch.setattr(slots, "facts", late)
    etag, content = await fetch(client, feeds.paths["public"])
    assert said(content, "SUMMARY") == "Changé entre-temps"
    assert len(asked) == 2
    assert await fetch(client, feeds.paths["public"]) == (etag, content)


async def test_whole_files_are_kept_up_to_a_bound(client, feeds, monkeypatch):
    make_feed._files.clear()
    _etag, content = await fetch(client, feeds.paths["public"])
    monkeypatch.setattr(make_feed, "KEPT_BYTES", 3 * len(content))
    for number in range(12):
        await makers.rewrite(feeds.town.offer, title=f"Titre {number}", summary="S")
        await fetch(client, feeds.paths["public"])
        assert sum(map(len, make_feed._files.values())) <= 3 * len(content)
    assert len(make_feed._files) > 1


async def test_old_fragments_go_and_those_asked_for_are_written_again(client, feeds):
    before = await fetch(client, feeds.paths["public"])
    await make_feed.forget_fragments()
    assert await db.value("select count(*) from calendar_fragment") == 1
    with clock.frozen(clock.now() + timedelta(days=31)):
        await make_feed.forget_fragments()
    assert await db.value("select count(*) from calendar_fragment") == 0
    make_feed._files.clear()
    assert await fetch(client, feeds.paths["public"]) == before


async def test_the_zones_of_all_places_are_in_the_feed_once_each(client, feeds):
    venues = {}
    for name, zone in (("Saint-Denis", "Indian/Reunion"), ("Fort-de-France", "America/Martinique")):
        async with db.atomic():
            venues[name] = await db.value(
                """
                insert into venue (name, address, commune, capacity, access, active, zone)
                select $1, address, commune, capacity, access, true, $2 from venue where zone = 'Europe/Paris'
                returning id
                """,
                name,
                zone,
            )
        await makers.make_session(feeds.town.offer, starts_at=feeds.town.starts_at + 3 * DAY, venue=venues[name])
    _etag, content = await fetch(client, feeds.paths["public"])
    named = [line.removeprefix(b"TZID:") for line in content.split(b"\r\n") if line.startswith(b"TZID:")]
    assert named == [b"America/Martinique", b"Europe/Paris", b"Indian/Reunion"]


@pytest.mark.commits
async def test_two_that_write_the_same_at_once_do_not_disturb_each_other(database_test):
    town = await makers.make_town()
    for number in range(1, 30):
        await makers.make_session(town.offer, starts_at=town.starts_at + number * DAY)
    listing = await slots.listing(Source(FeedKind.PUBLIC, ("", "", "")), "x")

    async def one() -> bytes | None:
        make_feed._files.clear()
        return await make_feed.file(listing, Head("Agenda"), base_url="https://x.example.org", contact="02")

    made = await asyncio.gather(*(one() for _n in range(6)))
    assert made[0] is not None
    assert set(made) == {made[0]}
    assert await db.value("select count(*) from calendar_fragment") == 30
