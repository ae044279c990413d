"""The acts, in the order in which they are done; each begins on the home, « Aujourd’hui »."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from person import Person

Doing = Callable[[Person], None]


@dataclass(frozen=True)
class Act:
    """One of them. `name`: its docstring."""

    group: str
    doing: Doing

    @property
    def name(self) -> str:
        assert self.doing.__doc__ is not None
        return self.doing.__doc__.rstrip(".")


ACTS: list[Act] = []


def act(group: str) -> Callable[[Doing], Doing]:
    """Enter one."""

    def entered(doing: Doing) -> Doing:
        ACTS.append(Act(group, doing))
        return doing

    return entered
