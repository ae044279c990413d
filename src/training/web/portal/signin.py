"""Coming in and going out: an address, then a mailed link or six digits. A link's GET shows and consumes nothing."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.identity import queries as identity
from training.identity.actions import signin
from training.identity.actions.signin import SignedIn
from training.identity.rules import REQUEST_LIFE, network_of, safe_path
from training.kernel import settings
from training.kernel.errors import DomainError, NotFound
from training.kernel.i18n import _
from training.kernel.links import digest
from training.kernel.permissions import Permission
from training.messages import queries as mails
from training.messages.rules import Fate
from training.web.auth import PUBLIC, client_address, cookie_name, forgotten_cookie, signin_cookie
from training.web.forms import Form
from training.web.pages import Asked, actor_of, go, page
from training.web.parameters import address
from training.web.portal.sought import sought

PROOF = "signin-request"  # the cookie of the browser that asked: six digits are worth something in it alone
Page = Template | Redirect


@get("/connexion", permission=PUBLIC)
async def ask(request: Asked) -> Page:
    """One question: which address. Whoever is in already goes on."""
    following = safe_path(request.query_params.get("suite", ""))
    actor = actor_of(request)
    if actor is not None:
        return go(following or "/espace")
    return await _ask_page(request, Form.filled({"suite": following}))


@post("/connexion", permission=PUBLIC, status_code=200)
async def send(request: Asked) -> Page:
    """Have the mail sent. Known and unknown addresses get the same answer."""
    form = await Form.of(request)
    email = form.email("email")
    if not form.good:
        return await _ask_page(request, form, 422)
    try:
        proof = await signin.request(
            email,
            network=network_of(client_address(request)),
            next_path=form.values.get("suite", ""),
            browser=request.cookies.get(cookie_name(PROOF), ""),
        )
    except DomainError as refusal:
        form.refuse(refusal, field="email")
        return await _ask_page(request, form, refusal.status)
    return go("/connexion/code", cookies=[_proof_cookie(proof)])


@get("/connexion/code", permission=PUBLIC)
async def code(request: Asked) -> Page:
    """Open the link of the mail, or type its six digits here."""
    if cookie_name(PROOF) not in request.cookies:
        return go("/connexion")
    return await _code_page(request, Form())


@post("/connexion/code", permission=PUBLIC, status_code=200)
async def enter_by_code(request: Asked) -> Page:
    """Six digits, five tries, in the browser that asked."""
    form = await Form.of(request)
    typed = form.text("code", required=True, most=20)
    if not form.good:
        return await _code_page(request, form, 422)
    try:
        entered = await signin.by_code(
            request.cookies.get(cookie_name(PROOF), ""),
            typed,
            secret_key=settings.current().secret_key,
            program=_program(request),
            previous=request.cookies.get(cookie_name("signin")),
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return await _code_page(request, form, refusal.status)
    return await _in(entered)


@get("/connexion/lien/{token:str}", permission=PUBLIC)
async def link(request: Asked, token: FromPath[str]) -> Template:
    """Whom the link is for, and one button. Programs that open the links of mails stop here."""
    try:
        email = await signin.peek(token)
    except NotFound as refusal:
        return await _no_good(request, refusal, token)
    about = await sought(None, await identity.following_link(token))
    return await page(request, "portal/signin_link.html", email=email, about=about)


@post("/connexion/lien/{token:str}", permission=PUBLIC, status_code=200)
async def enter_by_link(request: Asked, token: FromPath[str]) -> Page:
    """Use the link, once."""
    try:
        entered = await signin.by_link(
            token, program=_program(request), previous=request.cookies.get(cookie_name("signin"))
        )
    except NotFound as refusal:
        return await _no_good(request, refusal, token)
    return await _in(entered)


@post("/deconnexion", permission=PUBLIC, status_code=200)
async def leave(request: Asked) -> Response[Any]:
    """End this browser's session."""
    token = request.cookies.get(cookie_name("signin"))
    if token:
        await signin.sign_out(token)
    return go("/", _("Vous êtes déconnecté."), cookies=[forgotten_cookie("signin")])


async def _in(entered: SignedIn) -> Redirect:
    cookies = [signin_cookie(entered.token), forgotten_cookie(PROOF)]
    return go(entered.next_path or await _own_place(entered.token), cookies=cookies)


async def _own_place(token: str) -> str:
    """Where somebody's day begins: the team's pages, their missions, their organisation, or the shop window."""
    known = await identity.by_session(token)
    if known is None:
        return "/catalogue"
    if known.actor.may(Permission.OFFICE_SEE):
        return "/gestion"
    if known.actor.scope.organisations:
        return "/espace"
    return "/animation" if known.actor.scope.facilitators or known.actor.scope.partners else "/catalogue"


async def _ask_page(request: Asked, form: Form, status: int = 200) -> Template:
    stop = (await mails.departures()).stop_of_signin
    coded = cookie_name(PROOF) in request.cookies  # a code is on its way to this browser, and works meanwhile
    about = await sought(None, safe_path(form.values.get("suite", "")))
    return await page(
        request, "portal/signin.html", status, form=form, mail_stop=None, stopped=stop, coded=coded, about=about
    )


async def _code_page(request: Asked, form: Form, status: int = 200) -> Template:
    asked = await mails.signin_mail(digest(request.cookies.get(cookie_name(PROOF), "")))
    following = asked.next_path if asked else ""
    stop = (await mails.departures()).stop_of_signin
    return await page(
        request,
        "portal/signin_code.html",
        status,
        form=form,
        minutes=int(REQUEST_LIFE.total_seconds() // 60),
        asked=asked,
        fate=asked.fate(stopped=stop is not None) if asked else Fate.LEFT,
        stopped=stop,
        mail_stop=None,
        again=address("/connexion", suite=following),
        about=await sought(None, following),
    )


async def _no_good(request: Asked, refusal: NotFound, token: str) -> Template:
    """Another mail may be asked for, and leads where the first one would have led."""
    following = await identity.following_link(token)
    return await page(
        request,
        "portal/signin_over.html",
        refusal.status,
        refusal=refusal.detail,
        mail_stop=None,
        stopped=(await mails.departures()).stop_of_signin,
        form=Form.filled({"suite": following}),
        about=await sought(None, following),
    )


def _program(request: Asked) -> str:
    return request.headers.get("user-agent", "")[:200]


def _proof_cookie(proof: str) -> Cookie:
    return Cookie(
        key=cookie_name(PROOF),
        value=proof,
        max_age=int(REQUEST_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.current().production,
    )


ROUTER = Router("/", route_handlers=[ask, send, code, enter_by_code, link, enter_by_link, leave])
