"""Law: every staff form that writes over what others may edit says which edit it had seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import training

SOURCE = Path(training.__file__).parent
# Handler → why nobody can write over a colleague's words by it.
EXCUSED = {
    ("notes", "correct"): "its writer alone corrects it, within a day",
    ("settings/supporters", "archive"): "one press, no words",
    ("settings/supporters", "reopen"): "one press, no words",
    ("catalogue/funding", "archive_funder"): "one press, no words",
    ("catalogue/funding", "reopen_funder"): "one press, no words",
    ("people/credentials", "archive"): "one press, no words",
    ("people/partners", "archive"): "one press, no words",
    ("people/partners", "bring_back"): "one press, no words",
    ("catalogue/offers", "publish"): "one press, no words",
    ("catalogue/offers", "archive"): "one press, no words",
    ("catalogue/offers", "bring_back"): "one press, no words",
}


def functions(folder: str) -> dict[str, list[ast.AST]]:
    """Every function in some folders, by its name: there may be several."""
    found: dict[str, list[ast.AST]] = {}
    for path in SOURCE.rglob("*.py"):
        if folder in path.parts or path.stem == folder:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                    found.setdefault(node.name, []).append(node)
    return found


def called(node: ast.AST) -> dict[str, ast.Call]:
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    return {ast.unparse(call.func).rpartition(".")[2]: call for call in calls}


def takes_seen(node: ast.AST) -> bool:
    return isinstance(node, ast.AsyncFunctionDef) and "seen" in {arg.arg for arg in node.args.kwonlyargs}


def editing() -> set[str]:
    """The actions that write over a row, or call one that does."""
    actions = functions("actions")
    found = {name for name, nodes in actions.items() if any("change.edit(" in ast.unparse(node) for node in nodes)}
    while more := {n for n, nodes in actions.items() if any(found & called(node).keys() for node in nodes)} - found:
        found |= more
    return found & {name for name, nodes in actions.items() if any(takes_seen(node) for node in nodes)}


def handlers() -> Iterator[tuple[tuple[str, str], dict[str, ast.Call]]]:
    """What staff's pages post to, as (module, name), and what each calls."""
    office = SOURCE / "web" / "office"
    for path in office.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef) and any("post(" in ast.unparse(d) for d in node.decorator_list):
                yield (str(path.relative_to(office).with_suffix("")), node.name), called(node)


def silent() -> set[tuple[str, str]]:
    """Those that call an action which can be told what was seen, and do not tell it."""
    wanted = editing()
    return {
        handler
        for handler, calls in handlers()
        for name, call in calls.items()
        if name in wanted and "seen" not in {keyword.arg for keyword in call.keywords}
    }


def deaf() -> set[tuple[str, str]]:
    """Those that call an action which writes over a row and cannot be told."""
    actions = functions("actions")
    writing = {n for n, nodes in actions.items() if any("change.edit(" in ast.unparse(node) for node in nodes)}
    without = {n for n in writing if n[0] != "_" and not any(takes_seen(node) for node in actions[n])}
    return {handler for handler, calls in handlers() if without & calls.keys()}


def test_every_form_that_edits_says_what_it_had_seen() -> None:
    assert silent() - EXCUSED.keys() == set()


def test_every_action_behind_a_form_can_be_told_what_was_seen() -> None:
    assert deaf() - EXCUSED.keys() == set()


def test_no_excuse_is_left_over() -> None:
    assert EXCUSED.keys() - silent() - deaf() == set()


# What a form of the office does that writes over nobody's words: each POST that reads a form and neither says what it
# had seen nor makes something once (`tests/unit/test_made_once.py`).
NO_WORDS_OVER = {
    "one act on what is there: done a second time, it is refused or finds it done": {
        "bookings/booking: cancel, decline",
        "bookings/documents: join",
        "catalogue/offers: archive, bring_back, publish",
        "handing_over: give",
        "invoices/draft_lines: move",
        "organisations/ending: archive",
        "organisations/lookalikes: apart",
        "organisations/requests: attach_to, refuse",
        "payments/bank: all_sure",
        "payments/bank_lines: confirm, set_aside, undo",
        "payments/payment: record, take_back, use, use_credit",
        "payments/reminders: pause",
        "people/absences: say_departure",
        "people/partner_people: give_access",
        "sessions/answers: say",
        "sessions/communes: join",
        "sessions/session: call_off, decide, hold, undo",
        "settings/access: remove_role",
    },
    "a paper of its own is made, the one before stands": {
        "accounting/journal: close, export",
        "invoices/credit_notes: replace",
        "invoices/transmissions: redo, write_step",
        "organisations/payers: ask",
        "payments/reminders: set_rate",
    },
    "it is only looked at": {
        "accounting/opening: look_at_file",
        "catalogue/writing: shown",
        "imports: look",
        "payments/bank: import_file, say_columns",
        "settings/first_day: try_mail",
    },
    "what it found is named in the form, and another is refused": {
        "bookings/seats: change",
        "sessions/changing: facilitate",
        "settings/series: save",
    },
    "one choice of a few, of which whoever it is about is told": {
        "organisations/space: change",
        "settings/access: change",
    },
    "its writer alone corrects it": {"notes: correct"},
}


def overwriting() -> set[str]:
    """Every POST of the office that reads a form, and neither says what it had seen nor makes something once."""
    office, found = SOURCE / "web" / "office", dict[str, list[str]]()
    for path in office.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef) and any("post(" in ast.unparse(d) for d in node.decorator_list):
                text, calls = ast.unparse(node), called(node)
                if "Form.of(" in text and "seen=" not in text and not {"once", "opened"} & calls.keys():
                    found.setdefault(str(path.relative_to(office).with_suffix("")), []).append(node.name)
    return {f"{module}: {name}" for module, names in found.items() for name in names}


def excused() -> set[str]:
    return {
        f"{module}: {name}"
        for group in NO_WORDS_OVER.values()
        for module, _colon, names in (each.partition(": ") for each in group)
        for name in names.split(", ")
    }


def test_every_form_of_the_office_says_what_it_had_seen_or_why_not() -> None:
    assert overwriting() == excused()
