"""French is the source; what another language lacks is shown in French rather than not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from training.kernel import i18n
from training.kernel.i18n import N_, gettext, ngettext, speaking

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Bonjour"
msgstr "Hello"

msgid "Rien"
msgstr ""

#, fuzzy
msgid "Peut-être"
msgstr "Perhaps"

msgid "place"
msgid_plural "places"
msgstr[0] "seat"
msgstr[1] "seats"

msgid "jour"
msgid_plural "jours"
msgstr[0] ""
msgstr[1] ""
"""


@pytest.fixture
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small English catalogue, read instead of the real one."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "training.po").write_text(CATALOGUE)
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    i18n._catalogue.cache_clear()
    with speaking("en"):
        yield
    i18n._catalogue.cache_clear()


def test_french_is_itself() -> None:
    assert gettext("Bonjour") == N_("Bonjour") == "Bonjour"


@pytest.mark.parametrize(("n", "word"), [(0, "place"), (1, "place"), (2, "places"), (-1, "place"), (40, "places")])
def test_french_counts_none_as_one(n: int, word: str) -> None:
    assert ngettext("place", "places", n) == word


@pytest.mark.parametrize(("n", "word"), [(0, "seats"), (1, "seat"), (2, "seats")])
def test_english_counts_none_as_many(english: None, n: int, word: str) -> None:
    assert ngettext("place", "places", n) == word


def test_what_is_translated(english: None) -> None:
    assert gettext("Bonjour") == "Hello"


@pytest.mark.parametrize("text", ["Rien", "Peut-être", "Inconnu"])
def test_what_is_not_stays_french(english: None, text: str) -> None:
    assert gettext(text) == text


def test_a_plural_that_nobody_translated_is_not_empty(english: None) -> None:
    assert (ngettext("jour", "jours", 1), ngettext("jour", "jours", 3)) == ("jour", "jours")


def test_a_language_is_spoken_for_a_while() -> None:
    assert i18n.language.get() == "fr"
    with speaking("en"):
        assert i18n.language.get() == "en"
        with speaking("de"):
            assert i18n.language.get() == "fr", "a language that we do not have is the source"
        assert i18n.language.get() == "en"
    assert i18n.language.get() == "fr"
