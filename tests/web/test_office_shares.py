"""Who pays a booking: several payers by head-count or amount, without a script; and a deposit."""

from __future__ import annotations

import re

import pytest

import makers
from office_makers import done, held_town, refused, staff
from training.attendance.actions import hold_session
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as billing
from training.billing.rules.states import InvoiceState
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio
OTHER_SIRET = "00007775000008"


async def shared_town():
    """A town, its urban community, and a booking of 40."""
    town = await makers.make_town(issue_without_look=False)
    await makers.make_organisation(
        "Communauté urbaine d’Essai", siret=OTHER_SIRET, kind=OrganisationKind.INTERCOMMUNALITY, domain="cu.example.org"
    )
    booked = await makers.make_booking(town, 40)
    await drain()
    return town, booked, f"/gestion/reservations/{booked.reference}/payeurs"


def rows(way, *payers):
    posted = {"way": way, "rows": "3"}
    for n, (payer, part) in enumerate(payers, start=1):
        posted |= {f"payer-{n}": payer, f"part-{n}": part, f"purchase_order-{n}": f"BC-{n}", f"service_code-{n}": ""}
    return posted


async def test_two_payers_by_head_count_have_each_their_invoice_and_the_cents_add_up(client):
    with clock.frozen(makers.NOON):
        town, booked, path = await shared_town()
        await staff(client)
        page = (await client.get(path)).text
        assert "Commune d’Essai – 00009999400014" in page
        assert 'value="40"' in page
        posted = rows("seats", ("Commune d’Essai", "27"), ("000 077 750 00008", "13"))
        assert await done(client, path, posted) == path.removesuffix("/payeurs")
        shown = makers.text_of((await client.get(path.removesuffix("/payeurs"))).text)
        assert "Communauté urbaine d’Essai , 13 personnes" in shown
        again = (await client.get(path)).text
        assert re.search(r'id="part-2"[^>]* value="13"', again)
        with clock.frozen(town.ends_at):
            await hold_session(SYSTEM, town.session, {booked.id: 40})
            await drain()
        drafts = await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
    assert {d.payer_name: d.references.purchase_order for d in drafts} == {
        "Commune d’Essai": "BC-1", "Communauté urbaine d’Essai": "BC-2",
    }  # fmt: skip
    assert sum(d.gross_cents for d in drafts) == 35_000


async def test_by_amount_to_the_cent(client):
    with clock.frozen(makers.NOON):
        _town, booked, path = await shared_town()
        await staff(client)
        await done(client, path, rows("amount", ("commune-d-essai", "116,67"), (OTHER_SIRET, "233,33")))
        kept = await waiting.shares(booked.id)
        assert re.search(r'id="part-1"[^>]* value="116,67"', (await client.get(path)).text)
        answer = await refused(client, path, rows("amount", ("commune-d-essai", "100"), (OTHER_SIRET, "233,33")), 422)
        assert "16,67" in makers.text_of(answer.text)
        assert 'href="#way"' in answer.text
        await done(client, path, {"way": "amount", "whole": "1"})
        assert await waiting.shares(booked.id) == []
    assert [(s.payer_slug, s.amount_cents) for s in kept] == [
        ("commune-d-essai", 11_667), ("communaute-urbaine-d-essai", 23_333),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("posted", "field", "sentence"),
    [
        (rows("seats", ("Inconnue", "40")), "payer-1", "Personne de ce nom ni de ce SIRET"),
        (rows("seats", ("essai", "40")), "payer-1", "Plusieurs correspondent"),
        (rows("seats", ("", "40")), "payer-1", "À remplir."),
        (rows("seats", ("commune-d-essai", "-4")), "part-1", "Indiquez 1 ou plus."),
        (rows("seats", ("commune-d-essai", "beaucoup")), "part-1", "nombre entier"),
        (rows("seats", ("commune-d-essai", "20"), (OTHER_SIRET, "30")), "way", "10 de trop"),
        (rows("seats", ("commune-d-essai", "20"), (makers.SIRET, "20")), "payer-2", "déjà à la ligne 1"),
        (rows("amount", ("commune-d-essai", "0,005"), (OTHER_SIRET, "350")), "part-1", "plus de deux décimales"),
        (rows("amount", ("commune-d-essai", "-1"), (OTHER_SIRET, "351")), "part-1", "n’est pas un montant"),
        (rows("amount", ("commune-d-essai", "0"), (OTHER_SIRET, "350")), "way", "plus de zéro"),
        (rows("", ("commune-d-essai", "40")), "way", "Choisissez une réponse."),
        (rows("seats"), "payer-1", "Dites qui paie."),
    ],
)
async def test_shares_that_cannot_be_are_refused_beside_what_is_wrong(client, posted, field, sentence):
    with clock.frozen(makers.NOON):
        _town, booked, path = await shared_town()
        await staff(client)
        answer = await refused(client, path, posted, 422, sentence)
        assert f'href="#{field}"' in answer.text
        for name, typed in posted.items():
            if typed and name.startswith(("payer", "part", "purchase")):
                assert f'value="{typed}"' in answer.text
        assert await waiting.shares(booked.id) == []


async def test_one_more_row_without_a_script(client):
    with clock.frozen(makers.NOON):
        _town, booked, path = await shared_town()
        await staff(client)
        posted = {**rows("seats", ("commune-d-essai", "20")), "more": "1"}
        answer = await makers.post(client, path, posted)
        assert answer.status_code == 200
        assert 'id="payer-4"' in answer.text
        assert 'value="commune-d-essai"' in answer.text
        assert await waiting.shares(booked.id) == []


async def test_a_person_made_for_it_comes_back_in_the_list(client):
    with clock.frozen(makers.NOON):
        _town, _booked, path = await shared_town()
        await staff(client)
        person = {"kind": "person", "name": "Jeanne Essai", "siret": "", "address": "3 rue Basse", "postcode": "61500",
                  "city": "Sées", "contact": "", "email": "jeanne@example.org", "phone": "",
                  "reference": path.split("/")[3]}  # fmt: skip
        back = await done(client, "/gestion/nouvelle-structure", person)
        page = (await client.get(back)).text
        assert re.search(r'id="payer-2"[^>]* value="Jeanne Essai – Sées"', page)
        await done(
            client, path, rows("seats", ("Commune d’Essai – 00009999400014", "39"), ("Jeanne Essai – Sées", "1"))
        )


async def test_what_is_issued_is_shared_no_more(client):
    with clock.frozen(makers.NOON):
        _town, booked = await held_town()
        await staff(client)
        path = f"/gestion/reservations/{booked.reference}/payeurs"
        assert "les clients facturés ne changent plus" in makers.text_of((await client.get(path)).text)
        assert "/payeurs" not in (await client.get(path.removesuffix("/payeurs"))).text
        await refused(client, path, rows("amount", ("commune-d-essai", "350")), 409, "déjà facturée")


async def test_a_deposit_is_asked_of_who_may_pay_before(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=False)
        booked = await makers.make_booking(town, 40)
        await drain()
        await staff(client)
        booking = f"/gestion/reservations/{booked.reference}"
        path = f"{booking}/acompte"
        assert path not in (await client.get(booking)).text  # a public buyer pays after the service
        assert "paie après le service fait" in makers.text_of((await client.get(path)).text)
        assert 'name="percent"' not in (await client.get(path)).text
        await refused(client, path, {"percent": "30", "amount": ""}, 409, "paie après le service fait")
        async with db.atomic():
            await db.execute("update organisation set buyer = 'association' where id = $1", town.organisation)
        assert path in (await client.get(booking)).text
        await refused(client, path, {"percent": "", "amount": ""}, 422, "Indiquez un pourcentage ou un montant.")
        await refused(client, path, {"percent": "100", "amount": ""}, 422, "Indiquez 99 ou moins.")
        await refused(client, path, {"percent": "30", "amount": "50"}, 422, "videz l’un des deux")
        await refused(client, path, {"percent": "", "amount": "0,005"}, 422, "plus de deux décimales")
        await refused(client, path, {"percent": "", "amount": "900"}, 422, "moins que le prix")
        draft = await done(client, path, {"percent": "30", "amount": ""})
        shown = makers.text_of((await client.get(draft)).text)
        assert "Facture d’acompte à émettre" in shown
        assert "Facturer 105,00 €" in shown
        assert "Un acompte de 105,00 € attend" in makers.text_of((await client.get(path)).text)
        await refused(client, path, {"percent": "30", "amount": ""}, 409, "un acompte est déjà demandé")
        await done(client, f"{path}/retirer")
        assert await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT) == []
        await refused(client, f"{path}/retirer", {}, 409, "Il n’y a pas d’acompte à retirer")


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ({"issue_without_look": False}, "attend dans « À facturer »"),
        ({"issue_delay_minutes": 10}, "part seule au bout de 10 min, sauf si vous la retenez"),
        ({"issue_delay_minutes": 0}, "part aussitôt"),
    ],
)
async def test_the_page_of_a_deposit_said_that_it_waits_whatever_it_does(client, platform, words):
    with clock.frozen(makers.NOON):
        town = await makers.make_town(**platform)
        booked = await makers.make_booking(town, 40)
        await drain()
        async with db.atomic():
            await db.execute("update organisation set buyer = 'association' where id = $1", town.organisation)
        await staff(client)
        path = f"/gestion/reservations/{booked.reference}/acompte"
        assert words in makers.text_of((await client.get(path)).text)
        draft = await done(client, path, {"percent": "30", "amount": ""})
        await drain()
        if platform.get("issue_delay_minutes"):
            shown = makers.text_of((await client.get(draft)).text)
            assert "Cette facture part seule" in shown
            assert "retirer l’acompte" in shown
            assert "il part seul" in makers.text_of((await client.get(path)).text)
            await done(client, f"{draft}/retenir")
        state = await db.value("select state from invoice")
    assert state == ("issued" if platform.get("issue_delay_minutes") == 0 else "draft")


async def test_an_unknown_booking_has_no_payers(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await staff(client)
        for name in ("payeurs", "acompte"):
            assert (await client.get(f"/gestion/reservations/R-2222222/{name}")).status_code == 404
