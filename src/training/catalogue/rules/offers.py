"""Offers: their kinds, states and moves; what is written of one, and what it lacks to be published. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import N_, _

TITLE_MOST, SUMMARY_MOST, DESCRIPTION_MOST, OBJECTIVES_MOST = 200, 400, 20_000, 4_000
AUDIENCE_MOST, THEME_MOST, LINES_MOST, ACCESSIBILITY_MOST, KEYWORDS_MOST = 400, 60, 2_000, 1_000, 400
MINUTES_MOST, GROUP_MOST = 60_000, 1_000  # a thousand hours; more people than any hall of ours
STEPS_MOST, STEP_TITLE_MOST, STEP_TEXT_MOST = 40, 200, 1_000
SLUG_MOST = 60

# What else is found under /gestion/catalogue: no offer is called so.
RESERVED = frozenset({"nouvelle", "exemples", "apercu"})


class OfferKind(StrEnum):
    """Only `vocational` is an action de formation (C. trav. art. L6313-2) with all its paper."""

    AWARENESS = "awareness"
    WORKSHOP = "workshop"
    VOCATIONAL = "vocational"


class OfferState(StrEnum):
    """Only published offers are seen."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


OFFER_KIND_NAMES: dict[OfferKind, str] = {
    OfferKind.AWARENESS: N_("Sensibilisation"),
    OfferKind.WORKSHOP: N_("Atelier"),
    OfferKind.VOCATIONAL: N_("Formation professionnelle"),
}


def kind_named(words: str) -> OfferKind | None:
    """The kind that somebody's own words say, in small letters without accents; None when they say none."""
    said = words.split()
    if "professionnelle" in said or "formation" in said:
        return OfferKind.VOCATIONAL
    if "sensibilisation" in said:
        return OfferKind.AWARENESS
    return OfferKind.WORKSHOP if "atelier" in said else None


# What comes back is read again before it is published.
MOVES: dict[OfferState, frozenset[OfferState]] = {
    OfferState.DRAFT: frozenset({OfferState.PUBLISHED, OfferState.ARCHIVED}),
    OfferState.PUBLISHED: frozenset({OfferState.ARCHIVED}),
    OfferState.ARCHIVED: frozenset({OfferState.DRAFT}),
}

_ALREADY = {
    OfferState.DRAFT: N_("Cette offre n’est pas archivée."),
    OfferState.PUBLISHED: N_("Cette offre ne se publie pas : elle l’est déjà, ou elle est archivée."),
    OfferState.ARCHIVED: N_("Cette offre est déjà archivée."),
}


def may_move(now: OfferState, wanted: OfferState) -> bool:
    """Whether an offer may go from one state to another."""
    return wanted in MOVES[now]


def check_move(now: OfferState, wanted: OfferState) -> None:
    """Conflict when it may not."""
    if not may_move(now, wanted):
        raise Conflict(_(_ALREADY[wanted]))


class OfferWithdrawn(Conflict):
    """Its sessions take no more bookings: it has left the catalogue, or never was in it."""

    slug = "offer-withdrawn"


class OfferMoved(NotFound):
    """No offer is at this address any more; the one that was is at another, to which readers are sent on."""

    def __init__(self, was: str, now: str) -> None:
        super().__init__(_("Cette offre a changé d’adresse."))
        self.was, self.now = was, now


def check_offered(state: OfferState, *, called: bool = False) -> None:
    """OfferWithdrawn unless the offer is in the catalogue. What was booked before stands.

    `called`: the team books for who calls, whatever the catalogue shows: the session is planned, and takes place.
    """
    if state != OfferState.PUBLISHED and not called:
        words = _("Cette séance ne prend plus de réservation : l’offre n’est pas au catalogue. Appelez-nous.")
        raise OfferWithdrawn(words)


def check_plans(state: OfferState) -> None:
    """Conflict when an offer takes no new session."""
    if state == OfferState.ARCHIVED:
        raise Conflict(_("Cette offre est archivée : elle ne prend plus de nouvelle séance."), field="offer")


@dataclass(frozen=True, slots=True)
class ProgrammeStep:
    """A part of a programme. `minutes` None: nobody said how long."""

    title: str
    minutes: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OfferFields:
    """What is written of an offer; a title is enough to begin. `slug` "" is made of the title.

    `description` is Markdown; `objectives`, `host_provides` and `equipment` (what the team brings) have one a line.
    """

    title: str
    slug: str = ""
    summary: str = ""
    description: str = ""
    objectives: str = ""
    steps: tuple[ProgrammeStep, ...] = ()
    audience: str = ""
    prerequisites: str = ""
    theme: str = ""
    kind: OfferKind = OfferKind.WORKSHOP
    duration_minutes: int = 120
    group_min: int = 1
    group_max: int = 12
    partner: int | None = None
    host_provides: str = ""
    equipment: str = ""
    accessibility: str = ""
    keywords: str = ""

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return _(OFFER_KIND_NAMES[self.kind])


_LENGTHS = {
    "summary": SUMMARY_MOST,
    "description": DESCRIPTION_MOST,
    "objectives": OBJECTIVES_MOST,
    "audience": AUDIENCE_MOST,
    "prerequisites": AUDIENCE_MOST,
    "theme": THEME_MOST,
    "host_provides": LINES_MOST,
    "equipment": LINES_MOST,
    "accessibility": ACCESSIBILITY_MOST,
    "keywords": KEYWORDS_MOST,
}


def check_fields(fields: OfferFields, state: OfferState = OfferState.DRAFT) -> None:
    """Invalid, with each field that cannot be: a step's are called `step-title-2`, as forms call them."""
    if errors := dict(_faults(fields, state)):
        raise Invalid(errors=errors)


def _faults(fields: OfferFields, state: OfferState) -> Iterator[tuple[str, str]]:
    if not 0 < len(fields.title.strip()) <= TITLE_MOST:
        yield "title", _("Écrivez de 1 à {most} caractères.").format(most=TITLE_MOST)
    for name, most in _LENGTHS.items():
        if len(getattr(fields, name)) > most:
            yield name, _("{most} caractères au plus.").format(most=most)
    if state == OfferState.PUBLISHED and not fields.summary.strip():
        yield "summary", _("Cette offre est publiée : elle ne peut pas rester sans résumé.")
    if not 0 < fields.duration_minutes <= MINUTES_MOST:
        yield "hours", _("Indiquez une durée d’au moins une minute.")
    if not 1 <= fields.group_min <= GROUP_MOST:
        yield "group_min", _("Indiquez de 1 à {most} personnes.").format(most=GROUP_MOST)
    if not fields.group_min <= fields.group_max <= GROUP_MOST:
        yield "group_max", _("Le groupe va du plus petit nombre au plus grand, {most} au plus.").format(most=GROUP_MOST)
    if len(fields.steps) > STEPS_MOST:
        yield "steps", _("{most} étapes au plus.").format(most=STEPS_MOST)
    for n, step in enumerate(fields.steps, 1):
        if not 0 < len(step.title) <= STEP_TITLE_MOST:
            yield f"step-title-{n}", _("Écrivez de 1 à {most} caractères.").format(most=STEP_TITLE_MOST)
        if step.minutes is not None and not 0 < step.minutes <= MINUTES_MOST:
            yield f"step-minutes-{n}", _("Indiquez un nombre de minutes, ou rien.")
        if len(step.text) > STEP_TEXT_MOST:
            yield f"step-text-{n}", _("{most} caractères au plus.").format(most=STEP_TEXT_MOST)


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def steps_as_text(steps: tuple[ProgrammeStep, ...]) -> str:
    """A programme as what is remembered of an edit says it: a step a line."""
    return "\n".join(
        " · ".join(filter(None, (step.title, f"{step.minutes} min" if step.minutes else "", step.text.strip())))
        for step in steps
    )


class Lack(StrEnum):
    """What an offer may lack."""

    SUMMARY = "summary"
    TARIFF = "tariff"
    DESCRIPTION = "description"
    OBJECTIVES = "objectives"
    PROGRAMME = "programme"
    AUDIENCE = "audience"
    THEME = "theme"
    HOST = "host"
    ACCESSIBILITY = "accessibility"
    KEYWORDS = "keywords"


NEEDED = frozenset({Lack.SUMMARY, Lack.TARIFF})  # nobody could choose it, or book it: the rest is advice

LACK_NAMES: dict[Lack, str] = {
    Lack.SUMMARY: N_("Un résumé"),
    Lack.TARIFF: N_("Un tarif"),
    Lack.DESCRIPTION: N_("Une présentation"),
    Lack.OBJECTIVES: N_("Ce que chacun saura faire"),
    Lack.PROGRAMME: N_("Le programme, étape par étape"),
    Lack.AUDIENCE: N_("Pour qui"),
    Lack.THEME: N_("Un thème"),
    Lack.HOST: N_("Ce que la structure d’accueil prévoit"),
    Lack.ACCESSIBILITY: N_("L’accessibilité"),
    Lack.KEYWORDS: N_("Des mots de recherche"),
}


def lacks(fields: OfferFields, *, has_tariff: bool, has_steps: bool) -> tuple[Lack, ...]:
    """What an offer lacks: first what publishing it needs."""
    there = {
        Lack.SUMMARY: fields.summary.strip(),
        Lack.TARIFF: has_tariff,
        Lack.DESCRIPTION: fields.description.strip(),
        Lack.OBJECTIVES: fields.objectives.strip(),
        Lack.PROGRAMME: has_steps,
        Lack.AUDIENCE: fields.audience.strip(),
        Lack.THEME: fields.theme.strip(),
        Lack.HOST: fields.host_provides.strip(),
        Lack.ACCESSIBILITY: fields.accessibility.strip(),
        Lack.KEYWORDS: fields.keywords.strip(),
    }
    return tuple(lack for lack in Lack if not there[lack])


def check_publish(lacking: tuple[Lack, ...]) -> None:
    """Invalid, naming everything that it cannot be published without."""
    if missing := [lack for lack in lacking if lack in NEEDED]:
        words = _("Avant de publier, il manque : {what}.")
        what = ", ".join(_(LACK_NAMES[lack])[0].lower() + _(LACK_NAMES[lack])[1:] for lack in missing)
        raise Invalid(words.format(what=what), field=missing[0])
