"""Where the titles of a bank's CSV stand, if it has any, and what its columns seem to hold. No I/O.

A row that holds a day and an amount is an operation, never titles: a file without titles loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.kernel.i18n import _
from training.kernel.sheets import Row
from training.payments.formats.csv_cells import is_amount, is_day, plain
from training.payments.formats.statement import at_line
from training.payments.rules.columns import SEVERAL, Meaning

HEADER_WITHIN = 60  # lines: what banks write above it is an address and a balance
LOOKED_AT = 200  # rows that say what columns without titles hold
COLUMNS_MAX = 100
TITLE_MAX = 100  # characters

# Words of headers, the surest first; a column takes the first meaning one of whose words it holds.
_WORDS: tuple[tuple[Meaning, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(words))
    for meaning, words in (
        (Meaning.ACCOUNT, r"iban (du|de votre|de notre|de mon) compte|account iban|(numero|n°|no) (de|du) compte"),
        (Meaning.IGNORED, r"nom (du|de) compte|account name|titulaire"),
        (Meaning.STATUS, r"^statut|^status|^etat\b"),
        (Meaning.IGNORED, r"solde|balance|date de (la )?valeur|date valeur|value date|categorie|type|pointage"),
        (Meaning.DATE, r"date.*(operation|comptab|ecriture)|(booking|operation) date|^date|^jour"),
        (Meaning.DEBIT, r"debit(?!eur)|sortie|depense"),
        (Meaning.CREDIT, r"credit(?!eur)|entree|recette"),
        (Meaning.AMOUNT, r"montant|amount|valeur en eur"),
        (Meaning.IBAN, r"iban|compte (emetteur|tiers|debiteur|contrepartie|du donneur)"),
        (Meaning.PAYER, r"emetteur|donneur|contrepartie|tiers|payeur|debiteur|beneficiaire|^nom\b|counterpart"),
        (Meaning.REFERENCE, r"end.?to.?end|^ref|reference"),
        (Meaning.CURRENCY, r"devise|currency|monnaie"),
        (Meaning.LABEL, r"libelle|label|description|detail|motif|communication|information|objet|intitule|nature|memo"),
    )
)
# How a line of balances or totals, or of the bank's own words, begins.
_FOOTER = re.compile(r"\W{0,4}(total|solde|sous-total|nombre|edite|ancien solde|nouveau solde|\*)")


@dataclass(frozen=True, slots=True)
class Titles:
    """`at`: the index of their row, None when the file has none. `score`: how much the rows look like a statement."""

    at: int | None
    score: tuple[int, int]


def find_titles(rows: Sequence[Row], titled: bool = True) -> Titles:
    """The row of titles. `titled` False: somebody says that there is none."""
    top = rows[:HEADER_WITHIN]
    first = next((i for i, row in enumerate(top) if is_operation(row.cells)), None)
    operations = sum(is_operation(row.cells) for row in top[first:]) if first is not None else 0
    if titled:
        scores = [_titles_in(row.cells, top[i + 1].cells if i + 1 < len(top) else ()) for i, row in enumerate(top)]
        best = max(range(len(top)), key=lambda i: (scores[i], -i), default=0)
        if scores and scores[best][0] > 0:
            return Titles(best, scores[best])
        # titles whose words say nothing stand above the first operation, or are none
        above = range(len(top) if first is None else first)
        best = max(above, key=lambda i: (scores[i], -i), default=0)
        if above and scores[best] > (0, 0):
            return Titles(best, scores[best])
    return Titles(None, (0, operations))


def _titles_in(cells: Sequence[str], following: Sequence[str]) -> tuple[int, int]:
    """How much a row looks like titles: meanings known when a day and an amount are among them, then its width."""
    if is_operation(cells) or len(cells) > COLUMNS_MAX:
        return 0, 0
    meanings = set(propose(cells))
    complete = Meaning.DATE in meanings and meanings & {Meaning.AMOUNT, Meaning.CREDIT}
    if complete:
        return len(meanings - {Meaning.IGNORED}), len(cells)
    words = sum(bool(re.search(r"[^\W\d_]{3}", cell[:TITLE_MAX])) for cell in cells)
    return 0, words if len(cells) >= 3 and len(following) >= len(cells) - 1 and words >= 3 else 0


def check_nothing_above(rows: Sequence[Row], titles: int) -> None:
    """Unreadable: an operation stands above the titles, in their own columns, and would be lost."""
    meanings = propose(rows[titles].cells)
    for row in rows[:titles]:
        of = dict(zip(meanings, row.cells, strict=False))
        amounts = [of.get(m, "") for m in (Meaning.AMOUNT, Meaning.CREDIT, Meaning.DEBIT)]
        if is_day(of.get(Meaning.DATE, "")) and any(map(is_amount, amounts)) and not is_footer(row.cells):
            raise at_line(row.line, _("cette opération est au-dessus des titres : remettez-la en dessous."))


def is_operation(cells: Sequence[str]) -> bool:
    """Whether a row holds a day and an amount, and is no balance."""
    some = cells[:COLUMNS_MAX]
    return any(map(is_day, some)) and any(map(is_amount, some)) and not is_footer(some)


def is_footer(cells: Sequence[str]) -> bool:
    """Whether a row is of balances or totals, or has no figure at all."""
    words = plain(" ".join(cells)[:500])
    return bool(_FOOTER.match(words)) or not re.search(r"\d", words)


def is_balance(cells: Sequence[str], width: int) -> bool:
    """Whether the last row of a file without titles is its balance: shorter than the others, and of no words but the
    number of the account."""
    said = [cell.strip() for cell in cells if cell.strip() and not is_day(cell) and not is_amount(cell)]
    return len(cells) < width and len(said) == 1 and bool(re.fullmatch(r"[\d ]{10,}[A-Z]?", said[0]))


def propose(header: Sequence[str]) -> tuple[Meaning, ...]:
    """What each column seems to hold, by its title."""
    found: list[Meaning] = []
    for cell in header:
        words = plain(cell[:TITLE_MAX])
        meaning = next((m for m, pattern in _WORDS if words and pattern.search(words)), Meaning.IGNORED)
        found.append(meaning if meaning in SEVERAL or meaning not in found else Meaning.IGNORED)
    if Meaning.LABEL not in found:  # some banks call the words of the transfer its reference
        words_in = next((m for m in (Meaning.REFERENCE, Meaning.PAYER) if m in found), None)
        found = [Meaning.LABEL if m == words_in else m for m in found]
    if Meaning.CREDIT in found and Meaning.DEBIT in found:  # « Montant » beside them says the same again
        found = [Meaning.IGNORED if m == Meaning.AMOUNT else m for m in found]
    return tuple(found)


def propose_by_cells(rows: Sequence[Row], width: int) -> tuple[Meaning, ...]:
    """What each column of a file without titles seems to hold, by what is written in it."""
    cells = [row.cells for row in rows[:LOOKED_AT] if is_operation(row.cells)]
    if len(cells) > 1 and not any(all(i < len(c) and is_day(c[i]) for c in cells) for i in range(width)):
        cells = cells[1:]  # above the operations, the balance has its day elsewhere
    columns = [[row[i].strip() if i < len(row) else "" for row in cells] for i in range(width)]
    found = [Meaning.IGNORED] * width
    days = [i for i, column in enumerate(columns) if _all(column, is_day)]
    amounts = [i for i, column in enumerate(columns) if i not in days and _all(column, is_amount)]
    if days:
        found[days[0]] = Meaning.DATE
    for meaning, column in zip(_ways_of(columns, amounts), amounts, strict=False):
        found[column] = meaning
    texts = [i for i in range(width) if i not in days and i not in amounts and any(columns[i])]
    if texts:
        found[max(texts, key=lambda i: (sum(map(len, columns[i])), -i))] = Meaning.LABEL
    return tuple(found)


def _all(column: Sequence[str], test: Callable[[str], bool]) -> bool:
    filled = [cell for cell in column if cell]
    return bool(filled) and all(map(test, filled))


def _ways_of(columns: Sequence[Sequence[str]], amounts: Sequence[int]) -> tuple[Meaning, ...]:
    """One amount is signed; of two where one is always empty, money goes out, then comes in: so banks write them."""
    if len(amounts) >= 2:
        out, in_ = columns[amounts[0]], columns[amounts[1]]
        if all(bool(a) != bool(b) for a, b in zip(out, in_, strict=True)):
            return Meaning.DEBIT, Meaning.CREDIT
    return (Meaning.AMOUNT,)
