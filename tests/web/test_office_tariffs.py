"""The page of an offer's tariffs: a first price in one form, a change with what it touches, holes, two editors."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from office_makers import done, refused, staff
from training.catalogue.actions.tariffs import change_tariff
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.changing import Priced, TariffChange
from training.catalogue.rules.tariffs import TariffMode
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def adviser(client) -> tuple[makers.Town, str]:
    """An adviser who is signed in, in a town whose offer costs everybody the same."""
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    slug = await db.value("select slug from offer where id = $1", town.offer)
    return town, f"/gestion/catalogue/{slug}/tarifs"


async def read(client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return makers.text_of(answer.text)


def asking(days: int = 40, **more: object) -> dict[str, object]:
    since = (clock.today() + timedelta(days=days)).isoformat()
    return {"kind_others": "1", "mode": "flat", "amount": "400", "since": since, **more}


async def test_the_day_from_which_a_tariff_changes_is_proposed(client):
    """It was blank, and the page came back for it."""
    _town, path = await adviser(client)
    following = (clock.today().replace(day=1) + timedelta(days=31)).replace(day=1)
    shown = (await client.get(f"{path}/changer?pour=autres")).text
    assert f'name="since" type="date" value="{following}"' in shown


async def test_an_offer_without_a_price_is_sold_after_one_short_form(client):
    town, path = await adviser(client)
    await db.execute("delete from tariff")
    assert "Combien coûte cette offre" in await read(client, path)
    await refused(client, path, {"mode": "flat", "amount": "beaucoup"}, 422, "Indiquez un montant")
    await refused(client, path, {"mode": "flat", "amount": ""}, 422, "À remplir")
    await refused(client, path, {"mode": "free", "amount": "350"}, 422, "videz ce montant")  # it was dropped, silently
    await done(client, path, {"mode": "per_seat", "amount": "12,50 €"})
    (row,) = (await pricing.tariffs([town.offer]))[town.offer]
    assert (row.organisation_kind, row.mode, row.amount_cents, row.valid_from) == (
        None, TariffMode.PER_SEAT, 1_250, clock.today()
    )  # fmt: skip
    assert "12,50" in await read(client, path)


async def test_a_change_says_what_it_touches_before_it_is_written(client):
    town, path = await adviser(client)
    await makers.make_booking(town, 5)
    days = (clock.local(town.starts_at).date() - clock.today()).days
    page = await makers.post(client, f"{path}/changer", asking(days))
    words = makers.text_of(page.text)
    assert page.status_code == 200
    for said in ("1 séance à venir change de prix", "1 réservation déjà faite garde son prix", "400,00", "Avant"):
        assert said in words
    assert len((await pricing.tariffs([town.offer]))[town.offer]) == 1, "nothing is written yet"
    booked = await db.value("select price_cents from booking")
    await done(client, f"{path}/changer", asking(days, confirmed="1"))
    assert len((await pricing.tariffs([town.offer]))[town.offer]) == 2
    assert await db.value("select price_cents from booking") == booked
    words = await read(client, path)
    assert "À partir du" in words
    assert "Modifications" in words


async def test_a_price_for_some_and_nothing_in_a_flat_price_is_free(client):
    _town, path = await adviser(client)
    asks = {"kind_commune": "1", "kind_school": "1", "mode": "flat", "amount": "0", "worth": "350"}
    words = makers.text_of((await makers.post(client, f"{path}/changer", {**asks, "since": str(clock.today())})).text)
    assert "gratuit, d’une valeur de 350,00" in words
    await done(client, f"{path}/changer", {**asks, "since": str(clock.today()), "confirmed": "1"})
    words = await read(client, path)
    assert "Commune, établissement scolaire" in words
    assert "vaut 350,00" in words


async def test_a_hole_is_said_before_it_is_made_and_shown_with_the_sessions_in_it(client):
    town, path = await adviser(client)
    day = clock.local(town.starts_at).date()
    days = (day - clock.today()).days
    asks = asking(days, mode="none", until=str(day + timedelta(days=1)))
    words = makers.text_of((await makers.post(client, f"{path}/changer", asks)).text)
    assert "pas de tarif" in words
    assert "1 séance est prévue ces jours-là, sans prix" in words
    await done(client, f"{path}/changer", {**asks, "confirmed": "1"})
    answer = await client.get(path)
    assert 'data-kind="hole"' in answer.text
    assert "1 séance est prévue ces jours-là, sans prix" in makers.text_of(answer.text)
    assert "1 séance est prévue ces jours-là, sans prix" in await read(client, path.removesuffix("/tarifs"))
    assert "Le tarif de cette séance n’est pas encore fixé" in await read(client, f"/gestion/seances/{town.session}")


async def test_a_kind_without_any_price_is_said_plainly(client):
    town, path = await adviser(client)
    await db.execute("delete from tariff")
    price = Priced(TariffMode.FLAT, 9_000)
    await change_tariff(SYSTEM, town.offer, TariffChange(("commune",), price, clock.today()))
    words = await read(client, path)
    assert "Sans tarif" in words
    assert "Intercommunalité, département, autre organisme public" in words
    page = await read(client, f"/gestion/seances/{town.session}")
    assert "Sans tarif ce jour-là" in page


async def test_what_is_planned_is_corrected_and_withdrawn(client):
    town, path = await adviser(client)
    await done(client, f"{path}/changer", asking(confirmed="1"))
    planned = str(clock.today() + timedelta(days=40))
    page = (await client.get(f"{path}/changer?pour=autres&des={planned}")).text
    assert 'value="400,00"' in page
    assert "Corriger un tarif prévu" in page
    await done(client, f"{path}/changer", asking(50, planned=planned, amount="420", confirmed="1"))
    moved = str(clock.today() + timedelta(days=50))
    words = await read(client, f"{path}/retirer?pour=autres&des={moved}")
    assert "420,00" in words
    await done(client, f"{path}/retirer?pour=autres&des={moved}")
    assert len((await pricing.tariffs([town.offer]))[town.offer]) == 1
    assert (await client.get(f"{path}/retirer?pour=autres&des={moved}")).status_code == 409


async def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(client):
    town, path = await adviser(client)
    page = (await client.get(f"{path}/changer?pour=autres")).text
    assert 'name="vu"' in page
    await change_tariff(SYSTEM, town.offer, TariffChange((None,), Priced(TariffMode.FLAT, 9_000), clock.today()))
    asks = asking(confirmed="1", vu="0")
    answer = await refused(client, f"{path}/changer", asks, 409, "Modifié par quelqu’un d’autre", "90,00")
    assert 'value="400"' in answer.text
    seen = await db.value("select max(id) from change")
    assert f'name="vu" value="{seen}"' in answer.text
    await done(client, f"{path}/changer", {**asks, "vu": str(seen)})


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("since", "2020-01-01", "Le passé ne change pas"),
        ("since", "demain", "Indiquez une date"),
        ("since", "2207-01-01", "trop lointaine"),
        ("until", "2027-03-02", "La fin vient avant le début"),
        ("amount", "-12", "Indiquez un montant"),
        ("amount", "12,505", "Indiquez un montant"),
        ("amount", "999999999", "au plus"),
        ("kind_others", "", "Choisissez pour qui"),
        ("mode", "autre", "Choisissez une réponse"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(client, field, value, sentence):
    town, path = await adviser(client)
    answer = await refused(client, f"{path}/changer", {**asking(), field: value}, 422, sentence)
    assert f'id="{field}-error"' in answer.text
    assert len((await pricing.tariffs([town.offer]))[town.offer]) == 1


async def test_every_mistake_of_a_form_is_said_at_once(client):
    _town, path = await adviser(client)
    answer = await refused(client, f"{path}/changer", {"mode": "flat", "amount": "?", "since": "2020-01-01"}, 422)
    for field in ("kind_others", "amount", "since"):
        assert f'id="{field}-error"' in answer.text


async def test_an_archived_offer_shows_its_tariffs_and_changes_none(client):
    town, path = await adviser(client)
    await db.execute("update offer set state = 'archived' where id = $1", town.offer)
    assert "Changer un tarif" not in await read(client, path)
    await refused(client, f"{path}/changer", asking(confirmed="1"), 409, "archivée")
