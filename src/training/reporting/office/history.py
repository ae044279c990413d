"""What was done to a session, by whom and when: the line of its history, from the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import db
from training.kernel.actor import ActorKind
from training.kernel.i18n import N_, _
from training.kernel.render import moment
from training.reporting.office.edits import EditShown, edits_of, in_line
from training.reporting.timeline import TimelineStep

# What of a session's audit its page tells; what the house does by itself is not in it.
WORDS = {
    "session.plan": N_("Planifiée"),
    "session.publish": N_("Publiée"),
    "session.move": N_("Date ou lieu changés"),
    "session.edit": N_("Places, clôture ou note changées"),
    "session.renew-link": N_("Lien changé"),
    "session.hold": N_("Réalisée"),
    "session.undo-held": N_("« Réalisée » annulé"),
    "session.call-off": N_("Annulée"),
    "session.reinstate": N_("Rétablie"),
}
_STOPPED = "session.call-off"


@dataclass(frozen=True, slots=True)
class _Act:
    at: datetime
    action: str
    actor_kind: ActorKind
    name: str | None


async def history(session: int) -> list[TimelineStep]:
    """What was done to a session, the first act first, with what each edit changed from what to what."""
    edits: dict[datetime, list[EditShown]] = {}
    for edit in await edits_of("session", session):
        edits.setdefault(edit.at, []).append(edit)
    acts = await db.rows(
        _Act,
        """
        select a.at, a.action, a.actor_kind, c.name
        from audit a left join account c on a.actor_kind = 'user' and c.id = a.actor_id
        where a.subject_kind = 'session' and a.subject_id = $1 and a.action = any($2)
        order by a.at, a.id
        """,
        session,
        list(WORDS),
    )
    steps = [(act.at, _step(act, edits.pop(act.at, []))) for act in acts]
    apart = [(at, TimelineStep(in_line(edit), "done", moment(at), _by(edit.who))) for at in edits for edit in edits[at]]
    return [step for _at, step in sorted([*steps, *apart], key=lambda pair: pair[0])]


def _by(name: str) -> str | None:
    return _("par {name}").format(name=name) if name else None


def _step(act: _Act, edits: list[EditShown]) -> TimelineStep:
    state = "stopped" if act.action == _STOPPED else "done"
    program = _("par un logiciel relié") if act.actor_kind == "apikey" else None
    by = _("par {name}").format(name=act.name) if act.name else program
    return TimelineStep(
        _(WORDS[act.action]), state, moment(act.at), " · ".join(filter(None, [by, *map(in_line, edits)]))
    )
