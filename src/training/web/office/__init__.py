"""The staff's pages, under /gestion."""

from litestar import Router

from training.web.office import exports, feeds, handing_over, imports, jobs, mails, notes, search, signins, today
from training.web.office.accounting import balances, fiscal_years, journal, opening, register
from training.web.office.bookings import booking, calling, client, documents, seats
from training.web.office.catalogue import billing, examples, funding, offers, pictures, tariffs, themes, writing
from training.web.office.invoices import credit_notes, draft_lines, drafts, invoice, trail, transmissions
from training.web.office.organisations import (
    billing_facts,
    contacts,
    ending,
    kind,
    lookalikes,
    new,
    organisation,
    payers,
    requests,
    space,
)
from training.web.office.page import staff_only
from training.web.office.payments import bank, bank_lines, payment, receipts, reminders
from training.web.office.people import absences, credentials, facilitators, partner_people, partners
from training.web.office.sessions import answers, changing, communes, planning, session, venues
from training.web.office.settings import access, first_day, keys, platform, series, supporters

_PAGES = (
    *(
        today,
        handing_over,
        search,
        session,
        planning,
        changing,
        venues,
        communes,
        calling,
        documents,
        client,
        space,
        answers,
        booking,
        seats,
        organisation,
        requests,
        ending,
        lookalikes,
        kind,
        new,
        billing_facts,
        contacts,
        offers,
        writing,
        examples,
        billing,
        themes,
        pictures,
        tariffs,
        funding,
        payers,
    ),
    *(facilitators, absences, credentials, partners, partner_people),
    *(drafts, draft_lines, invoice, credit_notes, trail, transmissions),
    *(payment, bank, bank_lines, receipts, reminders),
    *(register, balances, journal, fiscal_years, opening),
    *(mails, signins, notes, feeds, handing_over, imports, exports, jobs),
    *(first_day, platform, access, keys, series, supporters),
)

ROUTER = Router(
    "/",
    route_handlers=[handler for part in _PAGES for handler in part.HANDLERS],
    guards=[staff_only],
    include_in_schema=False,
)
