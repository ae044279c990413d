"""Buyers that are no firm of France: an association without a SIRET, one abroad, one that is taxable or not."""

from __future__ import annotations

from datetime import date

import pytest

import accounts_makers as books
import makers
from office_makers import done, refused, staff
from training.billing.documents.invoice import InvoiceDocument
from training.billing.formats import cii
from training.billing.queries.checking import who
from training.billing.rules.issuing import Check, CheckKey, Seller, checks
from training.directory.queries import organisation
from training.directory.rules import OrganisationKind
from training.kernel import clock, db

pytestmark = pytest.mark.anyio

MARCH = date(2027, 3, 1)
FACTS = "/gestion/structures/{}/facturation"
FORM = {
    "name": "Les Amis du vélo", "buyer": "association", "address": "2 rue Haute", "postcode": "61000",
    "city": "Alençon", "chorus_needs": "none", "billing_moment": "held", "country": "FR",
}  # fmt: skip


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


async def checks_of_a_draft(payer: int) -> list[Check]:
    view = await organisation(payer)
    assert view is not None
    return checks(Seller("00008888000018", "FR76"), who(view, reached=True))


async def test_a_buyer_abroad_has_a_country_a_free_postcode_and_the_accountants_choice(friends, client):
    town, payer = friends
    path = FACTS.format("les-amis-du-velo")
    abroad = FORM | {"buyer": "company", "country": "BE", "postcode": "B-1000", "city": "Bruxelles"}
    await refused(client, path, abroad | {"vat_number": "BE0428759498"}, 422, "n’est pas juste")
    await refused(client, path, abroad | {"country": "FR"}, 422, "cinq chiffres")
    await refused(client, path, FORM | {"vat_number": "BE0428759497"}, 422, "d’un autre pays")
    await done(client, path, abroad | {"vat_number": "BE 0428.759.497"})
    (lacking,) = [c for c in await checks_of_a_draft(payer) if not c.ok]
    assert "demandez à votre comptable quelle TVA" in lacking.words
    await done(client, path, abroad | {"vat_number": "BE0428759497", "abroad_as_here": "1"})
    assert [c for c in await checks_of_a_draft(payer) if not c.ok] == []
    document = await issued(town, payer)
    assert (document.buyer.country, document.buyer.postcode) == ("BE", "B-1000")
    assert (document.buyer.vat_number, cii.treatment_of(document)) == ("BE0428759497", "B2BINT")
