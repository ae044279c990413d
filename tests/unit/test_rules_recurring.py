"""The page of passation says what the house does by itself: all of the timetable that somebody waits for."""

from __future__ import annotations

from datetime import date

from training.reporting.office.recurring import BY_ITSELF, QUIET, recurring
from training.timetable import TIMETABLE


def test_every_appointment_is_said_or_is_housekeeping() -> None:
    assert {appointment.run.__name__ for appointment in TIMETABLE} == BY_ITSELF.keys() | QUIET
    assert not BY_ITSELF.keys() & QUIET


def test_the_year_ends_when_the_platform_says_so() -> None:
    assert "Le mercredi 30 juin 2027" in [one.when for one in recurring(date(2026, 11, 30), 6)]
