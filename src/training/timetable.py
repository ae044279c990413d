"""The one table of what happens by the clock, in Paris time. Hours between 2 and 3 are avoided: one comes twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from training.billing.actions.confirm_free import confirm_due
from training.billing.actions.make_billable import close_month, issue_due
from training.bookings.actions.booking import forget_request_keys
from training.bookings.actions.ending import expire_options
from training.calendar.actions.make_feed import forget_fragments
from training.dunning.actions.remind import remind_due
from training.identity.actions.purge import forget_signins
from training.kernel.limits import forget_uses
from training.kernel.queue import forget_old_jobs, take_up
from training.kernel.search_words import forget_words
from training.messages.actions.delivery import deliver_due, knock
from training.payments.actions.checkout import close_stale
from training.records.actions.acting import forget_changes
from training.records.actions.notes import forget_notes
from training.records.actions.sent_forms import forget_forms
from training.scheduling.actions.changing import tell_of_changes
from training.scheduling.actions.departures import end_departed


@dataclass(frozen=True, slots=True)
class Appointment:
    """`cron` in Paris time; `why` is what the reference page says."""

    cron: str
    run: Callable[[], Awaitable[object]]
    why: str

    @property
    def name(self) -> str:
        """As "timetable.expire_options": the queue's entry point."""
        return f"timetable.{self.run.__name__}"


TIMETABLE: tuple[Appointment, ...] = (
    Appointment("* * * * *", deliver_due, "courriels dont c’est l’heure d’être retentés"),
    Appointment("*/10 * * * *", knock, "le serveur de courriel prendrait-il un courriel ?"),
    Appointment("*/5 * * * *", take_up, "travaux retenus faute de base ou de place, quand il y en a de nouveau"),
    Appointment("* * * * *", tell_of_changes, "séances changées, quand rien n’a bougé depuis une minute"),
    Appointment("* * * * *", issue_due, "factures qui partent seules, une fois passé le temps de défaire une erreur"),
    Appointment("* * * * *", confirm_due, "confirmations de séances gratuites, une fois passé ce même temps"),
    Appointment("*/5 * * * *", expire_options, "demandes, options et offres arrivées à leur terme"),
    Appointment("7 9 * * 1-5", remind_due, "factures en retard à relancer, les jours ouvrés"),
    Appointment("*/5 * * * *", close_stale, "paiements en ligne ouverts pour un montant qui n’est plus dû"),
    # five days running: a machine that was off on the first still closes the month
    Appointment("47 4 1-5 * *", close_month, "brouillons groupés du mois qui est fini : ils peuvent être émis"),
    Appointment("3 5 * * *", end_departed, "personnes qui n’animent plus à partir d’aujourd’hui : leur accès se ferme"),
    Appointment("17 4 * * *", forget_request_keys, "clés d’idempotence de plus de 24 h"),
    Appointment("19 4 * * *", forget_forms, "formulaires envoyés il y a plus de 24 h"),
    Appointment("27 4 * * *", forget_signins, "demandes de connexion et sessions terminées depuis 30 jours"),
    Appointment("29 4 * * *", forget_uses, "usages comptés d’avant hier, que plus aucune limite ne regarde"),
    Appointment("33 4 * * *", forget_fragments, "événements d’agenda écrits il y a plus de 30 jours"),
    Appointment("35 4 * * *", forget_changes, "anciennes valeurs de ce qui a été modifié il y a plus de trois ans"),
    Appointment("36 4 * * *", forget_notes, "notes d’appels de plus de trois ans (CNIL, gestion commerciale)"),
    Appointment("37 4 * * *", forget_old_jobs, "journal de la file de plus de 30 jours"),
    # after the others: of what they deleted no word is left either
    Appointment("38 4 * * *", forget_words, "noms que plus rien ne porte, dont la recherche se souvenait encore"),
)
