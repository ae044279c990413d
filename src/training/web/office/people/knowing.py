"""Somebody is chosen although something speaks against it: the form says so once, and goes on when it is sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from training.kernel.i18n import _
from training.reporting.office.people.credentials import Concern
from training.web.forms import Form

KNOWN = "sachant"  # the hidden field that says back what its page told


def goes_on(form: Form, concerns: Mapping[str, Sequence[Concern]]) -> bool:
    """Whether what speaks against the choices was told before; else it is said beside each. `concerns`: by field."""
    known = set(form.values.get(KNOWN, "").split())
    told = {concern.key for each in concerns.values() for concern in each}
    if told <= known:
        return True
    for field, each in concerns.items():
        words = [f"{concern.words}." for concern in each if concern.key not in known]
        if words:
            again = _("Pour choisir cette personne quand même, envoyez de nouveau.")
            form.errors.setdefault(field, " ".join([*dict.fromkeys(words), again]))
    form.values[KNOWN] = " ".join(sorted(known | told))
    form.refused = 409
    return False
