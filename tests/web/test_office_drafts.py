"""« À facturer »: checks in words, one click, all that are green, what may be changed, « réalisée » undone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from office_makers import done, held_town, refused, staff
from training.attendance.actions import hold_session
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.issue import issue
from training.billing.queries import invoices as billing
from training.bookings.actions import booking as booking_actions
from training.bookings.actions.booking import NewBooking
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio
DRAFTS = "/gestion/factures/brouillons"


async def text(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return makers.text_of(answer.text)


async def write(sql, *args):
    async with db.atomic():
        await db.execute(sql, *args)


async def the_draft():
    return await db.value("select id from invoice where state = 'draft' order by id limit 1")


async def one_more(town, *, siret, name, domain, day=9):
    """Another organisation of the same town, with a held session to invoice."""
    other = await makers.make_organisation(name, siret=siret, domain=domain)
    start = town.starts_at + timedelta(days=day)
    session = await makers.make_session(town.offer, starts_at=start)
    await booking_actions.book(SYSTEM, NewBooking(session, other, 12))
    with clock.frozen(start + timedelta(hours=4)):
        await hold_session(SYSTEM, session)
        await drain()
    return other


async def test_one_button_issues_what_is_green_and_says_what_is_not(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await one_more(town, siret=None, name="Sans Numéro", domain="sans.example.org")
        await one_more(town, siret="00007775000008", name="Autre Commune", domain="autre.example.org", day=12)
        await staff(client, Role.BOOKKEEPER)
        page = await text(client, DRAFTS)
        assert "2 factures sont prêtes, 700,00 € en tout" in page
        assert "Il manque le numéro SIRET de Sans Numéro." in page
        assert "Demander au client" in page
        assert await done(client, f"{DRAFTS}/emettre") == "/gestion/factures"
        said = await text(client, "/gestion/factures")
        assert "2 factures émises, de F2027-00001 à F2027-00002" in said
        left = await text(client, DRAFTS)
    assert "Sans Numéro" in left
    assert "Autre Commune" not in left
    assert "prêtes" not in left


async def test_nothing_ready_is_said_and_nothing_is_issued(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await write("update organisation set siret = null where id = $1", town.organisation)
        await staff(client)
        assert await done(client, f"{DRAFTS}/emettre") == DRAFTS
        assert "Aucune facture n’était prête" in await text(client, DRAFTS)
        assert await db.value("select count(*) from ledger_entry") == 0


async def test_a_missing_number_is_asked_once(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await write("update organisation set chorus_needs = 'engagement' where id = $1", town.organisation)
        draft = await the_draft()
        await staff(client)
        path = f"{DRAFTS}/{draft}"
        assert "Il manque le numéro d’engagement." in await text(client, path)
        await done(client, f"{path}/demander")
        assert "Demandé au client le" in await text(client, path)
        await refused(client, f"{path}/demander", {}, 409, "C’est déjà demandé")
        assert "Demandé au client le" in await text(client, DRAFTS)


async def test_a_draft_says_what_facturer_does(client):
    with clock.frozen(makers.NOON):
        _town, _booked = await held_town(issue_without_look=False)
        await staff(client)
        page = await text(client, f"{DRAFTS}/{await the_draft()}")
    assert "Facturer 350,00 €" in page
    assert "elle part par courriel à Félix Finances (compta@mairie.example.org)" in page
    assert "une faute se corrige par un avoir" in page
    assert "se dépose ensuite sur Chorus Pro" in page
    assert "37 présents pour 40 réservés" in page


async def test_references_are_chosen_or_typed_and_kept(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await write(
            "insert into chorus_service (organisation, code, label) values ($1, 'FIN-01', 'Finances')",
            town.organisation,
        )
        await staff(client)
        path = f"{DRAFTS}/{await the_draft()}"
        posted = {"purchase_order": " BC-27 ", "service_code": "FIN-01", "service_other": "", "subject": "Vélo",
                  "contract_reference": "M-1"}  # fmt: skip
        await done(client, f"{path}/references", posted)
        view = await billing.invoice(SYSTEM.scope, await the_draft())
        kept = References(purchase_order="BC-27", service_code="FIN-01", contract_reference="M-1")
        assert (view.references, view.subject) == (kept, "Vélo")
        page = (await client.get(path)).text
        assert re.search(r'<option value="FIN-01" selected>', page)
        answer = await refused(
            client, f"{path}/references", {**posted, "service_code": "autre", "subject": "Autre chose"}, 422,
            "Écrivez le code du service."
        )  # fmt: skip
        assert 'value="Autre chose"' in answer.text
        await done(client, f"{path}/references", {**posted, "service_code": "autre", "service_other": "RH-9"})
        view = await billing.invoice(SYSTEM.scope, await the_draft())
        long = await refused(client, f"{path}/references", {**posted, "purchase_order": "B" * 51}, 422, "50 caractères")
    assert view.references.service_code == "RH-9"
    assert "B" * 51 in long.text


LINE = {
    "kind": "travel",
    "description": "Déplacement Alençon – Sées",
    "quantity": "42,5",
    "unit": "KMT",
    "price": "0,60",
}


async def test_lines_by_hand_are_added_counted_and_taken_away(client):
    with clock.frozen(makers.NOON):
        await held_town(issue_without_look=False)
        await staff(client)
        draft = await the_draft()
        path = f"{DRAFTS}/{draft}"
        await done(client, f"{path}/lignes", LINE)
        await done(client, f"{path}/lignes", LINE)  # the same form sent twice
        await done(client, f"{path}/lignes", {**LINE, "kind": "discount", "description": "Remise", "quantity": "1",
                                              "unit": "LS", "price": "10"})  # fmt: skip
        assert (await billing.invoice(SYSTEM.scope, draft)).gross_cents == 35_000 + 2_550 - 1_000
        page = await text(client, path)
        assert "365,50 €" in page
        assert "42,5" in page
        travel = next(line for line in await billing.lines(draft) if line.kind == "travel")
        await done(client, f"{path}/lignes/{travel.id}/retirer")
        assert (await billing.invoice(SYSTEM.scope, draft)).gross_cents == 34_000
        assert (await makers.post(client, f"{path}/lignes/{travel.id}/retirer")).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("price", "0,005", "« 0,005 » a plus de deux décimales"),
        ("price", "-12", "n’est pas un montant"),
        ("price", "douze", "n’est pas un montant"),
        ("price", "999999999", "Un prix est entre zéro et 999 999,99 €."),
        ("price", "9" * 39, "n’est pas un montant"),
        ("price", "", "À remplir."),
        ("quantity", "0", "Une quantité est de plus de zéro."),
        ("quantity", "-3", "choisissez une remise"),
        ("quantity", "1,23456", "quatre décimales"),
        ("quantity", "beaucoup", "n’est pas une quantité"),
        ("quantity", "1e9", "n’est pas une quantité"),
        ("kind", "service", "Une prestation vient d’une réservation"),
        ("kind", "inconnu", "Choisissez une réponse."),
        ("unit", "XYZ", "Choisissez une unité de la liste."),
        ("description", "", "À remplir."),
    ],
)
async def test_a_line_that_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    client, field, typed, sentence
):
    with clock.frozen(makers.NOON):
        await held_town(issue_without_look=False)
        await staff(client)
        draft = await the_draft()
        answer = await refused(client, f"{DRAFTS}/{draft}/lignes", {**LINE, field: typed}, 422, sentence)
        assert len(await billing.lines(draft)) == 1
    if field in ("price", "quantity"):
        assert f'id="{field}-error"' in answer.text
        assert f'value="{typed}"' in answer.text
        assert "Déplacement Alençon – Sées" in answer.text
        assert re.search(r"<details open>\s*<summary>Ajouter une ligne", answer.text)


async def test_a_discount_larger_than_the_rest_is_refused(client):
    with clock.frozen(makers.NOON):
        await held_town(issue_without_look=False)
        await staff(client)
        draft = await the_draft()
        posted = {**LINE, "kind": "discount", "quantity": "1", "unit": "LS", "price": "350,01"}
        answer = await makers.post(client, f"{DRAFTS}/{draft}/lignes", posted)
        assert answer.status_code == 409
        assert (await billing.invoice(SYSTEM.scope, draft)).gross_cents == 35_000
    assert 'value="350,01"' in answer.text


async def test_a_line_moves_to_a_draft_of_its_own_and_back(client):
    with clock.frozen(makers.NOON):
        await held_town(issue_without_look=False)
        await staff(client)
        draft = await the_draft()
        await done(client, f"{DRAFTS}/{draft}/lignes", LINE)
        travel = next(line for line in await billing.lines(draft) if line.kind == "travel")
        await done(client, f"{DRAFTS}/{draft}/lignes/{travel.id}/deplacer", {"to": ""})
        other = await db.value("select invoice from invoice_line where id = $1", travel.id)
        assert other != draft
        assert f'<option value="{draft}">' in (await client.get(f"{DRAFTS}/{other}/lignes/{travel.id}")).text
        await refused(
            client, f"{DRAFTS}/{other}/lignes/{travel.id}/deplacer", {"to": "999999"}, 422, "Choisissez un brouillon"
        )
        assert await done(client, f"{DRAFTS}/{other}/lignes/{travel.id}/deplacer", {"to": draft}) == f"{DRAFTS}/{draft}"
        assert len(await billing.lines(draft)) == 2
        assert await billing.invoice(SYSTEM.scope, other) is None


async def test_a_line_by_hand_is_corrected_and_the_service_s_is_not(client):
    with clock.frozen(makers.NOON):
        await held_town(issue_without_look=False)
        await staff(client)
        draft = await the_draft()
        await done(client, f"{DRAFTS}/{draft}/lignes", LINE)
        service, travel = await billing.lines(draft)
        path = f"{DRAFTS}/{draft}/lignes/{travel.id}"
        page = (await client.get(path)).text
        assert 'value="42,5"' in page
        assert 'value="0,60"' in page
        await done(client, path, {**LINE, "quantity": "10", "price": "1"})
        assert (await billing.invoice(SYSTEM.scope, draft)).gross_cents == 36_000
        answer = await refused(client, path, {**LINE, "price": "0,005"}, 422, "plus de deux décimales")
        assert 'value="0,005"' in answer.text
        own = f"{DRAFTS}/{draft}/lignes/{service.id}"
        assert "vient d’une réservation" in await text(client, own)
        assert (await makers.post(client, own, LINE)).status_code == 409
        assert (await makers.post(client, f"{own}/retirer")).status_code == 409
        assert (await billing.invoice(SYSTEM.scope, draft)).gross_cents == 36_000


async def test_the_line_of_another_draft_is_not_touched_from_here(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await one_more(town, siret="00007775000008", name="Autre Commune", domain="autre.example.org")
        await staff(client)
        first, second = [r["id"] for r in await db.connection().fetch("select id from invoice order by id")]
        (line,) = await billing.lines(second)
        for act in ("retirer", "deplacer"):
            answer = await makers.post(client, f"{DRAFTS}/{first}/lignes/{line.id}/{act}", {"to": ""})
            assert answer.status_code == 404


async def test_a_cancelled_booking_that_was_invoiced_is_to_credit(client):
    with clock.frozen(makers.NOON):
        _town, booked = await held_town()
        number = await db.value("select number from invoice")
        await write("update booking set state = 'cancelled' where id = $1", booked.id)
        await staff(client)
        page = await client.get(DRAFTS)
        assert "Avoirs à faire" in makers.text_of(page.text)
        assert f'href="/gestion/factures/{number}/avoir?reservation={booked.reference}"' in page.text
        await credit(SYSTEM, await db.value("select id from invoice"), CreditWanted(reason="Annulée."))
        assert "Avoirs à faire" not in await text(client, DRAFTS)


async def test_a_monthly_draft_says_its_month(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=False)
        await write("update organisation set billing_moment = 'monthly' where id = $1", town.organisation)
        await makers.make_booking(town, 10)
        await drain()
        await staff(client)
        with clock.frozen(town.ends_at):
            await hold_session(SYSTEM, town.session)
            await drain()
            page = await text(client, DRAFTS)
            assert "Attend la fin de mars 2027" in page
            assert "est prête" not in page
            assert "Prête" not in page
            assert "Mars 2027 n’est pas fini" in await text(client, f"{DRAFTS}/{await the_draft()}")
        with clock.frozen(town.ends_at + timedelta(days=31)):
            await makers.sign_in(client, "equipe@example.org")  # a sign-in slides a fortnight
            assert "1 facture est prête" in await text(client, DRAFTS)


async def test_the_list_takes_as_many_statements_for_ten_as_for_one(client, statements):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await staff(client)
        counts = []
        for n in range(2):
            statements.clear()
            await client.get(DRAFTS)
            counts.append(len(statements))
            if n == 0:
                for day in range(4):
                    domain = f"n{day}.example.org"
                    await one_more(town, siret=None, name=f"Numéro {day}", domain=domain, day=9 + day)
                await client.get(DRAFTS)
    assert counts[0] == counts[1]


async def test_issued_documents_are_narrowed_by_where_they_stand(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town()
        await one_more(town, siret="00007775000008", name="Autre Commune", domain="autre.example.org")
        await write("update receivable set due_on = '2027-02-01' where number = 'F2027-00001'")
        await staff(client)
        assert "F2027-00001" in await text(client, "/gestion/factures?etat=en-retard")
        assert "F2027-00002" not in await text(client, "/gestion/factures?etat=en-retard")
        assert "F2027-00002" in await text(client, "/gestion/factures?etat=a-encaisser")
        assert "Aucune facture ne correspond" in await text(client, "/gestion/factures?etat=payees")
        await credit(SYSTEM, await db.value("select id from invoice where number = 'F2027-00001'"),
                     CreditWanted(reason="Erreur."))  # fmt: skip
        taken = await text(client, "/gestion/factures?etat=avoirs")
        assert "AV2027-00001" in taken
        assert "Avoir sur F2027-00001" in taken
        assert "−350,00 €" in taken
        assert "Annulée par un avoir" in await text(client, "/gestion/factures?etat=payees")
        assert "Avoir AV2027-00001" in await text(client, "/gestion/factures/AV2027-00001")
        assert "annulés par un avoir" in await text(client, "/gestion/factures/F2027-00001")
        whole = await text(client, "/gestion/factures?etat=n-importe-quoi")
        assert "F2027-00002" in whole
        assert "À mettre à disposition" in whole


async def test_realisee_is_undone_with_a_reason_until_something_is_issued(client):
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await staff(client)
        path = f"/gestion/seances/{town.session}"
        with clock.frozen(town.ends_at):
            assert "Annuler « réalisée »" in await text(client, path)
            page = await text(client, f"{path}/annuler-realisee")
            assert "1 facture qui attend d’être émise disparaît" in page
            await refused(client, f"{path}/annuler-realisee", {"reason": " "}, 422, "À remplir.")
            await done(client, f"{path}/annuler-realisee", {"reason": "Cochée par erreur."})
            assert "n’est plus réalisée" in await text(client, path)
            assert await db.value("select count(*) from invoice") == 0
            await hold_session(SYSTEM, town.session)
            await drain()
            number = await issue(SYSTEM, await the_draft())
            await refused(client, f"{path}/annuler-realisee", {"reason": "Encore."}, 409, number)
        await refused(client, f"/gestion/seances/{town.session}9/annuler-realisee", {"reason": "x"}, 404)


async def test_a_draft_that_lacks_something_was_said_to_leave_by_itself(client):
    """It waits: « part seule » stood beside « Il manque quelque chose »."""
    with clock.frozen(makers.NOON):
        town, _booked = await held_town(issue_without_look=False)
        await staff(client)
        draft = await the_draft()
        path, session = f"{DRAFTS}/{draft}", f"/gestion/seances/{town.session}"
        await write("update invoice set issue_at = $1", makers.NOON + timedelta(minutes=10))
        assert "Cette facture part seule à" in await text(client, path)
        assert "Les factures partent à" in await text(client, session)
        await write("update organisation set siret = null")
        for page in (path, DRAFTS, session):
            said = await text(client, page)
            assert re.search("(?:elle|seule|facture) partirait |partirait seule", said), page
            assert "part seule" not in said
            assert "s’il ne manquait rien" in said
            assert "Les factures partent" not in said
        assert f'action="{path}/retenir"' not in (await client.get(DRAFTS)).text, "what is missing comes first"


async def test_what_is_not_known_was_ticked_in_green_under_the_name_of_its_key(client):
    """« ✓ taxable », where nobody knows whether the buyer pays VAT."""
    with clock.frozen(makers.NOON):
        await held_town(issue_without_look=False)
        await write("update organisation set buyer = 'association', taxable = null")
        await staff(client)
        page = (await client.get(DRAFTS)).text
    (badge,) = re.findall(r"<li>(?:(?!</li>).)*TVA(?:(?!</li>).)*</li>", page, re.DOTALL)
    assert "attention" in badge
    assert "taxable" not in makers.text_of(page)
