"""Whose turn it is with one thing in progress, in words: a code that a statement says, and who it is about. No I/O."""

from __future__ import annotations

from training.billing.rules.transmission import STATUSES, Status, Turn
from training.kernel.i18n import N_, _

# What a thing waits for; those of a deposit are its status on Chorus Pro.
TURNS = {
    "answer": N_("À nous de répondre"),
    "admit": N_("À nous de valider la structure"),
    "confirm": N_("À la structure de confirmer"),
    "replies": N_("À {who} de répondre"),
    "publish": N_("À nous de publier, ou d’y renoncer"),
    "find": N_("À nous de trouver quelqu’un"),
    "renew": N_("À {who} de le renouveler"),
    "issue": N_("À nous de relire et d’émettre"),
    "leaves": N_("Part seule, sauf si on la retient"),
    "number": N_("À la structure de donner un numéro"),
    "pay": N_("À la structure de payer"),
    "call": N_("À nous d’appeler"),
}
_DEPOSITED = {
    Turn.US: N_("À nous, sur Chorus Pro : {status}"),
    Turn.BUYER: N_("À l’organisme public de mandater"),
    Turn.TREASURY: N_("Au comptable public de payer"),
    Turn.NOBODY: N_("À personne : {status}"),
}


def turn_said(code: str, who: str | None) -> str:
    """As « À nous de répondre », « À Karim de répondre »."""
    if code in TURNS:
        return _(TURNS[code]).format(who=who or "")
    terms = STATUSES[Status(code)]
    status = _(terms.name)
    return _(_DEPOSITED[terms.turn]).format(status=status[0].lower() + status[1:])
