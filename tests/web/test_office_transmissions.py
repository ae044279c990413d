"""Staff's pages on Chorus Pro: what waits, the sheet, the pack, the steps, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

import makers
from chorus_makers import ISSUED, LATER, billed, bytes_of, walk
from makers import text_of
from office_makers import done, refused, staff
from training.attendance.actions import hold_session
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.queries import invoices as queries
from training.billing.queries import transmissions as reading
from training.billing.rules.payments import Way
from training.billing.rules.transmission import STATUSES, Status
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import References
from training.reporting.office.today import counts as today
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("present")]
S = Status
PATH = "/gestion/factures"


@pytest.fixture
async def present():
    with clock.frozen(makers.NOON):
        yield


@pytest.fixture
async def bill(client, present):
    """The town hall's invoice; then it is May, and somebody of the team is signed in."""
    made = await billed(service_code="RH", purchase_order="ENG-12")
    with clock.frozen(LATER):
        await staff(client)
        yield made


async def words_of(client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    words = text_of(answer.text)
    assert answer.status_code == status, (path, words[:400])
    assert answer.text.count("<h1") == 1
    return words


async def test_the_invoice_says_where_it_stands_and_the_next_thing_to_do(client, bill):
    path = f"{PATH}/{bill.number}"
    words = await words_of(client, path)
    for said in ("À déposer", STATUSES[S.TO_DEPOSIT].next, "Fiche à recopier", "Courriel", "compta@mairie.example.org"):
        assert said in words
    await walk(bill, S.DEPOSITED, S.AVAILABLE, S.SUSPENDED)
    words = await words_of(client, path)
    for said in (
        "Suspendue depuis le samedi 13 mars 2027",
        STATUSES[S.SUSPENDED].next,
        "Il manque la feuille",
        "Pièce ajoutée",
    ):
        assert said in words


async def test_a_private_buyer_s_invoice_shows_its_mails(client, bill):
    await db.execute("update organisation set buyer = 'association' where id = $1", bill.town.organisation)
    words = await words_of(client, f"{PATH}/{bill.number}")
    assert "compta@mairie.example.org" in words
    assert "Fiche à recopier" not in words


async def test_the_sheet_shows_every_field_in_the_portal_s_order(client, bill):
    answer = await client.get(f"{PATH}/{bill.number}/chorus")
    values = [
        *("A1_FACTURE_FOURNISSEUR", makers.SIRET, "RH", "ENG-12", bill.number, "10/03/2027", "FACTURE"),
        *("SANS_TVA", "350,00", "VIREMENT", "FR7630006000011234567890189"),
    ]
    places = [answer.text.index(f'value="{value}"') for value in values]
    assert places == sorted(places)
    assert answer.text.count("data-copy=") >= len(values)
    assert "readonly" in answer.text


async def test_the_pack_holds_what_the_portal_wants(client, bill):
    answer = await client.get(f"{PATH}/{bill.number}/chorus.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == (await client.get(f"{PATH}/{bill.number}/chorus.zip")).content
    with ZipFile(BytesIO(answer.content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    stem = bill.number
    assert list(held) == [
        f"{stem}-portail.pdf", f"{stem}-fiche.txt", f"{stem}-service-fait.pdf", f"{stem}-facturx.pdf",
        f"{stem}-facturx.xml",
    ]  # fmt: skip
    _snapshot, paper, data, _hash = await bytes_of(bill)
    assert (held[f"{stem}-facturx.pdf"], held[f"{stem}-facturx.xml"]) == (paper, data)
    assert "ENG-12" in held[f"{stem}-fiche.txt"].decode("utf-8-sig")
    for name, path in (("portail", "chorus/portail.pdf"), ("service-fait", "chorus/service-fait.pdf")):
        assert (await client.get(f"{PATH}/{bill.number}/{path}")).content == held[f"{stem}-{name}.pdf"]


async def test_what_was_corrected_on_the_deposit_is_on_the_sheet_and_not_on_the_paper(client, bill):
    before = await bytes_of(bill)
    await walk(bill, S.DEPOSITED, S.TO_RECYCLE, S.RECYCLED)
    answer = await client.get(f"{PATH}/{bill.number}/chorus")
    assert 'value="ENG-NEUF"' in answer.text
    assert "la facture dit ENG-12" in text_of(answer.text)
    assert await bytes_of(bill) == before


async def test_before_the_service_there_is_nothing_to_attest(client, bill):
    await db.execute("delete from head_count")
    words = await words_of(client, f"{PATH}/{bill.number}/chorus")
    assert "1 réservation de cette facture n’a pas encore eu lieu" in words
    await words_of(client, f"{PATH}/{bill.number}/chorus/service-fait.pdf", 404)
    answer = await client.get(f"{PATH}/{bill.number}/chorus.zip")
    with ZipFile(BytesIO(answer.content)) as archive:
        assert not any("service-fait" in name for name in archive.namelist())


@pytest.mark.parametrize("tail", ["chorus", "chorus.zip", "chorus/portail.pdf", "etapes/available", "refaire"])
async def test_what_is_not_an_invoice_is_not_found(client, bill, tail):
    await words_of(client, f"{PATH}/F1999-00001/{tail}", 404)


async def test_a_private_invoice_has_no_sheet_and_an_unknown_step_no_page(client, bill):
    await words_of(client, f"{PATH}/{bill.number}/etapes/paid", 404)
    await words_of(client, f"{PATH}/{bill.number}/etapes/nimporte", 404)
    await db.execute("update organisation set buyer = 'company' where id = $1", bill.town.organisation)
    await words_of(client, f"{PATH}/{bill.number}/chorus", 404)


async def test_every_step_has_its_page_and_is_written(client, bill):
    path = f"{PATH}/{bill.number}/etapes"
    steps = (
        ("deposited", {"reference": "DEP-77"}),
        ("available", {}),
        ("suspended", {"note": "Feuille de présence"}),
        ("completed", {}),
        ("available", {}),
        ("to_recycle", {"note": "Mauvais service"}),
        ("recycled", {"service_code": "VOIRIE"}),
        ("available", {}),
        ("mandated", {"reference": "Mandat 4512"}),
    )
    for n, (status, more) in enumerate(steps, 1):
        words = await words_of(client, f"{path}/{status}")
        assert STATUSES[Status(status)].meaning in words
        day = (ISSUED + timedelta(days=n)).isoformat()
        where = await done(client, f"{path}/{status}", {"happened_on": day, **more})
        assert where == f"{PATH}/{bill.number}#transmission"
    view = await bill.now()
    assert (view.transmission, view.late_from) == ("mandated", ISSUED + timedelta(days=8 + 30))
    words = await words_of(client, f"{PATH}/{bill.number}")
    for said in ("DEP-77", "Mandat 4512", "service : VOIRIE", "attendez le virement du Trésor public"):
        assert said in words


@pytest.mark.parametrize(
    ("status", "typed", "code", "sentence"),
    [
        ("deposited", {"happened_on": "2027-03-09"}, 422, "rien ne lui arrive avant"),
        ("deposited", {"happened_on": "2028-01-01"}, 422, "pas encore venue"),
        ("deposited", {"happened_on": "hier"}, 422, "Indiquez une date"),
        ("deposited", {"happened_on": "2027-03-12", "reference": "R" * 101}, 422, "100 caractères au plus"),
        ("mandated", {"happened_on": "2027-03-12"}, 409, "elle ne peut pas devenir « Mandatée »"),
    ],
)
async def test_a_step_that_cannot_be_is_refused_with_what_was_typed(client, bill, status, typed, code, sentence):
    answer = await refused(
        client, f"{PATH}/{bill.number}/etapes/{status}", {**typed, "note": "Ma note"}, code, sentence
    )
    assert "Ma note" in answer.text
    assert await reading.steps(bill.invoice.id) == []


async def test_what_stops_it_is_explained_and_a_correction_is_a_real_one(client, bill):
    await walk(bill, S.DEPOSITED)
    day = {"happened_on": "2027-03-20"}
    await refused(client, f"{PATH}/{bill.number}/etapes/to_recycle", day, 422, "Dites ce qui n’est pas le bon")
    await done(client, f"{PATH}/{bill.number}/etapes/to_recycle", {**day, "note": "SIRET"})
    path = f"{PATH}/{bill.number}/etapes/recycled"
    await refused(client, path, day, 422, "Donnez ce qui a été corrigé")
    answer = await refused(client, path, {**day, "siret": "00009999400015"}, 422, "faute de frappe")
    assert 'value="00009999400015"' in answer.text


async def test_the_same_click_twice_writes_once(client, bill):
    path, typed = f"{PATH}/{bill.number}/etapes/deposited", {"happened_on": "2027-03-12"}
    await done(client, path, typed)
    await refused(client, path, typed, 409, "La facture est « Déposée »")
    assert len(await reading.steps(bill.invoice.id)) == 1


async def test_a_mistake_is_taken_back(client, bill):
    await walk(bill, S.DEPOSITED, S.REJECTED)
    await done(client, f"{PATH}/{bill.number}/etapes")
    words = await words_of(client, f"{PATH}/{bill.number}")
    assert "« Rejetée » était une erreur" in words
    assert (await bill.now()).transmission == "deposited"


async def test_one_click_makes_the_credit_note_and_the_new_invoice(client, bill):
    await refused(client, f"{PATH}/{bill.number}/refaire", {}, 409, "Seule une facture rejetée")
    await walk(bill, S.DEPOSITED, S.REJECTED)
    words = await words_of(client, f"{PATH}/{bill.number}")
    assert "Annuler par un avoir et refaire la facture" in words
    page = await client.get(f"{PATH}/{bill.number}/refaire")
    assert 'value="ENG-12"' in page.text
    typed = {"service_code": "RH", "purchase_order": "ENG-99"}
    where = await done(client, f"{PATH}/{bill.number}/refaire", typed)
    assert where == f"{PATH}/F2027-00002"
    fresh = await queries.invoice_by_number(SYSTEM.scope, "F2027-00002")
    assert (fresh.replaces, fresh.references) == (bill.number, References(**typed))
    await refused(client, f"{PATH}/{bill.number}/refaire", typed, 409, "déjà remplacée")
    words = await words_of(client, f"{PATH}/{bill.number}")
    assert "annulée par un avoir" in words
    assert await db.value("select count(*) from invoice") == 3


async def test_the_list_sorts_what_waits_and_says_what_to_do(client, bill):
    assert "Préparer le dépôt" in await words_of(client, f"{PATH}/chorus?etat=a-deposer")
    await walk(bill, S.DEPOSITED)
    assert "Rien depuis 50 jours" in await words_of(client, f"{PATH}/chorus?etat=sans-suite")
    await walk(bill, S.AVAILABLE)
    assert "L’échéance du" in await words_of(client, f"{PATH}/chorus?etat=en-retard")
    await walk(bill, S.SUSPENDED)
    assert "Il manque la feuille de présence." in await words_of(client, f"{PATH}/chorus")
    view = await bill.now()
    whole = NewPayment(way=Way.TRANSFER, amount_cents=view.due_cents, received_on=clock.today())
    await record_payment(SYSTEM, whole, {view.receivable: view.due_cents})
    assert "Aucune facture d’organisme public en cours" in await words_of(client, f"{PATH}/chorus")


async def test_today_counts_what_waits_on_chorus_and_the_money(client, bill):
    words = await words_of(client, "/gestion")
    assert "Déposer 1 facture sur Chorus Pro" in words
    await walk(bill, S.DEPOSITED)
    words = await words_of(client, "/gestion")
    assert "Rien depuis" in words
    assert "Déposer 1 facture" not in words
    await walk(bill, S.AVAILABLE)
    words = await words_of(client, "/gestion")
    assert f"{bill.number}, Commune d’Essai" in words
    assert "pas encore relancée" in words
    await walk(bill, S.SUSPENDED)
    view = await bill.now()
    await record_payment(SYSTEM, NewPayment(way=Way.CHEQUE, amount_cents=100, received_on=clock.today()), {})
    sql = "insert into reminder (receivable, step, is_task, created_at) values ($1, 'polite', true, $2)"
    await db.execute(sql, view.receivable, clock.now())
    words = await words_of(client, "/gestion")
    for said in ("Suspendue : Il manque la feuille", "Affecter 1 paiement", "1 facture à relancer"):
        assert said in words
    assert "pas encore relancée" not in words


async def test_the_counts_are_those_of_the_lists_and_cost_the_same_however_many(client, bill, statements):
    await today.waiting(SYSTEM.scope)
    statements.clear()
    before = await today.waiting(SYSTEM.scope)
    cost = len(statements)
    known = {name: getattr(bill.town, name) for name in makers.Town.__slots__}
    for n in range(1, 4):
        start = LATER + timedelta(days=n)
        session = await makers.make_session(bill.town.offer, starts_at=start, venue=bill.town.venue)
        await makers.make_booking(makers.Town(**{**known, "session": session}), 3)
        with clock.frozen(start + timedelta(days=1)):
            await hold_session(SYSTEM, session)
            await drain()
    statements.clear()
    after = await today.waiting(SYSTEM.scope)
    assert len(statements) == cost
    assert (before.to_deposit, after.to_deposit) == (1, 4)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ADVISER, Role.BOOKKEEPER])
async def test_the_whole_team_follows_deposits(client, bill, role):
    await db.execute("update membership set role = $1 where organisation is null", role.value)
    await done(client, f"{PATH}/{bill.number}/etapes/deposited", {"happened_on": "2027-03-12"})


async def test_a_client_does_not(client, bill):
    client.cookies.clear()
    assert (await client.get(f"{PATH}/chorus")).status_code in (303, 401, 403)
    answer = await makers.post(client, f"{PATH}/{bill.number}/etapes/deposited", {"happened_on": "2027-03-12"})
    assert answer.status_code in (303, 401, 403)
    assert await reading.steps(bill.invoice.id) == []
