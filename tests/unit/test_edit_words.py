"""Every field that an action edits has words, and each kind of value is said as people say it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

import training
from training.kernel import clock
from training.reporting.office import edits
from training.reporting.office.edit_values import FieldWords
from training.reporting.office.edit_words import EDIT_WORDS, SILENT
from training.reporting.office.edits import compared

SOURCE = Path(training.__file__).parent
# What no edit writes: keys, and what goes along with a change.
NEVER = {"id", "created_at", "updated_at", "text", "organisation", "generation"}
# Rows of which only what `change.edit` is given by name is edited: the rest changes by acts of their own.
PARTLY = {"session", "booking", "invoice", "note"}


def edited_tables() -> set[type]:
    """The tables whose rows `change.edit` writes over, by the modules that say so."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if "change.edit(" not in (text := path.read_text()):
            continue
        module = importlib.import_module(".".join(("training", *path.relative_to(SOURCE).with_suffix("").parts)))
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "change.edit":
                found.add(getattr(module, ast.unparse(call.args[0])))
    return found


def named_fields() -> set[str]:
    """The names that `change.edited("…", …)` says."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            said = isinstance(call, ast.Call) and ast.unparse(call.func) == "change.edited" and call.args[0]
            if isinstance(said, ast.Constant):
                found.add(str(said.value))
    return found


def test_every_column_that_people_edit_has_words() -> None:
    missing = set()
    for table in edited_tables():
        kind = table._meta.tablename
        columns = {column._meta.name for column in table._meta.columns} - NEVER - SILENT.get(kind, frozenset())
        if kind in PARTLY:
            assert kind in EDIT_WORDS
            continue
        missing |= {f"{kind}.{name}" for name in columns - EDIT_WORDS.get(kind, {}).keys()}
    assert missing == set(), "give them words in reporting/office/edit_words.py"


def test_every_field_that_an_action_names_has_words() -> None:
    said = {name for words in EDIT_WORDS.values() for name in words}
    assert named_fields() - said == set()


def test_what_a_field_is_named_by_is_read() -> None:
    of = {words.of for fields in EDIT_WORDS.values() for words in fields.values() if words.of}
    assert of - {"file"} <= edits.NAMED.keys()


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        ("session", "starts_at", "2027-03-09T09:00:00+01:00", "9 mars 2027 à 9\u00a0h"),
        ("platform", "issue_without_look", "true", "oui"),
        ("organisation", "taxable", "false", "non"),
        ("organisation", "country", "BE", "Belgique"),
        ("organisation", "services", '[["S1", "Voirie", true, true]]', "S1 Voirie"),
        ("organisation", "kind", "commune", "Commune"),
        ("offer", "duration_minutes", "90", "1\u00a0h\u00a030"),
        ("platform", "fiscal_year_end", "12", "31 décembre"),
        ("theme", "paper", "vert", "Vert"),
        ("theme", "paper", "of another release", "of another release"),
        ("offer", "duration_minutes", "no number", "no number"),
    ],
)
def test_values_are_said_as_people_say_them(kind: str, field: str, value: str, said: str) -> None:
    with clock.frozen(clock.now()):
        assert edits._value(value, EDIT_WORDS[kind][field], {}) == said


def test_an_id_is_said_by_its_name() -> None:
    words = FieldWords("Lieu", of="venue")
    assert edits._value("3", words, {("venue", "3"): "Foyer"}) == "Foyer"
    assert edits._value("[3, 5]", words, {("venue", "3"): "Foyer", ("venue", "5"): "Gare"}) == "Foyer, Gare"
    assert edits._value("4", words, {}) == "effacé depuis"
    assert edits._value(None, words, {}) == ""


def test_a_long_text_shows_what_differs_and_a_few_words_around() -> None:
    old = " ".join(f"mot{n}" for n in range(40))
    found = compared(old, old.replace("mot20 ", "autre "))
    assert [(piece.kind, piece.text.strip()) for piece in found] == [
        ("same", "… mot15 mot16 mot17 mot18 mot19"),
        ("gone", "mot20"),
        ("come", "autre"),
        ("same", "mot21 mot22 mot23 mot24 mot25 …"),
    ]


def test_endless_texts_are_not_compared() -> None:
    assert compared("a " * 3_000, "b " * 3_000) == []
