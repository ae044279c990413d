"""Mailed links: purpose, subject, generation and expiry, signed with the site's key. One mechanism for all of them.

A purpose is a row of TERMS here (where it leads, how long), one of `web.portal.links.DOORS` (what it opens, what its
holder may), and a page. A GET shows, a POST acts: programs that open links in mails to check them must change nothing.
Raising the subject row's `generation` revokes every link made before.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import _

_VERSION = b"training.link.1"
_TAG_BYTES = 16  # 128 bits: nobody forges one by trying


class Purpose(StrEnum):
    """What a link is for. Its name stands in every token that was mailed: it never changes."""

    INVOICE = "invoice"
    BILLING_FACTS = "billing_facts"
    INVITATION = "invitation"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Terms:
    """`page` follows the token in the address; `life` is counted from `since`."""

    page: str
    life: timedelta
    since: str = "it was mailed"


TERMS: Mapping[Purpose, Terms] = {
    # an accountant looks for it again when the year is closed
    Purpose.INVOICE: Terms("", timedelta(days=400)),
    Purpose.BILLING_FACTS: Terms("/completer", timedelta(days=60)),
    # who was ill says so later, and then the link is over
    Purpose.INVITATION: Terms("/reponse", timedelta(days=30), "the end of the date"),
    # in calendars, where people look back
    Purpose.SESSION: Terms("/seance", timedelta(days=90), "the end of the date"),
}


class LinkOver(NotFound):
    """The link was ours and opens nothing: expired, revoked, or what it was about is gone. One page for all."""

    slug = "link-over"

    def __init__(self) -> None:
        super().__init__(_("Ce lien n’est plus valable. Connectez-vous pour retrouver la page, ou écrivez-nous."))


@dataclass(frozen=True, slots=True)
class Link:
    """What a link grants: `purpose` on the row `subject`, as long as that row is still at `generation`."""

    purpose: str
    subject: int
    generation: int
    expires_at: datetime


def sign(link: Link, secret: str) -> str:
    """The token of a link, safe in an address (RFC 4648 5)."""
    body = f"{link.purpose}.{link.subject}.{link.generation}.{int(link.expires_at.timestamp())}".encode()
    return _encode(body + b"." + _tag(body, secret))


def read(token: str, secret: str) -> Link:
    """What a token grants. NotFound when it was not signed by us, LinkOver when its time is past."""
    wrong = NotFound(_("Ce lien n’est pas valable. Vérifiez qu’il a été copié en entier."))
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        body = raw[: -_TAG_BYTES - 1]
        # the whole token, not its tag alone: base64 has several spellings of the same bytes, and we write one
        if not hmac.compare_digest(_encode(body + b"." + _tag(body, secret)).encode(), token.encode()):
            raise wrong
        purpose, subject, generation, expires = body.decode().split(".")
        link = Link(purpose, int(subject), int(generation), datetime.fromtimestamp(int(expires), clock.PARIS))
    except (ValueError, UnicodeError):
        raise wrong from None
    if link.expires_at <= clock.now():
        raise LinkOver
    return link


def digest(token: str) -> bytes:
    """How random tokens (sign-in, feeds, API keys) are kept: hashed, so that a stolen database opens nothing.

    They carry 128 bits or more of chance, so one round of SHA-256 is enough.
    """
    return hashlib.sha256(token.encode()).digest()


def _tag(body: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), _VERSION + body, hashlib.sha256).digest()[:_TAG_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
