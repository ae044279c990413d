"""The steps by which a platform that starts empty comes to work. No I/O."""

from __future__ import annotations

from enum import StrEnum

from training.kernel.actor import Actor
from training.kernel.permissions import Permission

P = Permission


class SetUpStep(StrEnum):
    """What somebody does on the first day, in the order in which it helps."""

    IDENTITY = "identity"
    VAT = "vat"
    BANK = "bank"
    NUMBERING = "numbering"
    LOOKS = "looks"
    MAIL = "mail"
    COMMUNES = "communes"
    OFFERS = "offers"
    VENUES = "venues"
    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    COLLEAGUES = "colleagues"
    SESSION = "session"


class StepSaid(StrEnum):
    """What somebody said of a step; what the data shows by itself needs no saying."""

    DONE = "done"
    SKIPPED = "skipped"


WHO_TAKES: dict[SetUpStep, Permission] = {
    SetUpStep.IDENTITY: P.PLATFORM_EDIT,
    SetUpStep.VAT: P.PLATFORM_EDIT,
    SetUpStep.BANK: P.PLATFORM_EDIT,
    SetUpStep.NUMBERING: P.PLATFORM_EDIT,
    SetUpStep.LOOKS: P.PLATFORM_EDIT,
    SetUpStep.MAIL: P.PLATFORM_EDIT,
    SetUpStep.COMMUNES: P.SESSIONS_PLAN,
    SetUpStep.OFFERS: P.CATALOGUE_EDIT,
    SetUpStep.VENUES: P.SESSIONS_PLAN,
    SetUpStep.PEOPLE: P.SESSIONS_PLAN,
    SetUpStep.ORGANISATIONS: P.BOOKINGS_MAKE,
    SetUpStep.COLLEAGUES: P.PLATFORM_EDIT,
    SetUpStep.SESSION: P.SESSIONS_PLAN,
}


def check_takes(actor: Actor, step: SetUpStep) -> None:
    """Forbidden unless a step is this person's."""
    actor.must(WHO_TAKES[step])


def may_take(actor: Actor, step: SetUpStep) -> bool:
    """Whether a step is this person's: who may not do it is not asked to."""
    return actor.may(WHO_TAKES[step])
