"""Whatever is written is printed, and a page that would break the standard is refused, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from facturx_rules import findings
from invoice_samples import ISSUED, invoice
from papers_read import said
from training.billing.formats import facturx
from training.kernel import pdf


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana Ştefan", "Ana Ştefan"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("½ journée", "½ journée"),
        ("Vélo 🚲 électrique", "Vélo électrique"),
        ("🎉 Fête ✨", "Fête"),
        ("🚲🚲", "□"),
        ("中文 association", "□□ association"),
        ("avec\x07sonnette\x00", "avec sonnette"),
        ("famille 👨‍👩‍👧 Martin", "famille Martin"),
        ("L’« Écluse » – n° 3 <b> #let $x$ @a", "L’« Écluse » – n° 3 <b> #let $x$ @a"),
        ("renversé \u202eegag", "renversé egag"),
    ],
)
def test_no_character_stops_an_invoice(name: str, shown: str) -> None:
    document = invoice()
    page, _xml = facturx.build(replace(document, buyer=replace(document.buyer, name=name)))
    assert findings(page) == []
    assert shown in said(page)


@settings(max_examples=60, derandomize=True)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_printed(text: str) -> None:
    document = invoice()
    strange = replace(document, subject=text, lines=(replace(document.lines[0], detail=text),))
    page, xml = facturx.build(strange)
    assert page.startswith(b"%PDF")
    assert etree.fromstring(xml) is not None


def test_a_logo_that_is_no_picture_does_not_stop_an_invoice() -> None:
    page, _xml = facturx.build(invoice(), b"not a picture")
    assert "F2026-00042" in said(page)


def test_a_template_that_fails_says_which() -> None:
    before = pdf.spent()
    with pytest.raises(pdf.RenderError, match=r"missing\.typ"):
        pdf.compile("missing.typ", {})
    assert pdf.spent().compilations == before.compilations + 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b'#set text(lang: "fr", font: "Source Sans 3")\nSans titre', "title"),
        (b'#set document(title: "t")\n#set text(lang: "fr", font: "Nowhere Sans")\nPolice', "nowhere sans"),
        (  # a code to scan that nobody could read aloud
            b'#set document(title: "t")\n#set text(lang: "fr", font: "Source Sans 3")\n'
            b'#image(bytes("<svg xmlns=\\"http://www.w3.org/2000/svg\\" viewBox=\\"0 0 1 1\\"/>"), format: "svg")',
            "alt",
        ),
        (
            b'#set document(title: "t")\n#set text(lang: "fr", font: "Source Sans 3")\n= Un\n=== Trois',
            "heading",
        ),
    ],
)
def test_a_page_that_breaks_the_standard_or_falls_back_is_refused(source: bytes, reason: str) -> None:
    with pytest.raises((pdf.RenderError, typst.TypstError), match=f"(?i){reason}"):
        pdf._typeset(source, {}, ISSUED)
