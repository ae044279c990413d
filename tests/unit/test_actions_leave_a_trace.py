"""Nothing is written but by an action that says who did what: the rooms for actions are walked."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from training import reactions

SOURCE = Path(reactions.__file__).parent


def _functions(path: Path) -> list[ast.AsyncFunctionDef]:
    return [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.AsyncFunctionDef)]


def _writes(function: ast.AsyncFunctionDef, own: dict[str, ast.AsyncFunctionDef], seen: set[str]) -> bool:
    """Whether a function writes, itself or by a private one of its module, outside acting()."""
    text = ast.unparse(function)
    if "acting(" in text:
        return False
    if re.search(r"\.(insert|update|delete)\(|db\.execute\(", text):
        return True
    called = {getattr(n.func, "id", "") for n in ast.walk(function) if isinstance(n, ast.Call)}
    return any(_writes(own[c], own, seen | {c}) for c in called & own.keys() - seen if c.startswith("_"))


# what changes only inside an action that the caller opened, or that decides nothing
WITHIN_ANOTHER = {
    "billing.take_off", "billing.put_on_draft", "billing.new_draft", "billing.write_line", "billing.recount",
    "billing.tidy", "billing.fit_vat", "scheduling.mark_unheld", "bookings.undo_absences",
    "bookings.note_admission", "bookings.undo_admissions", "billing.keep_hours",
    "billing.confirm_later", "billing.drafted", "billing.fit", "billing.rewrite_lines", "messages.note_dates",
    "billing.ask_to_look", "bookings.end_merged", "bookings.merge", "bookings.write_seats", "identity.end_keys",
    "calendar.file",  # keeps what was written, under the name of what it says
    "scheduling.mark_held", "scheduling.mark_cancelled", "scheduling.mark_reinstated", "scheduling.end_assignments",
    "scheduling.check_clashes", "records.keep_file", "records.open_series",
    "records.freeze", "records.once", "billing.open_receivables", "billing.lock_periods", "billing.close_days",
    "scheduling.write_past_sessions", "scheduling.make_room", "bookings.write_past_bookings", "attendance.note_held",
    "directory.settle_steps",
    "directory.stand_for",  # part of the action that joins or imports communes
    "directory.welcome_contact", "directory.put_aside", "directory.write_ending", "directory.close_for",
    "identity.let_in", "identity.account_of", "identity.end", "identity.hold_roles",
    "identity.refuse_unknown", "identity.give_role", "identity.take_known_roles", "identity.slide",
    "calendar.prepare", "calendar.seen", "payments.keep_lines",
    "accounting.lock_journal",
    "messages.deliver", "messages.deliver_due",  # a claim is no decision; what came of it is noted by an action
}  # fmt: skip


def test_no_public_function_of_an_action_room_writes_without_acting():
    found = set()
    for path in sorted([*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")]):
        own = {f.name: f for f in _functions(path)}
        package = path.relative_to(SOURCE).parts[0]
        found |= {f"{package}.{n}" for n, f in own.items() if not n.startswith("_") and _writes(f, own, {n})}
    assert found - WITHIN_ANOTHER == set()


def test_every_reaction_is_an_action_in_a_room_for_actions():
    for reaction in reactions.BY_NAME.values():
        assert ".actions" in reaction.run.__module__
