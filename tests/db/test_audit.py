"""Every action leaves a trace: who, what, about what, which fields; never a personal value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import makers
import training
from audited_year import STAFF, the_year
from training.attendance.actions import hold_session
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling.actions import planning as scheduling

pytestmark = pytest.mark.anyio
SOURCE = Path(training.__file__).parent


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path, node


def _declared() -> set[str]:
    """Every action's name, as the source gives it; the mails' are made of the occasion and of the state."""
    names = {call.args[1].value for _path, call in _calls("acting") if isinstance(call.args[1], ast.Constant)}
    return {str(name) for name in names}


async def test_each_action_leaves_its_row_and_no_row_holds_a_personal_value(database_test, monkeypatch):
    with clock.frozen(makers.NOON):
        await the_year()
    rows = await db.connection().fetch("select * from audit")
    seen = {r["action"] for r in rows}
    mails = {f"mail.{state}" for state in ("held", "sent")} | {"mail.release"}
    assert _declared() - seen - mails == set(), "an action that this test does not run, or that leaves no row"
    personal = re.compile(r"@|example|Rachel|Félix|Aline|Nina|Ève|Commune|Nouvelle|Verglas|R-[2-9A-Z]{7}|\d{5,}", re.I)
    for row in rows:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z_-]+", row["action"])
        assert (row["subject_kind"] is None) == (row["subject_id"] is None)
        for field in row["fields"]:
            assert re.fullmatch(r"[a-z_]{2,30}", field), (row["action"], field)
            assert not personal.search(field)
        assert row["actor_kind"] in ("system", "user")
    by_staff = [(r["action"], r["subject_kind"], r["fields"]) for r in rows if r["actor_id"] == STAFF.id]
    assert by_staff == [("booking.cancel", "booking", ["state"])]


async def test_a_refused_action_leaves_no_row(database_test):
    town = await makers.make_town()
    before = await db.value("select count(*) from audit")
    for refused in (
        makers.make_booking(town, 61),
        hold_session(SYSTEM, town.session),
        scheduling.publish_session(SYSTEM, town.session),
        makers.make_organisation(),
    ):
        with pytest.raises(Exception):  # noqa: B017 - whichever it is
            await refused
    assert await db.value("select count(*) from audit") == before
