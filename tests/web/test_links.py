"""Every mailed link, walked: what opens it, what does not, what its holder may, and that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from litestar.handlers import HTTPRouteHandler

import makers
from office_makers import done, staff
from training.app import create_app
from training.attendance.actions import hold_session
from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM
from training.kernel.links import TERMS, Link, Purpose, sign
from training.kernel.permissions import Permission
from training.web.portal.links import DOORS, Door
from training.worker import drain

pytestmark = pytest.mark.anyio
ROOT = "/lien/{token:str}"


async def an_invoice() -> int:
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    await drain()
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
    return int(await db.value("select id from invoice where state = 'issued'"))


async def a_draft() -> int:
    town = await makers.make_town(issue_without_look=False)
    await makers.make_booking(town, 5)
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
    return int(await db.value("select id from invoice where state = 'draft'"))


async def an_invitation() -> int:
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    await drain()
    return int(await db.value("select id from invitation where role = 'facilitator'"))


async def a_private_session() -> int:
    town = await makers.make_town()
    async with db.atomic():
        await db.execute(
            "update session set kind = 'private', organisation = $2 where id = $1", town.session, town.organisation
        )
    return town.session


@dataclass(frozen=True)
class Example:
    """A thing that links of a purpose are about: how it comes to be, and the table of its generation."""

    make: Callable[[], Awaitable[int]]
    table: str


EXAMPLES = {
    Purpose.INVOICE: Example(an_invoice, "invoice"),
    Purpose.BILLING_FACTS: Example(a_draft, "invoice"),
    Purpose.INVITATION: Example(an_invitation, "invitation"),
    Purpose.SESSION: Example(a_private_session, "session"),
}


def purpose_of(path: str) -> Purpose:
    """Whose page a route is: that of the longest beginning."""
    rest = path.removeprefix(ROOT)
    return max((p for p in Purpose if rest.startswith(TERMS[p].page)), key=lambda p: len(TERMS[p].page))


def routes(purpose: Purpose) -> list[tuple[str, str]]:
    """(method, what follows the token) of every route behind the links of a purpose."""
    return [
        (method, route.path.removeprefix(ROOT).replace("{name:str}", "R2027-00001.pdf"))
        for route in create_app().routes
        if route.path.startswith(ROOT) and purpose_of(route.path) is purpose
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        for method in sorted({"GET", "POST"} & set(handler.http_methods))
    ]


def token(purpose: str, subject: int, generation: int = 0, days: int = 1, key: str | None = None) -> str:
    link = Link(purpose, subject, generation, clock.now() + timedelta(days=days))
    return sign(link, key or settings.current().secret_key)


@pytest.fixture
async def made(client, purpose: Purpose):
    with clock.frozen(makers.NOON):
        subject = await EXAMPLES[purpose].make()
        yield subject


async def ask(client, method: str, path: str):
    return await (client.get(path) if method == "GET" else makers.post(client, path, {}))


def words(page: str) -> str:
    """What a page says, without the form's secrets and its own address."""
    return re.sub(r'(value|content|href|action)="[^"]*"', "", page)


def test_every_purpose_is_walked_and_no_route_is_of_none() -> None:
    assert set(DOORS) == set(TERMS) == set(EXAMPLES) == set(Purpose)
    assert all(("GET", TERMS[purpose].page) in routes(purpose) for purpose in Purpose)


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_link_opens_its_page_and_looking_changes_nothing(client, purpose, made):
    good = token(purpose, made)
    before = await everything()
    for method, rest in routes(purpose):
        if method == "GET":
            shown = await client.get(f"/lien/{good}{rest}")
            assert shown.status_code == 200 or "/recus/" in rest or "service-fait" in rest, (rest, shown.status_code)
            assert "no-store" in shown.headers["cache-control"]
    assert await everything() == before
    page = await client.get(f"/lien/{good}{TERMS[purpose].page}")
    assert page.headers["x-robots-tag"] == "noindex"
    assert "signin" not in client.cookies


@pytest.mark.parametrize("purpose", Purpose)
async def test_what_does_not_open_it(client, purpose, made):
    good = token(purpose, made)
    forged = {
        "cut": good[:-8],
        "of another site": token(purpose, made, key="another key" * 8),
        "changed": good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        "garbage": "%C3%A9%C3%A9",
        "made up": "x",
    }
    over = {
        "expired": token(purpose, made, days=-1),
        "revoked": token(purpose, made, generation=-1),
        "of a later generation": token(purpose, made, generation=1),
        "about nothing": token(purpose, 999_999),
        **{f"of {other}": token(other, made) for other in (*Purpose, "booking") if other != purpose},
    }
    before = await everything()
    pages = set()
    for method, rest in routes(purpose):
        for name, bad in {**forged, **over}.items():
            answer = await ask(client, method, f"/lien/{bad}{rest}")
            assert answer.status_code == 404, (name, method, rest)
            assert "lien" in answer.text
            assert "no-store" in answer.headers["cache-control"]
            if name in over:
                pages.add(words(answer.text))
    assert len(pages) == 1, "one page for all that is over, whichever the reason"
    assert await everything() == before


@pytest.mark.parametrize("purpose", Purpose)
async def test_raising_the_generation_revokes_every_link_made_before(client, purpose, made):
    good, page = token(purpose, made), TERMS[purpose].page
    assert (await client.get(f"/lien/{good}{page}")).status_code == 200
    async with db.atomic():
        await db.execute(f"update {EXAMPLES[purpose].table} set generation = generation + 1 where id = $1", made)
    for method, rest in routes(purpose):
        assert (await ask(client, method, f"/lien/{good}{rest}")).status_code == 404
    assert (await client.get(f"/lien/{token(purpose, made, generation=1)}{page}")).status_code == 200


@pytest.mark.parametrize("purpose", Purpose)
async def test_its_holder_may_what_it_gives_of_that_one_thing(client, purpose, made):
    door: Door = DOORS[purpose]
    held = await door.open(token(purpose, made))
    actor, here = held.actor, (EXAMPLES[purpose].table, made)
    assert (actor.kind, actor.id, actor.permissions) == ("link", made, frozenset())
    assert not actor.scope.everything
    assert set(actor.scope.links.values()) == {door.may}
    for permission in Permission:
        assert actor.may(permission, link=here) == (permission in door.may)
        assert not actor.may(permission)
        assert not actor.may(permission, link=(here[0], made + 1_000))
        for place in ("organisation", "partner", "facilitator", "session", "account"):
            assert not any(actor.may(permission, **{place: number}) for number in range(1, 50))


async def everything() -> dict[str, str]:
    """Every row of every table, as one sum a table."""
    names = await db.connection().fetch("select tablename from pg_tables where schemaname = 'public'")
    sums = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t"
    return {name["tablename"]: await db.value(sums.format(name["tablename"])) for name in names}


async def test_the_team_changes_the_link_of_an_invoice_and_the_one_that_was_mailed_opens_nothing(client):
    with clock.frozen(makers.NOON):
        invoice = await an_invoice()
        mailed = token(Purpose.INVOICE, invoice)
        assert (await client.get(f"/lien/{mailed}")).status_code == 200
        number = await db.value("select number from invoice where id = $1", invoice)
        await staff(client, Role.ADVISER)
        assert "Changer le lien" in (await client.get(f"/gestion/factures/{number}")).text
        await done(client, f"/gestion/factures/{number}/lien")
        assert (await client.get(f"/lien/{mailed}")).status_code == 404
        assert (await client.get(f"/lien/{token(Purpose.INVOICE, invoice, 1)}")).status_code == 200


async def test_the_team_changes_the_link_of_a_private_session(client):
    with clock.frozen(makers.NOON):
        session = await a_private_session()
        given = token(Purpose.SESSION, session)
        assert (await client.get(f"/lien/{given}/seance")).status_code == 200
        await staff(client, Role.ADVISER)
        assert "Changer le lien" in (await client.get(f"/gestion/seances/{session}")).text
        await done(client, f"/gestion/seances/{session}/lien")
        assert (await client.get(f"/lien/{given}/seance")).status_code == 404
