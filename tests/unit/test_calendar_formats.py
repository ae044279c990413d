"""Calendar bytes, read back by icalendar, by dateutil's reader of VTIMEZONE and by our own (`ics_reading`)."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from ics_reading import assert_well_formed, instant, plain, properties, zone_of
from training.calendar.formats import itip
from training.calendar.formats.event import EventText, vevent
from training.calendar.formats.feed import Head, feed, joined
from training.calendar.formats.mailbox import Mailbox
from training.calendar.formats.vtimezone import UnwritableZone, vtimezone

REVISED = datetime(2026, 1, 5, 8, 15, 30, tzinfo=UTC)
SENT = datetime(2026, 2, 1, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
ORGANIZER = Mailbox("Plateforme de mobilité", "agenda@example.org")
CONTACT = Mailbox("Élodie Exemple", "elodie@example.org")

# What people type, and what breaks readers: separators, quotes, escapes, line ends, emoji of several code points
PIECES = st.sampled_from(
    [*',;:"\\\r\n nN\t’éœ', "\r\n", "\\n", "\\N", "\\,", "vélo", "👩🏽‍🚒", "漢字", "\u00a0", "\u202f!", "a" * 80]
)
# U+FEFF: no text of ours has it (kernel/characters.py), and the library takes it for a mark of byte order
TYPED = st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")
TEXTS = st.one_of(st.text(TYPED, max_size=300), st.lists(PIECES, max_size=60).map("".join))


def event(**changes: object) -> EventText:
    values: dict[str, object] = {
        "uid": "slot-1@example.org",
        "sequence": 2,
        "revised_at": REVISED,
        "starts_at": datetime(2026, 7, 7, 9, tzinfo=PARIS),
        "ends_at": datetime(2026, 7, 7, 12, tzinfo=PARIS),
        "summary": "Vélo électrique",
    }
    return EventText(**(values | changes))  # type: ignore[arg-type]


HEAD = Head("Agenda", "Les séances", "teal")


def agenda(*events: EventText) -> bytes:
    return feed(HEAD, events)


def send(make, what: EventText, **changes: object) -> bytes:
    return make(what, **({"organizer": ORGANIZER, "attendee": CONTACT, "sequence": 3, "sent_at": SENT} | changes))


# --- texts


@settings(max_examples=150)
@given(summary=TEXTS, description=TEXTS, location=TEXTS, category=TEXTS)
@example(
    summary="Vélo, « électrique » ; 👩🏽‍🚒",
    description="un\r\ndeux\rtrois\nquatre",
    location='"A", B; C:\\N',
    category="a,b",
)
@example(summary="é" * 300, description="x" * 300, location="👍" * 300, category="\\N")
def test_any_text_comes_back_as_it_was(summary: str, description: str, location: str, category: str) -> None:
    what = event(summary=summary, description=description, location=location, categories=(category, "Autre"))
    content = agenda(what)
    assert_well_formed(content)
    found = properties(content)
    (library,) = Calendar.from_ical(content).walk("VEVENT")
    for name, given_text in (("DESCRIPTION", description), ("LOCATION", location)):
        expected = _visible(re.sub(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", given_text))
        assert plain(found.get(name, ("", ""))[1]) == expected
        assert str(library.get(name, "")) == expected
    expected = _visible(re.sub(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", " ", summary).strip())
    assert plain(found["SUMMARY"][1]) == expected
    first, second = re.fullmatch(r"((?:[^,\\]|\\.)*),(.*)", found["CATEGORIES"][1]).groups()
    assert second == "Autre"
    assert plain(first) == _visible(re.sub(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", " ", category).strip())


def _visible(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]", "", text)


def test_commas_between_categories_are_not_escaped() -> None:
    assert b"CATEGORIES:V\xc3\xa9lo\\, rollers,Atelier\r\n" in agenda(event(categories=("Vélo, rollers", "Atelier")))


def test_a_backslash_and_a_capital_n_are_not_a_line_break() -> None:
    """icalendar 7.3 takes them for one while escaping."""
    assert plain(properties(agenda(event(location="C:\\Nord")))["LOCATION"][1]) == "C:\\Nord"


def test_empty_texts_are_left_out() -> None:
    assert not {"DESCRIPTION", "LOCATION", "URL", "GEO", "CATEGORIES", "COLOR"} & properties(agenda(event())).keys()


def test_a_place_on_the_meridian_has_no_exponent() -> None:
    assert properties(agenda(event(geo=(48.744521, -0.00002))))["GEO"][1] == "48.74452;0.0"


# --- times

SUMMER_AND_WINTER = [
    ("2026-07-07T07:00", "2026-07-07T10:00", "Europe/Paris"),  # summer: the hour that ical.js lost
    ("2026-01-07T08:00", "2026-01-07T11:00", "Europe/Paris"),
    ("2026-03-29T00:30", "2026-03-29T01:30", "Europe/Paris"),  # across the hour that is skipped
    ("2026-10-24T23:30", "2026-10-25T02:30", "Europe/Paris"),  # across the hour that comes twice
    ("2026-10-25T00:30", "2026-10-25T03:00", "Europe/Paris"),  # 2:30, the first
    ("2026-10-25T01:30", "2026-10-25T03:00", "Europe/Paris"),  # 2:30, the second
    ("2026-10-24T22:00", "2026-10-25T01:15", "Europe/Paris"),  # ends in the second
    ("2026-06-30T22:00", "2026-07-01T22:00", "Europe/Paris"),  # midnight to midnight
    ("2026-05-18T07:00", "2026-05-20T15:00", "Europe/Paris"),  # three days
    ("2026-07-07T05:00", "2026-07-07T08:00", "Indian/Reunion"),
    ("2026-12-07T13:00", "2026-12-07T16:00", "America/Martinique"),
    ("2026-11-01T05:30", "2026-11-01T07:00", "America/Miquelon"),
    ("2026-07-07T07:00", "2026-07-07T10:00", "Pacific/Noumea"),
]


@pytest.mark.parametrize(("starts", "ends", "zone"), SUMMER_AND_WINTER)
def test_every_reader_finds_the_instant(starts: str, ends: str, zone: str) -> None:
    starts_at, ends_at = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (starts, ends))
    what = event(starts_at=starts_at, ends_at=ends_at, zone=zone)
    for content in (agenda(what), send(itip.request, what), send(itip.cancel, what)):
        assert_well_formed(content)
        assert (instant(content, "DTSTART"), instant(content, "DTEND")) == (starts_at, ends_at)
        (library,) = Calendar.from_ical(content).walk("VEVENT")
        assert (library["DTSTART"].dt.astimezone(UTC), library["DTEND"].dt.astimezone(UTC)) == (starts_at, ends_at)


def test_both_half_past_twos_of_october_are_said_in_utc() -> None:
    """RFC 5545 3.3.5: with a zone's name the first is meant; not every program knows."""
    first, second = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS) for fold in (0, 1))
    ends_at = datetime(2026, 10, 25, 4, tzinfo=PARIS)
    assert properties(agenda(event(starts_at=first, ends_at=ends_at)))["DTSTART"] == ("", "20261025T003000Z")
    assert properties(agenda(event(starts_at=second, ends_at=ends_at)))["DTSTART"] == ("", "20261025T013000Z")
    spring = {
        "starts_at": datetime(2026, 3, 29, 1, 30, tzinfo=PARIS),
        "ends_at": datetime(2026, 3, 29, 3, tzinfo=PARIS),
    }
    assert properties(agenda(event(**spring)))["DTSTART"] == (";TZID=Europe/Paris", "20260329T013000")


def test_midnight_stays_on_its_day() -> None:
    found = properties(
        agenda(event(starts_at=datetime(2026, 7, 7, tzinfo=PARIS), ends_at=datetime(2026, 7, 8, tzinfo=PARIS)))
    )
    assert (found["DTSTART"][1], found["DTEND"][1]) == ("20260707T000000", "20260708T000000")


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": datetime(2026, 7, 7, 9)},  # noqa: DTZ001 - the point
        {"revised_at": datetime(2026, 7, 7, 9)},  # noqa: DTZ001
        {"ends_at": datetime(2026, 7, 7, 9, tzinfo=PARIS)},
        {"url": "https://example.org/\r\nATTENDEE:mailto:x@example.org"},
        {"url": "javascript:alert(1)"},
        {"color": "#00aa77"},
        {"geo": (148.0, 0.1)},
    ],
)
def test_what_no_calendar_can_say_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        event(**changes)


# --- VTIMEZONE

ZONES = [
    "Europe/Paris",
    "Indian/Reunion",
    "America/Martinique",
    "America/Guadeloupe",
    "America/Cayenne",
    "America/Miquelon",
]
ZONES += ["Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti", "Europe/London", "Europe/Dublin", "Australia/Sydney"]


@pytest.mark.parametrize("zone", ZONES)
def test_the_written_zone_agrees_with_the_zone_database(zone: str) -> None:
    read = zone_of(joined(HEAD, {zone}, []), zone)
    for year in (2026, 2029):
        for moment in _telling_instants(zone, year):
            assert moment.astimezone(read).utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset(), moment


def _telling_instants(zone: str, year: int) -> list[datetime]:
    """One a day, and every half hour of the days when the clock changes."""
    days = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(day) for day in range(366)]
    changes = [
        before
        for before, after in itertools.pairwise(days)
        if before.astimezone(ZoneInfo(zone)).utcoffset() != after.astimezone(ZoneInfo(zone)).utcoffset()
    ]
    return days + [change + timedelta(minutes=30 * n) for change in changes for n in range(48)]


def test_trap_1_the_zone_is_a_rule_and_not_a_list_of_dates() -> None:
    written = vtimezone("Europe/Paris")
    assert b"RDATE" not in written
    assert written.count(b"BEGIN:STANDARD") == written.count(b"BEGIN:DAYLIGHT") == 1
    assert properties(written, "DAYLIGHT")["RRULE"][1] == "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"
    # RFC 5545 3.6.5: the onset is said in the offset that ends there, 2 h in March and 3 h in October
    assert properties(written, "DAYLIGHT")["DTSTART"][1] == "19700329T020000"
    assert properties(written, "DAYLIGHT")["TZOFFSETFROM"][1] == "+0100"
    assert properties(written, "STANDARD")["DTSTART"][1] == "19701025T030000"
    assert properties(written, "STANDARD")["TZOFFSETFROM"][1] == "+0200"


def test_a_zone_without_summer_has_one_part() -> None:
    written = vtimezone("Indian/Reunion")
    assert b"DAYLIGHT" not in written
    assert b"RRULE" not in written
    assert properties(written, "STANDARD")["TZOFFSETTO"][1] == "+0400"


@pytest.mark.parametrize(
    "zone", ["Africa/Cairo", "America/Nuuk", "Africa/Casablanca", "Mars/Olympus", "../passwd", "", "Europe"]
)
def test_a_zone_that_cannot_be_written_is_refused(zone: str) -> None:
    with pytest.raises(UnwritableZone):
        vtimezone(zone)


def test_a_machine_without_zones_of_its_own_reads_those_of_tzdata() -> None:
    kept = zoneinfo.TZPATH
    try:
        zoneinfo.reset_tzpath(to=())
        assert vtimezone.__wrapped__("Europe/Paris") == vtimezone("Europe/Paris")
    finally:
        zoneinfo.reset_tzpath(to=kept)


# --- feeds


def test_trap_2_the_bytes_do_not_depend_on_the_process() -> None:
    code = (
        "import sys; from datetime import *; from training.calendar.formats.event import EventText as E;"
        "from training.calendar.formats.feed import Head, feed; t=datetime(2026,7,7,9,tzinfo=UTC);"
        "zones=['Europe/Paris','Indian/Reunion','America/Cayenne','Pacific/Noumea','Europe/London'];"
        "sys.stdout.buffer.write(feed(Head('a','b'),[E(z,0,t,t,t+timedelta(hours=1),'s',zone=z) for z in zones]))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    (content,) = runs
    assert content.count(b"BEGIN:VTIMEZONE") == 5


def test_trap_3_the_calendar_has_no_uid_and_nothing_is_invented() -> None:
    content = agenda(event())
    assert "UID" not in properties(content, "VCALENDAR")
    assert agenda(event()) == content
    found = properties(content)
    assert found["UID"][1] == "slot-1@example.org"
    assert found["DTSTAMP"][1] == found["LAST-MODIFIED"][1] == "20260105T081530Z"


def test_trap_4_the_refresh_interval_says_that_it_is_a_duration() -> None:
    content = agenda()
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in content


def test_a_feed_has_no_method_and_nobody_in_it() -> None:
    content = feed(
        Head("Agenda, public", "Tout ; ici", "teal"), [event(color="teal", url="https://example.org/seances/1")]
    )
    top = properties(content, "VCALENDAR")
    assert "METHOD" not in top
    assert plain(top["NAME"][1]) == plain(top["X-WR-CALNAME"][1]) == "Agenda, public"
    assert (top["COLOR"][1], top["X-WR-TIMEZONE"][1]) == ("teal", "Europe/Paris")
    assert not {"ATTENDEE", "ORGANIZER"} & properties(content).keys()


def test_an_empty_feed_is_still_a_calendar() -> None:
    content = agenda()
    assert_well_formed(content)
    assert len(Calendar.from_ical(content).walk("VTIMEZONE")) == 1


def test_the_order_given_does_not_matter() -> None:
    events = [
        event(uid=f"slot-{n}@example.org", starts_at=datetime(2026, 7, 7, 6 + n % 3, tzinfo=UTC)) for n in range(4)
    ]
    assert len({agenda(*order) for order in itertools.permutations(events)}) == 1


def test_a_cancelled_slot_is_marked_and_its_hour_is_free() -> None:
    found = properties(agenda(event(status="CANCELLED", summary="ANNULÉ : Vélo")))
    assert (found["STATUS"][1], found["TRANSP"][1], found["SUMMARY"][1]) == (
        "CANCELLED",
        "TRANSPARENT",
        "ANNULÉ : Vélo",
    )


def test_the_two_half_past_two_of_october_do_not_share_their_bytes() -> None:
    """Datetimes of one zone compare by their wall clock, fold or no fold; as keys they would be one."""
    ends_at = datetime(2026, 10, 25, 4, tzinfo=PARIS)
    pair = [event(starts_at=datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS), ends_at=ends_at) for fold in (0, 1)]
    assert pair[0] != pair[1]
    assert vevent(pair[0]) != vevent(pair[1])


def test_events_that_are_bytes_already_make_the_same_calendar() -> None:
    pair = [event(), event(uid="slot-2@example.org", zone="Indian/Reunion")]
    assert joined(HEAD, {"Indian/Reunion"}, map(vevent, pair)) == agenda(*pair)


# --- messages to one person


def test_a_request_has_what_rfc_5546_wants() -> None:
    content = send(itip.request, event())
    found = properties(content)
    assert properties(content, "VCALENDAR")["METHOD"] == ("", "REQUEST")
    assert found["DTSTAMP"][1] == "20260201T090000Z"  # the message's instant, not the revision's
    assert (found["SEQUENCE"][1], found["STATUS"][1]) == ("3", "CONFIRMED")
    assert found["ORGANIZER"] == (';CN="Plateforme de mobilité"', "mailto:agenda@example.org")
    parameters, address = found["ATTENDEE"]
    assert address == "mailto:elodie@example.org"
    assert ";RSVP=FALSE" in parameters
    assert ";PARTSTAT=NEEDS-ACTION" in parameters
    assert found["DTSTART"][0] == ";TZID=Europe/Paris"
    assert content.count(b"BEGIN:VTIMEZONE") == 1


def test_a_cancel_of_the_event_says_so_in_utc() -> None:
    content = send(itip.cancel, event())
    found = properties(content)
    assert properties(content, "VCALENDAR")["METHOD"] == ("", "CANCEL")
    assert found["STATUS"] == ("", "CANCELLED")
    assert (found["DTSTART"], found["DTEND"]) == (("", "20260707T070000Z"), ("", "20260707T100000Z"))
    assert b"VTIMEZONE" not in content
    assert {"ORGANIZER", "ATTENDEE", "UID", "DTSTAMP", "SEQUENCE"} <= found.keys()


def test_a_cancel_for_one_person_has_no_status() -> None:
    """RFC 5546 3.2.5: the event goes on for the others."""
    found = properties(send(itip.uninvite, event()))
    assert not {"STATUS", "TRANSP"} & found.keys()
    assert {"ORGANIZER", "ATTENDEE", "UID", "DTSTAMP", "SEQUENCE"} <= found.keys()


def test_a_file_to_download_names_nobody() -> None:
    content = itip.publish(event(), organizer=ORGANIZER, sequence=0, sent_at=SENT)
    assert properties(content, "VCALENDAR")["METHOD"] == ("", "PUBLISH")
    assert "ATTENDEE" not in properties(content)
    assert "ORGANIZER" in properties(content)


@pytest.mark.parametrize("make", [itip.request, itip.cancel, itip.uninvite])
def test_the_recipient_is_never_the_organiser(make) -> None:
    with pytest.raises(itip.OwnInvitation):
        send(make, event(), attendee=Mailbox("Moi", "Agenda@EXAMPLE.org"))


def test_nobody_is_invited_to_a_cancelled_event() -> None:
    with pytest.raises(ValueError, match="5546"):
        send(itip.request, event(status="CANCELLED"))


@settings(max_examples=100)
@given(TEXTS)
@example('Jean "Jojo" Exemple; mairie, service : RH\r\nATTENDEE:mailto:intrus@example.org')
def test_a_name_cannot_add_a_property(name: str) -> None:
    content = send(itip.request, event(), attendee=Mailbox(name, "jean@example.org"))
    assert_well_formed(content)
    assert properties(content)["ATTENDEE"][1] == "mailto:jean@example.org"
    (library,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(library["ATTENDEE"]) == "mailto:jean@example.org"
