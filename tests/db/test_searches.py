"""What a search finds: each word somewhere in a row, whichever way it is looked for."""

from __future__ import annotations

import pytest

import makers
from accounts_makers import pay
from draft_makers import hold
from training.billing.queries import invoices
from training.kernel import clock, db, searching
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.payments.queries import receivables
from training.reporting.office.bookings import bookings
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database_test")]


@pytest.fixture(params=["near", "far"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Found among the first rows, or by the indexes of words alone."""
    if request.param == "far":
        monkeypatch.setattr(searching, "NEAR", 0)
    return str(request.param)


async def booked(name: str, order: str = "") -> str:
    """The reference of a booking of the town whose organisation and order have these names."""
    town = await makers.make_town()
    made = await makers.make_booking(town, 4, purchase_order=order)
    await db.execute("update organisation set name = $1 where id = $2", name, town.organisation)
    await db.execute("update contact set name = 'Rachel Œuvrard-Ré' where organisation = $1", town.organisation)
    await db.execute("update booking set reference = 'R-77AB3' where id = $1", made.id)
    return "R-77AB3"


@pytest.mark.parametrize(
    "search",
    [
        "commune rachel",  # in two parts of the row
        "RACHEL commune oeuvrard",
        "commune l'eau",  # the page has another apostrophe
        "r-77", "R 77A", "77ab", "7", "ab", "ou",
        "ré rachel", "mmune",
        "eng 12 / rachel",
        "  Commune   de  ",
    ],
)  # fmt: skip
async def test_each_word_is_somewhere_in_the_row(search: str) -> None:
    reference = await booked("Commune de l’Eau-Rouge", "ENG-12/B")
    assert [b.reference for b in await bookings(SYSTEM.scope, search=search)] == [reference]


@pytest.mark.parametrize("search", ["commune zzz", "rachel ab3x", "%", "_", "' —", "uo", "commune zq"])
async def test_all_words_must_be_there(search: str) -> None:
    await booked("Commune de l’Eau-Rouge")
    assert await bookings(SYSTEM.scope, search=search) == []


async def test_a_search_is_narrowed_as_the_list_is() -> None:
    reference = await booked("Commune de l’Eau")
    assert [b.reference for b in await bookings(SYSTEM.scope, search="eau", state="confirmed")] == [reference]
    assert await bookings(SYSTEM.scope, search="eau", state="pending") == []
    assert await bookings(SYSTEM.scope, search="eau", organisation="ailleurs") == []


async def test_invoices_payments_and_mails_are_found_the_same_way() -> None:
    town = await makers.make_town()
    made = await makers.make_booking(town, 4)
    await drain()
    await hold(town.session)
    (invoice,) = await invoices.invoices(SYSTEM.scope)
    number = (invoice.number or "").lower()
    for search in (number, f"essai {number}", f"commune {made.reference.lower()}", number[-5:]):
        assert [i.id for i in await invoices.invoices(SYSTEM.scope, search=search)] == [invoice.id], search
    assert await invoices.invoices(SYSTEM.scope, search=f"{number} ailleurs") == []
    paid = await pay(invoice, 100, clock.today())
    for search in ("p100", number, f"commune p100 {number}"):
        assert [p.id for p in await receivables.payments(search=search)] == [paid], search
    assert await receivables.payments(search=f"{number} ailleurs") == []
    (mail,) = [m for m in await mails.mails() if m.occasion == "booking_confirmed"]
    some = " ".join(mail.subject.split()[:4])
    found = await mails.mails(search=f"{mail.to_name.split()[0]} {some}")
    assert mail.id in {m.id for m in found}
    assert await mails.mails(search=f"{some} ailleurs") == []
