"""Who comes, as people type it; and what nobody types by mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.web.forms import Form
from training.web.portal import people


def read(text: str):
    form = Form({"participants": text})
    return people.read_people(form), form.errors.get("participants", "")


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("Léa Exemple", "Léa Exemple", None),
        ("Léa Exemple <lea@example.org>", "Léa Exemple", "lea@example.org"),
        ("Léa Exemple lea@example.org", "Léa Exemple", "lea@example.org"),
        ("Léa Exemple ; lea@example.org ;", "Léa Exemple", "lea@example.org"),
        ("Léa Exemple\tlea@example.org", "Léa Exemple", "lea@example.org"),
        ("Léa Exemple\xa0(lea@example.org)", "Léa Exemple", "lea@example.org"),
        ("« Léa » d’Exemple, lea@example.org", "« Léa » d’Exemple", "lea@example.org"),
        ('"Exemple, Léa" <lea@example.org>', "Exemple, Léa", "lea@example.org"),
        ("lea@example.org", "", "lea@example.org"),
    ],
)
def test_a_name_and_its_address_however_they_stand_together(line, name, email):
    assert people.split(line) == (name, email)


def test_two_addresses_in_a_line_are_asked_about():
    found, error = read("Léa <lea@example.org> <max@example.org>")
    assert found[0].email is None
    assert error.startswith("Ligne 1")


# each of these held the whole program for seconds, or would have
HOSTILE = ["a@" * 5000 + "<", "<" * 100_000, " ;" * 50_000 + "@", "@" * 100_000, "a" * 1_000_000, ",(" * 40_000 + "a@b"]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_nobody_types_is_refused_without_being_matched(line, monkeypatch):
    monkeypatch.setattr(people, "split", lambda _line: pytest.fail("too long to be read"))
    found, error = read(line)
    assert found[0].email is None
    assert error.startswith("Ligne 1")


def test_more_names_than_any_room_holds_are_refused_before_they_are_read():
    found, error = read("Léa Exemple\n" * (people.PEOPLE_MAX + 1))
    assert found == ()
    assert str(people.PEOPLE_MAX) in error


@given(st.text(alphabet="ab@<>(),; \"'.\t\xa0é", max_size=people.LINE_MAX))
def test_whatever_is_typed_nothing_of_it_is_lost(line):
    name, email = people.split(line)
    if email is None:
        assert name == line
    else:
        assert email in line
        assert not set(email) & set("<>(),; \t\xa0")
        assert "@" not in name
