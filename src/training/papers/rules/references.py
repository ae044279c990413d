"""The buyer's own numbers on a paper, and what it is about: as long as Chorus Pro takes them. No I/O."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from training.directory.rules.billing_facts import CONTRACT_MAX, ENGAGEMENT_MAX, SERVICE_CODE_MAX, ChorusNeeds
from training.kernel.characters import hidden, hidden_said, unprinted, unprinted_said
from training.kernel.errors import Invalid
from training.kernel.i18n import _

SUBJECT_MAX = 200
LONGEST = {"purchase_order": ENGAGEMENT_MAX, "service_code": SERVICE_CODE_MAX, "contract_reference": CONTRACT_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a buyer wants to read on its invoice: trimmed; empty is None. Rows that were written before may be odd."""

    purchase_order: str | None = None  # BT-13: numéro d'engagement
    service_code: str | None = None  # BT-10: code service exécutant
    contract_reference: str | None = None  # BT-12: numéro de marché

    def __post_init__(self) -> None:
        for name in LONGEST:
            object.__setattr__(self, name, (getattr(self, name) or "").strip() or None)

    def __bool__(self) -> bool:
        """Whether any was given."""
        return bool(self.given)

    @property
    def given(self) -> dict[str, str]:
        """Those that were given, by name."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def ordered(self) -> dict[str, Any]:
        """Engagement and service, by name: all that a booking, a share or a deposit knows; one of each an invoice."""
        return {"purchase_order": self.purchase_order, "service_code": self.service_code}

    def over(self, other: References) -> References:
        """These, and the other's where one is not given."""
        return References(**{name: getattr(self, name) or getattr(other, name) for name in LONGEST})


NO_REFERENCES = References()


def check_references(references: References) -> None:
    """Invalid, field by field: longer than Chorus Pro takes it, or what does not print."""
    if errors := faults(references):
        raise Invalid(errors)


def faults(references: References) -> dict[str, str]:
    """What is wrong with them, by name."""
    found = {name: _wrong(text, LONGEST[name]) for name, text in references.given.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def check_subject(text: str) -> None:
    """Invalid: longer than a paper's subject may be, or what does not print."""
    if wrong := _wrong(text, SUBJECT_MAX):
        raise Invalid(wrong, field="subject")


def _wrong(text: str, most: int) -> str | None:
    if len(text) > most:
        return _("{n} caractères au plus.").format(n=most)
    if character := next((c for c in text if c in "\t\n"), "") or hidden(text):
        return hidden_said(character)  # one line, as Chorus Pro takes it
    if character := unprinted(text):
        return unprinted_said(character)
    return None


def chorus_lacking(needs: ChorusNeeds, references: References, engagement_required: bool = False) -> dict[str, str]:
    """What a public buyer still has to say before it can be invoiced: field → sentence; empty when nothing.

    `engagement_required`: the directory says it of the chosen service, whatever the buyer says of itself.
    """
    service, engagement = references.service_code, references.purchase_order
    if needs == ChorusNeeds.EITHER and not service and not engagement and not engagement_required:
        return {"purchase_order": _("Il manque le code service ou le numéro d’engagement : l’un des deux suffit.")}
    wants_engagement = needs in (ChorusNeeds.ENGAGEMENT, ChorusNeeds.BOTH) or engagement_required
    lacking = {}
    if needs in (ChorusNeeds.SERVICE, ChorusNeeds.BOTH) and not service:
        lacking["service_code"] = _("Il manque le code service.")
    if wants_engagement and not engagement:
        lacking["purchase_order"] = _("Il manque le numéro d’engagement.")
    return lacking
