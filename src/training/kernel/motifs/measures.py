"""What a drawing may count. It counts up to what stays legible: beyond, and below, it shows the nearest it can."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_PEOPLE, _MOST_MINUTES, _MOST_CENTS = 40, 12 * 60, 480_00


@dataclass(frozen=True, slots=True)
class Measures:
    """A seed for what is only varied, and numbers, None when they are not known."""

    seed: int
    group: int | None = None  # how many people it is made for
    minutes: int | None = None
    cents: int | None = None
    count: int | None = None  # how many people come

    def bounded(self) -> Measures:
        """The same for a drawing: numbers that look alike are alike, so that few drawings are kept."""
        return Measures(
            self.seed,
            _within(0, self.group, _MOST_PEOPLE),
            _within(0, self.minutes, _MOST_MINUTES),
            _within(0, self.cents, _MOST_CENTS),
            _within(0, self.count, _MOST_PEOPLE),
        )

    def people(self, least: int, most: int, usual: int) -> int:
        """The group, to be drawn one by one."""
        return clamp(least, usual if self.group is None else self.group, most)

    def crowd(self, each: int, least: int, most: int, usual: int) -> int:
        """Who comes, or else the group: one figure for `each` of them."""
        coming = self.group if self.count is None else self.count
        return clamp(least, usual if coming is None else coming // each, most)

    def hours(self, least: int, most: int, usual: int, times: int = 1) -> int:
        """`times` for each hour; half an hour counts half."""
        return clamp(least, usual if self.minutes is None else self.minutes * times // 60, most)

    def price(self) -> float:
        """How far the needle of a price goes, from 0 (free) to 1; half way when it is not known."""
        return 0.5 if self.cents is None else clamp(0, self.cents, _MOST_CENTS) / _MOST_CENTS


def clamp(least: int, value: int, most: int) -> int:
    """The nearest to `value` that is not outside."""
    return max(least, min(value, most))


def _within(least: int, value: int | None, most: int) -> int | None:
    return None if value is None else clamp(least, value, most)
