"""The sentence that the next page shows once: « Réservation annulée. » Signed: nobody else writes on our pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from training.kernel import settings
from training.web.auth import cookie_name

Tone = str  # "done" | "attention" | "danger"


def say(text: str, tone: Tone = "done") -> Cookie:
    """The cookie that carries a sentence to the next page."""
    body = base64.urlsafe_b64encode(json.dumps([tone, text]).encode()).decode()
    return Cookie(
        key=cookie_name("flash"),
        value=f"{body}.{_tag(body)}",
        max_age=60,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.current().production,
    )


def said(request: Request[Any, Any, Any]) -> list[tuple[Tone, str]]:
    """What the page before wanted said; empty when nothing was, or when it was not us."""
    body, _dot, tag = request.cookies.get(cookie_name("flash"), "").strip('"').rpartition(".")
    if not body or not hmac.compare_digest(tag, _tag(body)):
        return []
    tone, text = json.loads(base64.urlsafe_b64decode(body))
    return [(tone, text)]


def _tag(body: str) -> str:
    key = settings.current().secret_key.encode()
    return hmac.new(key, f"flash:{body}".encode(), hashlib.sha256).hexdigest()[:32]
