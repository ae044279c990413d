"""A set of states has one meaning: its function in SQL says of each state what the set in `rules.py` says."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import pytest

from training.bookings.rules.states import EXPIRING, IN_LINE, NAMEABLE, OCCUPYING, BookingState
from training.directory.rules.organisations import CURRENT, OrganisationState
from training.kernel import db
from training.scheduling.rules import BOOKABLE, HOLDING, AssignmentState, SessionState

pytestmark = pytest.mark.anyio

SETS: list[tuple[str, type[StrEnum], Collection[StrEnum]]] = [
    ("booking_occupies", BookingState, OCCUPYING),
    ("booking_may_come", BookingState, NAMEABLE),
    ("booking_expires", BookingState, EXPIRING),
    ("booking_in_line", BookingState, IN_LINE),
    ("organisation_current", OrganisationState, CURRENT),
    ("session_bookable", SessionState, BOOKABLE),
    ("assignment_holds", AssignmentState, HOLDING),
]


@pytest.mark.parametrize(("function", "states", "members"), SETS, ids=[name for name, *_rest in SETS])
async def test_a_set_of_states_is_the_same_in_sql(
    database_test: None, function: str, states: type[StrEnum], members: Collection[StrEnum]
) -> None:
    every = [state.value for state in states]
    sql = f"select state from unnest($1::varchar[]) state where {function}(state)"
    found = {record["state"] for record in await db.connection().fetch(sql, every)}
    assert found == {member.value for member in members}
    about = await db.connection().fetchrow("select provolatile, proparallel from pg_proc where proname = $1", function)
    assert tuple(about) == (b"i", b"s"), "as written in the index of those that are"


async def test_every_set_of_states_in_sql_is_compared(database_test: None) -> None:
    sql = """
        select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public' and p.proargnames = array['state'] and p.prorettype = 'boolean'::regtype
    """
    found = {record["proname"] for record in await db.connection().fetch(sql)}
    assert found == {function for function, *_rest in SETS}
