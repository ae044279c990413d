"""Open sessions beyond our pages: how to subscribe to them, and the list that another site shows inside its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from litestar import Response, Router, get
from litestar.response import Template

from training.kernel import addresses, db, i18n, palette
from training.kernel.colours import check_accent
from training.kernel.i18n import _
from training.reporting.portal import sessions as shown
from training.reporting.portal.choices import choices_of_list
from training.reporting.portal.narrowing import Narrowing, narrowing
from training.reporting.portal.readers import VISITOR
from training.reporting.portal.sessions import Filters
from training.web.auth import PUBLIC
from training.web.pages import NOBODY, Asked, page, the_platform
from training.web.parameters import address, asked
from training.web.security import EMBEDDED, FRAMING, PRIVATE
from training.web.subscribing import links

log = structlog.get_logger()

USUAL, MOST = 6, 30  # sessions in somebody's page
GROUNDS = ("transparent", "blanc")


@dataclass(frozen=True, slots=True)
class FrameLook:
    """What the embedded list holds and how it looks; what made no sense in the address is as if it was not there."""

    narrowed: Narrowing
    number: int
    accent: str  # "": the platform's
    ground: str
    language: str

    @property
    def whole(self) -> str:
        """Our own page of the same sessions."""
        return _of("/seances", self.narrowed)

    @property
    def address(self) -> str:
        """The list's own address, with what differs from the usual."""
        return address(
            "/integrer/seances",
            theme=self.narrowed.theme,
            commune=self.narrowed.commune,
            partenaire=self.narrowed.partner,
            nombre="" if self.number == USUAL else self.number,
            couleur=self.accent.removeprefix("#"),
            fond="" if self.ground == GROUNDS[0] else self.ground,
            lang="" if self.language == i18n.SOURCE else self.language,
        )


def _of(path: str, narrowed: Narrowing, lang: str = "") -> str:
    return address(path, theme=narrowed.theme, commune=narrowed.commune, partenaire=narrowed.partner, lang=lang)


def _number(text: str) -> int:
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdigit() and len(text) < 6 else USUAL


def _accent(text: str) -> str:
    try:
        return check_accent("#" + text.removeprefix("#"))
    except ValueError:
        return ""


def _ground(text: str) -> str:
    return text if text in GROUNDS else GROUNDS[0]


async def _narrowed(request: Asked) -> Narrowing:
    return await narrowing(*(asked(request, name) for name in ("theme", "commune", "partenaire")))


async def _look(request: Asked) -> FrameLook:
    language = asked(request, "lang")
    return FrameLook(
        await _narrowed(request),
        _number(asked(request, "nombre")),
        _accent(asked(request, "couleur")),
        _ground(asked(request, "fond")),
        language if language in i18n.LANGUAGES else i18n.SOURCE,
    )


@get("/seances/agenda", permission=PUBLIC)
async def subscribing(request: Asked) -> Template:
    """How to follow the open sessions, as narrowed, in one's own calendar. Nothing here is secret."""
    narrowed = await _narrowed(request)
    name = " – ".join((_("Séances"), *narrowed.words))
    language = i18n.language.get()
    feed = _of(addresses.public_feed(), narrowed, lang="" if language == i18n.SOURCE else language)
    found = links(feed, name)
    return await page(
        request, "portal/subscribing.html", links=found, narrowed=narrowed, back=_of("/seances", narrowed)
    )


@get("/integrer", permission=PUBLIC)
async def explained(request: Asked) -> Template:
    """What to paste into a site, with a form that makes it and a look at it."""
    look, refused = await _look(request), False
    if look.accent == (await the_platform()).accent:
        look = replace(look, accent="")  # it follows the platform's
    else:
        refused = bool(asked(request, "couleur")) and not look.accent
    found = await choices_of_list(VISITOR)
    response = await page(
        request,
        "portal/embedding.html",
        look=look,
        url=addresses.absolute(look.address),
        whole=addresses.absolute(look.whole),
        height=_height(look.number),
        choices=found,
        theme_names=[(theme.theme, theme.name) for theme in found.themes],
        refused=refused,
        languages=[(code, name) for code, name in (("fr", "Français"), ("en", "English")) if code in i18n.LANGUAGES],
    )
    response.headers["Content-Security-Policy"] = FRAMING
    return response


def _height(number: int) -> int:
    """Room for so many sessions, in the pixels of a column; what is longer scrolls inside."""
    return min(90 + 125 * number, 900)


@get("/integrer/seances", permission=PUBLIC, exclude_from_csrf=True)
async def embedded(request: Asked) -> Template:
    """The list itself, in somebody else's page: the same for everybody, without a cookie, kept five minutes."""
    try:
        look = await _look(request)
        i18n.language.set(look.language)
        platform = await the_platform()
        filters = Filters(look.narrowed.theme, "", look.narrowed.commune, look.narrowed.partner)
        found = await shown.sessions(VISITOR, filters, limit=look.number)
    except db.UNAVAILABLE as error:
        log.warning("database.away", error=repr(error))
        return _answer(None, {"platform": NOBODY, "items": None, "more": "/seances"}, PRIVATE, 503)
    shared = "public, max-age=300, stale-if-error=86400"
    return _answer(look, {"platform": platform, "items": found.items, "more": look.whole}, shared)


def _answer(look: FrameLook | None, context: dict[str, object], cached: str, status: int = 200) -> Template:
    colours = address(
        "/integrer/couleurs.css",
        couleur=look.accent.removeprefix("#") if look else "",
        fond=look.ground if look else "",
    )
    base = {"lang": i18n.language.get(), "colours": colours}
    return Template(
        template_name="portal/embedded.html",
        context={**base, **context},
        status_code=status,
        headers={"Cache-Control": cached, "Content-Security-Policy": EMBEDDED, "X-Robots-Tag": "noindex"},
    )


async def _platforms_accent() -> str:
    try:
        return (await the_platform()).accent
    except db.UNAVAILABLE:  # the list says so itself, readably
        return palette.DEFAULT_ACCENT


@get("/integrer/couleurs.css", permission=PUBLIC, exclude_from_csrf=True)
async def colours(request: Asked) -> Response[str]:
    """The list's colours and ground as custom properties: no style is written inside a page (the policy forbids it)."""
    accent = _accent(asked(request, "couleur")) or await _platforms_accent()
    ground = {"transparent": "transparent", "blanc": "#ffffff"}[_ground(asked(request, "fond"))]
    css = f":root{{--ground:{ground}}}\n{palette.light_css(accent)}"
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


ROUTER = Router("/", route_handlers=[subscribing, explained, embedded, colours])
