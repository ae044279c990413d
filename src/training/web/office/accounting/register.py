"""The accountant's register: a page of it, and the files of what the filter shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

from litestar import get
from litestar.response import Stream, Template

from training.accounting.formats.register_files import zipped
from training.accounting.queries.register import KIND_NAMES, STANDING_NAMES, DocumentStanding, Filter, Key, Registered
from training.kernel import clock
from training.kernel.actor import Scope
from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.money import parse_euros
from training.kernel.permissions import Permission
from training.kernel.sheet_files import Cell, csv_rows, euros
from training.papers.rules.vat import VatRegime
from training.reporting.office import register as reading
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS
from training.web.pages import Asked, parts, the_actor
from training.web.parameters import PER_PAGE, address, asked, pager
from training.web.tables_sent import csv_sent, sent, xlsx_sent

P = Permission
PATH = "/gestion/comptes"
FIELDS = ("du", "au", "payeur", "numero", "nature", "etat", "regime", "code", "min", "max")


@dataclass(frozen=True, slots=True)
class RegisterAsked:
    """A filter as it was asked for, its form with what is wrong, and the parameters that an address keeps."""

    filter: Filter
    form: Form
    said: dict[str, str]


def wanted(request: Asked) -> RegisterAsked:
    """What the address asks for; nothing said is the present month."""
    said = {name: asked(request, name) for name in FIELDS}
    if not any(said.values()):
        today = clock.today()
        said |= {"du": today.replace(day=1).isoformat(), "au": today.isoformat()}
    form = Form.filled(said)
    first, last = optional_day(form, "du"), optional_day(form, "au")
    least, most = _amount(form, "min"), _amount(form, "max")
    if first and last and first > last:
        form.errors.setdefault("au", _("La fin de la période vient avant son début."))
    if least is not None and most is not None and least > most:
        form.errors.setdefault("max", _("Le plus grand montant est en dessous du plus petit."))
    chosen = Filter(
        first,
        last,
        payer=said["payeur"],
        number=said["numero"],
        kind=said["nature"] if said["nature"] in KIND_NAMES else "",
        state=said["etat"] if said["etat"] in set(DocumentStanding) else "",
        regime=said["regime"] if said["regime"] in set(VatRegime) else "",
        analytic=said["code"],
        least_cents=least,
        most_cents=most,
    )
    return RegisterAsked(chosen, form, {name: text for name, text in said.items() if text})


def optional_day(form: Form, name: str) -> date | None:
    """A day, or None when nothing was typed; the form says it when it is none."""
    return form.day(name) if form.values.get(name, "").strip() else None


def _amount(form: Form, name: str) -> int | None:
    typed = form.values.get(name, "").strip()
    if not typed:
        return None
    try:
        return parse_euros(typed)
    except ValueError:
        form.errors.setdefault(name, _("Indiquez un montant, par exemple 350,00."))
        return None


@get(PATH, permission=P.ACCOUNTS_SEE)
async def register(request: Asked) -> Template:
    """A page of the register, with the totals of the whole filter."""
    now = wanted(request)
    after, asked_for = _key(asked(request, "apres")), now.filter if now.form.good else None
    found = await reading.register_page(the_actor(request).scope, asked_for, after=after, limit=PER_PAGE)
    return await show(
        request,
        "accounting/register",
        now.form.status,
        form=now.form,
        files=[(address(f"{PATH}/{name}", **now.said), label) for name, label in _FILES.items()],
        periods=_periods(),
        kinds=[(kind, _(name)) for kind, name in KIND_NAMES.items()],
        kind_names=KIND_NAMES,
        states=[(state.value, _(name)) for state, name in STANDING_NAMES.items()],
        regimes=[(regime.value, _(words[0])) for regime, words in REGIME_WORDS.items()],
        folded=not set(now.said) - {"du", "au", "payeur", "etat"},
        clear=PATH if request.query_params else None,
        pager=pager(PATH, found.following, after is not None, **now.said),
        **{**parts(found), "codes": [(code, code) for code in found.codes]},
    )


_FILES = {"registre.csv": "CSV", "registre.xlsx": "XLSX", "factures.zip": "PDF (ZIP)"}


def _periods() -> list[tuple[str, str]]:
    """The periods that are asked for all the time: (address, name)."""
    today = clock.today()
    last = today.replace(day=1) - timedelta(days=1)
    spans = (
        (_("Ce mois"), today.replace(day=1), today),
        (_("Le mois dernier"), last.replace(day=1), last),
        (_("Cette année"), today.replace(month=1, day=1), today),
        (_("Tout"), date(2000, 1, 1), today),
    )
    return [(address(PATH, du=first.isoformat(), au=until.isoformat()), name) for name, first, until in spans]


def _key(text: str) -> Key | None:
    """The key (day, place) that `key` wrote; a place may be below zero."""
    when, _tilde, place = text.partition("~")
    try:
        found = date.fromisoformat(when), int(place[:20])
    except ValueError:
        return None
    return found if abs(found[1]) < 2**62 else None


# Files


def _header() -> list[str]:
    return [
        *(_("Numéro"), _("Nature"), _("Date"), _("Échéance"), _("Client"), _("Régime de TVA"), _("Code analytique")),
        *(_("HT"), _("TVA"), _("TTC"), _("Reste dû"), _("État")),
    ]


def _cells(line: Registered) -> list[Cell]:
    regime = _(REGIME_WORDS[line.regime][0]) if line.regime else ""
    return [
        *(line.number, _(KIND_NAMES[line.kind]), line.issued_on, line.due_on, line.payer_name, regime, line.analytic),
        *(euros(line.net_cents), euros(line.vat_cents), euros(line.gross_cents), euros(line.due_cents)),
        _(STANDING_NAMES[line.state]) if line.state else "",
    ]


def _name(now: RegisterAsked, kind: str) -> str:
    first, last = now.filter.first or date(2000, 1, 1), now.filter.last or clock.today()
    return f"registre-{first:%Y%m%d}-{last:%Y%m%d}.{kind}"


def _good(request: Asked) -> RegisterAsked:
    """A file is made of a filter that makes sense, or not at all. Invalid otherwise."""
    now = wanted(request)
    if not now.form.good:
        raise Invalid(now.form.errors)
    return now


async def _batches(now: RegisterAsked, scope: Scope) -> AsyncIterator[list[list[Cell]]]:
    async for lines in reading.lines(scope, now.filter):
        yield [_cells(line) for line in lines]


@get(PATH + "/registre.csv", permission=P.ACCOUNTS_SEE)
async def as_csv(request: Asked) -> Stream:
    """The filtered register, for a French spreadsheet."""
    now = _good(request)
    return csv_sent(_header(), _batches(now, the_actor(request).scope), _name(now, "csv"))


@get(PATH + "/registre.xlsx", permission=P.ACCOUNTS_SEE)
async def as_xlsx(request: Asked) -> Stream:
    """The filtered register as a workbook."""
    now = _good(request)
    return xlsx_sent(_("Registre"), _header(), _batches(now, the_actor(request).scope), _name(now, "xlsx"))


@get(PATH + "/factures.zip", permission=P.ACCOUNTS_SEE)
async def papers(request: Asked) -> Stream:
    """The PDFs of the filtered register, with the register itself: one paper in memory at a time."""
    now, scope = _good(request), the_actor(request).scope

    async def files() -> AsyncIterator[tuple[str, bytes]]:
        index = [csv_rows([_header()], first=True)]
        async for line, paper in reading.papers(scope, now.filter):
            index.append(csv_rows([_cells(line)]))
            if paper is not None:
                yield f"{line.number}.pdf", paper
        yield "registre.csv", b"".join(index)

    return sent(zipped(files(), clock.now()), "application/zip", _name(now, "zip"))


HANDLERS = [register, as_csv, as_xlsx, papers]
