"""Booking through the API: what it answers, what it refuses, and whose bookings a key sees."""

from __future__ import annotations

from datetime import timedelta

import anyio
import httpx
import pytest

import api_makers
import makers
from api_makers import API
from training.kernel import clock, db

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def test_forty_seats_are_booked_and_read_back(client):
    programs = await api_makers.make_programs()
    body = {
        "session": programs.town.session, "seats": 40, "purchase_order": "EJ-1", "service_code": "MOB",
        "note": "Entrée par la cour",
        "participants": [{"name": "Ana Essai", "email": "ana@example.org"}, {"name": "Bob"}],
    }  # fmt: skip
    made = await client.post(f"{API}/bookings", json=body, headers=programs.own)
    assert made.status_code == 201
    answer = made.json()
    assert answer == {
        "reference": answer["reference"], "status": "confirmed", "session": programs.town.session, "seats": 40,
        "price_cents": 35_000, "currency": "EUR",
    }  # fmt: skip
    assert made.headers["location"] == f"{API}/bookings/{answer['reference']}"
    read = (await client.get(made.headers["location"], headers=programs.own)).json()
    assert (read["purchase_order"], read["service_code"], read["note"]) == ("EJ-1", "MOB", "Entrée par la cour")
    assert read["participants"] == [
        {"name": "Ana Essai", "email": "ana@example.org"}, {"name": "Bob", "email": None},
    ]  # fmt: skip
    assert (read["organisation"], read["named"], read["starts_at"]) == ("commune-d-essai", 2, "2027-03-10T08:00:00Z")
    listed = (await client.get(f"{API}/bookings", headers=programs.own)).json()
    assert [item["reference"] for item in listed["items"]] == [answer["reference"]]
    assert (await client.get(f"{API}/sessions")).json()["items"][0]["seats_left"] == 20


async def test_anothers_booking_does_not_exist(client):
    programs = await api_makers.make_programs()
    booked = await makers.make_booking(programs.town)
    for method, path in (("GET", ""), ("POST", "/confirm"), ("POST", "/cancel")):
        refusal = await client.request(method, f"{API}/bookings/{booked.reference}{path}", headers=programs.other)
        assert refusal.status_code == 404
    assert (await client.get(f"{API}/bookings", headers=programs.other)).json()["items"] == []
    for reference in ("R-NOTHING", "%00", "a" * 300):
        assert (await client.get(f"{API}/bookings/{reference}", headers=programs.own)).status_code == 404
    staff = await client.get(f"{API}/bookings/{booked.reference.lower()}", headers=programs.staff)
    assert staff.json()["reference"] == booked.reference


async def test_an_organisations_key_books_for_itself_only(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 1}
    refusal = await client.post(
        f"{API}/bookings", json={**body, "organisation": "commune-d-essai"}, headers=programs.other
    )
    assert refusal.status_code == 404
    named = await client.post(
        f"{API}/bookings", json={**body, "organisation": "commune-voisine"}, headers=programs.other
    )
    assert named.status_code == 201


async def test_the_platforms_key_says_for_whom(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 1}
    unsaid = await client.post(f"{API}/bookings", json=body, headers=programs.staff)
    assert unsaid.status_code == 422
    assert unsaid.json()["errors"][0]["field"] == "organisation"
    for name in ("commune-d-essai", makers.SIRET):
        made = await client.post(f"{API}/bookings", json={**body, "organisation": name}, headers=programs.staff)
        assert made.status_code == 201
        read = await client.get(made.headers["location"], headers=programs.own)
        assert read.json()["organisation"] == "commune-d-essai"
    unknown = await client.post(f"{API}/bookings", json={**body, "organisation": "nulle-part"}, headers=programs.staff)
    assert unknown.status_code == 404


async def test_more_seats_than_left_says_how_many_are(client):
    programs = await api_makers.make_programs()
    await makers.make_booking(programs.town, 55)
    for seats in (6, 10**30):
        refusal = await client.post(
            f"{API}/bookings", json={"session": programs.town.session, "seats": seats}, headers=programs.own
        )
        assert refusal.status_code == 409
        assert refusal.headers["content-type"] == "application/problem+json"
        assert refusal.json()["type"].endswith("session-full")
        assert refusal.json()["seats_left"] == 5


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"seats": 0}, {"seats"}),
        ({"seats": -4}, {"seats"}),
        ({"seats": "40"}, {"seats"}),
        ({"seats": 4.5}, {"seats"}),
        ({"seats": True}, {"seats"}),
        ({"seats": None}, {"seats"}),
        ({"seats": ...}, {"seats"}),
        ({"session": "x", "seats": [], "option": "oui"}, {"session", "seats", "option"}),
        ({"session": 2**63}, {"session"}),
        ({"places": 4, "Seats": 4}, {"places", "Seats"}),
        ({"note": "\x00"}, {"note"}),
        ({"purchase_order": "x" * 51}, {"purchase_order"}),
        ({"service_code": 12}, {"service_code"}),
        ({"participants": {}}, {"participants"}),
        (
            {"participants": [{"name": ""}, {"nom": "x"}, 3]},
            {"participants[0].name", "participants[1].nom", "participants[1].name", "participants[2]"},
        ),
        ({"participants": [{"name": "A", "email": "a@"}]}, {"participants[0].email"}),
        ({"participants": [{"name": "A"}] * 3}, {"participants"}),  # two seats
        ({"participants": [{"name": "   "}]}, {"participants"}),
        ({"participants": [{"name": "A"}] * 501}, {"participants"}),
    ],
)  # fmt: skip
async def test_every_wrong_field_is_named(client, change, fields):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 2, **change}
    body = {name: value for name, value in body.items() if value is not ...}
    refusal = await client.post(f"{API}/bookings", json=body, headers=programs.own)
    assert refusal.status_code == 422
    assert refusal.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in refusal.json()["errors"]} == fields
    assert all(error["message"] for error in refusal.json()["errors"])
    assert (await client.get(f"{API}/bookings", headers=programs.own)).json()["items"] == []


@pytest.mark.parametrize(
    "body", [b"{", b"session=1&seats=2", b'{"seats": NaN}', b"\xff", b"[" * 100_000, b'{"note": "\\ud800"}']
)
async def test_a_body_that_is_not_json_is_400(client, body):
    programs = await api_makers.make_programs()
    for path in ("/bookings", "/bookings/R-1/cancel"):
        refusal = await client.post(
            API + path, content=body, headers={**programs.own, "Content-Type": "application/json"}
        )
        assert refusal.status_code == 400
        assert refusal.json()["type"] == "/problems/not-json"


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"x"', b""])
async def test_a_body_that_is_not_an_object_is_422(client, body):
    programs = await api_makers.make_programs()
    refusal = await client.post(f"{API}/bookings", content=body, headers=programs.own)
    assert refusal.status_code == 422
    assert refusal.json()["errors"]


async def test_past_closed_unknown_and_private_sessions_are_refused(client):
    programs = await api_makers.make_programs()
    past = await makers.make_session(programs.town.offer, starts_at=makers.NOON - timedelta(days=1))
    closed = await makers.make_session(programs.town.offer, closes_at=makers.NOON - timedelta(hours=1))
    private = await makers.make_session(programs.town.offer, organisation=programs.town.organisation)
    for session, status, slug in (
        (past, 409, "session-closed"), (closed, 409, "session-closed"), (private, 404, "not-found"),
        (999_999, 404, "not-found"),
    ):  # fmt: skip
        refusal = await client.post(f"{API}/bookings", json={"session": session, "seats": 1}, headers=programs.other)
        assert (refusal.status_code, refusal.json()["type"]) == (status, f"/problems/{slug}")


async def test_the_same_request_twice_is_one_booking(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 5}
    headers = {**programs.own, "Idempotency-Key": "commande-1874"}
    first = await client.post(f"{API}/bookings", json=body, headers=headers)
    again = await client.post(f"{API}/bookings", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other_body = await client.post(f"{API}/bookings", json={**body, "seats": 6}, headers=headers)
    assert other_body.status_code == 422
    assert first.json()["reference"] in other_body.json()["detail"]
    neighbour = await client.post(
        f"{API}/bookings", json=body, headers={**programs.other, "Idempotency-Key": "commande-1874"}
    )
    assert neighbour.json()["reference"] != first.json()["reference"]
    assert len((await client.get(f"{API}/bookings", headers=programs.own)).json()["items"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_an_idempotency_key_has_a_length(client, key):
    programs = await api_makers.make_programs()
    refusal = await client.post(
        f"{API}/bookings", json={"session": programs.town.session, "seats": 1},
        headers={**programs.own, "Idempotency-Key": key},
    )  # fmt: skip
    assert refusal.status_code == 422
    assert refusal.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_an_option_is_confirmed_then_cancelled_once(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 5, "option": True}
    made = (await client.post(f"{API}/bookings", json=body, headers=programs.own)).json()
    assert made["status"] == "option"
    path = f"{API}/bookings/{made['reference']}"
    assert (await client.get(path, headers=programs.own)).json()["expires_at"] == "2027-03-08T11:00:00Z"
    confirmed = await client.post(f"{path}/confirm", headers=programs.own)
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    assert (await client.post(f"{path}/confirm", headers=programs.own)).status_code == 409
    cancelled = await client.post(f"{path}/cancel", json={"reason": "Trop peu"}, headers=programs.own)
    assert (cancelled.json()["status"], cancelled.json()["cancel_reason"]) == ("cancelled", "Trop peu")
    assert (await client.post(f"{path}/cancel", headers=programs.own)).status_code == 409
    assert (await client.get(f"{API}/sessions")).json()["items"][0]["seats_left"] == 60


async def test_bookings_come_page_after_page(client, monkeypatch):
    monkeypatch.setattr("training.web.api.paging.PAGE", 2)
    programs = await api_makers.make_programs()
    made = [(await makers.book_apart(programs.town, 1)).reference for _n in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        asked = {"cursor": cursor} if cursor else {}
        page = (await client.get(f"{API}/bookings", params=asked, headers=programs.own)).json()
        seen, cursor = seen + [item["reference"] for item in page["items"]], page["next"]
    assert seen == made[::-1]


async def test_held_is_the_teams_to_say(client):
    programs = await api_makers.make_programs()
    path = f"{API}/sessions/{programs.town.session}/held"
    assert (await client.post(path, headers=programs.own)).status_code == 403
    early = await client.post(path, headers=programs.staff)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/session-not-over")
    wrong = await client.post(path, json={"early_reason": 4}, headers=programs.staff)
    assert [e["field"] for e in wrong.json()["errors"]] == ["early_reason"]
    held = await client.post(path, json={"early_reason": "essai"}, headers=programs.staff)
    assert (held.status_code, held.json()) == (200, {"id": programs.town.session, "status": "held"})
    assert (await client.post(path, json={"early_reason": "essai"}, headers=programs.staff)).status_code == 409
    for unknown in ("999999", str(10**30), "0", "abc"):
        missing = await client.post(f"{API}/sessions/{unknown}/held", headers=programs.staff)
        assert missing.status_code == 404


async def test_after_its_end_a_session_is_held_without_a_reason(client):
    with clock.frozen(makers.NOON):
        programs = await api_makers.make_programs()
    with clock.frozen(programs.town.ends_at):
        assert (
            await client.post(f"{API}/sessions/{programs.town.session}/held", headers=programs.staff)
        ).status_code == 200


@pytest.mark.commits
async def test_two_programs_race_for_the_last_seats_and_one_wins(database_test, app):
    programs = await api_makers.make_programs()
    await makers.make_booking(programs.town, 57)
    body = {"session": programs.town.session, "seats": 2}
    statuses: list[int] = []

    async def book(headers: dict[str, str]) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver.local") as program:
            answer = await program.post(f"{API}/bookings", json=body, headers=headers)
            statuses.append(answer.status_code)
            if answer.status_code == 409:
                assert answer.json()["seats_left"] == 1

    async with anyio.create_task_group() as racing:
        for headers in (programs.own, programs.other) * 3:
            racing.start_soon(book, headers)
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]
    assert await db.value("select seats_taken from session where id = $1", programs.town.session) == 59


@pytest.mark.commits
async def test_one_request_sent_six_times_at_once_is_one_booking(database_test, app):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 2}
    references: list[str] = []

    async def book() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver.local") as program:
            answer = await program.post(f"{API}/bookings", json=body, headers={**programs.own, "Idempotency-Key": "k"})
            assert answer.status_code == 201
            references.append(answer.json()["reference"])

    async with anyio.create_task_group() as racing:
        for _n in range(6):
            racing.start_soon(book)
    assert len(set(references)) == 1


async def test_a_price_above_what_was_accepted_is_told_and_takes_nothing(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 4, "accept_price_cents": 100}
    refusal = await client.post(f"{API}/bookings", json=body, headers=programs.own)
    assert refusal.status_code == 409
    assert refusal.json()["type"].endswith("price-risen")
    accepted = {**body, "accept_price_cents": refusal.json()["price_cents"]}
    made = await client.post(f"{API}/bookings", json=accepted, headers=programs.own)
    assert (made.status_code, made.json()["price_cents"]) == (201, refusal.json()["price_cents"])


async def test_a_condition_on_the_price_makes_no_other_request_of_the_same_key(client):
    programs = await api_makers.make_programs()
    headers = {**programs.own, "Idempotency-Key": "order-1"}
    body = {"session": programs.town.session, "seats": 4}
    first = await client.post(f"{API}/bookings", json=body, headers=headers)
    again = await client.post(f"{API}/bookings", json={**body, "accept_price_cents": 1}, headers=headers)
    assert again.json()["reference"] == first.json()["reference"]


async def test_two_more_of_the_same_organisation_are_one_booking_with_the_new_totals(client):
    programs = await api_makers.make_programs()
    body = {"session": programs.town.session, "seats": 3, "participants": [{"name": "Ana"}]}
    first = (await client.post(f"{API}/bookings", json=body, headers=programs.own)).json()
    again = await client.post(
        f"{API}/bookings",
        json={**body, "seats": 2, "purchase_order": "EJ-1", "participants": [{"name": "Bob"}]},
        headers={**programs.own, "Idempotency-Key": "two-more"},
    )
    assert again.status_code == 201
    assert again.json() == {**first, "seats": 5}, "the same reference, one flat price"
    read = (await client.get(again.headers["location"], headers=programs.own)).json()
    assert ([p["name"] for p in read["participants"]], read["purchase_order"]) == (["Ana", "Bob"], "EJ-1")
    other = await client.post(f"{API}/bookings", json={**body, "purchase_order": "EJ-2"}, headers=programs.own)
    assert (other.status_code, [e["field"] for e in other.json()["errors"]]) == (409, ["purchase_order"])
    option = await client.post(f"{API}/bookings", json={**body, "option": True}, headers=programs.own)
    assert (option.status_code, option.json()["type"]) == (409, "/problems/booked-already")
    assert (option.json()["reference"], option.json()["seats"]) == (first["reference"], 5)
    assert first["reference"] in option.json()["detail"]


async def test_the_number_of_seats_changes_by_the_api(client):
    programs = await api_makers.make_programs()
    booked = await makers.make_booking(programs.town, 5)
    path = f"{API}/bookings/{booked.reference}/seats"
    more = await client.post(path, json={"seats": 8, "accept_price_cents": 35_000}, headers=programs.own)
    assert (more.status_code, more.json()["seats"], more.json()["price_cents"]) == (200, 8, 35_000)
    same = await client.post(path, json={"seats": 8}, headers=programs.own)
    assert (same.status_code, same.json()) == (200, more.json())
    risen = await client.post(path, json={"seats": 9, "accept_price_cents": 34_999}, headers=programs.own)
    assert (risen.status_code, risen.json()["price_cents"]) == (409, 35_000)
    assert risen.json()["type"].endswith("price-risen")
    full = await client.post(path, json={"seats": 10**30}, headers=programs.own)
    assert (full.status_code, full.json()["seats_left"]) == (409, 52)
    assert full.json()["errors"] == [{"field": "seats", "message": full.json()["detail"]}]
    free = await client.post(path, json={"seats": 4, "accept_price_cents": -1}, headers=programs.own)
    assert free.json()["errors"] == [{"field": "accept_price_cents", "message": "Un nombre entier, 0 ou plus."}]
    for body, field in (({}, "seats"), ({"seats": 0}, "seats"), ({"seats": "4"}, "seats"), ({"seats": 4, "x": 1}, "x")):
        wrong = await client.post(path, json=body, headers=programs.own)
        assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (422, [field])
    assert (await client.post(path, json={"seats": 4}, headers=programs.other)).status_code == 404
    assert (await client.post(path, json={"seats": 4}, headers=programs.staff)).json()["seats"] == 4
    assert (await client.post(path, json={"seats": 4})).status_code == 401
