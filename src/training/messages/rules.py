"""States of a mail and when it is tried again. No I/O."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from training.kernel.i18n import N_, _
from training.kernel.render import hour


class MailState(StrEnum):
    """`held`: kept because there is no server to send it by, or this is a restored copy; `failed`: refused for good."""

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
AT_ONCE = timedelta(minutes=1)  # in which a mail leaves when nothing is wrong
SERVER_RETRY = timedelta(minutes=1)  # for a mail that the server was not even told of: none is to blame, none given up
SERVER_PAUSE = timedelta(seconds=30)  # in which a server that just failed is not troubled with new mails
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 960))
CLAIM = timedelta(minutes=5)  # a worker that died while sending gives the mail back after this

# What administrators are told of, in words: the fields of `records.rules.WATCHED`.
WATCHED_NAMES = {
    "iban": N_("IBAN"),
    "bic": N_("BIC"),
    "email": N_("Adresse de la plateforme"),
    "administrator": N_("Administration"),
    "smtp_url": N_("Serveur d’envoi des courriels"),
    "base_url": N_("Adresse du site"),
}


class Stop(StrEnum):
    """Why nothing leaves: nobody has said who writes; no server is set; it takes nothing; this is a restored copy; this
    is a demonstration."""

    NOBODY = "nobody"
    NO_SERVER = "no_server"
    REFUSING = "refusing"
    RESTORED = "restored"
    DEMO = "demo"


def stop_of(*, named: bool, served: bool, demo: bool, failing: bool, restored: bool) -> Stop | None:
    """What keeps ordinary mails from leaving, the first that a host has to see to; None when they leave."""
    if not named:
        return Stop.NOBODY
    if not served:
        return Stop.DEMO if demo else Stop.NO_SERVER
    if failing:
        return Stop.REFUSING
    return Stop.RESTORED if restored else None


READ_OUT = N_("Le code a été donné de vive voix : ce courriel ne part plus.")


class Fate(StrEnum):
    """What became of the mail that somebody waits for in front of a page."""

    GOING = "going"
    LEFT = "left"
    LATE = "late"  # the server asked to wait, or nobody has tried yet
    REFUSED = "refused"  # at this address
    READ_OUT = "read_out"  # its code was said on the telephone instead
    STOPPED = "stopped"  # as every mail here


def fate_of(state: MailState | None, *, attempts: int, age: timedelta, stopped: bool, answer: str = "") -> Fate:
    """The fate of one mail, `age` after it was asked for; no state while it is not written. `answer`: the last one."""
    if state == MailState.SENT:
        return Fate.LEFT
    if answer == READ_OUT:
        return Fate.READ_OUT
    if state == MailState.FAILED:
        return Fate.REFUSED
    if stopped or state == MailState.HELD:
        return Fate.STOPPED
    return Fate.LATE if attempts or age > AT_ONCE else Fate.GOING


def said(state: MailState, attempts: int, answer: str, again: datetime | None) -> str | None:
    """What became of a mail, for the team; None when it left, or is about to. `answer`: the server's or our words."""
    coded = answer[:3].isdigit()  # the server answered, with its code: RFC 5321 4.2
    if state == MailState.HELD:
        return _(answer)
    if state == MailState.FAILED:
        return _("Le serveur du destinataire le refuse : « {answer} »").format(answer=answer) if coded else _(answer)
    if state != MailState.QUEUED or not attempts:
        return None
    why = _("Le serveur de courriel demande d’attendre") if coded else _("Le serveur de courriel ne répond pas")
    return _("{why} ; nouvel essai à {hour}.").format(why=why, hour=hour(again)) if again else f"{why}."


def next_wait(attempts: int) -> timedelta | None:
    """How long after the `attempts`-th failure to try again; None when that is enough."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
