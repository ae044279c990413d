"""The last page of every list: exactly full it leads nowhere, and nowhere does a way on lead to an empty page."""

from __future__ import annotations

import hashlib
import re
import sys
from datetime import date, timedelta
from html import unescape

import pytest

import accounts_makers as books
import api_makers
import makers
from book_rows import draft, file, issued, money, put
from office_makers import staff
from portal_makers import enter
from training.calendar.actions.feeds import open_feed
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.portal import sessions as listed
from training.reporting.portal.readers import VISITOR
from training.worker import drain

pytestmark = pytest.mark.anyio
TODAY = date(2027, 3, 2)

OFFICE = {
    "/gestion/reservations": "booking",
    "/gestion/seances": "session",
    "/gestion/structures": "organisation",
    "/gestion/lieux": "venue",
    "/gestion/courriels": "mail",
    "/gestion/agendas": "feed_token",
    "/gestion/factures": "invoice where state = 'issued'",
    "/gestion/factures/brouillons": "invoice where state = 'draft'",
    "/gestion/comptes": "invoice where state = 'issued'",
    "/gestion/paiements": "payment",
    "/gestion/banque": "bank_line where state = 'new'",
    "/gestion/banque/releves": "bank_statement",
}
PORTAL = {
    "/espace/commune-d-essai/reservations": "booking",
    "/espace/commune-d-essai/factures": "invoice where state = 'issued'",
}
API = {
    "/api/v1/bookings": "booking",
    "/api/v1/sessions": "session",
    "/api/v1/invoices": "invoice where state = 'issued'",
}


@pytest.fixture
async def full(database_test):
    """A town with two or three of everything, some on the same day."""
    with clock.frozen(books.noon(TODAY)):
        town = await makers.make_town()
        await makers.make_session(town.offer, starts_at=town.starts_at)
        for _each in range(3):
            await makers.book_apart(town, 2)
        await drain()
        await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
        await makers.scheduling.add_venue(
            SYSTEM, name="Gymnase", address="1 rue", commune=await db.value("select id from commune"), capacity=9,
            access="", latitude=48.4, longitude=0.1,
        )  # fmt: skip
        for n, on in enumerate((TODAY - timedelta(days=1), TODAY, TODAY)):
            await issued(f"F{n}", town.organisation, on)
            await draft(
                town.organisation, vat_regime="out_of_scope"
            )  # ready: those that lack something are no list of pages
            await money(on, 100, town.organisation)
            facts = {"file": await file(str(n).encode()), "name": f"{n}.csv", "format": "csv", "read_at": clock.now()}
            statement = await put("bank_statement", created_at=clock.now(), **facts)
            line = {"label": f"VIR {n}", "fingerprint": hashlib.sha256(bytes([n])).digest(), "state": "new"}
            await put("bank_line", statement=statement, booked_on=on, amount_cents=5 + n, **line)
            await open_feed(SYSTEM, f"gardien {n}", venue=town.venue)
        yield town


def pages_of(size: int, patch: pytest.MonkeyPatch) -> None:
    """Every list of a page or of the API has this many rows."""
    for name, module in list(sys.modules.items()):
        for constant in ("PER_PAGE", "PAGE"):
            if name.startswith("training.web") and isinstance(getattr(module, constant, None), int):
                patch.setattr(module, constant, size)


def way_on(html: str) -> str | None:
    """Where a page's « next » leads."""
    found = re.search(r'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"', html)
    return unescape(found[1] or found[2]) if found else None


async def walked(client, path: str) -> int:
    """How many pages a list has; each of them shows something."""
    pages, following = 0, path
    while following:
        answer = await client.get(following)
        assert answer.status_code == 200, following
        assert not re.search('class="(empty|blank)', answer.text), following
        pages, following = pages + 1, way_on(answer.text)
        assert pages < 9, "the pages never end"
    return pages


@pytest.mark.parametrize("paths", [OFFICE, PORTAL], ids=["office", "portal"])
async def test_a_page_that_is_exactly_full_is_the_last(client, full, monkeypatch, paths):
    await (staff(client) if paths is OFFICE else enter(client, full.organisation))
    for path, table in paths.items():
        count = await db.value(f"select count(*) from {table}")
        assert count >= 2, path
        for size, pages in ((count, 1), (count - 1, 2), (1, count)):
            with monkeypatch.context() as patch:
                pages_of(size, patch)
                assert await walked(client, path) == pages, (path, size)


async def test_the_api_s_last_page_says_that_nothing_follows(client, full, monkeypatch):
    program = await api_makers.header(None)
    for path, table in API.items():
        count = await db.value(f"select count(*) from {table}")
        for size in (count, count - 1, 1):
            with monkeypatch.context() as patch:
                pages_of(size, patch)
                seen: list[str] = []
                answer = (await client.get(path, headers=program)).json()
                while True:
                    assert answer["items"], (path, size)
                    seen += [str(one.get("id") or one.get("number") or one.get("reference")) for one in answer["items"]]
                    if not answer["next"]:
                        break
                    following = answer["next"]
                    url = following if following.startswith(("/", "http")) else f"{path}?cursor={following}"
                    answer = (await client.get(url, headers=program)).json()
            assert len(seen) == len(set(seen)) == count, (path, size)


async def test_sessions_of_one_instant_are_paged_both_ways_without_a_gap(full):
    everything = [s.session.id for s in (await listed.sessions(VISITOR, limit=9)).items]
    assert len(everything) == 2
    for size in (1, 2):
        first = await listed.sessions(VISITOR, limit=size)
        assert (first.previous, first.next is None) == (None, size == 2)
        if size == 1:
            second = await listed.sessions(VISITOR, after=first.next, limit=1)
            assert [s.session.id for s in (*first.items, *second.items)] == everything
            assert second.next is None
            before = await listed.sessions(VISITOR, before=second.previous, limit=1)
            assert [s.session.id for s in before.items] == everything[:1]
            assert before.previous is None
