"""What runs needs nothing that only tests and checks bring: `make demo` and the image install without them."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "training"


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports, wherever it does."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_what_is_imported_is_asked_for_by_name() -> None:
    """Not by way of another package either: that one may stop to bring it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[^\w.-]", line)[0].lower() for line in project["dependencies"]}
    known = packages_distributions()
    foreign = {
        name: path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for name in imported(path) - set(sys.stdlib_module_names) - {"training"}
        if asked.isdisjoint(distribution.lower() for distribution in known.get(name, ()))
    }
    assert foreign == {}
