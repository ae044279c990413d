"""The JSON API, version 1: programs do the same job as people, through the same actions."""

from __future__ import annotations

from litestar import Router
from litestar.exceptions import NotAuthorizedException

from training.web.api import bookings, catalogue, docs, inputs, invoices
from training.web.api.docs import OPENAPI
from training.web.api.problems import refuse_unknown_key, unauthenticated
from training.web.api.throttle import not_too_often

__all__ = ["DOCS", "OPENAPI", "ROUTER"]

ROUTER = Router(
    "/api/v1",
    route_handlers=[
        catalogue.list_offers,
        catalogue.get_offer,
        catalogue.list_sessions,
        bookings.create_booking,
        bookings.list_bookings,
        bookings.get_booking,
        bookings.confirm_booking,
        bookings.cancel_booking,
        bookings.resize_booking,
        bookings.hold,
        invoices.list_invoices,
        invoices.list_drafts,
        invoices.issue_draft,
        invoices.get_invoice,
    ],
    guards=[refuse_unknown_key, not_too_often],
    exception_handlers={NotAuthorizedException: unauthenticated},
    request_max_body_size=inputs.BODY_MAX,
    opt={"exclude_from_csrf": True},  # no cookie opens this door, so no other site can push through it
)
DOCS = Router("/api/docs", route_handlers=[docs.show], include_in_schema=False)
