"""What import-linter cannot see of actions: each has an actor and writes its row, and waits for nobody outside."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from source_reading import MODULES, Function, callee, calls, inside, name_of, tree

# Public async functions of actions/ that write no audit row themselves, and why.
NOT_ACTING = {
    "attendance.actions": {
        "note_held": "part of the action that brings sessions of former years",
    },
    "scheduling.actions.past": {
        "write_past_sessions": "part of the action that brings sessions of former years",
        "make_room": "part of the same",
    },
    "bookings.actions.past": {
        "write_past_bookings": "part of the action that brings sessions of former years",
    },
    "calendar.actions.feeds": {
        "seen": "a program polled: nothing was decided",
    },
    "calendar.actions.make_feed": {
        "file": "keeps what was written, under the name of what it says: nothing was decided",
    },
    "calendar.actions.invitations": {
        "prepare": "part of the mail that carries it",
    },
    "catalogue.actions.publishing": {"lock_offer": "takes a lock for an action above"},
    "directory.actions.communes": {
        "load": "part of the action that imports",
        "stand_for": "part of the action that joins",
    },
    "directory.actions.set_up": {"settle_steps": "part of the action that saves what a step is about"},
    "directory.actions.locking": {
        "lock_organisation": "takes a lock for an action above",
        "hold_current": "takes a lock for an action above, and asks whether something new may be done",
    },
    "directory.actions.archiving": {
        "lock_closing": "takes a lock for an action above",
        "write_ending": "part of the action that ends it",
    },
    "identity.actions.joining": {"let_in": "part of the action that lets them in"},
    "directory.actions.contacts": {
        "welcome_contact": "part of the action that lets them in",
        "put_aside": "part of the action that ends what they may",
        "write_to": "part of the action that changes what they may",
    },
    "catalogue.actions.funding": {
        "lock_funded": "takes locks for an action of this room",
        "check_funded": "part of the action that changes a funder's days",
    },
    "accounting.actions.accounts": {
        "lock_journal": "takes a lock for actions of this room",
    },
    "billing.actions.refit": {"ask_to_look": "part of the action that changed what is owed"},
    "billing.actions.drafting": {
        "lock_draft": "takes a lock for an action of this room",
        "lock_drafts": "takes locks for an action of this room",
        "lock_payers": "takes locks for an action of this room",
        "fit_vat": "part of the action that tells which VAT a payer is invoiced under, or takes an invoice back",
        "take_off": "part of the action that withdraws, shares or undoes",
        "put_on_draft": "part of the action that makes billable",
        "draft_like": "part of the action that puts lines on it",
        "new_draft": "part of the action that puts lines on it",
        "write_line": "part of the action that writes lines",
        "recount": "part of the action that changed lines",
        "drafted": "part of the action that made the drafts",
        "hours_of": "read by the action that makes drafts again",
        "keep_hours": "part of the action that makes drafts again",
        "rewrite_lines": "part of the action that makes drafts again",
        "tidy": "part of the action that took lines away",
    },
    "billing.actions.confirm_free": {
        "confirm_later": "part of the action that makes billable",
    },
    "messages.actions.holders": {
        "note_dates": "part of the mail that tells them",
        "told_otherwise": "reads only: what was told",
    },
    "billing.actions.receivables": {
        "open_receivables": "part of the action that issues or takes over",
    },
    "billing.actions.periods": {
        "lock_periods": "takes a lock for an action above",
        "close_days": "part of accounting.actions.close_period",
        "check_day": "reads only: whether a day is open",
        "check_open": "the same, of any day",
    },
    "directory.actions.facilitators": {
        "depart": "part of scheduling.actions.departures",
        "hold_facilitator": "takes a lock for the action by which somebody leaves",
        "lock_people": "takes a lock for the action that gives them dates",
    },
    "directory.actions.partners": {
        "hold_partner": "takes a lock for the action that gives it something",
    },
    "scheduling.actions.people": {
        "check_people": "takes a lock for the action that gives them dates, and asks a rule",
    },
    "dunning.actions.pauses": {
        "lock_receivable": "takes a lock for an action of this room",
    },
    "identity.actions.keys": {
        "refuse_unknown": "counts a key that is none: nothing was decided",
    },
    "identity.actions.leaving": {
        "hold_roles": "takes a lock for the actions that change who may what",
        "check_still": "reads only: whether who acts still may, under that lock",
        "end": "part of the action that removes",
        "check_not_last": "reads only: whether somebody else may do the same",
        "held_role": "reads only",
        "roles_there": "reads only",
        "end_keys": "part of the action that takes administration away",
    },
    "identity.actions.roles": {
        "account_of": "part of what gives the address something, or of signing in",
        "address_of": "reads only: whose account it is",
        "give_role": "part of the action that gives it",
        "take_known_roles": "part of signing in, which is audited",
    },
    "identity.actions.signin": {
        "peek": "reads only: programs that check mails open links",
        "slide": "a browser was here again: nothing was decided",
    },
    "records.actions.files": {
        "keep_file": "part of the action that keeps it",
        "tombstone_file": "part of the action that lets it go",
    },
    "records.actions.sent_forms": {
        "once": "runs the action of a form, which asks for its own actor",
    },
    "records.actions.give_number": {
        "open_series": "part of the first issue in a series",
        "freeze": "part of the action that issues",
    },
    "bookings.actions.locking": {
        "lock_booking": "takes a lock for an action",
    },
    "bookings.actions.resizing": {
        "write_seats": "part of the action that changes the number of seats",
        "not_too_often": "part of the action that asks for seats",
    },
    "bookings.actions.admissions": {
        "note_admission": "part of the action that confirms",
        "undo_admissions": "part of attendance.actions.unhold_session",
    },
    "bookings.actions.documents": {
        "read_document": "reads only: what is kept of a paper",
    },
    "bookings.actions.groups": {
        "merge": "part of the action that accepts an offer",
    },
    "bookings.actions.ending": {
        "end_merged": "part of the action that accepts an offer",
        "undo_absences": "part of attendance.actions.unhold_session",
    },
    "scheduling.actions.planning": {
        "lock_session": "takes a lock for an action above",
        "lock_alive": "takes a lock for an action",
        "session_of": "reads only",
        "check_clashes": "makes deferred constraints speak",
        "mark_held": "part of attendance.actions.hold_session",
        "mark_unheld": "part of attendance.actions.unhold_session",
        "mark_cancelled": "part of bookings.actions.ending.call_off_session",
        "mark_reinstated": "part of bookings.actions.ending.reinstate_session",
        "end_assignments": "part of the action that ends them, or calls their session off",
        "note_told": "part of the mails of messages.actions.sessions.call_off",
    },
    "payments.actions.statement_lines": {
        "keep_lines": "part of the action that imports a statement or reads its columns",
    },
}


def action_modules() -> list[Path]:
    return [path for path in MODULES if "actions" in name_of(path).split(".") and tree(path).body[1:]]


@cache
def audited() -> dict[tuple[str, str], bool]:
    """(module, function) → whether it calls acting(), itself or through a function of ours that does."""
    known = {
        (name_of(path), f.name): f for path in action_modules() for f in tree(path).body if isinstance(f, Function)
    }
    sure = {key for key, f in known.items() if any(calls("acting")(node) for node in ast.walk(f))}
    while more := {
        (module, name)
        for (module, name), f in known.items()
        if (module, name) not in sure and any(callee(module, node) in sure for node in ast.walk(f))
    }:
        sure |= more
    return {key: key in sure for key in known}


def public_actions() -> list[tuple[str, ast.AsyncFunctionDef]]:
    return [
        (name_of(path), f)
        for path in action_modules()
        for f in tree(path).body
        if isinstance(f, ast.AsyncFunctionDef) and not f.name.startswith("_") and not f.decorator_list
    ]


def test_every_change_has_an_actor() -> None:
    silent = {(module, f.name) for module, f in public_actions() if not audited()[module, f.name]}
    excused = {(module, name) for module, names in NOT_ACTING.items() for name in names}
    assert silent - excused == set(), "call acting(), or say in NOT_ACTING why not"
    assert excused - silent == set(), "excuses that are not needed any more"


def test_an_action_is_given_its_actor_first() -> None:
    """Or opens acting() for the system, where nobody asked: sign-in, the clock, delivery."""
    wrong = [
        f"{module}.{f.name}"
        for module, f in public_actions()
        if any(isinstance(node, ast.Name) and node.id == "actor" for node in ast.walk(f))
        and (not f.args.args or f.args.args[0].arg != "actor")
    ]
    assert wrong == []


def clients(of: ast.Module) -> set[str]:
    """The names under which a module knows what talks to outside systems."""
    return {
        alias.asname or alias.name
        for node in of.body
        if isinstance(node, ast.ImportFrom) and "clients" in (node.module or "").split(".")
        for alias in node.names
    }


def test_clients_are_not_called_from_a_transaction() -> None:
    """What waits for an outside system may not hold a row meanwhile (DESIGN §2)."""
    opened = [
        f"{inside(path)}:{call.lineno}"
        for path in MODULES
        for block in ast.walk(tree(path))
        if isinstance(block, ast.AsyncWith)
        and any(calls("atomic", "acting", "answering")(item.context_expr) for item in block.items)
        for call in ast.walk(block)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[0] in clients(tree(path))
    ]
    assert opened == []
    assert any(clients(tree(path)) for path in MODULES), "nobody has a client: this test looks in the wrong place"
