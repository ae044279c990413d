"""What comes again, in words: what the house does by itself, what somebody does each month, each year. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.accounting.rules.fiscal_year import fiscal_year
from training.kernel.i18n import N_, _
from training.kernel.render import day_year

# Appointment of the timetable → when and what, in words. The others are housekeeping that nobody waits for: `QUIET`.
BY_ITSELF = {
    "expire_options": (
        N_("À leur terme"),
        N_("Les demandes, les options et les places proposées sans réponse finissent."),
    ),
    "tell_of_changes": (N_("Dans les deux minutes"), N_("Une séance changée est annoncée aux personnes concernées.")),
    "issue_due": (N_("Après chaque séance"), N_("Les factures sans relecture partent une fois passé le délai réglé.")),
    "confirm_due": (N_("Après chaque séance gratuite"), N_("Sa confirmation part par courriel.")),
    "remind_due": (
        N_("Les jours ouvrés à 9 h"),
        N_("Les factures en retard sont relancées, selon les délais réglés."),
    ),
    "close_month": (N_("Du 1er au 5 du mois"), N_("Les factures groupées du mois fini deviennent prêtes à émettre.")),
    "forget_changes": (
        N_("Chaque nuit"),
        N_("Ce qui a dépassé son terme est effacé : anciennes valeurs, notes, journaux."),
    ),
}
BY_HAND = (
    (N_("Chaque début de mois"), N_("Relire et émettre les factures groupées du mois fini.")),
    (N_("Chaque mois"), N_("Importer le relevé de la banque, exporter le journal, clôturer le mois.")),
    (N_("Chaque semestre"), N_("Demander au comptable les taux de retard, et les écrire.")),
)
QUIET = frozenset(
    {
        "deliver_due", "knock", "take_up", "close_stale", "forget_request_keys", "forget_forms", "forget_signins",
        "forget_uses", "forget_fragments", "forget_notes", "forget_old_jobs", "forget_words", "end_departed",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something that comes again: when, what, and whether somebody has a hand in it."""

    when: str
    what: str
    by_itself: bool


def recurring(today: date, end_month: int) -> list[Recurring]:
    """All of it; `end_month` (1 to 12) ends the fiscal year."""
    year_ends = _("Le {day}").format(day=day_year(fiscal_year(today, end_month).last))
    return [
        *(Recurring(_(when), _(what), by_itself=True) for when, what in BY_ITSELF.values()),
        *(Recurring(_(when), _(what), by_itself=False) for when, what in BY_HAND),
        Recurring(year_ends, _("L’exercice se termine : clôture annuelle."), by_itself=False),
    ]
