"""The staff's pages, under /gestion."""

from litestar import Router

from training.web.office import (
    bookings,
    changing,
    credit_notes,
    feeds,
    invoices,
    jobs,
    keys,
    mails,
    organisations,
    payments,
    planning,
    platform,
    reminders,
    sessions,
    today,
    trail,
    transmissions,
    venues,
)
from training.web.office.page import staff_only

_PAGES = (
    *(today, sessions, planning, changing, venues, bookings, organisations),
    *(invoices, credit_notes, payments, reminders, trail, transmissions),
    *(mails, feeds, jobs, platform, keys),
)

ROUTER = Router(
    "/",
    route_handlers=[handler for part in _PAGES for handler in part.HANDLERS],
    guards=[staff_only],
    include_in_schema=False,
)
