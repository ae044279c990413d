"""Mails: what was written to whom, what it carried, what became of it; send it again."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.messages.actions.delivery import retry
from training.messages.rules import MailState
from training.reporting.office import mails as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, kept_file, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key
from training.web.security import FRAMED, FRAMING

P = Permission
PATH = "/gestion/courriels"


@get(PATH, permission=P.MAILS_SEE)
async def listing(request: Asked) -> Template:
    """Mails, the newest first, narrowed by state and words."""
    kept = {"etat": asked(request, "etat"), "q": asked(request, "q")}
    after, scope = row_key(asked(request, "apres")), the_actor(request).scope
    found = await reading.mails_page(scope, state=kept["etat"], search=kept["q"], after=after, limit=PER_PAGE)
    return await show(
        request,
        "mails",
        states=[state.value for state in MailState],
        state=kept["etat"],
        form=Form.filled(kept),
        narrowed=any(kept.values()),
        pager=pager(PATH, found.following, after is not None, **kept),
        **parts(found),
    )


@get(PATH + "/{mail:int}", permission=P.MAILS_SEE)
async def mail_page(request: Asked, mail: FromPath[int]) -> Template:
    """One mail, as its reader sees it, with what it carries and what the server said."""
    return await _one(request, mail, Form())


async def _one(request: Asked, mail: int, form: Form) -> Template:
    found = await reading.mail_page(the_actor(request), row(mail))
    shown = await show(request, "mail", form.status, form=form, **parts(found))
    shown.headers["Content-Security-Policy"] = FRAMING
    return shown


@get(PATH + "/{mail:int}/apercu", permission=P.MAILS_SEE)
async def body(request: Asked, mail: FromPath[int]) -> Response[str]:
    """The mail's HTML alone, for the frame: its links leave the frame, nothing in it runs."""
    view = await reading.mail(the_actor(request).scope, row(mail))
    html = view.html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": FRAMED})


@get(PATH + "/{mail:int}/invitation.ics", permission=P.MAILS_SEE)
async def invitation(request: Asked, mail: FromPath[int]) -> Response[bytes]:
    """The calendar part, as it was sent."""
    view = await reading.mail(the_actor(request).scope, row(mail))
    if view.calendar is None:
        raise NotFound(_("Ce courriel n’a pas d’invitation."))
    return file_response(view.calendar, "text/calendar", "invitation.ics")


@get(PATH + "/{mail:int}/fichiers/{file:int}", permission=P.MAILS_SEE)
async def attachment(request: Asked, mail: FromPath[int], file: FromPath[int]) -> Response[bytes]:
    """A file that went with the mail."""
    found = await reading.attachment(the_actor(request).scope, row(mail), row(file))
    return await kept_file(found.file, found.name, _("Ce fichier n’existe pas."))


@post(PATH + "/{mail:int}/renvoyer", permission=P.MAILS_RETRY)
async def send_again(request: Asked, mail: FromPath[int]) -> Template | Redirect:
    """Have a mail sent again."""
    form = Form()
    with form.refusals():
        await retry(the_actor(request), row(mail))
        return go(f"{PATH}/{mail}", _("Le courriel repart."))
    return await _one(request, mail, form)


HANDLERS = [listing, mail_page, body, invitation, attachment, send_again]
