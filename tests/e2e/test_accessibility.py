"""axe finds nothing, on any page: seeded in light and dark, empty, and with errors; no page scrolls sideways, on the
smallest phone and with letters twice as large either, and nothing moves under the finger while a page arrives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from looking import overflow, shift, violations
from playwright.sync_api import Browser, ViewportSize
from sites import Site
from test_the_story import CONTACT
from walk import Audience, contexts, stops

import training
from training.demo.town.people import FACILITATORS, STORY_FACILITATOR

FACILITATOR = next(f.person for f in FACILITATORS if f.person.slug == STORY_FACILITATOR)
TOWN = {"contact": CONTACT.email, "facilitator": FACILITATOR.email}
EMPTY = {"contact": "rh@mairie.example.org", "facilitator": "anime@example.org"}


SOURCE = Path(training.__file__).parent


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    width: int
    height: int
    scheme: Literal["light", "dark"]

    @property
    def size(self) -> ViewportSize:
        return {"width": self.width, "height": self.height}


NARROWEST, TWICE_AS_LARGE = 320, 640  # px: a small phone; a screen of 1280 at 200 % (WCAG 1.4.10, 1.4.4)
SHIFT_MAX = 0.05  # of the screen, by how far (Layout Instability API): half of what the web calls good
LIGHT, DARK, WIDE = Look(390, 844, "light"), Look(390, 844, "dark"), Look(1280, 900, "light")


def walked(browser: Browser, site: Site, people: dict[str, str], *looks: Look) -> tuple[int, dict[Look, list[str]]]:
    """Each page is loaded once and looked at in several ways: they differ by the style sheet only, without movement."""
    opened = contexts(browser, site, viewport=looks[0].size, reduced_motion="reduce")
    pages = {audience: context.new_page() for audience, context in opened.items()}
    problems: dict[Look, list[str]] = {look: [] for look in looks}
    seen = 0
    for stop in stops(site, people):
        if not stop.path:
            continue
        page = pages[stop.audience]
        answer = page.goto(stop.path)
        if answer is None or answer.status != 200:
            problems[looks[0]].append(f"{stop.path}: {answer and answer.status}")
            continue
        seen += 1
        if (moved := shift(page)) > SHIFT_MAX:
            problems[looks[0]].append(f"{stop.path}: moves by {moved:.3f} while it arrives")
        for look in looks:
            page.emulate_media(color_scheme=look.scheme)
            page.set_viewport_size(look.size)
            problems[look] += [f"{stop.path}: {problem}" for problem in violations(page)]
            if (extra := overflow(page)) > 1:
                problems[look].append(f"{stop.path}: scrolls {extra} px sideways")
        for width in (NARROWEST, TWICE_AS_LARGE):
            page.set_viewport_size({"width": width, "height": 844})
            if (extra := overflow(page)) > 1:
                problems[looks[0]].append(f"{stop.path}: scrolls {extra} px sideways at {width}")
        page.set_viewport_size(looks[0].size)
    for context in opened.values():
        context.close()
    return seen, problems


@pytest.fixture(scope="module")
def town(browser: Browser, site: Site) -> tuple[int, dict[Look, list[str]]]:
    """The walk through the seeded town, once for the tests that follow."""
    return walked(browser, site, TOWN, LIGHT, DARK, WIDE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_town_is_clean_on_a_phone(town: tuple[int, dict[Look, list[str]]], scheme: str) -> None:
    seen, problems = town
    assert problems[LIGHT if scheme == "light" else DARK] == []
    assert seen > 35


def test_every_page_of_the_town_is_clean_on_a_wide_screen(town: tuple[int, dict[Look, list[str]]]) -> None:
    assert town[1][WIDE] == []


def test_nothing_but_the_style_sheet_knows_width_and_scheme() -> None:
    """What lets a page that was loaded once be looked at in three ways."""
    asks = re.compile(
        r"matchMedia|(inner|outer|client|offset)Width|ResizeObserver|[\"']resize[\"']|<source|srcset=[^>]*\dw|Sec-CH-"
    )
    sources = [
        *(SOURCE / "static" / "js").rglob("*.js"),
        *(SOURCE / "templates").rglob("*.html"),
        *SOURCE.rglob("*.py"),
    ]
    assert [path.name for path in sources if asks.search(path.read_text())] == []


def test_every_page_of_a_first_day_is_clean(browser: Browser, empty_site: Site) -> None:
    seen, problems = walked(browser, empty_site, EMPTY, LIGHT)
    assert problems == {LIGHT: []}
    assert seen > 20


# Where something is typed: the page, what is typed, and the button.
WRONG: list[tuple[Audience, str, dict[str, str], str]] = [
    ("visitor", "/connexion", {"email": "pas une adresse"}, "Recevoir le courriel"),
    ("organisation", "/seances/{coming}/reserver?places=3", {"places": "9999"}, "Réserver pour"),
    ("organisation", "/inscription", {"siret": "123"}, ""),
    ("staff", "/gestion/seances/nouvelle", {"capacity": "-3"}, "Planifier la séance"),
    ("staff", "/gestion/seances/{coming}/annuler", {}, ""),
    ("staff", "/gestion/reservations/{pending}/refuser", {}, ""),
    ("staff", "/gestion/plateforme", {"siret": "123"}, ""),
]


def test_pages_with_errors_and_refusals_are_clean(browser: Browser, site: Site) -> None:
    known = {stop.route: stop.path for stop in stops(site, TOWN)}
    fill = {
        "coming": known["/seances/{name:str}"].rpartition("/")[2],
        "pending": known["/gestion/reservations/{reference:str}"].rpartition("/")[2],
    }
    opened = contexts(browser, site, viewport={"width": 390, "height": 844})
    problems = []
    for audience, path, typed, button in WRONG:
        page = opened[audience].new_page()
        page.goto(path.format(**fill))
        for name, value in typed.items():
            page.fill(f"#{name}", value)
        forms = page.locator("main form[method=post]")
        form = forms.filter(has=page.locator(f"#{next(iter(typed))}")).first if typed else forms.last
        (form.get_by_role("button", name=button) if button else form.locator("button")).first.click()
        page.wait_for_load_state()
        if not page.locator("[aria-invalid=true], .error, .error-summary, [role=alert]").count():
            problems.append(f"{path}: no error is shown for {typed}")
        for name, value in typed.items():
            if page.input_value(f"#{name}") != value:
                problems.append(f"{path}: {name} was lost")
        problems += [f"{path}: {problem}" for problem in violations(page)]
        page.close()
    for path in ("/nulle-part", "/catalogue/inconnu", "/connexion/lien/faux", "/lien/faux", "/seances/999999"):
        page = opened["visitor"].new_page()
        answer = page.goto(path)
        assert answer is not None
        if answer.status != 404:
            problems.append(f"{path}: {answer.status}")
        problems += [f"{path}: {problem}" for problem in violations(page)]
    assert problems == []
