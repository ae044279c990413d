"""The day that a date's field says beside it, as French and English readers write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

import training

SCRIPT = Path(training.__file__).parent / "static" / "js" / "app.js"


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("fr", "2026-01-01", "jeudi 1er janvier 2026"),
        ("fr", "2026-01-11", "dimanche 11 janvier 2026"),
        ("fr", "2026-01-31", "samedi 31 janvier 2026"),
        ("en", "2026-01-01", "Thursday, January 1, 2026"),
    ],
)
def test_the_first_of_a_month_was_said_as_a_bare_one(browser: Browser, language: str, typed: str, said: str) -> None:
    page = browser.new_page()
    try:
        field = f'<h1></h1><input type="date" id="d" value="{typed}"><span id="d-day"></span>'
        page.set_content(f'<html lang="{language}"><body>{field}</body></html>')
        page.add_script_tag(path=SCRIPT)
        assert page.text_content("#d-day") == said
    finally:
        page.close()
