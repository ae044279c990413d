"""Every action refuses whoever may not, there, and writes nothing: all actions by all kinds of actors.

What each asks is on the page of permissions; `HELD` says anew, by hand, what each kind of actor holds in this town.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

import asking
import makers
from training.attendance.actions import hold_session
from training.billing.actions.issue import issue
from training.billing.rules.payments import Way
from training.bookings.actions.booking import NewBooking
from training.calendar.actions.feeds import open_feed
from training.directory.actions import partners
from training.identity import rules
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Forbidden, NotFound
from training.kernel.permissions import Permission
from training.worker import drain

pytestmark = pytest.mark.anyio
P = Permission
ACCOUNT = 4_711


class Untouched:
    """What an action is given that must ask before it looks."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"looked at .{name} before asking")


@dataclass(frozen=True, slots=True)
class World:
    """A town with one of everything that an action may be about, and its neighbours."""

    places: Mapping[str, Any]
    given: Mapping[str, Any]  # by the name of an action's parameter
    elsewhere: int
    other_session: int
    other_facilitator: int
    other_invitation: int


async def _world() -> World:
    town = await makers.make_town(issue_without_look=False)
    elsewhere = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    other = await makers.make_facilitator("autre@example.org", "Autre")
    later = town.starts_at + timedelta(days=30)
    other_session = await makers.make_session(town.offer, starts_at=later, facilitators=(other,))
    booked = await makers.make_booking(town, 20)
    partner = await partners.add_partner(SYSTEM, slug="prevention", name="Prévention", summary="", active=True)
    await open_feed(SYSTEM, "Mairie", organisation=town.organisation)
    await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
        draft = await db.value("select max(id) from invoice")
        await issue(SYSTEM, draft)
        await drain()
    assignment = await db.value("select id from assignment where slot = $1", town.slot)
    mine, theirs = [
        await db.value("select min(id) from invitation where role = 'facilitator' and email = $1", email)
        for email in ("anime@example.org", "autre@example.org")
    ]
    given = {
        "session": town.session,
        "slot": town.slot,
        "booking": booked.id,
        "organisation": town.organisation,
        "invoice": draft,
        "receivable": await db.value("select max(id) from receivable"),
        "assignment": assignment,
        "invitation": mine,
        "token": await db.value("select max(id) from feed_token"),
        "offer": town.offer,
        "theme": await db.value("select max(id) from theme"),
        "venue": town.venue,
    }
    places = {
        "organisation": town.organisation,
        "partner": partner,
        "facilitator": town.facilitator,
        "session": town.session,
        "link:invoice": ("invoice", draft),
        "link:organisation": ("organisation", town.organisation),
        "link:invitation": ("invitation", mine),
        "link:assignment": ("assignment", assignment),
    }
    return World(places, given, elsewhere, other_session, other, theirs)


def _user(label: str, *, at_large: frozenset[str] = frozenset(), **scope: Any) -> Actor:
    return Actor("user", ACCOUNT, label, at_large, Scope(accounts={ACCOUNT: rules.OWN}, **scope))


def _actors(world: World) -> dict[str, Actor]:
    here, there, places = world.places["organisation"], world.elsewhere, world.places
    mission = rules.FACILITATOR_ROLES[Role.FACILITATOR]
    found = {
        role.value: _user(role.value, at_large=held, everything=True) for role, held in rules.PLATFORM_ROLES.items()
    }
    for role, held in rules.ORGANISATION_ROLES.items():
        found[role.value] = _user(role.value, organisations={here: held})
        found[f"{role.value} elsewhere"] = _user(role.value, organisations={there: held})
    contact = rules.PARTNER_ROLES[Role.PARTNER_CONTACT]
    found["partner contact"] = _user("partner", partners={places["partner"]: contact})
    own = {places["facilitator"]: mission}
    found["facilitator"] = _user("facilitator", facilitators=own).facilitating([places["session"]])
    others = {world.other_facilitator: mission}
    found["facilitator elsewhere"] = _user("autre", facilitators=others).facilitating([world.other_session])
    found["organisation key"] = Actor(
        "apikey", 1, "clé", scope=Scope(organisations={here: rules.ORGANISATION_ROLES[Role.MANAGER]})
    )
    found["staff key"] = Actor("apikey", 2, "clé", rules.PLATFORM_ROLES[Role.ADMINISTRATOR], Scope(everything=True))
    found["signed in"] = _user("personne")
    found["nobody"] = Actor("user", None, "")
    return found | {name: Actor("link", 1, name, scope=Scope(links=held)) for name, held in _links(world).items()}


def _links(world: World) -> dict[str, dict[tuple[str, int], frozenset[str]]]:
    places, answer = world.places, frozenset[str]({P.INVITATIONS_ANSWER})
    return {
        "link to an invoice": {places["link:invoice"]: frozenset({P.INVOICES_SEE, P.INVOICES_PAY})},
        "link to a draft": {
            places["link:invoice"]: frozenset({P.INVOICES_COMPLETE}),
            places["link:organisation"]: frozenset({P.INVOICES_COMPLETE}),
        },
        "link to an invitation": {places["link:invitation"]: answer, places["link:assignment"]: answer},
        "link to another invitation": {("invitation", world.other_invitation): answer},
    }


def _held() -> dict[str, dict[str, frozenset[Permission]]]:
    """What each kind of actor holds in this town: by kind of place, or at large."""
    own = {"account": rules.OWN}
    mission = rules.FACILITATOR_ROLES[Role.FACILITATOR]
    held: dict[str, dict[str, frozenset[Permission]]] = {
        role.value: {"at large": permissions, **own} for role, permissions in rules.PLATFORM_ROLES.items()
    }
    for role, permissions in rules.ORGANISATION_ROLES.items():
        held[role.value] = {"organisation": permissions, **own}
        held[f"{role.value} elsewhere"] = own
    held["partner contact"] = {"partner": rules.PARTNER_ROLES[Role.PARTNER_CONTACT], **own}
    held["facilitator"] = {"facilitator": mission, "session": mission, **own}
    held["facilitator elsewhere"] = own
    held["organisation key"] = {"organisation": rules.ORGANISATION_ROLES[Role.MANAGER]}
    held["staff key"] = {"at large": rules.PLATFORM_ROLES[Role.ADMINISTRATOR]}
    held["signed in"] = own
    held["nobody"] = {}
    held["link to an invoice"] = {"link:invoice": frozenset({P.INVOICES_SEE, P.INVOICES_PAY})}
    told = frozenset({P.INVOICES_COMPLETE})
    held["link to a draft"] = {"link:invoice": told, "link:organisation": told}
    answer = frozenset({P.INVITATIONS_ANSWER})
    held["link to an invitation"] = {"link:invitation": answer, "link:assignment": answer}
    held["link to another invitation"] = {}
    return held


def _may(held: Mapping[str, frozenset[Permission]], asked: asking.Asked) -> bool:
    return any(
        P[permission] in held.get(place, frozenset())
        for permission in asked.permissions
        for place in ("at large", *asked.places)
    )


def _arguments(run: Any, world: World, more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: more[name] if name in more else world.given.get(name, Untouched())
        for name, parameter in list(inspect.signature(run).parameters.items())[1:]
        if name in more or (parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD)
    }


async def _contents() -> dict[str, str]:
    tables = await db.connection().fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    sql = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
    return {row["tablename"]: await db.value(sql.format(row["tablename"])) for row in tables}


def _cases(world: World) -> list[tuple[str, asking.Asked, dict[str, Any]]]:
    """(action, what it asks then, what it is given beside the world)."""
    seats = NewBooking(world.places["session"], world.places["organisation"], 1)
    also: dict[str, list[tuple[asking.Asked, dict[str, Any]]]] = {
        "billing.actions.settle.record_payment": [
            (asking.Asked((permission,), ()), {"new": _NewPayment(way)})
            for way, permission in ((Way.CARD, "PAYMENTS_RECORD"), (Way.CREDIT_NOTE, "INVOICES_ISSUE"))
        ],
        "calendar.actions.feeds.open_feed": [
            (asking.Asked(("FEEDS_OWN",), ("account",)), {}),
            *(
                (asking.Asked(("FEEDS_MANAGE",), (place,)), {place: world.places[place]})
                for place in ("organisation", "facilitator", "partner")
            ),
            (asking.Asked(("FEEDS_MANAGE",), ()), {"venue": world.given["venue"]}),
            (asking.Asked(("FEEDS_MANAGE",), ()), {"staff": True}),
        ],
        "calendar.actions.feeds.rotate_feed": [(asking.Asked(("FEEDS_MANAGE",), ("organisation",)), {})],
        "calendar.actions.feeds.close_feed": [(asking.Asked(("FEEDS_MANAGE",), ("organisation",)), {})],
        "directory.actions.register": [
            (asking.Asked(("ORGANISATIONS_REGISTER",), ("account",)), {}),
            (asking.Asked(("INVOICES_PREPARE",), ()), {"approved": True}),
        ],
    }
    found = []
    for name, function in asking.public():
        if asking.takes_actor(function):
            more = {"new": seats} if name.startswith("bookings.") else {}
            found += [(name, *case) for case in also.get(name, [(asking.on_the_page()[name], more)])]
    return found


@dataclass(frozen=True, slots=True)
class _NewPayment:
    way: Way


async def test_each_action_refuses_each_actor_that_may_not_and_writes_nothing(database_test):
    with clock.frozen(makers.NOON):
        world = await _world()
        actors, held, before = _actors(world), _held(), await _contents()
        assert actors.keys() == held.keys()
        wrong, refused = [], 0
        for name, asked, more in _cases(world):
            module, _dot, function = name.rpartition(".")
            run = getattr(import_module(f"training.{module}"), function)
            for kind, actor in actors.items():
                if _may(held[kind], asked):
                    continue
                try:
                    await run(actor, **_arguments(run, world, more))
                    wrong.append(f"{name} lets {kind} do it")
                except (Forbidden, NotFound):
                    refused += 1
                except Exception as error:
                    wrong.append(f"{name} by {kind}: {type(error).__name__} {error}")
        assert wrong == []
        assert refused > 2_000
        assert await _contents() == before


async def test_who_holds_a_permission_there_is_let_through(database_test):
    """The other half: `may` agrees with what each kind of actor holds, for each permission in each kind of place."""
    with clock.frozen(makers.NOON):
        world = await _world()
    held = _held()
    for kind, actor in _actors(world).items():
        for place in ("at large", "account", *world.places):
            where = {} if place == "at large" else {place.partition(":")[0]: world.places.get(place, actor.id)}
            for permission in P:
                expected = permission in held[kind].get("at large", ()) or permission in held[kind].get(place, ())
                assert actor.may(permission, **where) == expected, (kind, permission, place)
