"""The page that says how documents are numbered: before the first one, and after."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, held_town, refused, staff
from training.billing.queries.numbering import numberings
from training.identity.rules import Role
from training.kernel import clock

pytestmark = pytest.mark.anyio

PATH = "/gestion/factures/series"
USUAL = {
    "invoice_prefix": "F",
    "invoice_first_number": "1",
    "credit_note_prefix": "AV",
    "credit_note_first_number": "1",
    "receipt_prefix": "R",
    "receipt_first_number": "1",
}


async def test_a_start_beside_another_ledger_is_set_and_shown(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await staff(client)
        before = makers.text_of((await client.get(PATH)).text)
        for example in ("F2027-00001", "AV2027-00001", "R2027-00001"):
            assert f"Aujourd’hui, le prochain serait {example}." in before
        assert "Vous facturez déjà avec un autre outil ?" in before
        wanted = {**USUAL, "invoice_prefix": "fac", "invoice_first_number": "1 240"}
        for _sent in range(2):  # twice is as once
            assert await done(client, PATH, wanted) == PATH
        assert "FAC2027-01240" in (await client.get(PATH)).text


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"invoice_prefix": "F 1"}, 422, "une à six lettres majuscules"),
        ({"invoice_prefix": "F1"}, 422, "une à six lettres majuscules"),
        ({"invoice_prefix": ""}, 422, "À remplir."),
        ({"invoice_prefix": "ABCDEFG"}, 422, "6 caractères au plus"),
        ({"invoice_first_number": "douze"}, 422, "n’est pas un nombre entier"),
        ({"invoice_first_number": "0"}, 422, "Indiquez 1 ou plus."),
        ({"invoice_first_number": "999999999999"}, 422, "900000000 ou moins"),
        ({"invoice_prefix": "AV"}, 409, "celui d’une autre série"),
        ({"receipt_prefix": "F"}, 409, "celui d’une autre série"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_changes(client, changed, status, sentence):
    await makers.make_platform()
    await staff(client)
    answer = await refused(client, PATH, {**USUAL, **changed}, status, sentence)
    ((field, typed),) = changed.items()
    assert f'id="{field}"' in answer.text
    assert not typed or f'value="{typed}"' in answer.text
    assert [s.prefix for s in await numberings()] == ["F", "AV", "R"]


async def test_a_series_with_a_document_is_closed_and_the_others_stay_open(client):
    with clock.frozen(makers.NOON):
        await held_town()
        await staff(client)
        page = (await client.get(PATH)).text
        assert "Fixée : un document porte déjà un numéro de cette série." in makers.text_of(page)
        assert "F2027-00002" in page
        assert 'name="invoice_prefix"' not in page
        assert 'name="receipt_prefix"' in page
        await refused(client, PATH, {**USUAL, "invoice_first_number": "50"}, 409, "elle ne change plus")
        rest = {name: value for name, value in USUAL.items() if not name.startswith("invoice")}
        assert await done(client, PATH, {**rest, "receipt_first_number": "30"}) == PATH
        assert "R2027-00030" in (await client.get(PATH)).text


async def test_only_who_edits_the_platform_sees_it(client):
    await makers.make_platform()
    await staff(client, Role.BOOKKEEPER)
    assert (await client.get(PATH)).status_code == 403
    assert (await makers.post(client, PATH, dict(USUAL))).status_code == 403
