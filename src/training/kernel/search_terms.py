"""What somebody typed to find anything, as questions to the documents of migration 0053. No I/O, no word of any trade.

A text comes here as the SQL function `fold` leaves it. Each term of it may mean several things: « mars » is a month and
the beginning of a name, « 12/03 » a day and two numbers, « 02 33 … » a telephone or numbers apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from training.kernel.typos import close

MOST = 8  # terms of a search: the rest of a text that somebody pasted is not looked for
LONGEST = 60  # characters of a word in a document
BEGUN = 2  # characters from which a word alone may be the beginning of a longer one
COUNTED = 6  # digits at most of a number that is counted up, without its zeros
NAME = "="  # before a word of a document that is of the thing's own name
CALLED = 3  # letters from which one begins the name of a month or a day
PUNCTUATION = "-_.,;:/\\()<>[]{}=|\"'`^~$%&+@#*!?"  # what the SQL function `search_words` makes spaces of

# Said beside what is sought; alone, they are looked for.
SMALL_WORDS = frozenset(
    (
        *("a", "au", "aux", "avec", "chez", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "n"),
        *("no", "numero", "par", "pour", "sur", "un", "une", "the", "of", "in", "at", "on", "for"),
        *("m", "mr", "mme", "mlle", "monsieur", "madame", "mrs", "ms", "siret", "siren", "tel", "telephone", "phone"),
    )
)
# One word that people write in several ways.
SAME = {"st": "saint", "ste": "sainte", "saint": "st", "sainte": "ste"}
MONTHS = (
    ("janvier", "january"), ("fevrier", "february"), ("mars", "march"), ("avril", "april"), ("mai", "may"),
    ("juin", "june"), ("juillet", "july"), ("aout", "august"), ("septembre", "september"), ("octobre", "october"),
    ("novembre", "november"), ("decembre", "december"),
)  # fmt: skip
DAYS = (
    ("lundi", "monday"), ("mardi", "tuesday"), ("mercredi", "wednesday"), ("jeudi", "thursday"),
    ("vendredi", "friday"), ("samedi", "saturday"), ("dimanche", "sunday"),
)  # fmt: skip
RELATIVE = {"aujourd'hui": 0, "today": 0, "demain": 1, "tomorrow": 1, "hier": -1, "yesterday": -1}

_NUMERIC_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?")
_ISO_DAY = re.compile(r"(20\d\d)-(\d{1,2})-(\d{1,2})")
_NUMBERED = re.compile(r"^(?:n°|no\.?(?=\d))")  # « n° 12 », « n°F2025-1 »
_HOUR = re.compile(r"\d{1,2}h(?:\d{2})?")  # said beside a day; no document has it
_DAY = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?")
_YEAR = re.compile(r"20\d\d")
_AMOUNT = re.compile(r"(\d+(?:[ .]\d{3})*)(?:,(\d{1,2}))?")
_FRENCH_PHONE = re.compile(r"(?:00)?33(?:0)?([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word or a code of a document; `begun`: what begins with it too, where that is asked."""

    text: str
    begun: bool = False

    def asked(self, *, begun: bool, called: bool = False) -> str:
        """As a part of a tsquery. `called`: as what a thing is called, not as what is said of it; a day is either."""
        name = NAME if called and not self.text.startswith("#") else ""
        quoted = "'{}'".format((name + self.text[:LONGEST]).replace("\\", "\\\\").replace("'", "''"))
        return f"{quoted}:*" if self.begun and begun else quoted


Reading = tuple[Lexeme, ...]  # all of them


@dataclass(frozen=True, slots=True)
class Term:
    """A part of what was typed: one of its meanings is in the document. `word`: what may be mistyped, or begun.

    `wider`: what it may mean besides, where little has the others: « mars » is this one, or that of any year.
    """

    meanings: tuple[Reading, ...]
    word: str = ""
    wider: tuple[Reading, ...] = ()

    def asked(
        self, *, wide: bool, begun: bool, near: Collection[str], instead: bool = False, called: bool = False
    ) -> str:
        """As a tsquery. `instead`: of its word; `called`: of what is in a name."""
        meanings = (*self.meanings, *self.wider) if wide else self.meanings
        if instead:  # of a word that no document has, PostgreSQL would look through all that has one of the others
            meanings = tuple(m for m in meanings if m != (Lexeme(self.word, begun=True),))
        said = [" & ".join(part.asked(begun=begun, called=called) for part in meaning) for meaning in meanings]
        meant = (Lexeme(word).asked(begun=False, called=called) for word in near)
        return " | ".join(f"({one})" for one in (*said, *meant))


def asked(
    terms: Sequence[Term],
    *,
    wide: bool = False,
    begun: Collection[str] = (),
    near: Mapping[str, Collection[str]] | None = None,
    unknown: Collection[str] = (),
    numbers: bool = False,
    called: bool = False,
) -> tuple[str, ...]:
    """A tsquery for each term. `wide`: in their wider meanings too, and words in `begun` that are only begun.

    `near`: by word, others that may have been meant; `unknown`: words that no document has; `numbers`: begun ones too;
    `called`: each in what the thing is called.
    """
    said = []
    for term in terms:
        others = (near or {}).get(term.word, ())
        said.append(
            term.asked(
                wide=wide,
                begun=wide and (term.word in begun if term.word else numbers),
                near=others,
                instead=bool(others) and term.word in unknown,
                called=called,
            )
        )
    return tuple(said)


def together(asked: Sequence[str]) -> str:
    """All of them as one tsquery."""
    return " & ".join(f"({one})" for one in asked)


def terms_of(folded: str, today: date) -> list[Term]:
    """The terms of a text that was folded; none when it has neither a letter nor a digit nor a sign of its own."""
    said = (_NUMBERED.sub("", chunk) for chunk in folded.split())
    every = [chunk for chunk in said if chunk.strip(PUNCTUATION + "€")]
    chunks = [chunk for chunk in every if not _HOUR.fullmatch(chunk)] or every
    found: list[Term] = []
    at = 0
    while at < len(chunks) and len(found) < MOST:
        taken, terms = _next(chunks[at:], today)
        found += terms
        at += taken
    weighty = [term for term in found if not (term.word in SMALL_WORDS and len(term.meanings) == 1)]
    return (weighty or found)[:MOST]


def calendar_near(word: str) -> list[str]:
    """The codes of months and days whose name somebody may have mistyped."""
    return [code for name, code in _NAMES if close(word, name)] if len(word) > CALLED else []


def _next(chunks: Sequence[str], today: date) -> tuple[int, list[Term]]:
    """The term or terms that these chunks begin with, and how many chunks they take."""
    first = chunks[0].strip(",;:!?")
    if (days := RELATIVE.get(first.replace("’", "'"))) is not None:
        return 1, [Term((_code(f"#d{today + timedelta(days=days):%Y%m%d}"),))]
    for read in (_read_day, _read_number):
        if (reading := read(chunks, today)) is not None:
            return reading
    return 1, list(_words(chunks[0], today))


def _read_day(chunks: Sequence[str], today: date) -> tuple[int, list[Term]] | None:
    """« 12 mars 2027 », « mardi 9 », « mars 2027 », « 12/03 »."""
    said = [chunk.strip(PUNCTUATION) for chunk in chunks[:4]] + ["", "", ""]
    weekday, month = _called(said[0], DAYS), _called(said[0], MONTHS)
    if weekday and (day := _day(said[1])):
        if (rest := _read_day(chunks[1:], today)) is not None:  # « mardi 9 mars »
            return rest[0] + 1, rest[1]
        return 2, [Term((_code(f"#w{weekday}.{day:02}"),))]
    if month and _YEAR.fullmatch(said[1]):
        return 2, [Term((_code(f"#m{said[1]}.{month:02}"),))]
    if (day := _day(said[0])) and (month := _called(said[1], MONTHS)):
        if _YEAR.fullmatch(said[2]):
            return 3, [Term((_code(f"#d{said[2]}{month:02}{day:02}"),))]
        return 2, [_day_of_some_year(day, month, today)]
    return _read_numeric_day(said[0], today)


def _read_numeric_day(said: str, today: date) -> tuple[int, list[Term]] | None:
    if iso := _ISO_DAY.fullmatch(said):
        return 1, [Term((_code(f"#d{iso[1]}{int(iso[2]):02}{int(iso[3]):02}"), *_compound(said)))]
    match = _NUMERIC_DAY.fullmatch(said)
    if match is None or not (1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12):
        return None
    day, month = int(match[1]), int(match[2])
    if match[3]:
        found = Term((_code(f"#d20{match[3][-2:]}{month:02}{day:02}"),))
    else:
        found = _day_of_some_year(day, month, today)
    return 1, [Term((*found.meanings, *_compound(said)), wider=found.wider)]


def _day_of_some_year(day: int, month: int, today: date) -> Term:
    """Without its year it is the last or the next one, before any other."""
    years = _years(month, today)
    return Term(tuple(_code(f"#d{year}{month:02}{day:02}") for year in years), wider=(_code(f"#d{month:02}{day:02}"),))


def _years(month: int, today: date) -> tuple[int, int]:
    """Those of the last and the next month of that name."""
    return (today.year - 1, today.year) if month >= today.month else (today.year, today.year + 1)


def _read_number(chunks: Sequence[str], _today: date) -> tuple[int, list[Term]] | None:
    """A number in one piece or in groups: a telephone, a SIRET, an amount, a reference's end."""
    groups: list[str] = []
    for chunk in chunks:
        bare = chunk.strip("€").removesuffix("eur")
        if not bare or re.search(r"[^\d.,/()+-]", bare):
            break
        groups.append(bare)
    if not groups:
        return None
    typed = " ".join(groups)
    digits = re.sub(r"\D", "", typed)
    meanings = [(Lexeme(digits, len(digits) > BEGUN),)]
    if match := _FRENCH_PHONE.fullmatch(digits):
        meanings.append((Lexeme("0" + match[1], begun=True),))
    if len(digits) == 9 and digits[0] != "0":
        meanings.append((Lexeme("0" + digits),))
    if len(stripped := digits.lstrip("0")) <= COUNTED:  # « 00042 » is the forty-second
        meanings.append((Lexeme(stripped),))
    if match := _AMOUNT.fullmatch(typed):
        euros, cents = re.sub(r"\D", "", match[1])[:12], (match[2] or "0").ljust(2, "0")
        meanings.append((Lexeme(f"#e{int(euros + cents)}"),))
    some = tuple(dict.fromkeys(m for m in meanings if all(part.text for part in m)))
    return len(groups), [Term(some, wider=tuple(_compound(typed)) if len(groups) > 1 else ())]


def _words(chunk: str, today: date) -> Iterator[Term]:
    """The words of a chunk, each a term; of what has digits in it, all its parts or all in one piece."""
    parts = _cut(chunk)
    if any(character.isdigit() for character in chunk) and "@" not in chunk:
        joined = "".join(parts)
        split = tuple(Lexeme(part) for part in re.findall(r"[a-z]+|\d+", joined))
        wider = dict.fromkeys(meaning for meaning in ((Lexeme(joined, begun=True),), split) if meaning)
        yield Term(tuple(_compound(chunk)), wider=tuple(wider))
        return
    if len(parts) > 1 and all(len(part) == 1 for part in parts):  # « V.A.E. »
        parts = ["".join(parts)]
    for part in parts:
        yield _word(part, today)


def _word(part: str, today: date) -> Term:
    meanings: list[Reading] = [(Lexeme(part, begun=True),)]
    if same := SAME.get(part):
        meanings.append((Lexeme(same),))
    wider: list[Reading] = []
    if is_calendar(part):
        meanings += [_code(f"#w{n}") for n, names in enumerate(DAYS, 1) if _begins(names, part)]
        months = [n for n, names in enumerate(MONTHS, 1) if _begins(names, part)]
        meanings += [_code(f"#m{year}.{n:02}") for n in months for year in _years(n, today)]
        wider = [_code(f"#m{n:02}") for n in months]
    return Term(tuple(dict.fromkeys(meanings)), part, tuple(wider))


def is_calendar(word: str) -> bool:
    """Whether it is the name of a month or of a day, or begins one."""
    return len(word) >= CALLED and any(_begins(names, word) for names in (*MONTHS, *DAYS))


def _begins(names: Sequence[str], word: str) -> bool:
    return any(name.startswith(word) for name in names)


def _compound(typed: str) -> list[Reading]:
    """Each of its parts, in any order."""
    return [tuple(Lexeme(part, len(part) > BEGUN) for part in parts)] if (parts := _cut(typed)) else []


def _cut(typed: str) -> list[str]:
    return typed.translate(_SPACES).split()


def _code(code: str) -> Reading:
    return (Lexeme(code),)


def _called(said: str, names: Sequence[tuple[str, str]]) -> int:
    """Which one of them this is, or begins, from 1; 0: none."""
    said = said.rstrip(".")
    found = [n for n, both in enumerate(names, 1) if len(said) >= CALLED and _begins(both, said)]
    return found[0] if len(found) == 1 else 0


def _day(said: str) -> int:
    match = _DAY.fullmatch(said)
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else 0


_SPACES = str.maketrans(dict.fromkeys(PUNCTUATION, " "))
_NAMES = [
    *((name, f"#m{n:02}") for n, both in enumerate(MONTHS, 1) for name in both),
    *((name, f"#w{n}") for n, both in enumerate(DAYS, 1) for name in both),
]
