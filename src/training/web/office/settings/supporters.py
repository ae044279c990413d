"""Partners and funders, whom the home names: listed, added, changed, removed."""

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
    SUPPORTER_KIND_NAMES,
    NewSupporter,
    SupporterKind,
)
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.supporters import OfficeSupporter, supporter_page, supporters_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import row

P = Permission
PATH = "/gestion/soutiens"


@get(PATH, permission=P.PLATFORM_EDIT)
async def listing(request: Asked) -> Template:
    """Everybody whom the home names."""
    return await show(request, "settings/supporters", **parts(await supporters_page()))


@get(PATH + "/nouveau", permission=P.PLATFORM_EDIT)
async def new(request: Asked) -> Template:
    """Where one is added."""
    return await _page(request, Form.filled({"kind": SupporterKind.PARTNER, "position": 1}), OfficeSupporter(None))


async def _page(request: Asked, form: Form, found: OfficeSupporter) -> Template:
    kinds = [(kind.value, _(name)) for kind, name in SUPPORTER_KIND_NAMES.items()]
    return await show(request, "settings/supporter", form.status, form=form, kinds=kinds, **parts(found))


@post(PATH + "/nouveau", permission=P.PLATFORM_EDIT)
async def add(request: Asked) -> Template | Redirect:
    """Name it."""
    form = await Form.of(request)
    written, logo = _read(form), await _logo(form)
    if written is not None and form.good:
        with form.refusals():
            await once(request, form, lambda: add_supporter(the_actor(request), written, logo))
            return go(PATH, _("« {name} » : enregistré.").format(name=written.name))
    return await _page(request, form, OfficeSupporter(None))


@get(PATH + "/{supporter:int}", permission=P.PLATFORM_EDIT)
async def edit(request: Asked, supporter: FromPath[int]) -> Template:
    """One of them."""
    found = await supporter_page(supporter)
    values = asdict(found.supporter) if found.supporter else {}
    return await _page(request, Form.filled(values, seen=found.seen), found)


@post(PATH + "/{supporter:int}", permission=P.PLATFORM_EDIT)
async def save(request: Asked, supporter: FromPath[int]) -> Template | Redirect:
    """Write over it."""
    form, found = await Form.of(request), await supporter_page(supporter)
    written, logo = _read(form), await _logo(form)
    if written is not None and form.good:
        with form.refusals():
            await edit_supporter(the_actor(request), row(supporter), written, logo, seen=form.seen)
            return go(PATH, _("« {name} » : enregistré.").format(name=written.name))
    return await _page(request, form, found)


@post(PATH + "/{supporter:int}/retirer", permission=P.PLATFORM_EDIT)
async def remove(request: Asked, supporter: FromPath[int]) -> Redirect:
    """The home no longer names it."""
    await archive_supporter(the_actor(request), row(supporter))
    return go(PATH, _("Retiré de l’accueil."))


@post(PATH + "/{supporter:int}/remettre", permission=P.PLATFORM_EDIT)
async def restore(request: Asked, supporter: FromPath[int]) -> Redirect:
    """The home names it again."""
    await name_again(the_actor(request), row(supporter))
    return go(PATH, _("De nouveau sur l’accueil."))


def _read(form: Form) -> NewSupporter | None:
    kind = form.choice("kind", SupporterKind)
    name, sentence = form.text("name", required=True, most=NAME_MOST), form.text("sentence", most=SENTENCE_MOST)
    link, alt = form.text("link", most=LINK_MOST) or None, form.text("alt", most=ALT_MOST) or None
    position = form.number("position", least=1, most=POSITION_MOST) or 1
    return NewSupporter(kind, name, link, sentence, position, alt) if kind else None


async def _logo(form: Form) -> tuple[bytes, str] | None:
    file = form.files.get("logo")
    content = await file.read() if file else b""
    return (content, file.content_type) if file and content else None


HANDLERS = [listing, new, add, edit, save, remove, restore]
