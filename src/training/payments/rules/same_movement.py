"""Whether a movement of a file is one that an earlier file brought, however either was written. No I/O.

A bank writes one transfer differently in CSV, OFX and CAMT.053; two people pay the same amount on the same day. So one
known line answers for one movement only, and words that contradict each other never make one of two: what is left in
doubt stays, is shown as such, and waits for a person. Money that shows twice is seen; money swallowed is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from training.payments.formats.statement import Format, Movement
from training.payments.rules.invoice_numbers import plain

ID_DAYS = timedelta(days=10)  # how far a bank's own reference carries: one file says when it was asked, another booked
AGREE = 66  # per cent of the words of whoever says less
CERTAIN = 200  # likeness by the payer's own reference
REFERENCE_LEAST = 4  # characters: a shorter one is found anywhere
COMPARED_MAX = 60  # equal amounts of one day whose words are compared one by one
# What banks write around the words of who pays.
_COMMON = frozenset(
    {
        "VIR", "VIREMENT", "VIREMENTS", "SEPA", "RECU", "INST", "INSTANTANE", "DE", "DU", "DES", "LA", "LE", "LES",
        "PAR", "POUR", "EMIS", "FAVEUR", "MOTIF", "REF", "REFERENCE", "FRM", "EID", "RNF", "CREDIT", "TRANSFER",
        "PAIEMENT", "OPERATION", "NOTPROVIDED", "CLIENT", "ORDRE",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line that an earlier file brought. `bank_ids`: the bank's references of it, each « format:reference ».

    One that is a part of a batch has « batch:… » among them.
    """

    id: int
    account: str
    format: Format
    booked_on: date
    amount_cents: int
    label: str
    payer_name: str
    reference: str
    bank_ids: tuple[str, ...] = ()
    fingerprint: bytes = b""


@dataclass(slots=True)
class Met:
    """`known`: index of a movement → the line that it is. `resembles`: → a line that it may be."""

    known: dict[int, int] = field(default_factory=dict)
    resembles: dict[int, int] = field(default_factory=dict)


def account_key(account: str) -> str:
    """What of an account's number all formats write: of a French IBAN, bank, branch and account."""
    bare = re.sub(r"[^A-Z0-9]", "", account[:60].upper())
    return bare[4:25] if re.fullmatch(r"FR\d{2}\d{10}[A-Z0-9]{11}\d{2}", bare) else bare


def same_account(one: str, other: str) -> bool:
    """Whether two numbers may be of one account: a shorter one leaves out the branch, the bank or the key."""
    short, long = sorted((account_key(one), account_key(other)), key=len)
    if len(short) < 8:
        return short == long
    return long.startswith(short) or long.endswith(short) or (long[:5] == short[:5] and long.endswith(short[5:]))


def bank_id(written: Format, movement: Movement) -> str:
    """The bank's reference as it is kept, "" when it gives none."""
    return f"{written.value}:{movement.bank_id}" if movement.bank_id else ""


_BATCH = "batch:"


def kept_ids(written: Format, movement: Movement) -> list[str]:
    """What a line keeps of a movement: the bank's reference, and the batch that it is a part of."""
    batch = f"{_BATCH}{movement.batch}" if movement.batch else ""
    return [one for one in (bank_id(written, movement), batch) if one]


def meet(account: str, written: Format, movements: Sequence[Movement], lines: Iterable[KnownLine]) -> Met:
    """Which of a file's movements are known lines. An account that is not said may be any."""
    return _Meeting(account, written, movements, lines).done()


class _Meeting:
    def __init__(
        self, account: str, written: Format, movements: Sequence[Movement], lines: Iterable[KnownLine]
    ) -> None:
        self._account, self._written, self._new = account, written, movements
        here = [line for line in lines if not account or not line.account or same_account(account, line.account)]
        self._lines = {line.id: line for line in here}
        told = Counter(bank_id(written, movement) for movement in movements)
        # a reference that several movements of a file carry says nothing of any
        self._ids = ["" if told[one] > 1 else one for one in (bank_id(written, m) for m in movements)]
        self._met = Met()
        self._free = dict(self._lines)

    def done(self) -> Met:
        """The surest first: whoever is met so is no longer there for the next."""
        self._by_bank_id()
        groups: dict[tuple[date, int], list[KnownLine]] = defaultdict(list)
        for line in self._free.values():
            groups[line.booked_on, line.amount_cents].append(line)
        new: dict[tuple[date, int], list[int]] = defaultdict(list)
        for index, movement in enumerate(self._new):
            if index not in self._met.known and (movement.booked_on, movement.amount_cents) in groups:
                new[movement.booked_on, movement.amount_cents].append(index)
        for key, indexes in new.items():
            self._by_words(indexes, groups[key])
            self._by_likeness(indexes, groups[key])
        self._batches_of_the_file()
        self._batches_that_are_known()
        return self._met

    def _batches_of_the_file(self) -> None:
        """The parts of one entry that another format brought as one line: they are that line, and no more money."""
        batches: dict[tuple[str, date], list[int]] = defaultdict(list)
        for index, movement in enumerate(self._new):
            if movement.batch and index not in self._met.known:
                batches[movement.batch, movement.booked_on].append(index)
        for (_batch, day), indexes in batches.items():
            whole = sum(self._new[i].amount_cents for i in indexes)
            lines = {x.id: x for x in self._free.values()
                     if (x.booked_on, x.amount_cents) == (day, whole) and x.format != self._written
                     and not _batch_of(x)}  # fmt: skip
            words = _telling(" ".join(f"{self._new[i].label} {self._new[i].payer_name}" for i in indexes))
            if len(indexes) > 1 and lines:
                of = {x.id: _telling(f"{x.label} {x.payer_name}") for x in lines.values()}
                best, sure = _closest(words, of)
                self._are_one(indexes, [lines[best]], sure=sure)

    def _batches_that_are_known(self) -> None:
        """One line of the file that another format brought in its parts."""
        batches: dict[tuple[str, date], list[KnownLine]] = defaultdict(list)
        for line in self._free.values():
            if (batch := _batch_of(line)) and line.format != self._written:
                batches[batch, line.booked_on].append(line)
        for (_batch, day), parts in batches.items():
            whole = sum(one.amount_cents for one in parts)
            words = _telling(" ".join(f"{one.label} {one.payer_name}" for one in parts))
            of = {i: _telling(f"{m.label} {m.payer_name}") for i, m in enumerate(self._new)
                  if (m.booked_on, m.amount_cents, m.batch) == (day, whole, "")
                  and i not in self._met.known}  # fmt: skip
            if len(parts) > 1 and of:
                best, sure = _closest(words, of)
                self._are_one([best], parts, sure=sure)

    def _are_one(self, indexes: Sequence[int], lines: Sequence[KnownLine], *, sure: bool) -> None:
        for index in indexes:
            (self._met.known if sure else self._met.resembles)[index] = lines[0].id
        for line in lines:
            self._free.pop(line.id, None)

    def _by_bank_id(self) -> None:
        """FITID, or the reference of the account's servicer: some banks give the same in both."""
        by_id: dict[str, list[KnownLine]] = defaultdict(list)
        for line in self._lines.values():
            for one in line.bank_ids:
                by_id[one.partition(":")[2]].append(line)
        for index, movement in enumerate(self._new):
            for line in by_id.get(movement.bank_id, ()) if self._ids[index] else ():
                near = abs(line.booked_on - movement.booked_on) <= ID_DAYS
                if near and line.amount_cents == movement.amount_cents and line.id in self._free:
                    self._meets(index, line)
                    break

    def _by_words(self, indexes: Sequence[int], lines: Sequence[KnownLine]) -> None:
        """The same label and reference, each line for one movement; the first of equals first."""
        by_words: dict[str, list[KnownLine]] = defaultdict(list)
        for line in sorted(lines, key=lambda one: one.id):
            by_words[_words(line.label, line.reference)].append(line)
        for index in indexes:
            movement = self._new[index]
            for line in by_words.get(_words(movement.label, movement.reference), ()):
                named = movement.payer_name and line.payer_name
                other = named and plain(movement.payer_name) != plain(line.payer_name)
                if line.id in self._free and not other and not self._contradicts(index, line):
                    self._meets(index, line)
                    break

    def _by_likeness(self, indexes: Sequence[int], lines: Sequence[KnownLine]) -> None:
        """Written in another format: by the payer's reference, by words that agree, or when one says nothing at all."""
        left = [i for i in indexes if i not in self._met.known][:COMPARED_MAX]
        free = [one for one in lines if one.id in self._free and one.format != self._written][:COMPARED_MAX]
        pairs = [(i, one) for i in left for one in free if not self._contradicts(i, one)]
        likeness = {(i, one.id): self._likeness(i, one) for i, one in pairs}
        for sure, take in ((True, self._meets), (False, self._resembles)):
            for i, one in sorted(pairs, key=lambda pair: (-likeness[pair[0], pair[1].id], pair[0], pair[1].id)):
                if (likeness[i, one.id] >= AGREE) == sure and i in left and one.id in self._free:
                    take(i, one)
                    left.remove(i)

    def _likeness(self, index: int, line: KnownLine) -> int:
        movement = self._new[index]
        if _holds(line.reference, line.label, movement.reference):
            return CERTAIN
        if _holds(movement.reference, movement.label, line.reference):
            return CERTAIN
        mine = _telling(f"{movement.label} {movement.payer_name}")
        theirs = _telling(f"{line.label} {line.payer_name}")
        if not mine or not theirs:
            # nothing speaks against it; the account does for it, if both files name it
            return AGREE if self._account and line.account else 0
        return _agreement(mine, theirs)

    def _contradicts(self, index: int, line: KnownLine) -> bool:
        """Two references of one kind that differ are two movements."""
        mine, prefix = self._ids[index], f"{self._written.value}:"
        theirs = [one for one in line.bank_ids if one.startswith(prefix)]
        return bool(mine and theirs) and mine not in theirs

    def _meets(self, index: int, line: KnownLine) -> None:
        self._met.known[index] = line.id
        self._free.pop(line.id)

    def _resembles(self, index: int, line: KnownLine) -> None:
        self._met.resembles[index] = line.id
        self._free.pop(line.id)


def _holds(reference: str, label: str, wanted: str) -> bool:
    return len(wanted) >= REFERENCE_LEAST and plain(wanted) in plain(f"{reference} {label}")


def _words(label: str, reference: str) -> str:
    return f"{label}\x1e{reference}".casefold()


def _telling(text: str) -> frozenset[str]:
    """The words that tell one transfer from another."""
    return frozenset(word for word in re.findall(r"[A-Z0-9]{2,}", plain(text[:2_000])) if word not in _COMMON)


def _agreement(mine: frozenset[str], theirs: frozenset[str]) -> int:
    """The share of words in common, per cent, of whoever says less; none when each has figures that the other lacks."""
    mine_only, theirs_only = _without(mine, theirs), _without(theirs, mine)
    if any(map(_has_figure, mine_only)) and any(map(_has_figure, theirs_only)):
        return 0
    less, less_only = min((mine, mine_only), (theirs, theirs_only), key=lambda side: len(side[0]))
    return 100 - 100 * len(less_only) // len(less)


def _closest(words: frozenset[str], of: Mapping[int, frozenset[str]]) -> tuple[int, bool]:
    """Which of some lines says most of a batch's words, and whether it is sure: they agree, or it is the only one and
    names nothing else."""
    likeness = {key: _agreement(words, theirs) if words and theirs else 0 for key, theirs in of.items()}
    best = max(of, key=lambda key: (likeness[key], -key))
    names_another = any(map(_has_figure, _without(of[best], words)))
    return best, likeness[best] >= AGREE or (len(of) == 1 and not names_another)


def _batch_of(line: KnownLine) -> str:
    return next((one for one in line.bank_ids if one.startswith(_BATCH)), "")


def _without(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The words that the others do not hold, not even cut short as banks cut them."""
    return frozenset(one for one in words - others if not any(_cut(one, other) for other in others))


def _cut(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 4 and (one.startswith(other) or other.startswith(one))


def _has_figure(word: str) -> bool:
    return any(map(str.isdigit, word))
