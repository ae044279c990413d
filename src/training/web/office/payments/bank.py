"""Staff pages on the bank: what waits for a word, the files that were imported, the columns of a new kind of CSV."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.errors import NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.payments.actions.import_statement import (
    confirm_all_sure,
    drop_unread,
    import_statement,
    read_columns,
)
from training.payments.formats.statement import SIZE_MAX
from training.payments.formats.statement_csv import CsvTable, propose
from training.payments.queries import receivables as owing
from training.payments.queries import statements as reading
from training.payments.queries.statements import LineState, StatementView
from training.payments.rules.columns import MEANING_NAMES, Meaning
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor
from training.web.parameters import PER_PAGE, asked, day_key, key, moment_key, pager, row, row_key

P = Permission
PATH = "/gestion/banque"
FILES = f"{PATH}/releves"
EXAMPLES = 3  # rows of a file shown beside each of its columns


@get(PATH, permission=P.PAYMENTS_RECORD)
async def waiting(request: Asked) -> Template:
    """Transfers that wait for a word, each with what it seems to pay and why."""
    after, statement = day_key(asked(request, "apres")), row_key(asked(request, "releve"))
    page = await reading.waiting_page(statement, after, PER_PAGE)
    wanted = {id_ for one in page.shown for id_ in (*one.proposal.settles, *one.proposal.candidates)}
    last = page.shown[-1].line if page.more else None
    return await show(
        request,
        "payments/bank",
        page=page,
        receivables=await owing.receivables(sorted(wanted)),
        statement=statement,
        any_files=bool(page.total) or bool(await reading.statements(limit=1)),
        pager=pager(PATH, key(last.booked_on, last.id) if last else None, after is not None, releve=statement),
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
    found = await reading.statements(after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    last = shown[-1] if len(found) > PER_PAGE else None
    following = key(last.created_at, last.id) if last else None
    return await show(request, "payments/bank_files", files=shown, pager=pager(FILES, following, after is not None))


@get(f"{PATH}/importer", permission=P.PAYMENTS_RECORD)
async def import_page(request: Asked) -> Template:
    """Where a file is given."""
    return await show(request, "payments/bank_import", form=Form())


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
            return go(f"{FILES}/{await import_statement(the_actor(request), file.filename, content)}")
    return await show(request, "payments/bank_import", form.status, form=form)


async def _statement(id_: int) -> StatementView:
    found = await reading.statement(row(id_))
    if found is None:
        raise NotFound(_("Ce relevé n’existe pas."))
    return found


@get(FILES + "/{statement:int}", permission=P.PAYMENTS_RECORD)
async def file_page(request: Asked, statement: FromPath[int]) -> Template | Redirect:
    """The lines of a file, each with where it stands; one whose columns are not known asks for them."""
    view = await _statement(statement)
    if view.read_at is None:
        return go(f"{FILES}/{view.id}/colonnes")
    state = asked(request, "etat")
    after = day_key(asked(request, "apres"))
    only = LineState(state) if state in set(LineState) else None
    found = await reading.lines(statement=view.id, state=only, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    last = shown[-1] if len(found) > PER_PAGE else None
    following = key(last.booked_on, last.id) if last else None
    return await show(
        request,
        "payments/bank_file",
        statement=view,
        lines=shown,
        state=only.value if only else "",
        pager=pager(f"{FILES}/{view.id}", following, after is not None, etat=state),
    )


@get(FILES + "/{statement:int}/colonnes", permission=P.PAYMENTS_RECORD)
async def columns(request: Asked, statement: FromPath[int]) -> Template | Redirect:
    """What each column of a CSV seems to hold, to be put right by hand."""
    return await _columns(request, statement, Form())


async def _columns(request: Asked, statement: int, form: Form) -> Template | Redirect:
    view = await _statement(statement)
    table = await reading.waiting_table(view.id)
    if table is None:
        return go(f"{FILES}/{view.id}")
    if not form.values:
        form.values = {_name(i): meaning.value for i, meaning in enumerate(propose(table.header))}
    return await show(
        request,
        "payments/bank_columns",
        form.status,
        form=form,
        statement=view,
        columns=[(_name(i), title, _examples(table, i)) for i, title in enumerate(table.header)],
        meanings=[(meaning.value, _(name)) for meaning, name in MEANING_NAMES.items()],
        rows=table.rows[:EXAMPLES],
        header=table.header,
    )


def _name(column: int) -> str:
    return f"colonne-{column}"


def _examples(table: CsvTable, column: int) -> str:
    cells = [" ".join(row.cells[column].split())[:60] for row in table.rows[:40] if column < len(row.cells)]
    return " · ".join(list(dict.fromkeys(filter(None, cells)))[:EXAMPLES])


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
