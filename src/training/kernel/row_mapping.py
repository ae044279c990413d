"""Rows of a statement as frozen dataclasses: every column becomes what its field says that it is. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_Convert = Callable[[Any], Any]
_Tree = tuple[tuple[str, "_Tree"], ...]  # the fields of a dataclass, each with those of the one that it is
_SEQUENCES: tuple[type, ...] = (tuple, list, frozenset, set)  # what an array of PostgreSQL may be read as
_KNOWN: dict[type[Any], Callable[[Mapping[str, Any]], Any]] = {}


def maker(shape: type[T]) -> Callable[[Mapping[str, Any]], T]:
    """What makes a `shape` of a row, worked out once from its annotations.

    An enum is made of its value, a tuple of an array, and a field that is a dataclass itself of the array that bears
    its name, or else of the columns that bear its fields' names, and those of the values inside it; it is None where it
    may be and all of them are. A field with a default needs no column.
    """
    if (known := _KNOWN.get(shape)) is None:
        known = _KNOWN[shape] = _worked_out(shape)
    return known


def columns(shape: type[Any]) -> tuple[str, ...]:
    """The columns that a `shape` is made of, in the order of its fields: what a plain select of one table names."""
    hints = get_type_hints(shape)
    found = ((columns(part) if (part := _part(hints[field.name])) else (field.name,)) for field in fields(shape))
    return tuple(name for names in found for name in names)


def _worked_out(shape: type[T]) -> Callable[[Mapping[str, Any]], T]:
    hints = get_type_hints(shape)
    nested = {name: part for name, hint in hints.items() if (part := _part(hint))}
    converted = {name: made for name, hint in hints.items() if name not in nested and (made := _converter(hint))}
    if not nested and not converted:
        return lambda row: shape(**row)
    converters, parts = tuple(converted.items()), tuple(_gatherer(name, hints[name]) for name in nested)

    def make(row: Mapping[str, Any]) -> T:
        values = dict(row)
        for name, convert in converters:
            if name in values:
                values[name] = convert(values[name])
        for gather in parts:
            gather(values)
        return shape(**values)

    return make


def _part(hint: Any) -> type | None:
    """The dataclass that a field is, or may be."""
    found = [kind for kind in _kinds(hint) if isinstance(kind, type) and is_dataclass(kind)]
    return found[0] if found else None


def _gatherer(name: str, hint: Any) -> Callable[[dict[str, Any]], None]:
    part, optional = _part(hint), NoneType in _kinds(hint)
    assert part is not None  # noqa: S101 - the caller found it
    make: _Convert = maker(part)
    tree = _tree(part)

    def gather(values: dict[str, Any]) -> None:
        if name in values:
            array = values[name] or ()
            values[name] = None if optional and all(value is None for value in array) else part(*array)
        else:
            own = _taken(tree, values)
            values[name] = None if optional and all(value is None for value in own.values()) else make(own)

    return gather


def _tree(shape: type) -> _Tree:
    hints = get_type_hints(shape)
    return tuple((field.name, _tree(part) if (part := _part(hints[field.name])) else ()) for field in fields(shape))


def _taken(tree: _Tree, values: dict[str, Any]) -> dict[str, Any]:
    """What a value is made of, taken out of its row."""
    own: dict[str, Any] = {}
    for name, inner in tree:
        if name in values:
            own[name] = values.pop(name)
        else:
            own |= _taken(inner, values)
    return own


def _converter(hint: Any) -> _Convert | None:
    """What a value as PostgreSQL gives it has to go through; None when it is right as it is."""
    kinds = _kinds(hint)
    optional = NoneType in kinds
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return _Members(kind, optional).__getitem__
        if (origin := get_origin(kind)) in _SEQUENCES:
            return _sequence(origin, _converter(get_args(kind)[0]), optional)
    return None


def _sequence(origin: Callable[[Any], Any], each: _Convert | None, optional: bool) -> _Convert:
    def convert(values: Any) -> Any:
        if values is None and optional:
            return None
        return origin(map(each, values) if each else values)

    return convert


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


class _Members(dict[Any, Any]):
    """An enum's members by their value, three times as fast as calling it; what is no value is refused in its words."""

    def __init__(self, enum: type[Enum], optional: bool) -> None:
        super().__init__({member.value: member for member in enum})
        self.enum = enum
        if optional:
            self[None] = None

    def __missing__(self, value: object) -> Any:
        return self.enum(value)
