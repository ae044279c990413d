"""How a deposit goes on Chorus Pro: its table of moves, its days, when it is payable, what was corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.billing.rules import transmission as rules
from training.billing.rules.transmission import (
    BY_HAND,
    CHANNELS,
    STATUS_FOR_CLIENT,
    STATUSES,
    TRANSMISSION_MOVES,
    Channel,
    Status,
    TransmissionStep,
    Turn,
)
from training.directory.rules.organisations import Buyer
from training.kernel.errors import Conflict, Invalid
from training.papers.rules.references import References

ISSUED = date(2027, 3, 12)
SERVED = date(2027, 3, 10)
TODAY = date(2027, 6, 30)
SIRET = "00009999400014"
S = Status


def step(status: Status, on: date = ISSUED, **more: object) -> TransmissionStep:
    note = "Il manque la feuille." if STATUSES[status].needs_note else ""
    facts = {"references": References(purchase_order="ENG-9")} if STATUSES[status].takes_facts else {}
    return TransmissionStep(status, on, **{"note": note, **facts, **more})


def walk(*statuses: Status) -> list[TransmissionStep]:
    """A step a day, from the day of issue."""
    return [step(status, ISSUED + timedelta(days=n)) for n, status in enumerate(statuses)]


def checked(steps: list[TransmissionStep], new: TransmissionStep, **more: object) -> TransmissionStep:
    return rules.check_step(steps, new, **{"issued_on": ISSUED, "today": TODAY, **more})


def due(steps: list[TransmissionStep], served: date = SERVED, days: int = 30) -> date | None:
    return rules.due_on(steps, served_until=served, days=days)


# The table


def test_every_status_is_in_the_tables() -> None:
    assert set(TRANSMISSION_MOVES) == set(STATUSES) == set(STATUS_FOR_CLIENT) == set(Status)
    assert set(CHANNELS) == set(Channel)


def test_every_status_is_reached_and_can_end_paid() -> None:
    reached, found = {S.TO_DEPOSIT}, True
    while found:
        found = set().union(*(TRANSMISSION_MOVES[s] for s in reached)) - reached
        reached |= found
    assert reached == set(Status)
    assert all(S.PAID in TRANSMISSION_MOVES[s] for s in Status if s != S.PAID)
    assert TRANSMISSION_MOVES[S.PAID] == frozenset()


def test_no_move_leads_straight_back() -> None:
    assert [(a, b) for a, after in TRANSMISSION_MOVES.items() for b in after if a in TRANSMISSION_MOVES[b]] == []


def test_each_status_says_what_it_means_and_whose_turn_it_is() -> None:
    for status, terms in STATUSES.items():
        assert terms.name, status
        assert terms.meaning.endswith("."), status
        assert terms.next.endswith("."), status
        assert (terms.turn == Turn.US) == (not terms.next.startswith("Rien à faire")), status
        assert bool(terms.verb and terms.day) == (status in BY_HAND), status


def test_paid_and_to_deposit_are_never_typed() -> None:
    assert {S.PAID, S.TO_DEPOSIT}.isdisjoint(BY_HAND)
    for status in Status:
        assert {S.PAID, S.TO_DEPOSIT}.isdisjoint(rules.possible(status))
    with pytest.raises(Conflict):
        checked(walk(S.DEPOSITED, S.AVAILABLE, S.MANDATED), step(S.PAID, TODAY))


def test_what_is_hoped_for_comes_first() -> None:
    firsts = {s: rules.possible(s)[0] for s in Status if rules.possible(s)}
    assert firsts == {
        S.TO_DEPOSIT: S.DEPOSITED,
        S.DEPOSITED: S.AVAILABLE,
        S.AVAILABLE: S.MANDATED,
        S.SUSPENDED: S.COMPLETED,
        S.COMPLETED: S.AVAILABLE,
        S.TO_RECYCLE: S.RECYCLED,
        S.RECYCLED: S.AVAILABLE,
    }


def test_nobody_mandates_a_credit_note() -> None:
    assert S.MANDATED not in rules.possible(S.AVAILABLE, credit_note=True)
    assert S.MANDATED in rules.possible(S.AVAILABLE)


@given(st.data())
def test_any_walk_along_the_table_is_taken_and_any_other_step_refused(data: st.DataObject) -> None:
    """However long the walk, undos included: what is written is what stands, and its days never go back."""
    steps: list[TransmissionStep] = []
    expected: list[Status] = []
    on = ISSUED
    for _ in range(data.draw(st.integers(0, 12))):
        now = expected[-1] if expected else S.TO_DEPOSIT
        assert rules.status_of(steps) == now
        if expected and data.draw(st.booleans()):
            held = rules.standing(steps)
            back = held[-2] if len(held) > 1 else TransmissionStep(S.TO_DEPOSIT, ISSUED)
            steps.append(TransmissionStep(back.status, back.happened_on))
            expected.pop()
            on = held[-2].happened_on if len(held) > 1 else ISSUED
            continue
        wanted = data.draw(st.sampled_from(sorted(BY_HAND)))
        on += timedelta(days=data.draw(st.integers(0, 3)))
        new = step(wanted, on)
        if wanted in TRANSMISSION_MOVES[now]:
            steps.append(checked(steps, new))
            expected.append(wanted)
        else:
            with pytest.raises(Conflict):
                checked(steps, new)
    assert [s.status for s in rules.standing(steps)] == expected
    day = due(steps)
    if day is not None:
        assert expected[-1] in (S.AVAILABLE, S.MANDATED)
        assert day >= SERVED + timedelta(days=30)


# Days


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (ISSUED - timedelta(days=1), "rien ne lui arrive avant"),
        (TODAY + timedelta(days=1), "pas encore venue"),
    ],
)
def test_a_day_before_the_issue_or_to_come_is_refused(on: date, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked([], step(S.DEPOSITED, on))
    assert words in refused.value.errors["happened_on"]


def test_steps_go_forward_in_time_the_same_day_included() -> None:
    steps = [step(S.DEPOSITED, ISSUED + timedelta(days=4))]
    assert checked(steps, step(S.AVAILABLE, ISSUED + timedelta(days=4))).status == S.AVAILABLE
    with pytest.raises(Invalid) as refused:
        checked(steps, step(S.AVAILABLE, ISSUED + timedelta(days=3)))
    assert "celle-ci vient après" in refused.value.errors["happened_on"]


# Payable


def test_it_is_payable_from_the_day_it_was_made_available() -> None:
    assert due([]) is None
    assert due(walk(S.DEPOSITED)) is None
    assert due(walk(S.DEPOSITED, S.AVAILABLE)) == ISSUED + timedelta(days=31)
    assert due(walk(S.DEPOSITED, S.AVAILABLE, S.MANDATED)) == ISSUED + timedelta(days=31)


def test_or_from_the_service_if_that_is_later() -> None:
    served = date(2027, 5, 4)
    assert due(walk(S.DEPOSITED, S.AVAILABLE), served) == date(2027, 6, 3)
    assert due(walk(S.DEPOSITED, S.AVAILABLE), served, days=50) == date(2027, 6, 23)


@pytest.mark.parametrize(
    "stopped", [(S.SUSPENDED,), (S.SUSPENDED, S.COMPLETED), (S.TO_RECYCLE,), (S.TO_RECYCLE, S.RECYCLED), (S.REJECTED,)]
)
def test_what_the_buyer_stopped_is_not_late(stopped: tuple[Status, ...]) -> None:
    assert due(walk(S.DEPOSITED, S.AVAILABLE, *stopped)) is None


def test_what_was_completed_has_a_new_delay() -> None:
    steps = walk(S.DEPOSITED, S.AVAILABLE, S.SUSPENDED, S.COMPLETED, S.AVAILABLE)
    assert due(steps) == ISSUED + timedelta(days=4 + 30)


def test_a_suspension_taken_back_gives_the_first_delay_again() -> None:
    steps = walk(S.DEPOSITED, S.AVAILABLE, S.SUSPENDED)
    back = [*steps, TransmissionStep(S.AVAILABLE, steps[1].happened_on)]
    assert rules.status_of(back) == S.AVAILABLE
    assert due(back) == ISSUED + timedelta(days=31)


# What goes with a step


@pytest.mark.parametrize("status", [S.SUSPENDED, S.TO_RECYCLE, S.REJECTED])
def test_what_stops_an_invoice_is_explained(status: Status) -> None:
    with pytest.raises(Invalid) as refused:
        checked(walk(S.DEPOSITED, S.AVAILABLE), step(status, TODAY, note=" "))
    assert list(refused.value.errors) == ["note"]


def test_recycling_says_what_was_corrected_and_the_deposit_bears_it() -> None:
    steps = walk(S.DEPOSITED, S.TO_RECYCLE)
    with pytest.raises(Invalid) as refused:
        checked(steps, TransmissionStep(S.RECYCLED, TODAY))
    assert "siret" in refused.value.errors
    kept = checked(
        steps,
        TransmissionStep(S.RECYCLED, TODAY, siret="000 099 994 00014", references=References(service_code=" RH ")),
    )
    assert (kept.siret, kept.references) == (SIRET, References(service_code="RH"))
    own = References(purchase_order="ENG-1")
    assert rules.deposit_facts([*steps, kept], "00008888000018", own) == (SIRET, replace(own, service_code="RH"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"siret": "00009999400015"}, "siret"),
        ({"siret": "123"}, "siret"),
        ({"references": References(service_code="X" * 101)}, "service_code"),
        ({"references": References(purchase_order="9" * 51)}, "purchase_order"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_field_by_field(facts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(walk(S.DEPOSITED, S.TO_RECYCLE), TransmissionStep(S.RECYCLED, TODAY, **facts))
    assert list(refused.value.errors) == [field]


# Words


def test_the_next_thing_says_the_day_and_then_that_it_is_over() -> None:
    late_from = date(2027, 4, 12)
    before = rules.next_thing(S.AVAILABLE, late_from=late_from, today=date(2027, 4, 12))
    after = rules.next_thing(S.AVAILABLE, late_from=late_from, today=date(2027, 4, 13))
    assert "avant le lundi 12 avril 2027" in before
    assert "est passée" in after
    assert "déduit" in rules.next_thing(S.AVAILABLE, late_from=None, today=TODAY, credit_note=True)


def test_only_what_is_there_is_credited_there() -> None:
    assert rules.needs_deposit(Buyer.PUBLIC)
    assert not rules.needs_deposit(Buyer.COMPANY)
    for status in (None, S.TO_DEPOSIT, S.REJECTED):
        assert not rules.needs_deposit(Buyer.PUBLIC, credit_note=True, corrected=status)
    assert rules.needs_deposit(Buyer.PUBLIC, credit_note=True, corrected=S.AVAILABLE)


@pytest.mark.parametrize("buyer", list(Buyer))
def test_a_public_buyer_goes_through_the_portal_and_the_others_by_mail(buyer: Buyer) -> None:
    channel = rules.channel_of(buyer)
    assert channel == (Channel.CHORUS_PORTAL if buyer == Buyer.PUBLIC else Channel.MAIL)
    assert CHANNELS[channel].offered
    assert CHANNELS[Channel.CHORUS_PORTAL].plain_pdf
