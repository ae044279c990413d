"""Examples of the library become drafts of the catalogue."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from training.catalogue.actions.looks import edit_theme
from training.catalogue.actions.offers import NewOffer, add_offer
from training.catalogue.formats.examples import OfferExample, examples
from training.catalogue.rules.looks import ThemeShown
from training.catalogue.rules.offers import OfferFields
from training.catalogue.tables import Theme
from training.kernel.actor import Actor
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


async def adopt_examples(actor: Actor, names: Sequence[str]) -> list[int]:
    """A draft of each, to be adapted; a theme that is new looks as the library shows it. Invalid: none was chosen."""
    async with acting(actor, "offer.adopt-examples") as change:
        actor.must(Permission.CATALOGUE_EDIT)
        known = examples()
        if not names:
            raise Invalid(_("Choisissez un exemple au moins."), field="examples")
        if not set(names) <= known.keys():
            raise NotFound(_("Cet exemple n’existe pas."))
        made = [await _adopt(actor, known[name]) for name in dict.fromkeys(names)]
        change.about("offer", made[0])
    return made


async def _adopt(actor: Actor, example: OfferExample) -> int:
    look = example.look
    new_theme = not await Theme.exists().where(Theme.text == look.theme)
    written = {field.name: getattr(example.fields, field.name) for field in dataclasses.fields(OfferFields)}
    offer = await add_offer(actor, NewOffer(**written, motif=look.motif))
    if new_theme:
        theme = await Theme.select(Theme.id, Theme.position).where(Theme.text == look.theme).first()
        assert theme is not None  # noqa: S101 - a trigger makes it
        await edit_theme(actor, theme["id"], ThemeShown(look.name, look.paper, look.motif, "", theme["position"]))
    return offer
