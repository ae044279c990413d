"""Statements in CAMT.053 (ISO 20022), 001.02 to 001.08 and on. No entity, no DTD, no address followed. No I/O."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from lxml import etree

from training.kernel.i18n import _
from training.kernel.sheets import PIECE, Unreadable
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

_PAYER = ("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm", "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm")

LONG = 10_000
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % LONG)  # what opens it takes long to take in, and no bank writes it
TAGS_MAX = 30 * LINES_MAX  # an operation of two kilobytes has eighty; what is read is let go of at once
STATEMENTS_MAX = 1_000  # one a day is 366 a year

Element = etree._Element  # lxml gives its class no public name


def read(content: bytes) -> Statement:
    """The movements of a file: of a batch, each of its payments. Unreadable: broken, dangerous, or another message."""
    accounts: dict[str, None] = {}
    lines: list[Movement] = []
    for statement in _statements(content):
        accounts[_said(statement, "Acct/Id/IBAN") or _said(statement, "Acct/Id/Othr/Id")] = None
        for entry in statement.iterchildren("{*}Ntry"):  # one at a time, so that others get their turn
            lines.extend(_movements(entry))
            check_size(len(lines))
    several_accounts(accounts)
    if not lines:
        raise Unreadable(_("Ce relevé ne contient aucune opération comptabilisée."))
    return Statement(next(iter(accounts))[:34], tuple(lines))


def _statements(content: bytes) -> Iterator[Element]:
    pieces = range(0, len(content), PIECE)
    if any(b"<!DOCTYPE" in content[at : at + PIECE + 20].replace(b"\0", b"") for at in pieces):
        raise _dangerous()
    if any(_LONG_TAG.search(content, at, at + PIECE + LONG) for at in pieces):
        raise Unreadable(_("Ce fichier XML n’est pas un relevé de compte CAMT.053."))
    if content.count(b"<") > TAGS_MAX:
        raise Unreadable(_("Ce fichier a bien plus de balises qu’un relevé : il est refusé."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        words = _("le fichier est coupé ou abîmé à cet endroit.")
        raise at_line(error.lineno, words) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _dangerous()
    message = re.search(r"camt\.(\d{3})", str(root.tag))
    if message and message[1] != "053":
        words = _("C’est un message CAMT.{n} : demandez à la banque le relevé de compte, CAMT.053.")
        raise Unreadable(words.format(n=message[1]))
    found = itertools.islice(root.iterdescendants("{*}Stmt"), STATEMENTS_MAX + 1)
    for count, statement in enumerate(found if message else (), start=1):
        if count > STATEMENTS_MAX:
            raise Unreadable(_("Ce fichier a bien plus de balises qu’un relevé : il est refusé."))
        yield statement
    if not message or root.find(".//{*}Stmt") is None:
        raise Unreadable(_("Ce fichier XML n’est pas un relevé de compte CAMT.053."))


def _dangerous() -> Unreadable:
    return Unreadable(
        _("Ce fichier contient des déclarations (DTD, entités) qu’aucun relevé ne porte : il est refusé.")
    )


@cache
def _any(path: str) -> str:
    """A path of local names in whatever version's namespace."""
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def _each(element: Element, path: str) -> Iterator[Element]:
    """All elements at a path of local names; one at a time, so that others get their turn."""
    step, _slash, rest = path.partition("/")
    for child in element.iterchildren(f"{{*}}{step}"):
        if rest:
            yield from _each(child, rest)
        else:
            yield child


def _said(element: Element, path: str) -> str:
    """The first text at a path of local names, "" when there is none."""
    found = element.find(_any(path))
    return "" if found is None else (found.text or "").strip()


def _line(element: Element) -> int | None:
    found: object = element.sourceline
    return found if isinstance(found, int) else None


def _movements(entry: Element) -> Iterator[Movement]:
    # 001.02 writes the status as text, 001.08 as a code or in the bank's own words; what is pending may still go away
    if (_said(entry, "Sts/Cd") or _said(entry, "Sts") or _said(entry, "Sts/Prtry") or "BOOK").upper() != "BOOK":
        return
    line = _line(entry)
    booked_on, whole = _day(entry, line), _cents(entry, "Amt", line)
    sign = {"CRDT": 1, "DBIT": -1}.get(_said(entry, "CdtDbtInd"))
    if sign is None or whole is None:
        raise at_line(line, _("cette opération ne dit pas si l’argent entre ou sort, ou combien."))
    details = list(_each(entry, "NtryDtls/TxDtls"))
    check_size(len(details))
    parts = [_part(detail) for detail in details]
    known = [cents for cents in parts if cents is not None]
    if len(details) > 1 and len(known) == len(details) and sum(known) == whole:
        parts_of = [_movement(booked_on, sign * cents, entry, [d]) for d, cents in zip(details, known, strict=True)]
        said = "\x1f".join(f"{one.amount_cents}\x1e{one.reference}\x1e{one.label}" for one in parts_of)
        ours = hashlib.sha256(f"{_said(entry, 'AcctSvcrRef')}\x1f{said}".encode()).hexdigest()[:24]
        yield from (replace(one, batch=ours) for one in parts_of)
    else:  # parts that do not add up would lose or invent money: the entry stays whole
        yield _movement(booked_on, sign * whole, entry, details)


def _part(detail: Element) -> int | None:
    """What a payment of a batch amounts to: 001.08 beside it, 001.02 among its details."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        cents = _cents(detail, path, _line(detail))
        if cents is not None:
            return cents
    return None


def _cents(element: Element, path: str, line: int | None) -> int | None:
    found = element.find(_any(path))
    if found is None:
        return None
    one_currency(found.get("Ccy") or "", _line(found))
    try:
        return plain_amount(found.text or "")
    except ValueError as error:
        raise at_line(_line(found) or line, str(error)) from None


def _day(entry: Element, line: int | None) -> date:
    paths = ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    text = next(filter(None, (_said(entry, path) for path in paths)), "")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        words = _("« {text} » n’est pas une date.").format(text=text[:40]) if text else _("la date manque.")
        raise at_line(line, words) from None


def _movement(booked_on: date, cents: int, entry: Element, details: list[Element]) -> Movement:
    names: dict[str, None] = {}
    ibans, references, label = dict[str, None](), dict[str, None](), dict[str, None]()
    for detail in details:
        if cents > 0:  # of money that goes out we are the debtor ourselves
            names.update(dict.fromkeys(_said(detail, path) for path in _PAYER))
            ibans[_said(detail, "RltdPties/DbtrAcct/Id/IBAN")] = None
        references[_said(detail, "Refs/EndToEndId")] = None
        for path in (
            "RmtInf/Ustrd",
            "RmtInf/Strd/CdtrRefInf/Ref",
            "RmtInf/Strd/RfrdDocInf/Nb",
            "RmtInf/Strd/AddtlRmtInf",
        ):
            label.update(dict.fromkeys((found.text or "").strip() for found in _each(detail, path)))
        label[_said(detail, "AddtlTxInf")] = None
    label[_said(entry, "AddtlNtryInf")] = None
    references.pop("NOTPROVIDED", None)
    return Movement(
        booked_on=booked_on,
        amount_cents=cents,
        label=tidy(" ".join(filter(None, label)), 1_000),
        payer_name=tidy(" / ".join(filter(None, names)), 200),
        payer_iban=next(filter(None, ibans), "")[:34],
        reference=tidy(" ".join(filter(None, references)), 140),
        bank_id=tidy(_bank_id(entry, details), 140),
    )


def _bank_id(entry: Element, details: list[Element]) -> str:
    """The bank's own reference of a movement; the whole entry's is not that of one payment of a batch."""
    own = _said(details[0], "Refs/AcctSvcrRef") if len(details) == 1 else ""
    part = len(details) == 1 and sum(1 for _detail in _each(entry, "NtryDtls/TxDtls")) > 1
    return own or ("" if part else _said(entry, "AcctSvcrRef"))
