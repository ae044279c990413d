"""What an invoice waits for, in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.billing.rules.issuing import Payer, Seller, missing
from training.directory.rules import Buyer, OrganisationState

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
