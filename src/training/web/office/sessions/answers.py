"""What somebody who is invited said on the telephone: their answer, noted by the team."""

from __future__ import annotations

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from training.calendar.actions.answers import answer
from training.calendar.rules import Answer
from training.identity.rules import safe_path
from training.kernel.errors import DomainError, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.web.forms import Form
from training.web.pages import Asked, go, the_actor
from training.web.parameters import row

P = Permission


@post("/gestion/seances/{session:int}/reponses/{invitation:int}", permission=P.INVITATIONS_ANSWER)
async def say(request: Asked, session: FromPath[int], invitation: FromPath[int]) -> Redirect:
    """An answer for somebody; the last one counts, theirs or ours."""
    form = await Form.of(request)
    wanted = form.choice("answer", Answer)
    back = safe_path(form.values.get("suite", "")) or f"/gestion/seances/{row(session)}"
    if wanted is None:
        return go(back, _("Choisissez une réponse."), "attention")
    try:
        await answer(the_actor(request), row(invitation), wanted)
    except NotFound:
        raise
    except DomainError as refused:
        return go(back, refused.detail, "danger")
    return go(f"{back}#reponses", _("Réponse notée."))


HANDLERS = [say]
