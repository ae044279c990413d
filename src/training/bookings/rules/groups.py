"""An organisation in a session is one group, with one booking: what becomes of seats that it asks for anew. No I/O."""

from __future__ import annotations

from collections.abc import Sequence

from training.bookings.rules.states import IN_LINE, BookingState
from training.kernel.errors import Conflict
from training.kernel.i18n import _, ngettext
from training.papers.rules.references import References

S = BookingState


class BookedAlready(Conflict):
    """The organisation has a booking there that is in the way, or has other seats than whoever asks was shown."""

    slug = "booked-already"


Mate = tuple[str, BookingState, int]  # reference, state and seats of a booking of the organisation in the session


def mate_of(mates: Sequence[Mate], wanted: BookingState, had: int | None = None) -> int | None:
    """Which of the bookings that it has there takes the seats in; None: they are its first.

    What stands in line for seats is apart, and joins when an offer is accepted. `had`: how many seats whoever asks was
    shown. BookedAlready.
    """
    near = [n for n, (_reference, state, _seats) in enumerate(mates) if (state in IN_LINE) == (wanted in IN_LINE)]
    same = next((n for n in near if mates[n][1] == wanted), None)
    if near and same is None:
        raise in_the_way(mates[near[0]])
    seats = 0 if same is None else mates[same][2]
    if had is not None and had != seats:
        words = ngettext(
            "Votre structure a maintenant %(num)d place dans cette séance : vérifiez le total, puis recommencez.",
            "Votre structure a maintenant %(num)d places dans cette séance : vérifiez le total, puis recommencez.",
            seats,
        )
        raise _refusal(words % {"num": seats}, None if same is None else mates[same])
    return same


def in_the_way(mate: Mate) -> BookedAlready:
    """The refusal that names the booking to be dealt with first."""
    reference, state, _seats = mate
    words = {
        S.OPTION: _(
            "Des places sont déjà gardées pour cette structure, {reference} : confirmez-les ou rendez-les d’abord."
        ),
        S.PENDING: _("Une demande de cette structure attend déjà notre réponse, {reference} : changez-en les places."),
        S.CONFIRMED: _("Cette structure a déjà réservé, {reference} : ajoutez-y des places, sans les faire garder."),
        S.OFFERED: _("Des places sont déjà proposées à cette structure, {reference} : répondez d’abord."),
        S.WAITING: _("Cette structure est déjà sur la liste d’attente, {reference}."),
    }
    return _refusal(words[state].format(reference=reference), mate)


def _refusal(words: str, mate: Mate | None) -> BookedAlready:
    reference, _state, seats = mate or (None, None, 0)
    return BookedAlready(words, reference=reference, seats=seats)


def joined_references(known: References, told: References, reference: str) -> References:
    """What a booking's invoice bears when more seats come with numbers of their own: an empty one is filled.

    Conflict: it has another one already.
    """
    for name, text in told.given.items():
        if (has := known.given.get(name)) and has != text:
            words = _("La réservation {reference} porte déjà « {number} » : laissez ce champ vide, ou corrigez-la.")
            raise Conflict(words.format(reference=reference, number=has), field=name)
    return known.over(told)


def joined_note(known: str, told: str) -> str:
    """Both, one under the other; what is there already is not said twice."""
    return known if f"\n{told}\n" in f"\n{known}\n" or not told else f"{known}\n{told}".strip()
