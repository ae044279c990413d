"""Entries of the books, and the files that carry them: the FEC's eighteen columns (LPF art. A47 A-1), and ours beside.

Pure: what was sold, received and settled comes in, lines go out. Every entry balances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import count

from training.accounting.rules.accounts import LABELS, Accounts, treasury
from training.billing.rules.payments import Way

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
ANALYTIC = "CodeAnalytique"  # the nineteenth column of the files that are not the FEC


@dataclass(frozen=True, slots=True)
class ClientAccount:
    """A client's own account (compte auxiliaire). None in an entry: nobody knows yet whose money it is."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Lettering:
    """What ties an invoice to what settled it (lettrage), and the day it was whole."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class SalesPart:
    """What one sales account and analytic code get of an invoice. Cents, net; a discount may make it negative."""

    account: str | None
    analytic: str
    net_cents: int


@dataclass(frozen=True, slots=True)
class Sale:
    """An issued invoice, or a credit note (`credit`): its amounts are positive as on its paper."""

    id: int
    credit: bool
    number: str
    on: date
    client: ClientAccount
    parts: tuple[SalesPart, ...]
    vat_cents: int
    letter: Lettering | None = None


@dataclass(frozen=True, slots=True)
class SettledPart:
    """So much of a payment, for one receivable; `letter` when that is settled in whole."""

    cents: int
    letter: Lettering | None


@dataclass(frozen=True, slots=True)
class PaymentIn:
    """Money that came in. `settled` is what it settled of its own payer's, the rest waits on the payer's account."""

    id: int
    way: Way
    on: date
    cents: int
    client: ClientAccount | None
    reference: str
    settled: tuple[SettledPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Transferred:
    """Money of one account that settled what another owes (or the way back: negative)."""

    id: int
    on: date
    cents: int
    source: ClientAccount | None
    target: ClientAccount | None
    number: str
    letter: Lettering | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money given back (negative: it came back to us)."""

    id: int
    way: Way
    on: date
    cents: int
    client: ClientAccount | None
    payment: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What will not be paid."""

    id: int
    on: date
    cents: int
    client: ClientAccount
    number: str
    letter: Lettering | None = None


Source = Sale | PaymentIn | Transferred | Refunded | GivenUp


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line, as written: the fields are the columns, in order, and the analytic code."""

    journal: str
    journal_name: str
    number: str
    on: str
    account: str
    account_name: str
    client: str
    client_name: str
    piece: str
    piece_on: str
    words: str
    debit: str
    credit: str
    letter: str
    letter_on: str
    valid_on: str
    currency_amount: str
    currency: str
    analytic: str


@dataclass(frozen=True, slots=True)
class _Half:
    """One side of an entry: positive is debit. `role` is a name of `Accounts`."""

    role: str
    cents: int
    client: ClientAccount | None = None
    account: str | None = None
    analytic: str = ""
    letter: Lettering | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    journal: str
    on: date
    piece: str
    words: str
    halves: tuple[_Half, ...]


def day(on: date) -> str:
    """As the FEC writes a date."""
    return f"{on:%Y%m%d}"


def amount(cents: int) -> str:
    """As the FEC writes an amount: decimal comma, no sign, no thousands."""
    return f"{cents // 100},{cents % 100:02d}"


def letters(number: int) -> str:
    """A lettering code: AAA, AAB… never the same for two receivables."""
    code = ""
    while number or len(code) < 3:
        number, digit = divmod(number, 26)
        code = chr(ord("A") + digit) + code
    return code


def entries(sources: Iterable[Source], accounts: Accounts, first: int, valid_on: date) -> list[JournalLine]:
    """The lines of the sources that move anything, by day; entries are numbered from `first`, without a gap."""
    made = [_entry(source, accounts) for source in sources]
    numbers = count(first)
    lines: list[JournalLine] = []
    for entry in sorted((e for e in made if any(h.cents for h in e.halves)), key=lambda e: (e.on, e.journal, e.piece)):
        number = f"{next(numbers):06d}"
        lines.extend(_line(entry, half, accounts, number, valid_on) for half in entry.halves if half.cents)
    return lines


def _entry(source: Source, accounts: Accounts) -> _Entry:
    match source:
        case Sale():
            return _sale(source)
        case PaymentIn():
            return _received(source, accounts)
        case Transferred(on=on, cents=cents, letter=letter):
            halves = (_owed(source.source, cents), _owed(source.target, -cents, letter))
            return _Entry("other_journal", on, source.number, f"Affectation d’un règlement à {source.number}", halves)
        case Refunded(on=on, cents=cents):
            journal, account = treasury(source.way, accounts)
            piece = f"REG{source.payment:06d}"
            return _Entry(
                journal, on, piece, f"Remboursement {piece}", (_owed(source.client, cents), _Half(account, -cents))
            )
        case GivenUp(on=on, cents=cents, letter=letter):
            halves = (_Half("loss_account", cents), _owed(source.client, -cents, letter))
            return _Entry("other_journal", on, source.number, f"Créance abandonnée {source.number}", halves)


def _owed(client: ClientAccount | None, cents: int, letter: Lettering | None = None) -> _Half:
    return _Half("client_account" if client else "waiting_account", cents, client, letter=letter)


def _sale(sale: Sale) -> _Entry:
    sign = -1 if sale.credit else 1
    gross = sum(part.net_cents for part in sale.parts) + sale.vat_cents
    halves = (
        _owed(sale.client, sign * gross, sale.letter),
        *(
            _Half("sales_account", -sign * part.net_cents, account=part.account, analytic=part.analytic)
            for part in sale.parts
        ),
        _Half("vat_account", -sign * sale.vat_cents),
    )
    words = f"{'Avoir' if sale.credit else 'Facture'} {sale.number} {sale.client.name}"
    return _Entry("sales_journal", sale.on, sale.number, words, halves)


def _received(money: PaymentIn, accounts: Accounts) -> _Entry:
    journal, account = treasury(money.way, accounts)
    rest = money.cents - sum(part.cents for part in money.settled)
    halves = (
        _Half(account, money.cents),
        *(_owed(money.client, -part.cents, part.letter) for part in money.settled),
        _owed(money.client, -rest),
    )
    name = money.client.name if money.client else "payeur à identifier"
    piece = f"REG{money.id:06d}"
    return _Entry(journal, money.on, piece, f"Règlement {money.reference or piece} {name}", halves)


def _line(entry: _Entry, half: _Half, accounts: Accounts, number: str, valid_on: date) -> JournalLine:
    return JournalLine(
        journal=getattr(accounts, entry.journal),
        journal_name=LABELS[entry.journal],
        number=number,
        on=day(entry.on),
        account=half.account or getattr(accounts, half.role),
        account_name=LABELS[half.role],
        client=_plain(half.client.account) if half.client else "",
        client_name=_plain(half.client.name) if half.client else "",
        piece=_plain(entry.piece),
        piece_on=day(entry.on),
        words=_plain(entry.words)[:200],
        debit=amount(max(half.cents, 0)),
        credit=amount(max(-half.cents, 0)),
        letter=half.letter.code if half.letter else "",
        letter_on=day(half.letter.on) if half.letter else "",
        valid_on=day(valid_on),
        currency_amount="",
        currency="",
        analytic=_plain(half.analytic),
    )


def _plain(text: str) -> str:
    """Nothing in a field may look like the end of it."""
    return " ".join(text.replace("|", " ").split())


# Files


def write(lines: Iterable[JournalLine]) -> bytes:
    """The export as it is kept: nineteen columns, tabs. Everything else is made from these bytes."""
    rows = [[getattr(line, f.name) for f in fields(JournalLine)] for line in lines]
    return "".join("\t".join(row) + "\r\n" for row in [[*COLUMNS, ANALYTIC], *rows]).encode()


def read(kept: bytes) -> Iterator[list[str]]:
    """The rows of a kept export, its header first."""
    return (row.split("\t") for row in kept.decode().split("\r\n")[:-1])


def fec(kept: bytes) -> bytes:
    """The file of art. A47 A-1: eighteen columns, tabs, UTF-8."""
    return "".join("\t".join(row[: len(COLUMNS)]) + "\r\n" for row in read(kept)).encode()


def fec_name(siret: str, until: date) -> str:
    """As "123456789FEC20271231.txt"."""
    return f"{siret[:9]}FEC{day(until)}.txt"


def balance(lines: Sequence[JournalLine]) -> dict[str, int]:
    """Debit less credit of each entry, in cents: nothing but zeros, or the books are wrong."""
    found: dict[str, int] = {}
    for line in lines:
        moved = int(line.debit.replace(",", "")) - int(line.credit.replace(",", ""))
        found[line.number] = found.get(line.number, 0) + moved
    return found
