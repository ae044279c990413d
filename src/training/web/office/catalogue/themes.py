"""How themes are shown: a paper, a drawing, a name; and the drawing that an offer has of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from markupsafe import Markup

from training.catalogue.actions.looks import choose_motif, edit_theme
from training.catalogue.rules.looks import KEYWORDS_MOST, NAME_MOST, PAPER_NAMES, POSITION_MOST, Look, ThemeShown
from training.kernel.i18n import _
from training.kernel.motifs.art import MOTIF_NAMES, art
from training.kernel.permissions import Permission
from training.reporting.office.themes import OfficeDrawing, OfficeTheme, drawing_page, theme_page, themes_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor

P = Permission
PATH = "/gestion/themes"
DRAWING = "/gestion/catalogue/{slug:str}/dessin"

Tile = tuple[str, str, str | None, Markup | None]


@get(PATH, permission=P.CATALOGUE_EDIT)
async def listing(request: Asked) -> Template:
    """Every theme, as it is shown."""
    return await show(request, "catalogue/themes", **parts(await themes_page()))


@get(PATH + "/{theme:int}", permission=P.CATALOGUE_EDIT)
async def edit(request: Asked, theme: FromPath[int]) -> Template:
    """How one theme is shown."""
    found = await theme_page(theme)
    return await _page(request, found, Form.filled(asdict(found.theme.shown), seen=found.seen))


async def _page(request: Asked, found: OfficeTheme, form: Form) -> Template:
    look = found.theme.look
    papers: list[Tile] = [(paper, _(name), paper, None) for paper, name in PAPER_NAMES.items()]
    tiles = list(_motifs(replace(look, paper=form.values.get("paper", look.paper))))
    return await show(request, "catalogue/theme", form.status, form=form, papers=papers, motifs=tiles, **parts(found))


def _motifs(look: Look) -> Iterator[Tile]:
    for motif, name in MOTIF_NAMES.items():
        yield motif, _(name), look.paper, art(replace(look, motif=motif, picture=None), look.theme)


@post(PATH + "/{theme:int}", permission=P.CATALOGUE_EDIT)
async def save(request: Asked, theme: FromPath[int]) -> Template | Redirect:
    """Write it: pages show it from now on."""
    form, found = await Form.of(request), await theme_page(theme)
    shown = ThemeShown(
        form.text("name", required=True, most=NAME_MOST),
        form.values.get("paper", ""),
        form.values.get("motif", ""),
        form.text("keywords", most=KEYWORDS_MOST),
        form.number("position", least=1, most=POSITION_MOST) or 1,
    )
    if form.good:
        with form.refusals():
            await edit_theme(the_actor(request), found.theme.id, shown, seen=form.seen)
            return go(PATH, _("« {name} » : enregistré.").format(name=shown.name))
    return await _page(request, found, form)


@get(DRAWING, permission=P.CATALOGUE_EDIT)
async def drawing(request: Asked, slug: FromPath[str]) -> Template:
    """The drawing of one offer."""
    found = await drawing_page(slug)
    return await _drawing_page(request, found, Form.filled({"motif": found.offer.motif}, seen=found.offer.seen))


async def _drawing_page(request: Asked, found: OfficeDrawing, form: Form) -> Template:
    look = replace(found.offer.look, motif=found.offer.usual, picture=None)
    usual: Tile = ("", _("Celui du thème"), look.paper, art(look, found.offer.slug))
    return await show(
        request, "catalogue/offer_motif", form.status, form=form, motifs=[usual, *_motifs(look)], **parts(found)
    )


@post(DRAWING, permission=P.CATALOGUE_EDIT)
async def draw(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Choose it; « celui du thème » follows the theme."""
    form, found = await Form.of(request), await drawing_page(slug)
    if form.good:
        with form.refusals():
            await choose_motif(the_actor(request), found.offer.id, form.values.get("motif") or None, seen=form.seen)
            words = _("« {title} » : dessin enregistré.").format(title=found.offer.title)
            return go(f"/gestion/catalogue/{found.offer.slug}", words)
    return await _drawing_page(request, found, form)


HANDLERS = [listing, edit, save, drawing, draw]
