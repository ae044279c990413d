"""What another kind of organisation takes along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.directory.rules.billing_facts import BillingMoment, ChorusNeeds
from training.directory.rules.kinds import KindFacts, check_kind, kind_changed
from training.directory.rules.organisations import Buyer, OrganisationKind
from training.kernel.errors import Conflict, Invalid

K = OrganisationKind
FIRM = KindFacts(
    K.COMPANY, Buyer.COMPANY, "FR", "00009999400014", 45, BillingMoment.CONFIRMED, ChorusNeeds.NONE, None, None
)
TOWN = KindFacts(
    K.COMMUNE, Buyer.PUBLIC, "FR", None, 30, BillingMoment.CONFIRMED, ChorusNeeds.BOTH, "Convention", "Régie"
)


def test_a_public_buyer_pays_within_thirty_days_and_after_the_service() -> None:
    values = kind_changed(FIRM, K.COMMUNE, Buyer.PUBLIC)
    assert values == {
        "kind": K.COMMUNE, "buyer": Buyer.PUBLIC, "payment_days": 30, "billing_moment": BillingMoment.HELD,
    }  # fmt: skip
    said = replace(FIRM, early_billing_reason="Convention", payment_days=None)
    assert kind_changed(said, K.COMMUNE, Buyer.PUBLIC) == {"kind": K.COMMUNE, "buyer": Buyer.PUBLIC}


def test_what_chorus_pro_wanted_is_asked_of_nobody_else() -> None:
    values = kind_changed(TOWN, K.ASSOCIATION, Buyer.ASSOCIATION)
    assert values == {
        "kind": K.ASSOCIATION, "buyer": Buyer.ASSOCIATION, "chorus_needs": ChorusNeeds.NONE,
        "early_billing_reason": None, "online_payment_reason": None,
    }  # fmt: skip


def test_another_kind_of_the_same_buyer_changes_nothing_else() -> None:
    assert kind_changed(TOWN, K.SCHOOL, Buyer.PUBLIC) == {"kind": K.SCHOOL, "buyer": Buyer.PUBLIC}


@pytest.mark.parametrize(
    ("known", "kind", "buyer", "error", "words"),
    [
        (replace(FIRM, country="BE"), K.COMMUNE, Buyer.PUBLIC, Invalid, "étranger"),
        (FIRM, K.PERSON, Buyer.COMPANY, Invalid, "Un particulier"),
        (TOWN, K.COMMUNE, Buyer.PERSON, Invalid, "Un particulier"),
        (FIRM, K.PERSON, Buyer.PERSON, Conflict, "n’a pas de SIRET"),
        (TOWN, K.COMMUNE, Buyer.PUBLIC, Conflict, "déjà ce qu’elle est"),
    ],
)
def test_what_it_cannot_be(known, kind, buyer, error, words) -> None:
    with pytest.raises(error, match=words):
        check_kind(known, kind, buyer)
