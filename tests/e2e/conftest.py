"""Fixtures of the browser stories: the demonstration town, served, a real mail server beside it, and Chromium."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sites import CHROMIUM, FLAGS, Inbox, Site, doors, execute, free_port, in_own_loop, served

from databases import on
from kept import lend_faces

INSTALL = "apt-get install --yes chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser stories run where there is a Chromium; elsewhere they are reported with what installs one."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))  # one site, one browser
            if CHROMIUM is None and "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=f"no Chromium: {INSTALL}"))


@pytest.fixture(scope="session")
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A real SMTP server on loopback."""
    box = Inbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller.port
    controller.stop()


@pytest.fixture(scope="session")
def site(server: str, inbox: tuple[Inbox, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration town, seeded and served with its worker."""
    with _running(server, inbox, tmp_path_factory, empty=False) as found:
        yield found


@pytest.fixture(scope="session")
def empty_site(server: str, inbox: tuple[Inbox, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A platform on its first day: people may come in, and there is nothing yet."""
    with _running(server, inbox, tmp_path_factory, empty=True) as found:
        yield found


@contextlib.contextmanager
def _running(server: str, inbox: tuple[Inbox, int], folders: pytest.TempPathFactory, *, empty: bool) -> Iterator[Site]:
    name = f"training_e2e_{'empty' if empty else 'town'}_{os.getpid()}"
    in_own_loop(execute(server, f"create database {name}"))
    url = f"http://127.0.0.1:{free_port()}"
    box, smtp = inbox
    data_dir = folders.mktemp("e2e")
    lend_faces(data_dir)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SMTP_", "BASE_", "SECRET_"))},
        "DATABASE_URL": on(server, name),
        "DATA_DIR": str(data_dir),
        "BASE_URL": url,
        "SECRET_KEY": "browser" * 8,
        "LOG_LEVEL": "warning",
    }
    found = doors(environment, empty)  # seeded without a mail server: a year of mails needs not leave
    environment["SMTP_URL"] = f"smtp://127.0.0.1:{smtp}"
    try:
        with served(environment, url):
            yield Site(url, found, environment, box, empty)
    finally:
        in_own_loop(execute(server, f"drop database {name} with (force)"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. For a module only: while Playwright runs it keeps the thread's event loop to itself."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A fresh browser, in French, on a phone's width unless a test widens it."""
    fresh = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 390, "height": 844})
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that browser; a console error or a failed script fails the test that looks at `page.problems`."""
    return context.new_page()
