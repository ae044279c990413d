"""A town with the prices of a visitor's kinds, seen at noon: for the tests of public pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from makers import text_of
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling.actions import planning


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def priced_town() -> makers.Town:
    """The town, whose offer is free for who helps to find work, 350 € for a commune, 480 € for any other."""
    town = await makers.make_town()
    since = clock.today() - timedelta(days=30)
    await db.execute("delete from tariff where offer = $1", town.offer)
    for kind, cents in (("commune", 35_000), ("insertion", 0), (None, 48_000)):
        mode = TariffMode.FLAT if cents else TariffMode.FREE
        row = TariffRow(kind, mode, cents, None, since, None)
        await db.execute(
            "insert into tariff (offer, organisation_kind, mode, amount_cents, valid_from) values ($1, $2, $3, $4, $5)",
            town.offer, row.organisation_kind, row.mode, row.amount_cents, row.valid_from,
        )  # fmt: skip
    return town


async def far_venue(name: str = "Salle de Brest") -> int:
    commune = await makers.make_commune("29019", "Brest", "29200", (48.39, -4.49), 140_000)
    return await planning.add_venue(
        SYSTEM, name=name, address="1 rue", commune=commune, capacity=80, access="", latitude=None, longitude=None
    )


async def words(client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return text_of(answer.text).replace("\u00a0", " ").replace("\u202f", " ")
