"""Staff pages on the bank: what waits for a word, the files that were imported, the columns of a new kind of CSV."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.payments.actions.import_statement import (
    confirm_all_sure,
    drop_unread,
    import_statement,
    read_columns,
)
from training.payments.formats.statement import SIZE_MAX
from training.payments.queries.statements import LineState
from training.payments.rules.columns import MEANING_NAMES, Meaning
from training.reporting.office import bank as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import PER_PAGE, asked, day_key, moment_key, pager, row, row_key

P = Permission
PATH = "/gestion/banque"
FILES = f"{PATH}/releves"


@get(PATH, permission=P.PAYMENTS_RECORD)
async def waiting(request: Asked) -> Template:
    """Transfers that wait for a word, each with what it seems to pay and why."""
    after, statement = day_key(asked(request, "apres")), row_key(asked(request, "releve"))
    found = await reading.bank_page(statement, after=after, limit=PER_PAGE)
    return await show(
        request,
        "payments/bank",
        statement=statement,
        pager=pager(PATH, found.following, after is not None, releve=statement),
        **parts(found),
    )


@post(f"{PATH}/surs", permission=P.PAYMENTS_RECORD)
async def all_sure(request: Asked) -> Redirect:
    """Confirm everything that needs no look."""
    form = await Form.of(request)
    done = await confirm_all_sure(the_actor(request), row_key(form.text("releve")))
    said = ngettext("{n} virement confirmé.", "{n} virements confirmés.", done.lines).format(n=done.lines)
    if done.refused:
        words = ngettext(
            "{n} n’a pas pu l’être : ouvrez-le pour savoir pourquoi.",
            "{n} n’ont pas pu l’être : ouvrez-les pour savoir pourquoi.",
            done.refused,
        )
        said = f"{said} {words.format(n=done.refused)}"
    if done.left:
        said = f"{said} " + _("Il en reste {n} de sûrs : recommencez.").format(n=done.left)
    return go(PATH, said, "attention" if done.refused or not done.lines else "done")


@get(FILES, permission=P.PAYMENTS_RECORD)
async def files(request: Asked) -> Template:
    """The files that were imported, with how their lines stand."""
    after = moment_key(asked(request, "apres"))
    found = await reading.files_page(after=after, limit=PER_PAGE)
    return await show(
        request, "payments/bank_files", pager=pager(FILES, found.following, after is not None), **parts(found)
    )


@get(f"{PATH}/importer", permission=P.PAYMENTS_RECORD)
async def import_page(request: Asked) -> Template:
    """Where a file is given."""
    return await _import_page(request, Form())


async def _import_page(request: Asked, form: Form) -> Template:
    return await show(request, "payments/bank_import", form.status, form=form)


@post(f"{PATH}/importer", permission=P.PAYMENTS_RECORD, request_max_body_size=SIZE_MAX + 10_000)
async def import_file(request: Asked) -> Template | Redirect:
    """Take a bank's file."""
    form = await Form.of(request)
    file = form.files.get("file")
    content = await file.read() if file else b""
    if file is None or not file.filename:
        form.errors["file"] = _("Choisissez le fichier que la banque vous a donné.")
    else:
        with form.refusals():
            titled = form.values.get("untitled") != "1"
            made = await import_statement(the_actor(request), file.filename, content, titled=titled)
            return go(f"{FILES}/{made}")
    return await _import_page(request, form)


@get(FILES + "/{statement:int}", permission=P.PAYMENTS_RECORD)
async def file_page(request: Asked, statement: FromPath[int]) -> Template | Redirect:
    """The lines of a file, each with where it stands; one whose columns are not known asks for them."""
    state, after = asked(request, "etat"), day_key(asked(request, "apres"))
    only = LineState(state) if state in set(LineState) else None
    found = await reading.file_page(row(statement), state=only, after=after, limit=PER_PAGE)
    if found.statement.read_at is None:
        return go(f"{FILES}/{statement}/colonnes")
    return await show(
        request,
        "payments/bank_file",
        state=only.value if only else "",
        pager=pager(f"{FILES}/{statement}", found.following, after is not None, etat=state),
        **parts(found),
    )


@get(FILES + "/{statement:int}/colonnes", permission=P.PAYMENTS_RECORD)
async def columns(request: Asked, statement: FromPath[int]) -> Template | Redirect:
    """What each column of a CSV seems to hold, to be put right by hand."""
    return await _columns(request, statement, Form())


async def _columns(request: Asked, statement: int, form: Form) -> Template | Redirect:
    found = await reading.columns_page(row(statement))
    if not found.columns:
        return go(f"{FILES}/{statement}")
    if not form.values:
        form.values = {_name(n): column.meaning.value for n, column in enumerate(found.columns)}
    meanings = [(meaning.value, _(name)) for meaning, name in MEANING_NAMES.items()]
    return await show(
        request, "payments/bank_columns", form.status, form=form, name_of=_name, meanings=meanings, **parts(found)
    )


def _name(column: int) -> str:
    return f"colonne-{column}"


@post(FILES + "/{statement:int}/colonnes", permission=P.PAYMENTS_RECORD)
async def say_columns(request: Asked, statement: FromPath[int]) -> Template | Redirect:
    """Read the file with these columns, and remember them."""
    form = await Form.of(request)
    names = sorted((name for name in form.values if name.startswith("colonne-")), key=lambda n: (len(n), n))
    mapping = [form.choice(name, Meaning) or Meaning.IGNORED for name in names]
    if form.good:
        with form.refusals():
            await read_columns(the_actor(request), row(statement), mapping)
            return go(f"{FILES}/{statement}", _("Relevé lu. Les prochains fichiers de ce modèle se liront seuls."))
    if "file" in form.errors:  # no field of this page: the sentence names the line
        form.errors[""] = form.errors.pop("file")
    return await _columns(request, statement, form)


@post(FILES + "/{statement:int}/retirer", permission=P.PAYMENTS_RECORD)
async def drop(request: Asked, statement: FromPath[int]) -> Redirect:
    """Forget a file that was never read."""
    await drop_unread(the_actor(request), row(statement))
    return go(FILES, _("Fichier retiré : aucune ligne n’avait été lue."))


HANDLERS = [waiting, all_sure, files, import_page, import_file, file_page, columns, say_columns, drop]
