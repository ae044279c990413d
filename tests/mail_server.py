"""A mail server that answers as a test tells it, and a mail to send by it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

import makers
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM
from training.messages import queries
from training.messages.actions import delivery, outgoing
from training.messages.actions.outgoing import Letter, Reader

MINUTE = timedelta(minutes=1)
LETTER = Letter(
    "signin",
    Reader("Rachel", "rh@mairie.example.org"),
    ("trial", 1),
    {"path": "/connexion/lien/x", "code": "123456", "expires_at": makers.NOON},
)


class Server:
    """A mail server that answers as told, keeps what it took, and may be slow to say so."""

    def __init__(self, answer: str = "250 OK", at_rcpt: str = "250 OK") -> None:
        self.answer, self.at_rcpt = answer, at_rcpt
        self.taken: list[EmailMessage] = []
        self.silent: asyncio.Event | None = None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append(email.message_from_bytes(content, policy=email.policy.default))
        if self.silent is not None:
            self.silent.set()
            await asyncio.sleep(60)
        return self.answer


@contextlib.asynccontextmanager
async def listening(server: Server, patch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The server as the platform's SMTP_URL."""
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: SMTP(server, hostname="mx.example.org", loop=loop), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}?starttls=never"
    use(patch, smtp_url=url)
    try:
        yield url
    finally:
        listener.close()


def use(patch: pytest.MonkeyPatch, **changes: object) -> None:
    patch.setattr(settings, "_current", dataclasses.replace(settings.current(), **changes))


async def a_mail(**platform: object) -> int:
    """A mail in the queue, its job taken away: tests say when it is tried."""
    await makers.make_platform(**platform)
    mail = await outgoing.queue(SYSTEM, LETTER)
    async with db.atomic():
        await db.execute("delete from pgqueuer")
    return mail


async def kept(mail: int) -> queries.MailView:
    found = await queries.mail(mail)
    assert found is not None
    return found


async def deliver_at(instant: datetime) -> None:
    with clock.frozen(instant):
        await delivery.deliver_due()
