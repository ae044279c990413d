"""How an offer is shown: the paper and the drawing of its theme, or a picture of its own. No I/O."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from training.catalogue.rules.offers import OfferState
from training.kernel.actor import Actor
from training.kernel.errors import Invalid
from training.kernel.i18n import N_, _
from training.kernel.motifs.art import MOTIFS
from training.kernel.palette import PAPERS
from training.kernel.permissions import Permission

NAME_MOST, KEYWORDS_MOST, POSITION_MOST = 60, 400, 999  # the columns' widths; more themes than anybody reads

PAPER_NAMES = {
    "vert": N_("Vert"),
    "bleu": N_("Bleu"),
    "or": N_("Or"),
    "rose": N_("Rose"),
    "chamois": N_("Chamois"),
    "saumon": N_("Saumon"),
    "lilas": N_("Lilas"),
    "tilleul": N_("Tilleul"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """`theme` is the text that offers bear, `name` what people read; `picture` is the address of an uploaded picture:
    it takes the drawing's place, never the paper's, and `alt` says what it shows.
    """

    theme: str
    name: str
    paper: str
    motif: str
    picture: str | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class ThemeShown:
    """What staff choose for a theme. `keywords`: what else people may look for its offers by."""

    name: str
    paper: str
    motif: str
    keywords: str
    position: int


def check_shown(shown: ThemeShown) -> None:
    """Invalid, with its field: no name, too long, or what is not there to choose."""
    if not 0 < len(shown.name) <= NAME_MOST:
        raise Invalid(_("Écrivez de 1 à {most} caractères.").format(most=NAME_MOST), field="name")
    if len(shown.keywords) > KEYWORDS_MOST:
        raise Invalid(_("{most} caractères au plus.").format(most=KEYWORDS_MOST), field="keywords")
    if not 1 <= shown.position <= POSITION_MOST:
        raise Invalid(_("Un rang va de 1 à {most}.").format(most=POSITION_MOST), field="position")
    if shown.paper not in PAPERS:
        raise Invalid(_("Choisissez un papier."), field="paper")
    check_motif(shown.motif)


def check_motif(motif: str) -> None:
    """Invalid when there is no such drawing."""
    if motif not in MOTIFS:
        raise Invalid(_("Choisissez un dessin."), field="motif")


def default_look(theme: str) -> Look:
    """Of a theme for which nobody chose: the same for ever, and as the database makes it (`theme_of_offer`, m0038)."""
    first, second = hashlib.sha256(theme.encode()).digest()[:2]
    return Look(theme, theme, tuple(PAPERS)[first % len(PAPERS)], tuple(MOTIFS)[second % len(MOTIFS)])


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What is said of a picture: what it shows, who agreed to be seen on it, when, and where that is kept."""

    alt: str
    agreed_by: str
    agreed_on: date
    agreement: str


def check_picture_words(words: PictureWords, today: date) -> None:
    """Invalid unless everything is said: people on a photograph have agreed first (C. civ. art. 9, RGPD art. 6)."""
    most = {"alt": 200, "agreed_by": 400, "agreement": 200}
    errors = {
        name: _("Écrivez de 1 à {most} caractères.").format(most=longest)
        for name, longest in most.items()
        if not 0 < len(getattr(words, name)) <= longest
    }
    if words.agreed_on > today:
        errors["agreed_on"] = _("Cette date n’est pas encore passée.")
    if errors:
        raise Invalid(errors=errors)


def may_see_picture(actor: Actor | None, state: OfferState) -> bool:
    """Whether somebody sees an offer's picture: everybody, once it was published; before, who edits the catalogue."""
    return state != OfferState.DRAFT or (actor is not None and actor.may(Permission.CATALOGUE_EDIT))
