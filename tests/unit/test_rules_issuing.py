"""What an invoice waits for, in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.billing.rules.issuing import (
    CheckedReferences,
    CheckKey,
    Counted,
    Payer,
    Seller,
    askable,
    checks,
    may_be_asked,
    missing,
    said,
)
from training.directory.rules.billing_facts import ChorusNeeds
from training.directory.rules.organisations import Buyer, OrganisationState
from training.papers.rules.references import References, chorus_lacking

SELLER = Seller("00008888000018", "FR7630006000011234567890189")
PAYER = Payer("Commune d’Essai", "00009999400014", Buyer.PUBLIC, OrganisationState.APPROVED, reached=True)


def test_nothing_is_missing() -> None:
    assert missing(SELLER, PAYER) == []


@pytest.mark.parametrize(
    ("seller", "payer", "sentence"),
    [
        ({"siret": None}, {}, "La plateforme n’a pas encore de numéro SIRET"),
        ({"iban": None}, {}, "La plateforme n’a pas encore d’IBAN"),
        ({}, {"siret": None}, "Il manque le numéro SIRET de Commune d’Essai."),
        ({}, {"reached": False}, "Personne ne reçoit les factures de Commune d’Essai."),
        ({}, {"state": OrganisationState.PENDING}, "Commune d’Essai n’est pas encore validée."),
    ],
)
def test_each_thing_is_said_alone(seller: dict[str, None], payer: dict[str, object], sentence: str) -> None:
    (said,) = missing(replace(SELLER, **seller), replace(PAYER, **payer))  # type: ignore[arg-type]
    assert said.startswith(sentence)


def test_a_person_has_no_siret() -> None:
    assert missing(SELLER, replace(PAYER, buyer=Buyer.PERSON, siret=None)) == []


def test_everything_is_said_at_once() -> None:
    nobody = Payer("X", None, Buyer.COMPANY, OrganisationState.PENDING, reached=False)
    assert len(missing(Seller(None, None), nobody)) == 5
    assert len(missing(Seller(None, None, lacks_vat_number=True), nobody)) == 6


# What each public buyer needs (facts §1.5)

SERVICE, ENGAGEMENT = "code service", "numéro d’engagement"


@pytest.mark.parametrize(
    ("needs", "service", "engagement", "required", "wanted"),
    [
        ("none", None, None, False, []),
        ("none", "DRH", None, True, [ENGAGEMENT]),  # the service wants one, whatever the buyer says of itself
        ("service", None, None, False, [SERVICE]),
        ("service", "DRH", None, False, []),
        ("service", "DRH", None, True, [ENGAGEMENT]),
        ("service", None, "2027-1", False, [SERVICE]),
        ("engagement", "DRH", None, False, [ENGAGEMENT]),
        ("engagement", None, "2027-1", False, []),
        ("either", None, None, False, ["l’un des deux"]),
        ("either", "DRH", None, False, []),
        ("either", None, "2027-1", False, []),
        ("either", "DRH", None, True, [ENGAGEMENT]),
        ("both", None, None, False, [SERVICE, ENGAGEMENT]),
        ("both", "DRH", None, False, [ENGAGEMENT]),
        ("both", None, "2027-1", False, [SERVICE]),
        ("both", "DRH", "2027-1", True, []),
        ("both", "  ", "", False, [SERVICE, ENGAGEMENT]),
    ],
)
def test_what_chorus_pro_needs(needs, service, engagement, required, wanted) -> None:
    needs, said_so = ChorusNeeds(needs), References(service_code=service, purchase_order=engagement)
    lacking = list(chorus_lacking(needs, said_so, required).values())
    assert len(lacking) == len(wanted)
    assert all(part in words for words, part in zip(lacking, wanted, strict=True))
    references = CheckedReferences(said_so, engagement_required=required)
    payer = replace(PAYER, needs=needs)
    assert missing(SELLER, payer, references) == lacking
    assert askable(checks(SELLER, payer, references)) is bool(lacking)
    # a private buyer is asked for nothing of the kind
    assert missing(SELLER, replace(payer, buyer=Buyer.ASSOCIATION), references) == []


def by_key(found) -> dict[CheckKey, tuple[bool, str]]:
    assert len({c.key for c in found}) == len(found), "one check a thing"
    return {c.key: (c.ok, c.words) for c in found}


def test_what_is_fine_says_what_was_found() -> None:
    references = CheckedReferences(References(service_code="DRH", purchase_order="2027-118"))
    found = by_key(checks(SELLER, PAYER, references, [Counted(20, 18, held=True), Counted(5, 5, held=True)]))
    assert {key: ok for key, (ok, _words) in found.items()} == dict.fromkeys(found, True)
    assert list(found) == [
        CheckKey.SIRET, CheckKey.SERVICE, CheckKey.ENGAGEMENT, CheckKey.CONTACT, CheckKey.HEAD_COUNT,
    ]  # fmt: skip
    assert PAYER.siret in found[CheckKey.SIRET][1]
    assert "DRH" in found[CheckKey.SERVICE][1]
    assert "2027-118" in found[CheckKey.ENGAGEMENT][1]
    assert found[CheckKey.HEAD_COUNT][1] == "23 présents pour 25 réservés"


def test_a_service_that_the_buyer_s_list_does_not_have_is_said() -> None:
    ok, words = by_key(checks(SELLER, PAYER, CheckedReferences(References(service_code="DRH"), known=False)))[
        CheckKey.SERVICE
    ]
    assert not ok
    assert "DRH" in words


def test_heads_that_nobody_counted_are_said_and_an_early_invoice_waits_for_none() -> None:
    uncounted = by_key(checks(SELLER, PAYER, counts=[Counted(20, 20, held=True), Counted(3, None, held=True)]))
    assert not uncounted[CheckKey.HEAD_COUNT][0]
    assert by_key(checks(SELLER, PAYER, counts=[Counted(20, None, held=False)]))[CheckKey.HEAD_COUNT][0]
    assert CheckKey.HEAD_COUNT not in by_key(checks(SELLER, PAYER))


def test_a_total_below_zero_is_said() -> None:
    assert missing(SELLER, PAYER, gross_cents=-1) == ["Le total est négatif : retirez une remise, ou faites un avoir."]


@pytest.mark.parametrize(
    "references",
    [
        References(service_code="x" * 101),
        References(purchase_order="x" * 51),
        References(contract_reference="x" * 51),
    ],
)
def test_what_chorus_pro_would_cut_is_said(references: References) -> None:
    found = checks(SELLER, PAYER, CheckedReferences(references))
    assert ["trop long" in words for words in said(found)] == [True]
    assert not askable(c for c in found if c.key == CheckKey.CONTRACT)


def test_who_is_not_reached_is_not_asked() -> None:
    nameless = replace(PAYER, siret=None)
    assert may_be_asked(checks(SELLER, nameless))
    assert not may_be_asked(checks(SELLER, replace(nameless, reached=False)))
    assert not may_be_asked(checks(SELLER, PAYER))
    assert not may_be_asked(checks(Seller(None, None), PAYER)), "no client knows the platform's SIRET"
