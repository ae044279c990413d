"""A list in every width: no sideways scroll whatever a name is, figures on the right, the name first on a phone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from training.kernel import palette, render

START = datetime(2027, 3, 9, 8, tzinfo=UTC)
LONG = "Syndicat intercommunal des mobilités rurales de Carrouges, Courtomer et Sées"
WORD = "x" * 200  # what somebody typed, without a space
ROWS = """
{% import "parts/ui.html" as ui %}
{% set columns = [("Date", "day"), "Structure", "Contact", "Offre", ("Places", "num"), ("Prix", "num"),
  ("Référence", "code spare"), ("État", "state"), ("Agir", "actions")] %}
{% call ui.table("Liste", columns) %}
{{ ui.row_head("mars 2027", 9) }}
{% for name in names %}
<tr>
{{ ui.td(none, ui.date_block(start), kind="day", paper="vert") }}
{{ ui.th(name, href="/x", meta=name) }}
{{ ui.td("Contact", name, meta="02 61 91 00 22") }}
{{ ui.td("Offre", name, meta=name) }}
{{ ui.td("Places", 12, kind="num") }}
{{ ui.td("Prix", "1 350,00 €", kind="num") }}
{{ ui.td("Référence", "R-ABC2345", kind="code spare") }}
{% call ui.td("État", kind="state") %}{{ ui.status("booking", "waiting") }}{% endcall %}
{% call ui.td(none, kind="actions") %}<a href="/y">Modifier</a>{% endcall %}
</tr>
{% endfor %}
{% endcall %}
"""


@pytest.fixture
def listed(browser: Browser) -> Page:
    """A list of the office with a long name and one that has no space, in a page as wide as the test wants."""
    rows = render.pages().from_string(ROWS).render(names=[LONG, WORD], start=START)
    styles = render.stylesheet("office").decode() + palette.css("#0e5a6e")
    page = browser.new_page()
    page.set_content(
        f'<!doctype html><html lang="fr" data-audience="office"><meta name="viewport" content="width=device-width">'
        f'<style>{styles}</style><body><main class="page"><div class="page-main">{rows}</div></main></body></html>'
    )
    return page


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return dict(found)


@pytest.mark.parametrize("width", [320, 390, 700, 1024, 1280])
def test_no_name_pushes_a_list_wider_than_its_page(listed: Page, width: int) -> None:
    listed.set_viewport_size({"width": width, "height": 800})
    measured = listed.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert measured[0] <= measured[1]


def test_a_name_takes_two_lines_where_the_row_is_one(listed: Page) -> None:
    listed.set_viewport_size({"width": 1280, "height": 800})
    for row in (2, 3):
        link = box(listed, f"tbody tr:nth-child({row}) th > a")
        assert link["height"] <= 2.7 * 15.5
    date, price = box(listed, 'td[data-kind="code spare"]'), box(listed, 'td[data-kind="num"] >> nth=1')
    assert date["height"] == price["height"]
    assert listed.locator('td[data-kind="num"]').first.evaluate("e => getComputedStyle(e).textAlign") == "end"


def test_what_is_spare_leaves_a_tight_list_and_comes_back_on_a_phone(listed: Page) -> None:
    spare = listed.locator('td[data-kind~="spare"]').first
    seen = {}
    for width in (320, 1024, 1280):
        listed.set_viewport_size({"width": width, "height": 800})
        seen[width] = spare.is_visible()
    assert seen == {320: True, 1024: False, 1280: True}


def test_on_a_phone_the_name_is_first_and_the_figures_on_the_right(listed: Page) -> None:
    listed.set_viewport_size({"width": 390, "height": 800})
    row = "tbody tr:nth-child(2) "
    name, contact = box(listed, row + "th"), box(listed, row + 'td[data-label="Contact"]')
    price, whole = box(listed, row + 'td[data-label="Prix"]'), box(listed, "tbody tr:nth-child(2)")
    assert name["y"] < contact["y"] < price["y"]
    assert name["width"] == pytest.approx(contact["width"], abs=1), (
        "a long name is not squeezed beside a date or a state"
    )
    assert price["x"] + price["width"] == pytest.approx(whole["x"] + whole["width"] - 14, abs=2)
    day = box(listed, row + 'td[data-kind="day"]')
    assert (day["x"], day["height"]) == (pytest.approx(whole["x"], abs=1), pytest.approx(whole["height"], abs=2))


def test_the_link_of_a_row_is_as_large_as_its_name(listed: Page) -> None:
    listed.set_viewport_size({"width": 1280, "height": 800})
    name = box(listed, "tbody tr:nth-child(2) th")
    at = {"x": name["x"] + name["width"] - 4, "y": name["y"] + name["height"] - 4}
    assert listed.evaluate("at => document.elementFromPoint(at.x, at.y).closest('a')?.getAttribute('href')", at) == "/x"
