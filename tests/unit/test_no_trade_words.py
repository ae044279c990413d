"""What the program says by itself, in its texts and templates, is of no trade: that is what a platform's data say."""

from __future__ import annotations

from babel.messages.pofile import read_po

from second_platform import TRADE
from source_reading import SOURCE
from training.kernel.motifs.art import MOTIF_NAMES

CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "training.po"


def test_no_text_speaks_of_one_trade() -> None:
    with CATALOGUE.open("rb") as file:
        messages = read_po(file, locale="en")
    said = [text for message in messages for text in (message.id if isinstance(message.id, tuple) else (message.id,))]
    assert [text for text in said if TRADE.search(text) and text not in MOTIF_NAMES.values()] == []


def test_no_template_speaks_of_one_trade() -> None:
    templates = [path for path in (SOURCE / "templates").rglob("*") if path.is_file()]
    assert len(templates) > 200
    found = {
        str(path.relative_to(SOURCE)): hit[0] for path in templates if (hit := TRADE.search(path.read_text("utf-8")))
    }
    assert found == {}
