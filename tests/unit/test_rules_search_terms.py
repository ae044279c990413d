"""What a text that somebody typed asks of documents: words, numbers as people say them, days."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel.search_terms import MOST, asked, terms_of, together
from training.kernel.typos import close, forgiven, slips

TODAY = date(2027, 3, 1)


def codes(typed: str, *, wide: bool = True) -> set[str]:
    """The days, months and amounts that a text may mean."""
    return set(re.findall(r"#[a-z][0-9.]+", together(asked(terms_of(typed, TODAY), wide=wide))))


def lexemes(typed: str) -> set[str]:
    return set(re.findall(r"'([^']*)'", together(asked(terms_of(typed, TODAY), wide=True))))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mars", {"#m03"}), ("mardi", {"#w2"}), ("mar", {"#m03", "#w2"}), ("9 mars", {"#d0309"}),
        ("1er mars", {"#d0301"}), ("mardi 9", {"#w2.09"}), ("mardi 9 mars", {"#d0309"}),
        ("mardi 9 mars 2027", {"#d20270309"}), ("mars 2027", {"#m2027.03"}), ("12/03", {"#d0312"}),
        ("12-3-27", {"#d20270312"}), ("12.03.2027", {"#d20270312"}), ("nov. 2026", {"#m2026.11"}),
        ("aujourd'hui", {"#d20270301"}), ("demain", {"#d20270302"}), ("hier", {"#d20270228"}),
        ("march 9", {"#m03", "#e900"}),
        ("480", {"#e48000"}), ("480,00", {"#e48000"}), ("480,5", {"#e48050"}), ("1 250 €", {"#e125000"}),
        ("1250,40", {"#e125040"}), ("32 mars", {"#e3200", "#m03"}), ("13/14", set()), ("ma", set()),
    ],
)  # fmt: skip
def test_days_and_amounts_as_people_say_them(typed: str, meant: set[str]) -> None:
    found = codes(typed)
    assert meant <= found
    assert {code for code in found - meant if not re.match("#[dm]20", code)} == set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mars", {"#m2026.03", "#m2027.03"}), ("février", {"#m2027.02", "#m2028.02"}),
        ("9 mars", {"#d20260309", "#d20270309"}), ("12/01", {"#d20270112", "#d20280112"}),
    ],
)  # fmt: skip
def test_without_a_year_it_is_the_last_or_the_next_before_any_other(typed: str, meant: set[str]) -> None:
    assert codes(typed.replace("é", "e"), wide=False) == meant
    assert codes(typed.replace("é", "e")) > meant


@given(st.text(alphabet="0123456789", min_size=8, max_size=8), st.sampled_from([" ", ".", "-", "", "/"]))
def test_a_telephone_is_the_same_however_it_is_written(digits: str, between: str) -> None:
    pairs = ["0" + "2", *(digits[n : n + 2] for n in range(0, 8, 2))]
    french = between.join(pairs)
    meant = "02" + digits
    for typed in (french, f"+33 2{between}{french[2:].strip(between)}", f"0033 2 {digits}", f"+33 (0)2 {digits}"):
        assert meant in lexemes(typed), typed


@given(st.text(alphabet="0123456789", min_size=14, max_size=14))
def test_a_siret_is_the_same_in_groups(digits: str) -> None:
    groups = f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}"
    assert digits in lexemes(groups) & lexemes(digits)


@given(st.lists(st.sampled_from(["velo", "alencon", "sees", "dupont"]), unique=True, min_size=1))
def test_the_order_of_words_says_nothing(words: list[str]) -> None:
    one, other = terms_of(" ".join(words), TODAY), terms_of(" ".join(reversed(words)), TODAY)
    assert set(one) == set(other)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_few_terms_with_every_sign_quoted(typed: str) -> None:
    terms = terms_of(typed.lower(), TODAY)
    assert len(terms) <= MOST
    bare = re.sub(r"'(?:[^'\\]|''|\\\\)*'", "x", together(asked(terms)))
    assert re.fullmatch(r"[x():*|& ]*", bare), bare


def test_small_words_are_looked_for_when_they_are_alone() -> None:
    assert lexemes("velo a sees en mars") == {"velo", "sees", "mars", "#m03", "#m2026.03", "#m2027.03"}
    assert lexemes("de la") == {"de", "la"}


@pytest.mark.parametrize(
    ("typed", "meant", "n"),
    [
        ("velo", "velo", 0),
        ("vleo", "velo", 1),
        ("vlo", "velo", 1),
        ("alenzon", "alencon", 1),
        ("alemson", "alencon", 2),
    ],
)
def test_slips_are_counted(typed: str, meant: str, n: int) -> None:
    assert slips(typed, meant) == slips(meant, typed) == n


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=8))
def test_slips_are_as_many_both_ways_and_no_more_than_letters(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one) <= max(len(one), len(other))
    assert (slips(one, other) == 0) == (one == other)


def test_a_short_word_forgives_nothing() -> None:
    assert [forgiven(word) for word in ("sap", "sees", "flers", "argent")] == [0, 1, 1, 2]
    assert not close("sap", "cap")
    assert not close("sees", "sees")
