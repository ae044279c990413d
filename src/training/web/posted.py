"""What is posted: read within bounds before anything else, and refused when it does not come from a page of ours."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio.to_thread
from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import Cookie, UploadFile
from litestar.enums import RequestEncodingType, ScopeType
from litestar.exceptions import ClientException
from litestar.middleware.csrf import CSRFMiddleware, generate_csrf_token
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import ScopeState
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from training.kernel import settings
from training.web.auth import cookie_name
from training.web.security import unveiled, veiled

BODY_MAX = 2_000_000  # bytes of what is posted, unless its route says more
FORM_MAX = 600_000  # bytes: the longest list of names; a file comes as multipart, under its route's own bound
FIELDS_MAX = 5_000
PARTS_MAX = 1_000  # of a form with files
GIVEN_MAX = 64_000_000  # bytes: what a telephone's largest picture weighs, so that its page comes back and says so
LARGE = 50_000  # bytes or characters: what is longer is read beside the loop
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")

Asked = Request[Any, Any, Any]


def csrf_config() -> CSRFConfig:
    """The token's secret and its cookie."""
    now = settings.current()
    return CSRFConfig(
        secret=now.secret_key,
        cookie_name=cookie_name("csrf"),
        cookie_secure=now.production,
        cookie_httponly=True,
        cookie_samesite="lax",
    )


class GivenFile(UploadFile):
    """A file of a form, kept up to `most` bytes: what comes beyond is counted, and goes nowhere."""

    def __init__(self, content_type: str, filename: str, most: int) -> None:
        super().__init__(content_type, filename)
        self.most, self.size = most, 0

    async def write(self, data: bytes | bytearray) -> int:
        """As any file's, within its bound."""
        kept = data[: max(self.most - self.size, 0)]
        self.size += len(data)
        return await super().write(kept) if kept else 0

    @property
    def too_large(self) -> bool:
        """More came than may be kept: it is not whole."""
        return self.size > self.most


class Posted(CSRFMiddleware):
    """Litestar's own check, on a form that is read here: theirs has no bounds, and keeps a thousand forms in memory."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == ScopeType.HTTP and scope["method"] == "POST":
            await _read(Request(scope, receive, send))
        await super().__call__(scope, receive, send)

    def _csrf_tokens_match(self, request_csrf_token: object, cookie_csrf_token: str) -> bool:
        """A token may be anything that somebody sends: a file, or letters that no token has."""
        if not isinstance(request_csrf_token, str) or not (request_csrf_token + cookie_csrf_token).isascii():
            return False
        return super()._csrf_tokens_match(unveiled(request_csrf_token), cookie_csrf_token)


async def _read(request: Asked) -> None:
    """The fields of a form, where Litestar looks for them."""
    kind, options = request.content_type
    fields: dict[str, list[Any]] = {}
    if kind == RequestEncodingType.MULTI_PART:
        async for name, value in _parts(request, options.get("boundary", "")):
            fields.setdefault(name, []).append(value)
    elif kind == RequestEncodingType.URL_ENCODED:
        body = await request.body()
        beside = len(body) > LARGE
        for name, value in await anyio.to_thread.run_sync(_urlencoded, body) if beside else _urlencoded(body):
            fields.setdefault(name, []).append(value)
    else:
        return
    ScopeState.from_scope(request.scope).form = {
        name: values if len(values) > 1 else values[0] for name, values in fields.items()
    }


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    if len(body) > FORM_MAX or body.count(b"&") >= FIELDS_MAX:
        raise ClientException(status_code=413)
    if _BROKEN.search(body):
        raise ClientException(status_code=400)
    return parse_qsl(body.decode("latin-1"), keep_blank_values=True)


async def _parts(request: Asked, boundary: str) -> AsyncIterator[tuple[str, str | UploadFile]]:
    """The parts of a multipart form: files, and texts in UTF-8 whatever they say.

    A part names its own encoding, of which one takes the square of its length (punycode), and Litestar follows it.
    """
    name, file, text = "", None, bytearray()
    bound = request.route_handler.resolve_request_max_body_size() or 0
    kept = int(request.route_handler.opt.get("file_max", bound))  # of a file; the form comes back with what is beside
    most = bound if BODY_MAX < bound <= kept else FORM_MAX  # where a form carries a file back, the route says so
    try:
        with PushMultipartParser(boundary, max_segment_count=PARTS_MAX) as parser:
            async for chunk in request.stream():
                for event in parser.parse(chunk):
                    if isinstance(event, MultipartSegment):
                        name, text = event.name or "", bytearray()
                        file = _file(event, kept) if event.filename else None
                    elif event is None:
                        if file is not None:
                            await file.seek(0)
                        yield name, text.decode() if file is None else file
                    elif file is not None:
                        await file.write(event)
                    else:
                        text += event
                        if len(text) > most:
                            raise ClientException(status_code=413)
                if parser.closed:
                    break
    except ParserLimitReached:
        raise ClientException(status_code=413) from None
    except (MultipartError, UnicodeDecodeError):
        raise ClientException(status_code=400) from None


def _file(part: MultipartSegment, most: int) -> UploadFile:
    return GivenFile(part.content_type or "text/plain", part.filename or "", most)


def fresh_token(request: Asked) -> Cookie:
    """A token for the page that shows a refused form again, and the cookie that goes with it."""
    config = csrf_config()
    token = generate_csrf_token(config.secret)
    ScopeState.from_scope(request.scope).csrf_token = veiled(token)
    return Cookie(
        key=config.cookie_name,
        value=token,
        path=config.cookie_path,
        secure=config.cookie_secure,
        httponly=config.cookie_httponly,
        samesite=config.cookie_samesite,
    )


def from_our_page(request: Asked) -> bool:
    """Whether nothing says that another site sent this form: what it typed is not offered for a click."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    ours = urlsplit(settings.current().base_url)
    return urlsplit(origin)[:2] == ours[:2]
