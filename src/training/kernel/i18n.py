"""The reader's language: French is the source, other languages are gettext catalogues in `locale/`.

`_` translates now, in the language of the current context; `N_` only marks a text that is translated later.
"""

from __future__ import annotations

import contextlib
import gettext as gettext_module
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from babel.support import Translations

LOCALE = Path(__file__).parents[1] / "locale"
SOURCE = "fr"
LANGUAGES = ("fr", "en")

language: ContextVar[str] = ContextVar("language", default=SOURCE)


class _Catalogue(Translations):
    """A catalogue read from its .po file: no compiled copy to forget."""


@cache
def _catalogue(code: str) -> gettext_module.NullTranslations:
    path = LOCALE / code / "LC_MESSAGES" / "training.po"
    if not path.exists():
        return gettext_module.NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=code)
    catalogue = _Catalogue()
    texts: dict[str | tuple[str, int], str] = {}
    for message in messages:
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, (list, tuple)):
            for index, text in enumerate(message.string):
                texts[(message.id[0], index)] = text
        else:
            texts[message.id] = str(message.string)
    catalogue._catalog = texts
    catalogue.plural = lambda n: int(n != 1)
    return catalogue


def gettext(text: str) -> str:
    """`text` (French) in the reader's language; itself when there is no translation."""
    code = language.get()
    return text if code == SOURCE else _catalogue(code).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The right number of a text. In French 0 and 1 are singular, which `NullTranslations` does not know."""
    code = language.get()
    if code == SOURCE:
        return one if abs(n) < 2 else many
    return _catalogue(code).ngettext(one, many, n)


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
