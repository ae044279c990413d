"""The words of what waits: a row of the pile for each thing, and for each kind that is only counted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time

from training.billing.queries.transmissions import DepositWaiting, OpenDeposit
from training.catalogue.rules.changing import kinds_said
from training.directory.rules.credentials import CredentialKind, credential_name
from training.dunning.rules.reminding import STEP_NAMES, ReminderStep
from training.kernel import addresses, clock
from training.kernel.i18n import _, ngettext
from training.kernel.render import count, day_month, euros, hour, weekday_hour
from training.reporting.office.today.counts import Waiting
from training.reporting.office.today.kinds import PATIENCE, WaitingKind
from training.reporting.office.today.pile import AGEING, PileRow, Urgency, group_of
from training.reporting.office.today.rows import Found

WEEK = 7  # days: a nearer one is said by its name


def days_between(earlier: datetime, later: datetime) -> int:
    """Days of the calendar."""
    return (clock.local(later).date() - clock.local(earlier).date()).days


def age(at: datetime, now: datetime) -> str:
    """As "5 jours", "aujourd’hui": how long something has waited."""
    days = days_between(at, now)
    return _("aujourd’hui") if days <= 0 else count(days, _("jour"), _("jours"))


def since(at: datetime, now: datetime) -> str:
    """As "depuis le 25 nov.", "à 14 h"."""
    if days_between(at, now) <= 0:
        return _("à {hour}").format(hour=hour(at))
    return _("depuis le {day}").format(day=day_month(at))


def ahead(at: datetime, now: datetime) -> str:
    """As "dans 4 jours", "demain"."""
    days = days_between(now, at)
    if days <= 0:
        return _("aujourd’hui")
    return _("demain") if days == 1 else _("dans {n} jours").format(n=days)


def on(at: datetime, now: datetime) -> str:
    """As "ven. 14 h" within the week, else "jeu. 10 déc."."""
    return weekday_hour(at) if days_between(now, at) < WEEK else day_month(at, weekday=True)


def place(found: Found) -> str:
    """As "Réparer son vélo, Sées, le 12 mars"."""
    parts = [found.title, found.city, found.starts_at and _("le {day}").format(day=day_month(found.starts_at))]
    return ", ".join(part for part in parts if part)


def seats(n: int | None) -> str:
    """As "12 places"."""
    return count(n or 0, _("place"), _("places"))


# One by one


def row(found: Found, now: datetime) -> PileRow:
    """A thing as the pile shows it."""
    title, text, href, act = _SAID[found.kind](found)
    waits = found.kind not in _AHEAD
    at = found.until if found.kind is WaitingKind.OPTION and found.until else found.at
    group = group_of(found.kind, found.at, now, clock.at(clock.local(now).date(), time()))
    if found.kind is WaitingKind.LATE and found.cents is not None:
        when, note = age(found.at, now), euros(found.cents)
    elif found.kind is WaitingKind.UNPRICED:
        when, note = day_month(at), ahead(at, now)
    elif waits:
        when, note = age(found.at, now), since(found.at, now)
    else:
        when, note = on(at, now), ahead(at, now)
    if found.kind in AGEING and group is Urgency.SOON:
        at = min(at + PATIENCE, found.until or at + PATIENCE)  # when it breaks
    return PileRow(found.kind, group, at, found.id, when, note, title, text, href, act, found.paper, found.phone)


_AHEAD = frozenset(
    {WaitingKind.UNMANNED, WaitingKind.OPTION, WaitingKind.ENGAGEMENT, WaitingKind.PAPER, WaitingKind.UNPRICED}
)  # these break on a day that comes
_Said = tuple[str, str, str, str]  # title, text, the page, the act


def _request(found: Found) -> _Said:
    words = [f"{seats(found.seats)}, {place(found)}"]
    if found.until is not None:
        words.append(_("la demande expire le {day}").format(day=day_month(found.until)))
    title = _("Répondre à {name}").format(name=found.who)
    return title, " ; ".join(words), addresses.office_booking(found.ref), _("Répondre")


def _organisation(found: Found) -> _Said:
    registered = _("SIRET {siret}").format(siret=found.words) if found.words else _("sans SIRET")
    words = ", ".join(part for part in (found.person, found.city, registered) if part)
    title = _("Vérifier l’inscription de {name}").format(name=found.who)
    return title, words, addresses.office_organisation(found.ref), _("Vérifier")


def _undecided(found: Found) -> _Said:
    title = _("{name} : le groupe est-il venu ?").format(name=found.who)
    return title, f"{seats(found.seats)}, {place(found)}", addresses.office_booking(found.ref), _("Décider")


def _to_confirm(found: Found) -> _Said:
    title = _("{title} : la séance a-t-elle eu lieu ?").format(title=found.title)
    where = place(found).removeprefix(f"{found.title}, ")
    words = f"{where}, {seats(found.seats)}"
    return title, words, addresses.office_session(found.id), _("Confirmer")


def _unmanned(found: Found) -> _Said:
    where = found.city or found.title or ""
    title = _("{place} : personne pour animer").format(place=where)
    taken = ngettext("{n} place prise", "{n} places prises", found.seats or 0).format(n=found.seats or 0)
    words = [found.title or "", taken]
    if found.words:
        words.append(_("{name} a décliné").format(name=found.words))
    return title, ", ".join(words), addresses.office_session(found.id), _("Trouver quelqu’un")


def _option(found: Found) -> _Said:
    title = _("L’option de {name} se termine").format(name=found.who)
    kept = ngettext("{n} place gardée", "{n} places gardées", found.seats or 0).format(n=found.seats or 0)
    words = f"{kept}, {place(found)}"
    return title, words, addresses.office_booking(found.ref), _("Voir l’option")


def _engagement(found: Found) -> _Said:
    title = _("{name} : il manque un numéro").format(name=found.who)
    words = _("{title}, {price} : Chorus Pro refusera la facture").format(
        title=found.title, price=euros(found.cents or 0)
    )
    return title, words, addresses.office_booking(found.ref), _("Compléter")


def _paper(found: Found) -> _Said:
    name = credential_name(CredentialKind(found.words or ""), found.title or "")
    title = _("{name} : {paper} à renouveler").format(name=found.who, paper=name)
    ends = day_month(found.until) if found.until else ""
    dates = ngettext("{n} date vient après", "{n} dates viennent après", found.seats or 0).format(n=found.seats or 0)
    words = _("valable jusqu’au {day} ; {dates}").format(day=ends, dates=dates)
    return title, words, addresses.office_credential_renewal(found.id), _("Renouveler")


def _unpriced(found: Found) -> _Said:
    title = _("{offer} : des jours sans prix").format(offer=found.title)
    who = kinds_said([kind or None for kind in (found.words or "").split(",")])
    if found.until is not None:
        until = _("jusqu’au {day}").format(day=day_month(found.until))
        words = _("{who}, {until} : impossible de réserver ces jours-là").format(who=who, until=until)
    else:
        words = _("{who} : une séance est prévue, et aucun prix ne suit").format(who=who)
    return title, words, addresses.office_offer_tariffs(found.ref), _("Fixer le prix")


def _late(found: Found) -> _Said:
    title = f"{found.title}, {found.who}"
    href = addresses.office_invoice(found.ref) if found.ref else addresses.office_opening(found.id)
    words = ", ".join(part for part in (_last_said(found), found.person) if part)
    return title, words, href, _("Relancer")


def _last_said(found: Found) -> str:
    """What was last heard of, or said to, who pays late."""
    if found.until is not None:
        return _("promis pour le {day}, rien reçu").format(day=day_month(found.until))
    if not found.words or found.starts_at is None:
        return _("pas encore relancée")
    reminder = _(STEP_NAMES[ReminderStep(found.words)])
    if found.task:
        return _("{reminder} : à faire par l’équipe").format(reminder=reminder)
    return _("{reminder} le {day}, pas de réponse").format(reminder=reminder, day=day_month(found.starts_at))


_SAID: Mapping[WaitingKind, Callable[[Found], _Said]] = {
    WaitingKind.REQUEST: _request,
    WaitingKind.ORGANISATION: _organisation,
    WaitingKind.UNDECIDED: _undecided,
    WaitingKind.TO_CONFIRM: _to_confirm,
    WaitingKind.UNMANNED: _unmanned,
    WaitingKind.OPTION: _option,
    WaitingKind.ENGAGEMENT: _engagement,
    WaitingKind.PAPER: _paper,
    WaitingKind.UNPRICED: _unpriced,
    WaitingKind.LATE: _late,
}
ONE_BY_ONE = frozenset(_SAID)


def deposit(found: OpenDeposit, now: datetime) -> PileRow:
    """An invoice that Chorus Pro stopped, or of which nothing is heard."""
    kind = WaitingKind.STUCK if found.waiting is DepositWaiting.STUCK else WaitingKind.QUIET
    at = clock.at(found.since, time())
    title = f"{found.number}, {found.payer_name}"
    words = f"{_(found.terms.name)} : {found.note or found.next}"
    group = group_of(kind, at, now, now)
    href = addresses.office_invoice(found.number)
    act = _("Corriger") if kind is WaitingKind.STUCK else _("Suivre")
    return PileRow(kind, group, at, found.invoice, age(at, now), euros(found.gross_cents), title, words, href, act)


# A kind in one row


_Whole = Callable[[int], tuple[str, str, str]]  # title, text, the act

_WHOLE_SAID: Mapping[WaitingKind, _Whole] = {
    WaitingKind.MAIL_FAILED: lambda n: (
        ngettext("{n} courriel n’a pas été remis", "{n} courriels n’ont pas été remis", n),
        _("Ces personnes n’ont pas lu ce que nous leur avons écrit."),
        _("Voir pourquoi"),
    ),
    WaitingKind.JOB: lambda n: (
        ngettext("{n} incident technique", "{n} incidents techniques", n),
        _("Ce que le programme devait faire seul n’a pas abouti."),
        _("Réessayer"),
    ),
    WaitingKind.MAIL_HELD: lambda n: (
        ngettext("{n} courriel retenu", "{n} courriels retenus", n),
        _("Rien ne part avant que vous le disiez."),
        _("Voir"),
    ),
    WaitingKind.MAIL_PUT_OFF: lambda n: (
        ngettext("{n} courriel pas encore parti", "{n} courriels pas encore partis", n),
        _("Le serveur de courriel ne les a pas pris ; un nouvel essai suit."),
        _("Voir"),
    ),
    WaitingKind.REMINDER: lambda n: (
        ngettext("{n} facture à relancer", "{n} factures à relancer", n),
        _("Par un appel : aucun courriel ne part pour elles."),
        _("Voir les relances"),
    ),
    WaitingKind.DRAFT: lambda n: (
        ngettext("Relire et émettre {n} facture", "Relire et émettre {n} factures", n),
        _("La liste dit d’abord ce qui manque."),
        _("Relire et émettre"),
    ),
    WaitingKind.TO_DEPOSIT: lambda n: (
        ngettext("Déposer {n} facture sur Chorus Pro", "Déposer {n} factures sur Chorus Pro", n),
        _("Le délai de paiement part de leur mise à disposition."),
        _("Déposer"),
    ),
    WaitingKind.BANK_LINE: lambda n: (
        ngettext("Affecter {n} virement", "Affecter {n} virements", n),
        _("À une facture, ou classer sans facture."),
        _("Affecter"),
    ),
    WaitingKind.UNUSED: lambda n: (
        ngettext("Affecter {n} paiement", "Affecter {n} paiements", n),
        _("Une part de ce qui est reçu ne règle encore rien."),
        _("Affecter"),
    ),
    WaitingKind.TO_CREDIT: lambda n: (
        ngettext("Faire un avoir pour {n} facture", "Faire un avoir pour {n} factures", n),
        _("Elles demandent plus que ce qui est dû aujourd’hui."),
        _("Voir"),
    ),
    WaitingKind.SPLIT: lambda n: (
        ngettext("Partager de nouveau {n} réservation", "Partager de nouveau {n} réservations", n),
        _("Ce que paient les clients facturés ne fait plus le total."),
        _("Partager"),
    ),
    WaitingKind.DOUBLED: lambda n: (
        ngettext(
            "{n} structure a plusieurs réservations dans une séance",
            "{n} structures ont plusieurs réservations dans une séance",
            n,
        ),
        _("Une seule est à garder."),
        _("Choisir"),
    ),
    WaitingKind.UNMATCHED: lambda n: (
        ngettext("{n} accès d’origine inconnue", "{n} accès d’origine inconnue", n),
        _("À garder ou à retirer."),
        _("Décider"),
    ),
}  # fmt: skip
WHOLE = tuple(_WHOLE_SAID)  # a row for all of a kind, which leads to their list


def whole(kind: WaitingKind, waiting: Waiting, now: datetime) -> PileRow:
    """All of a kind in one row."""
    n = waiting.of(kind)
    title, text, act = _WHOLE_SAID[kind](n)
    cents = {
        WaitingKind.DRAFT: waiting.draft_cents,
        WaitingKind.BANK_LINE: waiting.bank_cents,
        WaitingKind.UNUSED: waiting.unused_cents,
    }
    when = euros(cents[kind]) if kind in cents else ""
    group = group_of(kind, None, now, now)
    return PileRow(kind, group, None, 0, when, "", title.format(n=n), text, kind.href, act)
