"""A colleague takes over: dates, role and public name go, the rest is said; whoever takes over hears of it by mail."""

from __future__ import annotations

import pytest

import makers
from training.directory.actions.facilitators import add_facilitator
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid
from training.reporting.office.history import history
from training.scheduling.actions.handing_over import hand_over
from training.scheduling.rules import taken_over
from training.worker import drain

pytestmark = pytest.mark.anyio


async def colleague(email: str, name: str, role: Role | None) -> int:
    account = await roles.add_user(SYSTEM, email, name)
    if role:
        await roles.grant(SYSTEM, account, role)
    return account


async def leads(email: str) -> int:
    return await add_facilitator(
        SYSTEM, name="Ben Suite", email=email, phone=None, partner=None, locale="fr", active=True
    )


async def two(**platform: object) -> tuple[makers.Town, int, int]:
    """A town whose session Aline leads, who is of the team; and Ben, who is too."""
    town = await makers.make_town(
        contact_name="Aline Anime", people="Aline Anime, conseil\nZoé Autre, accueil", **platform
    )
    aline = await colleague("anime@example.org", "Aline Anime", Role.ADMINISTRATOR)
    return town, aline, await colleague("ben@example.org", "Ben Suite", Role.ADVISER)


async def test_dates_role_and_public_name_go_over_and_the_page_says_so(database_test):
    town, aline, ben = await two()
    await add_facilitator(
        SYSTEM, name="Ben Suite", email="BEN@example.org", phone=None, partner=None, locale="fr", active=True
    )
    done = await hand_over(SYSTEM, aline, ben)
    await drain()
    assert (done.dates, done.kept, done.roles) == (1, (), (Role.ADMINISTRATOR,))
    assert done.platform == ("contact_name", "people")
    assert await db.value("select contact_name from platform") == "Ben Suite"
    assert await db.value("select people from platform") == "Ben Suite, conseil\nZoé Autre, accueil"
    steps = [step.title for step in await history(town.session)]
    assert "Animation : Aline Anime → Ben Suite" in [title.replace("\u00a0", " ") for title in steps]
    mail = await db.connection().fetchrow("select * from mail where occasion = 'staff_handed_over'")
    assert mail["to_email"] == "ben@example.org"
    assert "Aline Anime" in mail["subject"]


async def test_who_leads_nothing_keeps_the_dates_where_they_are_and_says_why(database_test):
    town, aline, ben = await two()
    done = await hand_over(SYSTEM, aline, ben)
    assert done.dates == 0
    assert "n’est pas parmi les personnes qui animent" in done.kept[0]
    sql = "select facilitator from assignment where slot = $1 and assignment_holds(state)"
    assert await db.value(sql, town.slot) == town.facilitator


async def test_a_clash_keeps_back_one_date_and_no_other(database_test):
    town, aline, ben = await two()
    other = await leads("ben@example.org")
    later = await makers.make_session(town.offer, starts_at=town.ends_at, facilitators=(town.facilitator,))
    await makers.make_session(town.offer, starts_at=town.starts_at, facilitators=(other,))
    done = await hand_over(SYSTEM, aline, ben)
    assert done.dates == 1
    assert len(done.kept) == 1
    led = """
        select t.session from assignment a join slot t on t.id = a.slot
        where a.facilitator = $1 and a.state = 'confirmed'
    """
    assert later in [record["session"] for record in await db.connection().fetch(led, other)]


async def test_one_of_the_team_to_another_of_the_team(database_test):
    _town, aline, _ben = await two()
    stranger = await colleague("zoe@example.org", "Zoé", None)
    for former, taker in ((aline, aline), (aline, stranger), (stranger, aline)):
        with pytest.raises(Invalid):
            await hand_over(SYSTEM, former, taker)


def test_a_text_that_names_somebody_else_stays() -> None:
    said = {"contact_name": "Zoé", "people": "Aline Anime, conseil\nBen Suite, accueil"}
    assert taken_over(said, "aline anime", "Ben Suite") == {"people": "Ben Suite, conseil\nBen Suite, accueil"}
