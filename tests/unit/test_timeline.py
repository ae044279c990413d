"""One line for a booking: the same stops for its people and for the team, which sees more on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from training.billing.rules.states import DocumentKind
from training.bookings.queries import BookingView, SeatsChanged
from training.bookings.rules.states import BookingState, EndedBy, SeatsOrigin
from training.catalogue.rules.tariffs import TariffMode
from training.demo.letters import booking as sample
from training.demo.samples import invoice as paper
from training.kernel import clock
from training.reporting.timeline import timeline
from training.scheduling.rules import SessionState


def line(view: BookingView, *, team: bool) -> list[tuple[str, str]]:
    return [(step.title, step.state) for step in timeline(view, [], [], free_paper=False, team=team)]


def in_state(state: BookingState) -> BookingView:
    view = sample(state)
    ended = state in (BookingState.CANCELLED, BookingState.DECLINED, BookingState.EXPIRED)
    return replace(view, cancelled_at=clock.now() if ended else None, cancel_reason="Verglas." if ended else None)


# One notion, one word for each reader.
THEIR_WORDS = {
    "À valider par l’équipe": "En cours de vérification",
    "Option posée": "Places gardées",
    "La séance a eu lieu": "La séance a eu lieu",
}


@pytest.mark.parametrize("state", list(BookingState))
def test_both_read_the_same_stops(state: BookingState) -> None:
    theirs, ours = line(in_state(state), team=False), line(in_state(state), team=True)
    assert [stop for _title, stop in theirs] == [stop for _title, stop in ours]
    assert theirs == [(THEIR_WORDS.get(title, title), stop) for title, stop in ours]


def test_what_is_offered_from_the_waiting_list_has_its_stop() -> None:
    """The office showed nothing of it; the portal showed no session for who stands on the list: neither is owed."""
    for team in (True, False):
        assert ("Place proposée", "now") in line(in_state(BookingState.OFFERED), team=team)
        assert line(in_state(BookingState.WAITING), team=team)[-1] == ("Liste d’attente", "now")


def test_the_team_sees_who_cancelled_and_what_was_noted() -> None:
    gone = replace(in_state(BookingState.CANCELLED), cancelled_by=EndedBy.ORGANISATION, note="Accès PMR")
    steps = timeline(gone, [], [], free_paper=False, team=True)
    assert (steps[0].text, steps[-1].title, steps[-1].text) == ("Accès PMR", "Annulée par la structure", "Verglas.")
    theirs = timeline(gone, [], [], free_paper=False, team=False)
    assert (theirs[-1].title, theirs[-1].text) == ("Annulée", "Verglas.")
    assert "Accès PMR" not in {step.text for step in theirs}


def test_a_past_session_waits_to_be_marked_for_the_team_alone() -> None:
    view = in_state(BookingState.CONFIRMED)
    with clock.frozen(view.ends_at + timedelta(hours=1)):
        assert any("Séance passée, à confirmer" in title for title, _state in line(view, team=True))
        assert not any("Séance passée, à confirmer" in title for title, _state in line(view, team=False))


@pytest.mark.parametrize("team", [True, False])
def test_seats_that_came_and_went_stand_where_they_changed(team: bool) -> None:
    asked = clock.now()
    early, late = asked + timedelta(hours=1), asked + timedelta(hours=3)
    changes = [
        SeatsChanged(3, 5, 35_000, 35_000, SeatsOrigin.ADDED, early),
        SeatsChanged(5, 4, 35_000, 35_000, SeatsOrigin.RESIZED, late),
    ]
    known = replace(in_state(BookingState.CONFIRMED), seats=4, note="")
    view = replace(known, created_at=asked, confirmed_at=asked + timedelta(hours=2))
    steps = timeline(view, [], changes, free_paper=False, team=team)
    assert [(step.title, step.text) for step in steps[:4]] == [
        ("Demandée", "3 places"), ("Passée de 3 à 5 places", "Réservée à nouveau"), ("Confirmée", None),
        ("Passée de 5 à 4 places", None),
    ]  # fmt: skip


def test_an_offer_that_joined_a_booking_names_it() -> None:
    gone = replace(in_state(BookingState.CANCELLED), joined="R-1111111", cancel_reason=None)
    assert line(gone, team=False)[-1] == ("Jointe à la réservation R-1111111", "stopped")


@pytest.mark.parametrize("team", [True, False])
@pytest.mark.parametrize("state", [BookingState.PENDING, BookingState.OPTION, BookingState.OFFERED])
def test_once_held_the_line_still_gave_an_undecided_booking_a_term(state: BookingState, team: bool) -> None:
    held = replace(in_state(state), session_state=SessionState.HELD)
    session = "Séance réalisée" if team else "La séance a eu lieu"
    assert line(held, team=team)[-2:] == [(session, "done"), ("Le groupe est-il venu ?", "now")]


def test_who_did_not_come_was_told_that_they_had_not_confirmed_in_time() -> None:
    gone = replace(in_state(BookingState.EXPIRED), absent=True, session_state=SessionState.HELD)
    last = timeline(gone, [], [], free_paper=False, team=False)[-1]
    assert (last.title, "à temps" in (last.text or "")) == ("Personne n’est venu", False)


@pytest.mark.parametrize(("credited", "left"), [(0, None), (5_000, None), (7_000, "20,00\u00a0€")])
def test_an_invoice_that_is_not_due_was_foretold(credited: int, left: str | None) -> None:
    """50 € now, a deposit of 100 €, 50 € of it given back: « Facture 50,00 € » was to come."""
    view = replace(in_state(BookingState.CONFIRMED), price_cents=5_000, tariff_mode=TariffMode.FLAT)
    deposit = replace(paper(), kind=DocumentKind.DEPOSIT, number="2027-1", net_cents=10_000)
    note = replace(deposit, kind=DocumentKind.CREDIT_NOTE, number="AV-1", net_cents=credited)
    papers = [deposit, *([note] if credited else [])]
    for team in (True, False):
        steps = timeline(view, papers, [], free_paper=False, team=team)
        assert ("Facture" in {step.title for step in steps}) == (left is not None)
    ours = timeline(view, papers, [], free_paper=False, team=True)
    assert left is None or ours[-1].text == left
