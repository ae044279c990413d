"""What each role may, and where what it may holds."""

from __future__ import annotations

import pytest

from training.identity.rules import (
    FACILITATOR_ROLES,
    ORGANISATION_ROLES,
    PARTNER_ROLES,
    PLATFORM_ROLES,
    Role,
)
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Forbidden, NotFound
from training.kernel.permissions import Permission

P = Permission


def test_each_role_belongs_to_one_kind_of_place() -> None:
    places = [PLATFORM_ROLES, ORGANISATION_ROLES, PARTNER_ROLES, FACILITATOR_ROLES]
    held = [role for place in places for role in place]
    assert sorted(held) == sorted(Role)


def test_only_the_team_enters_the_office_and_decides() -> None:
    of_the_team = {
        P.OFFICE_SEE, P.SESSIONS_PLAN, P.SESSIONS_HOLD, P.SESSIONS_HOLD_EARLY, P.INVOICES_ISSUE, P.MAILS_SEE,
        P.MAILS_RETRY, P.ORGANISATIONS_APPROVE, P.PLATFORM_EDIT,
    }  # fmt: skip
    elsewhere = [*ORGANISATION_ROLES.values(), *PARTNER_ROLES.values(), *FACILITATOR_ROLES.values()]
    assert all(not held & of_the_team for held in elsewhere)
    assert all(P.OFFICE_SEE in held for held in PLATFORM_ROLES.values())


def test_only_administrators_hold_early_and_edit_the_platform() -> None:
    for permission in (P.SESSIONS_HOLD_EARLY, P.PLATFORM_EDIT):
        assert [role for role, held in PLATFORM_ROLES.items() if permission in held] == [Role.ADMINISTRATOR]


def test_roles_of_the_team_are_one_in_another() -> None:
    # to keep the accounts is no part of advising: only the administrator may do all
    assert PLATFORM_ROLES[Role.BOOKKEEPER] < PLATFORM_ROLES[Role.ADMINISTRATOR]
    assert PLATFORM_ROLES[Role.ADVISER] < PLATFORM_ROLES[Role.ADMINISTRATOR]
    assert all(held <= ORGANISATION_ROLES[Role.MANAGER] for held in ORGANISATION_ROLES.values())


def test_whoever_changes_a_booking_can_see_it() -> None:
    for held in [*PLATFORM_ROLES.values(), *ORGANISATION_ROLES.values()]:
        if held & {P.BOOKINGS_MAKE, P.BOOKINGS_CANCEL, P.BOOKINGS_CONFIRM}:
            assert P.BOOKINGS_SEE in held


def test_a_role_holds_where_it_was_given() -> None:
    there = Scope(organisations={7: frozenset(ORGANISATION_ROLES[Role.MANAGER])})
    manager = Actor("user", 1, "Maud", scope=there)
    assert manager.may(P.BOOKINGS_MAKE, organisation=7)
    assert not manager.may(P.BOOKINGS_MAKE, organisation=8)
    assert not manager.may(P.BOOKINGS_MAKE)
    assert manager.holds_somewhere(P.BOOKINGS_MAKE)
    assert not manager.holds_somewhere(P.OFFICE_SEE)


def test_a_facilitator_s_permission_holds_in_the_sessions_they_facilitate() -> None:
    held = frozenset(FACILITATOR_ROLES[Role.FACILITATOR])
    aline = Actor("user", 1, "Aline", scope=Scope(facilitators={3: held})).facilitating([10, 11])
    assert aline.may(P.MISSIONS_SEE, session=10)
    assert aline.may(P.MISSIONS_SEE, facilitator=3)
    assert not any(aline.may(P.MISSIONS_SEE, **place) for place in ({}, {"session": 12}, {"facilitator": 4}))
    aline.must(P.MISSIONS_SEE, session=11)
    with pytest.raises(NotFound):
        aline.must(P.MISSIONS_SEE, session=12)
    with pytest.raises(Forbidden):
        aline.must(P.SESSIONS_HOLD, session=11)


def test_a_mailed_link_gives_its_thing_and_no_other() -> None:
    link = Actor("link", 7, "lien", scope=Scope(links={("invoice", 7): frozenset({P.INVOICES_PAY})}))
    link.must(P.INVOICES_PAY, organisation=1, link=("invoice", 7))
    for place in ({"link": ("invoice", 8)}, {"link": ("organisation", 7)}, {"organisation": 7}, {"session": 7}):
        with pytest.raises(NotFound):
            link.must(P.INVOICES_PAY, **place)


def test_what_is_one_s_own_is_nobody_else_s() -> None:
    team = Actor("user", 1, "Ève", frozenset(P), Scope(everything=True, accounts={1: frozenset({P.FEEDS_OWN})}))
    without = Actor("user", 2, "Ada", frozenset(PLATFORM_ROLES[Role.ADMINISTRATOR]), Scope(everything=True))
    team.must(P.FEEDS_OWN, account=1)
    with pytest.raises(NotFound):
        without.must(P.FEEDS_OWN, account=1)
    with pytest.raises(Forbidden):
        without.must(P.PLATFORM_RUN, organisation=1)


def test_the_team_s_permission_holds_everywhere() -> None:
    adviser = Actor("user", 1, "Ève", frozenset(PLATFORM_ROLES[Role.ADVISER]), Scope(everything=True))
    assert adviser.may(P.BOOKINGS_MAKE)
    assert adviser.may(P.BOOKINGS_MAKE, organisation=8)
    assert not adviser.may(P.PLATFORM_EDIT)


def test_the_system_may_everything() -> None:
    assert all(SYSTEM.may(p) and SYSTEM.may(p, organisation=7) and SYSTEM.holds_somewhere(p) for p in P)
