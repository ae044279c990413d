"""The API's description: complete, stable, and readable without a program."""

from __future__ import annotations

import pytest
from litestar.exceptions import ValidationException
from litestar.handlers import HTTPRouteHandler

import makers
from training.web.api import DOCS
from training.web.refusals import describe

pytestmark = pytest.mark.anyio

OPERATIONS = {
    "listOffers": ("get", "/api/v1/offers"),
    "getOffer": ("get", "/api/v1/offers/{slug}"),
    "listSessions": ("get", "/api/v1/sessions"),
    "createBooking": ("post", "/api/v1/bookings"),
    "listBookings": ("get", "/api/v1/bookings"),
    "getBooking": ("get", "/api/v1/bookings/{reference}"),
    "confirmBooking": ("post", "/api/v1/bookings/{reference}/confirm"),
    "cancelBooking": ("post", "/api/v1/bookings/{reference}/cancel"),
    "resizeBooking": ("post", "/api/v1/bookings/{reference}/seats"),
    "holdSession": ("post", "/api/v1/sessions/{session}/held"),
    "listInvoices": ("get", "/api/v1/invoices"),
    "getInvoice": ("get", "/api/v1/invoices/{name}"),
    "listDrafts": ("get", "/api/v1/invoices/drafts"),
    "issueInvoice": ("post", "/api/v1/invoices/drafts/{draft}/issue"),
}


async def test_the_description_holds_the_contract_and_no_page(client):
    answer = await client.get("/api/docs/openapi.json")
    assert answer.status_code == 200
    schema = answer.json()
    found = {
        item["operationId"]: (method, path)
        for path, methods in schema["paths"].items()
        for method, item in methods.items()
    }
    assert found == OPERATIONS
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


async def test_every_operation_says_who_may_ask_and_shows_what_it_answers(client):
    schema = (await client.get("/api/docs/openapi.json")).json()
    for path, methods in schema["paths"].items():
        for item in methods.values():
            assert item["summary"], path
            assert item["security"] == ([{}, {"bearer": []}] if item["tags"] == ["Catalogue"] else [{"bearer": []}])
            assert {"400", "401", "429"} <= item["responses"].keys()
            for status, answer in item["responses"].items():
                ((media_type, content),) = answer["content"].items()
                assert content["examples"], (path, status)
                assert media_type == ("application/json" if status < "300" else "application/problem+json")


async def test_the_body_of_a_booking_is_described_with_its_limits(client):
    schema = (await client.get("/api/docs/openapi.json")).json()
    body = schema["components"]["schemas"]["NewBooking"]
    assert body["required"] == ["seats", "session"]
    assert body["properties"]["seats"]["minimum"] == 1
    assert body["properties"]["session"]["description"]
    assert "organisation" in body["properties"]


async def test_the_page_shows_every_operation_and_object_without_a_script(client, database_test):
    await makers.make_platform()
    answer = await client.get("/api/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    words = makers.text_of(answer.text)
    for name, (method, path) in OPERATIONS.items():
        assert f'id="{name}"' in answer.text
        assert f"{method.upper()} {path}" in words
    for name in ("NewBooking", "SessionItem", "Problem"):
        assert f'id="{name}"' in answer.text
    assert "cdn" not in answer.text
    assert "Essai" in words


async def test_only_programs_doors_are_open_without_a_csrf_token(app):
    """Where something is changed, only the API and Stripe's door; else what programs fetch, which keep no cookie."""
    exempt = [
        (route.path, handler.http_methods - {"OPTIONS"})
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler) and handler.opt.get("exclude_from_csrf")
    ]
    changing = {path for path, methods in exempt if methods - {"GET", "HEAD"}}
    assert {path for path in changing if not path.startswith("/api/v1/")} == {"/hooks/stripe"}
    look = ("/static/", "/faces/", "/style/", "/theme.css", "/logo", "/marque.svg", "/images/", "/integrer/")
    fetched = ("/api/", "/agenda/", *look, "/hooks/stripe", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml")
    assert {path for path, _methods in exempt if not path.startswith(fetched)} == set()
    assert "/api/v1/bookings" in changing
    assert "/agenda/p/{name:str}" in {path for path, _methods in exempt}


def test_the_page_itself_is_not_in_the_description():
    assert DOCS.include_in_schema is False


def test_what_litestar_itself_refuses_names_the_field():
    error = ValidationException("Validation failed", extra=[{"key": "seats", "message": "no", "source": "body"}])
    problem = describe(error)
    assert (problem.status, problem.extra) == (422, {"errors": [{"field": "seats", "message": "no"}]})
    assert describe(ValidationException("Validation failed")).status == 422
