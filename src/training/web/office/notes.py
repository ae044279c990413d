"""What was said about an organisation, a booking or a session: all of it, one more note, one corrected."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.notes import NewNote, correct_note, write_note
from training.records.rules import NOTE_MAX, NoteChannel
from training.reporting.office import notes as reading
from training.reporting.office.notes import NotePage
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import PER_PAGE, asked, moment_key, pager, row

P = Permission
PATH = "/gestion/notes/{kind:str}/{subject:int}"
KINDS = {"structure": "organisation", "reservation": "booking", "seance": "session"}  # as addresses say them


@get(PATH, permission=P.OFFICE_SEE)
async def notes(request: Asked, kind: FromPath[str], subject: FromPath[int]) -> Template:
    """All that was said, the last first."""
    return await _page(request, kind, subject, blank_note())


@post(PATH, permission=P.OFFICE_SEE, status_code=200)
async def write(request: Asked, kind: FromPath[str], subject: FromPath[int]) -> Template | Redirect:
    """Write down what was said."""
    about, form = await reading.subject_of(_kind(kind), row(subject)), await Form.of(request)
    channel = form.choice("channel", NoteChannel)
    text = form.lines("text", required=True, most=NOTE_MAX)
    contact = form.values.get("contact", "")
    people = {str(person.id): person.id for person in await reading.people_of(about)}
    if contact and contact not in people:
        form.errors["contact"] = _("Choisissez dans la liste.")
    if form.good and channel is not None:
        new, actor = NewNote(channel, text, people.get(contact)), the_actor(request)
        with form.refusals():
            await once(request, form, lambda: write_note(actor, about.kind, about.id, new))
            return go(f"{about.path}#notes", _("C’est noté."))
    return await _page(request, kind, subject, form)


@get(PATH + "/{note:int}", permission=P.OFFICE_SEE)
async def edit(request: Asked, kind: FromPath[str], subject: FromPath[int], note: FromPath[int]) -> Template:
    """One's own note, as it stands."""
    return await _note(request, await _found(request, kind, subject, note), None)


@post(PATH + "/{note:int}", permission=P.OFFICE_SEE, status_code=200)
async def correct(
    request: Asked, kind: FromPath[str], subject: FromPath[int], note: FromPath[int]
) -> Template | Redirect:
    """Say it better, within a day."""
    found, form = await _found(request, kind, subject, note), await Form.of(request)
    text = form.lines("text", required=True, most=NOTE_MAX)
    if form.good:
        with form.refusals():
            await correct_note(the_actor(request), found.note.id, text)
            return go(f"{found.subject.path}#notes", _("Note corrigée."))
    return await _note(request, found, form)


def blank_note() -> Form:
    """The form of one more, on the page of what it is about: somebody calls, most often."""
    return Form.filled({"channel": NoteChannel.PHONE_IN})


def _kind(word: str) -> str:
    if word not in KINDS:
        raise NotFound(_("Cette page n’existe pas ou n’existe plus."))
    return KINDS[word]


async def _found(request: Asked, kind: str, subject: int, note: int) -> NotePage:
    return await reading.note_page(the_actor(request), _kind(kind), row(subject), row(note))


async def _note(request: Asked, found: NotePage, form: Form | None) -> Template:
    form = form or Form.filled({"text": found.note.text})
    return await show(request, "note", form.status, form=form, **parts(found))


async def _page(request: Asked, kind: str, subject: int, form: Form) -> Template:
    before = moment_key(asked(request, "apres"))
    found = await reading.notes_page(the_actor(request), _kind(kind), row(subject), before=before, most=PER_PAGE)
    around = pager(f"/gestion/notes/{kind}/{subject}", found.following, before is not None)
    return await show(request, "notes", form.status, form=form, pager=around, **parts(found))


HANDLERS = [notes, write, edit, correct]
