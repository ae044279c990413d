"""Statements in OFX, 1.x (SGML) and 2.x (XML), read tag by tag: what banks write is often neither. No I/O.

No XML parser is used: there is no entity, no DTD and no address that could be followed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date

from training.kernel.i18n import _
from training.kernel.sheets import PIECE, Unreadable, decode, is_utf8
from training.payments.formats.statement import (
    LINES_MAX,
    Movement,
    Statement,
    at_line,
    check_size,
    one_currency,
    plain_amount,
    several_accounts,
    tidy,
)

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})\s{0,10}/?>")
TAG_MAX = 55  # characters of one
_BOUNDS_OF_DATA = re.compile(r"<!\[CDATA\[|\]\]>")
TAGS_MAX = 40 * LINES_MAX
VALUE_MAX = 2_000  # characters of a field that are read
_CHARSETS = {"1252": "cp1252", "ISO-8859-1": "latin-1", "8859-1": "latin-1", "UTF-8": "utf-8"}


def read(content: bytes) -> Statement:
    """The movements of a file. Unreadable: cut short, of several accounts, in another currency."""
    text = _text(content)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable(
            _("Ce fichier contient des déclarations (DTD, entités) qu’aucun relevé ne porte : il est refusé.")
        )
    if text[-1_000:].rstrip()[-6:].upper() != "</OFX>":
        raise Unreadable(
            _("Le fichier semble coupé : il s’arrête ligne {line}, avant sa fin.").format(line=text.count("\n") + 1)
        )
    if text.count("<") > TAGS_MAX:
        raise Unreadable(_("Ce fichier a bien plus de balises qu’un relevé : il est refusé."))
    accounts: dict[str, None] = {}
    lines: list[Movement] = []
    for kind, line, fields in _aggregates(text):
        if kind == "BANKACCTFROM":
            accounts["".join(fields.get(name, "") for name in ("BANKID", "BRANCHID", "ACCTID"))] = None
        elif kind == "CURDEF":
            one_currency(fields["CURDEF"], line)
        elif _has_moved(fields):
            lines.append(_movement(line, fields))
            check_size(len(lines))
    several_accounts(accounts)
    if not lines:
        raise Unreadable(_("Ce relevé ne contient aucune opération."))
    return Statement(re.sub(r"\s", "", next(iter(accounts), ""))[:34], tuple(lines))


def _text(content: bytes) -> str:
    """As the header says; what it says is often wrong, and then not followed."""
    start = content[:1_000].decode("latin-1").upper()
    told = re.search(r"\bCHARSET:\s*([A-Z0-9-]+)", start) or re.search(r"ENCODING[:=]\s*[\"']?([A-Z0-9-]+)", start)
    encoding = _CHARSETS.get(told[1], "") if told else ""
    # bytes above 127 that happen to be good UTF-8 are no accident
    return decode(content, "utf-8" if is_utf8(content) else encoding)


def _aggregates(text: str) -> Iterator[tuple[str, int, dict[str, str]]]:
    """(kind, line, fields) of each account, currency and transaction, in order."""
    kind, began, fields, pending = "", 0, dict[str, str](), False
    for closing, name, line, value in _tags(text):
        if name == "BANKTRANLISTP":  # OFX 2.2: what is announced, and may never come
            pending = not closing
        elif pending:
            continue
        elif name in ("STMTTRN", "BANKACCTFROM"):
            if kind == "STMTTRN" and not (closing and name == kind):
                raise at_line(began, _("cette opération ne se ferme pas : le fichier semble coupé."))
            if closing and kind == name:
                yield kind, began, fields
            kind, began, fields = ("" if closing else name), line, {}
        elif closing:
            continue
        elif kind:
            fields.setdefault(name, _value(value))
        elif name == "CURDEF":
            yield name, line, {name: _value(value)}


def _tags(text: str) -> Iterator[tuple[bool, str, int, str]]:
    """(closes, name, line, the text that follows) of each tag; one at a time, so that others get their turn."""
    line, counted = 1, 0
    tags = _found(text)
    tag = next(tags, None)
    while tag is not None:
        following = next(tags, None)
        line, counted = line + text.count("\n", counted, tag.start()), tag.start()
        end = following.start() if following else len(text)
        yield bool(tag[1]), tag[2].upper(), line, text[tag.end() : min(end, tag.end() + VALUE_MAX)]
        tag = following


def _found(text: str) -> Iterator[re.Match[str]]:
    """Each tag; looked for in a piece of the text at a time, since what is between two may be all of it."""
    begin = 0
    while begin < len(text):
        tag = _TAG.search(text, begin, begin + PIECE)
        if tag is not None:
            yield tag
        begin = tag.end() if tag else begin + max(PIECE - TAG_MAX, 1)


def _value(raw: str) -> str:
    bare = _BOUNDS_OF_DATA.sub("", raw) if "<!" in raw else raw
    return html.unescape(bare).strip() if "&" in bare else bare.strip()


def _has_moved(fields: dict[str, str]) -> bool:
    """No money moves by a hold, nor by the correction that takes an operation back (OFX 11.4.4)."""
    return fields.get("TRNTYPE", "").upper() != "HOLD" and fields.get("CORRECTACTION", "").upper() != "DELETE"


def _movement(line: int, fields: dict[str, str]) -> Movement:
    try:
        booked_on, cents = _day(fields.get("DTPOSTED", "")), plain_amount(fields.get("TRNAMT", ""))
    except ValueError as error:
        raise at_line(line, str(error)) from None
    one_currency(fields.get("CURSYM", ""), line)
    name = tidy(fields.get("NAME", "") or fields.get("PAYEE", ""), 200)
    memo = tidy(fields.get("MEMO", ""), 800)
    cheque = tidy(fields.get("CHECKNUM", ""), 40)
    label = memo if memo.startswith(name) else f"{name} {memo}".strip()
    return Movement(
        booked_on=booked_on,
        amount_cents=cents,
        label=tidy(f"{label} {cheque}" if cheque and cheque not in label else label, 1_000),
        payer_name=name,
        reference=tidy(fields.get("REFNUM", ""), 140),
        bank_id=tidy(fields.get("FITID", ""), 140),
    )


def _day(text: str) -> date:
    """OFX 3.2.8.2: yyyymmdd, then perhaps an hour and a zone."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise ValueError(
            _("« {text} » n’est pas une date.").format(text=tidy(text, 40)) if text else _("la date manque.")
        ) from None
