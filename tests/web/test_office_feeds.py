"""The team's calendars and those it hands over: made, shown once, found by name, replaced, revoked."""

from __future__ import annotations

import re

import pytest

import makers
from makers import text_of
from office_makers import refused
from training.calendar.actions.feeds import open_feed
from training.calendar.queries import feeds
from training.calendar.rules import FeedKind
from training.directory.actions import partners
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio
PATH = "/gestion/agendas"


@pytest.fixture
async def town(client):
    with clock.frozen(makers.NOON):
        made = await makers.make_town()
        await makers.make_staff(role=Role.ADVISER)
        await makers.sign_in(client, "equipe@example.org")
        yield made


def secret(page) -> str:
    (found,) = set(re.findall(r"/agenda/p/([\w-]+)\.ics", page.text))
    return str(found)


async def test_with_none_the_page_says_what_to_do_first(client, town):
    page = await client.get(PATH)
    assert "Aucune adresse" in page.text
    assert f'href="{PATH}" aria-current="page"' in page.text
    for choice in ("Toutes les séances, pour l’équipe", "Alençon, Salle des fêtes", "Aline Anime"):
        assert choice in page.text


async def test_each_kind_is_made_shown_once_and_listed_by_name(client, town):
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    kinds = {
        "staff": (FeedKind.STAFF, None, "Toutes les séances"),
        f"partner-{partner}": (FeedKind.PARTNER, partner, "Partenaire Essai"),
        f"venue-{town.venue}": (FeedKind.VENUE, town.venue, "Salle des fêtes"),
        f"facilitator-{town.facilitator}": (FeedKind.FACILITATOR, town.facilitator, "Aline Anime"),
    }
    for whose, (kind, subject, named) in kinds.items():
        made = await makers.post(client, PATH, {"label": f"pour {whose}", "whose": whose})
        assert made.status_code == 200
        assert made.headers["cache-control"] == "private, no-store"
        token = secret(made)
        owner = await feeds.owner(token)
        assert owner is not None
        assert (owner.kind, owner.subject) == (kind, subject)
        page = await client.get(PATH)
        assert token not in page.text
        assert f"pour {whose} {named}" in text_of(page.text)


@pytest.mark.parametrize(
    "whose", ["", "x", "partner-", "partner-999", "venue-0", "person-1", "staff-1", "facilitator-²"]
)
async def test_nobodys_calendar_is_refused_and_the_name_stays(client, town, whose):
    answer = await refused(client, PATH, {"label": "mon nom", "whose": whose}, 422, "Choisissez dans la liste.")
    assert 'value="mon nom"' in answer.text
    assert await db.value("select count(*) from feed_token") == 0


async def test_replaced_then_revoked(client, town):
    old = secret(await makers.post(client, PATH, {"label": "gardien", "whose": f"venue-{town.venue}"}))
    owner = await feeds.owner(old)
    assert owner is not None
    here = f"{PATH}/{owner.token}"
    assert "Remplacer l’adresse « gardien » ?" in text_of((await client.get(here + "/remplacer")).text)
    new = secret(await makers.post(client, here + "/remplacer"))
    assert await feeds.owner(old) is None
    owner = await feeds.owner(new)
    assert owner is not None
    here = f"{PATH}/{owner.token}"
    assert "Supprimer l’adresse « gardien » ?" in text_of((await client.get(here + "/supprimer")).text)
    assert (await makers.post(client, here + "/supprimer")).status_code == 303
    assert await feeds.owner(new) is None
    assert (await client.get(here + "/supprimer")).status_code == 404


async def test_what_people_made_for_themselves_is_not_the_teams(client, town):
    await open_feed(SYSTEM, "à la mairie", organisation=town.organisation)
    token = await feeds.tokens(organisation=town.organisation)
    assert "à la mairie" not in (await client.get(PATH)).text
    assert (await client.get(f"{PATH}/{token[0].id}/supprimer")).status_code == 404
    assert (await client.get(f"{PATH}/99999999999/remplacer")).status_code == 404


async def test_the_list_goes_on_page_after_page(client, town):
    for n in range(52):
        await open_feed(SYSTEM, f"adresse-{n:02}", venue=town.venue)
    first = await client.get(PATH)
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = await client.get(following)
    labels = re.findall(r'<th scope="row">(adresse-\d\d)', first.text + second.text)
    assert labels == [f"adresse-{n:02}" for n in reversed(range(52))]


async def test_the_bookkeeper_follows_no_calendar(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await makers.make_staff(role=Role.BOOKKEEPER)
        await makers.sign_in(client, "equipe@example.org")
        assert (await client.get(PATH)).status_code == 403
        assert (await makers.post(client, PATH, {"label": "x", "whose": "staff"})).status_code == 403
        assert PATH not in (await client.get("/gestion")).text
