"""`training user`: who may come in, with which role; removed; and why the last one stays."""

from __future__ import annotations

import pytest

import makers
from commands import training
from training.identity import queries
from training.identity.actions import signin
from training.identity.rules import Role
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.commits]


async def test_people_are_listed_and_removed_and_the_last_administrator_stays(database_test, database_dsn, tmp_path):
    town = await makers.make_town()
    await makers.make_staff()
    await makers.make_staff("conseil@example.org", Role.ADVISER)
    theirs = await signin.by_link(await signin.open_door(SYSTEM, "compta@mairie.example.org"), program="test")
    listed = await training(database_dsn, tmp_path, "user", "list")
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == ["equipe@example.org", "conseil@example.org"]
    everybody = await training(database_dsn, tmp_path, "user", "list", "--all")
    assert "compta@mairie.example.org\tFélix Finances\taccountant\tcommune-d-essai" in everybody.stdout
    one = await training(database_dsn, tmp_path, "user", "roles", "COMPTA@mairie.example.org")
    assert one.stdout.strip().endswith("\tcontact")
    stays = await training(database_dsn, tmp_path, "user", "remove", "equipe@example.org")
    assert stays.returncode != 0
    assert "seule personne qui administre la plateforme" in stays.stderr
    done = await training(
        database_dsn, tmp_path, "user", "remove", "compta@mairie.example.org", "--organisation", town.slug
    )
    assert (done.returncode, done.stdout) == (0, "Retiré : accountant commune-d-essai\n")
    assert await queries.by_session(theirs.token) is None
    again = await training(database_dsn, tmp_path, "user", "remove", "compta@mairie.example.org")
    assert again.returncode != 0
    ended = await training(database_dsn, tmp_path, "user", "roles", "compta@mairie.example.org")
    assert "\tfini : accès retiré" in ended.stdout


async def test_who_facilitated_and_advised_leaves_everywhere_by_one_command(database_test, database_dsn, tmp_path):
    """Of roles with a partner or as a facilitator no command ended any."""
    await makers.make_town()
    await makers.make_staff()
    await makers.make_staff("anime@example.org", Role.ADVISER)
    await signin.by_link(await signin.open_door(SYSTEM, "anime@example.org"), program="test")
    done = await training(database_dsn, tmp_path, "user", "remove", "anime@example.org", "--everywhere")
    assert sorted(done.stdout.splitlines()) == [
        "Retiré : adviser équipe",
        "Retiré : facilitator animation : Aline Anime",
    ]
    assert await queries.memberships_of("anime@example.org") == []
    stays = await training(database_dsn, tmp_path, "user", "remove", "equipe@example.org", "--everywhere")
    assert "seule personne qui administre la plateforme" in stays.stderr
