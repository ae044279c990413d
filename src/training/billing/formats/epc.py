"""A transfer as a QR code that banking programs read (EPC069-12, version 2.1). Values in, text and picture out."""

from __future__ import annotations

import io

import segno

from training.kernel.money import decimal

NAME_MAX = 70  # AT-21
TEXT_MAX = 140  # AT-05, unstructured
CENTS_MAX = 99_999_999_999  # AT-04: 999,999,999.99 euros


def payload(*, name: str, iban: str, bic: str | None, cents: int, text: str) -> str:
    """What the code says. ValueError for an amount that no transfer has.

    The name is cut, the BIC may be empty (version 002, within the EEA); a line end in a text would shift the fields.
    """
    if not 0 < cents <= CENTS_MAX:
        raise ValueError(cents)
    fields = (
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        _line(bic or "").replace(" ", ""),
        _line(name)[:NAME_MAX].rstrip(),
        _line(iban).replace(" ", ""),
        f"EUR{decimal(cents)}",
        "",  # purpose
        "",  # structured reference
        _line(text)[:TEXT_MAX].rstrip(),
    )
    return "\n".join(fields)


def _line(text: str) -> str:
    return " ".join(text.split())


def picture(said: str) -> str:
    """The code as SVG, black on nothing; the same text gives the same picture. Level M (EPC069-12 §2.2)."""
    code = segno.make_qr(said, error="m", boost_error=False, encoding="utf-8", eci=False)
    out = io.BytesIO()
    code.save(out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue().decode()
