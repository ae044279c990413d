"""Answer with a page, or send on to one: what every HTML handler ends with."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import fields
from typing import Any

import asyncpg
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect, Template

from training.directory import queries as directory
from training.directory.queries import PlatformView
from training.kernel import db, i18n
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.messages import queries as mails
from training.messages.rules import Stop
from training.records import queries as records
from training.records.actions import sent_forms
from training.web import flash
from training.web.auth import forgotten_cookie
from training.web.forms import Form
from training.web.looks import BLANK
from training.web.security import ASKED_AGAIN

LINKED = "/lien/"  # pages behind mailed links
OFFICE = "/gestion"

Asked = Request[Any, Any, Any]

# What pages show while nobody has said who runs the site, or while the database is away.
NOBODY = PlatformView(
    name="Formations", short_name="Formations", legal_form="", address="", postcode="", city="", siret=None,
    vat_number=None, vat_regime="out_of_scope", activity_number=None, email="", phone="", contact_name="",
    website=None, iban=None, bic=None, accent="#0e5a6e", logo=None, payment_days=30, late_terms_private="",
    late_terms_public="", issue_without_look=False, is_demo=False,
)  # fmt: skip


_last = NOBODY


async def the_platform() -> PlatformView:
    """Who runs the site, as it stands; remembered for the pages of failures."""
    global _last
    _last = await directory.platform() or NOBODY
    return _last


async def remember_platform() -> None:
    """At the start: the first thing that somebody asks for may be a refusal, which asks the database for nothing."""
    with contextlib.suppress(asyncpg.PostgresError, *db.UNAVAILABLE):
        await the_platform()


async def page(request: Asked, name: str, status: int = 200, **context: Any) -> Template:
    """A page with what every page needs; `context` is frozen data, complete."""
    await the_platform()
    if "mail_stop" not in context:
        context["mail_stop"] = await _mail_stop(request)
    return bare_page(request, name, status, **context)


async def _mail_stop(request: Asked) -> Stop | None:
    """Why the mails that a page may promise do not leave. Who only looks around is promised none; staff read why."""
    promised = actor_of(request) is not None or request.url.path.startswith(LINKED) or flash.said(request)
    if not promised or request.url.path.startswith(OFFICE):
        return None
    return (await mails.departures()).stop


def bare_page(request: Asked, name: str, status: int = 200, **context: Any) -> Template:
    """As `page`, asking the database for nothing: it may be away. The platform is as it was last read."""
    flashes = flash.said(request)
    headers = {} if actor_of(request) else {"Cache-Control": ASKED_AGAIN}
    if (wait := getattr(context.get("form"), "retry_after", None)) is not None:
        headers["Retry-After"] = str(wait)  # RFC 6585 4
    return Template(
        template_name=name,
        context={
            "actor": actor_of(request),
            "lang": i18n.language.get(),
            "platform": _last,
            "flashes": flashes,
            "path": request.url.path,
            "mail_stop": None,
            "blank_look": BLANK,
            **context,
        },
        status_code=status,
        cookies=[forgotten_cookie("flash")] if flashes else None,
        headers=headers,
    )


def parts(shown: Any) -> dict[str, Any]:
    """The fields of the one value that a page shows, by the names that its template calls them."""
    return {field.name: getattr(shown, field.name) for field in fields(shown)}


def actor_of(request: Asked) -> Actor | None:
    """Who asks; None for a visitor (and on unknown routes, where no middleware ran)."""
    found: Actor | None = request.scope.get("user")
    return found


def the_actor(request: Asked) -> Actor:
    """Who asks, behind a guard that let only known people in."""
    found = actor_of(request)
    if found is None:
        raise RuntimeError("a handler of a public route asked for an actor")
    return found


async def once(request: Asked, form: Form, act: Callable[[], Awaitable[int | None]]) -> int:
    """Do what a form asks for, once, however often it is sent; its page has `ui.once(form)`."""
    return await sent_forms.once(f"user:{the_actor(request).id}", form.sent, act)


def go(path: str, said: str | None = None, tone: str = "done", cookies: list[Cookie] | None = None) -> Redirect:
    """303 to a page that a GET shows, with a sentence for it (RFC 9110 15.4.4)."""
    sentences = [flash.say(said, tone)] if said else []
    return Redirect(path, status_code=303, cookies=[*sentences, *(cookies or [])] or None)


def with_etag(request: Asked, body: bytes, media_type: str, etag: str | None = None, **headers: str) -> Response[bytes]:
    """The body, or 304 when the client has these very bytes."""
    etag = etag or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": ASKED_AGAIN, **headers}
    if has_it(request, etag):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


def has_it(request: Asked, etag: str) -> bool:
    """Whether the client holds these very bytes (RFC 9110 13.1.2, weak comparison)."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return etag in known or "*" in known


def file_response(content: bytes, media_type: str, name: str, *, inline: bool = False) -> Response[bytes]:
    """A file to keep, or to look at."""
    disposition = "inline" if inline else "attachment"
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'{disposition}; filename="{name}"'},
    )


async def kept_file(id: int | None, name: str, missing: str, *, inline: bool = False) -> Response[bytes]:  # noqa: A002
    """A file of ours by its id; NotFound, with the sentence `missing`, when there is none."""
    stored = None if id is None else await records.file(id)
    if stored is None:
        raise NotFound(missing)
    return file_response(stored.content, stored.media_type, name, inline=inline)
