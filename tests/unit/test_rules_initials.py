"""Names as one or two letters: marks without a logo, faces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from training.kernel.initials import initials, mark


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mobijump", "M"),
        ("Mobijump (démonstration)", "M"),
        ("Centre social L’Escale", "CE"),
        ("Centre social L'Escale", "CE"),
        ("La Cuisine", "C"),
        ("Maison des jeunes et de la culture d’Alençon", "MA"),
        ("Claire Boussole", "CB"),
        ("Jean-Pierre de La Tour", "JT"),
        ("3 Rivières", "3R"),
        ("e\u0301cole E\u0301lan", "ÉÉ"),
        ("ßeta", "S"),
        ("De la", "DL"),
        ("(Essai)", "E"),
        ("山田太郎", "山"),
        ("👩‍🍳", ""),
        ("", ""),
    ],
)
def test_the_first_and_the_last_word_that_count(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text())
def test_any_name_has_two_letters_at_most(name: str) -> None:
    assert len(initials(name)) <= 2


@given(st.text())
def test_a_mark_is_well_formed_whatever_the_name(name: str) -> None:
    drawn = etree.fromstring(mark(initials(name), "#6d2c5b").encode())
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "".join(drawn.itertext()) == initials(name)
