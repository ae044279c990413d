"""Numbers of issued documents, and the links of their chain."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.records.rules import NUMBER_MAX, check_prefix, genesis, link, number

DAY = date(2027, 3, 9)
WHOLE = (b"\0" * 32, "F2027-00001", DAY, '{"a":1}', b"%PDF", b"<xml/>")


@pytest.mark.parametrize("prefix", ["F", "AV", "ABCDEF"])
def test_a_good_prefix(prefix: str) -> None:
    check_prefix(prefix)
    assert number(prefix, 2027, 1).startswith(prefix)


@pytest.mark.parametrize("prefix", ["", "f", "ABCDEFG", "F-", "F 1", "É", "F1", "F\n"])
def test_a_prefix_that_chorus_pro_would_refuse(prefix: str) -> None:
    with pytest.raises(ValueError, match="capital letters"):
        check_prefix(prefix)


def test_a_number_shows_the_year_and_goes_on_counting() -> None:
    assert number("F", 2027, 42) == "F2027-00042"
    assert number("F", 2028, 100_000) == "F2028-100000"


@given(st.integers(1, 10**12))
def test_a_number_is_never_longer_than_chorus_pro_takes(position: int) -> None:
    try:
        made = number("ABCDEF", 2027, position)
    except ValueError:
        assert position >= 10**9
    else:
        assert len(made) <= NUMBER_MAX == 20
        assert made.endswith(str(position))


def test_each_series_begins_apart() -> None:
    assert genesis("invoice") != genesis("credit_note")
    assert len(genesis("invoice")) == 32


@pytest.mark.parametrize(
    ("place", "other"),
    [(0, b"\1" * 32), (1, "F2027-00002"), (2, date(2027, 3, 10)), (3, '{"a":2}'), (4, b"%PDG"), (5, b""), (5, None)],
)
def test_the_link_covers_everything(place: int, other: object) -> None:
    changed = list(WHOLE)
    changed[place] = other
    assert link(*changed) != link(*WHOLE)


def test_a_byte_that_moves_from_one_part_to_the_next_is_seen() -> None:
    previous, n, day, *_ = WHOLE
    assert link(previous, n, day, "ab", b"c", b"d") != link(previous, n, day, "a", b"bc", b"d")
    assert link(previous, n, day, "a", b"bc", b"d") != link(previous, n, day, "a", b"b", b"cd")
