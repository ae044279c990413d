"""A journal file read as the law writes it (LPF art. A47 A-1, PCG): what is wrong is an AssertionError.

It shares nothing with what writes those files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

# Art. A47 A-1, VII 1°: the eighteen pieces of information, in this order, under these names.
NAMES = [
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum"),
    *("CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet"),
    *("ValidDate", "Montantdevise", "Idevise"),
]
MANDATORY = (*NAMES[:6], *NAMES[8:13], "ValidDate")

Row = dict[str, str]


def day(text: str) -> datetime:
    """AAAAMMJJ, a day that exists."""
    assert re.fullmatch(r"[0-9]{8}", text), text
    return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a day, of no zone


def money(text: str) -> Decimal:
    """Decimal comma, no thousands, no sign."""
    assert re.fullmatch(r"(0|[1-9][0-9]*),[0-9]{2}", text), text
    return Decimal(text.replace(",", "."))


def read(content: bytes) -> list[Row]:
    """The rows of a file that is right in every way that can be seen of it alone."""
    assert not content.startswith(b"\xef\xbb\xbf"), "no mark before the first name"
    text = content.decode("utf-8")
    text.encode("iso8859-15")  # A47 A-1, III 1°: the characters of that norm
    assert text.endswith("\r\n")
    header, *lines = text[:-2].split("\r\n")
    assert header.split("\t") == NAMES
    rows = []
    for line in lines:
        cells = line.split("\t")
        assert len(cells) == len(NAMES), line
        for cell in cells:
            assert cell.isprintable(), repr(cell)
            assert "|" not in cell
            assert cell == cell.strip()
            assert not cell.startswith(tuple("=(+-@")), cell
        rows.append(dict(zip(NAMES, cells, strict=True)))
    for row in rows:
        _row(row)
    _entries(rows)
    _letters(rows)
    return rows


def _row(row: Row) -> None:
    for name in MANDATORY:
        assert row[name], name
    assert re.match(r"[1-9][0-9]{2}", row["CompteNum"]), "three figures of the plan comptable"
    assert bool(row["CompAuxNum"]) == bool(row["CompAuxLib"])
    assert row["CompAuxNum"] or not row["CompteNum"].startswith("411"), "each client has its own account"
    assert day(row["PieceDate"]) <= day(row["EcritureDate"]) <= day(row["ValidDate"])
    debit, credit = money(row["Debit"]), money(row["Credit"])
    assert (debit == 0) != (credit == 0), "one side of two"
    assert bool(row["EcritureLet"]) == bool(row["DateLet"])
    assert not row["Montantdevise"]
    assert not row["Idevise"]


def _entries(rows: list[Row]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    heads: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        sums[row["EcritureNum"]] += money(row["Debit"]) - money(row["Credit"])
        heads[row["EcritureNum"]].add((row["JournalCode"], row["EcritureDate"], row["PieceRef"], row["ValidDate"]))
    assert set(sums.values()) <= {Decimal(0)}, "an entry balances"
    assert {len(heads_of) for heads_of in heads.values()} <= {1}, "one journal, one day, one piece"
    numbers = [int(number) for number in sums]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True, "continuous"
    dates = [row["EcritureDate"] for row in rows]
    assert dates == sorted(dates), "by day"


def _letters(rows: list[Row]) -> None:
    tied: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["EcritureLet"]:
            assert row["CompteNum"].startswith("4"), "third parties' accounts alone are lettered"
            tied[row["EcritureLet"]].append(row)
    for letter, of in tied.items():
        assert len(of) > 1, letter
        assert sum(money(r["Debit"]) - money(r["Credit"]) for r in of) == 0, f"{letter} balances"
        assert len({(r["CompteNum"], r["CompAuxNum"], r["DateLet"]) for r in of}) == 1, letter
        assert all(day(r["DateLet"]) >= day(r["EcritureDate"]) for r in of), f"{letter} before its entry"
