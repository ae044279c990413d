"""What the reader of an invitation answers by its link. It is an intent: it never cancels a booking."""

from __future__ import annotations

from training.calendar.queries import invitations
from training.calendar.rules import Answer, InviteeRole
from training.calendar.tables import Invitation
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.assignments import answer_assignment


async def answer(actor: Actor, invitation: int, wanted: Answer) -> None:
    """Note an answer; the last one counts. A facilitator's is the assignment's own: a no frees the date.

    Conflict: the date was called off, or is no longer theirs.
    """
    async with acting(actor, "invitation.answer", ("invitation", invitation)) as change:
        actor.must(Permission.INVITATIONS_ANSWER, link=("invitation", invitation))
        change.about("invitation", invitation, "answer")
        note = await invitations.invitation(invitation)
        if note is None:
            raise NotFound(_("Cette invitation n’existe pas."))
        person = await invitations.invitee(note.slot, note.email)
        if person is None:
            raise Conflict(_("Cette date est annulée, ou ne vous concerne plus : il n’y a rien à répondre."))
        if person.role is InviteeRole.FACILITATOR:
            if wanted is Answer.TENTATIVE:
                raise Invalid(_("Répondez oui ou non : la séance a besoin de savoir."), field="answer")
            await answer_assignment(actor, person.id, accepts=wanted is Answer.ACCEPTED)
        await Invitation.update({Invitation.answer: wanted, Invitation.answered_at: clock.now()}).where(
            Invitation.id == invitation
        )
