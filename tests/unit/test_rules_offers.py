"""What an offer may become, what it lacks, what cannot be written of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.catalogue.rules.offers import (
    MOVES,
    NEEDED,
    Lack,
    OfferFields,
    OfferState,
    OfferWithdrawn,
    ProgrammeStep,
    check_fields,
    check_move,
    check_offered,
    check_plans,
    check_publish,
    lacks,
    may_move,
    steps_as_text,
)
from training.kernel.errors import Conflict, Invalid

S = OfferState
BEGUN = OfferFields("Rouler")


@pytest.mark.parametrize("now", S)
@pytest.mark.parametrize("wanted", S)
def test_a_move_that_is_not_in_the_table_is_refused(now: OfferState, wanted: OfferState) -> None:
    if wanted in MOVES[now]:
        check_move(now, wanted)
    else:
        assert not may_move(now, wanted)
        with pytest.raises(Conflict):
            check_move(now, wanted)


def test_only_what_is_published_is_booked_and_only_what_is_archived_takes_no_session() -> None:
    check_offered(S.PUBLISHED)
    for state in (S.DRAFT, S.ARCHIVED):
        with pytest.raises(OfferWithdrawn):
            check_offered(state)
    for state in (S.DRAFT, S.PUBLISHED):
        check_plans(state)
    with pytest.raises(Conflict):
        check_plans(S.ARCHIVED)


def test_a_title_is_enough_to_begin_and_what_is_needed_is_lacked_first() -> None:
    check_fields(BEGUN)
    lacking = lacks(BEGUN, has_tariff=False, has_steps=False)
    assert set(lacking) == set(Lack)
    assert set(lacking[: len(NEEDED)]) == NEEDED
    with pytest.raises(Invalid) as refused:
        check_publish(lacking)
    assert refused.value.field == Lack.SUMMARY
    check_publish(lacks(replace(BEGUN, summary="Deux heures."), has_tariff=True, has_steps=False))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"keywords": "x" * 401}, "keywords"),
        ({"duration_minutes": 0}, "hours"),
        ({"group_min": 0}, "group_min"),
        ({"group_min": 9, "group_max": 8}, "group_max"),
        ({"steps": (ProgrammeStep("Un"), ProgrammeStep(""))}, "step-title-2"),
        ({"steps": (ProgrammeStep("Un", 0),)}, "step-minutes-1"),
        ({"steps": (ProgrammeStep("Un"),) * 41}, "steps"),
    ],
)
def test_what_cannot_be_names_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_fields(replace(BEGUN, **changes))  # type: ignore[arg-type]
    assert field in refused.value.errors


def test_what_is_published_keeps_a_summary() -> None:
    with pytest.raises(Invalid) as refused:
        check_fields(BEGUN, S.PUBLISHED)
    assert list(refused.value.errors) == ["summary"]


def test_a_programme_is_remembered_a_step_a_line() -> None:
    assert steps_as_text((ProgrammeStep("Régler", 20, "La selle."), ProgrammeStep("Rouler"))) == (
        "Régler · 20 min · La selle.\nRouler"
    )
