"""No glyph is missing, off the page or over its neighbour, on any paper, for any text that is accepted."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise
from unicodedata import normalize

import pytest
from PIL import Image

from invoice_samples import ISSUED, invoice, with_lines, workshop
from papers_read import said
from printed_boxes import Run, runs
from training.billing.documents import free, invoice_paper, service_proof
from training.billing.documents.free import FreeConfirmation, Occurrence
from training.billing.documents.service_proof import Served
from training.billing.rules.payments import Way
from training.billing.rules.states import DocumentKind
from training.kernel import pdf
from training.kernel.characters import _PRINTED, check_printed, unprinted
from training.papers.documents.party import Party
from training.papers.documents.talon import Talon
from training.papers.rules.vat import VatRegime
from training.payments import documents as receipts
from training.payments.documents import ReceiptDocument, Settled

LEFT, RIGHT, FOOT, HEAD = 16.0, 194.0, 0.5, 297.0  # millimetres: the margins of layout.typ
SPACE = 1.5  # the space after the last word of a line, which nobody sees

CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # 36 characters
TEXTS = {
    "a code of 36 characters": CODE,
    "capitals without a space": "W" * 200,
    "a name without a space": "Communauté" * 19,
    "an address without a space": "a" * 90 + "@" + "b" * 90 + ".example.org",
    "Greek and Cyrillic": "ΑθήναΜεσσηνίαΠελοπόννησος" * 4 + "Ленинградская" * 6,
    "Vietnamese": "Nguyễn Thị Ánh Tuyết " * 8,
    "short words": "l’eau à l’île " * 14,
}


def party(like: Party, text: str) -> Party:
    return replace(like, name=text, legal_form=text[:100], address=(text, text), city=text[:100], email=text[:100],
                   contact=text[:100], phone=text[:30])  # fmt: skip


def stub_of(text: str) -> Talon:
    when = datetime(2026, 6, 9, 7, tzinfo=UTC)
    return Talon(title=text[::-1], starts_at=when, ends_at=when.replace(hour=10), city=text, venue=text, paper="vert",
                 count=10_000, dates=31)  # fmt: skip


def an_invoice(text: str, kind: DocumentKind = DocumentKind.INVOICE, regime: VatRegime = VatRegime.NORMAL) -> bytes:
    whole = invoice(regime, kind)
    line = replace(workshop(regime), description=text, detail=text)
    document = replace(
        with_lines(whole, line, line, line),
        seller=party(whole.seller, text),
        buyer=party(whole.buyer, text),
        subject=text,
        session=stub_of(text),
        service_code=text[:100],
        order_reference=text[:50],
        contract_reference=text[:50],
        notes=(text,),
    )
    return invoice_paper.build(document)


def a_free_session(text: str) -> bytes:
    whole = invoice()
    when = datetime(2026, 6, 9, 7, tzinfo=UTC)
    return free.build(
        FreeConfirmation(
            booking="R-7K2M", made_on=ISSUED, provider=party(whole.seller, text), beneficiary=party(whole.buyer, text),
            title=text, occurrences=(Occurrence(starts_at=when, ends_at=when.replace(hour=9), place=text),) * 2,
            seats=12, value_cents=18_000, session=stub_of(text),
        )
    )  # fmt: skip


def a_receipt(text: str) -> bytes:
    whole = invoice()
    settled = Settled(number=text[:35], issued_on=ISSUED, gross_cents=99_999_999, cents=99_999_999, due_cents=0)
    return receipts.build(
        ReceiptDocument(
            number="R2026-00007", issued_on=ISSUED, received_on=date(2026, 6, 5), seller=party(whole.seller, text),
            payer=party(whole.buyer, text), way=Way.CHEQUE, reference=text[:200], amount_cents=99_999_999,
            settled=(settled,) * 3, left_cents=0,
        )
    )  # fmt: skip


def a_proof(text: str) -> bytes:
    whole = invoice(VatRegime.NORMAL)
    document = replace(whole, seller=party(whole.seller, text), buyer=party(whole.buyer, text),
                       order_reference=text[:50])  # fmt: skip
    return service_proof.build(document, [served(text)] * 2)


def served(text: str) -> Served:
    when = datetime(2026, 6, 2, 7, tzinfo=UTC)
    return Served(
        title=text, booking="R-7F3K2QM", organisation=text,
        occurrences=(service_proof.Occurrence(when, when.replace(hour=10), text),), facilitators=(text, text),
        expected=40, present=37, counted_at=when, counted_by=text[:200], city=text, venue=text, paper="or",
    )  # fmt: skip


PAPERS: dict[str, Callable[[str], bytes]] = {
    "invoice": an_invoice,
    "credit note": lambda text: an_invoice(text, DocumentKind.CREDIT_NOTE, VatRegime.FRANCHISE_293B),
    "free session": a_free_session,
    "receipt": a_receipt,
    "proof of service": a_proof,
}


def crossing(found: list[Run]) -> list[tuple[Run, Run]]:
    lines: dict[tuple[int, int], list[Run]] = {}
    for run in found:
        lines.setdefault((run.page, round(run.base)), []).append(run)
    rows = [sorted(row, key=lambda run: run.left) for row in lines.values()]
    return [(a, b) for row in rows for a, b in pairwise(row) if a.over(b)]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_glyph_is_there_and_in_its_column(paper: str, text: str) -> None:
    assert unprinted(TEXTS[text]) == ""
    found = runs(PAPERS[paper](TEXTS[text]))
    assert len(found) > 20
    assert [run for run in found if run.missing] == []
    outside = [run for run in found if run.left < LEFT - 0.5 or run.right > RIGHT + SPACE]
    assert outside == []
    assert [run for run in found if not FOOT < run.base < HEAD] == []
    assert crossing(found) == []


OLD = {
    "emoji": "Ateliers 🚲 du Maine 🫨",
    "Chinese": "東京都自転車教室" * 12,
    "Korean": "서울 자전거 교실",
    "Hebrew and Arabic": "שלום عليكم",
    "flags and families": "🇫🇷 Fête 👨‍👩‍👧 ✨",
    "emoji alone": "🚲",
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("text", OLD)
def test_a_name_of_before_it_was_refused_is_printed_without_a_question_mark(paper: str, text: str) -> None:
    printed = PAPERS[paper](OLD[text])
    assert "?" not in said(printed)
    found = runs(printed)
    assert [run for run in found if run.missing] == []
    assert [run for run in found if run.left < LEFT - 0.5 or run.right > RIGHT + SPACE] == []
    assert crossing(found) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_a_code_is_printed_whole(paper: str) -> None:
    assert CODE[:30] in said(PAPERS[paper](CODE)).replace(" ", "")


EVERY = "".join(c for c in map(chr, range(0x20, 0x10000)) if not 0xD800 <= ord(c) < 0xE000 and _PRINTED.fullmatch(c))


@pytest.mark.parametrize("weight", ["regular", "semibold", "bold"])
def test_our_papers_draw_every_character_that_is_accepted(weight: str) -> None:
    source = (
        '#set document(title: "-")\n'
        f'#set text(lang: "fr", font: "Source Sans 3", weight: "{weight}", fallback: false)\n#sys.inputs.text'
    )
    paper = pdf._typeset(source.encode(), {"text": EVERY}, pdf.EPOCH)
    assert [run for run in runs(paper) if run.missing] == []
    assert [c for c in EVERY if pdf.printable(c) != normalize("NFC", c)] == []


@pytest.mark.parametrize("text", ["Vélo 🚲", "中文", "שלום", "سلام", "e\u0301\u0323\u0331", "\u2603"])
def test_what_our_papers_cannot_draw_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="ne peut pas être imprimé sur les factures"):
        check_printed(text)


@pytest.mark.parametrize("text", ["Élan d’Île — « 12 € », n° 3", "e\u0301te\u0301", "Ştefan", "Nguyễn", "Ω Ж", ""])
def test_what_our_papers_draw_is_accepted(text: str) -> None:
    assert check_printed(text) == text


def picture(size: tuple[int, int], mode: str = "RGB", kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def endless() -> bytes:
    """A bomb: the head of a picture of 30,000 × 30,000 points, and as much as compresses to nothing."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


BROKEN = {
    "truncated": picture((300, 300))[:-40],
    "a head alone": picture((300, 300))[:20],
    "30,000 points": endless(),
    "long and thin": picture((30_000, 10), "1"),
    "printer's colours": picture((10, 10), "CMYK", "JPEG"),
    "a truncated JPEG": picture((500, 500), kind="JPEG")[:500],
}


@pytest.mark.parametrize("logo", BROKEN)
def test_a_logo_that_was_kept_and_cannot_be_printed_stops_no_paper(logo: str) -> None:
    assert said(invoice_paper.build(invoice(), BROKEN[logo])) == said(invoice_paper.build(invoice()))
