"""Rows as dataclasses: enums, arrays and values inside values come out as their annotations say."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

import training
from training.kernel.row_mapping import columns, maker

SOURCE = Path(training.__file__).parent


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Plain:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int = 1


@dataclass(frozen=True, slots=True)
class Painted:
    id: int
    colour: Colour
    size: Size
    under: Colour | None
    others: tuple[Colour, ...] = ()
    words: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Maybe:
    id: int
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Framed:
    name: str
    inside: Maybe


@dataclass(frozen=True, slots=True)
class Look:
    name: str
    paper: str


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    look: Look | None


@dataclass(frozen=True, slots=True)
class Hung:
    id: int
    shown: Shown


def test_a_value_is_made_of_the_array_that_bears_its_name_and_leaves_the_other_columns() -> None:
    assert maker(Shown)({"name": "Repair", "look": ["Bicycles", "green"]}) == Shown("Repair", Look("Bicycles", "green"))
    assert maker(Shown)({"name": "Repair", "look": [None, None]}) == Shown("Repair", None)
    assert maker(Shown)({"name": "Repair", "look": None}) == Shown("Repair", None)


def test_the_array_of_a_value_within_a_value_is_found() -> None:
    row = {"id": 1, "name": "Repair", "look": ["Bicycles", "green"]}
    assert maker(Hung)(row) == Hung(1, Shown("Repair", Look("Bicycles", "green")))


def test_a_plain_row_is_made_as_it_is() -> None:
    assert maker(Plain)({"id": 1, "name": "red"}) == Plain(1, "red")


def test_every_column_becomes_what_its_field_says() -> None:
    row = {"id": 1, "colour": "red", "width": 2, "under": None, "others": ["blue", "red"], "words": ["a"]}
    made = maker(Painted)(row)
    assert made == Painted(1, Colour.RED, Size(2), None, (Colour.BLUE, Colour.RED), ("a",))
    assert type(made.colour) is Colour
    assert [type(other) for other in made.others] == [Colour, Colour]
    assert row["colour"] == "red", "the row was changed"


def test_a_value_that_is_nobodys_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="'green' is not a valid Colour"):
        maker(Painted)({"id": 1, "colour": "green", "width": 2, "under": None})


@pytest.mark.parametrize("column", ["colour", "others"])
def test_null_is_refused_where_there_is_always_a_value(column: str) -> None:
    row = {"id": 1, "colour": "red", "width": 2, "height": 3, "under": None, "others": []}
    with pytest.raises((ValueError, TypeError)):
        maker(Painted)({**row, column: None})


def test_a_value_is_none_where_all_its_columns_are() -> None:
    assert maker(Maybe)({"id": 1, "width": None, "height": None}).size is None
    assert maker(Maybe)({"id": 1, "width": 2, "height": 3}).size == Size(2, 3)


def test_a_value_inside_a_value_takes_its_own_columns_and_all_are_named_in_order() -> None:
    assert maker(Framed)({"name": "x", "id": 1, "width": 2, "height": 3}) == Framed("x", Maybe(1, Size(2, 3)))
    assert columns(Framed) == ("name", "id", "width", "height")


@pytest.mark.parametrize("shape", [Plain, Painted])
def test_a_column_too_many_is_a_mistake(shape: type) -> None:
    row = {"id": 1, "name": "x"} if shape is Plain else {"id": 1, "colour": "red", "width": 1, "under": None}
    with pytest.raises(TypeError, match="more"):
        maker(shape)({**row, "more": 1})


def test_every_shape_that_a_statement_is_read_into_can_be_worked_out() -> None:
    """Its annotations name types that are there when it runs, not while types are checked only."""
    worked_out = 0
    for file in SOURCE.rglob("*.py"):
        calls = [n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Call) and _reads(n.func)]
        names = {n.args[0].id for n in calls if isinstance(n.args[0], ast.Name)} - {"shape"}
        if names:
            module = importlib.import_module(".".join(("training", *file.relative_to(SOURCE).with_suffix("").parts)))
            worked_out += len([maker(getattr(module, name)) for name in names])
    assert worked_out > 100


def test_nothing_converts_again_what_a_row_holds_converted() -> None:
    """`Way(view.way)` of a `way: Way`, wherever every class agrees what a field of that name is."""
    trees = [ast.parse(file.read_text()) for file in SOURCE.rglob("*.py") if "demo" not in file.parts]
    kinds: dict[str, set[str]] = defaultdict(set)
    for node in (
        inner for one in trees for cls in ast.walk(one) if isinstance(cls, ast.ClassDef) for inner in cls.body
    ):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kinds[node.target.id] |= {kind.strip() for kind in ast.unparse(node.annotation).split("|")}
    again = [
        ast.unparse(node)
        for one in trees
        for node in ast.walk(one)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1
        if isinstance(of := node.args[0], ast.Attribute)
        if node.func.id in kinds[of.attr] and not kinds[of.attr] & {"str", "int", "bool"}
    ]
    assert again == []


def _reads(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in {"row", "rows"}
        and isinstance(function.value, ast.Name)
        and function.value.id == "db"
    )
