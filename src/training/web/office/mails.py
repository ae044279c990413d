"""Mails: what was written to whom, what it carried, what became of it; send it again."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.messages import queries as mails
from training.messages.actions.delivery import retry
from training.messages.queries import MailView
from training.messages.rules import MailState
from training.reporting.office.mails import read_calendar
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, kept_file, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row, row_key
from training.web.security import FRAMED, FRAMING

P = Permission
PATH = "/gestion/courriels"


@get(PATH, permission=P.MAILS_SEE)
async def listing(request: Asked) -> Template:
    """Mails, the newest first, narrowed by state and words."""
    kept = {"etat": asked(request, "etat"), "q": asked(request, "q")}
    after = row_key(asked(request, "apres"))
    found = await mails.mails(state=kept["etat"], search=kept["q"], after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    counts = await mails.unsent()
    return await show(
        request,
        "mails",
        mails=shown,
        counts=counts,
        states=[state.value for state in MailState],
        state=kept["etat"],
        form=Form.filled(kept),
        narrowed=any(kept.values()),
        pager=pager(PATH, str(shown[-1].id) if len(found) > PER_PAGE else None, after is not None, **kept),
    )


@get(PATH + "/{mail:int}", permission=P.MAILS_SEE)
async def mail_page(request: Asked, mail: FromPath[int]) -> Template:
    """One mail, as its reader sees it, with what it carries and what the server said."""
    return await _one(request, mail, Form())


async def _one(request: Asked, mail: int, form: Form) -> Template:
    view = await _mail(mail)
    shown = await show(
        request,
        "mail",
        form.status,
        mail=view,
        files=await mails.files(view.id),
        event=read_calendar(view.calendar) if view.calendar else None,
        may_retry=view.state != MailState.QUEUED and the_actor(request).may(P.MAILS_RETRY),
        form=form,
    )
    shown.headers["Content-Security-Policy"] = FRAMING
    return shown


@get(PATH + "/{mail:int}/apercu", permission=P.MAILS_SEE)
async def body(mail: FromPath[int]) -> Response[str]:
    """The mail's HTML alone, for the frame: its links leave the frame, nothing in it runs."""
    view = await _mail(mail)
    html = view.html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": FRAMED})


@get(PATH + "/{mail:int}/invitation.ics", permission=P.MAILS_SEE)
async def invitation(mail: FromPath[int]) -> Response[bytes]:
    """The calendar part, as it was sent."""
    view = await _mail(mail)
    if view.calendar is None:
        raise NotFound(_("Ce courriel n’a pas d’invitation."))
    return file_response(view.calendar, "text/calendar", "invitation.ics")


@get(PATH + "/{mail:int}/fichiers/{file:int}", permission=P.MAILS_SEE)
async def attachment(mail: FromPath[int], file: FromPath[int]) -> Response[bytes]:
    """A file that went with the mail."""
    found = next((f for f in await mails.files(row(mail)) if f.file == file), None)
    return await kept_file(found.file if found else None, found.name if found else "", _("Ce fichier n’existe pas."))


@post(PATH + "/{mail:int}/renvoyer", permission=P.MAILS_RETRY)
async def send_again(request: Asked, mail: FromPath[int]) -> Template | Redirect:
    """Have a mail sent again."""
    view = await _mail(mail)
    form = Form()
    with form.refusals():
        await retry(the_actor(request), view.id)
        return go(f"{PATH}/{view.id}", _("Le courriel repart."))
    return await _one(request, mail, form)


async def _mail(mail: int) -> MailView:
    view = await mails.mail(row(mail))
    if view is None:
        raise NotFound(_("Ce courriel n’existe pas."))
    return view


HANDLERS = [listing, mail_page, body, invitation, attachment, send_again]
