"""Where an invitation is answered, by its mailed link: a GET shows, a POST answers, as often as one likes."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions.answers import answer as answer_invitation
from training.calendar.queries import invitations
from training.calendar.queries.invitations import LastSent
from training.calendar.rules import Answer, InviteeRole
from training.kernel.i18n import _
from training.scheduling import queries as scheduling
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, go, page
from training.web.portal.links import INVITATION, private


@get("/lien/{token:str}/reponse", permission=PUBLIC)
async def asked(request: Asked, token: FromPath[str]) -> Template:
    """The date, and the answers; programs that open links in mails change nothing here."""
    return await _page(request, token, (await INVITATION.open(token)).thing, Form())


@post("/lien/{token:str}/reponse", permission=PUBLIC)
async def answered(request: Asked, token: FromPath[str]) -> Template | Redirect:
    """An answer; the last one counts."""
    held = await INVITATION.open(token)
    form = await Form.of(request)
    wanted = form.choice("answer", Answer)
    if wanted is not None and form.good:
        with form.refusals():
            await answer_invitation(held.actor, held.thing.id, wanted)
            return go(f"/lien/{token}/reponse", _("Merci, c’est noté."))
    return await _page(request, token, held.thing, form)


async def _page(request: Asked, token: str, note: LastSent, form: Form) -> Template:
    slot = await scheduling.slot(note.slot)
    session = None if slot is None else await scheduling.session(slot.session)
    person = await invitations.invitee(note.slot, note.email)
    shown = await page(
        request,
        "portal/answer.html",
        form.status,
        form=form,
        token=token,
        slot=slot,
        session=session,
        note=note,
        expected=person is not None,
        facilitates=person is not None and person.role is InviteeRole.FACILITATOR,
    )
    return private(shown)


ROUTER = Router("/", route_handlers=[asked, answered])
