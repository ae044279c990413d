"""What an organisation says of itself for its invoices, as forms ask it: at registration, before an invoice."""

from __future__ import annotations

from collections.abc import Collection

from training.directory.rules.billing_facts import OwnFacts
from training.directory.rules.numbers import check_buyer_vat_number, check_rna, check_siret
from training.kernel.i18n import N_, _
from training.web.forms import Form

ALL = frozenset(("siret", "rna", "taxable", "vat_number", "billing_address"))
TAXABLES = (("", N_("On ne sait pas encore")), ("1", N_("Oui")), ("0", N_("Non")))


def taxables() -> list[tuple[str, str]]:
    """The answers to « assujettie ? »."""
    return [(value, _(name)) for value, name in TAXABLES]


def read_own(form: Form, asked_for: Collection[str] = ALL) -> OwnFacts:
    """What a form says of it; what it does not ask is not said. Mistakes stay in the form."""

    def checks(name: str) -> str | None:
        check = {"siret": check_siret, "rna": check_rna, "vat_number": check_buyer_vat_number}[name]
        return form.checked(name, check) if name in asked_for else None

    return OwnFacts(
        siret=checks("siret"),
        rna=checks("rna"),
        taxable={"1": True, "0": False}.get(form.values.get("taxable", "")) if "taxable" in asked_for else None,
        vat_number=checks("vat_number"),
        billing_address=form.lines("billing_address", most=400, printed=True) if "billing_address" in asked_for else "",
    )
