"""Which program fetched a calendar, in the words of its owner."""

from __future__ import annotations

import pytest

from training.calendar.rules import program_name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Google-Calendar-Importer", "Google Agenda"),
        ("Microsoft Exchange/15.20 (Windows NT 10.0; Win64; x64)", "Outlook"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "Outlook"),
        ("iOS/17.4.1 (21E236) dataaccessd/1.0", "iPhone ou iPad"),
        ("macOS/14.4 (23E214) CalendarAgent/1012", "Mac"),
        ("Mac OS X/10.15.7 (19H2) CalendarAgent/930.5.1", "Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.10.1", "Thunderbird"),
        ("ICSx5/2.2.1 (ical4j/3.2.14) Android/14", "ICSx⁵ (Android)"),
        ("Nextcloud Webcal Service", "Nextcloud"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/125.0", "un navigateur"),
        ("curl/8.5", "un autre programme"),
        ("", "un autre programme"),
        (None, ""),
    ],
)
def test_programs_have_names(said, name):
    assert program_name(said) == name
