"""How the three billing series are numbered, beside the ledger that was there before: once, before the first issue."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.billing.rules.states import PREFIXES, BillingSeries
from training.directory.actions.set_up import settle_steps
from training.directory.rules.set_up import SetUpStep
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries
from training.records.actions.acting import acting
from training.records.actions.give_number import open_series, set_series


@dataclass(frozen=True, slots=True)
class Start:
    """The letters that a series' numbers begin with, and its first number."""

    prefix: str
    first_number: int


async def set_numbers(actor: Actor, starts: Mapping[BillingSeries, Start]) -> None:
    """Set how series are numbered; what is said as it stands already changes nothing.

    Invalid: a prefix or a first number that cannot be. Conflict: a document has a number of the series already, a
    prefix is another's, or an invoice taken over from another ledger could meet one of these numbers. The field of a
    refusal is the series' key and what is wrong of it, as `invoice_prefix`.
    """
    async with acting(actor, "numbers.set"):
        actor.must(Permission.PLATFORM_EDIT)
        for key in BillingSeries:  # all three: a usual prefix that is not used yet is another's all the same
            await open_series(key, PREFIXES[key])
        stand = await queries.series()
        for key, start in starts.items():
            if (stand[key].prefix, stand[key].first_number) != (start.prefix, start.first_number):
                with _named(key):
                    await set_series(actor, key, start.prefix, start.first_number)
                    await _check_taken_over(start.prefix)
        await settle_steps([SetUpStep.NUMBERING])


async def _check_taken_over(prefix: str) -> None:
    """Both ledgers' receivables stand in one list: a number that is there already could never be issued."""
    sql = "select number from receivable where invoice is null and number ~ $1 order by number limit 1"
    if number := await db.value(sql, f"^{prefix}[0-9]{{4}}-[0-9]+$"):
        words = _("La créance importée {number} a un numéro de cette forme : prenez un autre préfixe.")
        raise Conflict(words.format(number=number), field="prefix")


@contextlib.contextmanager
def _named(key: BillingSeries) -> Iterator[None]:
    """A refusal leaves it with the series' key before the name of its field."""
    try:
        yield
    except Invalid as error:
        raise Invalid({f"{key}_{name}": words for name, words in error.errors.items()}) from error
    except Conflict as error:
        raise Conflict(error.detail, field=f"{key}_{error.field or 'prefix'}") from error
