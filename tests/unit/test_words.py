"""One notion, one word, for each reader; and the typography of the house: `tests/banned_words.py` says what and why."""

from __future__ import annotations

import pytest

from banned_words import BANS, READERS, broken, readers_of
from french_texts import FrenchText, texts
from training.kernel import render


def test_no_text_says_what_its_reader_must_not_meet() -> None:
    said = {
        f"{text.place}:{text.line} « {text.words} »: {ban.name}; instead: {ban.instead} ({ban.why})"
        for text in texts()
        for ban in broken(text)
    }
    assert not said, "\n".join(sorted(said))


def test_every_place_of_the_table_is_there() -> None:
    places = {text.place for text in texts()}
    for start in (*READERS, *(place for ban in BANS for place in ban.right_in)):
        assert any(place.startswith(start) for place in places), f"{render.PACKAGE.name}/{start}"
    assert len({ban.name for ban in BANS}) == len(BANS)


@pytest.mark.parametrize(
    ("place", "words", "name"),
    [
        ("templates/portal/book.html", "Une option garde les places", "option"),
        ("templates/portal/booking.html", "Réalisée", "réalisée"),
        ("templates/mail/booking_declined/words.txt", "Raison", "raison"),
        ("templates/office/sessions/session.html", "Voyez avec qui anime.", "qui anime"),
        ("templates/office/payments/payment.html", "Reprendre le règlement", "reprendre"),
        ("billing/documents/papers.py", "Attestation de service fait", "attestation de service fait"),
        ("templates/portal/home.html", "L'accueil", "apostrophe droite"),
    ],
)
def test_a_banned_word_is_seen(place: str, words: str, name: str) -> None:
    assert [ban.name for ban in broken(FrenchText(place, 1, words))] == [name]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("templates/office/bookings/bookings.html", "Option"),
        ("templates/office/sessions/session.html", "La personne qui anime est prévenue."),
        ("templates/office/accounting/opening.html", "Reprendre les factures"),
        ("directory/rules/organisations.py", "Autre organisme public"),
        ("templates/portal/home.html", '<a href="/aide">Aide</a>'),
        ("billing/documents/invoice_paper.py", "Option pour le paiement de la taxe d’après les débits."),
    ],
)
def test_the_same_letters_where_they_are_right(place: str, words: str) -> None:
    assert not list(broken(FrenchText(place, 1, words)))


def test_papers_are_read_too() -> None:
    """They are in French alone, outside the catalogue: an attestation that was not ours to give stood there unseen."""
    assert any(text.place == "billing/documents/service_proof.py" for text in texts())


def test_the_longest_beginning_says_who_reads() -> None:
    assert readers_of("templates/portal/answer.html") > readers_of("templates/portal/home.html")
