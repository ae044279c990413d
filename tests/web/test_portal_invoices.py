"""An organisation's invoices on its pages: where each stands, how it is paid, and by whom."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

import makers
from makers import text_of
from online_makers import PAYING, Debt, due_of, make_debt, told
from portal_makers import enter
from training.billing.actions import settle
from training.billing.queries import invoices as queries
from training.billing.rules.payments import Way
from training.directory.rules.organisations import OrganisationKind
from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM
from training.kernel.links import Link, sign
from training.worker import drain

pytestmark = pytest.mark.anyio


@pytest.fixture
async def public(database_test: None) -> AsyncIterator[Debt]:
    with clock.frozen(PAYING - timedelta(days=12)):
        made = await make_debt(OrganisationKind.COMMUNE)
    with clock.frozen(PAYING):
        yield made


def path_of(debt: Debt) -> str:
    return f"/espace/{debt.slug}/factures/{debt.number}"


async def link_of(debt: Debt) -> str:
    invoice = await queries.invoice_by_number(SYSTEM.scope, debt.number)
    assert invoice is not None
    link = Link("invoice", invoice.id, invoice.generation, clock.now() + timedelta(days=30))
    return "/lien/" + sign(link, settings.current().secret_key)


async def pay(debt: Debt, cents: int, way: Way = Way.CHEQUE) -> int:
    new = settle.NewPayment(way=way, amount_cents=cents, received_on=clock.today(), payer=debt.organisation)
    payment = await settle.record_payment(SYSTEM, new, {debt.receivable: cents})
    await drain()
    return payment


async def test_the_page_says_what_is_owed_until_when_and_how(client, debt: Debt):
    await enter(client, debt.organisation, Role.ACCOUNTANT)
    answer = await client.get(path_of(debt))
    page = text_of(answer.text)
    for fact in (
        f"Facture {debt.number}", "350,00 €", "À payer avant le vendredi 9 avril 2027", "Payer par virement",
        "FR76 3000 6000 0112 3456 7890 189", "BIC : AGRIFRPP", "Ce que la comptabilité demande", "R-",
    ):  # fmt: skip
        assert fact in page, fact
    assert f'value="{debt.number}"' in answer.text, "the reference is there to be copied"
    assert "par carte" not in page, "the host gave no key of Stripe's"
    assert "Chorus" not in page
    for suffix in ("pdf", "xml"):
        assert (await client.get(f"{path_of(debt)}.{suffix}")).status_code == 200
    assert (await client.get(f"{path_of(debt)}-service-fait.pdf")).status_code == 404


async def test_the_list_says_where_each_stands(client, debt: Debt):
    await enter(client, debt.organisation)
    listed = f"/espace/{debt.slug}/factures"
    assert "À payer avant le 09/04/2027" in text_of((await client.get(listed)).text)
    await pay(debt, 10_000)
    page = text_of((await client.get(listed)).text)
    assert "Payée en partie" in page
    assert "reste 250,00 €" in page
    assert "À payer 250,00 €" in page
    with clock.frozen(PAYING + timedelta(days=60)):
        await enter(client, debt.organisation, name="plus-tard")
        page = text_of((await client.get(listed)).text)
    assert "En retard 250,00 €" in page
    assert "Toutes" in page  # what is late stands above them
    await enter(client, debt.organisation, name="encore")
    await pay(debt, 25_000)
    page = text_of((await client.get(listed)).text)
    assert "Payée" in page
    assert "À payer" not in page


async def test_what_came_in_is_shown_with_its_receipt(client, debt: Debt):
    await pay(debt, 10_000)
    await enter(client, debt.organisation)
    answer = await client.get(path_of(debt))
    page = text_of(answer.text)
    assert "Chèque" in page
    assert "Reste à payer sur 350,00 €" in page
    receipt = re.search(rf'href="(/espace/{debt.slug}/recus/[^"]+)"', answer.text)
    assert receipt is not None
    paper = await client.get(receipt[1])
    assert paper.content.startswith(b"%PDF")
    for name in ("R2027-99999.pdf", "nothing", "%00.pdf", receipt[1].rsplit("/", 1)[1].replace(".pdf", ".xml")):
        assert (await client.get(f"/espace/{debt.slug}/recus/{name}")).status_code == 404


@pytest.mark.commits
async def test_from_the_page_to_stripe_and_back(client, stripe, debt: Debt):
    await enter(client, debt.organisation, Role.ACCOUNTANT)
    page = await client.get(path_of(debt))
    assert "Payer 350,00 € par carte" in text_of(page.text)
    policy = page.headers["content-security-policy"]
    assert f"form-action 'self' {stripe.url}" in policy, "a browser follows a form's redirection only where it may"
    answer = await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})
    (session,) = stripe.sessions.values()
    assert (answer.status_code, answer.headers["location"]) == (303, session["url"])
    paid = stripe.pay(session["id"])
    back = urlsplit(session["success_url"])
    page = text_of((await client.get(f"{back.path}?{back.query}")).text)
    assert "en cours de confirmation" in page
    assert "c’est payé" not in page, "only Stripe's own word makes it paid"
    assert "par carte" not in page
    await told(paid)
    page = text_of((await client.get(f"{back.path}?{back.query}")).text)
    assert "Merci, c’est payé" in page
    assert "Carte bancaire" in page
    assert "Reçu R2027-00001" in page
    assert await due_of(debt) == 0


@pytest.mark.commits
async def test_a_debit_is_said_to_be_under_way(client, stripe, debt: Debt):
    await enter(client, debt.organisation)
    await makers.post(client, f"{path_of(debt)}/payer", {"way": "sepa"})
    (session,) = stripe.sessions
    await told(stripe.pay(session))
    page = text_of((await client.get(path_of(debt))).text)
    assert "Votre paiement de 350,00 € est en cours" in page
    assert "surtout pas un second paiement" in page
    assert "Payer" not in page.replace("À payer", "")
    assert "Paiement en cours" in text_of((await client.get(f"/espace/{debt.slug}/factures")).text)
    again = await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})
    assert again.status_code == 409
    assert "déjà en cours" in text_of(again.text)
    await told(stripe.debit(session, passed=False))
    page = text_of((await client.get(path_of(debt))).text)
    assert "La banque a refusé le prélèvement de 350,00 €" in page
    assert "par carte" in page


@pytest.mark.commits
async def test_coming_back_without_having_paid(client, stripe, debt: Debt):
    await enter(client, debt.organisation)
    for claim in ("fini", "abandonne", "<b>", "oui"):
        page = text_of((await client.get(path_of(debt), params={"paiement": claim})).text)
        assert "Merci" not in page, "nobody paid, whatever the address says"
        assert "par carte" in page
    await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})
    page = text_of((await client.get(path_of(debt), params={"paiement": "abandonne"})).text)
    assert "Rien n’a été débité" in page
    assert "par carte" in page


@pytest.mark.commits
async def test_when_stripe_is_away_the_page_says_so(client, stripe, debt: Debt):
    await enter(client, debt.organisation)
    stripe.faults = [500, 500, 500]
    answer = await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})
    assert answer.status_code == 502
    page = text_of(answer.text)
    assert "Le paiement n’a pas pu commencer" in page
    assert "Rien n’a été débité" in page
    assert "Payer 350,00 € par carte" in page, "it may be tried again at once"
    assert "La banque a refusé" not in page
    assert (await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})).status_code == 303


@pytest.mark.commits
@pytest.mark.parametrize("way", ["", "cash", "transfer", "credit_note", "bitcoin", "\x00", "card " * 50])
async def test_a_tampered_way_is_refused(client, stripe, debt: Debt, way: str):
    await enter(client, debt.organisation)
    answer = await makers.post(client, f"{path_of(debt)}/payer", {"way": way})
    assert answer.status_code == 422
    assert "n’a pas pu commencer" in text_of(answer.text)
    assert stripe.requests == []


@pytest.mark.commits
async def test_who_may_not_pay_does_not(client, stripe, debt: Debt):
    for role, status in ((Role.MEMBER, 403), (Role.REFERRER, 403)):
        await enter(client, debt.organisation, role)
        assert (await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})).status_code == status, role
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await enter(client, other, Role.MANAGER)
    assert (await client.get(path_of(debt))).status_code == 404
    assert (await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})).status_code == 404
    theirs = f"/espace/autre/factures/{debt.number}"
    assert (await client.get(theirs)).status_code == 404
    assert (await makers.post(client, f"{theirs}/payer", {"way": "card"})).status_code == 404
    await makers.make_staff()
    await makers.sign_in(client, "equipe@example.org")
    assert "par carte" not in text_of((await client.get(path_of(debt))).text), "the team does not pay for its clients"
    assert (await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})).status_code == 403
    client.cookies.delete("signin")
    assert (await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})).status_code == 401
    assert stripe.requests == []


@pytest.mark.commits
async def test_a_credit_note_is_not_paid(client, stripe, debt: Debt):
    await enter(client, debt.organisation)
    async with db.atomic():
        await db.execute("delete from receivable")
    answer = await makers.post(client, f"{path_of(debt)}/payer", {"way": "card"})
    assert answer.status_code == 409
    assert "Rien n’est à payer" in text_of(answer.text)


async def test_a_public_buyer_reads_that_it_must_not_pay_twice(client, stripe, public: Debt):
    await enter(client, public.organisation)
    answer = await client.get(path_of(public))
    page = text_of(answer.text)
    for fact in (
        "Payez seulement la facture déposée",
        "Chorus Pro",
        "mandat administratif",
        "attestation de réalisation",
    ):
        assert fact in page, fact
    for never in ("par carte", "SEPA", "IBAN", "virement"):
        assert never not in page, never
    assert "Bientôt sur Chorus Pro" in text_of((await client.get(f"/espace/{public.slug}/factures")).text)
    proof = await client.get(f"{path_of(public)}-service-fait.pdf")
    assert proof.content.startswith(b"%PDF")
    invoice = await queries.invoice_by_number(SYSTEM.scope, public.number)
    assert invoice is not None
    await db.execute(
        "insert into transmission (invoice, channel, status, happened_on, reference, note, created_at)"
        " values ($1, 'chorus_portal', 'deposited', $2, '', '', $3)",
        invoice.id, clock.today(), clock.now(),
    )  # fmt: skip
    assert "Elle est déposée sur Chorus Pro" in text_of((await client.get(path_of(public))).text)
    assert "Déposée sur Chorus Pro" in text_of((await client.get(f"/espace/{public.slug}/factures")).text)


@pytest.mark.commits
async def test_whoever_was_mailed_the_link_may_pay_through_it(client, stripe, debt: Debt):
    link = await link_of(debt)
    page = await client.get(link)
    assert "Payer 350,00 € par carte" in text_of(page.text)
    assert page.headers["x-robots-tag"] == "noindex"
    answer = await makers.post(client, f"{link}/payer", {"way": "card"})
    (session,) = stripe.sessions.values()
    assert answer.headers["location"] == session["url"]
    back = urlsplit(session["success_url"])
    assert back.path.startswith("/lien/")
    paid = stripe.pay(session["id"])
    assert "en cours de confirmation" in text_of((await client.get(f"{back.path}?{back.query}")).text)
    await told(paid)
    page = await client.get(f"{back.path}?{back.query}")
    assert "Merci, c’est payé" in text_of(page.text)
    receipt = re.search(r'href="(/lien/[^"]+/recus/[^"]+)"', page.text)
    assert receipt is not None
    assert (await client.get(receipt[1])).content.startswith(b"%PDF")
    assert (await client.get(receipt[1].replace("00001", "00002"))).status_code == 404
    assert await db.value("select distinct actor_kind from audit where action = 'checkout.begin'") == "link"


@pytest.mark.commits
async def test_a_link_that_was_revoked_pays_nothing(client, stripe, debt: Debt):
    link = await link_of(debt)
    async with db.atomic():
        await db.execute("alter table invoice disable trigger user")
        await db.execute("update invoice set generation = generation + 1")
        await db.execute("alter table invoice enable trigger user")
    assert (await client.get(link)).status_code == 404
    assert (await makers.post(client, f"{link}/payer", {"way": "card"})).status_code == 404
    assert (await makers.post(client, "/lien/nonsense/payer", {"way": "card"})).status_code == 404
    assert stripe.requests == []
