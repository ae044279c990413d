"""Invoice numbers as people retype them in a transfer's words, found again. No I/O.

« F2026-00042 » comes back as « F 2026 42 », « fact 2026-00042 », « F2O26 OOO42 », « F00042 », « 42 », or with others.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from training.kernel.characters import unstacked


class Strength(IntEnum):
    """How sure it is that a number was read: WEAK needs the amount, GOOD a look, STRONG says it all."""

    WEAK = 1
    GOOD = 2
    STRONG = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A number that was read: `item` as it was indexed, `words` as they stand in the text, from `start` to `end`.

    `own`: its own prefix stands before it.
    """

    item: int
    strength: Strength
    own: bool
    words: str
    start: int
    end: int


INVOICE_WORDS = {"F", "FA", "FAC", "FACT", "FACTU", "FACTURE", "FACTURES", "FC", "FT", "FV", "INV", "INVOICE"}
NUMBER_WORDS = {"N", "NO", "NUM", "NUMERO", "REF", "NR", "NUMEROS"}
# A public accountant counts its own papers too: « MANDAT 2026 42 » is no invoice of ours.
OTHER_WORDS = {
    *("MANDAT", "MANDATS", "MDT", "MAND", "BORDEREAU", "BORD", "BDX", "TITRE", "EXERCICE", "EXER", "EX", "ENGAGEMENT"),
    *("EJ", "BC", "COMMANDE", "MARCHE", "CHEQUE", "CHQ", "DEVIS", "CONTRAT", "COMPTE", "SIRET", "TEL", "CP"),
}
_DATE = re.compile(
    r"(?<![\w/.-])(?:(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:20)?\d\d|20\d\d([-/])(?:0[1-9]|1[0-2])\2"
    r"(?:0[1-9]|[12]\d|3[01]))(?![\w/.-]|\s?€)"
)
_AMOUNT = re.compile(r"\b\d{1,3}(?:[ .]?\d{3})*(?:[.,]\d{2})?\s?(?:€|EUROS?\b)|\b\d{1,3}(?:[ .]?\d{3})*[.,]00(?!\d)")
_PHONE = re.compile(r"\b0\d(?:[ .]\d\d){4}\b")
_RUN = re.compile(r"[A-Z]+|\d+")
_SOFT = re.compile(r"[\s\-_/.]*")  # what may stand inside a number
_LEADS = re.compile(r"[\s\-_/.:#°=]*")  # what may stand between a word and its number
_LISTS = re.compile(r"[\s,;+&/\-.]*(?:ET)?[\s,;+&/\-.]*")  # what may stand between two numbers of a list
WINDOW = 4  # runs of digits that one number may be broken into


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Number:
    """`2026`, `00042` of F2026-00042; without a year, of a ledger that writes none."""

    prefix: str
    year: str
    rest: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.year, *self.rest) if self.year else self.rest


_FIGURES, _FIGURE = re.compile(r"[\dO]+"), re.compile(r"\d")


def plain(text: str) -> str:
    """Capitals without accents, with zeros where somebody typed the letter O."""
    folded = unicodedata.normalize("NFKD", unstacked(text).replace("º", " ").replace("°", " "))
    upper = "".join(c for c in folded if not unicodedata.combining(c)).upper()
    return _FIGURES.sub(lambda run: run[0].replace("O", "0") if _FIGURE.search(run[0]) else run[0], upper)


def _parse(number: str) -> _Number | None:
    upper = plain(number)
    groups = re.findall(r"\d+", upper)
    if not groups:
        return None
    prefix = "".join(re.findall(r"[A-Z]+", upper.partition(groups[0])[0]))
    if len(groups) == 1 and re.fullmatch(r"20\d\d\d{2,}", groups[0]):
        groups = [groups[0][:4], groups[0][4:]]  # 2024117: the year, then the count
    if len(groups) > 1 and re.fullmatch(r"20\d\d", groups[0]):
        return _Number(prefix, groups[0], tuple(groups[1:]))
    return _Number(prefix, "", tuple(groups))


def _values(groups: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(group) for group in groups)


class NumberIndex:
    """Numbers to be looked for, by their digits: one look a place of the text, however many there are."""

    def __init__(self, numbers: Sequence[str]) -> None:
        self._numbers = {item: parsed for item, number in enumerate(numbers) if (parsed := _parse(number))}
        self._whole: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self._compact: dict[str, list[int]] = defaultdict(list)
        self._count: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for item, number in self._numbers.items():
            self._whole[_values(number.groups)].append(item)
            self._compact["".join(number.groups)].append(item)
            if number.year:
                self._count[_values(number.rest)].append(item)
                self._whole[(int(number.year) % 100, *_values(number.rest))].append(item)

    def read(self, text: str) -> list[Hit]:
        """Every number in a text, the strongest reading of each, in the order of the words."""
        upper = plain(text)
        for shape in (_AMOUNT, _DATE, _PHONE):
            upper = shape.sub(lambda found: " " * len(found[0]), upper)
        runs = [_Run(m[0], m.start(), m.end()) for m in _RUN.finditer(upper)]
        found: dict[int, Hit] = {}
        for hit in self._choose(list(self._hits(upper, runs))):
            if hit.item not in found or hit.strength > found[hit.item].strength:
                found[hit.item] = hit
        return sorted(self._continued(upper, list(found.values())), key=lambda hit: (hit.start, hit.item))

    def _hits(self, upper: str, runs: Sequence[_Run]) -> Iterator[Hit]:
        for first, run in enumerate(runs):
            if not run.text.isdigit():
                continue
            window = [run]
            while True:
                yield from self._window(upper, runs, first, window)
                following = first + len(window)
                if len(window) == WINDOW or following == len(runs) or not runs[following].text.isdigit():
                    break
                if not _SOFT.fullmatch(upper, window[-1].end, runs[following].start):
                    break
                window.append(runs[following])

    def _window(self, upper: str, runs: Sequence[_Run], first: int, window: Sequence[_Run]) -> Iterator[Hit]:
        texts = tuple(run.text for run in window)
        if max(map(len, texts)) > 15:
            return
        lead = _leading(upper, runs, first)
        glued = "".join(texts)
        readings = [(item, self._whole_strength(item, texts, lead)) for item in self._whole.get(_values(texts), ())]
        if len(glued) >= 5:
            readings += [(item, self._glued_strength(item, lead)) for item in self._compact.get(glued, ())]
        if len(texts) == 1 and re.fullmatch(r"20\d\d\d+", glued):  # the year and the count, zeros forgotten
            pair = (int(glued[:4]), int(glued[4:]))
            readings += [(item, self._weigh(item, lead, written=False)) for item in self._whole.get(pair, ())]
        readings += [(item, self._count_strength(item, texts, lead)) for item in self._count.get(_values(texts), ())]
        start, end = window[0].start, window[-1].end
        words = upper[start if lead.start is None or not lead.says else lead.start : end]
        for item, strength in readings:
            yield Hit(item, strength, lead.word == self._numbers[item].prefix, words, start, end)

    def _whole_strength(self, item: int, texts: tuple[str, ...], lead: _Lead) -> Strength:
        number = self._numbers[item]
        if number.year and len(texts) > 1 and int(texts[0]) == int(number.year):
            return self._weigh(item, lead, written=texts == number.groups)
        if number.year:  # two digits of the year
            known = lead.says == "invoice" or lead.word == number.prefix or texts[1:] == number.rest
            return Strength.GOOD if known and lead.says != "other" else Strength.WEAK
        if lead.says == "other":
            return Strength.WEAK
        if number.prefix and lead.word == number.prefix:
            return Strength.STRONG
        long = texts == number.groups and len("".join(texts)) >= 5
        return Strength.GOOD if lead.says or long else Strength.WEAK

    def _glued_strength(self, item: int, lead: _Lead) -> Strength:
        number = self._numbers[item]
        if lead.says == "other":
            return Strength.WEAK
        own = bool(number.prefix) and lead.word == number.prefix
        return Strength.STRONG if number.year or own else Strength.GOOD

    def _weigh(self, item: int, lead: _Lead, *, written: bool) -> Strength:
        if lead.says == "other":
            return Strength.WEAK
        own = lead.word == self._numbers[item].prefix
        return Strength.STRONG if own or lead.says == "invoice" or written else Strength.GOOD

    def _count_strength(self, item: int, texts: tuple[str, ...], lead: _Lead) -> Strength:
        """The count alone, without its year."""
        if lead.says == "other":
            return Strength.WEAK
        number = self._numbers[item]
        written = texts == number.rest and texts[0].startswith("0") and len(texts[0]) >= 4
        return Strength.GOOD if lead.word == number.prefix or lead.says or written else Strength.WEAK

    def _choose(self, hits: list[Hit]) -> list[Hit]:
        """Of readings that overlap, the stronger, then the longer: « 2026 42 » is not also a number 42."""
        kept: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (-hit.strength, not hit.own, hit.start - hit.end, hit.start)):
            over = [k for k in kept if k.start < hit.end and hit.start < k.end]
            same = (hit.start, hit.end, hit.strength, hit.own)
            if all((k.start, k.end, k.strength, k.own) == same for k in over):
                kept.append(hit)
        return kept

    def _continued(self, upper: str, hits: list[Hit]) -> list[Hit]:
        """« F2026-00042, 43 et 45 »: what follows a number in a list is one too."""
        done: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: hit.start):
            last = max(done, key=lambda one: one.end, default=None)
            follows = (
                last is not None
                and last.strength > Strength.WEAK
                and _LISTS.fullmatch(upper, last.end, hit.start)
                and self._numbers[last.item].year == self._numbers[hit.item].year
            )
            done.append(replace(hit, strength=Strength.GOOD) if follows and hit.strength == Strength.WEAK else hit)
        return done


@dataclass(frozen=True, slots=True)
class _Lead:
    """The word right before a number, and what it says the number is: invoice, number, other (paper), or nothing."""

    word: str = "-"  # no prefix is written so
    says: str = ""
    start: int | None = None


def _leading(upper: str, runs: Sequence[_Run], first: int) -> _Lead:
    chain = first  # of « MANDAT 2026 42 », neither 2026 nor 42 is ours
    while chain and runs[chain - 1].text.isdigit() and _SOFT.fullmatch(upper, runs[chain - 1].end, runs[chain].start):
        chain -= 1
    if chain < first:
        return _Lead(says="other") if _leading(upper, runs, chain).says == "other" else _Lead()
    before = runs[first - 1] if first else None
    if before is None or before.text.isdigit() or not _LEADS.fullmatch(upper, before.end, runs[first].start):
        return _Lead()
    if before.text in NUMBER_WORDS and first > 1 and _LEADS.fullmatch(upper, runs[first - 2].end, before.start):
        earlier = runs[first - 2]  # « FACTURE N° 42 », « MANDAT N 42 »
        if says := _says(earlier.text):
            return _Lead(before.text, says, earlier.start)
    return _Lead(before.text, _says(before.text), before.start)


def _says(word: str) -> str:
    if word in OTHER_WORDS:
        return "other"
    return "invoice" if word in INVOICE_WORDS else "number" if word in NUMBER_WORDS else ""
