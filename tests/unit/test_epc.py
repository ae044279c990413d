"""The transfer's QR code: what EPC069-12 wants in it, field by field, and the same picture each time."""

from __future__ import annotations

import pytest
from lxml import etree

from training.billing.formats import epc

IBAN = "FR76 3000 6000 0112 3456 7890 189"


def test_the_eleven_fields_in_their_order() -> None:
    said = epc.payload(name="Plateforme d’essai", iban=IBAN, bic="AGRIFRPP", cents=35_005, text="F2027-00042")
    assert said.split("\n") == [
        "BCD", "002", "1", "SCT", "AGRIFRPP", "Plateforme d’essai", "FR7630006000011234567890189", "EUR350.05",
        "", "", "F2027-00042",
    ]  # fmt: skip


def test_texts_are_cut_where_the_standard_ends_and_never_shift_a_field() -> None:
    said = epc.payload(name="N\n" + "é" * 90, iban=IBAN, bic=None, cents=1, text="t\r\n" * 100)
    fields = said.split("\n")
    assert len(fields) == 11
    assert (len(fields[5]), len(fields[10])) == (70, 139)
    assert fields[4] == ""
    assert fields[7] == "EUR0.01"


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_000])
def test_an_amount_that_no_transfer_has_is_refused(cents: int) -> None:
    with pytest.raises(ValueError):
        epc.payload(name="N", iban=IBAN, bic=None, cents=cents, text="")


def test_the_picture_is_an_svg_and_always_the_same() -> None:
    said = epc.payload(name="Plateforme d’essai", iban=IBAN, bic="AGRIFRPP", cents=35_000, text="F2027-00042")
    picture = epc.picture(said)
    assert picture == epc.picture(said)
    root = etree.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert int(root.get("viewBox", "").split()[2]) <= 17 + 4 * 13  # EPC069-12: version 13 at the most
