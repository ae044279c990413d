"""The staff's pages, under /gestion."""

from litestar import Router

from training.web.office import (
    bookings,
    invoices,
    jobs,
    keys,
    mails,
    organisations,
    planning,
    platform,
    sessions,
    today,
)
from training.web.office.page import staff_only

_PAGES = (today, sessions, planning, bookings, organisations, invoices, mails, jobs, platform, keys)

ROUTER = Router(
    "/",
    route_handlers=[handler for part in _PAGES for handler in part.HANDLERS],
    guards=[staff_only],
    include_in_schema=False,
)
