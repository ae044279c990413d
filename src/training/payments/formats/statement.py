"""What every bank statement says, however it is written, and how its bytes are told apart. No I/O."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.kernel.characters import unstacked
from training.kernel.i18n import _
from training.kernel.sheets import Fault, Unreadable

LINES_MAX = 20_000
AMOUNT_MAX = 60  # characters
SIZE_MAX = 10_000_000  # bytes: twenty thousand lines of CAMT.053 are about that


class Format(StrEnum):
    """How a statement is written."""

    CSV = "csv"
    OFX = "ofx"
    CAMT053 = "camt053"


def at_line(line: int | None, sentence: str) -> Unreadable:
    """A refusal that names the line."""
    return Unreadable(str(Fault(line or 0, sentence)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Money in (cents above zero) or out. `reference` is the payer's own, end to end; `bank_id` the bank's.

    `batch`: of the parts of one entry, which other formats write as one line, what they have in common.
    """

    booked_on: date
    amount_cents: int
    label: str = ""
    payer_name: str = ""
    payer_iban: str = ""
    reference: str = ""
    bank_id: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """`account`: its IBAN, or what stands for it; "" when the file does not say."""

    account: str
    lines: tuple[Movement, ...]


def recognise(content: bytes) -> Format:
    """How these bytes are written. Unreadable: nothing that we know, with what to ask the bank for."""
    if not content.strip():
        raise Unreadable(_("Ce fichier est vide."))
    start = content[:4_096].replace(b"\0", b"")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            _("C’est un classeur de tableur : enregistrez-le au format CSV, ou demandez un CSV à la banque.")
        )
    if start.startswith(b"%PDF"):
        raise Unreadable(_("C’est un PDF : demandez à la banque le même relevé en CSV, en OFX ou en CAMT.053."))
    if b"<OFX>" in start.upper() or b"OFXHEADER" in start.upper():
        return Format.OFX
    if re.match(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<", start):
        return Format.CAMT053
    return Format.CSV


def tidy(text: str, most: int) -> str:
    """One line of text that can be kept: no control character, single spaces."""
    text = unstacked(text)
    plain = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())[:most].strip()


def plain_amount(text: str) -> int:
    """Cents from what a machine writes ("-350.00", "+350,0"). ValueError, in words, on anything finer than a cent."""
    match = re.fullmatch(r"([+-]?)0*(\d{1,12})(?:[.,](\d*))?", text.strip()[:AMOUNT_MAX])
    if match is None:
        raise ValueError(_("« {text} » n’est pas un montant.").format(text=text.strip()[:40]))
    sign, units, fine = match[1], match[2], (match[3] or "").rstrip("0")
    if len(fine) > 2:
        raise ValueError(_("« {text} » est plus fin que le centime.").format(text=text.strip()[:40]))
    cents = int(units) * 100 + int(fine.ljust(2, "0"))
    return -cents if sign == "-" else cents


def check_size(lines: int) -> None:
    """Unreadable: more lines than one import takes. Asked while they are read: nobody counts those of an attack."""
    if lines > LINES_MAX:
        words = _("Ce relevé a plus de {most} lignes : coupez la période en deux.")
        raise Unreadable(words.format(most=LINES_MAX))


def several_accounts(accounts: Collection[str]) -> None:
    """Unreadable: movements of more than one account, which nothing would tell apart afterwards."""
    if len(accounts) > 1:
        words = _("Ce fichier porte {n} comptes : exportez un fichier par compte.")
        raise Unreadable(words.format(n=len(accounts)))


def one_currency(code: str, line: int | None) -> None:
    """Unreadable: another currency than the euro."""
    if code.strip().upper() not in ("", "EUR", "€"):
        raise at_line(
            line, _("une opération en {code} ; seuls les comptes en euros s’importent.").format(code=code[:10])
        )
