"""Where an invoice is, in four stops: one of them is the present one, or it is over."""

from __future__ import annotations

from datetime import date, time
from types import SimpleNamespace

import pytest

from training.billing.rules.transmission import STATUSES, Status
from training.kernel import clock
from training.messages.rules import MailState
from training.reporting.office.invoice_stops import stops_of

NOW = clock.at(date(2027, 5, 1), time(12))
DAY = date(2027, 3, 12)


def view(**more):
    known = {
        "served_until": date(2027, 3, 9), "issued_on": date(2027, 3, 10), "paid": False, "overdue": False,
        "gross_cents": 35_000, "credited_cents": 0, "late_from": None,
    }  # fmt: skip
    return SimpleNamespace(**{**known, **more})


def channel(status: Status):
    return SimpleNamespace(status=status, terms=STATUSES[status], since=DAY)


def states(invoice, standing=None, mails=()):
    with clock.frozen(NOW):
        return [stop.state for stop in stops_of(invoice, standing, mails)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.TO_DEPOSIT, ["done", "done", "now", "next"]),
        (Status.DEPOSITED, ["done", "done", "now", "next"]),
        (Status.SUSPENDED, ["done", "done", "stopped", "next"]),
        (Status.AVAILABLE, ["done", "done", "done", "now"]),
        (Status.MANDATED, ["done", "done", "done", "now"]),
    ],
)
def test_of_a_public_body_the_deposit_says_where_it_is(status, expected):
    assert states(view(), channel(status)) == expected


def test_of_others_the_mail_that_left_is_the_deposit():
    assert states(view(), None, [(MailState.SENT, DAY)]) == ["done", "done", "done", "now"]
    assert states(view(), None, [(MailState.FAILED, DAY)]) == ["done", "done", "stopped", "next"]
    assert states(view(), None, [(MailState.QUEUED, DAY)]) == ["done", "done", "now", "next"]


def test_what_is_late_says_by_how_many_days():
    with clock.frozen(NOW):
        found = stops_of(view(overdue=True, late_from=date(2027, 4, 10)), None, [(MailState.SENT, DAY)])
    assert (found[-1].state, found[-1].text) == ("now", "en retard de 21\xa0jours")


def test_what_is_paid_is_over_and_what_a_credit_note_took_back_was_stopped():
    assert states(view(paid=True), channel(Status.DEPOSITED)) == ["done", "done", "done", "done"]
    assert states(view(paid=True, credited_cents=35_000), channel(Status.AVAILABLE))[-1] == "stopped"


def test_the_session_of_a_deposit_is_still_to_come():
    assert states(view(served_until=date(2027, 6, 1)), None, [(MailState.SENT, DAY)])[0] == "next"
