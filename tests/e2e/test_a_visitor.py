"""Somebody who never came here, on a telephone: what is there for forty, near us, what a commune pays, what is next."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sites import Site


def above_the_fold(page: Page, selector: str) -> bool:
    """Whether the whole of it is on the first screen, and not under the bar."""
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    return bool(box and size and box["y"] >= 0 and box["y"] + box["height"] <= size["height"])


def test_a_visitor_finds_a_date_for_forty_and_reads_the_price_of_a_commune(browser, site: Site) -> None:
    page = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 390, "height": 844}).new_page()
    page.goto("/")
    assert above_the_fold(page, "form.ask .button"), "what to press is on the first screen"
    page.get_by_label("Combien ?").fill("40")
    page.get_by_label("Près de quelle commune ?").fill("heloup")
    page.get_by_label("Vous êtes").select_option("commune")
    page.get_by_role("button", name="Voir ce qui est possible").click()
    expect(page).to_have_url(re.compile(r"/seances\?personnes=40&pres=heloup$"))
    expect(page.get_by_text("Les prix affichés sont ceux d’une commune.")).to_be_visible()
    row = page.locator(".agenda-row").first
    expect(row).to_contain_text(re.compile("€|Gratuit"))
    expect(row).not_to_contain_text("De gratuit à")
    expect(row).to_contain_text(re.compile("km|sur place"))
    row.locator(".where a").click()

    # one session: the workshop, when, where, how much, and the button, without moving the page
    expect(page).to_have_url(re.compile(r"/seances/\d+\?places=40$"))
    for what in ("h1", ".when .date", ".when .title", ".bar .price-big", ".bar .button"):
        assert above_the_fold(page, what), what
    expect(page.get_by_label("Combien serez-vous ?")).to_have_value("40")
    page.get_by_label("Combien serez-vous ?").fill("12")
    page.get_by_role("button", name="Continuer pour 12 personnes").click()
    expect(page).to_have_url(re.compile(r"/connexion\?suite=.*places%3D12"))


def test_the_sheet_of_a_session_keeps_its_place_and_its_number(browser, site: Site) -> None:
    page = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 390, "height": 844}).new_page()
    page.goto("/seances?personnes=abc")
    expect(page.get_by_text("« abc » n’est pas un nombre entier.")).to_be_visible()
    number, place = (page.get_by_label(name).bounding_box() for name in ("Combien ?", "Près de quelle commune ?"))
    assert number["x"] + number["width"] + 8 <= place["x"] or number["y"] + number["height"] + 8 <= place["y"]
    page.goto("/catalogue")
    expect(page.locator(".search kbd")).to_be_hidden()

    page.goto("/seances?personnes=9")
    page.locator(".agenda-row:has-text('De gratuit à') .where a").first.click()
    page.get_by_label("Combien serez-vous ?").fill("9999")
    page.locator("#reserver button").click()
    expect(page).to_have_url(re.compile(r"/seances/\d+\?places=9999#reserver$"))
    expect(page.get_by_text(re.compile(r"Il reste \d+ places.: demandez-en \d+ ou moins"))).to_be_in_viewport()
    page.get_by_label("Combien serez-vous ?").fill("7")
    page.locator("#reserver").get_by_role("link", name="Commune", exact=True).click()
    expect(page).to_have_url(re.compile(r"/seances/\d+\?places=7#reserver$"))
    expect(page.get_by_label("Combien serez-vous ?")).to_have_value("7")
    expect(page.locator("#reserver .price-big")).to_be_in_viewport()
    page.locator(".bar").get_by_role("button", name="Continuer pour 7").click()
    expect(page).to_have_url(re.compile(r"/connexion\?suite=.*places%3D7"))


def test_what_one_is_is_changed_by_the_keyboard_alone_and_without_a_script(browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto("/catalogue?q=velo")
    page.get_by_role("link", name="Commune", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"/catalogue\?q=velo$"))
    page.locator("details.you summary").press("Enter")
    page.get_by_role("link", name="Structure d’insertion").press("Enter")
    expect(page.get_by_text("ceux d’une structure d’insertion")).to_be_visible()
    expect(page.locator(".affiche .feet").first).to_contain_text("Gratuit")


def test_the_words_of_a_sheet_never_run_into_its_drawing(browser, site: Site) -> None:
    """What is drawn begins at the middle of the page, whatever its width: ink on ink is read by nobody."""
    page = browser.new_context(base_url=site.url, locale="fr-FR").new_page()
    page.goto("/seances")
    dates = page.locator(".agenda-row .where a").evaluate_all("links => links.map(link => link.pathname)")
    for path in (dates[0], dates[-1], "/catalogue/sensibilisation-velo-electrique"):
        page.goto(path)
        for width in (800, 1024, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            ends = page.locator(".lead-sheet .text > *").evaluate_all(
                "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
            )
            assert ends <= width / 2, (path, width, ends)
