"""Law: what people made ends in an archive; what an action deletes is no object, and it is said why."""

from __future__ import annotations

import re
from pathlib import Path

import training

SOURCE = Path(training.__file__).parent
# Table → why its rows may go. A thing that has a page of its own is never among them.
GOES = {
    "billable": "what is owed is worked out again from the booking",
    "billing_share": "the list of who pays is written again as one answer",
    "booking_document": "a paper that was somebody else's: its sum stays, and the audit says who took it off",
    "calendar_fragment": "a copy made for calendars, made again when it is asked for",
    "change": "values that were edited, past their term (RGPD art. 5)",
    "chorus_service": "the list is written again as one answer; the table of changes keeps the one before",
    "free_confirmation": "« réalisée » is undone: `unholding` says so",
    "free_due": "an hour at which something will be done",
    "head_count": "« réalisée » is undone: `unholding` says so",
    "holding": "« réalisée » is undone: `unholding` says so",
    "invoice": "a draft without a line is none; what was issued cannot go (a trigger)",
    "invoice_line": "a draft's; what was issued cannot go (a trigger), and lines by hand stay among its edits",
    "mail_service": "what the mail server last answered, while it answers badly",
    "bank_statement": "a file that could not be read, and is given again",
    "note": "notes past their term (RGPD art. 5)",
    "offer_facilitator": "who may deliver what: two keys; the table of changes keeps the list before",
    "offer_picture": "who no longer agrees to be seen is seen no more (C. civ. art. 9); its words stay among the edits",
    "offer_funding": "who funds an offer: two keys and a share; the offer's edits say it",
    "offer_step": "the programme is written again as one answer; the offer's edits keep the one before",
    "participant": "the list of who comes is written again as one answer, and names are kept no longer than needed",
    "request_key": "a form's or a request's key, past its day",
    "sent_form": "a form's key, past its day",
    "set_up": "a step that was put off, and is not any more",
    "signin_request": "a code that has run out",
    "signin_session": "a sign-in that has ended",
    "tariff": "a price of a day to come that was changed before its day; the offer's edits say the one before",
    "venue_use": "where a date takes place: two keys; the session's edits say it",
}


def deleted() -> set[str]:
    """The tables that actions delete rows of."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if "actions" not in (*path.parts, path.stem):
            continue
        text = path.read_text()
        found |= {table.lower() for table in re.findall(r"delete from (\w+)", text)}
        found |= {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in re.findall(r"\b([A-Z]\w+)\.delete\(", text)}
    return {"free_confirmation" if table == "free_confirmation_paper" else table for table in found}


def test_what_actions_delete_is_no_object() -> None:
    assert deleted() - GOES.keys() == set(), "archive it, or say in GOES why it may go"
    assert GOES.keys() - deleted() == set(), "nothing deletes these any more"


def test_no_session_organisation_or_offer_is_among_them() -> None:
    objects = {"session", "organisation", "offer", "venue", "facilitator", "partner", "contact", "booking", "supporter"}
    assert not objects & GOES.keys()
