"""What was sold, received and settled, as entries of the books: every entry balances. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from training.accounting.rules.accounts import LABELS, Accounts, treasury
from training.billing.rules.payments import Way


@dataclass(frozen=True, slots=True)
class ClientAccount:
    """A client's own account (compte auxiliaire). None in an entry: nobody knows yet whose money it is.

    `control`: the collective account that an earlier export wrote it under; None: the accountant's of today.
    """

    account: str
    name: str
    control: str | None = None


@dataclass(frozen=True, slots=True)
class SalesPart:
    """What one account and analytic code get of an invoice. Cents, net; a discount may make it negative.

    `deposit`: it is of a deposit, asked or taken off, which is no sale before the final invoice (PCG, 4191).
    """

    account: str | None
    analytic: str
    net_cents: int
    deposit: bool = False


@dataclass(frozen=True, slots=True)
class SettledPart:
    """So much of a payment, or of a credit note, for one receivable."""

    cents: int
    receivable: int
    client: ClientAccount | None = None  # as the invoice was exported


@dataclass(frozen=True, slots=True)
class Sale:
    """An issued invoice, or a credit note (`credit`): its amounts are positive as on its paper.

    `waiting_cents`: what of its VAT is due when it is paid (CGI art. 269-2 c). `kept`: role → account, as exported.
    """

    id: int
    credit: bool
    number: str
    on: date
    client: ClientAccount
    parts: tuple[SalesPart, ...]
    vat_cents: int
    waiting_cents: int = 0
    receivable: int | None = None
    settled: tuple[SettledPart, ...] = ()  # of a credit note
    kept: Mapping[str, str] = field(default_factory=dict)


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
    receivable: int | None = None


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
    """What will not be paid. `waiting_cents`: the VAT of it, which was never due."""

    id: int
    on: date
    cents: int
    client: ClientAccount
    number: str
    receivable: int | None = None
    waiting_cents: int = 0
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VatDue:
    """VAT that is due now, for its invoice was paid in so far. `id`: the settlement; negative when that was undone."""

    id: int
    on: date
    cents: int
    number: str
    kept: Mapping[str, str] = field(default_factory=dict)


Source = Sale | PaymentIn | Transferred | Refunded | GivenUp | VatDue
KINDS: dict[type[Source], str] = {
    Sale: "invoice",
    PaymentIn: "payment",
    Transferred: "settlement",
    Refunded: "settlement",
    GivenUp: "settlement",
    VatDue: "vat",
}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One side of an entry. `cents`: positive is debit. `role`: a name of `Accounts`, or OWN. `letter`: lettrage."""

    role: str
    account: str
    account_name: str
    cents: int
    client: str = ""
    client_name: str = ""
    analytic: str = ""
    receivable: int | None = None
    letter: str = ""
    letter_on: date | None = None


OWN = "own_account"  # the role of an account that an offer names itself


@dataclass(frozen=True, slots=True)
class BookEntry:
    """An entry: its lines balance. `kind` and `id`: what it tells, null where an old export does not say."""

    journal: str
    journal_name: str
    on: date
    piece: str
    words: str
    kind: str | None
    id: int | None
    lines: tuple[EntryLine, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """Where it stands among others: by day, the same each time."""
        return (self.on, self.journal, self.piece, self.words, self.kind or "", self.id or 0)


@dataclass(frozen=True, slots=True)
class _Half:
    role: str
    cents: int
    client: ClientAccount | None = None
    account: str | None = None
    analytic: str = ""
    receivable: int | None = None


def letters(number: int) -> str:
    """A lettering code: AAA, AAB… never the same for two receivables."""
    code = ""
    while number or len(code) < 3:
        number, digit = divmod(number, 26)
        code = chr(ord("A") + digit) + code
    return code


def entries(sources: Iterable[Source], accounts: Accounts) -> list[BookEntry]:
    """The entries of the sources that move anything, by day."""
    made = (_entry(source, accounts) for source in sources)
    return sorted((entry for entry in made if entry.lines), key=lambda entry: entry.order)


def lettered(found: Iterable[BookEntry], settled: Mapping[int, date]) -> list[BookEntry]:
    """The same, with the letters of what is whole among them: their lines add up to nothing on each account.

    `settled`: receivables that are settled in whole → the day. A letter is never dated before an entry that bears it.
    A letter that an old export gave is kept while it balances here.
    """
    kept = list(found)
    sums: dict[tuple[str, str, str], int] = {}
    days: dict[str, date] = {}
    for entry in kept:
        for line in entry.lines:
            if code := _code(line, settled):
                key = (code, line.account, line.client)
                sums[key] = sums.get(key, 0) + line.cents
                said = line.letter_on or settled.get(line.receivable or 0) or entry.on
                days[code] = max(days.get(code, said), said, entry.on)
    broken = {code for (code, _account, _client), cents in sums.items() if cents}
    return [
        replace(entry, lines=tuple(_tied(line, _code(line, settled), broken, days) for line in entry.lines))
        for entry in kept
    ]


def _code(line: EntryLine, settled: Mapping[int, date]) -> str:
    return letters(line.receivable) if line.receivable in settled and line.receivable else line.letter


def _tied(line: EntryLine, code: str, broken: set[str], days: Mapping[str, date]) -> EntryLine:
    if not code or code in broken:
        return replace(line, letter="", letter_on=None)
    return replace(line, letter=code, letter_on=days[code])


def _entry(source: Source, accounts: Accounts) -> BookEntry:
    journal, piece, words, halves = _told(source, accounts)
    lines = tuple(_line(half, accounts) for half in halves if half.cents)
    return BookEntry(
        getattr(accounts, journal), LABELS[journal], source.on, piece, words, KINDS[type(source)], source.id, lines
    )


_Told = tuple[str, str, str, tuple[_Half, ...]]


def _told(source: Source, accounts: Accounts) -> _Told:
    """(journal, piece, words, halves) of a source."""
    match source:
        case Sale():
            return _sale(source)
        case PaymentIn():
            return _received(source, accounts)
        case Transferred(cents=cents, receivable=receivable, number=number):
            moved = (_owed(source.source, cents), _owed(source.target, -cents, receivable))
            return "other_journal", number, f"Affectation d’un règlement à {number}", moved
        case Refunded(cents=cents):
            journal, account = treasury(source.way, accounts)
            piece = f"REG{source.payment:06d}"
            return journal, piece, f"Remboursement {piece}", (_owed(source.client, cents), _Half(account, -cents))
        case GivenUp(cents=cents, number=number):
            lost = (
                _Half("loss_account", cents - source.waiting_cents),
                _kept("vat_waiting_account", source.waiting_cents, source.kept),
                _owed(source.client, -cents, source.receivable),
            )
            return "other_journal", number, f"Créance abandonnée {number}", lost
        case VatDue(cents=cents, number=number):
            due = (_kept("vat_waiting_account", cents, source.kept), _kept("vat_account", -cents, source.kept))
            return "other_journal", number, f"TVA exigible {number}", due


def _owed(client: ClientAccount | None, cents: int, receivable: int | None = None) -> _Half:
    if client is None:
        return _Half("waiting_account", cents)
    return _Half("client_account", cents, client, client.control, receivable=receivable)


def _kept(role: str, cents: int, kept: Mapping[str, str]) -> _Half:
    """On the account that an earlier export wrote, where it did."""
    return _Half(role, cents, account=kept.get(role))


def _sale(sale: Sale) -> _Told:
    sign = -1 if sale.credit else 1
    gross = sum(part.net_cents for part in sale.parts) + sale.vat_cents
    rest = gross - sum(part.cents for part in sale.settled)
    halves = (
        *(_owed(part.client or sale.client, sign * part.cents, part.receivable) for part in sale.settled),
        _owed(sale.client, sign * rest, sale.receivable),
        *(_part(part, -sign, sale.kept) for part in sale.parts),
        _kept("vat_waiting_account", -sign * sale.waiting_cents, sale.kept),
        _kept("vat_account", -sign * (sale.vat_cents - sale.waiting_cents), sale.kept),
    )
    words = f"{'Avoir' if sale.credit else 'Facture'} {sale.number} {sale.client.name}"
    return "sales_journal", sale.number, words, halves


def _part(part: SalesPart, sign: int, kept: Mapping[str, str]) -> _Half:
    if part.deposit:
        account = part.account or kept.get("deposit_account")
        return _Half("deposit_account", sign * part.net_cents, account=account, analytic=part.analytic)
    if part.account:
        return _Half(OWN, sign * part.net_cents, account=part.account, analytic=part.analytic)
    account = kept.get("sales_account")
    return _Half("sales_account", sign * part.net_cents, account=account, analytic=part.analytic)


def _received(money: PaymentIn, accounts: Accounts) -> _Told:
    journal, account = treasury(money.way, accounts)
    rest = money.cents - sum(part.cents for part in money.settled)
    halves = (
        _Half(account, money.cents),
        *(_owed(part.client or money.client, -part.cents, part.receivable) for part in money.settled),
        _owed(money.client, -rest),
    )
    name = money.client.name if money.client else "payeur à identifier"
    piece = f"REG{money.id:06d}"
    return journal, piece, f"Règlement {money.reference or piece} {name}", halves


def _line(half: _Half, accounts: Accounts) -> EntryLine:
    return EntryLine(
        role=half.role,
        account=half.account or getattr(accounts, half.role),
        account_name=LABELS["sales_account" if half.role == OWN else half.role],
        cents=half.cents,
        client=half.client.account if half.client else "",
        client_name=half.client.name if half.client else "",
        analytic=half.analytic,
        receivable=half.receivable,
    )
