"""The box that searches everything, by the keyboard alone: reached, typed into, chosen from, left."""

from __future__ import annotations

from looking import violations
from playwright.sync_api import Page, expect
from sites import Site


def test_the_box_is_served_by_the_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(site.door("staff_link"))
    if (enter := page.locator("main form button")).count():
        enter.first.click()
    page.goto(f"{site.url}/gestion/structures")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("/")
    box = page.locator("#recherche")
    expect(box).to_be_focused()
    page.keyboard.type("alencon")
    answers = page.get_by_role("listbox")
    expect(answers.get_by_role("option").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert not any("alencon" in url for url in asked), "what is typed is in no address"
    assert violations(page) == []

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    first = answers.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(answers).to_be_hidden()
    expect(box).to_have_value("alencon")
    page.keyboard.press("ArrowDown")
    leads = answers.get_by_role("option").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{leads}")

    page.keyboard.press("/")
    page.keyboard.type("zzzz")
    expect(answers).to_contain_text("zzzz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gestion/recherche?q=zzzz")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#recherche")).not_to_be_focused()

    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site.url}/gestion")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(box).to_be_in_viewport()  # one tap away, however far one has read
