"""Columns with the house's defaults, which are not Piccolo's: a forgotten value raises, a deletion never cascades."""

from __future__ import annotations

from typing import Any

from piccolo.columns import ForeignKey, OnDelete, OnUpdate, Timestamptz, Varchar
from piccolo.table import Table


def belongs_to(table: type[Table] | str, *, null: bool = False, unique: bool = False) -> ForeignKey[Any]:
    """A foreign key that is indexed, mandatory unless said otherwise, and refuses the deletion of what it points to."""
    return ForeignKey(
        references=table,
        on_delete=OnDelete.restrict,
        on_update=OnUpdate.restrict,
        null=null,
        default=None,
        index=not unique,
        unique=unique,
    )


def short_text(length: int = 200, *, null: bool = False, unique: bool = False, index: bool = False) -> Varchar:
    """A text of at most `length` characters."""
    return Varchar(length=length, default=None, null=null, unique=unique, index=index)


def instant(*, null: bool = False, index: bool = False) -> Timestamptz:
    """A `timestamptz`, given by kernel/clock.py and never by the database."""
    return Timestamptz(default=None, null=null, index=index)
