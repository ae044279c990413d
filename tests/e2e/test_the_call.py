"""The telephone rings: under two minutes, on one page, counted in clicks and keys."""

from __future__ import annotations

import re

from person import Person
from playwright.sync_api import Browser, Locator, Page, expect
from sites import Site, sign_in

from acts.telephone import known

PATIENCE = 15.0  # seconds of a machine; a person who talks meanwhile has two minutes


def test_a_call_is_a_booking_within_two_minutes(browser: Browser, site: Site) -> None:
    page = browser.new_page(base_url=site.url, locale="fr-FR")
    sign_in(page, site.door("staff_link"))
    page.goto("/gestion")
    somebody = Person(page)
    somebody.begin()
    known(somebody)
    assert somebody.spent.clicks <= 6, somebody.spent
    assert somebody.spent.person < 120, somebody.spent
    assert somebody.spent.machine < PATIENCE, somebody.spent
    expect(page.get_by_text("C’est enregistré")).to_be_visible()
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


def test_a_call_is_a_booking_by_the_keyboard_alone(browser: Browser, site: Site) -> None:
    """Enter let go of whoever was chosen: it pressed the form's first button."""
    page = browser.new_page(base_url=site.url, locale="fr-FR")
    sign_in(page, site.door("staff_link"))
    page.goto("/gestion")
    keys = page.keyboard
    keys.press("/")
    keys.type("commune ecouves")
    organisation = page.locator('[role=option][href^="/gestion/structures/"]', has_text="Commune d’Écouves")
    expect(organisation.first).to_be_visible()
    pressed(page, "ArrowDown", until=page.locator('[aria-selected=true][href^="/gestion/structures/commune-ecouves"]'))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Commune d’Écouves")
    keys.press("Tab")
    keys.press("Enter")  # to the content, past the menu
    pressed(page, "Tab", until=page.locator("main a:focus", has_text="Nouvelle réservation"))
    keys.press("Enter")
    expect(page.locator("#quoi")).to_be_focused()
    keys.type("velo")  # the town, which all stories share, has several: one of them may be moved, or full
    keys.press("Enter")
    expect(page.locator("#call-sessions button:focus", has_text="vélo")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#places")).to_be_focused()
    keys.type("2")
    keys.press("Enter")
    expect(page.locator("#call-who .picked")).to_contain_text("Commune d’Écouves")
    expect(page.locator("button[name=act]:focus")).to_contain_text(re.compile("2 places|liste d’attente"))
    keys.press("Enter")
    expect(page.get_by_text("C’est enregistré")).to_be_visible()
    page.close()


def pressed(page: Page, key: str, *, until: Locator, most: int = 12) -> None:
    """A key, again and again, until something is so."""
    for _ in range(most):
        page.keyboard.press(key)
        if until.count():
            return
    raise AssertionError(f"{most} times {key}: never")


def typed(page: Page, field: str, text: str) -> int:
    """Type it, as a person does; how many keys that is."""
    page.locator(field).press_sequentially(text)
    return len(text)
