"""A whole site for browsers: how it is started, what its mail server received, how one signs in. No fixture here."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from playwright.sync_api import Page

T = TypeVar("T")

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


@dataclass
class Inbox:
    """What the mail server received, in order. Set `answer` to have it refuse."""

    mails: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
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
    empty: bool = False

    def door(self, name: str) -> str:
        """A fresh sign-in link (each serves once)."""
        return self.all_doors()[name]

    def all_doors(self) -> dict[str, str]:
        """Fresh doors of every kind."""
        return doors(self.environment, self.empty)


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


def doors(environment: dict[str, str], empty: bool = False) -> dict[str, str]:
    """What `training demo --no-serve` prints; of an empty site, what its own script prints."""
    if empty:
        command = [sys.executable, str(Path(__file__).with_name("empty_town.py"))]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-4000:]
        lines = done.stdout.splitlines()
    else:
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


def in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: this one's loop may be Playwright's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def execute(server: str, statement: str) -> None:
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


def sign_in(page: Page, link: str) -> None:
    """Open a sign-in link as a person does: look, then click."""
    page.goto(link)
    page.get_by_role("button", name="Me connecter").click()
    page.wait_for_load_state()
