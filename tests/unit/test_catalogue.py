"""The English catalogue says all that the French source says, no more, and fits where the French stood."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import mail_samples
from french_texts import PROJECT, mappings
from training.demo import letters
from training.kernel import clock, i18n, render
from training.kernel.i18n import SOURCE, gettext, ngettext, speaking
from training.messages.actions.outgoing import Reader, write

PO = i18n.LOCALE / "en" / "LC_MESSAGES" / "training.po"
NEXT_STEP = "run `make catalogue`, then translate in " + str(PO.relative_to(PROJECT.parent))

HOLE = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|</?(?:a|br|code|em|strong)\b[^>]*>")  # printf, str.format, HTML
MARKS = {"_", "N_", "gettext", "ngettext"}


class Extracted(NamedTuple):
    catalogue: Catalog
    alone: frozenset[str]  # what is said without a number
    in_templates: frozenset[str]


@cache
def extracted() -> Extracted:
    """What the source says now."""
    source, alone, in_templates = Catalog(), set(), set()
    for name, _line, said, _comments, context in extract_from_dir(render.PACKAGE, *mappings()):
        source.add(said, context=context)
        if isinstance(said, str):
            alone.add(said)
        if Path(name).suffix != ".py":
            in_templates.update([said] if isinstance(said, str) else said)
    return Extracted(source, frozenset(alone), frozenset(in_templates))


@cache
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def messages(of: Catalog) -> dict[object, Message]:
    return {message.id: message for message in of if message.id}


def forms(message: Message) -> list[tuple[str, str]]:
    """Each French form beside its English one."""
    french = [message.id] if isinstance(message.id, str) else list(message.id)
    english = [message.string] if isinstance(message.string, str) else list(message.string)
    return list(zip(french, english, strict=True))


def test_every_text_of_the_source_is_there_and_no_other() -> None:
    source, known = messages(extracted().catalogue).keys(), messages(catalogue()).keys()
    assert len(source) > 1000
    assert not source - known, NEXT_STEP
    assert not known - source, NEXT_STEP
    assert not catalogue().obsolete, NEXT_STEP


def test_every_text_is_translated() -> None:
    assert not [m.id for m in messages(catalogue()).values() if not m.string or not all(m.string)], NEXT_STEP
    assert not [m.id for m in messages(catalogue()).values() if m.fuzzy]
    assert not catalogue().fuzzy


def test_what_is_filled_in_is_the_same() -> None:
    for message in messages(catalogue()).values():
        for french, english in forms(message):
            assert Counter(HOLE.findall(french)) == Counter(HOLE.findall(english)), french


def test_spaces_at_the_ends_and_lines_are_the_same() -> None:
    for message in messages(catalogue()).values():
        for french, english in forms(message):
            for ends in (r"^\s*", r"\s*$"):
                assert re.findall(ends, french) == re.findall(ends, english), french
            assert french.count("\n") == english.count("\n"), french


def test_english_is_not_set_as_french_is() -> None:
    for message in messages(catalogue()).values():
        for french, english in forms(message):
            assert not re.search(r"[«»]|\w'\w|(?<=\w) [:;!?](?=\s|$)", english), french


def test_a_percent_sign_of_a_template_is_written_twice() -> None:
    """Jinja's gettext formats every text, filled in or not: « 200 % sans » is a hole, and « 5 % de » an error."""
    in_templates = extracted().in_templates
    for message in messages(catalogue()).values():
        for french, english in forms(message):
            if french in in_templates:
                for text in (french, english):
                    assert "%" not in HOLE.sub("", text.replace("%%", "")), text


def test_a_word_alone_and_its_singular_are_said_alike() -> None:
    """gettext keeps one entry for _("Date") and ngettext("Date", "Dates", n)."""
    with speaking("en"):
        for message in messages(catalogue()).values():
            if not isinstance(message.id, str) and message.id[0] in extracted().alone:
                assert gettext(message.id[0]) == message.string[0]


def marked(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            yield node


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield child
            yield from outside_functions(child)


def test_every_text_of_the_code_can_be_extracted_and_is_translated_when_read() -> None:
    calls = 0
    for path in render.PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for call in marked(tree):
            calls += 1
            built = [a for a in call.args if isinstance(a, (ast.JoinedStr, ast.BinOp))]
            assert not built, f"{path}:{call.lineno}: a text that is put together is in no catalogue"
        for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
            inside = [call for call in marked(text) if any(isinstance(given, ast.Constant) for given in call.args)]
            assert not inside, f"{path}:{text.lineno}: in an f-string, only Python 3.12 and newer see what is marked"
        for node in outside_functions(tree):
            early = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS - {"N_"}
            assert not early, f"{path}:{getattr(node, 'lineno', 0)}: translated once for all; mark it with N_"
    assert calls > 400


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Réserver", "Book"),
        ("Séances", "Sessions"),
        ("Numéro d’engagement", "Purchase order number"),
        ("Code service", "Service code"),
        ("Structure", "Organisation"),
        ("Cette séance est complète : choisissez une autre date, ou appelez-nous.",
         "This session is full: choose another date, or call us."),
    ],
)  # fmt: skip
def test_words_of_the_house(french: str, english: str) -> None:
    assert gettext(french) == french
    with speaking("en"):
        assert gettext(french) == english


@pytest.mark.parametrize(("n", "english"), [(0, "0 seats"), (1, "1 seat"), (2, "2 seats"), (21, "21 seats")])
def test_numbers(n: int, english: str) -> None:
    with speaking("en"):
        assert ngettext("%(num)d place", "%(num)d places", n) % {"num": n} == english
        shown = render.pages().from_string('{{ ngettext("%(num)d place", "%(num)d places", n) }}').render(n=n)
    assert shown == english
    assert ngettext("%(num)d place", "%(num)d places", n) % {"num": n} == f"{n} place" + ("s" if n > 1 else "")


def test_the_catalogue_declares_english_plurals() -> None:
    assert catalogue().num_plurals == 2
    assert catalogue().plural_expr == "(n != 1)"
    for message in messages(catalogue()).values():
        assert isinstance(message.id, str) or len(message.string) == 2


def test_a_page_is_in_english() -> None:
    with speaking("en"):
        shown = render.pages().get_template("parts/state.html").module
        assert "3 seats left" in shown.seats_left(3)
        assert "1 seat left" in shown.seats_left(1)
        assert "Full" in shown.seats_left(0)


@pytest.mark.parametrize("name", [*letters.OCCASIONS, *mail_samples.TURNS])
def test_a_mail_is_in_english(name: str) -> None:
    with clock.frozen(mail_samples.NOW):
        letter, platform = mail_samples.every()[name]
        assert letter.to.locale == SOURCE
        french = write(letter, platform)
        to = Reader(letter.to.name, letter.to.email, "en")
        english = write(replace(letter, to=to), platform)
    assert re.search(r"^Hello[^,]*,$", english.text, re.MULTILINE)
    assert english.subject != french.subject
    for message in messages(catalogue()).values():
        for source, said in forms(message):
            if len(source.split()) > 1 and source != said and not HOLE.search(source):
                assert source not in english.text, source
