"""What was said is written down by the team, corrected for a day, read in order, forgotten after three years."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid
from training.kernel.permissions import Permission
from training.records.actions.notes import NewNote, correct_note, forget_notes, write_note
from training.records.rules import NOTE_MAX, NOTES_KEPT, NoteChannel
from training.reporting.office.notes import notes_of
from training.worker import drain

pytestmark = pytest.mark.anyio
OFFICE = frozenset({Permission.OFFICE_SEE.value, Permission.MAILS_SEE.value})


async def colleague(email: str = "nina@example.org") -> Actor:
    await makers.make_staff(role=Role.ADVISER, email=email)
    account = await db.value("select id from account where email = $1", email)
    return Actor("user", account, "Nina", OFFICE, Scope(everything=True))


async def test_the_next_colleague_reads_what_was_said_among_the_mails_in_the_order_of_time(database_test: None) -> None:
    town = await makers.make_town()
    nina, start = await colleague(), clock.now()
    with clock.frozen(start):
        await write_note(nina, "organisation", town.organisation, NewNote(NoteChannel.PHONE_IN, "Veut mars."))
    with clock.frozen(start + timedelta(hours=1)):
        booked = await makers.make_booking(town, 12)
        await drain()
    with clock.frozen(start + timedelta(hours=2)):
        contact = await db.value("select min(id) from contact")
        new = NewNote(NoteChannel.PHONE_OUT, "Rappelée : d’accord.", contact)
        await write_note(nina, "booking", booked.id, new)
    said = await notes_of(nina, "organisation", town.organisation)
    assert said[0].text == "Rappelée : d’accord."
    assert (said[0].by, said[0].to, said[0].about) == ("Ève Équipe", "Rachel Ressources", booked.reference)
    assert said[-1].text == "Veut mars."
    assert any(each.is_mail for each in said[1:-1])
    assert [each.at for each in said] == sorted((each.at for each in said), reverse=True)
    on_booking = await notes_of(nina, "booking", booked.id)
    assert "Veut mars." not in {each.text for each in on_booking}
    assert on_booking[0].about is None
    assert (await notes_of(nina, "session", town.session))[0].text == "Rappelée : d’accord."


async def test_of_many_a_page_ends_where_the_next_begins(database_test: None) -> None:
    town = await makers.make_town()
    nina = await colleague()
    with clock.frozen(makers.NOON):
        for n in range(5):
            await write_note(nina, "organisation", town.organisation, NewNote(NoteChannel.NOTE, f"n{n}"))
    first = await notes_of(nina, "organisation", town.organisation, most=3)
    rest = await notes_of(nina, "organisation", town.organisation, before=first[-1].key, most=9)
    assert [each.text for each in first + rest] == ["n4", "n3", "n2", "n1", "n0"]


async def test_a_note_is_corrected_by_who_wrote_it_for_a_day_and_says_so(database_test: None) -> None:
    town = await makers.make_town()
    nina, other = await colleague(), await colleague("omar@example.org")
    about = ("organisation", town.organisation)
    with clock.frozen(makers.NOON):
        note = await write_note(nina, *about, NewNote(NoteChannel.VISIT, "Passée"))
        await correct_note(nina, note, "Passée ce matin")
        with pytest.raises(Forbidden):
            await correct_note(other, note, "Autre chose")
        mine, theirs = await notes_of(nina, *about), await notes_of(other, *about)
        assert (mine[0].text, mine[0].corrected, mine[0].may_correct) == ("Passée ce matin", True, True)
        assert not theirs[0].may_correct
    with clock.frozen(makers.NOON + timedelta(days=1)), pytest.raises(Conflict, match="plus d’un jour"):
        await correct_note(nina, note, "Trop tard")
    assert await db.value("select old from change where subject_kind = 'note'") == "Passée"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (NOTE_MAX + 1)])
async def test_what_says_nothing_or_too_much_is_no_note(database_test: None, text: str) -> None:
    with pytest.raises(Invalid):
        await write_note(SYSTEM, "session", 1, NewNote(NoteChannel.NOTE, text))


async def test_after_three_years_it_is_forgotten(database_test: None) -> None:
    with clock.frozen(makers.NOON):
        await write_note(SYSTEM, "session", 1, NewNote(NoteChannel.NOTE, "vieux"))
    with clock.frozen(makers.NOON + NOTES_KEPT + timedelta(minutes=1)):
        await write_note(SYSTEM, "session", 1, NewNote(NoteChannel.NOTE, "neuf"))
        await forget_notes()
    assert await db.value("select string_agg(text, '') from note") == "neuf"
