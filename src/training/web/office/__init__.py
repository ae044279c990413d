"""The staff's pages, under /gestion."""

from litestar import Router

from training.web.office import (
    accounts,
    balances,
    bank,
    bank_lines,
    billing_facts,
    bookings,
    changing,
    contacts,
    credit_notes,
    draft_lines,
    drafts,
    feeds,
    invoices,
    jobs,
    journal,
    keys,
    mails,
    offers,
    opening,
    organisations,
    payers,
    payments,
    planning,
    platform,
    receipts,
    reminders,
    series,
    sessions,
    today,
    trail,
    transmissions,
    venues,
)
from training.web.office.page import staff_only

_PAGES = (
    *(today, sessions, planning, changing, venues, bookings, organisations, billing_facts, contacts, offers, payers),
    *(
        drafts,
        draft_lines,
        invoices,
        credit_notes,
        payments,
        bank,
        bank_lines,
        receipts,
        reminders,
        trail,
        transmissions,
    ),
    *(accounts, balances, journal, opening),
    *(mails, feeds, jobs, platform, keys, series),
)

ROUTER = Router(
    "/",
    route_handlers=[handler for part in _PAGES for handler in part.HANDLERS],
    guards=[staff_only],
    include_in_schema=False,
)
