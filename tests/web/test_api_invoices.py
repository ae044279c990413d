"""The whole job through the API alone, then invoices: whose they are, as JSON, paper and XML; and the drafts."""

from __future__ import annotations

import pytest

import api_makers
import makers
from api_makers import API
from training.kernel import clock
from training.worker import drain

pytestmark = pytest.mark.anyio


async def held(client, programs: api_makers.Programs, seats: int = 40) -> str:
    """Book, hold and let the reactions run, all by program; the booking's reference."""
    with clock.frozen(makers.NOON):
        body = {"session": programs.town.session, "seats": seats, "purchase_order": "EJ-7"}
        made = await client.post(f"{API}/bookings", json=body, headers=programs.own)
        assert made.status_code == 201
    with clock.frozen(programs.town.ends_at):
        answer = await client.post(f"{API}/sessions/{programs.town.session}/held", headers=programs.staff)
        assert answer.status_code == 200
        await drain()
    return made.json()["reference"]


async def test_a_program_does_the_whole_job(client):
    with clock.frozen(makers.NOON):
        programs = await api_makers.make_programs()
    reference = await held(client, programs)
    (item,) = (await client.get(f"{API}/invoices", headers=programs.own)).json()["items"]
    assert (item["number"], item["booking"], item["net_cents"]) == ("F2027-00001", reference, 35_000)
    assert (item["status"], item["purchase_order"], item["issued_on"]) == ("issued", "EJ-7", "2027-03-10")
    assert item["pdf"].endswith(f"{API}/invoices/F2027-00001.pdf")
    read = (await client.get(f"{API}/invoices/F2027-00001", headers=programs.own)).json()
    assert [line["net_cents"] for line in read["lines"]] == [35_000]
    paper = await client.get(item["pdf"], headers=programs.own)
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["content-disposition"] == 'attachment; filename="F2027-00001.pdf"'
    assert paper.content.startswith(b"%PDF-")
    xml = await client.get(item["xml"], headers=programs.own)
    assert xml.headers["content-type"].startswith("application/xml")
    assert b"CrossIndustryInvoice" in xml.content
    assert (await client.get(f"{API}/bookings/{reference}", headers=programs.own)).json()["session_status"] == "held"


async def test_anothers_invoice_does_not_exist(client):
    with clock.frozen(makers.NOON):
        programs = await api_makers.make_programs()
    await held(client, programs)
    for name in ("F2027-00001", "F2027-00001.pdf", "F2027-00001.xml"):
        assert (await client.get(f"{API}/invoices/{name}", headers=programs.other)).status_code == 404
        assert (await client.get(f"{API}/invoices/{name}", headers=programs.staff)).status_code == 200
    assert (await client.get(f"{API}/invoices", headers=programs.other)).json() == {"items": [], "next": None}
    for name in ("F2027-00009", "F2027-00001.zip", ".pdf", "%00", "x" * 500):
        assert (await client.get(f"{API}/invoices/{name}", headers=programs.own)).status_code == 404


async def test_drafts_wait_for_the_team_and_are_issued_once(client):
    with clock.frozen(makers.NOON):
        programs = await api_makers.make_programs(issue_without_look=False)
    reference = await held(client, programs)
    assert (await client.get(f"{API}/invoices", headers=programs.own)).json()["items"] == []
    assert (await client.get(f"{API}/invoices/drafts", headers=programs.own)).status_code == 403
    (draft,) = (await client.get(f"{API}/invoices/drafts", headers=programs.staff)).json()["items"]
    assert (draft["booking"], draft["net_cents"], draft["organisation"]) == (reference, 35_000, "commune-d-essai")
    path = f"{API}/invoices/drafts/{draft['id']}/issue"
    assert (await client.post(path, headers=programs.own)).status_code == 403
    issued = await client.post(path, headers=programs.staff)
    assert issued.status_code == 201
    number = issued.json()["number"]
    assert issued.headers["location"] == f"{API}/invoices/{number}"
    assert (await client.get(issued.json()["pdf"], headers=programs.own)).content.startswith(b"%PDF-")
    assert (await client.post(path, headers=programs.staff)).status_code == 409
    for unknown in ("999999", str(10**30), "x"):
        missing = await client.post(f"{API}/invoices/drafts/{unknown}/issue", headers=programs.staff)
        assert missing.status_code == 404


async def test_invoices_and_drafts_come_page_after_page(client, monkeypatch):
    monkeypatch.setattr("training.web.api.paging.PAGE", 1)
    with clock.frozen(makers.NOON):
        programs = await api_makers.make_programs(issue_without_look=False)
        for _n in range(3):
            await makers.book_apart(programs.town, 3)
    with clock.frozen(programs.town.ends_at):
        await client.post(f"{API}/sessions/{programs.town.session}/held", headers=programs.staff)
        await drain()
    drafts = [draft["id"] for draft in await everything(client, "/invoices/drafts", programs.staff)]
    assert len(set(drafts)) == 3
    with clock.frozen(programs.town.ends_at):
        for draft in sorted(drafts):
            await client.post(f"{API}/invoices/drafts/{draft}/issue", headers=programs.staff)
    numbers = [invoice["number"] for invoice in await everything(client, "/invoices", programs.own)]
    assert len(set(numbers)) == 3
    assert numbers == sorted(numbers, reverse=True)


async def everything(client, path: str, headers: dict[str, str]) -> list[dict]:
    items, cursor = [], ""
    while cursor is not None:
        page = (await client.get(API + path, params={"cursor": cursor} if cursor else {}, headers=headers)).json()
        items, cursor = items + page["items"], page["next"]
    return items
