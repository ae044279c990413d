"""Staff pages on fiscal years: the journal of a closed one, and what its end leaves to the accountant."""

from __future__ import annotations

from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream, Template

from training.accounting.actions.write_year import write_year
from training.accounting.formats.journal import year_name
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.reporting.office import fiscal_years as reading
from training.web.office.accounting.journal_files import KINDS, journal_file
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor

P = Permission
PATH = "/gestion/comptes/exercices"


@get(PATH, permission=P.ACCOUNTS_SEE)
async def fiscal_years(request: Asked) -> Template:
    """The fiscal years, and the journals of those that are closed."""
    return await show(request, "accounting/fiscal_years", **parts(await reading.years_page(the_actor(request))))


@get(PATH + "/{day:str}", permission=P.ACCOUNTS_SEE)
async def fiscal_year_end(request: Asked, day: FromPath[str]) -> Template:
    """What was invoiced for the next year, what was held and not invoiced."""
    found = await reading.year_end_page(_day(day))
    shown = {"ahead_cents": found.ahead_cents, "to_invoice_cents": found.to_invoice_cents}
    return await show(request, "accounting/year_end", **parts(found), **shown)


@post(PATH + "/{day:str}/journal", permission=P.ACCOUNTS_KEEP)
async def prepare(request: Asked, day: FromPath[str]) -> Redirect:
    """Write the journal of a closed year."""
    until = _day(day)
    if until is None:
        raise NotFound(_("Aucun exercice ne finit ce jour-là."))
    await write_year(the_actor(request), until)
    return go(PATH, _("Le journal de l’exercice clos {day} est prêt.").format(day=day_year(until)))


@get(PATH + "/{day:str}/{name:str}", permission=P.ACCOUNTS_SEE)
async def year_journal(day: FromPath[str], name: FromPath[str]) -> Response[bytes] | Stream:
    """The journal of a closed year, the same bytes each time: journal.txt, journal.csv, journal.xlsx."""
    stem, _dot, kind = name.partition(".")
    if stem != "journal" or kind not in KINDS:
        raise NotFound(_("Ce fichier n’existe pas."))
    kept, content = await reading.year_file(_day(day))
    return await journal_file(content, kind, year_name(kept.until), kept.created_at)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


HANDLERS = [fiscal_years, fiscal_year_end, prepare, year_journal]
