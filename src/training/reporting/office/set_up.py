"""The path of the first day: what a platform that starts empty has already, and what it may still do."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory.rules.set_up import SetUpStep, StepSaid, may_take
from training.kernel import addresses, db
from training.kernel.actor import Actor
from training.kernel.i18n import N_, _

S = SetUpStep
NEEDED = frozenset({S.IDENTITY, S.OFFERS, S.VENUES, S.SESSION})  # without them nobody can book


@dataclass(frozen=True, slots=True)
class _Words:
    """A step in words: what, why, and what its button says."""

    title: str
    why: str
    act: str


_WORDS: dict[SetUpStep, _Words] = {
    S.IDENTITY: _Words(
        N_("Qui tient ce site"),
        N_("Nom, adresse, SIRET, téléphone : pages, courriels et factures les portent. Sans eux, rien ne part."),
        N_("Dire qui vous êtes"),
    ),
    S.VAT: _Words(
        N_("Votre régime de TVA"),
        N_("Il décide de la mention portée par chaque facture. Une association non lucrative est souvent hors champ."),
        N_("Choisir le régime"),
    ),
    S.BANK: _Words(
        N_("Votre IBAN"),
        N_("Où les structures paient. Sans lui, aucune facture ne s’émet."),
        N_("Écrire l’IBAN"),
    ),
    S.NUMBERING: _Words(
        N_("La numérotation des factures"),
        N_("Elle se règle avant la première facture, puis ne change plus : surtout si vous facturez déjà ailleurs."),
        N_("Régler les numéros"),
    ),
    S.LOOKS: _Words(
        N_("Votre logo et votre couleur"),
        N_("Pour que vos structures vous reconnaissent, à l’écran et sur le papier."),
        N_("Donner une couleur"),
    ),
    S.MAIL: _Words(
        N_("Un courriel d’essai"),
        N_("Invitations, confirmations et factures partent par courriel : mieux vaut le savoir avant la première."),
        N_("Faire un essai"),
    ),
    S.COMMUNES: _Words(
        N_("Les communes"),
        N_("Chargées, elles se proposent d’elles-mêmes. Sinon, on écrit le nom et le code postal : rien n’est bloqué."),
        N_("Voir comment"),
    ),
    S.OFFERS: _Words(
        N_("Vos premiers ateliers"),
        N_("Partez d’un exemple et adaptez-le, ou écrivez le vôtre ; publié avec un tarif, il se réserve."),
        N_("Écrire un atelier"),
    ),
    S.VENUES: _Words(
        N_("Un lieu"),
        N_("Une salle, son adresse et la personne qui ouvre la porte : les invitations y mènent."),
        N_("Ajouter un lieu"),
    ),
    S.PEOPLE: _Words(
        N_("Les personnes qui animent"),
        N_("Les personnes de l’équipe et celles de vos partenaires : leurs dates leur arrivent par courriel."),
        N_("Ajouter une personne"),
    ),
    S.ORGANISATIONS: _Words(
        N_("Les structures que vous connaissez"),
        N_("Une par une, ou toutes d’un tableur. Elles peuvent aussi s’inscrire d’elles-mêmes."),
        N_("Ajouter des structures"),
    ),
    S.COLLEAGUES: _Words(
        N_("Vos collègues"),
        N_("Chaque personne entre par son propre courriel, avec son rôle. Sans collègue, l’étape peut attendre."),
        N_("Inviter quelqu’un"),
    ),
    S.SESSION: _Words(
        N_("Une première séance"),
        N_("Publiée, elle s’ouvre aux réservations : votre catalogue est en ligne."),
        N_("Planifier une séance"),
    ),
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What the data shows by itself, and what somebody said of the rest."""

    siret: bool
    iban: bool
    numbered: bool
    logo: bool
    mailed: bool
    communes: bool
    offers: bool
    venues: bool
    people: bool
    organisations: bool
    colleagues: bool
    sessions: bool
    done: tuple[str, ...]
    skipped: tuple[str, ...]

    def shows(self, step: SetUpStep) -> bool:
        """Whether it is done, as the data shows it."""
        seen = {
            S.IDENTITY: self.siret,
            S.BANK: self.iban,
            S.NUMBERING: self.numbered,
            S.LOOKS: self.logo,
            S.MAIL: self.mailed,
            S.COMMUNES: self.communes,
            S.OFFERS: self.offers,
            S.VENUES: self.venues,
            S.PEOPLE: self.people,
            S.ORGANISATIONS: self.organisations,
            S.COLLEAGUES: self.colleagues,
            S.SESSION: self.sessions,
        }
        return seen.get(step, False) or step in self.done


# Of what grows, the first row in order: by its index, however many there are.
_FOUND = """
    select (select siret is not null from platform) is true as siret,
           (select iban is not null from platform) is true as iban,
           (select true from ledger_entry order by id limit 1) is true as numbered,
           (select logo is not null from platform) is true as logo,
           (select true from mail where state = 'sent' order by id limit 1) is true as mailed,
           exists (select from commune where insee is not null) as communes,
           exists (select from offer where state = 'published') as offers,
           exists (select from venue) as venues,
           exists (select from facilitator) as people,
           (select true from organisation order by id limit 1) is true as organisations,
           (select count(distinct account) > 1 from membership
            where num_nonnulls(organisation, partner, facilitator) = 0) as colleagues,
           (select true from session where state <> 'draft' order by id limit 1) is true as sessions,
           array(select step from set_up where state = 'done') as done,
           array(select step from set_up where state = 'skipped') as skipped
"""


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with its words. `state` None: it waits for somebody."""

    number: int
    step: SetUpStep
    title: str
    why: str
    act: str
    href: str
    state: StepSaid | None


@dataclass(frozen=True, slots=True)
class OfficeSetUp:
    """The path as one person walks it: every step that is theirs."""

    steps: list[StepShown]

    @property
    def waiting(self) -> list[StepShown]:
        """Those that are neither done nor put off, in their order."""
        return [step for step in self.steps if step.state is None]

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return len(self.steps) - len(self.waiting)

    @property
    def lacking(self) -> int:
        """How many of those without which nobody can book are not done, put off or not."""
        return sum(step.step in NEEDED and step.state != StepSaid.DONE for step in self.steps)


async def set_up(actor: Actor) -> OfficeSetUp:
    """The steps that are this person's, in one statement."""
    found = await db.row(_Found, _FOUND)
    assert found is not None  # noqa: S101 - a select without from has a row
    mine = [step for step in SetUpStep if may_take(actor, step)]
    return OfficeSetUp([_shown(number, step, found) for number, step in enumerate(mine, 1)])


def _shown(number: int, step: SetUpStep, found: _Found) -> StepShown:
    words = _WORDS[step]
    state = StepSaid.DONE if found.shows(step) else StepSaid.SKIPPED if step in found.skipped else None
    return StepShown(number, step, _(words.title), _(words.why), _(words.act), HREF[step](), state)


HREF = {
    S.IDENTITY: addresses.office_first_identity,
    S.VAT: addresses.office_first_vat,
    S.BANK: addresses.office_first_bank,
    S.NUMBERING: addresses.office_series,
    S.LOOKS: addresses.office_first_looks,
    S.MAIL: addresses.office_first_mail,
    S.COMMUNES: addresses.office_communes,
    S.OFFERS: addresses.office_catalogue,
    S.VENUES: addresses.office_new_venue,
    S.PEOPLE: addresses.office_new_facilitator,
    S.ORGANISATIONS: addresses.office_new_organisation,
    S.COLLEAGUES: addresses.office_new_colleague,
    S.SESSION: addresses.office_new_session,
}
