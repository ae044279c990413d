"""Communes of the country: loaded whole, again safely; those typed by hand become them, and who is in them follows."""

from __future__ import annotations

import asyncio
import re
import time

import pytest
from click.testing import CliRunner

import makers
from training.cli import main
from training.directory.actions.communes import commune_named
from training.directory.formats.communes import CommuneSaid
from training.directory.queries import commune_typed
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.reporting.office.communes import communes_offered, communes_typed
from training.reporting.portal.near import near
from training.scheduling.actions.communes import import_communes, join_commune

pytestmark = pytest.mark.anyio

SEES = CommuneSaid("61464", "Sées", ("61500",), (48.6058, 0.1738), 4_248, "246100390", "CC des Sources de l’Orne")
ALENCON = CommuneSaid("61001", "Alençon", ("61000",), (48.43, 0.09), 25_490)


async def rows() -> list[dict[str, object]]:
    found = await db.connection().fetch("select * from commune order by id")
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


def _letters(n: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{n:05}").capitalize()


def country(many: int) -> list[CommuneSaid]:
    """So many communes: three of ten share a postcode, as villages do, and one in seven bears another's name."""
    return [
        CommuneSaid(
            f"{n // 1000 + 1:02}{n % 1000:03}", f"Saint-{_letters(n * 6 // 7)} sur Orne",
            (f"{10_000 + n * 7 // 10:05}",),
            (42 + n % 900 / 100, n % 700 / 100), n % 5_000, f"{200_000_000 + n // 30}", f"CC {n // 30}",
            "02 33 00 00 00", f"mairie@c{n}.example.org",
        )
        for n in range(many)
    ]  # fmt: skip


async def test_what_files_say_is_written_and_again_changes_nothing(database_test):
    done = await import_communes(SYSTEM, [SEES, ALENCON])
    assert (done.loaded.made, done.loaded.changed, done.loaded.homeless, done.joined) == (2, 0, 0, ())
    first = await rows()
    done = await import_communes(SYSTEM, [SEES, ALENCON])
    assert (done.loaded.made, done.loaded.changed) == (0, 0)
    assert await rows() == first
    assert await db.value("select count(*) from commune_postcode") == 2


async def test_a_file_that_says_less_takes_nothing_away_and_one_that_says_more_adds(database_test):
    await import_communes(SYSTEM, [SEES])
    mairie = CommuneSaid("61464", phone="02 33 81 79 70", email="mairie@sees.example.org", postcodes=("61501",))
    done = await import_communes(SYSTEM, [mairie])
    assert done.loaded.changed == 1
    (row,) = await rows()
    assert (row["name"], row["population"], row["mairie_phone"], row["epci_name"]) == (
        "Sées", 4_248, "02 33 81 79 70", "CC des Sources de l’Orne",
    )  # fmt: skip
    assert await commune_typed("sees", "61501") == await commune_typed("Sées", "61500")
    await import_communes(SYSTEM, [CommuneSaid("61464", epci_code="200000000")])
    (row,) = await rows()
    assert (row["epci_code"], row["epci_name"]) == ("200000000", None), "the name was of another"


async def test_a_commune_without_a_postcode_is_counted_and_not_added(database_test):
    done = await import_communes(
        SYSTEM, [CommuneSaid("61464", "Sées"), ALENCON, CommuneSaid("61006", None, ("61200",))]
    )
    assert (done.loaded.made, done.loaded.homeless) == (1, 2)


async def test_one_typed_by_hand_becomes_that_of_the_country_and_who_is_in_it_follows(database_test):
    town = await makers.make_town()
    typed = await commune_named(SYSTEM, "SEES", "61500")
    await db.execute("update venue set commune = $1", typed)
    await db.execute("update organisation set commune = $1", typed)
    done = await import_communes(SYSTEM, [SEES])
    assert done.joined == (("SEES (61500)", "Sées (61464)"),)
    sees = await db.value("select id from commune where insee = '61464'")
    assert await db.value("select commune from venue where id = $1", town.venue) == sees
    assert await db.value("select commune from organisation where id = $1", town.organisation) == sees
    assert await commune_named(SYSTEM, "sees", "61500") == sees
    assert await db.value("select commune_of($1)", f"x{typed}") == sees
    assert await communes_typed() == []


async def test_every_column_that_names_a_commune_follows(database_test):
    sql = """
        select c.conrelid::regclass::text as name from pg_constraint c
        where c.contype = 'f' and c.confrelid = 'commune'::regclass
    """
    found = {record["name"] for record in await db.connection().fetch(sql)}
    assert found - {"commune", "commune_postcode"} == {"venue", "organisation"}, "`_join` has to move it too"


async def test_two_of_one_name_and_postcode_are_left_to_somebody_who_knows(database_test):
    typed = await commune_named(SYSTEM, "Saint-Aubin", "61500")
    twins = [CommuneSaid(code, "Saint-Aubin", ("61500",), None, 100) for code in ("61365", "61366")]
    done = await import_communes(SYSTEM, [*twins, SEES, ALENCON])
    assert done.joined == ()
    (waiting,) = await communes_typed()
    assert (waiting.id, [guess.insee for guess in waiting.candidates]) == (typed, ["61365", "61366", "61464"])


async def test_a_wrong_postcode_waits_with_its_likeliest_communes(database_test):
    await import_communes(SYSTEM, [SEES, ALENCON])
    typed = await commune_named(SYSTEM, "Alençon", "61014")
    (waiting,) = await communes_typed()
    assert [guess.insee for guess in waiting.candidates] == ["61001"], "of the same name, in the same département"
    alencon = waiting.candidates[0].id
    await join_commune(SYSTEM, typed, alencon)
    assert await commune_named(SYSTEM, "ALENCON", "61014") == alencon
    with pytest.raises(Conflict, match="déjà rattachée"):
        await join_commune(SYSTEM, typed, alencon)


async def test_what_is_no_pair_is_not_joined(database_test):
    await import_communes(SYSTEM, [SEES, CommuneSaid("97411", "Saint-Denis", ("97400",), None, 150_000)])
    sees, far = await commune_typed("Sées", "61500"), await commune_typed("Saint-Denis", "97400")
    typed = await commune_named(SYSTEM, "Saint-Denys", "61501")
    for pair in ((typed, typed), (typed, 999_999), (999_999, sees)):
        with pytest.raises(NotFound):
            await join_commune(SYSTEM, *pair)
    with pytest.raises(Conflict):
        await join_commune(SYSTEM, sees, sees)
    await makers.make_venue()
    await db.execute("update venue set commune = $1", typed)
    with pytest.raises(Invalid, match="outre-mer"):
        await join_commune(SYSTEM, typed, far)


async def test_the_whole_country_is_as_quick_by_the_commune_as_a_region(database_test):
    """34,900 communes: the time of each does not grow with their number, and again costs no more."""
    took = []
    for many in (3_490, 34_900):
        begun = time.perf_counter()
        done = await import_communes(SYSTEM, country(many))
        took.append((time.perf_counter() - begun) / many)
        assert done.loaded.made == many - (3_490 if many > 3_490 else 0)
    assert took[1] < 2 * took[0]
    begun = time.perf_counter()
    again = await import_communes(SYSTEM, country(34_900))
    assert (again.loaded.made, again.loaded.changed) == (0, 0)
    assert (time.perf_counter() - begun) / 34_900 < 2 * took[1]


async def test_with_the_whole_country_a_commune_is_found_by_an_index(database_test):
    """Near a name or a postcode, a name that is typed, the choices under it: no statement reads all communes."""
    await import_communes(SYSTEM, country(34_900))
    await db.execute("analyze commune, commune_postcode")
    said: list[str] = []
    db.connection().add_query_logger(lambda query: said.append(query.query) if "commune c" in query.query else None)
    found = await near("saint aabaa sur orne")
    await near("10100")
    assert await commune_typed("ST AABAA s/Orne", "10081") is not None
    offered = await communes_offered("st aab", "")
    await communes_offered("", "10100")
    assert found is not None
    assert found.commune is not None
    assert len(offered) == 8
    await db.execute("set local plan_cache_mode = force_generic_plan")
    for sql in {query for query in said if "from venue" not in query}:
        await db.execute(f"prepare tried as {sql}")
        number = len(set(re.findall(r"\$\d+", sql)))
        plan = await db.connection().fetch(f"explain execute tried ({', '.join(['null'] * number)})")
        await db.execute("deallocate tried")
        assert "Seq Scan on commune" not in "\n".join(row[0] for row in plan), sql


def test_the_command_says_what_it_read_and_what_waits(tmp_path, monkeypatch):
    from training.cli import importing, setting_up
    from training.directory.actions.communes import Loaded
    from training.reporting.office.communes import CommuneGuess, CommuneTyped
    from training.scheduling.actions.communes import CommunesImported

    heard: list[CommuneSaid] = []

    async def imported(_actor, communes, report):
        heard.extend(communes)
        report(len(communes))
        return CommunesImported(Loaded(1, 0, 1), (("SEES (61500)", "Sées (61464)"),))

    async def typed():
        return [CommuneTyped(7, "Alencon", "61014", 1, 0, (CommuneGuess(9, "Alençon", "61000", "61001"),))]

    monkeypatch.setattr(importing, "import_communes", imported)
    monkeypatch.setattr(importing, "communes_typed", typed)
    monkeypatch.setattr(setting_up, "run", lambda work: asyncio.run(work()))
    names = tmp_path / "v_commune_2026.csv"
    names.write_text('TYPECOM,COM,LIBELLE\n"COM","61464","Sées"\n"COM","61006","Argentan"\n"COM","X","Y"\n')
    postcodes = tmp_path / "laposte.csv"
    postcodes.write_bytes("#Code_commune_INSEE;Nom_de_la_commune;Code_postal\n61464;SEES;61500\n".encode("cp1252"))
    result = CliRunner().invoke(main, ["import", "communes", str(names), str(postcodes)])
    assert result.exit_code == 0, result.output
    assert [c.insee for c in heard] == ["61006", "61464"]
    assert heard[1].postcodes == ("61500",)
    for line in (
        "v_commune_2026.csv : INSEE, code officiel géographique, 3 lignes lues.",
        "  laissée de côté, ligne 4 : « X » n’est pas un code INSEE",
        "laposte.csv : La Poste, codes postaux, 1 lignes lues.",
        "2 communes : 1 nouvelles, 0 mises à jour, 0 inchangées.",
        "1 n’ont pas de nom ou de code postal dans ces fichiers",
        "SEES (61500), saisie à la main, est Sées (61464).",
        "  Alencon (61014), peut-être Alençon (61000), 61001",
    ):
        assert line in result.output, result.output
    other = tmp_path / "autre.csv"
    other.write_text("a;b\n1;2\n")
    refused = CliRunner().invoke(main, ["import", "communes", str(other)])
    assert refused.exit_code == 1
    assert "aucun fichier connu" in refused.output
