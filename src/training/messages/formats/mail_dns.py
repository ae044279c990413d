"""What the DNS says of a domain that mails come from: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489)."""

from __future__ import annotations

from collections.abc import Sequence


def spf(texts: Sequence[str]) -> str | None:
    """The record that says who may send for a domain; None when there is not exactly one (RFC 7208 4.5)."""
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    return found[0] if len(found) == 1 else None


def spf_refuses_others(record: str) -> bool:
    """Whether it ends by refusing, or doubting, whoever it does not name; a redirect decides elsewhere."""
    terms = record.lower().split()
    return any(term in ("-all", "~all") for term in terms) or any(term.startswith("redirect=") for term in terms)


def dkim(texts: Sequence[str]) -> str | None:
    """The key under a selector; None when there is none, or it was revoked by an empty one (RFC 6376 3.6.1)."""
    for text in texts:
        if tags(text).get("p"):
            return text
    return None


def dmarc(texts: Sequence[str]) -> str | None:
    """The policy of a domain, `none`, `quarantine` or `reject`; None when it has none (RFC 7489 6.6.3)."""
    found = [tags(text) for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]
    policy = found[0].get("p", "").lower() if len(found) == 1 else ""
    return policy if policy in ("none", "quarantine", "reject") else None


def tags(text: str) -> dict[str, str]:
    """`a=1; b=2` by name (RFC 6376 3.2); the first of a name counts."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), "".join(value.split()))
    return found
