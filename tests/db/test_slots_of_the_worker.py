"""What one slow system outside holds up: its own jobs, never the others'."""

from __future__ import annotations

import asyncio
import time

import pytest

import makers
import trials
from mail_server import LETTER, use
from training import worker
from training.kernel.actor import SYSTEM
from training.messages.actions import outgoing
from training.reactions import BY_NAME

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


async def test_twelve_silent_mail_connections_leave_the_worker_its_other_slots(database_test, monkeypatch):
    """They took all ten, for minutes: nothing else was done meanwhile, not even a confirmation written."""
    open_now = most = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await reader.read()  # until it leaves
        open_now -= 1
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    use(monkeypatch, smtp_url=f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}?starttls=never")
    trials.react_with(monkeypatch, trials.STEADY)
    await makers.make_platform()
    for _each in range(12):
        await outgoing.queue(SYSTEM, LETTER)
    async with worker.running(grace=0.2):
        await trials.until(lambda: arrived(lambda: most >= BY_NAME["messages.actions.delivery.deliver"].at_once))
        began = time.monotonic()
        await trials.happen()
        await trials.until(trials.effects, seconds=10)
        assert time.monotonic() - began < 5
    assert most == BY_NAME["messages.actions.delivery.deliver"].at_once == 3
    listener.close()


async def arrived(check) -> bool:
    return bool(check())
