"""The sentence of the day: what breaks first, one link each, plurals right in both languages; or that nothing waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel import clock
from training.kernel.i18n import speaking
from training.reporting.office.today.kinds import WaitingKind
from training.reporting.office.today.sentence import SAID_MOST, Facts, sentence

NOW = datetime(2027, 3, 1, 11, tzinfo=UTC)
NOTHING = Facts(number={}, unmanned_at=None, asking=0, ready_cents=0, late_cents=0, manned=0, next_at=None, lacking=0)
FRIDAY = datetime(2027, 3, 5, 13, tzinfo=UTC)


def words(facts: Facts, waits: int = 1) -> str:
    with clock.frozen(NOW):
        text = " ".join(f"{s.before}{s.link}{s.after}" for s in sentence(facts, waits))
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_it_says_what_breaks_in_order_and_what_holds():
    facts = replace(
        NOTHING,
        number={WaitingKind.UNMANNED: 1, WaitingKind.REQUEST: 2},
        unmanned_at=FRIDAY,
        asking=2,
        ready_cents=248_000,
        manned=6,
    )
    assert words(facts) == (
        "Une séance n’a personne pour l’animer vendredi 5 mars. Deux structures attendent votre réponse. "
        "2 480,00 € sont à facturer. Le reste de la semaine tient."
    )
    with clock.frozen(NOW):
        assert [s.href for s in sentence(facts, 4)] == [
            "/gestion/seances",
            "/gestion/reservations?etat=pending",
            "/gestion/factures/brouillons",
            None,
        ]


@pytest.mark.parametrize(
    ("facts", "french", "english"),
    [
        (
            replace(NOTHING, number={WaitingKind.UNMANNED: 2}, unmanned_at=FRIDAY),
            "Deux séances n’ont personne pour les animer, la première vendredi 5 mars.",
            "Two sessions have nobody to lead them, the first on Friday 5 March.",
        ),
        (replace(NOTHING, asking=1), "Une structure attend votre réponse.", "One organisation waits for your answer."),
        (
            replace(NOTHING, asking=12),
            "12 structures attendent votre réponse.",
            "12 organisations wait for your answer.",
        ),
        (
            replace(NOTHING, number={WaitingKind.TO_CONFIRM: 3}),
            "Trois séances passées sont à confirmer.",
            "Three past sessions are to be confirmed.",
        ),
        (
            replace(NOTHING, number={WaitingKind.BANK_LINE: 1}),
            "Un virement est à affecter.",
            "One bank transfer is to be assigned.",
        ),
        (replace(NOTHING, late_cents=32_000), "320,00 € sont en retard.", "€320.00 are late."),
        (replace(NOTHING, lacking=0), "Une chose attend, sans presser.", "One thing waits, without hurry."),
    ],
)
def test_its_plurals_are_right_in_both_languages(facts, french, english):
    assert words(facts) == french
    with speaking("en"):
        assert words(facts) == english


def test_the_week_holds_is_not_said_beside_what_is_late():
    asked = replace(NOTHING, asking=1, manned=6)
    assert words(asked).endswith("La semaine tient.")
    for late in (replace(asked, late=True), replace(asked, late_cents=32_000)):
        assert "tient" not in words(late)


def test_nothing_waits_is_said_only_when_nothing_does():
    assert words(NOTHING, 0) == "Rien n’attend. Aucune séance n’est prévue."
    assert words(replace(NOTHING, next_at=FRIDAY), 0) == "Rien n’attend. La prochaine séance est vendredi 5 mars."


def test_a_platform_that_begins_is_told_what_to_do_first():
    assert words(replace(NOTHING, lacking=3), 0) == (
        "Rien n’attend encore : il reste trois choses à faire avant la première réservation."
    )
    assert "il reste une chose à faire" in words(replace(NOTHING, lacking=1), 0)


COUNTS = st.integers(0, 20)


@given(
    st.builds(
        Facts,
        number=st.dictionaries(st.sampled_from(list(WaitingKind)), COUNTS),
        unmanned_at=st.sampled_from([FRIDAY]),
        asking=COUNTS,
        ready_cents=COUNTS,
        late_cents=COUNTS,
        manned=COUNTS,
        next_at=st.sampled_from([None, FRIDAY]),
        lacking=st.integers(0, 3),
        late=st.booleans(),
    ),
    COUNTS,
)
def test_it_is_short_whole_and_without_marks(facts, waits):
    with clock.frozen(NOW):
        said = sentence(facts, waits)
    assert 1 <= len(said) <= SAID_MOST + 1
    for one in said:
        text = f"{one.before}{one.link}{one.after}"
        assert not set("[]{}") & set(text)
        assert text[0] == text[0].upper()
        assert text.endswith(".")
        assert bool(one.link) == (one.href is not None)
