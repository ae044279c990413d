"""A year that nobody planned: whatever was invoiced, paid, credited and undone, the books say it once, and rightly.

Files are read by `journal_law`, which shares no code with what writes them; sums are made from the tables.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta

import pytest

import accounts_makers as books
import journal_law as law
import makers
from book_rows import draft
from training.accounting.actions.accounts import export_journal
from training.accounting.actions.close import close_period
from training.accounting.actions.open_balance import Opening, open_balance
from training.accounting.actions.write_year import write_year
from training.accounting.formats import journal
from training.accounting.queries import accounts
from training.accounting.queries import journal as reading
from training.accounting.rules.fiscal_year import years_between
from training.attendance.actions import hold_session
from training.billing.actions import settle
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.issue import issue
from training.billing.actions.settle import NewPayment
from training.billing.rules.payments import Way
from training.bookings.actions.booking import NewBooking, book
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import DomainError
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio

FIRST, LAST = date(2027, 1, 11), date(2028, 3, 20)
WAYS = (Way.TRANSFER, Way.CHEQUE, Way.CASH, Way.CARD)
NAMES = ("Commune de Saint-Œuf", "\t=Łódź | « & »\u2028Fils", "L’Été 日本")
DUE = "select id, gross_cents - settled_cents as cents, payer from receivable where gross_cents > settled_cents"
LEFT = "select id, amount_cents - used_cents as cents, payer from payment where amount_cents > used_cents"


class Year:
    """A house and its random days; what cannot be is refused in words, and is part of the story."""

    def __init__(self, seed: int, town: makers.Town, payers: list[int]) -> None:
        self.dice, self.town, self.payers = random.Random(seed), town, payers
        self.day = FIRST
        self.openings = 0

    async def one_of(self, sql: str) -> dict[str, int] | None:
        found = [dict(row) for row in await db.connection().fetch(sql)]
        return self.dice.choice(found) if found else None

    async def invoices(self) -> None:
        net = sum(cents := [self.dice.choice((1, 33, 10_001, 35_000, 99_999)) for _ in range(self.dice.randint(1, 3))])
        regime = self.dice.choice(("normal", "normal", "normal", "social_261_7_1"))
        vat = round(net * 0.2 + 1e-9) if regime == "normal" else 0
        lines = tuple((c, {"kind": "extra", "sales_account": self.dice.choice((None, "706200"))}) for c in cents)
        made = await draft(self.dice.choice(self.payers), net, vat, lines=lines, vat_regime=regime)
        await issue(SYSTEM, made)

    async def pays(self) -> None:
        if not (owed := await self.one_of(DUE)):
            return
        more = self.dice.choice((0, 0, 0, 700))
        cents = self.dice.choice((1, owed["cents"] // 3 + 1, owed["cents"], owed["cents"]))
        payer = self.dice.choice((owed["payer"], owed["payer"], self.dice.choice(self.payers), None))
        new = NewPayment(
            way=self.dice.choice(WAYS), amount_cents=min(cents, owed["cents"]) + more, received_on=self.day,
            payer=payer, reference="=SOMME(1)|",
        )  # fmt: skip
        settles = {owed["id"]: min(cents, owed["cents"])} if self.dice.random() < 0.8 else {}
        await settle.record_payment(SYSTEM, new, settles)

    async def credits(self) -> None:
        if invoice := await self.one_of("select id from invoice where state = 'issued' and kind <> 'credit_note'"):
            lines = await db.connection().fetch(
                "select id, net_cents from invoice_line where invoice = $1", invoice["id"]
            )
            part = {lines[0]["id"]: (lines[0]["net_cents"] + 1) // 2} if self.dice.random() < 0.5 else None
            await credit(SYSTEM, invoice["id"], CreditWanted(reason="Geste", lines=part))

    async def uses_what_is_left(self) -> None:
        money, owed = await self.one_of(LEFT), await self.one_of(DUE)
        if money and owed:
            await settle.settle(SYSTEM, money["id"], {owed["id"]: min(money["cents"], owed["cents"])})

    async def gives_back(self) -> None:
        if money := await self.one_of(LEFT + " and payer is not null"):
            await settle.refund(SYSTEM, money["id"], (money["cents"] + 1) // 2, self.day, "Trop-perçu")

    async def undoes(self) -> None:
        sql = "select distinct payment, receivable from settlement where payment is not null and receivable is not null"
        if one := await self.one_of(sql):
            await settle.take_back(SYSTEM, one["payment"], one["receivable"], "Rejet de la banque")

    async def gives_up(self) -> None:
        if owed := await self.one_of(DUE):
            await settle.write_off(SYSTEM, owed["id"], (owed["cents"] + 1) // 2, "Liquidation")

    async def takes_over(self) -> None:
        self.openings += 1
        before = self.day - timedelta(days=400)
        new = Opening(f"OLD-{self.openings}", self.dice.choice(self.payers), before, before, 4_321)
        await open_balance(SYSTEM, new)

    async def has_a_deposit(self) -> None:
        session = await makers.make_session(self.town.offer, starts_at=clock.now() + timedelta(days=5, hours=2))
        booked = await book(SYSTEM, NewBooking(session, self.payers[1], 4))
        await issue(SYSTEM, await ask_deposit(SYSTEM, booked.id, amount_cents=12_345))
        await drain()
        self.day += timedelta(days=6)
        with clock.frozen(books.noon(self.day)):
            await hold_session(SYSTEM, session)
            await drain()

    async def remits(self) -> None:
        first = max(FIRST, self.day - timedelta(days=self.dice.randint(5, 90)))
        await export_journal(SYSTEM, first, self.day)

    async def happens(self) -> None:
        steps = (
            *(self.invoices,) * 4, *(self.pays,) * 4, *(self.credits,) * 2, *(self.uses_what_is_left,) * 2,
            self.gives_back, self.undoes, self.gives_up, self.takes_over, self.remits,
        )  # fmt: skip
        while self.day < LAST - timedelta(days=20):
            self.day += timedelta(days=self.dice.choice((0, 1, 5, 9)))
            with clock.frozen(books.noon(self.day)), suppress(DomainError):
                async with db.atomic():
                    await self.dice.choice(steps)()


async def remitted(end_month: int) -> list[law.Row]:
    """All that is left to remit, and every remittance there is, as the law reads each."""
    with clock.frozen(books.noon(LAST)):
        for year in reversed(list(years_between(FIRST, LAST, end_month))):
            with suppress(DomainError):
                await export_journal(SYSTEM, year.first, min(year.last, LAST))
    rows: list[law.Row] = []
    for made in reversed(await reading.exports()):
        read = law.read(journal.text_file((await records.file(made.file)).content))
        assert not rows or int(read[0]["EcritureNum"]) == int(rows[-1]["EcritureNum"]) + 1, "from file to file"
        rows += read
    return rows


async def year_of(until: date) -> bytes:
    with clock.frozen(books.noon(LAST)):
        await write_year(SYSTEM, until)
    return journal.text_file((await records.file((await reading.year(until)).file)).content)


async def forget(until: date) -> None:
    """Nobody can: so that it is made anew."""
    await db.execute("alter table journal_year disable trigger user")
    await db.execute("delete from journal_year where until = $1", until)
    await db.execute("alter table journal_year enable trigger user")


def told(rows: Iterable[law.Row]) -> Counter[tuple[str, ...]]:
    """The lines, whatever their numbers, letters and day of validation."""
    without = ("EcritureNum", "EcritureLet", "DateLet", "ValidDate")
    return Counter(tuple(value for name, value in row.items() if name not in without) for row in rows)


def cents(rows: Iterable[law.Row], *accounts_of: str) -> int:
    lines = (r for r in rows if r["CompteNum"].startswith(accounts_of))
    return int(100 * sum(law.money(r["Debit"]) - law.money(r["Credit"]) for r in lines))


@pytest.mark.parametrize(("seed", "end_month"), [(1, 12), (2, 6)])
async def test_whatever_happens_the_books_say_it_once_and_rightly(database_test, seed, end_month):
    with clock.frozen(books.noon(FIRST)):
        town = await makers.make_town(vat_regime="normal", vat_number="FR03000088880", fiscal_year_end=end_month)
        others = [await books.association(), await books.association("Autre", "00008888000018")]
        payers = [town.organisation, *others]
        for payer, name in zip(payers, NAMES, strict=True):
            await db.execute("update organisation set name = $2 where id = $1", payer, name)
        await drain()
    year = Year(seed, town, payers)
    with clock.frozen(books.noon(year.day)):
        await year.has_a_deposit()
    await year.happens()
    years = [y for y in years_between(FIRST, LAST, end_month) if y.last < LAST]
    with clock.frozen(books.noon(LAST)):
        await close_period(SYSTEM, years[0].last)
    before = {y.last: await year_of(y.last) for y in years}
    rows = await remitted(end_month)

    for until, kept in before.items():  # the same bytes, though what it told was remitted meanwhile
        since = next(y.first for y in years if y.last == until)
        of_year = [r for r in rows if f"{since:%Y%m%d}" <= r["EcritureDate"] <= f"{until:%Y%m%d}"]
        assert told(law.read(kept)) == told(of_year)
        await forget(until)
        assert await year_of(until) == kept

    sums = await db.connection().fetchrow("""
        select (select sum(case when kind = 'credit_note' then -gross_cents else gross_cents end)::bigint
                from invoice where state = 'issued') as sold,
               (select sum(amount_cents)::bigint from payment where way <> 'credit_note') as received,
               (select coalesce(sum(amount_cents), 0)::bigint from settlement where kind = 'refund') as refunded,
               (select coalesce(sum(amount_cents), 0)::bigint from settlement where kind = 'write_off') as given_up
    """)
    assert cents(rows, "411", "471") == sums["sold"] - sums["received"] + sums["refunded"] - sums["given_up"]
    assert cents(rows, "51", "53") == sums["received"] - sums["refunded"]
    months: Counter[str] = Counter()
    for row in rows:
        months[row["EcritureDate"][:6]] -= cents([row], "445710")
    paid: Counter[str] = Counter()
    for month in await accounts.vat_months(FIRST, LAST):
        paid[f"{month.month:%Y%m}"] += month.received_vat_cents
    assert {m: c for m, c in months.items() if c} == {m: c for m, c in paid.items() if c}, "the page and the journal"
