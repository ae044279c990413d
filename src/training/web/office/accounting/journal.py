"""Staff pages on the journal: numbered exports and their files, the accounts they carry, closed periods."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream, Template

from training.accounting.actions.accounts import export_journal, set_accounts
from training.accounting.actions.close import close_period
from training.accounting.formats import journal as entries
from training.accounting.rules.accounts import ACCOUNTS, JOURNALS, NAMES, Accounts
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import day_year
from training.reporting.office import closings as closing
from training.reporting.office import journal as reading
from training.reporting.office.journal import OfficeCodes, OfficeJournal
from training.web.forms import Form
from training.web.office.accounting.journal_files import KINDS, journal_file
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked, whole

P = Permission
PATH = "/gestion/comptes/journal"
CODES = "/gestion/comptes/plan"
CLOSINGS = "/gestion/comptes/clotures"
EXPORT_MAX = 99_999_999  # the number of an export


@get(PATH, permission=P.ACCOUNTS_SEE)
async def journal(request: Asked) -> Template:
    """The exports, and the next one."""
    found = await reading.journal_page(the_actor(request))
    return await _journal(request, found, Form.filled({"first": str(found.next.first), "until": str(found.next.last)}))


async def _journal(request: Asked, found: OfficeJournal, form: Form) -> Template:
    return await show(request, "accounting/journal", form.status, form=form, **parts(found))


@post(PATH, permission=P.ACCOUNTS_KEEP)
async def export(request: Asked) -> Template | Redirect:
    """One more export."""
    form = await Form.of(request)
    first, until = form.day("first"), form.day("until")
    if form.good and first is not None and until is not None:
        with form.refusals():
            number = await export_journal(the_actor(request), first, until)
            return go(PATH, _("La remise n° {number} est prête.").format(number=number))
    return await _journal(request, await reading.journal_page(the_actor(request)), form)


@get(PATH + "/{name:str}", permission=P.ACCOUNTS_SEE)
async def exported(name: FromPath[str]) -> Response[bytes] | Stream:
    """The file of an export, the same bytes each time; `3.csv` and `3.xlsx` have the analytic codes too."""
    number, _dot, kind = name.partition(".")
    if kind not in KINDS:
        raise NotFound(_("Cet export n’existe pas."))
    found = await reading.exported_file(whole(number, EXPORT_MAX))
    name = entries.remittance_name(found.export.number, found.export.until)
    return await journal_file(found.content, kind, f"{found.siren}-{name}", found.export.created_at)


# The accounts


@get(CODES, permission=P.ACCOUNTS_SEE)
async def codes(request: Asked) -> Template:
    """Journals and accounts."""
    found = await reading.codes_page(the_actor(request))
    return await _codes(request, found, Form.filled(asdict(found.codes), seen=found.seen))


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
        edits=found.edits,
    )


@post(CODES, permission=P.ACCOUNTS_KEEP)
async def set_codes(request: Asked) -> Template | Redirect:
    """Set them."""
    form = await Form.of(request)
    wanted = Accounts(**{f.name: form.text(f.name, required=True, most=20).upper() for f in fields(Accounts)})
    if form.good:
        with form.refusals():
            await set_accounts(the_actor(request), wanted, seen=form.seen)
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
