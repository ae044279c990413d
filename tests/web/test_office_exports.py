"""Every list is a file too: what it shows, with its filters, whatever its length."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import CalamineWorkbook

import makers
from office_makers import held_town, staff
from training.identity.rules import Role
from training.kernel import clock
from training.kernel.render import PACKAGE
from training.web.office.exports import LISTS
from training.web.parameters import EXPORTED, EXPORTS

pytestmark = pytest.mark.anyio

# Lists with pages that are no files, and why.
NO_FILES = {
    "invoices/drafts.html": "nothing is issued yet: the register has what is",
    "notes.html": "what people said is read where it was written",
    "mails.html": "letters, not a table",
    "settings/access.html": "`training user list`",
    "settings/access_former.html": "`training user roles`",
    "accounting/register.html": "has its own files",
    "feeds.html": "secret addresses",
    "payments/bank_files.html": "the bank has them",
    "payments/bank_file.html": "the bank has it",
    "payments/bank.html": "the bank has them",
    "organisations/requests.html": "the list of organisations has them, by state",
    "organisations/lookalikes.html": "pairs to be decided, one by one",
}


async def lines(client, path: str) -> list[list[str]]:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-disposition"].startswith("attachment")
    return [line.split(";") for line in answer.content.decode("utf-8-sig").splitlines()]


def test_every_list_with_pages_is_a_file_or_says_why_not():
    assert {one.path: name for name, one in LISTS.items()} == EXPORTED
    shown = {one.path for one in LISTS.values()}
    folder = PACKAGE / "templates" / "office"
    paged = {p.relative_to(folder).as_posix() for p in folder.rglob("*.html") if "ui.pager" in p.read_text()}
    assert len(paged - set(NO_FILES)) == len(shown), sorted(paged - set(NO_FILES))
    assert set(NO_FILES) <= paged


async def test_each_list_is_a_csv_and_a_workbook(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town()
        await staff(client)
    with clock.frozen(town.ends_at):
        for name, one in LISTS.items():
            found = await lines(client, f"{EXPORTS}/{name}.csv")
            assert all(len(line) == len(one.heads) for line in found), found
            answer = await client.get(f"{EXPORTS}/{name}.xlsx")
            sheet = CalamineWorkbook.from_object(io.BytesIO(answer.content)).get_sheet_by_index(0)
            assert sheet.to_python()[0] == found[0]
            page = await client.get(one.path)
            if found[1:]:
                assert f"{EXPORTS}/{name}.csv" in page.text


async def test_a_file_holds_what_the_list_is_narrowed_to(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await makers.make_organisation("Autre", siret=None, approved=False, domain="autre.example.org")
        await staff(client)
        page = await client.get("/gestion/structures?etat=pending")
        (link,) = re.findall(r'href="([^"]+\.csv[^"]*)"', page.text)
        assert [line[0] for line in (await lines(client, link.replace("&amp;", "&")))[1:]] == ["Autre"]
        assert len(await lines(client, f"{EXPORTS}/seances.csv?periode=passees")) == 1
        assert len(await lines(client, f"{EXPORTS}/seances.csv")) == 2


async def test_a_name_is_no_formula(client):
    with clock.frozen(makers.NOON):
        await makers.make_organisation("=1+1", siret=None, domain="autre.example.org")
        await staff(client)
        assert "'=1+1" in [line[0] for line in await lines(client, f"{EXPORTS}/structures.csv")]


async def test_pages_are_read_to_the_end(client, monkeypatch):
    monkeypatch.setattr("training.web.office.exports.AT_ONCE", 2)
    with clock.frozen(makers.NOON):
        for n in range(5):
            await makers.make_organisation(f"Mairie {n}", siret=None, domain=f"m{n}.example.org")
        await staff(client)
        assert [line[0] for line in (await lines(client, f"{EXPORTS}/structures.csv"))[1:]] == [
            f"Mairie {n}" for n in range(5)
        ]


async def test_who_may_not_see_a_list_has_no_file_of_it(client):
    await staff(client, Role.BOOKKEEPER)
    assert (await client.get(f"{EXPORTS}/lieux.csv")).status_code == 403
    assert (await client.get(f"{EXPORTS}/rien.csv")).status_code == 404
    assert (await client.get(f"{EXPORTS}/structures.pdf")).status_code == 404
