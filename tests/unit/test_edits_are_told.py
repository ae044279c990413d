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
