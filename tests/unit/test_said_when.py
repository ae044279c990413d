"""What somebody on the telephone says of a date is taken apart from their other words."""

from __future__ import annotations

from datetime import date

import pytest

from training.reporting.office.said_when import said_when

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "words", "since", "until"),
    [
        ("mars", "", date(2027, 3, 1), date(2027, 3, 31)),
        ("Alençon en mars", "Alençon", date(2027, 3, 1), date(2027, 3, 31)),
        ("vélo le 12 mars", "vélo", date(2027, 3, 12), date(2027, 3, 12)),
        ("1er décembre", "", date(2026, 12, 1), date(2026, 12, 1)),
        ("février 2028", "", date(2028, 2, 1), date(2028, 2, 29)),
        ("12/03", "", date(2027, 3, 12), date(2027, 3, 12)),
        ("12/03/28 Sées", "Sées", date(2028, 3, 12), date(2028, 3, 12)),
        ("novembre", "", date(2026, 11, 1), date(2026, 11, 30)),
        ("demain", "", date(2026, 12, 1), date(2026, 12, 1)),
        ("31 février", "31", date(2027, 2, 1), date(2027, 2, 28)),
        ("99/99 vélo", "99/99 vélo", None, None),
        ("25 personnes", "25 personnes", None, None),
        ("", "", None, None),
        ("12", "12", None, None),
    ],
)
def test_days_and_months_as_people_say_them(text: str, words: str, since: date | None, until: date | None) -> None:
    found = said_when(text, TODAY)
    assert (found.words, found.since, found.until) == (words, since, until)
