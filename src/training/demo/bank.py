"""The platform's bank on the eve of the demonstration: transfers whose words people must read, and a file to explain.

The statement names the invoices that are open on that day, as payers and public treasuries write them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.payments.actions import import_statement as bank
from training.payments.queries import statements
from training.payments.rules.columns import Meaning

_MAPPING = (Meaning.DATE, Meaning.LABEL, Meaning.DEBIT, Meaning.CREDIT, Meaning.PAYER)
_TREASURY = "DDFIP ORNE"
_CONFIRMED = 3
# Nothing is paid of what is contested or promised; a public buyer pays what it was given; the person pays by cheque.
_WAITING = ("late", "promise", "dispute", "instalment", "to-credit")


@dataclass(frozen=True, slots=True)
class _Open:
    number: str
    due_cents: int
    public: bool
    payer_name: str


_OPEN = """
    select r.number, r.gross_cents - r.settled_cents as due_cents, o.buyer = 'public' as public, o.name as payer_name
    from receivable r join organisation o on o.id = r.payer
    where r.invoice is not null and r.due_on is not null and r.settled_cents = 0 and r.issued_on <= $1
      and not exists (select from invoice_line l where l.invoice = r.invoice and l.booking = any($2))
    order by r.id
"""


async def statement_day(bookings: dict[str, int]) -> None:
    """Import both files, confirm the first lines and set the grant aside."""
    today = clock.today()
    kept = [bookings[key] for key in _WAITING]
    found = await db.rows(_Open, _OPEN, today - timedelta(days=6), kept)
    lines = _lines(found, today - timedelta(days=2))
    content = "\n".join(["Date;Libellé;Débit;Crédit;Émetteur", *lines]).encode()
    statement = await bank.import_statement(SYSTEM, "releve-compte-courant.csv", content, _MAPPING)
    for line, settles in (await statements.sure(statement))[:_CONFIRMED]:
        await bank.confirm(SYSTEM, line, settles)
    grant = await db.value("select id from bank_line where statement = $1 and label like 'SUBVENTION%'", statement)
    await bank.set_aside(SYSTEM, grant, "Subvention de fonctionnement : elle ne règle aucune facture.")
    day = (today - timedelta(days=1)).strftime("%d/%m/%Y")
    other = f"Quand;Quoi;Combien;Tiers concerné\n{day};REMISE DE CHEQUES;135,00;Guichet\n"
    await bank.import_statement(SYSTEM, "livret-association.csv", other.encode())


def _lines(found: list[_Open], day: date) -> list[str]:
    """The statement's lines: numbers written in full, in short, several at once; too little, too much, nothing."""
    public, rest = [one for one in found if one.public], list(found)
    several = public[-3:]
    rest = [one for one in rest if one not in several]
    year_first, bare, partial, over = rest[4:8]
    grouped = " ".join(one.number for one in several)
    wanted = [
        *((f"VIR SEPA {one.number}", one.due_cents, _payer(one)) for one in rest[:4]),
        (f"VIREMENT FACT {year_first.number[1:5]} {_short(year_first)}", year_first.due_cents, _payer(year_first)),
        (f"VIREMENT facture n° {_short(bare)}", bare.due_cents, _payer(bare)),
        (f"DGFIP PAIEMENT {grouped}", sum(one.due_cents for one in several), _TREASURY),
        (f"VIR ACOMPTE {partial.number}", 100_00, _payer(partial)),
        (f"VIR {over.number} SOLDE", over.due_cents + 20_00, _payer(over)),
        ("VIREMENT RECU", 220_00, _TREASURY),
        ("SUBVENTION FONCTIONNEMENT 2E VERSEMENT", 12_000_00, "REGION (DEMONSTRATION)"),
    ]
    stamp = day.strftime("%d/%m/%Y")
    written = [f"{stamp};{label};;{_amount(cents)};{payer}" for label, cents, payer in wanted]
    return [*written, f"{stamp};PRLV ASSURANCE LOCAL;{_amount(184_50)};;ASSUREUR (DEMONSTRATION)"]


def _payer(one: _Open) -> str:
    return _TREASURY if one.public else one.payer_name.split(" (")[0].upper()


def _short(one: _Open) -> str:
    return str(int(one.number[6:]))


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"
