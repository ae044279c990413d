"""Figures and the table they are printed in: what was measured, what it must be, and what a strong peer does."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One line. With a limit it can fail: at least `at_least`, or at most `at_most`, in the unit of `value`."""

    name: str
    value: float
    unit: str
    note: str = ""
    at_least: float | None = None
    at_most: float | None = None
    peer: str = ""

    @property
    def limited(self) -> bool:
        """Whether there is something to miss."""
        return self.at_least is not None or self.at_most is not None

    @property
    def met(self) -> bool:
        """Whether the limit, if any, is kept."""
        enough = self.at_least is None or self.value >= self.at_least
        return enough and (self.at_most is None or self.value <= self.at_most)

    @property
    def limit(self) -> str:
        """As "≥ 40 %"."""
        if self.at_least is not None:
            return f"≥ {_number(self.at_least)} {self.unit}"
        return f"≤ {_number(self.at_most)} {self.unit}" if self.at_most is not None else ""


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one subject."""

    title: str
    figures: tuple[Figure, ...]


def share(name: str, ratio: float, at_least: float, note: str = "") -> Figure:
    """A ratio, shown in per cent, that must reach a limit (in per cent)."""
    return Figure(name, 100 * ratio, "%", note, at_least=at_least)


def show(parts: Sequence[Part], console: Console) -> bool:
    """Print everything; True when every limit is kept."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("here", justify="right", no_wrap=True)
    table.add_column("limit", justify="right", no_wrap=True)
    table.add_column("a strong peer", justify="right", no_wrap=True)
    table.add_column("how")
    for part in parts:
        table.add_row(Text(part.title, style="bold"))
        for figure in part.figures:
            style = "" if not figure.limited else "green" if figure.met else "bold red"
            here = Text(f"{_number(figure.value)} {figure.unit}", style=style)
            table.add_row("  " + figure.name, here, figure.limit, figure.peer, Text(figure.note, style="dim"))
        table.add_section()
    console.print(table)
    missed = [figure.name for part in parts for figure in part.figures if not figure.met]
    if missed:
        console.print(Text(f"Missed: {'; '.join(missed)}", style="bold red"))
    return not missed


def percentile(values: Sequence[float], per_cent: int) -> float:
    """A percentile between measured values."""
    return statistics.quantiles(values, n=100, method="inclusive")[per_cent - 1] if len(values) > 1 else values[0]


def _number(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"
