"""What organisations that asked to be let in were answered: who, when, with which words; answers taken back too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.kernel.actor import ActorKind
from training.kernel.i18n import _
from training.kernel.render import moment
from training.reporting.office.who import names_of


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One answer, as people read it. `reason`: the words that the organisation was written."""

    at: datetime
    who: str
    answer: str
    reason: str | None

    @property
    def said(self) -> str:
        """As « Refusée le 9 mars 2027 à 14 h 05, Marie Duval : « hors du territoire » »."""
        words = _("{answer} le {when}").format(answer=self.answer, when=moment(self.at))
        words = f"{words}, {self.who}" if self.who else words
        return _("{words} : « {reason} »").format(words=words, reason=self.reason) if self.reason else words


@dataclass(frozen=True, slots=True)
class _Given:
    organisation: int
    state: str
    at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    reason: str | None
    see: str | None


_GIVEN = """
    select subject_id as organisation, 'approved' as state, at, actor_kind, actor_id, null as reason, null as see
    from audit where subject_kind = 'organisation' and subject_id = any($1) and action = 'organisation.approve'
    union all
    select e.organisation, e.state, e.ended_at, e.actor_kind, e.actor_id, e.reason, s.name
    from organisation_ending e left join organisation s on s.id = e.see where e.organisation = any($1)
    order by at desc
"""


async def answers_of(organisations: Sequence[int]) -> dict[int, list[AnswerGiven]]:
    """By organisation, the last first; of none, nothing is read."""
    found: dict[int, list[AnswerGiven]] = {id_: [] for id_ in organisations}
    rows = await db.rows(_Given, _GIVEN, list(found)) if found else []
    who = await names_of({(row.actor_kind, row.actor_id) for row in rows}) if rows else {}
    for row in rows:
        name = who.get((row.actor_kind, row.actor_id), "")
        found[row.organisation].append(AnswerGiven(row.at, name, _answer(row), row.reason))
    return found


def _answer(row: _Given) -> str:
    if row.see:
        return _("Réunie avec « {name} »").format(name=row.see)
    return {"approved": _("Validée"), "refused": _("Refusée"), "archived": _("Archivée")}[row.state]
