"""Papers that must be valid on the day of a session: which kinds there are, and which one lacks on a day. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import N_, _
from training.kernel.render import day_month

LABEL_MOST, NUMBER_MOST = 100, 60
FILE_MAX = 5_000_000  # bytes: a paper that was scanned
FILE_TYPES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class CredentialKind(StrEnum):
    """What a paper says. Insurance is of anybody; an agreement of a partner; the others of a person."""

    INSURANCE = "insurance"  # responsabilité civile professionnelle
    TEACHING = "teaching"  # autorisation d'enseigner (C. route L212-1): five years
    QUALIFICATION = "qualification"  # agrément, diploma: `label` says for what
    CARD = "card"  # carte professionnelle d'éducateur sportif (C. sport L212-11, R212-85): five years
    AGREEMENT = "agreement"  # convention with us
    OTHER = "other"


CREDENTIAL_KIND_NAMES: dict[CredentialKind, str] = {
    CredentialKind.INSURANCE: N_("Assurance"),
    CredentialKind.TEACHING: N_("Autorisation d’enseigner"),
    CredentialKind.QUALIFICATION: N_("Agrément ou qualification"),
    CredentialKind.CARD: N_("Carte professionnelle"),
    CredentialKind.AGREEMENT: N_("Convention"),
    CredentialKind.OTHER: N_("Autre papier"),
}
OF_PARTNERS = (CredentialKind.AGREEMENT, CredentialKind.INSURANCE, CredentialKind.QUALIFICATION, CredentialKind.OTHER)
OF_PEOPLE = tuple(kind for kind in CredentialKind if kind is not CredentialKind.AGREEMENT)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A paper as it is written down."""

    kind: CredentialKind
    label: str = ""
    number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


def check_credential(new: NewCredential, *, of_partner: bool) -> None:
    """Invalid unless its kind is one of such a holder's, it has a name, and its days are in order."""
    if new.kind not in (OF_PARTNERS if of_partner else OF_PEOPLE):
        raise Invalid(_("Choisissez une réponse."), field="kind")
    if new.kind is CredentialKind.OTHER and not new.label:
        raise Invalid(_("Dites comment s’appelle ce papier."), field="label")
    if new.valid_from and new.valid_until and new.valid_until < new.valid_from:
        raise Invalid(_("Ce papier finirait avant d’avoir commencé."), field="valid_until")


def check_file(content: bytes) -> str:
    """The media type of a paper's file. Invalid: it is none that a browser shows, or too large."""
    if len(content) > FILE_MAX:
        raise Invalid(_("Ce fichier dépasse 5 Mo : envoyez-en un plus léger."), field="file")
    for start, media_type in ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (_PNG, "image/png")):
        if content.startswith(start):
            return media_type
    raise Invalid(_("Choisissez un fichier PDF, JPEG ou PNG."), field="file")


_PNG = b"\x89PNG\r\n\x1a\n"


def check_open(archived: bool) -> None:
    """Conflict: it was archived, or renewed by another one."""
    if archived:
        raise Conflict(_("Ce papier est archivé : il ne change plus."))


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper that somebody holds. `open`: neither archived nor renewed; a renewed one counts until its last day."""

    id: int
    kind: CredentialKind
    label: str
    valid_from: date | None
    valid_until: date | None
    open: bool = True

    @property
    def name(self) -> str:
        """As people call it: "Assurance", "Agrément ou qualification (premiers secours)", or what was typed."""
        return credential_name(self.kind, self.label)


def credential_name(kind: CredentialKind, label: str) -> str:
    """What a paper is called."""
    if kind is CredentialKind.OTHER:
        return label
    return f"{_(CREDENTIAL_KIND_NAMES[kind])} ({label})" if label else _(CREDENTIAL_KIND_NAMES[kind])


def lapsed_on(papers: Iterable[HeldPaper], on: date) -> list[HeldPaper]:
    """What will not be valid on a day: of each paper that has a successor or none, the last one there is.

    A paper and those that renewed it are one: it lacks on a day that none of them covers.
    """
    chains: dict[tuple[CredentialKind, str], list[HeldPaper]] = {}
    for paper in papers:
        chains.setdefault((paper.kind, paper.label.casefold()), []).append(paper)
    return [
        max((p for p in chain if p.open), key=lambda p: (p.valid_until or date.max, p.id))
        for chain in chains.values()
        if any(p.open for p in chain) and not any(_covers(p, on) for p in chain)
    ]


def _covers(paper: HeldPaper, on: date) -> bool:
    return (paper.valid_from or date.min) <= on <= (paper.valid_until or date.max)


def lapsed_words(paper: HeldPaper, on: date) -> str:
    """As "Assurance : expirée depuis le 3 mars 2027", about a day that the paper does not cover."""
    if paper.valid_until is not None and paper.valid_until < on:
        return _("{name} : valable jusqu’au {day} seulement").format(name=paper.name, day=day_month(paper.valid_until))
    return _("{name} : valable à partir du {day} seulement").format(
        name=paper.name, day=day_month(paper.valid_from or on)
    )
