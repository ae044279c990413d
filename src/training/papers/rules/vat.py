"""The VAT regimes a platform may be under: category, code and words of each. Which one applies, an accountant says.

Nothing here infers a regime: it is a setting of the seller, overridable per offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from training.directory.rules.billing_facts import VatAbroad

STANDARD_RATE_BP = 2_000  # CGI art. 278


class VatRegime(StrEnum):
    """Under which law the seller charges VAT, or does not."""

    OUT_OF_SCOPE = "out_of_scope"
    FRANCHISE_293B = "franchise_293b"
    VOCATIONAL_261_4_4A = "vocational_261_4_4a"
    SOCIAL_261_7_1 = "social_261_7_1"
    NORMAL = "normal"
    # of a buyer abroad, never the seller's own
    REVERSE_CHARGE = "reverse_charge"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """How one amount is taxed: EN 16931 BG-23 without its amounts."""

    category: str  # BT-118, BT-151 (UNTDID 5305)
    rate_bp: int | None  # BT-119, BT-152, in basis points; none outside VAT (BR-O-05)
    exemption_code: str | None = None  # BT-121 (VATEX)
    exemption_reason: str | None = None  # BT-120, and the mention on paper


@dataclass(frozen=True, slots=True)
class RegimeTerms:
    """What a regime prints and transmits."""

    treatment: VatTreatment
    mention: str | None  # the sentence the law wants on the invoice
    in_total: str | None  # said beside "TVA" in the totals, where there is no amount

    @property
    def charges_vat(self) -> bool:
        """Whether an amount of VAT is added: in the normal regime only."""
        return self.treatment.category == "S"

    @property
    def needs_vat_number(self) -> bool:
        """Whether the seller must have a VAT number (EN 16931 BR-S-02, BR-AE-02; CGI art. 286 ter)."""
        return self.treatment.category in ("S", "AE")

    @property
    def shows_vat_numbers(self) -> bool:
        """An invoice outside VAT carries no VAT number of anybody (EN 16931 BR-O-02)."""
        return self.treatment.category != "O"


def _terms(category: str, code: str, mention: str, in_total: str) -> RegimeTerms:
    rate = None if category == "O" else 0
    return RegimeTerms(VatTreatment(category, rate, code, mention), mention, in_total)


REGIMES = MappingProxyType(
    {
        # CGI art. 256 and 256 A: the seller is not a taxable person (non-profit, disinterested management)
        VatRegime.OUT_OF_SCOPE: _terms(
            "O",
            "VATEX-EU-O",
            "Opération hors du champ d’application de la TVA (art. 256 et 256 A du CGI).",
            "hors champ",
        ),
        # CGI art. 293 B; the mention is that of art. 293 E
        VatRegime.FRANCHISE_293B: _terms(
            "E", "VATEX-FR-FRANCHISE", "TVA non applicable, art. 293 B du CGI.", "non applicable"
        ),
        # CGI art. 261, 4-4° a: vocational training under an attestation 3511-SD
        VatRegime.VOCATIONAL_261_4_4A: _terms(
            "E", "VATEX-FR-CGI261-4", "Exonération de TVA, art. 261-4-4° a du CGI.", "exonérée"
        ),
        # CGI art. 261, 7-1°: social and educational services of a non-profit body to its members
        VatRegime.SOCIAL_261_7_1: _terms(
            "E", "VATEX-FR-CGI261-7", "Exonération de TVA, art. 261-7-1° du CGI.", "exonérée"
        ),
        # CGI art. 256, 278
        VatRegime.NORMAL: RegimeTerms(VatTreatment("S", STANDARD_RATE_BP), None, None),
        # CGI art. 259-1°, 283-2; ann. II art. 242 nonies A, I-13°: the very word
        VatRegime.REVERSE_CHARGE: _terms(
            "AE",
            "VATEX-EU-AE",
            "Autoliquidation : TVA due par le preneur (art. 283-2 du CGI, art. 196 de la directive 2006/112/CE).",
            "autoliquidation",
        ),
        # CGI art. 259-1°, 259 B
        VatRegime.OUTSIDE: _terms("O", "VATEX-EU-O", "TVA non applicable, art. 259-1° du CGI.", "non applicable"),
    }
)

# What a seller may be under; the others follow from where a buyer is.
OWN_REGIMES = tuple(r for r in VatRegime if r not in (VatRegime.REVERSE_CHARGE, VatRegime.OUTSIDE))
_ABROAD = {VatAbroad.REVERSE_CHARGE: VatRegime.REVERSE_CHARGE, VatAbroad.OUTSIDE: VatRegime.OUTSIDE}


def regime_abroad(chosen: VatAbroad | None) -> VatRegime | None:
    """The regime that the accountant chose for a buyer abroad; None: the seller's own, as for anybody."""
    return None if chosen is None else _ABROAD.get(chosen)


def treatment(regime: VatRegime, rate_bp: int = STANDARD_RATE_BP) -> VatTreatment:
    """How an amount is taxed under `regime`; `rate_bp` counts in the normal regime only."""
    terms = REGIMES[regime]
    return VatTreatment("S", rate_bp) if terms.charges_vat else terms.treatment
