"""What others edited while somebody typed, said in the form that was refused for it."""

from __future__ import annotations

from training.kernel.i18n import _
from training.kernel.render import moment
from training.reporting.office import edits
from training.reporting.office.edits import EditShown
from training.web.forms import Form


async def tell(form: object) -> None:
    """Say beside each field who changed it, and from what to what; nothing where nobody did.

    What was typed stays. A field that nobody had typed in follows the other's edit: sending again does not undo it.
    """
    if not isinstance(form, Form) or form.meanwhile is None:
        return
    refusal = form.meanwhile
    lead = _("Modifié par quelqu’un d’autre pendant que vous écriviez. Ce que vous avez tapé est gardé.")
    apart, met = [], {edit.field: edit for edit in refusal.edits}
    for shown in await edits.said(refusal.subject, refusal.edits):
        raw = met[shown.field]
        if raw.field not in form.values:
            apart.append(_("{field} : {sentence}").format(field=shown.name, sentence=_sentence(shown)))
            continue
        if form.values[raw.field] == (raw.old or ""):
            form.values[raw.field] = raw.new or ""
        form.errors.setdefault(raw.field, _sentence(shown))
    again = _("Vérifiez, puis envoyez de nouveau : c’est alors ce que vous voyez ici qui est enregistré.")
    form.errors = {"": " ".join([lead, *apart, again]), **{k: v for k, v in form.errors.items() if k}}


def _sentence(shown: EditShown) -> str:
    """As « Marie Duval l’a changé le 9 mars 2027 à 14 h 05, de « 20 » à « 25 ». »."""
    words = _("changé par {who} le {when}, de « {old} » à « {new} ».")
    empty = _("vide")
    return words.format(who=shown.who, when=moment(shown.at), old=shown.old or empty, new=shown.new or empty)
