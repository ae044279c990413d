"""The buyer's own numbers on a paper, and what it is about: as long as Chorus Pro takes them. No I/O."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from training.directory.rules import CONTRACT_MAX, ENGAGEMENT_MAX, SERVICE_CODE_MAX
from training.kernel.errors import Invalid
from training.kernel.i18n import _

SUBJECT_MAX = 200
_LONGEST = {"purchase_order": ENGAGEMENT_MAX, "service_code": SERVICE_CODE_MAX, "contract_reference": CONTRACT_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a buyer wants to read on its invoice, as somebody gives it: trimmed; empty is None.

    Invalid, field by field: longer than Chorus Pro takes it, or what does not print.
    """

    purchase_order: str | None = None  # BT-13: numéro d'engagement
    service_code: str | None = None  # BT-10: code service exécutant
    contract_reference: str | None = None  # BT-12: numéro de marché

    def __post_init__(self) -> None:
        errors = {}
        for name, most in _LONGEST.items():
            text = (getattr(self, name) or "").strip()
            object.__setattr__(self, name, text or None)
            if wrong := _wrong(text, most):
                errors[name] = wrong
        if errors:
            raise Invalid(errors)

    def __bool__(self) -> bool:
        """Whether any was given."""
        return bool(self.given)

    @property
    def given(self) -> dict[str, str]:
        """Those that were given, by name."""
        return {name: text for name, text in asdict(self).items() if text}


def check_subject(text: str) -> None:
    """Invalid: longer than a paper's subject may be, or what does not print."""
    if wrong := _wrong(text, SUBJECT_MAX):
        raise Invalid(wrong, field="subject")


def _wrong(text: str, most: int) -> str | None:
    if len(text) > most:
        return _("{n} caractères au plus.").format(n=most)
    return None if text.isprintable() else _("Ce texte contient un caractère qui ne s’imprime pas.")


NO_REFERENCES = References()
