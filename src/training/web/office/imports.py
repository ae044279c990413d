"""Spreadsheets come in: chosen, looked at line by line, then imported whole or not at all."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio.to_thread
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.actions.import_past import import_past
from training.billing.formats import past_sheet
from training.catalogue.actions.importing import import_offers
from training.catalogue.formats import offers_sheet
from training.directory.actions.importing import import_facilitators, import_organisations
from training.directory.formats import facilitators_sheet, organisations_sheet
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import count
from training.reporting.office import imports as reading
from training.reporting.office.imports import ImportPreview
from training.scheduling.actions.importing import import_venues
from training.scheduling.formats import venues_sheet
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, once, parts, the_actor

P = Permission
PATH = "/gestion/importer"
FILE_MAX = organisations_sheet.BOUNDS.size
CARRIED_MAX = 2 * FILE_MAX  # bytes of a form that carries a file in base64


@dataclass(frozen=True, slots=True)
class Importer:
    """What can be imported. `act` answers how many came in, and where they are listed."""

    title: str
    lead: str
    permission: Permission
    list: str
    columns: Callable[[], bytes]
    preview: Callable[[bytes], Awaitable[ImportPreview]]
    act: Callable[[Actor, bytes], Awaitable[int]]
    done: tuple[str, str]  # one, several


async def _organisations(actor: Actor, content: bytes) -> int:
    rows = (await anyio.to_thread.run_sync(organisations_sheet.read, content)).whole()
    return (await import_organisations(actor, rows)).organisations


async def _facilitators(actor: Actor, content: bytes) -> int:
    return await import_facilitators(actor, (await anyio.to_thread.run_sync(facilitators_sheet.read, content)).whole())


async def _venues(actor: Actor, content: bytes) -> int:
    return await import_venues(actor, (await anyio.to_thread.run_sync(venues_sheet.read, content)).whole())


async def _offers(actor: Actor, content: bytes) -> int:
    return await import_offers(actor, (await anyio.to_thread.run_sync(offers_sheet.read, content)).whole())


async def _past(actor: Actor, content: bytes) -> int:
    return await import_past(actor, (await anyio.to_thread.run_sync(past_sheet.read, content)).whole())


IMPORTERS: dict[str, Importer] = {
    "structures": Importer(
        N_("Des structures et leurs contacts"),
        N_("Une ligne par personne : son nom, son courriel ou son téléphone, et la structure où elle travaille."),
        P.BOOKINGS_MAKE,
        "/gestion/structures",
        organisations_sheet.example,
        reading.organisations_preview,
        _organisations,
        (N_("structure importée"), N_("structures importées")),
    ),
    "animation": Importer(
        N_("Des personnes qui animent"),
        N_("Une ligne par personne : son nom, son courriel, son partenaire si elle n’est pas de l’équipe."),
        P.SESSIONS_PLAN,
        "/gestion/animation",
        facilitators_sheet.example,
        reading.facilitators_preview,
        _facilitators,
        (N_("personne importée"), N_("personnes importées")),
    ),
    "lieux": Importer(
        N_("Des lieux"),
        N_("Une ligne par salle : son nom, sa commune, ses places, la personne qui ouvre la porte."),
        P.SESSIONS_PLAN,
        "/gestion/lieux",
        venues_sheet.example,
        reading.venues_preview,
        _venues,
        (N_("lieu importé"), N_("lieux importés")),
    ),
    "catalogue": Importer(
        N_("Des offres du catalogue"),
        N_("Une ligne par atelier ou formation : chacun arrive en brouillon, sans tarif, à relire puis à publier."),
        P.CATALOGUE_EDIT,
        "/gestion/catalogue",
        offers_sheet.example,
        reading.offers_preview,
        _offers,
        (N_("brouillon importé"), N_("brouillons importés")),
    ),
    "seances": Importer(
        N_("Des séances passées"),
        N_(
            "Une ligne par structure venue à une séance des années passées. Ses chiffres comptent ; rien n’est envoyé, "
            "facturé ni à faire."
        ),
        P.SESSIONS_PLAN,
        "/gestion/seances?periode=passees",
        past_sheet.example,
        reading.past_preview,
        _past,
        (N_("ligne importée"), N_("lignes importées")),
    ),
}


def _importer(request: Asked, kind: str) -> Importer:
    found = IMPORTERS.get(kind)
    if found is None:
        raise NotFound(_("Cette sorte de tableau ne s’importe pas."))
    the_actor(request).must(found.permission)
    return found


@get(PATH, permission=P.OFFICE_SEE)
async def choice(request: Asked) -> Template:
    """What can be imported, as far as this person may."""
    actor = the_actor(request)
    open_to = [
        (f"{PATH}/{kind}", _(one.title), _(one.lead)) for kind, one in IMPORTERS.items() if actor.may(one.permission)
    ]
    return await show(request, "imports/choice", kinds=open_to)


@get(PATH + "/{kind:str}", permission=P.OFFICE_SEE)
async def page(request: Asked, kind: FromPath[str]) -> Template:
    """Where a file is chosen."""
    return await _page(request, kind, _importer(request, kind), Form())


async def _page(request: Asked, kind: str, importer: Importer, form: Form) -> Template:
    said = {"title": _(importer.title), "lead": _(importer.lead), "kind": kind, "list": importer.list}
    return await show(request, "imports/file", form.status, form=form, **said)


@get(PATH + "/{kind:str}/modele.csv", permission=P.OFFICE_SEE)
async def model(request: Asked, kind: FromPath[str]) -> Response[bytes]:
    """A file to fill."""
    return file_response(_importer(request, kind).columns(), "text/csv", f"{kind}.csv")


@post(PATH + "/{kind:str}", permission=P.OFFICE_SEE, status_code=200, request_max_body_size=FILE_MAX + 10_000)
async def look(request: Asked, kind: FromPath[str]) -> Template:
    """The file, line by line; nothing of it is kept yet."""
    importer, form = _importer(request, kind), await Form.of(request)
    file = form.files.get("file")
    content = b"" if file is None else await file.read(FILE_MAX + 1)
    if not content:
        form.errors["file"] = _("Choisissez un fichier.")
    return await _preview(request, kind, importer, content, form)


async def _preview(request: Asked, kind: str, importer: Importer, content: bytes, form: Form) -> Template:
    if form.good:
        with form.refusals():
            found = await importer.preview(content)
            carried = base64.b64encode(content).decode() if not found.faults and found.lines else ""
            said = {"title": _(importer.title), "kind": kind, "carried": carried, "form": Form()}
            return await show(request, "imports/preview", 422 if found.faults else 200, **said, **parts(found))
    return await _page(request, kind, importer, form)


@post(PATH + "/{kind:str}/importer", permission=P.OFFICE_SEE, request_max_body_size=CARRIED_MAX)
async def take(request: Asked, kind: FromPath[str]) -> Template | Redirect:
    """The file that was looked at comes back with the form, is read again, and comes in whole."""
    importer, form = _importer(request, kind), await Form.of(request)
    try:
        content = base64.b64decode(form.values.get("carried", ""), validate=True)
    except ValueError:
        content = b""
    if not content:
        form.errors["file"] = _("Choisissez à nouveau le fichier.")
    if form.good:
        with form.refusals():
            made = await once(request, form, lambda: importer.act(the_actor(request), content))
            one, several = importer.done
            return go(importer.list, _("{n}.").format(n=count(made, _(one), _(several))))
    return await _page(request, kind, importer, form)


HANDLERS = [choice, page, model, look, take]
