"""Where an invitation is answered, by its mailed link: a GET shows, a POST answers, as often as one likes."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions.answers import answer as answer_invitation
from training.calendar.queries import invitations
from training.calendar.queries.invitations import Told
from training.calendar.rules import Answer, Role
from training.kernel import links, settings
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.scheduling import queries as scheduling
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, go, page

PURPOSE = "invitation"


@get("/lien/{token:str}/reponse", permission=PUBLIC)
async def asked(request: Asked, token: FromPath[str]) -> Template:
    """The date, and the answers; programs that open links in mails change nothing here."""
    return await _page(request, token, Form())


@post("/lien/{token:str}/reponse", permission=PUBLIC)
async def answered(request: Asked, token: FromPath[str]) -> Template | Redirect:
    """An answer; the last one counts."""
    note = await _invitation(token)
    form = await Form.of(request)
    wanted = form.choice("answer", Answer)
    if wanted is not None and form.good:
        with form.refusals():
            await answer_invitation(await _holder(note), note.id, wanted)
            return go(f"/lien/{token}/reponse", _("Merci, c’est noté."))
    return await _page(request, token, form)


async def _page(request: Asked, token: str, form: Form) -> Template:
    note = await _invitation(token)
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
        facilitates=person is not None and person.role is Role.FACILITATOR,
    )
    shown.headers.update({"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})
    return shown


async def _holder(note: Told) -> Actor:
    """Whoever holds the link of an invitation: may answer it, and nothing else."""
    person = await invitations.invitee(note.slot, note.email)
    things = [("invitation", note.id)]
    if person is not None and person.role is Role.FACILITATOR:
        things.append(("assignment", person.id))
    held = frozenset[str]({Permission.INVITATIONS_ANSWER})
    return Actor("link", note.id, PURPOSE, scope=Scope(links=dict.fromkeys(things, held)))


async def _invitation(token: str) -> Told:
    link = links.read(token, settings.current().secret_key)
    note = await invitations.invitation(link.subject) if link.purpose == PURPOSE else None
    if note is None or note.generation != link.generation:
        raise NotFound(_("Ce lien n’est plus valable. Connectez-vous pour retrouver la page, ou écrivez-nous."))
    return note


ROUTER = Router("/", route_handlers=[asked, answered])
