"""Two presses, two tabs, the page before: each form that makes something makes it once, by a key of its own."""

from __future__ import annotations

import ast
import re

import asking

# What makes a row at each call; the rest changes what is there, and finds it changed already.
MAKES = re.compile(r"(add|open|invite|join|plan|register|create|write_off|credit)(_\w+)?$")
OTHERWISE = {
    "credit_and_reissue": "an invoice is replaced once: what is left of it is nothing",
    "invite": "a list of names as it is, not one more",
    "join_commune": "one typed by hand goes with it: it cannot be joined twice",
    "add_line": "a draft's lines are seen and removed one by one",
}
ONCE = {"once", "opened"}


def makers() -> set[str]:
    return {name.rpartition(".")[2] for name, _f in asking.public() if MAKES.match(name.rpartition(".")[2])}


def named(function: ast.AsyncFunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)
    }


def test_every_form_that_makes_something_makes_it_once() -> None:
    twice, found = set(), 0
    for path in sorted((asking.SOURCE / "web").rglob("*.py")):
        if "api" in path.parts:  # its `Idempotency-Key`
            continue
        for function in ast.parse(path.read_text()).body:
            if not isinstance(function, ast.AsyncFunctionDef) or not any(
                ast.unparse(mark).startswith("post(") for mark in function.decorator_list
            ):
                continue
            made = (named(function) & makers()) - OTHERWISE.keys()
            found += bool(made)
            if made and not named(function) & ONCE:
                twice.add(f"{path.relative_to(asking.SOURCE)}: {function.name} by {', '.join(sorted(made))}")
    assert found > 10
    assert twice == set()
