"""The reader's language: French is the source, other languages are gettext catalogues in `locale/`.

`_` translates now, in the language of the current context; `N_` only marks a text that is translated later.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parents[1] / "locale"
SOURCE = "fr"
LANGUAGES = ("fr", "en")

language: ContextVar[str] = ContextVar("language", default=SOURCE)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """A language's texts, read from its .po file: there is no compiled copy to forget."""

    one: dict[str, str]
    numbers: dict[str, tuple[str, ...]]


@cache
def _catalogue(code: str) -> _Catalogue:
    path = LOCALE / code / "LC_MESSAGES" / "training.po"
    one: dict[str, str] = {}
    numbers: dict[str, tuple[str, ...]] = {}
    if path.exists():
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if not message.id or not message.string or not all(message.string) or message.fuzzy:
                    continue
                if isinstance(message.id, (list, tuple)):
                    one.setdefault(message.id[0], message.string[0])
                    numbers[message.id[0]] = tuple(message.string)
                else:
                    one[message.id] = str(message.string)
    return _Catalogue(one, numbers)


def gettext(text: str) -> str:
    """`text` (French) in the reader's language; itself when there is no translation."""
    code = language.get()
    return text if code == SOURCE else _catalogue(code).one.get(text, text)


def ngettext(one: str, many: str, n: int) -> str:
    """The right number of a text. In French 0 and 1 are singular, which `NullTranslations` does not know."""
    code = language.get()
    if code == SOURCE:
        return one if abs(n) < 2 else many
    singular, plural = _catalogue(code).numbers.get(one, (one, many))[:2]
    return singular if n == 1 else plural


_ = gettext


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools know
    """Mark a text for the catalogue; it is translated when shown."""
    return text


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Read and write in `code` for the current context (a mail is written in its reader's language)."""
    token = language.set(code if code in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        language.reset(token)
