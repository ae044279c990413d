"""The poster of a session: what it says, and the sheet. Values in, bytes out; the layout is `poster.typ`."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import segno

from training.catalogue.rules.looks import Look
from training.kernel import pdf, pictures
from training.kernel.clock import local
from training.kernel.motifs.art import art_for_print
from training.kernel.palette import PAPERS, inks
from training.papers.documents.figures import DAYS, MONTHS, hour

BLACK = "#000000"
TINT, BARE = "#bdbdbd", "#ffffff"  # in black, a drawing's two other inks: a grey, and the paper itself
KEPT = 16  # sheets, 60 KB each, up to ten times that with a photograph: several people ask for one in a few days

# What hangs on a wall is read from afar: more than this is nobody's name, and would be too small to read.
PLACE, TITLE, LINE = 90, 160, 120  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """All that the sheet shows. `url` empty: the page is not for everybody. `whom`: the organisation it is for.

    `dated`: not of the year in which it is printed. `price`: only one that is everybody's. `picture`: the offer's own.
    """

    title: str
    slots: tuple[tuple[datetime, datetime], ...]
    city: str
    venue: str
    address: str
    look: Look
    seed: str
    group: int
    minutes: int
    platform: str
    tagline: str
    contact: str
    phone: str
    accent: str
    url: str = ""
    whom: str = ""
    audience: str = ""
    price: str = ""
    dated: bool = True
    picture: bytes = b""
    funders: tuple[str, ...] = ()


def data(poster: Poster, *, black: bool = False) -> dict[str, Any]:
    """What `poster.typ` lays out; `black` is for coloured paper that the printer has."""
    start, end = poster.slots[0]
    on = local(start)
    place = poster.city or poster.venue or "Lieu à venir"
    sheet = PAPERS[poster.look.paper if poster.look.paper in PAPERS else "bleu"].light
    ink = BLACK if black else inks(poster.accent).light.ink
    deep, light = (TINT, BARE) if black else (sheet.deep, sheet.light)
    return {
        "title": f"{poster.title}, {place}",
        "paper": sheet.paper,
        "ink": ink,
        "framed": black,
        "paper_to_take": "À imprimer sur papier de couleur : le blanc est réservé aux affiches officielles "
        "(loi du 29 juillet 1881, art. 15).",
        "art": _photograph(poster.picture, black)
        or art_for_print(
            poster.look, poster.seed, ink=ink, deep=deep, light=light, group=poster.group, minutes=poster.minutes
        ),
        "alt": (poster.look.alt or "") if poster.picture else "",
        "day": "1er" if on.day == 1 else str(on.day),
        "weekday": DAYS[on.weekday()],
        "month": MONTHS[on.month - 1] + (f" {on.year}" if poster.dated else ""),
        "place": _cut(place, PLACE),
        "heading": _cut(poster.title, TITLE),
        "hours": _hours(start, end),
        "dates": _others(poster.slots[1:]),
        "facts": [[_cut(lead, LINE), _cut(rest, LINE)] for lead, rest in _facts(poster)],
        "url": poster.url.removeprefix("https://").removeprefix("http://"),
        "code": code(poster.url) if poster.url else None,
        "platform": _cut(poster.platform, LINE),
        "tagline": _cut(poster.tagline, LINE),
        "funders": _cut(f"Avec le soutien de {', '.join(poster.funders)}", LINE) if poster.funders else "",
    }


@lru_cache(KEPT)
def build(poster: Poster, *, black: bool = False) -> bytes:
    """The PDF, of one sheet."""
    return pdf.compile("poster.typ", data(poster, black=black), on=poster.slots[0][0].date())


def code(url: str) -> str:
    """The address as a code to scan, with its quiet zone (ISO/IEC 18004), in black on nothing."""
    out = io.BytesIO()
    made = segno.make_qr(url, error="m", boost_error=False)
    made.save(out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue().decode()


def _hours(start: datetime, end: datetime) -> str:
    space = "\N{NO-BREAK SPACE}"
    return f"{hour(start)}{space}–{space}{hour(end)}"


def _others(slots: tuple[tuple[datetime, datetime], ...]) -> str:
    """As "Puis le 12 décembre, le 19 décembre": a session in several dates is one."""
    if not slots:
        return ""
    days = [local(start) for start, _end in slots]
    said = [f"{'1er' if on.day == 1 else on.day}\N{NO-BREAK SPACE}{MONTHS[on.month - 1]}" for on in days]
    more = f" et {len(said) - 3} autres dates" if len(said) > 4 else ""
    return "Puis le " + ", le ".join(said[:3] if more else said) + more


def _facts(poster: Poster) -> list[tuple[str, str]]:
    """Where, for whom and at what price, whom to call: what stands out of each, and the rest."""
    whom = f"Pour {poster.whom}" if poster.whom else poster.audience and f"Pour qui : {poster.audience}"
    phone = poster.phone.replace(" ", "\N{NO-BREAK SPACE}")
    return [
        (poster.venue if poster.city else "", poster.address),
        (poster.price, whom),
        (phone or poster.contact, poster.contact if phone else ""),
    ]


def _photograph(content: bytes, black: bool) -> str:
    """The offer's own picture as a template takes it; "" when there is none to show."""
    printed = pictures.printed(content, grey=black) if content else b""
    return pdf.framed(printed, width=pictures.WIDE[0], height=pictures.WIDE[1], fill=True) if printed else ""


def _cut(text: str, most: int) -> str:
    one_line = re.sub(r"[ \t\r\n]+", " ", text).strip()  # a no-break space stays one: « 61250 Écouves » is one word
    return one_line if len(one_line) <= most else one_line[: most - 1].rstrip() + "…"
