"""Staff pages on the journal: numbered exports and their files, the accounts they carry, closed periods."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, fields
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream, Template

from training.accounting.actions.accounts import export_journal, set_accounts
from training.accounting.actions.close import close_period
from training.accounting.formats import journal as entries
from training.accounting.formats.register_files import Cell, Workbook, csv_rows
from training.accounting.queries.journal import ExportView
from training.accounting.rules.accounts import ACCOUNTS, JOURNALS, NAMES, Accounts
from training.kernel import clock
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.reporting.office import closings as closing
from training.reporting.office import journal as reading
from training.reporting.office.journal import OfficeCodes
from training.web.forms import Form
from training.web.office.accounting.register import XLSX, pieces, sent
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, parts, the_actor
from training.web.parameters import asked, whole

P = Permission
PATH = "/gestion/comptes/journal"
CODES = "/gestion/comptes/plan"
CLOSINGS = "/gestion/comptes/clotures"
EXPORT_MAX = 99_999_999  # the number of an export
BATCH = 2_000  # lines that are written at once


@get(PATH, permission=P.ACCOUNTS_SEE)
async def journal(request: Asked) -> Template:
    """The exports, and the next one."""
    last_month = clock.today().replace(day=1) - timedelta(days=1)
    return await _journal(request, Form.filled({"until": last_month.isoformat()}))


async def _journal(request: Asked, form: Form) -> Template:
    found = await reading.journal_page(the_actor(request))
    return await show(request, "accounting/journal", form.status, form=form, **parts(found))


@post(PATH, permission=P.ACCOUNTS_KEEP)
async def export(request: Asked) -> Template | Redirect:
    """One more export."""
    form = await Form.of(request)
    until = form.day("until")
    if form.good and until is not None:
        with form.refusals():
            number = await export_journal(the_actor(request), until)
            return go(PATH, _("L’export n° {number} est prêt.").format(number=number))
    return await _journal(request, form)


@get(PATH + "/{name:str}", permission=P.ACCOUNTS_SEE)
async def exported(name: FromPath[str]) -> Response[bytes] | Stream:
    """The file of an export, the same bytes each time: `3.txt` is the FEC, `3.csv` and `3.xlsx` have the codes too."""
    number, _dot, kind = name.partition(".")
    if kind not in ("txt", "csv", "xlsx"):
        raise NotFound(_("Cet export n’existe pas."))
    found = await reading.exported_file(whole(number, EXPORT_MAX))
    if kind == "txt":
        fec = await asyncio.to_thread(entries.fec, found.content)
        return file_response(fec, "text/plain", entries.fec_name(found.siret, found.export.until))
    content = _csv(found.content) if kind == "csv" else _xlsx(found.content, found.export)
    media_type = "text/csv" if kind == "csv" else XLSX
    return sent(content, media_type, f"ecritures-{found.export.number:04d}-{found.export.until:%Y%m%d}.{kind}")


async def _csv(kept: bytes) -> AsyncIterator[bytes]:
    rows, first = entries.read(kept), True
    while batch := list(islice(rows, BATCH)):
        yield csv_rows(batch, first=first)
        first = False


async def _xlsx(kept: bytes, export: ExportView) -> AsyncIterator[bytes]:
    rows = entries.read(kept)
    with tempfile.TemporaryFile() as file:
        book = Workbook(file, _("Écritures"), next(rows), export.created_at)
        while await asyncio.to_thread(_add, book, islice(rows, BATCH)):
            pass
        await asyncio.to_thread(book.close)
        async for piece in pieces(file):
            yield piece


_AMOUNTS = (entries.COLUMNS.index("Debit"), entries.COLUMNS.index("Credit"))


def _add(book: Workbook, rows: Iterator[list[str]]) -> int:
    count = 0
    for row in rows:
        cells: list[Cell] = list(row)
        for column in _AMOUNTS:
            cells[column] = Decimal(row[column].replace(",", "."))
        book.add(cells)
        count += 1
    return count


# The accounts


@get(CODES, permission=P.ACCOUNTS_SEE)
async def codes(request: Asked) -> Template:
    """Journals and accounts."""
    found = await reading.codes_page(the_actor(request))
    return await _codes(request, found, Form.filled(asdict(found.codes)))


async def _codes(request: Asked, found: OfficeCodes, form: Form) -> Template:
    return await show(
        request,
        "accounting/codes",
        form.status,
        form=form,
        journals=[(name, _(NAMES[name])) for name in JOURNALS],
        accounts=[(name, _(NAMES[name])) for name in ACCOUNTS],
        usual=Accounts(),
        may_keep=found.may_keep,
    )


@post(CODES, permission=P.ACCOUNTS_KEEP)
async def set_codes(request: Asked) -> Template | Redirect:
    """Set them."""
    form = await Form.of(request)
    wanted = Accounts(**{f.name: form.text(f.name, required=True, most=20).upper() for f in fields(Accounts)})
    if form.good:
        with form.refusals():
            await set_accounts(the_actor(request), wanted)
            return go(CODES, _("Comptes enregistrés : les prochains exports les portent."))
    return await _codes(request, await reading.codes_page(the_actor(request)), form)


# Closed periods


@get(CLOSINGS, permission=P.ACCOUNTS_SEE)
async def closings(request: Asked) -> Template:
    """What is closed, and what may be."""
    found = await closing.closings_page(the_actor(request))
    months = [(day.isoformat(), day_year(day)) for day in found.months]
    return await show(request, "accounting/closings", form=Form(), **{**parts(found), "months": months})


@get(CLOSINGS + "/nouvelle", permission=P.ACCOUNTS_KEEP)
async def closing_page(request: Asked) -> Template | Redirect:
    """What closing means, in numbers, before it is done; the list, where no month is named."""
    if not asked(request, "mois"):
        return go(CLOSINGS)
    return await _closing_page(request, Form.filled({"until": asked(request, "mois")}))


async def _closing_page(request: Asked, form: Form) -> Template:
    try:
        until = date.fromisoformat(form.values.get("until", ""))
    except ValueError:
        raise Invalid(_("Choisissez un mois terminé."), field="until") from None
    found = await closing.closing_page(until)
    warning = ngettext(
        "%(num)d pièce de cette période n’est dans aucun export du journal.",
        "%(num)d pièces de cette période ne sont dans aucun export du journal.",
        found.not_exported,
    ) % {"num": found.not_exported}
    shown = {**parts(found), "warning": warning if found.not_exported else ""}
    return await show(request, "accounting/closing", form.status, form=form, **shown)


@post(CLOSINGS, permission=P.ACCOUNTS_KEEP)
async def close(request: Asked) -> Template | Redirect:
    """Close."""
    form = await Form.of(request)
    until = form.day("until")
    if form.good and until is not None:
        with form.refusals():
            await close_period(the_actor(request), until)
            return go(CLOSINGS, _("La période est close jusqu’au {day}.").format(day=day_year(until)))
    return await _closing_page(request, form)


HANDLERS = [journal, export, exported, codes, set_codes, closings, closing_page, close]
