"""`make screenshots`: every page of the town and of a first day, wide, narrow, dark and printed, into screenshots/."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sites import Site
from test_accessibility import EMPTY, TOWN
from walk import contexts, stops

FOLDER = Path(__file__).parents[2] / "screenshots"
LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "print": {"viewport": {"width": 794, "height": 1123}},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("town", ["town", "empty"])
def test_write(town: str, look: str, browser: Browser, request: pytest.FixtureRequest) -> None:
    """Not a test of anything: it writes pictures for people to look at."""
    site: Site = request.getfixturevalue("site" if town == "town" else "empty_site")
    folder = FOLDER / town / look
    folder.mkdir(parents=True, exist_ok=True)
    opened = contexts(browser, site, **LOOKS[look])
    pages = {audience: context.new_page() for audience, context in opened.items()}
    written = 0
    for stop in stops(site, TOWN if town == "town" else EMPTY):
        if not stop.path:
            continue
        page = pages[stop.audience]
        if look == "print":
            page.emulate_media(media="print")
        page.goto(stop.path)
        page.screenshot(path=folder / f"{stop.name}.png", full_page=True)
        written += 1
    assert written
