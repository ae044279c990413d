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


@cache
def imported(module: str) -> dict[str, tuple[str, str | None]]:
    """name → (module, function or None for a module) of what a module imports from us."""
    path = next(p for p in MODULES if name_of(p) == module)
    ours: dict[str, tuple[str, str | None]] = {}
    modules = {name_of(p) for p in MODULES}
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("training."):
            base = (node.module or "").removeprefix("training.")
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                ours[alias.asname or alias.name] = (whole, None) if whole in modules else (base, alias.name)
    return ours


def callee(module: str, node: ast.AST) -> tuple[str, str] | None:
    """The function of ours that a call calls: its module and its name."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name):
        where, name = imported(module).get(node.func.id, (module, node.func.id))
        return (where, name) if name else None
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        where, name = imported(module).get(node.func.value.id, ("", ""))
        return (where, node.func.attr) if name is None else None
    return None
