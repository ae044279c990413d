"""The source of the house as a tree: for tests that walk the code itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "training"
MODULES = sorted(SOURCE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    """ "bookings/actions.py" → "bookings.actions"; a folder's __init__ is the folder."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def inside(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(of: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(of) if isinstance(node, Function))


def offenders(found: Callable[[ast.AST], bool], *, but: Iterable[str] = (), among: Iterable[str] = ("",)) -> list[str]:
    """ "file:line" of every node that `found` recognises, outside the places that may."""
    return [
        f"{inside(path)}:{node.lineno}"
        for path in MODULES
        if inside(path).startswith(tuple(among)) and inside(path) not in but
        for node in ast.walk(tree(path))
        if found(node)
    ]


def calls(*names: str) -> Callable[[ast.AST], bool]:
    """Recognises a call of one of these dotted names, however its module was reached (datetime.datetime.now)."""

    def found(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        said = f".{ast.unparse(node.func)}"
        return any(said.endswith(f".{name}") for name in names)

    return found
