"""The telephone rings: under two minutes, on one page, counted in clicks and keys."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Browser, Page, expect
from sites import Site, sign_in

PATIENCE = 15.0  # seconds of a machine; a person who talks meanwhile has two minutes


def test_a_call_is_a_booking_within_few_gestures(browser: Browser, site: Site) -> None:
    page = browser.new_page(base_url=site.url, locale="fr-FR")
    sign_in(page, site.door("staff_link"))
    page.goto("/gestion")
    began, gestures = time.monotonic(), 0
    page.get_by_role("link", name="Nouvelle réservation").first.click()
    gestures += 1
    gestures += typed(page, "#qui", "Écouves")
    page.locator("#call-callers button").first.click()
    expect(page.locator("#call-who .picked")).to_be_visible()
    gestures += 1 + typed(page, "#quoi", "vélo")
    page.locator("#call-sessions button[name=seance]").first.click()
    expect(page.locator("#call-session .picked")).to_be_visible()
    gestures += 1 + typed(page, "#places", "2")
    button = page.locator("#call-price > button[name=act]")
    expect(button).to_have_text(re.compile("2 places|liste d’attente"))
    button.click()
    gestures += 1
    expect(page.get_by_text("C’est enregistré")).to_be_visible()
    assert gestures <= 20, "clicks and keys"
    assert time.monotonic() - began < PATIENCE
    page.close()


def test_a_mark_does_not_stay_over_what_was_filled_since(browser: Browser, site: Site) -> None:
    """Marks stood beside a session chosen since, and beside a number typed since; on a phone, the act was far below."""
    page = browser.new_page(base_url=site.url, locale="fr-FR", viewport={"width": 390, "height": 844})
    sign_in(page, site.door("staff_link"))
    page.goto("/gestion/reservations/nouvelle")
    typed(page, "#qui", "Écouves")
    page.locator("#call-callers button").first.click()
    typed(page, "#quoi", "vélo")
    page.locator("#call-sessions button[name=seance]").first.click()
    act = page.locator("#call-price .bar button[name=act]")
    expect(act).to_be_in_viewport()
    act.click()
    expect(page.locator("#places-error")).to_be_visible()
    typed(page, "#places", "2")
    page.locator("#places").blur()
    expect(page.locator("#places-error")).to_have_count(0)
    expect(page.locator(".error-summary")).to_have_count(0)
    expect(page.locator("#places")).not_to_have_attribute("aria-invalid", "true")
    page.close()


def typed(page: Page, field: str, text: str) -> int:
    """Type it, as a person does; how many keys that is."""
    page.locator(field).press_sequentially(text)
    return len(text)
