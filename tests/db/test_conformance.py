"""Whatever happens to a session, calendars end where the database is: a state machine, read back by other programs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import makers
from calendar_client import Client, FeedClient, Shown, StrictClient, read_plainly
from calendar_truth import BOOKED, EVERY, FACILITATED, INVITED, read_by_icalendar, read_by_khal
from databases import empty
from rfc5545 import check_calendar, check_threads
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.bookings.actions.resizing import resize
from training.calendar.actions import make_feed
from training.calendar.actions.answers import answer
from training.calendar.formats.feed import Head
from training.calendar.queries import slots
from training.calendar.queries.slots import Source
from training.calendar.rules import Answer, FeedKind
from training.directory.actions import contacts, facilitators, partners
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.scheduling import queries as scheduling
from training.scheduling.actions.assignments import assign, replace_facilitator, withdraw_assignment
from training.scheduling.actions.changing import Moved, edit_venue, move_session, tell_of_changes
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.commits]

TITLES = ("Vélo électrique", 'Vélo ; « etc. », 🚲 \\n "x"', "Long " * 38)
NAMES = ("nina@mairie.example.org", "noe@mairie.example.org", "anime@example.org")  # one facilitates as well
HEAD = Head("Agenda", "Essai", "teal")
LOOP: list[asyncio.AbstractEventLoop] = []


class Town(RuleBasedStateMachine):
    """One session of two dates, one town hall, two facilitators, a host; each step a minute later or more."""

    def __init__(self) -> None:
        super().__init__()
        self.now = makers.NOON
        self.files: dict[str, bytes] = {}
        self.booking: int | None = None
        self.away = False  # the worker: what is said waits, and is written from the state of then
        self.feeds: dict[FeedKind, FeedClient] = {}
        self.run(self.begin())

    def run(self, steps: Coroutine[Any, Any, Any], *, minutes: float = 0.2) -> Any:
        """On the loop that has the pool, with the clock where the story is."""
        self.now += timedelta(minutes=minutes)

        async def told() -> Any:
            with clock.frozen(self.now):
                return await steps

        return asyncio.run_coroutine_threadsafe(told(), LOOP[0]).result(120)

    async def begin(self) -> None:
        await empty()
        self.town = await makers.make_town()
        self.other = await makers.make_facilitator("bruno@example.org", "Bruno Renfort")
        self.partner = await partners.add_partner(SYSTEM, slug="prevention", name="Prévention", summary="", active=True)
        await facilitators.edit_facilitator(SYSTEM, self.other, {"partner": self.partner})
        self.neighbour = await makers.make_organisation("Voisine", siret=None)
        self.venue = await makers.make_venue("Salle Réunion")
        await makers.move_overseas(self.venue)
        await edit_venue(SYSTEM, self.venue, {"contact_email": "hote@example.org"})
        start = clock.at(clock.today() + timedelta(days=24), datetime.min.time().replace(hour=22))
        self.session = await makers.make_session(
            self.town.offer, starts_at=start, slots=2, venue=self.town.venue, facilitators=(self.town.facilitator,)
        )
        self.slots = [s.id for s in (await scheduling.slots([self.session]))[self.session]]
        await drain()

    async def work(self) -> None:
        """What the worker does, if it is there."""
        if not self.away:
            await drain()

    async def state(self) -> str:
        return str(await db.value("select state from session where id = $1", self.session))

    # --- what people do

    @rule()
    def books(self) -> None:
        async def steps() -> None:
            if self.booking is None and await self.state() != "cancelled":
                self.booking = (await book(SYSTEM, NewBooking(self.session, self.town.organisation, 4))).id
                await self.work()

        self.run(steps())

    @precondition(lambda self: self.booking is not None)
    @rule()
    def cancels(self) -> None:
        async def steps() -> None:
            try:
                await cancel(SYSTEM, self.booking)
            except Conflict:
                return  # it fell with its session
            self.booking = None
            await self.work()

        self.run(steps())

    @precondition(lambda self: self.booking is not None)
    @rule(who=st.sets(st.sampled_from(NAMES)), invite=st.booleans())
    def names(self, who: set[str], invite: bool) -> None:
        async def steps() -> None:
            people = tuple(NewParticipant(f"Nom {email}", email) for email in sorted(who))
            try:
                await name_participants(SYSTEM, self.booking, people, invite=invite)
            except Conflict:
                return
            await self.work()

        self.run(steps())

    @rule(which=st.integers(0, 1), hours=st.sampled_from([-24, -1, 1, 24, 24 * 14]), there=st.booleans())
    def moves(self, which: int, hours: int, there: bool) -> None:
        async def steps() -> None:
            found = {s.id: s for s in (await scheduling.slots([self.session]))[self.session]}
            slot, by = found[self.slots[which]], timedelta(hours=hours)
            venue = self.venue if there else self.town.venue
            try:
                await move_session(
                    SYSTEM, self.session, {slot.id: Moved(slot.starts_at + by, slot.ends_at + by, venue)}
                )
            except (Conflict, Invalid):
                return  # called off, the dates would overlap, or the room is taken

        self.run(steps())

    @rule(title=st.sampled_from(TITLES))
    def renames(self, title: str) -> None:
        async def steps() -> None:
            await makers.rewrite(self.town.offer, title=title, summary="Essayer.")
            await self.work()

        self.run(steps())

    @rule()
    def calls_off_or_reinstates(self) -> None:
        async def steps() -> None:
            try:
                if await self.state() == "cancelled":
                    await reinstate_session(SYSTEM, self.session)
                else:
                    await call_off_session(SYSTEM, self.session, "Verglas.")
            except Conflict:
                return
            await self.work()

        self.run(steps())

    @rule(who=st.sampled_from(["facilitator", "other"]), which=st.integers(0, 1))
    def facilitators_come_and_go(self, who: str, which: int) -> None:
        async def steps() -> None:
            person = self.other if who == "other" else self.town.facilitator
            sql = "select id from assignment where slot = $1 and facilitator = $2 and state = 'confirmed'"
            there = await db.value(sql, self.slots[which], person)
            try:
                if there is None:
                    await assign(SYSTEM, self.slots[which], person)
                else:
                    await withdraw_assignment(SYSTEM, there)
            except Conflict:
                return
            await self.work()

        self.run(steps())

    @rule()
    def the_worker_leaves(self) -> None:
        self.away = True

    @rule(address=st.sampled_from(["rh@mairie.example.org", "RH@Mairie.example.org", "drh@mairie.example.org"]))
    def the_contact_writes_from_elsewhere(self, address: str) -> None:
        async def steps() -> None:
            id_ = await db.value("select min(id) from contact")
            new = contacts.NewContact("Rachel Ressources", address, for_booking=True)
            try:
                await contacts.edit_contact(SYSTEM, id_, new)
            except Conflict:
                return  # it is the colleague's
            await self.work()

        self.run(steps())

    @rule(address=st.sampled_from(["anime@example.org", "aline@example.org", "rh@mairie.example.org"]))
    def the_facilitator_writes_from_elsewhere(self, address: str) -> None:
        async def steps() -> None:
            await facilitators.edit_facilitator(SYSTEM, self.town.facilitator, {"email": address})
            await self.work()

        self.run(steps())

    @rule(
        address=st.sampled_from(["hote@example.org", "cle@example.org", "rh@mairie.example.org", None]),
        there=st.booleans(),
    )
    def the_door_is_opened_by(self, address: str | None, there: bool) -> None:
        async def steps() -> None:
            await edit_venue(SYSTEM, self.venue if there else self.town.venue, {"contact_email": address})
            await self.work()

        self.run(steps())

    @rule(
        words=st.sampled_from(["Par la cour.", "Sonner."]),
        address=st.sampled_from(["2 place du Marché", "4 rue Neuve"]),
    )
    def the_place_is_corrected(self, words: str, address: str) -> None:
        async def steps() -> None:
            await edit_venue(SYSTEM, self.town.venue, {"access": words, "address": address})
            await self.work()

        self.run(steps())

    @rule(comes=st.booleans())
    def the_same_person_books_for_another_or_leaves(self, comes: bool) -> None:
        """One address, contact of two organisations."""

        async def steps() -> None:
            theirs = await db.value(
                "select max(id) from booking where state = 'confirmed' and organisation = $1", self.neighbour
            )
            try:
                if comes and theirs is None:
                    await book(SYSTEM, NewBooking(self.session, self.neighbour, 2))
                elif theirs is not None:
                    await cancel(SYSTEM, theirs)
            except Conflict:
                return
            await self.work()

        self.run(steps())

    @precondition(lambda self: self.booking is not None)
    @rule(seats=st.integers(1, 9))
    def asks_for_other_seats(self, seats: int) -> None:
        async def steps() -> None:
            try:
                await resize(SYSTEM, self.booking, seats)
            except (Conflict, Invalid):
                return
            await self.work()

        self.run(steps())

    @rule(
        email=st.sampled_from(["rh@mairie.example.org", "anime@example.org", "nina@mairie.example.org"]),
        wanted=st.sampled_from(Answer),
    )
    def somebody_answers(self, email: str, wanted: Answer) -> None:
        async def steps() -> None:
            sql = "select min(id) from invitation where email = $1 and method = 'REQUEST'"
            if (invitation := await db.value(sql, email)) is None:
                return
            try:
                await answer(SYSTEM, invitation, wanted)
            except (Conflict, Invalid):
                return  # it is off, or a facilitator says yes or no
            await self.work()

        self.run(steps())

    @rule(which=st.integers(0, 1))
    def a_facilitator_is_replaced(self, which: int) -> None:
        async def steps() -> None:
            sql = "select id from assignment where slot = $1 and facilitator = $2 and state = 'confirmed'"
            try:
                for one, instead in ((self.town.facilitator, self.other), (self.other, self.town.facilitator)):
                    if (there := await db.value(sql, self.slots[which], one)) is not None:
                        await replace_facilitator(SYSTEM, there, instead)
                        break
            except Conflict:
                return
            await self.work()

        self.run(steps())

    @rule()
    def is_quiet(self) -> None:
        async def steps() -> None:
            self.away = False
            await drain()
            await tell_of_changes()
            await drain()

        self.run(steps(), minutes=2)

    # --- what programs read

    @invariant()
    def feeds_are_what_the_database_is(self) -> None:
        self.run(self.fetch(FeedKind.STAFF, ("x",), EVERY))
        self.run(self.fetch(FeedKind.ORGANISATION, (self.town.organisation,), BOOKED))
        self.run(self.fetch(FeedKind.FACILITATOR, (self.town.facilitator,), FACILITATED))
        for kind in (FeedKind.PERSON, FeedKind.PARTNER, FeedKind.VENUE, FeedKind.PUBLIC):
            self.run(self.revised(kind, FEEDS[kind](self)))

    async def revised(self, kind: FeedKind, subject: tuple[object, ...]) -> bytes:
        """A feed, which a program that believes its revisions follows."""
        listing = await slots.listing(Source(kind, subject), "essai")
        content = await make_feed.file(listing, HEAD, base_url="https://essai.example.org", contact="02")
        assert content is not None
        etag = listing.etag(HEAD.name)
        assert self.files.setdefault(etag, content) == content, "one tag, one file"
        check_calendar(content)
        self.feeds.setdefault(kind, FeedClient()).fetch(content)
        return content

    async def fetch(self, kind: FeedKind, subject: tuple[object, ...], expected: str) -> None:
        content = await self.revised(kind, subject)
        rows = await db.connection().fetch(expected, *(subject if "$1" in expected else ()))
        wanted = {
            r["uid"]: (r["starts_at"].replace(microsecond=0), r["ends_at"], r["title"].strip(), not r["off"])
            for r in rows
        }
        assert read_by_icalendar(content) == wanted
        assert read_by_khal(content) == {uid: (start, end) for uid, (start, end, *_more) in wanted.items()}

    def teardown(self) -> None:
        self.run(self.end(), minutes=2)

    async def end(self) -> None:
        for quiet in (0, 2, 4):  # minutes: what was said in the last of them is told in the next
            with clock.frozen(self.now + timedelta(minutes=quiet)):
                await drain()
                await tell_of_changes()
                await drain()
        for kind, subject in FEEDS.items():
            content = await self.revised(kind, subject(self))
            assert self.feeds[kind].events == read_plainly(content), kind
        expected = await self.expected()
        mails = await db.connection().fetch(
            "select to_email, calendar from mail where calendar is not null order by id"
        )
        check_threads((mail["to_email"], mail["calendar"]) for mail in mails)
        chance = random.Random(len(mails))
        late = [*mails, *mails]
        chance.shuffle(late)
        for history in (mails, late):
            clients: dict[str, Client] = {}
            for mail in history:
                clients.setdefault(mail["to_email"].lower(), Client()).receive(mail["calendar"])
            shown = {(email, uid): event for email, c in clients.items() for uid, event in c.events.items()}
            assert shown == expected
        strict: dict[str, StrictClient] = {}
        for mail in mails:
            owner = mail["to_email"].lower()
            strict.setdefault(owner, StrictClient(owner)).receive(mail["calendar"])
        assert {(email, uid): event for email, c in strict.items() for uid, event in c.events.items()} == expected

    async def expected(self) -> dict[tuple[str, str], Shown]:
        """Who should have which event, by a statement of the test's own."""
        rows = await db.connection().fetch(INVITED)
        return {
            (r["email"], r["uid"]): Shown(
                r["starts_at"].astimezone(UTC), r["ends_at"].astimezone(UTC), r["title"].strip(), r["place"]
            )
            for r in rows
        }


FEEDS: dict[FeedKind, Callable[[Town], tuple[object, ...]]] = {
    FeedKind.STAFF: lambda town: ("x",),
    FeedKind.ORGANISATION: lambda town: (town.town.organisation,),
    FeedKind.FACILITATOR: lambda town: (town.town.facilitator,),
    FeedKind.PERSON: lambda town: ("rh@mairie.example.org",),
    FeedKind.PARTNER: lambda town: (town.partner,),
    FeedKind.VENUE: lambda town: (town.town.venue,),
    FeedKind.PUBLIC: lambda town: ("", "", ""),
}


async def test_every_history_ends_where_the_database_is(database_test):
    LOOP[:] = [asyncio.get_running_loop()]
    how = settings(
        max_examples=12,
        stateful_step_count=14,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=(Phase.generate,),  # one story is enough to be told what is wrong; a shorter one costs minutes
    )
    await asyncio.to_thread(run_state_machine_as_test, Town, settings=how)
