"""What each action asks of its actor, read from its source: the permissions, and the kinds of place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import training
from training.kernel.permissions import Permission

SOURCE = Path(training.__file__).parent


@dataclass(frozen=True, slots=True)
class Asked:
    """`places`: as "organisation", or "link:invoice"; none: at large."""

    permissions: tuple[str, ...]
    places: tuple[str, ...]


@cache
def on_the_page() -> dict[str, Asked]:
    """What docs/reference/permissions.md says that each action asks."""
    text = (SOURCE.parents[1] / "docs" / "reference" / "permissions.md").read_text()
    rows = re.findall(r"^\| `([\w.]+\.actions\.[\w.]+)` \| ([^|]+) \| ([^|]+) \|$", text, re.M)
    return {
        name: Asked(
            tuple(Permission(value).name for value in re.findall(r"`([^`]+)`", permissions)),
            tuple(sorted(re.findall(r"`([^`]+)`", places))),
        )
        for name, permissions, places in rows
    }


@cache
def rooms() -> dict[str, ast.Module]:
    """module → its source, of every room for actions."""
    found = {}
    for path in sorted([*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")]):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text())
    return found


def public() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Every public function of the rooms for actions, under its whole name."""
    for module, source in rooms().items():
        for node in source.body:
            if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_") and not node.decorator_list:
                yield f"{module}.{node.name}", node


def takes_actor(function: ast.AsyncFunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "actor"


def asked(name: str, function: ast.AsyncFunctionDef) -> Asked:
    """What an action asks itself, or by a private function of its module that it hands its actor to."""
    own = {
        f.name: f
        for f in rooms()[name.rpartition(".")[0]].body
        if isinstance(f, ast.AsyncFunctionDef | ast.FunctionDef)
    }
    permissions, places = dict[str, None](), dict[str, None]()
    for call in _questions(function, own, {function.name}):
        for node in ast.walk(call.args[0]):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Permission":
                permissions[node.attr] = None
        for keyword in call.keywords:
            places[_place(keyword)] = None
    return Asked(tuple(permissions), tuple(sorted(places)))


def _place(keyword: ast.keyword) -> str:
    if keyword.arg != "link" or not isinstance(keyword.value, ast.Tuple):
        return str(keyword.arg)
    kind = keyword.value.elts[0]
    assert isinstance(kind, ast.Constant)
    return f"link:{kind.value}"


def _questions(function: ast.AST, own: Mapping[str, ast.AST], seen: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        if ast.unparse(node.func) == "actor.must":
            yield node
        elif (
            isinstance(node.func, ast.Name)
            and node.func.id.startswith("_")
            and node.func.id in own.keys() - seen
            and any(ast.unparse(argument) == "actor" for argument in node.args)
        ):
            yield from _questions(own[node.func.id], own, seen | {node.func.id})
