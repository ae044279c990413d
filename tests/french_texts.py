"""The French texts of the source, each with the place where it stands, as `make catalogue` reads them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel.messages.extract import extract_from_dir

from training.kernel import render

PROJECT = render.PACKAGE.parents[1] / "pyproject.toml"


@dataclass(frozen=True, slots=True)
class FrenchText:
    """A text, and where it stands: `place` is its file, below the package."""

    place: str
    line: int
    words: str


def mappings() -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    """What pybabel reads of pyproject.toml: which files are read how."""
    methods: list[tuple[str, str]] = []
    options: dict[str, dict[str, str]] = {}
    for mapping in tomllib.loads(PROJECT.read_text())["tool"]["babel"]["mappings"]:
        method, found = mapping.pop("method"), mapping.pop("pattern")
        for pattern in [found] if isinstance(found, str) else found:
            methods.append((pattern, method))
            options[pattern] = mapping
    return methods, options


@cache
def texts() -> tuple[FrenchText, ...]:
    """Every text that a person reads, each form of a plural apart; those of papers too, which are in French alone."""
    found = [
        FrenchText(name, line, words)
        for name, line, said, _comments, _context in extract_from_dir(render.PACKAGE, *mappings())
        for words in ([said] if isinstance(said, str) else said)
    ]
    return (*found, *_on_paper())


def _on_paper() -> Iterator[FrenchText]:
    """The literals of the rooms that write papers: a sentence has a space; what is filled in is « {} »."""
    for path in sorted(render.PACKAGE.glob("*/documents*/**/*.py")) + sorted(render.PACKAGE.glob("*/documents.py")):
        tree = ast.parse(path.read_text())
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            words = _words(node)
            if words and " " in words and not {id(node)} & (inside | notes):
                yield FrenchText(path.relative_to(render.PACKAGE).as_posix(), getattr(node, "lineno", 0), words)


def _words(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
