"""Buyers that are no firm of France: an association without a SIRET, one abroad, one that is taxable or not."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

import accounts_makers as books
import makers
from office_makers import done, refused, staff
from papers_read import said
from training.attendance.actions import hold_session
from training.billing.actions.credit import credit_and_reissue
from training.billing.actions.issue import issue
from training.billing.documents import invoice_paper
from training.billing.documents.invoice import InvoiceDocument
from training.billing.formats import cii
from training.billing.queries.checking import who
from training.billing.rules.issuing import Check, CheckKey, Seller, checks
from training.bookings.actions.booking import NewBooking, book
from training.directory.queries import organisation
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db, render
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.worker import drain

pytestmark = pytest.mark.anyio

MARCH = date(2027, 3, 1)
FACTS = "/gestion/structures/{}/facturation"
FORM = {
    "name": "Les Amis du vélo", "address": "2 rue Haute", "postcode": "61000",
    "city": "Alençon", "chorus_needs": "none", "billing_moment": "held", "country": "FR",
}  # fmt: skip


async def is_a(buyer: str) -> None:
    """What everybody is to the law from now on."""
    await db.execute("update organisation set buyer = $1", buyer)


@pytest.fixture
async def friends(client):
    """An association without a SIRET, to be invoiced 350 € by a platform in the franchise; an administrator."""
    with clock.frozen(books.noon(date(2027, 1, 5))):
        town = await makers.make_town(vat_regime="franchise_293b")
        payer = await makers.make_organisation(
            "Les Amis du vélo", siret=None, kind=OrganisationKind.ASSOCIATION, domain="amis.example.org"
        )
    with clock.frozen(books.noon(MARCH)):
        await staff(client)
        yield town, payer


async def issued(town: makers.Town, payer: int) -> InvoiceDocument:
    """The document of an invoice that went all the way."""
    view = await books.invoice(town, payer, MARCH)
    snapshot = await db.value("select e.snapshot from ledger_entry e where e.number = $1", view.number)
    return InvoiceDocument.from_json(snapshot)


async def test_an_association_without_siret_is_invoiced_as_a_consumer_with_terms_that_fit(friends, client):
    town, payer = friends
    more = {"rna": "W 611 002345", "billing_address": "Trésorier\n9 rue Basse"}
    await done(client, FACTS.format("les-amis-du-velo"), FORM | more)
    document = await issued(town, payer)
    assert (document.buyer.siret, document.buyer.registration) == (None, "W611002345")
    assert document.buyer.billing_address == "Trésorier\n9 rue Basse"
    assert cii.treatment_of(document) == "B2C"
    assert "40 €" not in document.terms.recovery
    assert "Aucune" in document.terms.penalty
    assert "Adresse de facturation : Trésorier, 9 rue Basse".encode() in cii.build(document)


@pytest.mark.parametrize(("said", "circuit"), [("", "B2C"), ("0", "B2C"), ("1", "B2B")])
async def test_taxable_is_asked_and_decides_the_circuit(friends, client, said, circuit):
    town, payer = friends
    await done(client, FACTS.format("les-amis-du-velo"), FORM | {"siret": "000 077 719 00011", "taxable": said})
    assert cii.treatment_of(await issued(town, payer)) == circuit


async def test_taxable_unknown_warns_and_does_not_block(friends, client):
    _town, payer = friends
    (check,) = [c for c in await checks_of_a_draft(payer) if c.key == CheckKey.TAXABLE]
    assert (check.ok, check.warns) == (True, True)


async def test_a_siret_is_missing_only_of_who_needs_one(friends, client):
    assert "Manque" not in (await client.get("/gestion/structures?q=amis")).text
    assert "Manque" not in (await client.get("/gestion/structures/les-amis-du-velo")).text
    await is_a("company")
    abroad = {"country": "BE", "postcode": "1000", "city": "Bruxelles"}
    await done(client, FACTS.format("les-amis-du-velo"), FORM | abroad)
    page = (await client.get("/gestion/structures/les-amis-du-velo")).text
    assert "Bruxelles, Belgique" in page
    assert "À choisir : aucune facture ne part sans cette réponse" in page
    assert "Manque" not in page


@pytest.mark.parametrize("key", [CheckKey.SIRET, CheckKey.TAXABLE, CheckKey.ABROAD, CheckKey.HEAD_COUNT])
def test_a_check_that_holds_nothing_back_is_named_in_words(key):
    tabs = render.pages().get_template("office/invoices/_tabs.html").module
    line = str(tabs.checks_line([Check(key, True, "…", warns=key == CheckKey.TAXABLE)]))  # type: ignore[attr-defined]
    assert f">{key}<" not in line
    assert key not in re.sub("<[^>]+>", " ", line)
    assert ("attention" in line) == (key == CheckKey.TAXABLE)


async def checks_of_a_draft(payer: int) -> list[Check]:
    view = await organisation(payer)
    assert view is not None
    return checks(Seller("00008888000018", "FR76"), who(view, reached=True))


async def test_a_buyer_abroad_has_a_country_a_free_postcode_and_the_accountants_choice(friends, client):
    town, payer = friends
    path = FACTS.format("les-amis-du-velo")
    await is_a("company")
    abroad = FORM | {"country": "BE", "postcode": "B-1000", "city": "Bruxelles"}
    await refused(client, path, abroad | {"vat_number": "BE0428759498"}, 422, "n’est pas juste")
    await refused(client, path, abroad | {"country": "FR"}, 422, "cinq chiffres")
    await refused(client, path, FORM | {"vat_number": "BE0428759497"}, 422, "d’un autre pays")
    await done(client, path, abroad | {"vat_number": "BE 0428.759.497"})
    (lacking,) = [c for c in await checks_of_a_draft(payer) if not c.ok]
    assert "demandez à votre comptable quelle TVA" in lacking.words
    await done(client, path, abroad | {"vat_number": "BE0428759497", "vat_abroad": "as_here"})
    assert [c for c in await checks_of_a_draft(payer) if not c.ok] == []
    document = await issued(town, payer)
    assert (document.buyer.country, document.buyer.postcode) == ("BE", "B-1000")
    assert (document.buyer.vat_number, cii.treatment_of(document)) == ("BE0428759497", "B2BINT")


BRUSSELS = FORM | {
    "name": "Fiets", "country": "BE", "postcode": "B-1000", "city": "Bruxelles",
    "vat_number": "BE0428759497",
}  # fmt: skip


@pytest.fixture
async def abroad(client):
    """A Belgian company with a draft of 350 € and its VAT, made before the accountant was asked; an administrator."""
    with clock.frozen(books.noon(date(2027, 1, 5))):
        town = await makers.make_town(vat_regime="normal", vat_number="FR03000088880")
        payer = await makers.make_organisation("Fiets", siret=None, kind=OrganisationKind.COMPANY, domain="be.example")
    with clock.frozen(books.noon(MARCH)):
        await staff(client)
        await done(client, FACTS.format("fiets"), BRUSSELS)
        session = await makers.make_session(town.offer, starts_at=books.noon(MARCH) + timedelta(hours=2))
        await book(SYSTEM, NewBooking(session, payer, 4))
        await drain()
    with clock.frozen(books.noon(MARCH) + timedelta(hours=12)):
        await hold_session(SYSTEM, session)
        await drain()
        yield payer, await db.value("select id from invoice where payer = $1", payer)


async def made_out(draft: int) -> InvoiceDocument:
    """The draft, issued."""
    number = await issue(SYSTEM, draft)
    return InvoiceDocument.from_json(await db.value("select snapshot from ledger_entry where number = $1", number))


async def test_a_draft_for_abroad_waits_for_the_accountants_choice_and_goes_under_it(abroad, client):
    _payer, draft = abroad
    page = makers.text_of((await client.get(f"/gestion/factures/brouillons/{draft}")).text)
    assert "demandez à votre comptable quelle TVA porte cette facture" in page
    assert "420,00" in page
    with pytest.raises(Conflict, match="demandez à votre comptable"):
        await issue(SYSTEM, draft)
    await done(client, FACTS.format("fiets"), BRUSSELS | {"vat_abroad": "reverse_charge"})
    row = await db.connection().fetchrow("select vat_regime, vat_cents, gross_cents from invoice where id = $1", draft)
    assert tuple(row) == ("reverse_charge", 0, 35_000)
    document = await made_out(draft)
    assert cii.treatment_of(document) == "B2BINT"
    paper = said(invoice_paper.build(document))
    assert "Autoliquidation : TVA due par le preneur" in paper
    assert {"Belgique", "BE0428759497", "FR03000088880"} <= set(paper.split())


async def test_an_invoice_issued_with_vat_is_replaced_by_one_under_reverse_charge(abroad, client):
    payer, draft = abroad
    await done(client, FACTS.format("fiets"), BRUSSELS | {"vat_abroad": "as_here"})
    await made_out(draft)
    await done(client, FACTS.format("fiets"), BRUSSELS | {"vat_abroad": "reverse_charge"})
    _note, fresh = await credit_and_reissue(SYSTEM, draft, "La TVA est due par le client.")
    sql = "select vat_regime, gross_cents from invoice where payer = $1 order by id"
    rows = [tuple(row) for row in await db.connection().fetch(sql, payer)]
    assert rows == [("normal", 42_000), ("normal", 42_000), ("reverse_charge", 35_000)]
    assert (await made_out(fresh)).totals.vat_cents == 0


@pytest.mark.parametrize(
    ("said_of", "sentence"),
    [
        ({"vat_abroad": "reverse_charge", "vat_number": ""}, "demande le numéro de TVA du client"),
        ({"vat_abroad": "reverse_charge", "buyer": "person", "vat_number": ""}, "Un particulier n’autoliquide pas"),
        ({"vat_abroad": "reverse_charge", "country": "CH", "vat_number": ""}, "vaut dans l’Union européenne"),
        ({"vat_abroad": "outside"}, "vaut hors de l’Union européenne"),
        ({"vat_number": "NL004495445B01"}, "d’un autre pays"),
    ],
)
async def test_a_choice_that_cannot_be_for_a_buyer_abroad_is_refused(abroad, client, said_of, sentence):
    if (buyer := said_of.get("buyer")) is not None:
        await is_a(buyer)
    await refused(client, FACTS.format("fiets"), BRUSSELS | said_of, 422, sentence)


async def test_a_regime_of_buyers_abroad_is_never_the_sellers_own(abroad, client):
    assert 'value="reverse_charge"' not in (await client.get("/gestion/plateforme")).text


async def test_back_in_france_nothing_of_abroad_is_left(abroad, client):
    _payer, draft = abroad
    await done(client, FACTS.format("fiets"), BRUSSELS | {"vat_abroad": "reverse_charge"})
    home = {"country": "FR", "postcode": "61000", "vat_number": "", "vat_abroad": "reverse_charge"}
    await done(client, FACTS.format("fiets"), BRUSSELS | home)
    assert await db.value("select gross_cents from invoice where id = $1", draft) == 42_000


async def test_a_payer_abroad_is_made_without_a_french_postcode(abroad, client):
    new = {
        "kind": "company", "name": "Velo GmbH", "address": "Hauptstraße 1", "postcode": "D-10115", "city": "Berlin",
        "country": "DE", "contact": "Uli", "email": "uli@velo.example",
    }  # fmt: skip
    await refused(client, "/gestion/nouvelle-structure", new | {"country": "FR"}, 422, "cinq chiffres")
    await done(client, "/gestion/nouvelle-structure", new)
    sql = "select country, postcode, buyer from organisation where name = 'Velo GmbH'"
    assert tuple(await db.connection().fetchrow(sql)) == ("DE", "D-10115", "company")
