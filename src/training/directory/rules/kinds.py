"""What another kind of organisation, or another standing before the law, takes along of what is kept of it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.rules.billing_facts import PUBLIC_DAYS, BillingMoment, ChorusNeeds
from training.directory.rules.organisations import Buyer, OrganisationKind
from training.kernel.countries import HOME
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What is kept of an organisation that depends on what it is."""

    kind: OrganisationKind
    buyer: Buyer
    country: str
    siret: str | None
    payment_days: int | None
    billing_moment: BillingMoment
    chorus_needs: ChorusNeeds
    early_billing_reason: str | None
    online_payment_reason: str | None


def check_kind(known: KindFacts, kind: OrganisationKind, buyer: Buyer) -> None:
    """Invalid when it cannot be that; Conflict when nothing would change, or a person had a SIRET."""
    if buyer == Buyer.PUBLIC and known.country != HOME:
        words = _("Un organisme public étranger se facture comme une entreprise : Chorus Pro ne l’a pas.")
        raise Invalid(words, field="buyer")
    if (kind == OrganisationKind.PERSON) != (buyer == Buyer.PERSON):
        words = _("Un particulier l’est aussi pour la loi, et lui seul.")
        raise Invalid(words, field="buyer")
    if buyer == Buyer.PERSON and known.siret:
        raise Conflict(_("Un particulier n’a pas de SIRET : videz-le d’abord sur sa fiche."), field="kind")
    if (kind, buyer) == (known.kind, known.buyer):
        raise Conflict(_("C’est déjà ce qu’elle est."), field="kind")


def kind_changed(known: KindFacts, kind: OrganisationKind, buyer: Buyer) -> dict[str, object]:
    """What is written of an organisation that becomes that: the kind, and what could not stay beside it.

    A public buyer is paid within thirty days, and after the service; only it has something to do with Chorus Pro.
    """
    values: dict[str, object] = {"kind": kind, "buyer": buyer}
    if buyer == Buyer.PUBLIC:
        if known.payment_days is not None and known.payment_days > PUBLIC_DAYS:
            values["payment_days"] = PUBLIC_DAYS
        if known.billing_moment == BillingMoment.CONFIRMED and not known.early_billing_reason:
            values["billing_moment"] = BillingMoment.HELD  # décret 2012-1246 art. 33
    elif known.buyer == Buyer.PUBLIC:
        values |= {"chorus_needs": ChorusNeeds.NONE, "early_billing_reason": None, "online_payment_reason": None}
    return values
