"""Papers of people and of partners: those that end, one written down, corrected, renewed, archived; its file."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.credentials import (
    add_credential,
    archive_credential,
    edit_credential,
    renew_credential,
)
from training.directory.rules.credentials import (
    CREDENTIAL_KIND_NAMES,
    FILE_MAX,
    FILE_TYPES,
    LABEL_MOST,
    NUMBER_MOST,
    OF_PARTNERS,
    OF_PEOPLE,
    CredentialKind,
    NewCredential,
)
from training.directory.rules.slugs import slug
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.people import credentials as reading
from training.reporting.office.people.credentials import CredentialEdited
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, kept_file, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, day_key, pager, row, row_key
from training.web.posted import GIVEN_MAX

P = Permission
PATH = "/gestion/papiers"
ONE = PATH + "/{credential:int}"


@get(PATH, permission=P.SESSIONS_PLAN)
async def listing(request: Asked) -> Template:
    """Every paper that has a last day, the first to end first."""
    after = day_key(asked(request, "apres"))
    found = await reading.credentials_page(after=after, limit=PER_PAGE)
    ways = pager(PATH, found.following, after is not None)
    return await show(request, "people/credentials", pager=ways, **parts(found))


def _whose(request: Asked) -> dict[str, int | None]:
    """?personne= or ?partenaire=: whose paper it will be."""
    person, partner = row_key(asked(request, "personne")), row_key(asked(request, "partenaire"))
    return {"facilitator": person, "partner": partner if person is None else None}


@get(f"{PATH}/nouveau", permission=P.SESSIONS_PLAN)
async def new(request: Asked) -> Template:
    """An empty form."""
    return await _page(request, await reading.new_page(**_whose(request)), Form())


@post(f"{PATH}/nouveau", permission=P.SESSIONS_PLAN, request_max_body_size=GIVEN_MAX, file_max=FILE_MAX)
async def add(request: Asked) -> Template | Redirect:
    """Write it down."""
    found, form = await reading.new_page(**_whose(request)), await Form.of(request)
    written, file = _read(form), await _file(form)
    if written is not None and form.good:
        with form.refusals():
            whose = _whose(request)
            await once(request, form, lambda: add_credential(the_actor(request), written, file=file, **whose))
            return go(f"{found.holder.home}#papiers", _("Papier enregistré."))
    return await _page(request, found, form)


@get(ONE, permission=P.SESSIONS_PLAN)
async def edit_page(request: Asked, credential: FromPath[int]) -> Template:
    """One of them, to be corrected while it is in use."""
    found = await reading.edit_page(row(credential))
    assert found.paper is not None  # noqa: S101 - NotFound was raised otherwise
    return await _page(request, found, Form.filled(asdict(found.paper), seen=found.seen))


@post(ONE, permission=P.SESSIONS_PLAN, request_max_body_size=GIVEN_MAX, file_max=FILE_MAX)
async def edit(request: Asked, credential: FromPath[int]) -> Template | Redirect:
    """Correct what was written down."""
    found, form = await reading.edit_page(row(credential)), await Form.of(request)
    written, file = _read(form), await _file(form)
    if written is not None and form.good:
        with form.refusals():
            await edit_credential(the_actor(request), row(credential), written, file, seen=form.seen)
            return go(f"{found.holder.home}#papiers", _("Papier enregistré."))
    return await _page(request, found, form)


@get(ONE + "/renouveler", permission=P.SESSIONS_PLAN)
async def renew_page(request: Asked, credential: FromPath[int]) -> Template:
    """The next one: of the same kind, from the day after."""
    found = await reading.edit_page(row(credential))
    paper = found.paper
    assert paper is not None  # noqa: S101 - NotFound was raised otherwise
    following = paper.valid_until + timedelta(days=1) if paper.valid_until else None
    form = Form.filled({"kind": paper.kind, "label": paper.label, "number": paper.number, "valid_from": following})
    return await _page(request, found, form, renewing=True)


@post(ONE + "/renouveler", permission=P.SESSIONS_PLAN, request_max_body_size=GIVEN_MAX, file_max=FILE_MAX)
async def renew(request: Asked, credential: FromPath[int]) -> Template | Redirect:
    """It takes the place of the one before."""
    found, form = await reading.edit_page(row(credential)), await Form.of(request)
    written, file = _read(form), await _file(form)
    if written is not None and form.good:
        with form.refusals():
            await once(request, form, lambda: renew_credential(the_actor(request), row(credential), written, file))
            return go(f"{found.holder.home}#papiers", _("Renouvelé : l’ancien papier est archivé."))
    return await _page(request, found, form, renewing=True)


@post(ONE + "/archiver", permission=P.SESSIONS_PLAN)
async def archive(request: Asked, credential: FromPath[int]) -> Redirect:
    """Nobody asks for it any more."""
    found = await reading.credential(row(credential))
    await archive_credential(the_actor(request), found.id)
    return go(f"{found.home}#papiers", _("Papier archivé : il reste lisible, et ne prévient plus de rien."))


@get(ONE + "/fichier", permission=P.SESSIONS_PLAN)
async def file_of(request: Asked, credential: FromPath[int]) -> Response[bytes]:
    """The paper as it was sent."""
    found = await reading.credential(row(credential))
    name = f"{slug(found.holder)}-{slug(found.name)}.{FILE_TYPES.get(found.media_type or '', 'bin')}"
    return await kept_file(found.file, name, _("Ce papier n’a pas de fichier."))


def _read(form: Form) -> NewCredential | None:
    kind = form.choice("kind", CredentialKind)
    dates = {name: form.day(name) for name in ("valid_from", "valid_until") if form.values.get(name, "").strip()}
    label, number = form.text("label", most=LABEL_MOST), form.text("number", most=NUMBER_MOST)
    return NewCredential(kind, label, number, **dates) if kind else None


async def _file(form: Form) -> bytes | None:
    sent = form.files.get("file")
    return (await sent.read() or None) if sent else None


async def _page(request: Asked, found: CredentialEdited, form: Form, *, renewing: bool = False) -> Template:
    kinds = OF_PARTNERS if found.holder.partner is not None else OF_PEOPLE
    return await show(
        request,
        "people/credential",
        form.status,
        form=form,
        renewing=renewing,
        kinds=[(kind.value, _(CREDENTIAL_KIND_NAMES[kind])) for kind in kinds],
        accept=",".join(FILE_TYPES),
        **parts(found),
    )


HANDLERS = [listing, new, add, edit_page, edit, renew_page, renew, archive, file_of]
