"""What an attacker can do to everybody else: how long the loop is held while the corpus of the tests is answered."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import uvloop

from bench.report import Figure, Part
from bench.site import inside
from bench.town import Town
from training.app import settle
from training.kernel import db

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import makers
from hostile import Hostile, corpus

EVERY = 0.001  # seconds between two beats of the loop
LIMIT = 100.0  # ms: what an honest reader may wait for an attacker
SHOWN = 3
ARRIVES = 1 << 16  # bytes that a server hands over at once
STEPS = len(corpus())
MEMBER, TEAM = "rh0@mairie.example.org", "attaque@banc.example.org"


class Pulse:
    """Beats in the loop; `longest` is what lay between two of them, in ms.

    Of the wall's time and that of this process, the shorter: what other programs take is not held by us.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Pulse:
        """Begin to beat."""
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(10 * EVERY)
        self.longest = 0.0
        return self

    async def __aexit__(self, *_: object) -> None:
        """The last beat counts."""
        await asyncio.sleep(2 * EVERY)
        assert self._task is not None
        self._task.cancel()

    async def _beat(self) -> None:
        while True:
            wall, own = time.perf_counter(), time.process_time()
            await asyncio.sleep(EVERY)
            held = min(time.perf_counter() - wall, time.process_time() - own) - EVERY
            self.longest = max(self.longest, 1000 * held)


async def _headers(browser: httpx.AsyncClient, town: Town) -> dict[str, dict[str, str]]:
    """What each of the corpus's people sends along."""
    await makers.make_staff(TEAM)
    await browser.get("/connexion")
    token = browser.cookies["csrf"]
    said = {"nobody": {"Cookie": f"csrf={token}"}, "program": {"Authorization": f"Bearer {town.customers[0].key}"}}
    for who, address in {"member": MEMBER, "team": TEAM}.items():
        await makers.sign_in(browser, address)
        said[who] = {"Cookie": f"csrf={token}; signin={browser.cookies['signin']}"}
    browser.cookies.clear()
    return {who: {"x-csrftoken": token, **headers} for who, headers in said.items()}


async def _arriving(content: bytes) -> AsyncIterator[bytes]:
    """As a network brings it: no server hands ten megabytes over at once."""
    for begin in range(0, len(content), ARRIVES):
        yield content[begin : begin + ARRIVES]


async def held(dsn: str, town: Town, step: Callable[[], None]) -> list[tuple[float, Hostile]]:
    """The longest stall of the loop of each request, the longest first."""
    found = []
    async with inside(dsn) as browser:
        slug = await db.value("select slug from organisation where id = $1", town.customers[0].organisation)
        known = {
            "booking": await db.value("select reference from booking order by id limit 1"),
            "offer": await db.value("select slug from offer order by id limit 1"),
            "facilitator": town.facilitator,
        }
        headers = await _headers(browser, town)
        for path in ("/seances", "/connexion", "/gestion/banque/importer"):  # imports and templates of a first page
            await browser.get(path, headers=headers["team"])
        settle()
        for one in corpus():
            path, content = one.at(slug, session=town.sessions[0], **known)
            sent = {**headers[one.who], **one.headers} | ({"Content-Type": one.kind} if content is not None else {})
            body = None if content is None else _arriving(content)
            async with Pulse() as pulse:
                await browser.request(one.method, path, content=body, headers=sent)
            found.append((pulse.longest, one))
            step()
    return sorted(found, key=lambda pair: -pair[0])


def measure(dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """Each request alone, so that the figure names it."""
    found = uvloop.run(held(dsn, town, step))
    others = tuple(Figure(one.name, stall, "ms") for stall, one in found[1:SHOWN])
    longest, worst = found[0]
    return Part(
        f"The loop under {len(found)} hostile requests",
        (Figure("longest stall", longest, "ms", worst.name, at_most=LIMIT), *others),
    )
