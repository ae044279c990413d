"""Whether what is not yours exists is not told: its address, by page and by API, answers as that of nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from api_makers import header
from portal_makers import enter, hold_session
from training.billing.queries import invoices as billing
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio

NOTHING = {"session": "999999", "draft_session": "999999", "booking": "R-9999999", "option": "R-9999999",
           "invoice": "F2027-99999", "draft": "999999", "slug": "personne", "offer": "rien",
           "receipt": "R2027-99999"}  # fmt: skip

GETS = [
    "/seances/{session}", "/seances/{session}/reserver", "/agenda/seances/{session}.ics", "/seances/{draft_session}",
    "/seances/{draft_session}/reserver", "/agenda/seances/{draft_session}.ics", "/catalogue/{offer}",
    "/espace/{slug}", "/espace/{slug}/reservations", "/espace/{slug}/reservations/{booking}", "/espace/{slug}/factures",
    "/espace/{slug}/reservations/{booking}/annuler", "/espace/{slug}/reservations/{booking}/confirmation.pdf",
    "/espace/{slug}/factures/{invoice}", "/espace/{slug}/factures/{invoice}.pdf",
    "/espace/{slug}/factures/{invoice}.xml",
    "/espace/{slug}/recus/{receipt}.pdf", "/espace/{slug}/agenda", "/agenda/reservations/{booking}.ics",
    "/animation/seances/{session}", "/gestion/seances/{session}", "/gestion/reservations/{booking}",
]  # fmt: skip
POSTS = [
    "/seances/{session}/reserver", "/seances/{draft_session}/reserver",
    "/espace/{slug}/reservations/{option}/confirmer",
    "/espace/{slug}/reservations/{booking}/annuler", "/espace/{slug}/reservations/{booking}/participants",
    "/espace/{slug}/factures/{invoice}/payer", "/gestion/seances/{session}/publier",
]  # fmt: skip
API_GETS = [
    "/offers/{offer}", "/sessions?offer={offer}", "/bookings/{booking}", "/invoices/{invoice}",
    "/invoices/{invoice}.pdf", "/invoices/{invoice}.xml",
]  # fmt: skip
API_POSTS: list[tuple[str, dict[str, object] | None]] = [
    ("/bookings", {"session": "{session}", "seats": 1}),
    ("/bookings", {"session": "{draft_session}", "seats": 1}),
    ("/bookings", {"session": "{session}", "seats": 1, "option": True}),
    ("/bookings", {"session": "{session}", "seats": 1, "organisation": "{slug}"}),
    ("/bookings/{booking}/confirm", None),
    ("/bookings/{option}/confirm", None),
    ("/bookings/{booking}/cancel", None),
    ("/sessions/{session}/held", None),
    ("/invoices/drafts/{draft}/issue", None),
]


@pytest.fixture
async def theirs(client):
    """What is another's, by the names that stand in addresses; and a neighbour, signed in, with its key."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=True)
        neighbour = await makers.make_organisation("Voisine", siret="00009999400022", domain="voisine.example.org")
        booked = await makers.make_booking(town, 4)
        await drain()
        await hold_session(town)
        later = makers.NOON + timedelta(days=60)
        private = await makers.make_session(town.offer, starts_at=later, organisation=town.organisation)
        option = await bookings.book(SYSTEM, NewBooking(private, town.organisation, 2, option=True))
        draft = await makers.make_session(town.offer, starts_at=later + timedelta(days=1))
        await db.execute("update session set state = 'draft', published_at = null where id = $1", draft)
        hidden = await makers.make_offer("cachee")
        await db.execute("update offer set state = 'draft' where id = $1", hidden)
        await drain()
        (invoice,) = await billing.invoices(SYSTEM.scope)
        names = {"session": str(private), "draft_session": str(draft), "booking": booked.reference,
                 "option": option.reference, "invoice": str(invoice.number), "draft": str(invoice.id),
                 "slug": town.slug, "offer": "cachee", "receipt": "R2027-00001"}  # fmt: skip
        await enter(client, neighbour)
        yield names, await header(neighbour)


def told(answer, names: dict[str, str]) -> tuple[int, str]:
    """An answer, without what was asked for and what is new in every answer."""
    words = makers.text_of(answer.text) if "html" in answer.headers.get("content-type", "") else answer.text
    where = answer.headers.get("location", "")
    for value in sorted({*names.values(), *NOTHING.values()}, key=len, reverse=True):
        words, where = words.replace(value, "…"), where.replace(value, "…")
    return answer.status_code, re.sub(r"[0-9a-f]{16,}", "", words + where)


@pytest.mark.parametrize("path", GETS)
async def test_a_page_of_anothers_is_as_none(client, theirs, path):
    names, _key = theirs
    one, none = await client.get(path.format(**names)), await client.get(path.format(**NOTHING))
    assert told(one, names) == told(none, names)


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_for_anothers_is_as_for_none(client, theirs, path):
    names, _key = theirs
    form = {"structure": "voisine", "places": "1", "way": "card", "participants": "Léa"}
    one, none = (
        await makers.post(client, path.format(**names), form),
        await makers.post(client, path.format(**NOTHING), form),
    )
    assert told(one, names) == told(none, names)


@pytest.mark.parametrize("path", API_GETS)
async def test_a_program_reads_nothing_of_anothers(client, theirs, path):
    names, key = theirs
    for headers in (key, {}):
        one = await client.get("/api/v1" + path.format(**names), headers=headers)
        none = await client.get("/api/v1" + path.format(**NOTHING), headers=headers)
        assert told(one, names) == told(none, names)


@pytest.mark.parametrize(("path", "body"), API_POSTS)
async def test_a_program_changes_nothing_of_anothers_and_learns_nothing(client, theirs, path, body):
    names, key = theirs

    def said(of: dict[str, str]) -> dict[str, object] | None:
        if body is None:
            return None
        filled = {name: value.format(**of) if isinstance(value, str) else value for name, value in body.items()}
        return filled | {"session": int(filled["session"])}

    one = await client.post("/api/v1" + path.format(**names), json=said(names), headers=key)
    none = await client.post("/api/v1" + path.format(**NOTHING), json=said(NOTHING), headers=key)
    assert told(one, names) == told(none, names)
    assert one.status_code in (403, 404)
    if path == "/bookings":
        assert one.status_code == 404
