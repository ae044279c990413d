"""The main job, without a browser: booked, invited, held, invoiced, mailed."""

from __future__ import annotations

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.queries import invoices as billing
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_a_town_books_is_invited_and_is_invoiced_once_it_was_held(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 40)
        await drain()
    sent = {m.occasion: m for m in await mails.mails()}
    assert sent["booking_confirmed"].to_email == "rh@mairie.example.org"
    assert sent["booking_confirmed"].calendar_method == "REQUEST"
    assert sent["assignment_confirmed"].to_email == "anime@example.org"
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
    (invoice,) = await billing.invoices(SYSTEM.scope)
    assert (invoice.number, invoice.net_cents, invoice.booking) == ("F2027-00001", 35_000, booked.reference)
    mail = next(m for m in await mails.mails() if m.occasion == "invoice_issued")
    assert (mail.to_email, mail.files) == ("compta@mairie.example.org", 1)
    assert all(v.broken is None for v in await records.verify())
