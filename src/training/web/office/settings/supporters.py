"""Partners, whom the home names: listed, added, changed, archived. The form is that of funders too."""

from __future__ import annotations

from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.supporters import add_supporter, archive_supporter, edit_supporter, name_again
from training.catalogue.rules.supporters import (
    ALT_MOST,
    LINK_MOST,
    NAME_MOST,
    POSITION_MOST,
    SENTENCE_MOST,
    NewSupporter,
    SupporterKind,
)
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.pictures import PHOTO_MAX
from training.reporting.office.supporters import OfficeSupporter, supporter_page, supporters_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import row
from training.web.posted import GIVEN_MAX

P = Permission
PATH, FUNDERS = "/gestion/soutiens", "/gestion/financements"
PATHS = {SupporterKind.PARTNER: PATH, SupporterKind.FUNDER: FUNDERS}


@get(PATH, permission=P.CATALOGUE_EDIT)
async def listing(request: Asked) -> Template:
    """Every partner whom the home names."""
    return await show(request, "settings/supporters", **parts(await supporters_page()))


@get(PATH + "/nouveau", permission=P.CATALOGUE_EDIT)
async def new(request: Asked) -> Template:
    """Where one is added."""
    return await one_page(request, SupporterKind.PARTNER)


async def one_page(
    request: Asked, kind: SupporterKind, found: OfficeSupporter | None = None, form: Form | None = None
) -> Template:
    """The form of one of them; `found` None: of one that is not there yet; `form` None: as it stands."""
    if form is None:
        form = Form.filled(asdict(found.supporter), seen=found.seen) if found else Form.filled({"position": 1})
    return await show(
        request,
        "settings/supporter",
        form.status,
        form=form,
        supporter=found.supporter if found else None,
        edits=found.edits if found else [],
        kind=kind,
        path=PATHS[kind],
    )


@post(PATH + "/nouveau", permission=P.CATALOGUE_EDIT, request_max_body_size=GIVEN_MAX, file_max=PHOTO_MAX)
async def add(request: Asked) -> Template | Redirect:
    """Name it."""
    return await put(request, SupporterKind.PARTNER)


async def put(request: Asked, kind: SupporterKind) -> Template | Redirect:
    """A new one of a kind, from its form."""
    form = await Form.of(request)
    written, logo = _read(form, kind), await _logo(form)
    if form.good:
        with form.refusals():
            await once(request, form, lambda: add_supporter(the_actor(request), written, logo))
            return go(PATHS[kind], _("« {name} » : enregistré.").format(name=written.name))
    return await one_page(request, kind, form=form)


@get(PATH + "/{supporter:int}", permission=P.CATALOGUE_EDIT)
async def edit(request: Asked, supporter: FromPath[int]) -> Template:
    """One of them."""
    return await one_page(request, SupporterKind.PARTNER, await supporter_page(row(supporter), SupporterKind.PARTNER))


@post(PATH + "/{supporter:int}", permission=P.CATALOGUE_EDIT, request_max_body_size=GIVEN_MAX, file_max=PHOTO_MAX)
async def save(request: Asked, supporter: FromPath[int]) -> Template | Redirect:
    """Write over it."""
    return await put_over(request, await supporter_page(row(supporter), SupporterKind.PARTNER))


async def put_over(request: Asked, found: OfficeSupporter) -> Template | Redirect:
    """One of them as its form says it now."""
    form, kind = await Form.of(request), found.supporter.kind
    written, logo = _read(form, kind), await _logo(form)
    if form.good:
        with form.refusals():
            await edit_supporter(the_actor(request), found.supporter.id, written, logo, seen=form.seen)
            return go(PATHS[kind], _("« {name} » : enregistré.").format(name=written.name))
    return await one_page(request, kind, found, form)


@post(PATH + "/{supporter:int}/retirer", permission=P.CATALOGUE_EDIT)
async def archive(request: Asked, supporter: FromPath[int]) -> Redirect:
    """The home no longer names it."""
    await archive_supporter(the_actor(request), row(supporter))
    return go(PATH, _("Archivé : l’accueil ne le nomme plus."))


@post(PATH + "/{supporter:int}/remettre", permission=P.CATALOGUE_EDIT)
async def reopen(request: Asked, supporter: FromPath[int]) -> Redirect:
    """The home names it again."""
    await name_again(the_actor(request), row(supporter))
    return go(PATH, _("Rouvert : l’accueil le nomme de nouveau."))


def _read(form: Form, kind: SupporterKind) -> NewSupporter:
    name, sentence = form.text("name", required=True, most=NAME_MOST), form.text("sentence", most=SENTENCE_MOST)
    link, alt = form.text("link", most=LINK_MOST) or None, form.text("alt", most=ALT_MOST) or None
    position = form.number("position", least=1, most=POSITION_MOST) or 1
    days = [
        form.day(day) if kind == SupporterKind.FUNDER and form.values.get(day, "").strip() else None
        for day in ("valid_from", "valid_until")
    ]
    return NewSupporter(kind, name, link, sentence, position, alt, *days)


async def _logo(form: Form) -> tuple[bytes, str] | None:
    file = form.files.get("logo")
    content = await file.read() if file else b""
    return (content, file.content_type) if file and content else None


HANDLERS = [listing, new, add, edit, save, archive, reopen]
