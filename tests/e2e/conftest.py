"""A whole site for browsers: the demonstration town in a database of its own, served, with a real mail server beside it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from conftest import on
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

INSTALL = "apt-get install --yes chromium"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser stories run where there is a Chromium; elsewhere they are reported with what installs one."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))  # one site, one browser
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=f"no Chromium: {INSTALL}"))


@dataclass
class Inbox:
    """What the mail server received, in order. Set `answer` to have it refuse."""

    mails: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return self.answer

    def wait_for(self, to: str, *, containing: str = "", after: int = 0, seconds: float = 30) -> EmailMessage:
        """The first mail to somebody whose subject contains some words, received after the first `after` mails."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            for mail in self.mails[after:]:
                if to in str(mail["To"]) and containing in str(mail["Subject"]):
                    return mail
            time.sleep(0.1)
        seen = [(str(m["To"]), str(m["Subject"])) for m in self.mails[after:]]
        raise AssertionError(f"no mail to {to} about {containing!r} in {seconds} s; there are {seen}")


@dataclass(frozen=True)
class Site:
    """A served town: its address, the doors that `training demo --no-serve` prints, its environment."""

    url: str
    doors: dict[str, str]
    environment: dict[str, str]
    inbox: Inbox

    def door(self, name: str) -> str:
        """A fresh sign-in link (each serves once)."""
        return doors(self.environment)[name]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def training(environment: dict[str, str], *arguments: str) -> str:
    """Run the command; its output."""
    done = subprocess.run(
        [sys.executable, "-m", "training", *arguments], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def doors(environment: dict[str, str]) -> dict[str, str]:
    lines = training(environment, "demo", "--no-serve").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


@contextlib.contextmanager
def served(environment: dict[str, str], url: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`training serve` until the block ends."""
    port = url.rpartition(":")[2]
    process = subprocess.Popen([sys.executable, "-m", "training", "serve", "--port", port, *arguments], env=environment)
    try:
        wait_until_ready(url, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def wait_until_ready(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        assert process.poll() is None, "the server ended"
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError("the server is not ready")


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
    import asyncio

    name = f"training_e2e_{os.getpid()}"
    asyncio.run(_database(server, f"create database {name}"))
    url = f"http://127.0.0.1:{free_port()}"
    box, smtp = inbox
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SMTP_", "BASE_", "SECRET_"))},
        "DATABASE_URL": on(server, name),
        "DATA_DIR": str(tmp_path_factory.mktemp("e2e")),
        "BASE_URL": url,
        "SECRET_KEY": "browser" * 8,
        "LOG_LEVEL": "warning",
    }
    found = doors(environment)  # seeded without a mail server: a year of mails needs not leave
    environment["SMTP_URL"] = f"smtp://127.0.0.1:{smtp}"
    try:
        with served(environment, url):
            yield Site(url, found, environment, box)
    finally:
        asyncio.run(_database(server, f"drop database {name} with (force)"))


async def _database(server: str, statement: str) -> None:
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
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


def sign_in(page: Page, link: str) -> None:
    """Open a sign-in link as a person does: look, then click."""
    page.goto(link)
    page.get_by_role("button", name="Me connecter").click()
    page.wait_for_load_state()
