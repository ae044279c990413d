"""A clause is in a statement only when it filters: no SQL of ours switches one off by its parameter."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from test_layers_of_tables import texts

SOURCE = Path(__file__).parents[2] / "src" / "training"
PLACE = r"(?:\$\d+|\{\w*\})(?:::\w+(?:\[\])?)?"
OPTIONAL = re.compile(
    rf"{PLACE}\s+is\s+(?:not\s+)?null\b(?!\s+then)"  # a parameter that says whether it counts
    rf"|{PLACE}\s*=\s*''\s+or\b|\b''\s*=\s*{PLACE}\s+or\b"
    rf"|\(\s*(?:not\s+)?{PLACE}\s+or\b|\bor\s+(?:not\s+)?{PLACE}\s*\)"
    rf"|cardinality\(\s*{PLACE}\s*\)\s*=\s*0\s+or\b"
)
LIMITED = re.compile(r"\blimit\s+\$\d+")


def statements() -> list[tuple[str, str]]:
    """(file, string) of everything but the migrations, which run once."""
    files = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
    return [(str(path.relative_to(SOURCE)), text) for path in files for text in texts(ast.parse(path.read_text()))]


def test_no_parameter_switches_a_clause_off() -> None:
    found = [f"{file}: {match[0]}" for file, text in statements() for match in OPTIONAL.finditer(text)]
    assert found == [], "build the clause only when it filters (kernel/clauses.py): a plan is for all values"


def test_limits_are_written_out() -> None:
    found = [f"{file}: {match[0]}" for file, text in statements() for match in LIMITED.finditer(text)]
    assert found == [], "of a limit that it does not know PostgreSQL thinks that a tenth of all rows is wanted"


@pytest.mark.parametrize(
    "sql",
    [
        "($2::timestamptz is null or k.created_at >= $2)",
        "($1 or payer = any($2))",
        "state = $3 and ($3 = '' or x)",
        "({} is null or a = {})",
        "(a = $1 or $2)",
    ],
)
def test_the_patterns_are_seen(sql: str) -> None:
    assert OPTIONAL.search(sql)


@pytest.mark.parametrize("sql", ["(b.until is null or b.until >= $1)", "s.kind = 'open' or s.organisation = any($1)"])
def test_columns_may_be_null(sql: str) -> None:
    assert not OPTIONAL.search(sql)
