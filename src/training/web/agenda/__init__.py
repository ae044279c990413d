"""Calendars as programs fetch them: feeds to subscribe to, and files of one session or one booking."""

from __future__ import annotations

from litestar import Router

from training.web.agenda import feeds, files

ROUTER = Router(
    "/agenda",
    route_handlers=[feeds.public, feeds.private, files.session, files.booking, files.mission],
    # no cookie is set here: programs keep none, and a shared one would keep anybody's
    opt={"exclude_from_csrf": True},
    include_in_schema=False,
)
