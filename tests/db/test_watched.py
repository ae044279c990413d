"""Where money goes, who rules, which way mail goes: old and new are kept, and every administrator is told."""

from __future__ import annotations

import pytest

import makers
from training.directory.actions import platform
from training.identity import queries
from training.identity.actions import leaving, roles, signin
from training.identity.rules import Role
from training.kernel import db, settings
from training.kernel.actor import SYSTEM, Actor
from training.records.actions.seen_settings import see_settings
from training.worker import drain

pytestmark = pytest.mark.anyio

OLD, NEW = "FR7630006000011234567890189", "FR7610096000301234567890192"
BOSSES = ["a@example.org", "b@example.org"]


async def boss(email: str = "a@example.org") -> Actor:
    entered = await signin.by_link(await signin.open_door(SYSTEM, email), program="test")
    return (await queries.by_session(entered.token)).actor


async def town() -> None:
    await makers.make_platform(iban=OLD)
    for email in BOSSES:
        await makers.make_staff(email)
    await makers.make_staff("conseil@example.org", Role.ADVISER)
    await drain()
    await db.execute("delete from mail where occasion = 'staff_watched'")


async def told() -> list[str]:
    """Who was told since; each word of the mails is read by the caller."""
    await drain()
    sql = "select to_email from mail where occasion = 'staff_watched' order by to_email"
    return [row["to_email"] for row in await db.connection().fetch(sql)]


async def words() -> str:
    return " ".join((await db.value("select text from mail where occasion = 'staff_watched' limit 1")).split())


async def kept(field: str) -> list[tuple[str | None, str | None]]:
    rows = await db.connection().fetch("select old, new from change where field = $1 order by id", field)
    return [(row["old"], row["new"]) for row in rows]


async def test_another_iban_is_told_to_every_administrator_with_the_old_and_the_new(database_test):
    await town()
    await platform.set_platform(await boss(), {"iban": NEW, "accent": "#0e5a6e"})
    assert await told() == BOSSES
    said = await words()
    assert (OLD in said, NEW in said, "Ève Équipe (a@example.org)" in said) == (True, True, True)
    assert (await kept("iban"))[-1] == (OLD, NEW)


async def test_what_is_not_watched_or_did_not_change_tells_nobody(database_test):
    await town()
    await platform.set_platform(await boss(), {"iban": OLD, "phone": "02 00 00 00 00"})
    assert await told() == []


async def test_a_new_administrator_is_told_to_the_others(database_test):
    await town()
    await roles.join_team(await boss(), "c@example.org", "Chloé", Role.ADMINISTRATOR)
    assert await told() == BOSSES
    assert "maintenant : c@example.org" in await words()
    assert (await kept("administrator"))[-1] == (None, "c@example.org")
    occasions = "select to_email from mail where occasion = 'access_given'"
    assert [row["to_email"] for row in await db.connection().fetch(occasions)] == ["c@example.org"]


async def test_a_removed_administrator_is_told_too(database_test):
    await town()
    held = await db.value(
        "select m.id from membership m join account a on a.id = m.account where email = $1", BOSSES[1]
    )
    await leaving.remove(await boss(), held)
    assert await told() == BOSSES
    assert (await kept("administrator"))[-1] == (BOSSES[1], None)


async def test_an_adviser_comes_and_goes_without_a_word(database_test):
    await town()
    await roles.join_team(await boss(), "d@example.org", "Denis", Role.ADVISER)
    await leaving.remove(await boss(), await db.value("select max(id) from membership"))
    assert await told() == []


async def test_another_way_of_mails_is_told_once_when_a_start_sees_it(database_test):
    await town()
    await see_settings(SYSTEM, {"smtp_url": "smtp://ici.example.org:587"})
    assert await told() == []  # the first start has nothing to compare
    for _process in range(2):
        await see_settings(SYSTEM, {"smtp_url": "smtps://u@la.example.org:465"})
    assert await told() == BOSSES
    said = await words()
    assert "avant : smtp://ici.example.org:587" in said
    assert "sur le serveur lui-même" in said
    assert await kept("smtp_url") == [("smtp://ici.example.org:587", "smtps://u@la.example.org:465")]


def test_no_secret_is_among_what_a_start_looks_at():
    here = {"SMTP_URL": "smtps://nom:secret@smtp.example.org", "BASE_URL": "http://127.0.0.1:8000"}
    assert settings.load(here).of_mail == {"smtp_url": "smtps://nom@smtp.example.org"}
    live = {**here, "BASE_URL": "https://site.example.org", "SECRET_KEY": "x" * 40}
    assert settings.load(live).of_mail["base_url"] == "https://site.example.org"


async def test_nobody_runs_the_site_yet_and_nothing_fails(database_test):
    await makers.make_staff()
    await drain()
    assert await db.value("select count(*) from mail") == 0
