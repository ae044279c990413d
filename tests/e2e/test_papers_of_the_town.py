"""Every paper that the demonstration issued is PDF/A-3, and an invoice carries its XML. No browser."""

from __future__ import annotations

from collections import Counter

import asyncpg
import facturx
from sites import Site, in_own_loop

from pdfa_rules import findings

PAPERS = """
    select coalesce(e.number, f.id::text) as name, coalesce(i.kind, e.subject_kind, 'other') as kind, f.content
    from file f
    left join ledger_entry e on e.paper = f.id
    left join invoice i on i.entry = e.id
    where f.media_type = 'application/pdf' and f.content is not null
    order by f.id
"""


async def _papers(dsn: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(PAPERS)
    finally:
        await connection.close()


def test_every_paper_that_the_town_issued_is_pdfa_3_and_its_invoices_are_factur_x(site: Site) -> None:
    papers = in_own_loop(_papers(site.environment["DATABASE_URL"]))
    kinds = Counter(paper["kind"] for paper in papers)
    assert kinds["invoice"] > 20, kinds
    assert {"credit_note", "payment"} <= kinds.keys()
    assert {name: found for name, _kind, content in papers if (found := findings(content))} == {}
    carried = {name: facturx.get_xml_from_pdf(content, check_xsd=False)[0] for name, kind, content in papers
               if kind in ("invoice", "deposit", "credit_note")}  # fmt: skip
    assert set(carried.values()) == {"factur-x.xml"}
