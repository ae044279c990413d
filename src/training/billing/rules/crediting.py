"""How much of an invoice may be taken back, and which lines a credit note has. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.billing.rules.states import DocumentKind, InvoiceState
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, allows
from training.kernel.i18n import _
from training.kernel.money import vat_of
from training.kernel.permissions import Permission
from training.kernel.render import euros


def check_creditable(state: InvoiceState, kind: DocumentKind) -> None:
    """Conflict unless a document is an issued invoice."""
    if state != InvoiceState.ISSUED:
        raise Conflict(_("Cette facture n’est pas émise : modifiez le brouillon."))
    if kind == DocumentKind.CREDIT_NOTE:
        raise Conflict(_("C’est un avoir : il ne s’annule pas par un avoir."))


def check_credit(state: InvoiceState, kind: DocumentKind, left_cents: int) -> None:
    """Conflict unless something is left to take back. `left_cents`: of its lines, without VAT."""
    check_creditable(state, kind)
    if not left_cents:
        raise Conflict(_("Les avoirs couvrent déjà toute cette facture."))


def may_credit(actor: Actor, state: InvoiceState, kind: DocumentKind, left_cents: int) -> bool:
    """Whether the page offers a credit note; of how much, `taken` says."""
    return actor.may(Permission.INVOICES_CREDIT) and allows(check_credit, state, kind, left_cents)


@dataclass(frozen=True, slots=True)
class Stands:
    """What of a document decides whether another may take its place. `left_cents`: of its lines, not credited yet."""

    state: InvoiceState
    kind: DocumentKind
    left_cents: int
    credited: bool
    replaced_by: str | None


def check_replace(now: Stands) -> None:
    """Conflict: replaced already, or of nothing, so that no credit note can take it back."""
    check_creditable(now.state, now.kind)
    if now.replaced_by is not None:
        raise Conflict(_("Cette facture est déjà remplacée : voyez {number}.").format(number=now.replaced_by))
    if not now.left_cents and not now.credited:
        raise Conflict(_("Cette facture est de zéro euro : il n’y a pas d’avoir à faire."))


def may_replace(actor: Actor, now: Stands) -> bool:
    """Whether the page offers « annule et remplace »."""
    return actor.may(Permission.INVOICES_CREDIT) and allows(check_replace, now)


@dataclass(frozen=True, slots=True)
class Left:
    """What of a line, or of an invoice, is not credited yet. Without VAT; of a discount, negative."""

    id: int
    description: str
    net_cents: int
    left_cents: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a credit note takes back of a line; `whole`: the line as it was."""

    line: int
    net_cents: int
    whole: bool


def whole_rest(lines: Sequence[Left]) -> dict[int, int]:
    """Everything that is left, by line."""
    return {line.id: line.left_cents for line in lines if line.left_cents}


def taken(lines: Sequence[Left], wanted: Mapping[int, int]) -> list[Taken]:
    """What is taken back of each line, in the invoice's order. `wanted`: line id → cents, negative for a discount.

    Invalid (fields `line-<id>`): more than is left of a line, the wrong sign, nothing at all. Conflict: more than is
    left of the whole.
    """
    known = {line.id: line for line in lines}
    refused = {f"line-{line}": _refused(known.get(line), cents) for line, cents in wanted.items()}
    errors = {field: words for field, words in refused.items() if words}
    if errors:
        raise Invalid(errors)
    net, left = sum(wanted.values()), sum(line.left_cents for line in lines)
    if net > left:
        raise Conflict(
            _("L’avoir peut aller jusqu’à {amount} hors taxes sur cette facture.").format(amount=euros(left))
        )
    if net <= 0:
        raise Invalid(_("Un avoir est de plus de zéro euro : indiquez un montant sur une ligne au moins."))
    return [Taken(line.id, wanted[line.id], wanted[line.id] == line.net_cents) for line in lines if wanted.get(line.id)]


def _refused(line: Left | None, cents: int) -> str:
    if line is None:
        return _("Cette ligne n’est pas sur la facture.")
    if cents and (cents < 0) != (line.net_cents < 0):
        return _("Ce montant est dans le mauvais sens : celui de la ligne est attendu.")
    if abs(cents) > abs(line.left_cents):
        return _("L’avoir peut aller jusqu’à {amount} sur cette ligne.").format(amount=euros(line.left_cents))
    return ""


def vat_taken(net_cents: int, rate_bp: int, *, net_left: int, vat_left: int) -> int:
    """The VAT of a credit note: what the rate makes of it, never more than is left, and all that is left at the end."""
    return vat_left if net_cents == net_left else min(vat_of(net_cents, rate_bp), vat_left)
