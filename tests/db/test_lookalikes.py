"""Organisations that look the same are noted as they come, and told apart for good."""

from __future__ import annotations

import pytest

import makers
from training.directory.actions import archiving
from training.directory.actions.importing import import_organisations
from training.directory.formats.organisations_sheet import OrganisationRow
from training.directory.rules.organisations import OrganisationKind
from training.identity.actions.joining import archive_for
from training.kernel import db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio
OTHER_SIRET = "00007775000008"


async def pairs() -> set[tuple[str, str]]:
    sql = """
        select a.name as one, b.name as two from lookalike l
        join organisation a on a.id = l.first join organisation b on b.id = l.second where l.apart_at is null
    """
    return {(record["one"], record["two"]) for record in await db.connection().fetch(sql)}


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Mairie d'Essai", True),
        ("COMMUNE D’ESSAI", True),
        ("Ville d’Essaii", True),
        ("Les Amis du vélo", False),
        ("Sées", False),
    ],
)
async def test_names_that_say_the_same_look_the_same(database_test, name, alike):
    await makers.make_organisation()
    await db.execute("update organisation set address = ''")
    await makers.make_organisation(name, siret=None, domain="autre.example.org")
    assert (await pairs() == {("Commune d’Essai", name)}) is alike


async def test_an_address_or_a_mail_shared_looks_the_same_but_never_two_sirets(database_test):
    await makers.make_organisation("Sées")
    await makers.make_organisation("CCAS", siret=None, domain="ccas.example.org")  # the same place
    elsewhere = await makers.make_organisation("Office de tourisme", siret=None)  # the same mails
    await db.execute("update organisation set address = 'Ailleurs' where id = $1", elsewhere)
    assert await pairs() == {("Sées", "CCAS"), ("Sées", "Office de tourisme")}
    await makers.make_organisation("Mairie de Sées", siret=OTHER_SIRET, domain="mairie.example.org")
    assert ("Sées", "Mairie de Sées") not in await pairs()


async def test_what_was_told_apart_stays_so_whatever_is_edited(database_test):
    first = await makers.make_organisation()
    second = await makers.make_organisation("Mairie d’Essai", siret=None, domain="autre.example.org")
    assert len(await pairs()) == 1
    await archiving.tell_apart(SYSTEM, second, first)
    await db.execute("update organisation set name = 'La Mairie d’Essai' where id = $1", second)
    assert await pairs() == set()


async def test_a_pair_is_gone_with_the_one_that_is_archived(database_test):
    first = await makers.make_organisation()
    second = await makers.make_organisation("Mairie d’Essai", siret=None, domain="autre.example.org")
    await archive_for(SYSTEM, second, first)
    assert await pairs() == set()


async def test_many_that_look_the_same_are_not_read_for_each_that_comes(database_test):
    """5,900 associations of one town with one address did not end in two minutes: a kept plan read all for each."""
    many = 600
    rows = [
        OrganisationRow(line=n, name=f"Association d’Essai {n}", kind=OrganisationKind.ASSOCIATION, siret=None,
                        address="1 rue de l’Essai", postcode="61500", city="Sées", contact="Nina Test",
                        email=f"nina{n}@example.org", phone="", title="")
        for n in range(many)
    ]  # fmt: skip
    async with db.atomic():
        await import_organisations(SYSTEM, rows)
        read = await db.connection().fetch("select relname, seq_tup_read from pg_stat_xact_user_tables")
    assert await db.value("select count(*) from lookalike") >= many
    whole = {record["relname"]: record["seq_tup_read"] for record in read}
    assert whole["organisation"] < 10 * many
    assert whole["lookalike"] < 10 * many
