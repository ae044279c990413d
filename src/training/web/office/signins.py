"""Letting in who calls because no mail comes: the code of their own request, read out, and told to them by mail."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Template

from training.kernel.permissions import Permission
from training.messages.actions.signin import read_out
from training.reporting.office.signins import signins_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, parts, the_actor
from training.web.parameters import row

P = Permission
PATH = "/gestion/connexions"


@get(PATH, permission=P.COLLEAGUES_MANAGE)
async def listing(request: Asked) -> Template:
    """Who waits for a mail that does not leave."""
    return await _page(request, Form())


async def _page(request: Asked, form: Form, code: str | None = None, given: int | None = None) -> Template:
    found = await signins_page()
    status = 201 if code else form.status
    return await show(request, "signins", status, form=form, code=code, given=given, **parts(found))


@post(PATH + "/{asked:int}", permission=P.COLLEAGUES_MANAGE)
async def give(request: Asked, asked: FromPath[int]) -> Template:
    """A code for one of them. The answer is the page itself: it is the only one that will ever show it."""
    form = Form()
    with form.refusals():
        return await _page(request, Form(), await read_out(the_actor(request), row(asked)), asked)
    return await _page(request, form)


HANDLERS = [listing, give]
