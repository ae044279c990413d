"""States of a mail and when it is tried again. No I/O."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class MailState(StrEnum):
    """`held`: kept because there is no server to send it by; `failed`: refused for good, a person looks."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


MAIL_MOVES: dict[MailState, frozenset[MailState]] = {
    MailState.QUEUED: frozenset({MailState.SENT, MailState.FAILED, MailState.HELD}),
    MailState.HELD: frozenset({MailState.QUEUED}),
    MailState.FAILED: frozenset({MailState.QUEUED}),
    MailState.SENT: frozenset({MailState.QUEUED}),
}

# Greylisting asks for minutes, an outage for hours; after a day and a half somebody must know (RFC 5321 4.5.4.1).
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 960))
CLAIM = timedelta(minutes=5)  # a worker that died while sending gives the mail back after this


def next_wait(attempts: int) -> timedelta | None:
    """How long after the `attempts`-th failure to try again; None when that is enough."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
