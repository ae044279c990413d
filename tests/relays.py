"""A mail server that keeps what it is given, for as long as a test is the platform."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator

from aiosmtpd.smtp import SMTP, Envelope, Session

from training.kernel import settings


class Relay:
    """A mail server that keeps what it is given, and refuses the addresses it is told to."""

    def __init__(self, refused: frozenset[str]) -> None:
        self.refused = refused
        self.taken: list[tuple[str, bytes]] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        if address in self.refused:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"


@contextlib.asynccontextmanager
async def relay(*refused: str) -> AsyncIterator[list[tuple[str, bytes]]]:
    server, loop, before = Relay(frozenset(refused)), asyncio.get_running_loop(), settings.current()
    listener = await loop.create_server(lambda: SMTP(server, hostname="mx.example.org", loop=loop), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}?starttls=never"
    settings.use(dataclasses.replace(before, smtp_url=url))
    try:
        yield server.taken
    finally:
        settings.use(before)
        listener.close()
