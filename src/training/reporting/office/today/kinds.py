"""What can wait for the team, by kind: who deals with it, where it is listed, how many of it are said. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from training.kernel import addresses
from training.kernel.actor import Actor
from training.kernel.i18n import ngettext
from training.kernel.permissions import Permission

P = Permission
PATIENCE = timedelta(days=3)  # what asks for an answer is late after that
FORESIGHT = timedelta(days=14)  # how far ahead is looked for what will break
OPTIONS_END = timedelta(days=7)
PAPERS_END = timedelta(days=30)  # how far ahead is looked for sessions that a paper does not reach


class WaitingKind(StrEnum):
    """A kind of thing that waits; the value is its name in `addresses.WAITING`."""

    REQUEST = "bookings"
    ORGANISATION = "organisations"
    UNDECIDED = "undecided"
    TO_CONFIRM = "sessions"
    LATE = "late"
    STUCK = "stuck_deposits"
    QUIET = "quiet_deposits"
    MAIL_FAILED = "mails_failed"
    JOB = "jobs"
    UNMANNED = "unmanned"
    OPTION = "options"
    ENGAGEMENT = "engagements"
    PAPER = "papers"
    UNPRICED = "unpriced"
    MAIL_HELD = "mails_held"
    MAIL_PUT_OFF = "mails_put_off"
    REMINDER = "reminders"
    DRAFT = "drafts"
    TO_DEPOSIT = "to_deposit"
    BANK_LINE = "bank_lines"
    UNUSED = "unused"
    TO_CREDIT = "to_credit"
    SPLIT = "splits"
    DOUBLED = "doubled"
    UNMATCHED = "unmatched"
    MISSION = "missions"
    ASKED = "asked"

    @property
    def href(self) -> str:
        """Where they are listed."""
        return addresses.WAITING[self]


WHO: Mapping[WaitingKind, Permission] = {
    WaitingKind.REQUEST: P.BOOKINGS_CONFIRM,
    WaitingKind.ORGANISATION: P.ORGANISATIONS_APPROVE,
    WaitingKind.UNDECIDED: P.SESSIONS_HOLD,
    WaitingKind.TO_CONFIRM: P.SESSIONS_HOLD,
    WaitingKind.LATE: P.INVOICES_SEE,
    WaitingKind.STUCK: P.INVOICES_TRANSMIT,
    WaitingKind.QUIET: P.INVOICES_TRANSMIT,
    WaitingKind.MAIL_FAILED: P.MAILS_SEE,
    WaitingKind.JOB: P.MAILS_RETRY,
    WaitingKind.UNMANNED: P.SESSIONS_PLAN,
    WaitingKind.OPTION: P.BOOKINGS_CONFIRM,
    WaitingKind.ENGAGEMENT: P.INVOICES_COMPLETE,
    WaitingKind.PAPER: P.SESSIONS_PLAN,
    WaitingKind.UNPRICED: P.CATALOGUE_EDIT,
    WaitingKind.MAIL_HELD: P.MAILS_SEE,
    WaitingKind.MAIL_PUT_OFF: P.MAILS_SEE,
    WaitingKind.REMINDER: P.PAYMENTS_RECORD,
    WaitingKind.DRAFT: P.INVOICES_ISSUE,
    WaitingKind.TO_DEPOSIT: P.INVOICES_TRANSMIT,
    WaitingKind.BANK_LINE: P.PAYMENTS_RECORD,
    WaitingKind.UNUSED: P.PAYMENTS_RECORD,
    WaitingKind.TO_CREDIT: P.INVOICES_CREDIT,
    WaitingKind.SPLIT: P.INVOICES_PREPARE,
    WaitingKind.DOUBLED: P.BOOKINGS_CANCEL,
    WaitingKind.UNMATCHED: P.PLATFORM_EDIT,
    WaitingKind.MISSION: P.SESSIONS_PLAN,
    WaitingKind.ASKED: P.INVOICES_COMPLETE,
}


def may_deal(actor: Actor, kind: WaitingKind) -> bool:
    """Whether this person is shown what waits of that kind."""
    return actor.may(WHO[kind])


@dataclass(frozen=True, slots=True)
class Rest:
    """Those of a kind that are not shown: how many, in words, and where they are listed."""

    number: int
    words: str
    href: str


def rest(kind: WaitingKind, number: int) -> Rest:
    """`number` others of a kind."""
    return Rest(number, said(kind, number), kind.href)


def said(kind: WaitingKind, n: int) -> str:
    """What that many of a kind are called, without the number."""
    return _WORDS[kind](n)


_WORDS: Mapping[WaitingKind, Callable[[int], str]] = {
    WaitingKind.REQUEST: lambda n: ngettext("réservation à valider", "réservations à valider", n),
    WaitingKind.ORGANISATION: lambda n: ngettext("structure à valider", "structures à valider", n),
    WaitingKind.UNDECIDED: lambda n: ngettext(
        "réservation à décider après la séance : le groupe est-il venu ?",
        "réservations à décider après la séance : les groupes sont-ils venus ?",
        n,
    ),
    WaitingKind.TO_CONFIRM: lambda n: ngettext("séance passée à confirmer", "séances passées à confirmer", n),
    WaitingKind.LATE: lambda n: ngettext("facture en retard", "factures en retard", n),
    WaitingKind.STUCK: lambda n: ngettext(
        "facture suspendue, à recycler ou rejetée", "factures suspendues, à recycler ou rejetées", n
    ),
    WaitingKind.QUIET: lambda n: ngettext(
        "facture déposée, sans suite depuis 15 jours", "factures déposées, sans suite depuis 15 jours", n
    ),
    WaitingKind.MAIL_FAILED: lambda n: ngettext("courriel non remis", "courriels non remis", n),
    WaitingKind.JOB: lambda n: ngettext("incident technique", "incidents techniques", n),
    WaitingKind.UNMANNED: lambda n: ngettext(
        "séance sans personne pour l’animer", "séances sans personne pour les animer", n
    ),
    WaitingKind.OPTION: lambda n: ngettext("option qui se termine", "options qui se terminent", n),
    WaitingKind.ENGAGEMENT: lambda n: ngettext(
        "réservation sans les numéros que Chorus Pro demande", "réservations sans les numéros que Chorus Pro demande", n
    ),
    WaitingKind.PAPER: lambda n: ngettext(
        "papier qui expire avant une séance", "papiers qui expirent avant une séance", n
    ),
    WaitingKind.UNPRICED: lambda n: ngettext("offre avec des jours sans prix", "offres avec des jours sans prix", n),
    WaitingKind.MAIL_HELD: lambda n: ngettext("courriel retenu", "courriels retenus", n),
    WaitingKind.MAIL_PUT_OFF: lambda n: ngettext(
        "courriel que le serveur n’a pas encore pris", "courriels que le serveur n’a pas encore pris", n
    ),
    WaitingKind.REMINDER: lambda n: ngettext("facture à relancer", "factures à relancer", n),
    WaitingKind.DRAFT: lambda n: ngettext("facture à émettre", "factures à émettre", n),
    WaitingKind.TO_DEPOSIT: lambda n: ngettext(
        "facture à déposer sur Chorus Pro", "factures à déposer sur Chorus Pro", n
    ),
    WaitingKind.BANK_LINE: lambda n: ngettext("virement à affecter", "virements à affecter", n),
    WaitingKind.UNUSED: lambda n: ngettext("paiement à affecter", "paiements à affecter", n),
    WaitingKind.TO_CREDIT: lambda n: ngettext("avoir à faire", "avoirs à faire", n),
    WaitingKind.SPLIT: lambda n: ngettext(
        "réservation à partager de nouveau entre ses clients",
        "réservations à partager de nouveau entre leurs clients",
        n,
    ),
    WaitingKind.DOUBLED: lambda n: ngettext(
        "structure avec plusieurs réservations dans une séance : n’en garder qu’une",
        "structures avec plusieurs réservations dans une séance : n’en garder qu’une",
        n,
    ),
    WaitingKind.UNMATCHED: lambda n: ngettext(
        "accès d’origine inconnue, à garder ou retirer", "accès d’origine inconnue, à garder ou retirer", n
    ),
    WaitingKind.MISSION: lambda n: ngettext("réponse attendue pour animer", "réponses attendues pour animer", n),
    WaitingKind.ASKED: lambda n: ngettext("numéro demandé pour facturer", "numéros demandés pour facturer", n),
}
