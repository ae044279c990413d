"""The one search box: on each page of the team, for whoever may see what it finds, and nothing of it in a log."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx
import pytest

import makers
import office_makers
import search_makers
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.logs import masked

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database_test")]

PATH = "/gestion/recherche"


async def typed(client: httpx.AsyncClient, text: str) -> httpx.Response:
    """What appears while somebody types."""
    return await client.get(PATH + "/reponses", headers={"X-Typed": quote(text)})


async def kinds(client: httpx.AsyncClient, text: str) -> set[str]:
    """The kinds of what somebody finds, the same in the box and on the page."""
    live, page = await typed(client, text), await client.get(PATH, params={"q": text})
    assert live.status_code == page.status_code == 200
    found = set(re.findall(r'id="liste-(\w+)"', page.text))
    assert found == set(re.findall(r'id="genre-(\w+)"', live.text)) - {"rien"}
    return found


@pytest.fixture
async def team(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await search_makers.make_searched()
    await office_makers.staff(client)
    return client


async def test_every_page_of_the_team_has_the_box(team: httpx.AsyncClient) -> None:
    for path in ("/gestion", "/gestion/structures", "/gestion/factures", "/gestion/seances/nouvelle", PATH):
        page = (await team.get(path)).text
        assert page.count('action="/gestion/recherche"') == 1, path
        assert page.count('aria-keyshortcuts="/"') == 1, path


async def test_enter_finds_without_a_script(team: httpx.AsyncClient) -> None:
    page = await team.get(PATH, params={"q": "sées réparer"})
    words = makers.text_of(page.text)
    assert "Réparer son vélo soi-même" in words
    assert "Sées" in words
    assert "Halle aux Grains" in words
    assert 'value="sées réparer"' in page.text


async def test_who_is_found_can_be_called(team: httpx.AsyncClient) -> None:
    for answer in (await typed(team, "oeuvrard"), await team.get(PATH, params={"q": "oeuvrard"})):
        assert 'href="tel:0233806612"' in answer.text
        assert "02 33 80 66 12" in answer.text


async def test_each_answer_leads_to_its_page(team: httpx.AsyncClient) -> None:
    for text in ("alençon vélo", "lefèvre", "sées", "42", "maëlle", "facture", "aline", "halle"):
        page = (await typed(team, text)).text
        for href in set(re.findall(r'href="(/[^"]+)"', page)):
            answer = await team.get(href.replace("&amp;", "&"))
            assert answer.status_code == 200, (text, href)


async def test_what_is_typed_is_in_no_address_while_it_is_typed(team: httpx.AsyncClient) -> None:
    answer = await typed(team, "Œuvrard")
    assert "Œuvrard-Dubois" in answer.text
    assert answer.request.url.query == b""
    assert answer.headers["cache-control"] == "private, no-store"
    assert masked(PATH) == PATH  # an address is logged without its query (training.app)


async def test_a_bookkeeper_finds_what_a_bookkeeper_may_see(client: httpx.AsyncClient) -> None:
    await search_makers.make_searched()
    await office_makers.staff(client, Role.BOOKKEEPER)
    everything = {"session", "organisation", "contact", "booking", "participant", "invoice", "offer"}
    found = set[str]()
    for text in ("vélo", "alençon", "aline", "halle", "maëlle", "rachel", "350"):
        found |= await kinds(client, text)
    assert found == everything  # neither venues nor who delivers: those pages refuse a bookkeeper
    refused = await client.get(PATH, params={"q": "halle", "genre": "venue"})
    assert 'id="liste-venue"' not in refused.text


async def test_an_administrator_finds_all_kinds(team: httpx.AsyncClient) -> None:
    found = set[str]()
    for text in ("vélo", "alençon", "aline", "halle", "maëlle", "rachel", "350"):
        found |= await kinds(team, text)
    assert found >= {"session", "organisation", "contact", "booking", "participant", "invoice", "venue", "offer"}
    assert "facilitator" in found


async def test_strangers_find_nothing(client: httpx.AsyncClient) -> None:
    await search_makers.make_searched()
    for path in (PATH + "?q=rachel", PATH + "/reponses"):
        answer = await client.get(path, headers={"X-Typed": "rachel"})
        assert answer.status_code in (303, 401, 403)
        assert "Dubois" not in answer.text


async def test_what_is_not_found_is_said_with_what_can_be_done(team: httpx.AsyncClient) -> None:
    for answer in (
        await typed(team, "Commune de Nulle-Part"),
        await team.get(PATH, params={"q": "Commune de Nulle-Part"}),
    ):
        assert "Rien pour « Commune de Nulle-Part »" in makers.text_of(answer.text)
        assert "/gestion/nouvelle-structure?nom=Commune+de+Nulle-Part" in answer.text
        assert "/gestion/reservations/nouvelle?qui=Commune+de+Nulle-Part" in answer.text


async def test_of_many_a_few_are_shown_and_the_others_led_to(team: httpx.AsyncClient) -> None:
    async with db.atomic():
        await db.execute(
            """
            insert into participant (booking, name)
            select min(id), 'Zoé ' || n from booking, generate_series(1, 8) n group by n
            """
        )
    page = await team.get(PATH, params={"q": "zoé"})
    assert page.text.count("Zoé ") == 5
    assert "Voir les 3 autres" in makers.text_of(page.text)
    more = await team.get(PATH, params={"q": "zoé", "genre": "participant"})
    assert more.text.count("Zoé ") == 8


async def test_what_is_over_is_found_last_and_says_so(team: httpx.AsyncClient) -> None:
    async with db.atomic():
        await db.execute("update contact set active = false where name = 'Nathalie Lefèvre'")
        await db.execute("update contact set name = 'Zénon Lefèvre' where name = 'Félix Finances'")
        await db.execute("update organisation set state = 'archived' where name like 'Saint-Germain%'")
    with clock.frozen(makers.NOON):
        assert (await search_makers.found("lefevre"))["contact"] == ["Zénon Lefèvre", "Nathalie Lefèvre"]
    words = makers.text_of((await typed(team, "lefevre")).text)
    assert "Ancien" in words
    assert "Archivée" in makers.text_of((await typed(team, "corbéis")).text)


@pytest.mark.parametrize("text", ["%", "'", "\\", "a" * 300, "😀", "\x00", "<script>", "(((", "& | !", "%ff"])
async def test_nothing_that_is_typed_is_an_error(team: httpx.AsyncClient, text: str) -> None:
    assert (await typed(team, text)).status_code == 200
    page = await team.get(PATH, params={"q": text})
    assert page.status_code == 200
    assert "<script>" not in page.text.replace("<script src", "").replace('<script type="module"', "")
