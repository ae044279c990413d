"""What browsers may do with our answers: the content security policies, and the headers every answer carries."""

from __future__ import annotations

import secrets


def _policy(*directives: str) -> str:
    return "; ".join(("default-src 'none'", *directives))


# Everything comes from here; nothing inline, nothing framed (the embeddable page says otherwise for itself).
_OURS = (
    "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
)  # fmt: skip
CSP = _policy(*_OURS)


def paying(at: str) -> str:
    """The policy of a page whose form leads on to where one pays: browsers follow a form's redirections too."""
    return CSP.replace("form-action 'self'", f"form-action 'self' {at}")


# The page that frames a mail says so; every other page of ours frames nothing.
FRAMING = _policy(*_OURS, "frame-src 'self'")

# A mail's own page: its styles are inline, as mails' must be; nothing runs, posts, or is fetched from elsewhere.
FRAMED = _policy(
    "style-src 'unsafe-inline'", "img-src 'self' data:", "form-action 'none'", "base-uri 'none'",
    "frame-ancestors 'self'", "sandbox allow-top-navigation-by-user-activation",
)  # fmt: skip

# The list that another site shows in a frame of its own: the one page that may be framed by anybody.
EMBEDDED = _policy(
    "style-src 'self'", "img-src 'self'", "font-src 'self'", "form-action 'none'", "base-uri 'none'",
    "frame-ancestors *",
)  # fmt: skip

# A picture that somebody gave us, opened on its own: an SVG is a document, and may hold a script.
PICTURE = _policy("style-src 'unsafe-inline'", "frame-ancestors 'none'", "sandbox")

PRIVATE = "private, no-store"  # RFC 9111 5.2.2: a shared computer, or a proxy, keeps no page of somebody's
FOR_EVER = "public, max-age=31536000, immutable"  # RFC 8246: the address changes when the bytes do
ASKED_AGAIN = "private, no-cache"  # kept by who read it, and asked for again each time


def kept_by_caches(path: str, status: int, *, known: bool) -> str | None:
    """What caches may do with an answer that says nothing itself: keep none that is somebody's, and no refusal.

    `known`: somebody is signed in, or a program showed its key. Who holds a mailed link is known by it.
    """
    return PRIVATE if known or status >= 400 or path.startswith("/lien/") else None


HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


# What is worth pressing together: pages, sheets, scripts. Not what is pressed already (pictures, archives), nor
# what programs ask for all day (feeds, the API): there the time costs more than the bytes.
NOT_COMPRESSED = [
    r"^/(agenda|api|hooks|healthz|readyz|metrics|logo)",
    r"\.(pdf|zip|xlsx|png|jpg|webp|woff2|ics|xml|csv)$",
]
COMPRESSED_FROM = 1_000  # bytes: one packet goes as it is


def veiled(token: str) -> str:
    """A form's token as a page shows it, another text each time: pressed together with what somebody else made the page
    say, a secret that stays the same can be guessed from the length of the answer (BREACH, CVE-2013-3587).
    """
    said = token.encode()
    pad = secrets.token_bytes(len(said))
    return f"{pad.hex()}.{bytes(a ^ b for a, b in zip(pad, said, strict=True)).hex()}"


def unveiled(shown: str) -> str:
    """The token that `veiled` took; what it never made, as it is."""
    pad, _dot, said = shown.partition(".")
    try:
        return bytes(a ^ b for a, b in zip(bytes.fromhex(pad), bytes.fromhex(said), strict=True)).decode()
    except ValueError:  # another length, other letters, or no text: nobody's token
        return shown
