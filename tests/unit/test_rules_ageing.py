"""The columns of the aged balance, and the two ways to say them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lxml import etree

from training.accounting.formats.age_chart import chart
from training.accounting.rules.ageing import AGE_NAMES, Age, limits

TODAY = date(2027, 7, 1)


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-5, Age.NOT_DUE),
        (0, Age.NOT_DUE),
        (1, Age.TO_30),
        (30, Age.TO_30),
        (31, Age.TO_60),
        (60, Age.TO_60),
        (61, Age.TO_90),
        (90, Age.TO_90),
        (91, Age.OLDER),
        (900, Age.OLDER),
    ],
)
def test_columns(days, age) -> None:
    due_on, columns = TODAY - timedelta(days=days), (Age.NOT_DUE, Age.TO_30, Age.TO_60, Age.TO_90)
    found = next((age for age, least in zip(columns, limits(TODAY), strict=True) if due_on >= least), Age.OLDER)
    assert found == age


def test_the_chart_is_a_picture_without_a_script() -> None:
    svg = chart({age: 12_345 * n for n, age in enumerate(Age)}, AGE_NAMES)
    root = etree.fromstring(svg)
    assert not [e for e in root.iter() if str(e.tag).lower().endswith("script")]
    assert not [name for e in root.iter(etree.Element) for name in e.attrib if name.lower().startswith("on")]
    assert not [name for e in root.iter(etree.Element) for name, v in e.attrib.items() if v.startswith("http")]
    words = " ".join(root.itertext())
    assert all(name in words for name in AGE_NAMES.values())


def test_a_chart_of_nothing_is_one_too() -> None:
    assert b"<svg" in chart(dict.fromkeys(Age, 0), AGE_NAMES)
