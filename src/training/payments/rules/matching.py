"""Which invoices a transfer pays: proposed by number and amount, with the reason in words. People confirm. No I/O.

A public accountant pays for many communes from one account: the payer's name and IBAN never decide; they only put
candidates of equal weight in order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from training.kernel.i18n import _, ngettext
from training.kernel.render import euros
from training.payments.rules.invoice_numbers import Hit, NumberIndex, Strength, plain

CANDIDATES_MAX = 8  # of one amount: beyond, a person searches


class Kind(StrEnum):
    """What a proposal rests on."""

    EXACT = "exact"  # one number, its amount
    SEVERAL = "several"  # several numbers, their sum
    PARTIAL = "partial"  # less than what is due
    OVER = "over"  # more than what is due
    AMOUNT_ONLY = "amount_only"  # no number that could be read
    NONE = "none"


@dataclass(frozen=True, slots=True)
class OpenReceivable:
    """An open receivable. `issued`: anything that sorts as time does; the oldest is settled first."""

    id: int
    number: str
    payer_name: str
    due_cents: int
    issued: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that came in, with the words it came with."""

    amount_cents: int
    label: str
    reference: str = ""
    payer_name: str = ""
    payer_iban: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`settles`: receivable → cents, at most the amount. `sure`: numbers in full and the exact amount, once.

    `candidates`: receivables of the same amount to choose among, the likeliest first.
    """

    kind: Kind
    settles: dict[int, int]
    why: str
    sure: bool = False
    candidates: tuple[int, ...] = ()


class Matcher:
    """Receivables, indexed by the digits of their numbers and by what is due.

    Settled ones are among them (nothing due): a transfer that names one must not be taken for another of its amount.
    """

    def __init__(self, owed: Iterable[OpenReceivable]) -> None:
        self._owed = list(owed)
        self._numbers = NumberIndex([one.number for one in self._owed])
        self._by_amount: dict[int, list[OpenReceivable]] = defaultdict(list)
        for one in self._owed:
            if one.due_cents > 0:
                self._by_amount[one.due_cents].append(one)

    def match_all(self, lines: Sequence[Incoming]) -> list[Proposal]:
        """A proposal for each line; of two lines that would settle the same invoice, neither is sure."""
        found = [self.match(line) for line in lines]
        asked, named = Counter[int](), Counter[int]()
        for proposal in found:
            asked.update(proposal.settles)
            if proposal.kind != Kind.AMOUNT_ONLY:  # an amount alone does not contest a number
                named.update(proposal.settles)
        due = {one.id: one.due_cents for one in self._owed}

        def contested(proposal: Proposal) -> bool:
            claims = asked if proposal.kind == Kind.AMOUNT_ONLY else named
            return any(claims[id_] > due[id_] for id_ in proposal.settles)

        return [_doubted(one) if contested(one) else one for one in found]

    def match(self, line: Incoming) -> Proposal:
        """What a line pays."""
        if line.amount_cents == 0:
            used = _("Cet argent est déjà utilisé, depuis la page de son règlement : classez la ligne sans facture.")
            return Proposal(Kind.NONE, {}, used)
        if line.amount_cents < 0:
            return Proposal(Kind.NONE, {}, _("De l’argent qui sort ne règle aucune facture."))
        read = self._numbers.read(f"{line.label} | {line.reference}")
        hits = [hit for hit in read if self._owed[hit.item].due_cents > 0]
        if len(hits) < len(read) and (proposal := self._paid_already(read, hits)):
            return proposal
        for least in (Strength.STRONG, Strength.GOOD):
            named = [hit for hit in hits if hit.strength >= least]
            if named and (proposal := self._by_number(line, named, least)):
                return proposal
        return self._by_strongest(line, hits) or self._by_weakest(line, hits) or self._by_amount_alone(line)

    def _paid_already(self, read: list[Hit], hits: list[Hit]) -> Proposal | None:
        if any(hit.strength > Strength.WEAK for hit in hits):
            return None
        paid = [self._owed[hit.item].number for hit in read if hit.strength == Strength.STRONG]
        if not paid:
            return None
        words = _("Plus rien à régler sur {numbers} : payée, ou annulée par un avoir. Vérifiez avant de rembourser.")
        return Proposal(Kind.OVER, {}, words.format(numbers=", ".join(paid)))

    def _by_number(self, line: Incoming, hits: list[Hit], least: Strength) -> Proposal | None:
        """All the numbers read at this strength, and exactly their sum."""
        for chosen in _readings(hits, self._owed, line.amount_cents):
            total = sum(owed.due_cents for owed, _hit in chosen)
            if total != line.amount_cents:
                continue
            settles = {owed.id: owed.due_cents for owed, _hit in chosen}
            sure = least == Strength.STRONG and _unambiguous(hits)
            if len(chosen) == 1:
                return Proposal(Kind.EXACT, settles, _exactly(*chosen[0]), sure)
            words = ngettext("{n} numéro lu, somme exacte : {numbers}.", "{n} numéros lus, somme exacte : {numbers}.",
                             len(chosen))  # fmt: skip
            names = ", ".join(owed.number for owed, _hit in chosen)
            return Proposal(Kind.SEVERAL, settles, words.format(n=len(chosen), numbers=names), sure)
        return None

    def _by_strongest(self, line: Incoming, hits: list[Hit]) -> Proposal | None:
        """A number was read, the amount is another: part of it, or too much. A bare « 42 » is not enough for that."""
        known = [hit for hit in hits if hit.strength > Strength.WEAK]
        if not known:
            return None
        strong = [hit for hit in known if hit.strength == Strength.STRONG]
        enough = sum(self._owed[hit.item].due_cents for hit in strong) >= line.amount_cents
        named = strong if enough else known
        if not _unambiguous(named):
            ids = tuple(self._owed[hit.item].id for hit in named)
            return Proposal(Kind.NONE, {}, _("Un numéro se lit de plusieurs façons, et le montant ne tranche pas."),
                            candidates=_ordered(self._owed, ids, line)[:CANDIDATES_MAX])  # fmt: skip
        owed = sorted((self._owed[hit.item] for hit in named), key=lambda one: (one.issued, one.number, one.id))
        total = sum(one.due_cents for one in owed)
        numbers = ", ".join(one.number for one in owed)
        if line.amount_cents > total:
            words = _("{numbers} : il reste {due}, le virement est de {over} de plus. Le surplus est un trop-perçu.")
            said = words.format(numbers=numbers, due=euros(total), over=euros(line.amount_cents - total))
            return Proposal(Kind.OVER, {one.id: one.due_cents for one in owed}, said)
        words = _("{numbers} : il reste {due}, le virement en règle {amount}.")
        said = words.format(numbers=numbers, due=euros(total), amount=euros(line.amount_cents))
        return Proposal(Kind.PARTIAL, _fill(owed, line.amount_cents), said)

    def _by_weakest(self, line: Incoming, hits: list[Hit]) -> Proposal | None:
        """Bare figures: one that is the count of an invoice of exactly this amount, or all of them and their sum."""
        exact = [hit for hit in hits if self._owed[hit.item].due_cents == line.amount_cents]
        return self._by_number(line, exact if len(exact) == 1 else hits, Strength.WEAK) if hits else None

    def _by_amount_alone(self, line: Incoming) -> Proposal:
        same = self._by_amount.get(line.amount_cents, [])
        if not same:
            return Proposal(Kind.NONE, {}, _("Ni numéro ni montant ne correspondent à une facture due."))
        if len(same) == 1:
            words = _("Aucun numéro lu. {number} est la seule facture due de ce montant : vérifiez le donneur d’ordre.")
            said = words.format(number=same[0].number)
            return Proposal(Kind.AMOUNT_ONLY, {same[0].id: same[0].due_cents}, said, candidates=(same[0].id,))
        words = _("Aucun numéro lu. {n} factures dues sont de ce montant : choisissez la bonne.")
        ids = _ordered(same, tuple(one.id for one in same), line)[:CANDIDATES_MAX]
        return Proposal(Kind.AMOUNT_ONLY, {}, words.format(n=len(same)), candidates=ids)


def _readings(hits: list[Hit], owed: Sequence[OpenReceivable], amount: int) -> list[list[tuple[OpenReceivable, Hit]]]:
    """How the hits may be read: where one place reads as several invoices, that whose sum falls right, if one does."""
    places: dict[tuple[int, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        places[hit.start, hit.end].append(hit)
    ways: list[list[tuple[OpenReceivable, Hit]]] = [[]]
    for readings in places.values():
        ways = [[*way, (owed[hit.item], hit)] for way in ways for hit in readings][:64]
    exact = [way for way in ways if sum(one.due_cents for one, _hit in way) == amount]
    return exact if len(exact) == 1 else []


def _unambiguous(hits: list[Hit]) -> bool:
    return len({(hit.start, hit.end) for hit in hits}) == len(hits)


def _exactly(owed: OpenReceivable, hit: Hit) -> str:
    if hit.strength == Strength.WEAK:
        words = _("« {words} » peut être {number}, et le montant est exact : vérifiez le donneur d’ordre.")
    elif hit.strength == Strength.GOOD:
        words = _("« {words} » se lit {number}, et le montant est exact.")
    else:
        words = _("Numéro {number} lu, montant exact.")
    return words.format(words=" ".join(hit.words.split()), number=owed.number)


def _fill(owed: Sequence[OpenReceivable], cents: int) -> dict[int, int]:
    """The oldest first, as far as the money goes."""
    settles: dict[int, int] = {}
    for one in owed:
        part = min(one.due_cents, cents)
        if part:
            settles[one.id], cents = part, cents - part
    return settles


def _doubted(proposal: Proposal) -> Proposal:
    words = _("Un autre virement vise la même facture : un seul des deux la règle.")
    return replace(proposal, sure=False, why=f"{proposal.why} {words}")


def _ordered(owed: Iterable[OpenReceivable], ids: tuple[int, ...], line: Incoming) -> tuple[int, ...]:
    """Candidates of equal weight: those whose name the transfer carries come first, then the oldest."""
    said = _words(f"{line.payer_name} {line.label}")
    wanted = set(ids)
    among = [one for one in owed if one.id in wanted]
    among.sort(key=lambda one: (-len(_words(one.payer_name) & said), one.issued, one.number, one.id))
    return tuple(one.id for one in among)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[A-Z]{3,}", plain(text)) if word not in _COMMON)


_COMMON = frozenset({"DES", "LES", "COMMUNE", "VILLE", "MAIRIE", "VIR", "VIREMENT", "SEPA", "DRFIP", "DGFIP", "SGC"})
