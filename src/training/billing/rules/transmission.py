"""How an invoice reaches its payer: channels, the statuses of a deposit, what follows each, when it is payable. No I/O.

The moves never lead straight back (a → b excludes b → a): a step that does so undoes the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from training.billing.rules.crediting import Stands, check_replace
from training.billing.rules.states import InvoiceState
from training.directory.rules.numbers import check_siret
from training.directory.rules.organisations import Buyer
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, allows
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.papers.rules.references import NO_REFERENCES, References, faults


class Channel(StrEnum):
    """By which way an invoice goes."""

    MAIL = "mail"
    CHORUS_PORTAL = "chorus_portal"
    CHORUS_API = "chorus_api"
    APPROVED_PLATFORM = "approved_platform"


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """What a channel needs. `by_hand`: a person says each status, nothing is sent; `offered`: it exists today."""

    name: str
    needs_siret: bool = False
    needs_chorus_facts: bool = False  # service code, engagement, as the buyer's page in the directory says
    plain_pdf: bool = False  # an XML inside would be read, and may be rejected without a word
    by_hand: bool = False
    offered: bool = False


CHANNELS: dict[Channel, ChannelTerms] = {
    Channel.MAIL: ChannelTerms(N_("Courriel"), offered=True),
    Channel.CHORUS_PORTAL: ChannelTerms(
        N_("Portail Chorus Pro"),
        needs_siret=True,
        needs_chorus_facts=True,
        plain_pdf=True,
        by_hand=True,
        offered=True,
    ),
    Channel.CHORUS_API: ChannelTerms(N_("Chorus Pro, par programme"), needs_siret=True, needs_chorus_facts=True),
    Channel.APPROVED_PLATFORM: ChannelTerms(N_("Plateforme agréée"), needs_siret=True),
}


def channel_of(buyer: Buyer) -> Channel:
    """The way that counts for a buyer: what leaves by mail to a public one is a copy."""
    return Channel.CHORUS_PORTAL if buyer == Buyer.PUBLIC else Channel.MAIL


def check_followed(state: InvoiceState, buyer: Buyer, *, has_place: bool = True) -> None:
    """Conflict unless a document is issued, and goes by a way that people follow by hand.

    `has_place`: not so the credit note of an invoice that is not there (`needs_deposit`).
    """
    if state != InvoiceState.ISSUED:
        raise Conflict(_("Cette facture n’est pas encore émise : rien ne peut lui arriver."))
    if channel_of(buyer) != Channel.CHORUS_PORTAL:
        raise Conflict(_("Cette facture part par courriel : seules celles des organismes publics se déposent."))
    if not has_place:
        raise Conflict(_("Sa facture n’est pas sur Chorus Pro : cet avoir ne s’y dépose pas."))


def may_follow(actor: Actor, state: InvoiceState, buyer: Buyer, *, has_place: bool = True) -> bool:
    """Whether the page offers to write where the deposit stands."""
    return actor.may(Permission.INVOICES_TRANSMIT) and allows(check_followed, state, buyer, has_place=has_place)


class Status(StrEnum):
    """Where a deposit stands, in the words of Chorus Pro. `to_deposit`: nothing was done yet; `paid` is derived."""

    TO_DEPOSIT = "to_deposit"
    DEPOSITED = "deposited"
    AVAILABLE = "available"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TO_RECYCLE = "to_recycle"
    RECYCLED = "recycled"
    REJECTED = "rejected"
    MANDATED = "mandated"
    PAID = "paid"


S = Status
TRANSMISSION_MOVES: dict[Status, frozenset[Status]] = {
    S.TO_DEPOSIT: frozenset({S.DEPOSITED, S.PAID}),
    S.DEPOSITED: frozenset({S.AVAILABLE, S.TO_RECYCLE, S.REJECTED, S.PAID}),
    S.AVAILABLE: frozenset({S.SUSPENDED, S.TO_RECYCLE, S.REJECTED, S.MANDATED, S.PAID}),
    S.SUSPENDED: frozenset({S.COMPLETED, S.REJECTED, S.PAID}),
    S.COMPLETED: frozenset({S.AVAILABLE, S.REJECTED, S.PAID}),
    S.TO_RECYCLE: frozenset({S.RECYCLED, S.REJECTED, S.PAID}),
    S.RECYCLED: frozenset({S.AVAILABLE, S.REJECTED, S.PAID}),
    S.REJECTED: frozenset({S.PAID}),  # settled by its credit note
    S.MANDATED: frozenset({S.PAID}),  # nothing is suspended any more (CCP art. R2192-27)
    S.PAID: frozenset(),
}


class Turn(StrEnum):
    """Who has to do the next thing."""

    US = "us"
    BUYER = "buyer"
    TREASURY = "treasury"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class StatusTerms:
    """A status in words. `verb` is the button that enters it, `day` the question about its day."""

    name: str
    meaning: str
    next: str
    turn: Turn
    verb: str = ""
    day: str = ""
    needs_note: str = ""  # what has to be said with it; empty: nothing
    takes_facts: bool = False  # what was corrected on the deposit


STATUSES: dict[Status, StatusTerms] = {
    S.TO_DEPOSIT: StatusTerms(
        N_("À déposer"),
        N_("La facture est émise ; l’organisme public ne l’a pas encore reçue."),
        N_("Déposez-la sur Chorus Pro avec le dossier préparé ici, puis dites quel jour."),
        Turn.US,
    ),
    S.DEPOSITED: StatusTerms(
        N_("Déposée"),
        N_("Chorus Pro a pris la facture et l’achemine."),
        N_("Regardez sur Chorus Pro quel jour elle est « mise à disposition » : le délai de paiement part de là."),
        Turn.US,
        N_("Déposée sur Chorus Pro"),
        N_("Déposée le"),
    ),
    S.AVAILABLE: StatusTerms(
        N_("Mise à disposition"),
        N_("L’organisme public a la facture : son délai de paiement court."),
        N_("Rien à faire avant l’échéance : l’organisme public certifie le service fait, puis mandate."),
        Turn.BUYER,
        N_("Mise à disposition"),
        N_("Mise à disposition le"),
    ),
    S.SUSPENDED: StatusTerms(
        N_("Suspendue"),
        N_("L’organisme public demande une pièce ou une précision ; le délai de paiement est suspendu."),
        N_("Ajoutez la pièce demandée sur le dépôt : la facture reste la même, avec son numéro."),
        Turn.US,
        N_("Suspendue par l’organisme public"),
        N_("Suspendue le"),
        N_("Dites ce que l’organisme public demande."),
    ),
    S.COMPLETED: StatusTerms(
        N_("Complétée"),
        N_("La pièce demandée est ajoutée ; l’organisme public la reçoit."),
        N_("Regardez sur Chorus Pro de quel jour la facture est remise à disposition : le délai repart de là."),
        Turn.US,
        N_("Pièce ajoutée"),
        N_("Complétée le"),
    ),
    S.TO_RECYCLE: StatusTerms(
        N_("À recycler"),
        N_("Le SIRET, le service ou l’engagement n’est pas le bon ; l’organisme public ne peut pas la traiter."),
        N_("Corrigez la donnée sur le dépôt : le numéro et la facture ne changent pas."),
        Turn.US,
        N_("À recycler"),
        N_("À recycler depuis le"),
        N_("Dites ce qui n’est pas le bon : SIRET, service ou engagement."),
    ),
    S.RECYCLED: StatusTerms(
        N_("Recyclée"),
        N_("Le dépôt est corrigé et repart vers l’organisme public."),
        N_("Regardez sur Chorus Pro si elle est « mise à disposition », et de quel jour."),
        Turn.US,
        N_("Dépôt corrigé"),
        N_("Corrigée le"),
        takes_facts=True,
    ),
    S.REJECTED: StatusTerms(
        N_("Rejetée"),
        N_("L’organisme public refuse la facture : elle ne sera pas payée telle quelle."),
        N_("Annulez-la par un avoir et refaites-la sous un nouveau numéro : un clic fait les deux."),
        Turn.US,
        N_("Rejetée par l’organisme public"),
        N_("Rejetée le"),
        N_("Donnez le motif du rejet : l’avoir le portera."),
    ),
    S.MANDATED: StatusTerms(
        N_("Mandatée"),
        N_("L’organisme public a mandaté la facture ; le comptable public doit maintenant la payer."),
        N_("Rien à faire : attendez le virement du Trésor public, puis affectez-le à cette facture."),
        Turn.TREASURY,
        N_("Mandatée"),
        N_("Mandatée le"),
    ),
    S.PAID: StatusTerms(
        N_("Réglée"),
        N_("Tout est réglé."),
        N_("Rien à faire."),
        Turn.NOBODY,
    ),
}

# What the payer's people read of it.
STATUS_FOR_CLIENT: dict[Status, str] = {
    S.TO_DEPOSIT: N_("Nous allons la déposer sur Chorus Pro."),
    S.DEPOSITED: N_("Elle est déposée sur Chorus Pro."),
    S.AVAILABLE: N_("Elle est sur Chorus Pro, à la disposition de votre service financier."),
    S.SUSPENDED: N_("Vos services attendent une pièce de notre part : nous la préparons."),
    S.COMPLETED: N_("La pièce que vos services attendaient est sur Chorus Pro."),
    S.TO_RECYCLE: N_("Nous corrigeons son acheminement sur Chorus Pro."),
    S.RECYCLED: N_("Elle est déposée sur Chorus Pro."),
    S.REJECTED: N_("Vos services l’ont refusée : elle est remplacée ou va l’être."),
    S.MANDATED: N_("Vos services ont mandaté la facture : le comptable public doit maintenant la payer."),
    S.PAID: N_("Elle est réglée."),
}

# The delay of payment does not run (CCP art. R2192-27), until it is available again.
STOPPING = frozenset({S.SUSPENDED, S.COMPLETED, S.TO_RECYCLE, S.RECYCLED, S.REJECTED})
STUCK = frozenset({S.SUSPENDED, S.TO_RECYCLE, S.REJECTED})  # nothing goes on before we do something
BY_HAND = frozenset(S) - {S.TO_DEPOSIT, S.PAID}
PATIENCE = timedelta(days=15)  # a deposit that nothing followed for that long is looked into


@dataclass(frozen=True, slots=True)
class TransmissionStep:
    """A step of a deposit, as somebody saw it on the portal. The last two: what was corrected there."""

    status: Status
    happened_on: date
    reference: str = ""
    note: str = ""
    siret: str | None = None
    references: References = NO_REFERENCES


def standing(steps: Sequence[TransmissionStep]) -> list[TransmissionStep]:
    """The steps that hold, of all that were written: one that leads straight back takes the one before it away."""
    kept: list[TransmissionStep] = []
    for step in steps:
        if kept and kept[-1].status in TRANSMISSION_MOVES[step.status]:
            kept.pop()
        if not kept or kept[-1].status != step.status:
            kept.append(step)
    return [step for step in kept if step.status != S.TO_DEPOSIT]


def taken_back(steps: Sequence[TransmissionStep]) -> list[bool]:
    """Of each step that was written, whether it did nothing but take the one before it back."""
    return [len(standing(steps[: n + 1])) < len(standing(steps[:n])) for n in range(len(steps))]


def status_of(steps: Sequence[TransmissionStep], *, paid: bool = False) -> Status:
    """Where the invoice stands. Paid is what the money says, never a step."""
    held = standing(steps)
    return S.PAID if paid else held[-1].status if held else S.TO_DEPOSIT


def possible(status: Status, *, credit_note: bool = False) -> list[Status]:
    """What a person may say next, what is hoped for first. Nobody mandates a credit note: it is deducted."""
    hidden = {S.MANDATED, S.REJECTED} if credit_note else set()
    found = [after for after in Status if after in (TRANSMISSION_MOVES[status] & BY_HAND) - hidden]
    return sorted(found, key=lambda after: after in STUCK)


def next_thing(status: Status, *, late_from: date | None, today: date, credit_note: bool = False) -> str:
    """The next thing to do, in one sentence."""
    if credit_note and status == S.AVAILABLE:
        return _("Rien à faire : l’organisme public déduit l’avoir.")
    if status == S.AVAILABLE and late_from is not None:
        late = late_from < today
        words = (
            _("L’échéance du {day} est passée : appelez le service financier de l’organisme public.")
            if late
            else _("Rien à faire avant le {day} : l’organisme public certifie le service fait, puis mandate.")
        )
        return words.format(day=day_year(late_from))
    return _(STATUSES[status].next)


def needs_deposit(buyer: Buyer, *, credit_note: bool = False, corrected: Status | None = None) -> bool:
    """Whether it goes through Chorus Pro. The credit note of an invoice that is not there (any more) has no place."""
    if channel_of(buyer) != Channel.CHORUS_PORTAL:
        return False
    return not credit_note or corrected not in (None, S.TO_DEPOSIT, S.REJECTED)


def check_step(
    steps: Sequence[TransmissionStep],
    new: TransmissionStep,
    *,
    issued_on: date,
    today: date,
    paid: bool = False,
    credit_note: bool = False,
) -> TransmissionStep:
    """The step as it is kept. Conflict: a move that is none. Invalid: a day or a fact that cannot be."""
    now = status_of(steps, paid=paid)
    if new.status not in possible(now, credit_note=credit_note):
        words = _("La facture est « {now} » : elle ne peut pas devenir « {then} ».")
        then = _(STATUSES[new.status].name)
        raise Conflict(words.format(now=_(STATUSES[now].name), then=then), field="status")
    held = standing(steps)
    errors = _day_error(new.happened_on, issued_on, held[-1].happened_on if held else None, today)
    terms = STATUSES[new.status]
    if terms.needs_note and not new.note.strip():
        errors["note"] = _(terms.needs_note)
    siret = _siret(new.siret, errors)
    errors |= faults(new.references)
    if terms.takes_facts and not siret and not new.references and "siret" not in errors:
        errors["siret"] = _("Donnez ce qui a été corrigé : le SIRET, le service ou l’engagement.")
    if errors:
        raise Invalid(errors)
    return replace(new, reference=new.reference.strip(), note=new.note.strip(), siret=siret)


def check_undo(steps: Sequence[TransmissionStep], *, paid: bool) -> None:
    """Conflict unless a step holds that could be a mistake; once it is paid, none is looked at any more."""
    if paid or not standing(steps):
        raise Conflict(_("Il n’y a pas d’étape à annuler."))


def check_redo(steps: Sequence[TransmissionStep], now: Stands, *, paid: bool) -> None:
    """Conflict unless its buyer rejected an invoice, and nothing has replaced it."""
    check_replace(now)
    if status_of(steps, paid=paid) != S.REJECTED:
        raise Conflict(_("Seule une facture rejetée par l’organisme public se refait ainsi."))


def may_redo(actor: Actor, steps: Sequence[TransmissionStep], now: Stands, *, paid: bool) -> bool:
    """Whether the page offers to take a rejected invoice back and make it again, in one act."""
    both = actor.may(Permission.INVOICES_TRANSMIT) and actor.may(Permission.INVOICES_CREDIT)
    return both and allows(check_redo, steps, now, paid=paid)


def _day_error(on: date, issued_on: date, last: date | None, today: date) -> dict[str, str]:
    if on > today:
        return {"happened_on": _("Cette date n’est pas encore venue.")}
    if on < issued_on:
        return {"happened_on": _("La facture est du {day} : rien ne lui arrive avant.").format(day=day_year(issued_on))}
    if last is not None and on < last:
        return {"happened_on": _("L’étape d’avant est du {day} : celle-ci vient après.").format(day=day_year(last))}
    return {}


def _siret(typed: str | None, errors: dict[str, str]) -> str | None:
    """As it is kept; what cannot be is said in `errors`."""
    try:
        return check_siret(typed) if typed else None
    except ValueError as error:
        errors["siret"] = str(error)
        return None


def due_on(steps: Sequence[TransmissionStep], *, served_until: date, days: int) -> date | None:
    """The last day to pay: from the day it was made available, or the service if later (CCP art. R2192-12 and 13).

    None while nobody knows it: not made available yet, or interrupted. What was completed has a new delay (CCP art.
    R2192-29), counted here from the day it is available again: never earlier than the law.
    """
    for step in reversed(standing(steps)):
        if step.status in STOPPING:
            return None
        if step.status == S.AVAILABLE:
            return max(step.happened_on, served_until) + timedelta(days=days)
    return None


def deposit_facts(
    steps: Sequence[TransmissionStep], siret: str | None, references: References
) -> tuple[str, References]:
    """SIRET and references as the deposit bears them: the invoice's, then what was corrected."""
    for step in standing(steps):
        siret = step.siret or siret
        references = step.references.over(references)
    return siret or "", references
