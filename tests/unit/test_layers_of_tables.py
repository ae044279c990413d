"""What import-linter cannot see of the layers: the tables that a package's SQL names, and those that it writes."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from piccolo.columns import ForeignKey

from training.piccolo_app import APP_CONFIG

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "training"

NAME = r"[a-z_][a-z0-9_]*"
# what may stand after a table that is no alias of it
WORDS = "as|cross|for|full|group|having|inner|join|left|limit|natural|on|order|returning|right|set|union|using|where"
ITEM = rf"{NAME}(?:\s+(?:as\s+)?(?!(?:{WORDS})\b){NAME})?"
LIST = rf"{ITEM}(?:\s*,\s*{ITEM})*"
BEGUN = re.compile(rf"^\s*({NAME})(?:\s+{NAME})?\s+(?:left\s+)?join\b")  # a source that another string says « from » of
READ = re.compile(rf"\b(?:from|join|using)\s+(?:only\s+|lateral\s+)?({LIST})")
WRITTEN = re.compile(rf"\b(?:insert\s+into|update|delete\s+from|truncate)\s+(?:only\s+)?({NAME})")
CTE = re.compile(rf"\b({NAME})\s+(?:\([^()]*\)\s+)?as\s+(?:materialized\s+|not\s+materialized\s+)?\(")


@cache
def owners() -> dict[str, str]:
    """table → the package whose `tables` declares it."""
    return {table._meta.tablename: table.__module__.split(".")[1] for table in APP_CONFIG.table_classes}


@cache
def ranks() -> dict[str, int]:
    """package → how high it stands, 0 being the lowest."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name: rank for rank, layer in enumerate(reversed(layers)) for name in re.findall(NAME, layer)}


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string of a module but its docstrings. What an f-string fills in is left out: it is a string elsewhere."""
    said = {id(node.body[0].value) for node in ast.walk(tree) if has_docstring(node)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else " ? " for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said | inside:
            yield node.value


def has_docstring(node: ast.AST) -> bool:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, documented) and ast.get_docstring(node) is not None


def named(sql: str) -> set[str]:
    """The tables that a piece of SQL reads or writes."""
    lists = [part for found in (*READ.findall(sql), *BEGUN.findall(sql)) for part in found.split(",")]
    names = {part.split()[0] for part in lists} | set(WRITTEN.findall(sql))
    return (names - set(CTE.findall(sql))) & owners().keys()


def written(sql: str) -> set[str]:
    """The tables that a piece of SQL writes."""
    return set(WRITTEN.findall(sql)) & owners().keys()


def packages() -> list[str]:
    """Those of the layers; demo and migrations stand beside them."""
    return sorted(name for name in ranks() if (SOURCE / name).is_dir())


@cache
def strings(package: str) -> tuple[tuple[str, str], ...]:
    """(file, string) of a whole package."""
    return tuple(
        (path.relative_to(SOURCE).as_posix(), text)
        for path in sorted((SOURCE / package).rglob("*.py"))
        for text in texts(ast.parse(path.read_text()))
    )


def test_sql_names_no_table_from_above() -> None:
    up = [
        f"{file}: {table} is {owners()[table]}'s"
        for package in packages()
        for file, text in strings(package)
        for table in sorted(named(text))
        if owners()[table] != package and ranks()[owners()[table]] >= ranks()[package]
    ]
    assert up == [], "what joins several domains for a page is reporting's"


def test_a_package_writes_its_own_tables_only() -> None:
    others = [
        f"{file}: {table} is {owners()[table]}'s"
        for package in packages()
        for file, text in strings(package)
        for table in sorted(written(text))
        if owners()[table] != package
    ]
    assert others == [], "call an action of the package whose table it is"


def test_no_package_imports_the_tables_of_another() -> None:
    """Its own tables do, for their keys: what is imported elsewhere could be written past its owner's actions."""
    foreign = [
        f"{path.relative_to(SOURCE)}: {node.module}"
        for package in packages()
        for path in sorted((SOURCE / package).rglob("*.py"))
        if "tables" not in path.relative_to(SOURCE).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and "tables" in (module := (node.module or "").split("."))
        if module[:2] != ["training", package]
    ]
    assert foreign == []


def test_keys_point_downward() -> None:
    up = {
        f"{table._meta.tablename}.{key._meta.name}"
        for table in APP_CONFIG.table_classes
        for key in table._meta.columns
        if isinstance(key, ForeignKey)
        for target in [key._foreign_key_meta.resolved_references._meta.tablename]
        if owners()[target] != owners()[table._meta.tablename]
        if ranks()[owners()[target]] >= ranks()[owners()[table._meta.tablename]]
    }
    assert up == set()


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select 1 from invoice i, payment as p left join receipt t on true", {"invoice", "payment", "receipt"}),
        ("with money as (select 1 from payment), invoice as (select 2) select * from invoice, money", {"payment"}),
        ("insert into billable (id) select id from booking for update of booking", {"billable", "booking"}),
        ("update session set state = $1 from slot where exists (select from only offer)", {"session", "slot", "offer"}),
        ("select 1 from organisation join contact on true where 1 = 2", {"organisation", "contact"}),
        ("participant p left join booking b on true", {"participant", "booking"}),
        ("delete from signin_session using account a", {"signin_session", "account"}),
        ("une phrase from nowhere, update of nothing", set()),
    ],
)
def test_tables_are_found_in_sql(sql: str, names: set[str]) -> None:
    assert named(sql) == names


def test_the_strings_of_a_module_are_read_whole_and_its_docstrings_are_not() -> None:
    tree = ast.parse('''"""from invoice"""
def f(table):
    """from payment"""
    return f"select 1 from {table} join receipt on {table}.id" + "from session"
''')
    assert list(texts(tree)) == ["select 1 from  ?  join receipt on  ? .id", "from session"]


def test_every_table_but_a_few_is_named_somewhere() -> None:
    """Or this file looks in the wrong place."""
    seen = {table for package in packages() for _file, text in strings(package) for table in named(text)}
    assert len(owners().keys() - seen) < 10
    assert {"invoice", "mail", "calendar_fragment", "payment_pause", "journal_exported"} <= seen
