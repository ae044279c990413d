"""The sentence that says the state of the house: what breaks first, with links, or that nothing waits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from training.kernel import addresses
from training.kernel.i18n import N_, _, ngettext
from training.kernel.render import day, euros
from training.reporting.office.today.kinds import WaitingKind

SAID_MOST = 3  # more would be a list, which stands right under it
PILE, FIRST_STEPS = "#a-faire", addresses.office_set_up()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentence is made of; what its reader may do nothing about is left out, as 0. Cents.

    `number`: of the kinds that are counted; `asking`: organisations that wait for an answer; `manned`: sessions of the
    week that somebody leads; `next_at`: when the next of all begins; `lacking`: what a platform that begins has not;
    `late`: something of the pile is late.
    """

    number: dict[WaitingKind, int]
    unmanned_at: datetime | None
    asking: int
    ready_cents: int
    late_cents: int
    manned: int
    next_at: datetime | None
    lacking: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence: its link with what stands before and after; without `href` all of it is `after`."""

    before: str
    link: str
    after: str
    href: str | None


def sentence(facts: Facts, waits: int) -> list[Saying]:
    """What is said, in the order of breaking. `waits`: how many things the pile holds."""
    if said := list(_waiting(facts)):
        return [*said[:SAID_MOST], *_the_rest(facts)]
    if waits:
        words = ngettext("[{n} chose] attend, sans presser.", "[{n} choses] attendent, sans presser.", waits)
        return [_parsed(words, PILE, waits, feminine=True), *_the_rest(facts)]
    if facts.lacking:
        words = ngettext(
            "Rien n’attend encore : [il reste {n} chose à faire] avant la première réservation.",
            "Rien n’attend encore : [il reste {n} choses à faire] avant la première réservation.",
            facts.lacking,
        )
        return [_parsed(words, FIRST_STEPS, facts.lacking, feminine=True)]
    return [_parsed(_("Rien n’attend."), None), *_next(facts)]


def _waiting(facts: Facts) -> Iterator[Saying]:
    number = {kind: facts.number.get(kind, 0) for kind in WaitingKind}
    if (n := number[WaitingKind.UNMANNED]) and facts.unmanned_at:
        words = ngettext(
            "[{n} séance n’a personne] pour l’animer {day}.",
            "[{n} séances n’ont personne] pour les animer, la première {day}.",
            n,
        )
        yield _parsed(words, WaitingKind.UNMANNED.href, n, feminine=True, day=day(facts.unmanned_at))
    if n := facts.asking:
        words = ngettext("[{n} structure] attend votre réponse.", "[{n} structures] attendent votre réponse.", n)
        listed = WaitingKind.REQUEST if number[WaitingKind.REQUEST] else WaitingKind.ORGANISATION
        yield _parsed(words, listed.href, n, feminine=True)
    if n := number[WaitingKind.TO_CONFIRM]:
        words = ngettext("[{n} séance passée] est à confirmer.", "[{n} séances passées] sont à confirmer.", n)
        yield _parsed(words, WaitingKind.TO_CONFIRM.href, n, feminine=True)
    if facts.ready_cents > 0:
        yield _parsed(_("[{amount}] sont à facturer."), WaitingKind.DRAFT.href, amount=euros(facts.ready_cents))
    if facts.late_cents > 0:
        yield _parsed(_("[{amount}] sont en retard."), WaitingKind.LATE.href, amount=euros(facts.late_cents))
    if n := number[WaitingKind.BANK_LINE]:
        words = ngettext("[{n} virement] est à affecter.", "[{n} virements] sont à affecter.", n)
        yield _parsed(words, WaitingKind.BANK_LINE.href, n)


def _the_rest(facts: Facts) -> list[Saying]:
    """What is fine is said too, once, unless something is late: nobody would believe it."""
    if not facts.manned or facts.late or facts.late_cents > 0:
        return []
    whole = not facts.number.get(WaitingKind.UNMANNED)
    return [_parsed(_("La semaine tient.") if whole else _("Le reste de la semaine tient."), None)]


def _next(facts: Facts) -> list[Saying]:
    if facts.next_at is None:
        return [_parsed(_("Aucune séance n’est prévue."), None)]
    return [_parsed(_("[La prochaine séance] est {day}."), addresses.office_sessions(), day=day(facts.next_at))]


_NUMBERS = (
    N_("deux"), N_("trois"), N_("quatre"), N_("cinq"), N_("six"), N_("sept"), N_("huit"), N_("neuf"),
)  # fmt: skip


def number_words(n: int, *, feminine: bool) -> str:
    """As people write it in a sentence: "une", "deux"; figures from 10 on."""
    if n == 1:
        return _("une") if feminine else _("un")
    return _(_NUMBERS[n - 2]) if 2 <= n < 2 + len(_NUMBERS) else str(n)


def _parsed(words: str, href: str | None, n: int = 0, *, feminine: bool = False, **said: str) -> Saying:
    """A sentence whose link stands between square brackets; it begins with a capital letter."""
    filled = words.format(n=number_words(n, feminine=feminine), **said)
    before, _bracket, rest = filled.rpartition("[")
    link, _bracket, after = rest.partition("]")
    if href is None:
        before, link, after = "", "", filled
    if before:
        return Saying(_capital(before), link, after, href)
    return Saying("", _capital(link), after if link else _capital(after), href)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
