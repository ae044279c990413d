"""What people send takes no time that grows faster than its size, and fills no log."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest

from hostile import STACKED
from training.directory.rules.slugs import slug
from training.kernel import logs, sheets
from training.kernel.characters import MARKS, hidden, hidden_said, unprinted, unstacked, without_hidden
from training.kernel.pdf import printable
from training.payments.formats import csv_cells, ofx
from training.payments.formats.statement import tidy
from training.payments.rules import invoice_numbers
from training.web.forms import Form

MANY = STACKED[0] + STACKED[1:] * 60_000  # normalized as it is: seventeen seconds


def typed(text: str) -> object:
    form = Form()
    form.put("name", text)
    return form.text("name")


@pytest.mark.parametrize(
    "read",
    [
        hidden, without_hidden, unprinted, printable, slug, csv_cells.plain, invoice_numbers.plain, typed,
        lambda text: tidy(text, 60),
    ],
)  # fmt: skip
def test_accents_stacked_on_one_letter_are_put_in_order_in_no_time(read: Callable[[str], object]) -> None:
    began = time.process_time()
    read(MANY)
    assert time.process_time() - began < 1


def test_a_stack_that_no_language_has_is_refused_in_words_and_gone_when_the_form_comes_back() -> None:
    form = Form()
    form.put("name", MANY)
    assert form.errors["name"].startswith("Trop d’accents")
    assert form.values["name"] == MANY[: MARKS + 1]
    assert hidden_said(hidden(MANY)) == form.errors["name"]


@pytest.mark.parametrize(
    "text", ["Ng\u0129\u0301 Thị Phượng", "👩‍🚒" * 40, "—" * 80, "שָׁלוֹם", "a\u0301\u0302\u0303", "…" * 200]
)
def test_what_people_write_keeps_its_marks(text: str) -> None:
    assert unstacked(text) == text
    assert unicodedata.normalize("NFC", unstacked(text)) == unicodedata.normalize("NFC", text)


def test_a_line_too_long_is_found_whatever_ends_it() -> None:
    for end in ("\n", "\r", "\r\n"):
        text = end.join(["a" * 20, "b" * 20, "c" * 21, "d"])
        assert sheets._too_wide(text, 20) == 3
        assert sheets._too_wide(text, 21) is None
    assert sheets._too_wide("a" * 21, 20) == 1
    assert sheets._too_wide("", 20) is None


def test_a_tag_is_found_wherever_a_piece_ends() -> None:
    for before in range(sheets.PIECE - 60, sheets.PIECE + 3):
        text = "a" * before + "<STMTTRN>b</STMTTRN>"
        assert [found[2] for found in ofx._found(text)] == ["STMTTRN", "STMTTRN"]


def test_letters_are_read_wherever_a_piece_ends() -> None:
    for before in range(sheets.PIECE - 3, sheets.PIECE + 3):
        text = "a" * before + "é€😀"
        assert sheets.decode(text.encode()) == text
        assert sheets.decode(("a" * before + "é").encode("cp1252")) == "a" * before + "é"
        assert sheets.decode(text.encode("utf-16")) == text


def test_what_was_sent_fills_no_log() -> None:
    """A body of two megabytes that was no text was written out at each request, fourteen megabytes of escapes."""
    event = {"event": "x", "path": "/" + "a" * 60_000, "exception": "b" * 90_000, "n": 3}
    kept = logs._mask(None, "info", event)
    assert len(str(kept)) < logs.VALUE + logs.TRACEBACK + 500
    assert kept["path"].startswith("/aaa")
    assert "[…59001…]" in kept["path"]
