"""« Aujourd’hui »: what needs a person now, and the next seven days."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from training.kernel.actor import Actor
from training.kernel.i18n import ngettext
from training.kernel.permissions import Permission
from training.reporting.office import today
from training.reporting.office.today import Waiting
from training.web.office.page import show
from training.web.pages import Asked, the_actor

P = Permission
EARLIEST, LATEST = 8, 19  # the hours a week is drawn with when nothing stands outside them


@get("/gestion", permission=P.OFFICE_SEE)
async def home(request: Asked) -> Template:
    """The first page of the day."""
    waiting, week = await today.waiting(), await today.week()
    events = [event for day in week for event in day.events]
    return await show(
        request,
        "today",
        tasks=tasks(waiting, the_actor(request)),
        week=week,
        empty_week=not events,
        first_hour=min([EARLIEST, *(e.from_minute // 60 for e in events)]),
        last_hour=max([LATEST, *(-(-e.to_minute // 60) for e in events)]),
    )


def tasks(waiting: Waiting, actor: Actor) -> list[tuple[int, str, str]]:
    """(how many, of what, where) for each thing that waits and that this person may do something about."""
    known = (
        (P.ORGANISATIONS_APPROVE, waiting.organisations, "/gestion/structures?etat=pending", ngettext(
            "structure à valider", "structures à valider", waiting.organisations)),
        (P.BOOKINGS_CONFIRM, waiting.bookings, "/gestion/reservations?etat=pending", ngettext(
            "réservation à valider", "réservations à valider", waiting.bookings)),
        (P.SESSIONS_HOLD, waiting.sessions, "/gestion/seances?periode=a-marquer", ngettext(
            "séance passée à marquer comme réalisée", "séances passées à marquer comme réalisées", waiting.sessions)),
        (P.INVOICES_ISSUE, waiting.drafts, "/gestion/factures/brouillons", ngettext(
            "facture à émettre", "factures à émettre", waiting.drafts)),
        (P.INVOICES_TRANSMIT, waiting.to_deposit, "/gestion/factures/chorus?etat=a-deposer", ngettext(
            "facture à déposer sur Chorus Pro", "factures à déposer sur Chorus Pro", waiting.to_deposit)),
        (P.INVOICES_TRANSMIT, waiting.stuck_deposits, "/gestion/factures/chorus?etat=a-traiter", ngettext(
            "facture suspendue, à recycler ou rejetée", "factures suspendues, à recycler ou rejetées",
            waiting.stuck_deposits)),
        (P.INVOICES_TRANSMIT, waiting.quiet_deposits, "/gestion/factures/chorus?etat=sans-suite", ngettext(
            "facture déposée, sans suite depuis 15 jours", "factures déposées, sans suite depuis 15 jours",
            waiting.quiet_deposits)),
        (P.INVOICES_SEE, waiting.late, "/gestion/factures?etat=en-retard", ngettext(
            "facture en retard", "factures en retard", waiting.late)),
        (P.PAYMENTS_RECORD, waiting.reminders, "/gestion/relances", ngettext(
            "facture à relancer", "factures à relancer", waiting.reminders)),
        (P.PAYMENTS_RECORD, waiting.bank_lines, "/gestion/banque", ngettext(
            "ligne de banque à rapprocher", "lignes de banque à rapprocher", waiting.bank_lines)),
        (P.PAYMENTS_RECORD, waiting.unused, "/gestion/paiements?reste=1", ngettext(
            "paiement à imputer", "paiements à imputer", waiting.unused)),
        (P.MAILS_SEE, waiting.mails_failed, "/gestion/courriels?etat=failed", ngettext(
            "courriel non remis", "courriels non remis", waiting.mails_failed)),
        (P.MAILS_SEE, waiting.mails_held, "/gestion/courriels?etat=held", ngettext(
            "courriel retenu", "courriels retenus", waiting.mails_held)),
        (P.MAILS_RETRY, waiting.jobs, "/gestion/file", ngettext(
            "tâche automatique en échec", "tâches automatiques en échec", waiting.jobs)),
    )  # fmt: skip
    return [(number, words, path) for permission, number, path, words in known if number and actor.may(permission)]


HANDLERS = [home]
