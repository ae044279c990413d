"""Somebody in front of a screen, who only does what a person can: see, press, type. What it took is counted.

How long it takes a person is the keystroke-level model (Card, Moran and Newell, 1980), with the operators below, and
the time that the machine took, measured.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from looking import overflow, violations
from playwright.sync_api import Locator, Page, Request

Words = str | re.Pattern[str]

PRESS = 1.1  # seconds to point at something and press it, hand on the mouse or finger over the glass (KLM: P)
KEY = 0.28  # seconds a character, of somebody who types without training (KLM: K)
THINK = 1.35  # seconds to make up one's mind, once for each page that is read (KLM: M)


@dataclass(frozen=True)
class Spent:
    """What was done since a beginning. Choosing in a list is two presses: it is opened, then chosen from."""

    clicks: int = 0
    fields: int = 0
    keys: int = 0
    pages: int = 0
    machine: float = 0.0  # seconds that the person waited
    slowest: float = 0.0  # seconds of the server's longest answer

    def __sub__(self, before: Spent) -> Spent:
        """What came since; the longest answer is of the whole."""
        names = ("clicks", "fields", "keys", "pages", "machine")
        return replace(self, **{name: getattr(self, name) - getattr(before, name) for name in names})

    @property
    def person(self) -> float:
        """Seconds it takes somebody: each field is pressed before it is typed in."""
        return PRESS * (self.clicks + self.fields) + KEY * self.keys + THINK * self.pages + self.machine

    def __str__(self) -> str:
        return f"{self.clicks} clicks, {self.fields} fields, {self.pages} pages, {self.person:.0f} s of a person"


class Person:
    """Moves by what is shown: the menu, links, buttons, the search box. Types no address."""

    def __init__(self, page: Page) -> None:
        self.page, self.problems, self.spent = page, [], Spent()
        page.on("domcontentloaded", lambda _: self._add(pages=1))
        page.on("requestfinished", self._answered)

    @property
    def phone(self) -> bool:
        """Whether the screen is as narrow as one."""
        size = self.page.viewport_size
        return size is not None and size["width"] < 600

    def begin(self) -> None:
        """Count from here, on the page that is open."""
        self.spent = Spent(pages=1)

    def _add(self, **more: float) -> None:
        self.spent = replace(self.spent, **{name: getattr(self.spent, name) + n for name, n in more.items()})

    def _answered(self, request: Request) -> None:
        if request.resource_type in {"document", "fetch", "xhr"}:
            timing = request.timing
            took = (timing["responseStart"] - timing["requestStart"]) / 1000
            self.spent = replace(self.spent, slowest=max(self.spent.slowest, took))

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """What happens inside is the machine's doing."""
        began = time.monotonic()
        yield
        self.page.wait_for_load_state()
        self._add(machine=time.monotonic() - began)

    # Pressing

    def press(self, name: Words, *, role: str = "button", inside: str = "main", exact: bool = False) -> None:
        """The first such thing that can be seen."""
        found = self.page.locator(inside).get_by_role(role, name=name, exact=exact)  # type: ignore[arg-type]
        self.press_on(found.filter(visible=True).first)

    def press_on(self, found: Locator) -> None:
        found.wait_for()
        self._add(clicks=1)
        with self.waiting():
            found.click()

    def link(self, name: Words, *, inside: str = "main", exact: bool = False) -> None:
        self.press(name, role="link", inside=inside, exact=exact)

    def fold(self, name: Words) -> None:
        """Open what is folded."""
        self.press_on(self.page.locator("main summary").filter(has_text=name, visible=True).first)

    def tick(self, name: Words, *, role: str = "checkbox", exact: bool = False) -> None:
        found = self.page.locator("main").get_by_role(role, name=name, exact=exact).first  # type: ignore[arg-type]
        found.wait_for()
        if not found.is_checked():  # nobody presses what is chosen already
            self.press_on(found)

    def radio(self, name: Words) -> None:
        self.tick(name, role="radio")

    def download(self, name: Words) -> None:
        """A link that gives a file."""
        self._add(clicks=1)
        with self.waiting(), self.page.expect_download():
            self.page.locator("main").get_by_role("link", name=name).first.click()

    def stop(self, name: str) -> None:
        """A stop of the menu, which a phone keeps behind a button, and settings in a fold."""
        menu = self.page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible():
            self.press_on(menu)
        found = self.page.locator("nav.side").get_by_role("link", name=re.compile(rf"^{name}( \d.*)?$"))
        if not found.first.is_visible():
            self.press_on(self.page.locator("nav.side summary"))
        self.press_on(found.first)

    def home(self) -> None:
        self.stop("Aujourd’hui")

    # Typing

    def fill(self, **fields: str) -> None:
        """By the ids of the fields, an underscore before a number being a hyphen."""
        for name, value in fields.items():
            self.type(f"#{re.sub(r'_(?=[0-9]+$)', '-', name)}", value)

    def type(self, selector: str, value: str) -> None:
        self.page.locator(selector).filter(visible=True).first.fill(value)
        self._add(fields=1, keys=len(value))

    def choose(self, field: str, text: Words) -> None:
        """In a list: opened, then chosen from."""
        listed = self.page.locator(f"select#{field}")
        value = listed.locator("option", has_text=text).first.get_attribute("value")
        self._add(clicks=2)
        with self.waiting():
            listed.select_option(value)

    def give(self, field: str, name: str, content: bytes, kind: str = "text/csv") -> None:
        """A file: the field is pressed, the file is chosen in the system's window and opened."""
        self._add(clicks=3)
        files = {"name": name, "mimeType": kind, "buffer": content}
        self.page.locator(f"input#{field}").set_input_files(files)  # type: ignore[arg-type]

    def see(self, found: Locator) -> None:
        """Wait until it is shown: what a page answers while one types."""
        with self.waiting():
            found.filter(visible=True).first.wait_for()

    def search(self, words: str, answer: Words, leads: str = "") -> None:
        """The box of every page: the words, and the answer that is meant, pressed. `leads`: how its address begins."""
        if not self.phone:  # a phone has no such key: there the box is pressed
            self.page.keyboard.press("/")
        self.type("#recherche", words)
        begins = f'[href^="{leads}"]' if leads else ""
        option = self.page.locator(f"[role=option]{begins}").filter(has_text=answer).first
        self.see(option)
        self.press_on(option)

    # Looking

    def look(self, name: str) -> None:
        """What is wrong with the page for somebody's eyes, ears or phone."""
        self.problems += [f"{name}: {problem}" for problem in violations(self.page)]
        if (extra := overflow(self.page)) > 1:
            self.problems.append(f"{name}: scrolls {extra} px sideways")
