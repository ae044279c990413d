"""Make the town, do every act wide and on a phone, print the table."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from aiosmtpd.controller import Controller
from person import Person, Spent
from playwright.sync_api import Error, sync_playwright
from sites import CHROMIUM, FLAGS, Inbox, doors, execute, free_port, in_own_loop, served, sign_in

import directory_register
from databases import on
from kept import KEPT, lend_faces
from training.postgresql import embedded

from . import catalogue, first_day, organisations, people_and_places, planning, telephone, watching
from .register import ACTS, Act

MODULES = (first_day, catalogue, people_and_places, telephone, organisations, planning, watching)
SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
CLICKS, SERVER = 6, 1.5  # what a person accepts: presses from the home, seconds of the server's longest answer
TOWN = "training_acts_town"
# Two more who ask to be let in, beside the town's own.
REQUESTS = """
    update organisation set state = 'pending' where slug in ('college-deux-vallees', 'yvonne-chaumiere-demonstration')
"""

Found = dict[str, Spent | str]


def main(words: Sequence[str]) -> int:
    order = [module.__name__ for module in MODULES]
    ordered = sorted(ACTS, key=lambda act: order.index(act.doing.__module__))
    acts = [act for act in ordered if all(word in f"{act.group} {act.name}".lower() for word in words)]
    found: dict[str, Found] = {}
    with _server() as server, _register() as siren, tempfile.TemporaryDirectory() as folder:
        environment = _environment(server, Path(folder), siren)
        in_own_loop(execute(server, f"drop database if exists {TOWN} with (force)"))
        in_own_loop(execute(server, f"create database {TOWN}"))
        doors(environment)
        in_own_loop(execute(environment["DATABASE_URL"], REQUESTS))
        for size in SIZES:
            found[size] = _walk(server, environment, size, acts)
        in_own_loop(execute(server, f"drop database {TOWN} with (force)"))
    print(table(acts, found))
    return int(any(isinstance(spent, str) for one in found.values() for spent in one.values()))


@contextlib.contextmanager
def _server() -> Iterator[str]:
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with embedded.running(KEPT, settings={"fsync": "off"}) as dsn:
        yield dsn


@contextlib.contextmanager
def _register() -> Iterator[str]:
    """The public register of companies, played in a thread."""
    known, done = threading.Event(), threading.Event()
    url: list[str] = []

    async def play() -> None:
        async with directory_register.running() as register:
            url.append(register.url)
            known.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(play()))
    thread.start()
    known.wait()
    try:
        yield url[0]
    finally:
        done.set()
        thread.join()


def _environment(server: str, folder: Path, siren: str) -> dict[str, str]:
    lend_faces(folder)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SMTP_", "BASE_", "SECRET_"))},
        "DATABASE_URL": on(server, TOWN),
        "DATA_DIR": str(folder),
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "SECRET_KEY": "everyday" * 8,
        "SIRENE_API_BASE": siren,
        "LOG_LEVEL": "error",
    }


def _walk(server: str, town: Mapping[str, str], size: str, acts: Sequence[Act]) -> Found:
    """All acts on a copy of the town, by one screen."""
    name, smtp = f"training_acts_{size}", free_port()
    in_own_loop(execute(server, f"drop database if exists {name} with (force)"))
    in_own_loop(execute(server, f"create database {name} template {TOWN}"))
    environment = {**town, "DATABASE_URL": on(server, name), "SMTP_URL": f"smtp://127.0.0.1:{smtp}"}
    post = Controller(Inbox(), hostname="127.0.0.1", port=smtp)
    post.start()
    try:
        with served(environment, town["BASE_URL"]), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context(base_url=town["BASE_URL"], locale="fr-FR", viewport=SIZES[size])  # type: ignore[arg-type]
            context.set_default_timeout(8_000)
            page = context.new_page()
            sign_in(page, doors(environment)["staff_link"])
            somebody = Person(page)
            return {act.name: _done(somebody, act) for act in acts}
    finally:
        post.stop()
        in_own_loop(execute(server, f"drop database {name} with (force)"))


def _done(somebody: Person, act: Act) -> Spent | str:
    """What it took, or why it did not come to its end."""
    somebody.page.goto("/gestion")
    somebody.begin()
    try:
        act.doing(somebody)
        _refused(somebody)
    except (Error, AssertionError) as why:
        print(f"{act.name}: {somebody.page.url}: {str(why)[:400]}", file=sys.stderr)
        return "not done"
    return somebody.spent


def _refused(somebody: Person) -> None:
    """Nothing is done where the page still asks for something."""
    errors = somebody.page.locator(".error-summary, main [aria-invalid=true]")
    assert errors.count() == 0, errors.first.inner_text()
    assert somebody.page.locator("h1").first.inner_text() not in {"Introuvable", "Erreur"}


def table(acts: Sequence[Act], found: Mapping[str, Found]) -> str:
    """In Markdown; in bold what is more than a person accepts."""
    heads = ["clicks", "fields", "person, s", "machine, s", "server, s"]
    lines = [f"| Act | {' | '.join(f'{size}: {head}' for size in found for head in heads)} |"]
    lines.append("|---" * (1 + len(heads) * len(found)) + "|")
    group = ""
    for act in acts:
        if act.group != group:
            group = act.group
            lines.append(f"| **{group}** |" + " |" * len(heads) * len(found))
        cells = [cell for size in found for cell in _cells(found[size][act.name])]
        lines.append(f"| {act.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(spent: Spent | str) -> list[str]:
    if isinstance(spent, str):
        return [f"**{spent}**", "", "", "", ""]
    clicks = f"**{spent.clicks}**" if spent.clicks > CLICKS else str(spent.clicks)
    server = f"**{spent.slowest:.2f}**" if spent.slowest > SERVER else f"{spent.slowest:.2f}"
    return [clicks, str(spent.fields), f"{spent.person:.0f}", f"{spent.machine:.1f}", server]


if __name__ == "__main__":
    sys.exit(main([word.lower() for word in sys.argv[1:]]))
