"""Every kind of document we issue, held against ISO 19005-3 by a checker that is not ours (the town: `e2e`)."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from lxml import etree
from test_other_papers import RECEIPT

import invoice_samples as samples
from papers_read import LOGO
from pdfa_rules import findings
from training.billing.formats import facturx
from training.directory.rules.organisations import Buyer
from training.papers.rules.vat import VatRegime
from training.payments import documents as receipts


@pytest.mark.parametrize("make", samples.DOCUMENTS.values(), ids=samples.DOCUMENTS)
def test_every_issued_document_is_pdfa_3(make):
    assert findings(facturx.build(make(VatRegime.NORMAL, Buyer.PUBLIC))[0]) == set()


@pytest.mark.parametrize("who", samples.OTHER_BUYERS)
def test_a_document_for_a_buyer_that_is_no_firm_of_france_is_pdfa_3(who):
    _party, kind, _taxable, regimes = samples.OTHER_BUYERS[who]
    document = samples.for_other(samples.invoice(regimes[-1], buyer_kind=kind), who)
    assert findings(facturx.build(document, LOGO)[0]) == set()


def test_a_receipt_is_pdfa_3():
    assert findings(receipts.build(RECEIPT, LOGO)) == set()


def test_a_second_list_of_schemas_is_found():
    with pikepdf.open(BytesIO(facturx.build(samples.invoice())[0])) as document:
        stream = document.Root.Metadata
        packet = etree.fromstring(stream.read_bytes()).getroottree()
        schemas = packet.find(f".//{facturx._SCHEMAS}")
        schemas.getparent().append(etree.fromstring(etree.tostring(schemas)))
        stream.write(etree.tostring(packet, encoding="utf-8"))
        document.save(out := BytesIO())
    assert findings(out.getvalue()) == {("ISO_19005_3:6.6.2.1-4", "pdfaExtension:schemas occurs more than once")}
