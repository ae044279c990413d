"""Data to words: the two Jinja environments (pages, and the text of mails) and how amounts, days and hours are written.

Templates are given complete, frozen data: they cannot ask the database for more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import nh3
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from training.kernel import clock, faces, i18n
from training.kernel.i18n import _
from training.kernel.initials import initials
from training.kernel.motifs.art import art

PACKAGE = Path(__file__).parents[1]
STATIC = PACKAGE / "static"
TEMPLATES = PACKAGE / "templates"

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})


@cache
def static_root() -> str:
    """One digest for all of static/: a new release is a new address, so browsers may keep the old one for ever."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    whole = hashlib.sha256()
    for path in files:
        whole.update(str(path.relative_to(STATIC)).encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"/static/{whole.hexdigest()[:12]}"


def static(name: str) -> str:
    """The address of a file of static/."""
    return f"{static_root()}/{name}"


# What each audience's pages are dressed by, one file a component, in this order. Printing comes last.
_EVERYWHERE = ("tokens", "base", "layout", "frame", "button", "field", "badge", "summary", "sheet", "talon", "notice")
_LISTS = ("timeline", "tabs", "pager", "table", "filters")
_PUBLIC = ("art", "affiche", "agenda", "chips", "blank", "lead", "acts", "programme", "funders", *_LISTS)
_TEAM = ("today", "path", "rack", "edits", "calling", "tariffs", "writing")
SHEETS = {
    "portal": (*_EVERYWHERE, *_PUBLIC, "public", "space", "print"),
    "office": (*_EVERYWHERE, "office", "everything", "choosing", *_PUBLIC, *_TEAM, "print"),
    "animation": (*_EVERYWHERE, *_PUBLIC, "public", "print"),
    "embedded": ("tokens", "base", "layout", "badge", "art", "agenda", "embedded"),
}


@cache
def stylesheet(audience: str) -> bytes:
    """One audience's components as one file, without comments: a page asks once, a component stays one file."""
    whole = "".join((STATIC / "css" / f"{name}.css").read_text() for name in SHEETS[audience])
    whole = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", whole, flags=re.DOTALL))
    return re.sub(r" ?([{};,]) ?", r"\1", whole).encode()


def style(audience: str) -> str:
    """The address of `stylesheet(audience)`: another one for other bytes, so browsers may keep it for ever."""
    return f"/style/{hashlib.sha256(stylesheet(audience)).hexdigest()[:12]}/{audience}"


def euros(cents: int) -> str:
    """As "350,00 €", with the no-break spaces of French typography."""
    sign, size = ("\u2212", -cents) if cents < 0 else ("", cents)
    units = _grouped(size // 100, i18n.language.get())
    if i18n.language.get() == "en":
        return f"{sign}€{units}.{size % 100:02d}"
    return f"{sign}{units},{size % 100:02d}\u00a0€"


def percent(basis_points: int) -> str:
    """As "12,15 %", in English "12.15%": two decimals, as rates are published."""
    units, rest = divmod(basis_points, 100)
    return f"{units}.{rest:02d}%" if i18n.language.get() == "en" else f"{units},{rest:02d}\u00a0%"


def share(basis_points: int) -> str:
    """As "40 %", "12,5 %": a part of a whole, with no decimal that says nothing."""
    said = f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")
    return f"{said}%" if i18n.language.get() == "en" else said.replace(".", ",") + "\u00a0%"


@lru_cache(1024)
def _grouped(units: int, code: str) -> str:
    return str(format_decimal(units, locale=code))


@lru_cache(8192)  # babel takes ~17 µs a date: uncached, a third of a list page
def _date(day: date, pattern: str, code: str) -> str:
    return str(format_date(day, pattern, locale=code))


def _as_day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """As "mardi 9 mars"; the year is added when it is not the present one."""
    when = _as_day(value)
    return day_year(when) if when.year != clock.today().year else _ordinal(when, "EEEE d MMMM")


def day_year(value: date | datetime) -> str:
    """As "mardi 9 mars 2027"."""
    return _ordinal(_as_day(value), "EEEE d MMMM y")


@dataclass(frozen=True, slots=True)
class DateParts:
    """A day taken apart, as a poster prints it."""

    weekday: str
    number: Markup
    month: str
    year: str  # "" in the present one


def date_parts(value: date | datetime, whole: bool = False) -> DateParts:
    """As "ven.", "11", "déc."; `whole`: "vendredi", "11", "décembre". The first of a month is « 1er », raised."""
    when, code = _as_day(value), i18n.language.get()
    first = when.day == 1 and code == i18n.SOURCE
    number = Markup("1<sup>er</sup>") if first else Markup(when.day)
    weekday, month_ = (_date(when, pattern, code) for pattern in (("EEEE", "MMMM") if whole else ("EEE", "MMM")))
    return DateParts(weekday, number, month_, "" if when.year == clock.today().year else str(when.year))


def short_day(value: date | datetime) -> str:
    """As "09/03/2027": for dense tables."""
    return _date(_as_day(value), "dd/MM/y", i18n.language.get())


def day_month(value: date | datetime, *, weekday: bool = False) -> str:
    """As "9 mars", or "mar. 9 mars": of days that are near, where there is little room."""
    when = _as_day(value)
    pattern = "EEE d MMM" if weekday else "d MMMM"
    return _ordinal(when, pattern if when.year == clock.today().year else f"{pattern} y")


def weekday_hour(value: datetime) -> str:
    """As "ven. 14 h": of an instant within the week."""
    return f"{_date(_as_day(value), 'EEE', i18n.language.get())} {hour(value)}"


def month(value: date | datetime) -> str:
    """As "mars 2027"."""
    return _date(_as_day(value), "MMMM y", i18n.language.get())


def month_end(number: int) -> str:
    """The last day of a month of any year, as "31 décembre" (1 to 12)."""
    last = date(2001, number % 12 + 1, 1) - timedelta(days=1)
    return i18n.gettext("Fin février") if number == 2 else _date(last, "d MMMM", i18n.language.get())


def _ordinal(when: date, pattern: str) -> str:
    text = _date(when, pattern, i18n.language.get())
    # babel writes « 1 janvier »; French says « 1er »
    return re.sub(r"\b1\b", "1er", text, count=1) if when.day == 1 and i18n.language.get() == "fr" else text


def hour(value: datetime) -> str:
    """As "9 h", "9 h 30"; in English "9:30"."""
    local = clock.local(value)
    if i18n.language.get() == "en":
        return f"{local.hour}:{local.minute:02d}"
    return f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02d}" if local.minute else "")


def hours(start: datetime, end: datetime) -> str:
    """As "9 h – 12 h"."""
    return f"{hour(start)}\u00a0– {hour(end)}"


def span(start: datetime, end: datetime) -> str:
    """As "mardi 9 mars, 9 h – 12 h", over midnight with both days."""
    if clock.local(start).date() == clock.local(end).date():
        return f"{day(start)}, {hours(start, end)}"
    return f"{day(start)} {hour(start)}\u00a0– {day(end)} {hour(end)}"


def moment(value: datetime) -> str:
    """As "9 mars 2027 à 14 h 05": when something happened."""
    local = clock.local(value)
    return _("{day} à {hour}").format(day=_ordinal(local.date(), "d MMMM y"), hour=hour(value))


def coming(value: datetime) -> str:
    """As "à 14 h 05" for today, "le mardi 9 mars à 14 h 05" for another day: when something will happen."""
    if clock.local(value).date() == clock.today():
        return _("à {hour}").format(hour=hour(value))
    return _("le {day} à {hour}").format(day=day(value), hour=hour(value))


def duration(minutes: int) -> str:
    """As "3 h", "1 h 30", "45 min"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest}\u00a0min"
    return f"{whole}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


def count(n: int, one: str, many: str) -> str:
    """As "1 place", "12 places"."""
    return f"{_grouped(n, i18n.language.get())}\u00a0{i18n.ngettext(one, many, n)}"


_THIN = re.compile("[ \u00a0](?=[;!?])")
_BEFORE = re.compile(" (?=[:»])")
_AFTER = re.compile("(?<=«) ")


def typo(text: str) -> str:
    """As French is set: a narrow no-break space before ; ! ?, a no-break one before : and inside « »."""
    if i18n.language.get() != i18n.SOURCE:
        return text
    return type(text)(_typeset(str(text)))


@lru_cache(4096)
def _typeset(text: str) -> str:
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", _THIN.sub("\u202f", text)))


@lru_cache(512)
@lru_cache(maxsize=200)  # a long text takes milliseconds, the worst seconds: once, not for each who reads it
def markdown(text: str) -> Markup:
    """Markdown that people of the platform wrote, as harmless HTML (nh3 lets no script and no style through)."""
    return Markup(nh3.clean(_markdown.render(text), tags=_PROSE, attributes={"a": {"href"}}))


_PROSE = {"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "h4", "blockquote", "br", "hr", "code"}

_labels: ContextVar[dict[str, str] | None] = ContextVar("labels", default=None)
_NAMED = re.compile("\ufdd0([^\ufdd1]*)\ufdd1")  # noncharacters (Unicode 23.7): nobody types them into a page


def labelled(name: str, label: str) -> str:
    """A field that is being drawn says its label. Writes nothing."""
    if (known := _labels.get()) is not None:
        known.setdefault(name, label)
    return ""


def label_of(name: str) -> Markup:
    """Where the label of a field goes that is drawn further down."""
    return Markup("\ufdd0{}\ufdd1").format(name)


class Page(Template):
    """A page whose error summary stands first and names its fields, which are drawn after it."""

    def render(self, *args: Any, **context: Any) -> str:
        """As any template; then the labels are put where they were asked for."""
        before = _labels.set({})
        try:
            html = super().render(*args, **context)
            return _NAMED.sub(_named, html) if "\ufdd0" in html else html
        finally:
            _labels.reset(before)


def _named(mark: re.Match[str]) -> str:
    label = (_labels.get() or {}).get(mark[1], "").strip()
    if not label:
        return ""
    end = "" if label.endswith(("?", "…")) else typo(" :")
    return f"<b>{escape(label)}</b>{end} "


FILTERS: dict[str, Callable[..., Any]] = {
    "euros": euros,
    "percent": percent,
    "share": share,
    "day": day,
    "day_month": day_month,
    "day_year": day_year,
    "date_parts": date_parts,
    "short_day": short_day,
    "month": month,
    "hour": hour,
    "moment": moment,
    "coming": coming,
    "duration": duration,
    "count": count,
    "markdown": markdown,
    "typo": typo,
    "initials": initials,
}


def _gettext(text: str) -> str:
    return typo(i18n.gettext(text))


def _ngettext(one: str, many: str, n: int) -> str:
    return typo(i18n.ngettext(one, many, n))


def _environment(autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=autoescape,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    # a mail's text has ordinary spaces: some programs show a no-break space as a box
    one, many = (_gettext, _ngettext) if autoescape else (i18n.gettext, i18n.ngettext)
    environment.install_gettext_callables(one, many, newstyle=True)  # type: ignore[attr-defined]
    environment.template_class = Page
    environment.globals.update(labelled=labelled, label_of=label_of)
    environment.globals.update(static=static, style=style, faces=faces.links, art=art)
    environment.globals.update(hours=hours, span=span, now=clock.now, today=clock.today)
    environment.filters.update(FILTERS)
    return environment


@cache
def pages() -> Environment:
    """The environment of everything that is HTML: it escapes."""
    return _environment(True)


@cache
def plain() -> Environment:
    """The environment of subjects and texts of mails: it must not escape."""
    return _environment(False)
