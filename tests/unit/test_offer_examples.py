"""The library of example offers: whole, adoptable as they are, and silent on what is each platform's own."""

from __future__ import annotations

import re

import pytest

from training.catalogue.formats.examples import OfferExample, examples
from training.catalogue.rules.offers import Lack, OfferState, check_fields, lacks
from training.kernel.motifs.art import MOTIFS
from training.kernel.palette import PAPERS

EXAMPLES = list(examples().values())
# What each platform decides, what a law says, what a funder pays: none of it is an example's.
NOT_OURS = re.compile(r"€|\b(euros?|TTC|HT|article|décret|loi|CPF)\b|France Travail|conseil régional", re.I)


def test_there_are_enough_to_begin_a_catalogue() -> None:
    assert 10 <= len(EXAMPLES) <= 20
    assert len({example.fields.title for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_lacks_nothing_but_its_price(example: OfferExample) -> None:
    check_fields(example.fields, OfferState.PUBLISHED)
    assert lacks(example.fields, has_tariff=False, has_steps=bool(example.fields.steps)) == (Lack.TARIFF,)
    assert re.fullmatch("[a-z-]+", example.name)
    assert (example.look.paper in PAPERS, example.look.motif in MOTIFS) == (True, True)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_steps_of_an_example_last_as_long_as_it(example: OfferExample) -> None:
    assert sum(step.minutes or 0 for step in example.fields.steps) == example.fields.duration_minutes


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_says_no_price_no_law_and_no_funder(example: OfferExample) -> None:
    fields = example.fields
    said = [fields.title, fields.summary, fields.description, fields.objectives, fields.host_provides, fields.equipment]
    said += [step.title + step.text for step in fields.steps]
    assert [hit[0] for text in said if (hit := NOT_OURS.search(text))] == []
