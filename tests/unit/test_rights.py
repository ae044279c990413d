"""Every action asks its actor, as the page of permissions says; and every action has a door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

import asking
from training.kernel.permissions import Permission

# Reached from outside the rooms for actions, and given no actor: nobody is known yet, or nothing is decided.
NOBODY_ASKS = {
    "calendar.actions.feeds.seen": "a program polled: nothing was decided",
    "calendar.actions.make_feed.file": "keeps what was written: the address is secret, and was checked",
    "identity.actions.keys.refuse_unknown": "a key that is none was shown: it is counted, nothing is decided",
    "identity.actions.signin.request": "anybody may ask to come in, so often",
    "identity.actions.signin.peek": "reads only: whose link it is",
    "identity.actions.signin.by_link": "the link is the authority, once",
    "identity.actions.signin.by_code": "the code is the authority, in the browser that asked",
    "identity.actions.signin.sign_out": "the cookie is the authority",
    "identity.actions.signin.slide": "a browser was here again: nothing was decided",
    "records.actions.sent_forms.once": "runs the action of a form, which asks",
    "payments.actions.stripe_events.receive": "the signature is the authority",
}

# Actions that no page, command, reaction or timetable leads to yet. The list may only shrink.
WITHOUT_A_DOOR = {}
DOORS_MISSING_MOST = 0  # lower it with the list


# Asking


def test_every_action_that_has_an_actor_asks_what_the_page_says() -> None:
    found = {name: asking.asked(name, f) for name, f in asking.public() if asking.takes_actor(f)}
    silent = [name for name, asked in found.items() if not asked.permissions]
    assert silent == [], "actor.must(Permission.…, place=…), and a line in docs/reference/permissions.md"
    assert asking.on_the_page().keys() == found.keys(), "a line in docs/reference/permissions.md for each action"
    for name, asked in found.items():
        page = asking.on_the_page()[name]
        assert (set(asked.permissions), asked.places) == (set(page.permissions), page.places), name


def test_what_has_no_actor_is_called_by_actions_only() -> None:
    """A part of another action asks nothing: whoever calls it has asked. So nobody else may call it."""
    parts = {name for name, f in asking.public() if not asking.takes_actor(f)}
    assert {name for name in parts if any(not in_a_room(where) for where in users()[name])} == set(NOBODY_ASKS)


def test_an_action_asks_before_it_changes_anything() -> None:
    """Above the question there are only reads and what is written down for the audit."""
    late = [
        f"{name}:{node.lineno}"
        for name, f in asking.public()
        if asking.takes_actor(f)
        for node in ast.walk(f)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith((".insert", ".update", ".delete", "outbox.put", "db.execute"))
        and node.lineno < first_question(f)
    ]
    assert late == []


def first_question(function: ast.AsyncFunctionDef) -> int:
    """The line where it asks, or hands its actor on to what asks."""
    return min(
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and (
            ast.unparse(node.func) == "actor.must"
            or (ast.unparse(node.func).startswith("_") and "actor" in map(ast.unparse, node.args))
        )
    )


def test_only_the_guard_asks_whether_a_permission_is_held_anywhere() -> None:
    found = {
        module
        for module, source in modules().items()
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute) and node.attr == "holds_somewhere"
    }
    assert found == {"web.auth"}


def test_permissions_are_asked_by_their_name() -> None:
    """`Permission.X`, never its text: a permission that is renamed is found."""
    texts = {permission.value for permission in Permission}
    found = [
        f"{module}:{node.lineno}"
        for module, source in modules().items()
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith((".may", ".must"))
        and any(isinstance(argument, ast.Constant) and argument.value in texts for argument in node.args)
    ]
    assert found == []


def test_templates_ask_for_permissions_that_exist() -> None:
    """A name mistyped there would hide a link from everybody, without a word."""
    pages = sorted((asking.SOURCE / "templates").rglob("*.html"))
    asked = {name for page in pages for name in re.findall(r"""\.may\(\s*["']([^"']+)["']""", page.read_text())}
    assert asked
    assert asked <= {permission.value for permission in Permission}


# Doors


def test_every_action_has_a_door() -> None:
    """A page, a command, a reaction or the timetable leads to it, at once or through another action."""
    reached = {name for name in users() if any(not in_a_room(where) for where in users()[name])}
    while more := {name for name in users() if name not in reached and users()[name] & reached}:
        reached |= more
    without = {name for name, _f in asking.public()} - reached
    assert without == set(WITHOUT_A_DOOR), "give it a door; whoever gave one to a known action takes it off the list"
    assert len(WITHOUT_A_DOOR) <= DOORS_MISSING_MOST


def test_the_demonstration_is_no_door() -> None:
    assert "demo.seed._offers" not in users()["catalogue.actions.offers.add_offer"]
    assert any(where.startswith("web.office") for where in users()["scheduling.actions.planning.plan_session"])


# Reading the source


@cache
def modules() -> dict[str, ast.Module]:
    """Ours, without the demonstration: it only plays the platform's people."""
    names = {path: path.relative_to(asking.SOURCE) for path in sorted(asking.SOURCE.rglob("*.py"))}
    return {
        ".".join(inside.with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_text())
        for path, inside in names.items()
        if inside.parts[0] != "demo"
    }


def in_a_room(where: str) -> bool:
    return where.rpartition(".")[0] in asking.rooms()


@cache
def users() -> dict[str, set[str]]:
    """function of a room for actions → the functions (or modules) that name it."""
    found: dict[str, set[str]] = {
        f"{module}.{node.name}": set()
        for module, source in asking.rooms().items()
        for node in source.body
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }
    for module, source in modules().items():
        known = _imported(source)
        for node in source.body:
            where = f"{module}.{getattr(node, 'name', '')}"
            for name in _named(node, known, module):
                if name in found and name != where and not isinstance(node, ast.ImportFrom):
                    found[name].add(where)
    return found


def _imported(source: ast.Module) -> dict[str, str]:
    """name → what of ours it stands for."""
    return {
        alias.asname or alias.name: f"{(node.module or '').removeprefix('training.')}.{alias.name}"
        for node in source.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("training.")
        for alias in node.names
    }


def _named(node: ast.AST, known: dict[str, str], module: str) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield known.get(inner.id, f"{module}.{inner.id}")
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id in known:
            yield f"{known[inner.value.id]}.{inner.attr}"


@pytest.mark.parametrize("name", sorted({**NOBODY_ASKS, **WITHOUT_A_DOOR}))
def test_what_is_excused_still_exists(name: str) -> None:
    assert name in {found for found, _f in asking.public()}
