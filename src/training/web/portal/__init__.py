"""The public's and the organisations' pages: catalogue, sign-in, registration, booking, an organisation's own space."""

from litestar import Router

from training.web.portal import (
    answers,
    billing_facts,
    booking,
    bookings,
    catalogue,
    colleagues,
    embedding,
    feeds,
    images,
    invoices,
    kit,
    linked_invoice,
    posters,
    registration,
    seats,
    sessions,
    signin,
    site,
    space,
)

ROUTER = Router(
    "/",
    route_handlers=[
        module.ROUTER
        for module in (
            catalogue,
            embedding,
            sessions,
            posters,
            booking,
            signin,
            registration,
            space,
            bookings,
            seats,
            invoices,
            feeds,
            colleagues,
            linked_invoice,
            billing_facts,
            answers,
            images,
            site,
            kit,
        )
    ],
    include_in_schema=False,
)
