"""Rows of the books as they stand in the database: what is read is tested row by row, each its own day and sign.

Other tests come to such rows by the actions (`accounts_makers`); here one row is what one clause alone leaves out.
"""

from __future__ import annotations

import hashlib
from datetime import date

import makers
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db

TODAY = date(2027, 3, 15)
YESTERDAY, TOMORROW, JAN = date(2027, 3, 14), date(2027, 3, 16), date(2027, 1, 10)
NOW = clock.at(TODAY, makers.NOON.time())

_NUMBERS = {"invoice": "F", "deposit": "D", "credit_note": "A"}


async def put(table: str, **values: object) -> int:
    """Insert a row; its id."""
    names, places = ", ".join(values), ", ".join(f"${n}" for n in range(1, len(values) + 1))
    return int(await db.value(f"insert into {table} ({names}) values ({places}) returning id", *values.values()))


async def file(content: bytes = b"paper") -> int:
    """A kept file, the same bytes once."""
    sha256 = hashlib.sha256(content).digest()
    known = await db.value("select id from file where sha256 = $1", sha256)
    values = {"sha256": sha256, "media_type": "application/pdf", "size": len(content), "content": content}
    return known or await put("file", **values, created_at=clock.now())


async def private(name: str = "Association d’Essai") -> int:
    """A payer that is late by its paper's own day."""
    return await makers.make_organisation(name, siret=None, kind=OrganisationKind.ASSOCIATION, domain="a.example.org")


async def entry(number: str, on: date, subject: tuple[str, int], cents: int = 0) -> int:
    """The ledger's row of a number."""
    series = await db.value("select id from ledger_series where key = $1", number[0])
    if series is None:
        facts = {"first_number": 1, "next_number": 1, "last_hash": b""}
        series = await put("ledger_series", key=number[0], prefix=number[0], **facts)
    return await put(
        "ledger_entry", series=series, position=await db.value("select count(*)::int from ledger_entry") + 1,
        number=number, issued_on=on, subject_kind=subject[0], subject_id=subject[1],
        snapshot=f'{{"totals": {{"gross_cents": {cents}}}}}', paper=await file(), previous_hash=b"", hash=b"",
        frozen_at=clock.now(),
    )  # fmt: skip


async def line(invoice: int, net: int, position: int = 1, **more: object) -> int:
    """A line of a draft."""
    values: dict[str, object] = {
        "description": "Séance", "quantity": 1, "unit_price_cents": net, "net_cents": net,
        "served_from": date(2027, 1, 10), "served_until": date(2027, 1, 10), **more,
    }  # fmt: skip
    return await put("invoice_line", invoice=invoice, position=position, **values)


async def draft(payer: int, net: int = 1_000, vat: int = 0, kind: str = "invoice", **more: object) -> int:
    """A draft with one line, or with those given as (net cents, more of the line)."""
    lines = more.pop("lines", ((net, {}),))
    values: dict[str, object] = {"vat_regime": "normal", "created_at": clock.now(), **more}
    amounts = {"net_cents": net, "vat_cents": vat, "gross_cents": net + vat}
    made = await put("invoice", kind=kind, state="draft", payer=payer, **amounts, **values)
    for position, (cents, facts) in enumerate(lines, 1):
        await line(made, cents, position, **facts)
    return made


async def issued(
    number: str, payer: int, on: date, net: int = 1_000, vat: int = 0, *, due: date | None = None, **more: object
) -> int:
    """An issued invoice (F…), deposit (D…) or credit note (A…) with its entry; but of the last, something is owed."""
    kind = {prefix: kind for kind, prefix in _NUMBERS.items()}[number[0]]
    made = await draft(payer, net, vat, kind, **more)
    row = await entry(number, on, ("invoice", made), net + vat)
    sql = "update invoice set state = 'issued', number = $2, issued_on = $3, due_on = $4, entry = $5 where id = $1"
    await db.execute(sql, made, number, on, due or on, row)
    if kind != "credit_note":
        await owed(number, payer, on, net + vat, due=due or on, invoice=made)
    return made


async def owed(
    number: str, payer: int, on: date, cents: int = 1_000, *, due: date | None = None, invoice: int | None = None
) -> int:
    """A receivable; without an invoice, one of the ledger before ours."""
    facts = {"number": number, "payer": payer, "issued_on": on, "due_on": due, "gross_cents": cents}
    return await put("receivable", invoice=invoice, **facts, created_at=clock.now())


async def receivable(number: str) -> int:
    """The receivable of a number."""
    return int(await db.value("select id from receivable where number = $1", number))


async def money(on: date, cents: int, payer: int | None = None, way: str = "transfer", **more: object) -> int:
    """A payment."""
    facts = {"way": way, "received_on": on, "amount_cents": cents, "payer": payer, "created_at": clock.now()}
    return await put("payment", **{**facts, **more})


async def settle(
    on: date, cents: int, payment: int | None = None, number: str | None = None, kind: str = "payment"
) -> int:
    """So much of a payment for a number; `refund` without a number, `write_off` without a payment."""
    owing = None if number is None else await receivable(number)
    facts = {"payment": payment, "receivable": owing, "amount_cents": cents, "settled_on": on}
    return await put("settlement", kind=kind, **facts, created_at=clock.now())


async def paid(number: str, on: date, cents: int, way: str = "transfer", **more: object) -> int:
    """Money of the payer of a number, all of it for that."""
    payer = await db.value("select payer from receivable where number = $1", number)
    payment = await money(on, cents, payer, way, **more)
    await settle(on, cents, payment, number)
    return payment


async def other() -> int:
    """Another organisation, whose rows are not the payer's."""
    return await makers.make_organisation("Ville-Basse", siret=None, domain="ville.example.org")
