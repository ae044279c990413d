"""The French texts of the source, each with the place where it stands, as `make catalogue` reads them."""

from __future__ import annotations

import tomllib
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
    """Every text that a person reads, each form of a plural apart."""
    return tuple(
        FrenchText(name, line, words)
        for name, line, said, _comments, _context in extract_from_dir(render.PACKAGE, *mappings())
        for words in ([said] if isinstance(said, str) else said)
    )
