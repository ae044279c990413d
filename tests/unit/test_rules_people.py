"""Who is free, whose papers hold on a day, who takes over: decided on values, without a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from training.directory.rules.credentials import (
    FILE_MAX,
    CredentialKind,
    HeldPaper,
    NewCredential,
    check_credential,
    check_file,
    lapsed_on,
    lapsed_words,
)
from training.directory.rules.people import Days, RateUnit, away_on, check_days, check_rate, gone_on, rate_words
from training.kernel import clock
from training.kernel.errors import Invalid
from training.scheduling.rules import Deliverer, SlotTimes, ToHandOver, free_for, take_overs

MARCH = date(2027, 3, 1)
INSURANCE = CredentialKind.INSURANCE


@pytest.fixture
def spoken_in_2026() -> Iterator[None]:
    with clock.frozen(clock.at(date(2026, 12, 1), time(9))):
        yield


def paper(number: int, until: date | None, since: date | None = None, **more: object) -> HeldPaper:
    return HeldPaper(number, INSURANCE, "", since, until, **more)


def test_a_paper_holds_on_its_last_day_and_not_on_the_next() -> None:
    held = paper(1, MARCH)
    assert lapsed_on([held], MARCH) == []
    assert lapsed_on([held], MARCH + timedelta(days=1)) == [held]
    assert lapsed_on([paper(1, None)], MARCH) == []


@pytest.mark.usefixtures("spoken_in_2026")
def test_a_renewed_paper_counts_until_its_last_day_and_the_gap_is_said() -> None:
    old = paper(1, MARCH, open=False)
    new = paper(2, MARCH + timedelta(days=400), MARCH + timedelta(days=10))
    assert lapsed_on([old, new], MARCH) == []
    assert lapsed_on([old, new], MARCH + timedelta(days=5)) == [new]
    assert "valable à partir du 11 mars 2027 seulement" in lapsed_words(new, MARCH + timedelta(days=5))
    assert lapsed_on([old, new], MARCH + timedelta(days=10)) == []


@pytest.mark.usefixtures("spoken_in_2026")
def test_papers_of_another_kind_or_name_do_not_stand_in() -> None:
    other = HeldPaper(2, CredentialKind.QUALIFICATION, "Premiers secours", None, None)
    old = paper(1, MARCH)
    assert lapsed_on([old, other], MARCH + timedelta(days=1)) == [old]
    assert lapsed_words(old, MARCH + timedelta(days=1)) == "Assurance : valable jusqu’au 1er mars 2027 seulement"


def test_what_was_archived_warns_of_nothing() -> None:
    assert lapsed_on([paper(1, MARCH, open=False)], MARCH + timedelta(days=9)) == []


@pytest.mark.parametrize(
    ("new", "of_partner", "field"),
    [
        (NewCredential(CredentialKind.AGREEMENT), False, "kind"),
        (NewCredential(CredentialKind.TEACHING), True, "kind"),
        (NewCredential(CredentialKind.OTHER), False, "label"),
        (NewCredential(INSURANCE, valid_from=MARCH, valid_until=MARCH - timedelta(days=1)), True, "valid_until"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_beside_its_field(new: NewCredential, of_partner: bool, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_credential(new, of_partner=of_partner)
    assert refused.value.errors.keys() == {field}


@pytest.mark.parametrize("content", [b"GIF89a", b"<svg onload='x'/>", b"%PDF-1.7" + b"0" * FILE_MAX, b"ftypheic"])
def test_a_file_that_no_browser_shows_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        check_file(content)
    assert check_file(b"%PDF-1.7 x") == "application/pdf"


def test_an_amount_stands_beside_what_it_pays() -> None:
    for unit, cents, field in (
        (RateUnit.HOUR, None, "rate_cents"),
        (None, 4_500, "rate_unit"),
        (RateUnit.VOLUNTEER, 4_500, "rate_unit"),
        (RateUnit.HOUR, 99_999_999, "rate_cents"),
    ):
        with pytest.raises(Invalid) as refused:
            check_rate(unit, cents)
        assert refused.value.errors.keys() == {field}
    for unit, cents in ((RateUnit.HOUR, 4_500), (RateUnit.VOLUNTEER, None), (None, None)):
        check_rate(unit, cents)
    assert rate_words(RateUnit.HOUR, 4_500) == "45,00\u00a0€ par heure"
    assert rate_words(RateUnit.VOLUNTEER, None) == "Bénévole"


def test_days_are_in_order_and_both_ends_count() -> None:
    days = Days(MARCH, MARCH + timedelta(days=2))
    assert [bool(away_on([days], MARCH + timedelta(days=n))) for n in (-1, 0, 2, 3)] == [False, True, True, False]
    for first, last in ((MARCH, MARCH - timedelta(days=1)), (MARCH, MARCH + timedelta(days=900))):
        with pytest.raises(Invalid):
            check_days(first, last)


def test_who_leaves_is_there_until_the_day() -> None:
    assert [gone_on(True, MARCH, MARCH + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, True]
    assert gone_on(False, None, MARCH)
    assert not gone_on(False, MARCH, MARCH - timedelta(days=1)), "what was before the departure was theirs"


# Who takes over


def slots(*days: int, hour: int = 9) -> tuple[SlotTimes, ...]:
    starts = [clock.at(MARCH + timedelta(days=n), time(hour)) for n in days]
    return tuple(SlotTimes(start, start + timedelta(hours=3)) for start in starts)


def person(
    number: int, *skills: int, busy: tuple[SlotTimes, ...] = (), away: tuple[Days, ...] = (), **more: object
) -> Deliverer:
    return Deliverer(number, frozenset(skills), more.get("active", True), more.get("left_on"), busy, away)


def test_who_is_proposed_is_skilled_free_and_the_least_charged() -> None:
    wanted = [ToHandOver(n, 7, slots(n)) for n in range(12)]
    busy = person(1, 7, busy=slots(*range(12)))
    away = person(2, 7, away=(Days(MARCH, MARCH + timedelta(days=30)),))
    unskilled, gone = person(3, 8), person(4, 7, left_on=MARCH)
    first, second = person(5, 7), person(6, 7)
    found = take_overs(wanted, [busy, away, unskilled, gone, first, second])
    assert set(found.values()) == {5, 6}
    assert [list(found.values()).count(who) for who in (5, 6)] == [6, 6], "not everything to one"
    assert take_overs(wanted, [busy, away, unskilled, gone]) == dict.fromkeys(range(12))


def test_nobody_is_proposed_in_two_places_at_once() -> None:
    wanted = [ToHandOver(1, 7, slots(0, 1)), ToHandOver(2, 7, slots(1))]
    assert take_overs(wanted, [person(5, 7)]) == {1: 5, 2: None}


def test_a_session_of_several_dates_needs_somebody_on_all_of_them() -> None:
    half = person(5, 7, busy=slots(1))
    assert not free_for(half, slots(0, 1))
    assert free_for(half, slots(0))
