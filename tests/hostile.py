"""What an attacker sends: each is answered or refused (a test), and none holds the loop (the bench).

Every entry is as large as its door lets in, or larger. Who adds a parser of what people send adds what is worst for it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from hostile_pictures import PICTURES
from hostile_sheets import MARKDOWN, SHEETS

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BOUNDARY = "hostile"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
STATEMENT, CARRIED, BODY, HEADER = 9_900_000, 2_900_000, 1_990_000, 60_000
# bytes: what a bank's file, a file that a form carries back, a form, a header may weigh


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request. `who`: nobody, member (of an organisation), program (its key), team.

    In its path stand `{session}`, `{booking}`, `{offer}` and `{facilitator}`.
    """

    name: str
    who: str
    path: str
    body: Callable[[], bytes] | None = None
    kind: str = FORM
    headers: dict[str, str] = field(default_factory=dict)

    def at(self, organisation: str, **known: object) -> tuple[str, bytes | None]:
        """(path, content) where those are."""
        content, path = self.body() if self.body else None, self.path
        if content is not None and path == BOOK:
            content = content.replace(b"ORGANISATION", organisation.encode())
        for name, value in known.items():
            path = path.replace(f"{{{name}}}", str(value))
        return path, content

    @property
    def method(self) -> str:
        """A body is posted."""
        return "GET" if self.body is None else "POST"


def _fill(piece: str | bytes, size: int) -> bytes:
    piece = piece.encode() if isinstance(piece, str) else piece
    return piece * (size // len(piece))


def _field(name: str, value: bytes, size: int = BODY) -> bytes:
    return f"{name}=".encode() + value[: size - 100]


def _file(content: bytes, filename: str = "x.csv", name: str = "file") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + _END


def _part(content: bytes, name: str = "carried") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + _END


_END = f"\r\n--{BOUNDARY}--\r\n".encode()


def _encoded(charset: str, content: bytes) -> bytes:
    """A text that says itself how it is to be decoded."""
    head = f'Content-Disposition: form-data; name="email"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
    return f"--{BOUNDARY}\r\n{head}".encode() + content + _END


# Marks of two classes by turns: to put n of them in order takes n², and 40,000 took eight seconds.
STACKED = "a" + "\u0301\u0327"


def _stacked(size: int) -> str:
    return STACKED[0] + STACKED[1:] * (size // 2)


def _parts(count: int) -> bytes:
    one = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a{{n}}"\r\n\r\nx\r\n'
    return "".join(one.format(n=n) for n in range(count)).encode() + f"--{BOUNDARY}--\r\n".encode()


BOOK, SIGNIN, IMPORT, OPENING = (
    "/seances/{session}/reserver", "/connexion", "/gestion/banque/importer", "/gestion/comptes/reprises/fichier",
)  # fmt: skip


def _people() -> Iterator[Hostile]:
    """Names of participants, as a form takes them and as a program sends them."""
    lines = {
        "an address without end": "a@" * 5_000 + "<",
        "marks without end": "<" * 600 + "@",
        "separators without end": " ," * 300 + "a@b",
        "two thousand lines": ("é" * 190 + " <a@example.org>\n") * 2_000,
        "a hundred thousand lines": "a\n" * 100_000,
        "stacked accents": _stacked(90_000),
        "lines of stacked accents": (_stacked(190) + "\n") * 900,
        "line ends of every kind": "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" * 20_000,
    }
    for name, text in lines.items():
        typed = "structure=ORGANISATION&places=2&participants=" + quote_plus(text)
        yield Hostile(f"participants: {name}", "member", BOOK, lambda t=typed: t.encode())
    sent = {
        "40,000 participants": [{"name": "a", "email": "a@example.org"}] * 40_000,
        "500 wrong participants": [{"name": 1, "email": 2, "x": 3}] * 500,
        "500 addresses of dots": [{"name": "a", "email": "a@" + "a." * 99}] * 500,
    }
    for name, people in sent.items():
        yield Hostile(f"api: {name}", "program", "/api/v1/bookings", lambda p=people: _booking(participants=p), JSON)


def _booking(**more: object) -> bytes:
    return json.dumps({"session": 1, "seats": 1, **more}).encode()


def _json() -> Iterator[Hostile]:
    path = "/api/v1/bookings"
    bodies: dict[str, Callable[[], bytes]] = {
        "nested": lambda: b"[" * 900_000,
        "nested objects": lambda: b'{"a":' * 300_000,
        "a hundred thousand names": lambda: json.dumps({f"a{n}": n for n in range(100_000)}).encode(),
        "a list of numbers": lambda: b"[" + b"1," * 900_000 + b"1]",
        "a number without end": lambda: b'{"seats":' + b"9" * 1_900_000 + b"}",
        "a text without end": lambda: _booking(note="a" * 1_900_000),
        "escapes": lambda: b'{"note":"' + b"\\u0000" * 300_000 + b'"}',
        "stacked accents": lambda: _booking(note=_stacked(1_900)),
        "a thousand names of stacked accents": lambda: _booking(participants=[{"name": _stacked(190)}] * 500),
        "a decimal without end": lambda: b'{"seats":1.' + b"0" * 790_000 + b"}",
        "an exponent without end": lambda: b'{"seats":1e' + b"9" * 790_000 + b"}",
        "the same name twice, often": lambda: b"{" + b'"a":1,' * 100_000 + b'"a":1}',
        "surrogates": lambda: b'{"note":"' + b"\\ud800" * 100_000 + b'"}',
    }
    for name, body in bodies.items():
        yield Hostile(f"json: {name}", "program", path, body, JSON)
    yield Hostile(
        "a key of idempotency without end", "program", path, _booking, JSON, {"Idempotency-Key": "a" * HEADER}
    )


def _forms() -> Iterator[Hostile]:
    bodies: dict[str, Callable[[], bytes]] = {
        "a hundred thousand fields": lambda: "&".join(f"a{n}=1" for n in range(100_000)).encode(),
        "separators": lambda: b"&" * BODY,
        "equal signs": lambda: b"=" * BODY,
        "escapes": lambda: _field("email", _fill("%00", BODY)),
        "names of tokens": lambda: _field("_csrf_token", _fill("%C3%A9", 200)),
        "broken escapes": lambda: _field("email", _fill("%", BODY)),
        "a field without end": lambda: _field("email", _fill("a", BODY)),
        "accents without end": lambda: _field("email", _fill("é", BODY)),
        "an address of dots": lambda: _field("email", _fill("a.", BODY)),
        "control characters": lambda: _field("email", _fill(b"\x01\r", BODY)),
        "spaces": lambda: _field("email", _fill("+", BODY)),
        "stacked accents": lambda: b"email=" + _fill("%CC%81%CC%A7", 590_000),
        "stacked accents in many fields": lambda: b"&".join(
            b"a%d=%s" % (n, _fill("%CC%81%CC%A7", 500)) for n in range(1_000)
        ),
    }
    for name, body in bodies.items():
        yield Hostile(f"form: {name}", "nobody", SIGNIN, body)
    parts: dict[str, Callable[[], bytes]] = {
        "thirty thousand parts": lambda: _parts(30_000),
        "nine hundred parts": lambda: _parts(900),
        "boundaries": lambda: _fill(f"--{BOUNDARY}\r\n", BODY),
        "almost boundaries": lambda: _file(_fill(f"\r\n--{BOUNDARY[:-1]}", BODY - 1_000)),
        "no end": lambda: _fill("a", BODY),
        "a head without end": lambda: f"--{BOUNDARY}\r\nContent-Disposition: ".encode() + _fill(";a=b", BODY),
        "line ends": lambda: _file(_fill("\r\n", BODY - 1_000)),
        "a name without end": lambda: _file(b"x", "a" * 1_900_000),
        "no name": lambda: f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx".encode() + _END,
        "an encoding that takes the square": lambda: _encoded("punycode", b"a" * 900_000 + b"-" + b"a" * 900_000),
        "an encoding that is none": lambda: _encoded("nowhere", b"x"),
        "an encoding that escapes": lambda: _encoded("unicode_escape", b"\\u202e" * 300_000),
        "an encoding of domains": lambda: _encoded("idna", b"xn--" + b"a" * 1_000_000),
        "stacked accents": lambda: _part(_stacked(900_000).encode(), "email"),
        "no text": lambda: _part(b"\xc3" * 1_900_000, "email"),
    }
    for name, body in parts.items():
        yield Hostile(f"multipart: {name}", "nobody", SIGNIN, body, MULTIPART)


def _headers() -> Iterator[Hostile]:
    headers = {
        "Accept-Language": ("fr;q=0.1,", "fr;q=", "-", "fr;q=1e9999,", "a,"),
        "Accept": ("text/html;q=0.1,", "a/b;", "*/*,"),
        "Cookie": ("a=b; ", "signin=a; ", ";", 'flash="', "csrf=a; "),
        "If-None-Match": ('W/"a",', ",", '"'),
        "X-Forwarded-For": ("1.1.1.1,", ",", "::"),
        "Authorization": ("Bearer ", "a"),
        "User-Agent": ("a (", "Mozilla/5.0 "),
        "Range": ("bytes=0-1,", "bytes="),
    }
    for name, pieces in headers.items():
        for n, piece in enumerate(pieces):
            value = _fill(piece, HEADER).decode()
            yield Hostile(f"header: {name} {n}", "nobody", "/seances", headers={name: value})
    yield Hostile("header: Content-Type", "nobody", SIGNIN, lambda: b"a=b", _fill("a/b;a=b", HEADER).decode())
    boundary = f"multipart/form-data; boundary={'a' * HEADER}"
    yield Hostile("header: a boundary without end", "nobody", SIGNIN, lambda: b"a" * BODY, boundary)


def _addresses() -> Iterator[Hostile]:
    for n, query in enumerate(("a=b&", "&", "q=%C3%A9", "q=", "apres=2027-01-01~1&", "%", "du=2027-01-01&", "q=a+")):
        many = _fill(query, HEADER).decode()
        yield Hostile(f"query {n}", "nobody", f"/seances?{many}")
        yield Hostile(f"query of the team {n}", "team", f"/gestion/reservations?{many}")
        yield Hostile(f"query of a program {n}", "program", f"/api/v1/sessions?{many}")
    for path in ("/seances/", "/catalogue/", "/agenda/p/", "/lien/", "/connexion/lien/", "/static/", "/espace/"):
        for piece in ("a", "-", "%2e", "..%2f", ".ics"):
            yield Hostile(f"path {path} {piece}", "nobody", path + _fill(piece, 20_000).decode())
    yield Hostile("search of the team", "team", "/gestion/recherche?q=" + "%25_" * 10_000)


def ofx(inside: bytes) -> bytes:
    return b"OFXHEADER:100\n\n<OFX><CURDEF>EUR" + inside + b"</OFX>"


def camt(inside: bytes) -> bytes:
    space = b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    return b'<Document xmlns="' + space + b'"><BkToCstmrStmt><Stmt>' + inside + b"</Stmt></BkToCstmrStmt></Document>"


_TITLES = "Date;Libellé;Montant\n".encode()
_OFX_ONE = b"<STMTTRN><DTPOSTED>20270215<TRNAMT>1.00<FITID>7<NAME>VIR</STMTTRN>"
_CAMT_ONE = (
    b'<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2027-02-15</Dt></BookgDt>'
    b"<NtryDtls><TxDtls><RmtInf><Ustrd>F2027-1</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)

FILES: dict[str, Callable[[], bytes]] = {
    "ofx: 200,000 tags": lambda: ofx(b"<STMTTRN>" + b"<A>1" * 200_000),
    "ofx: two million tags": lambda: ofx(_fill("<A>", STATEMENT)),
    "ofx: open brackets": lambda: ofx(_fill("<", STATEMENT)),
    "ofx: a name without end": lambda: ofx(b"<" + _fill("A", STATEMENT)),
    "ofx: names without end": lambda: ofx(_fill("<" + "A" * 200, STATEMENT)),
    "ofx: cdata in many": lambda: ofx(b"<STMTTRN>" + (b"<NAME>" + b"<![CDATA[" * 220) * 4_900),
    "ofx: no tag at all": lambda: ofx(_fill("a", STATEMENT)),
    "ofx: a byte that is no text at its end": lambda: ofx(_fill("a", STATEMENT) + b"\x81"),
    "ofx: labels of stacked accents": lambda: ofx(
        _OFX_ONE.replace(b"VIR", _stacked(400).encode()) * 9_000
    ),
    "ofx: cdata": lambda: ofx(b"<STMTTRN><NAME>" + _fill("<![CDATA[", STATEMENT)),
    "ofx: entities": lambda: ofx(b"<STMTTRN><NAME>" + _fill("&amp", STATEMENT)),
    "ofx: 20,000 operations": lambda: ofx(_OFX_ONE * 20_000),
    "ofx: 100,000 operations": lambda: ofx(_OFX_ONE * 100_000),
    "ofx: line ends": lambda: ofx(_fill("\n", STATEMENT)),
    "camt: 20,000 entries": lambda: camt(_CAMT_ONE * 20_000),
    "camt: 40,000 entries": lambda: camt(_CAMT_ONE * 40_000),
    "camt: elements": lambda: camt(_fill("<a/>", STATEMENT)),
    "camt: statements": lambda: camt(_fill("<Stmt/>", STATEMENT)),
    "camt: nested": lambda: camt(_fill("<a>", STATEMENT)),
    "camt: attributes": lambda: camt(b"<a " + b" ".join(b'a%d="1"' % n for n in range(700_000)) + b"/>"),
    "camt: namespaces": lambda: camt(b"<a " + b" ".join(b'xmlns:a%d="a"' % n for n in range(400_000)) + b"/>"),
    "camt: a text without end": lambda: camt(b"<Ntry><Amt>" + _fill("1", STATEMENT) + b"</Amt></Ntry>"),
    "camt: comments": lambda: camt(_fill("<!---->", STATEMENT)),
    "camt: entries of many details": lambda: camt(
        (b"<Ntry>" + b"<NtryDtls><TxDtls><Amt/></TxDtls></NtryDtls>" * 900 + b"</Ntry>") * 220
    ),
    "camt: a decimal without end": lambda: camt(b"<Ntry><Amt>0." + _fill("0", STATEMENT) + b"</Amt></Ntry>"),
    "camt: entities that double": lambda: b'<!DOCTYPE a [<!ENTITY b "' + b"b" * 50_000 + b'">]>' + camt(b"&b;" * 1_000),
    "camt: tags of 9,000 letters": lambda: camt(_fill(b"<" + b"a" * 9_000 + b"/>", STATEMENT)),
    "camt: in sixteen bits": lambda: camt(_fill("<a/>", 4_900_000)).decode().encode("utf-16"),
    "camt: details": lambda: camt(b"<Ntry>" + _fill("<NtryDtls><TxDtls/></NtryDtls>", STATEMENT) + b"</Ntry>"),
    "csv: 9.5 MB of operations": lambda: _TITLES + b"15/02/2027;VIR SEPA " + b"A" * 450 + b";1,00\n"
    + (b"15/02/2027;VIR SEPA " + b"A" * 450 + b";1,00\n") * 19_900,
    "csv: cells": lambda: _TITLES + _fill(";", STATEMENT),
    "csv: short rows of cells": lambda: _TITLES + _fill(";" * 19_000 + "\n", STATEMENT),
    "csv: rows": lambda: _TITLES + _fill("\n", STATEMENT),
    "csv: rows of one cell": lambda: _TITLES + _fill("a\n", STATEMENT),
    "csv: quotation marks": lambda: _TITLES + _fill('"', STATEMENT),
    "csv: pairs of quotation marks": lambda: _TITLES + _fill('"";', STATEMENT),
    "csv: days": lambda: _fill("15/02/2027;", 19_000) + b"\n" + _fill("15/02/2027;1,00\n", 900_000),
    "csv: titles": lambda: (_fill("Date Montant;", 19_000) + b"\n") * 500,
    "csv: ibans": lambda: (_fill("FR76 ", 19_000) + b"\n") * 50 + _TITLES + b"15/02/2027;VIR;1,00\n",
    "csv: amounts": lambda: _TITLES + (b"15/02/2027;VIR;" + b"1 " * 9_000 + b"\n") * 400,
    "csv: dots": lambda: _TITLES + (b"15/02/2027;VIR;" + b"1.111" * 3_000 + b"\n") * 400,
    "csv: numbers in a label": lambda: _TITLES + (b"15/02/2027;" + b"1 O" * 330 + b";1,00\n") * 9_000,
    "csv: stacked accents": lambda: _TITLES + ("15/02/2027;" + _stacked(19_000) + ";1,00\n").encode() * 250,
    "csv: titles of stacked accents": lambda: (_stacked(19_000) + ";").encode() + b"\n" + _TITLES,
    "csv: letters of Windows": lambda: _TITLES + _fill(b"15/02/2027;" + b"\xe9" * 480 + b";1,00\n", STATEMENT),
    "csv: a byte that is no text at its end": lambda: _TITLES + _fill("a" * 400 + "\n", STATEMENT - 9) + b"\x81",
    "csv: letters of two bytes": lambda: _TITLES + _fill("é" * 400 + "\n", STATEMENT),
    "csv: carriage returns": lambda: _TITLES + _fill("\r", STATEMENT),
    "csv: marks of order": lambda: b"\xff\xfe" + _fill("a\x00;\x00", STATEMENT),
}  # fmt: skip


def _files() -> Iterator[Hostile]:
    for name, content in FILES.items():
        yield Hostile(name, "team", IMPORT, lambda c=content: _file(c()), MULTIPART)
    for name in ("csv: cells", "csv: rows", "csv: quotation marks", "csv: short rows of cells"):
        yield Hostile(f"opening, {name}", "team", OPENING, lambda c=FILES[name]: _file(c()[: BODY - 1_000]), MULTIPART)
    wrong = b"numero;payeur;date;echeance;montant\n" + b"A1;x;1/1/2026;1/1/2025;0\n" * 5_000
    yield Hostile("opening, 5,000 wrong rows", "team", OPENING, lambda: _file(wrong), MULTIPART)
    for name, carried in {
        "wrong rows": base64.b64encode(wrong),
        "rubbish": b"A" * CARRIED,
        "letters": b"\xc3" * CARRIED,
    }.items():
        yield Hostile(
            f"opening, carried back: {name}", "team", OPENING + "/reprendre", lambda c=carried: _part(c), MULTIPART
        )
    for name, signature in {"short": b"t=1,v1=a", "without end": _fill("v1=a,", HEADER)}.items():
        signed = {"Stripe-Signature": signature.decode()}
        yield Hostile(
            f"a notice, its signature {name}", "nobody", "/hooks/stripe", lambda: b"[" * 250_000, JSON, signed
        )


def _pictures() -> Iterator[Hostile]:
    for name, content in PICTURES.items():
        sent = lambda c=content: _file(c(), "p.jpg", "picture")  # noqa: E731
        yield Hostile(f"a picture: {name}", "team", "/gestion/catalogue/velo/image", sent, MULTIPART)


def _sheets() -> Iterator[Hostile]:
    """Spreadsheets of people, venues, offers; and one that its form carries back."""
    for name, content in SHEETS.items():
        sent = lambda c=content: _file(c())  # noqa: E731
        yield Hostile(f"a sheet of organisations: {name}", "team", "/gestion/importer/structures", sent, MULTIPART)
    for kind in ("animation", "lieux", "catalogue", "seances"):
        sent = lambda: _file(SHEETS["lines of quotation marks"]()[:990_000])  # noqa: E731
        yield Hostile(f"a sheet of {kind}", "team", f"/gestion/importer/{kind}", sent, MULTIPART)
    for name in ("a workbook without end", "wrong lines"):
        sent = lambda c=SHEETS[name]: _part(base64.b64encode(c()))  # noqa: E731
        yield Hostile(f"a sheet carried back: {name}", "team", "/gestion/importer/structures/importer", sent, MULTIPART)


def _papers() -> Iterator[Hostile]:
    """Papers: of a booking, of a call, of who delivers; and the Markdown of an offer."""
    doors = {
        "a booking": ("/gestion/reservations/{booking}/documents", "document"),
        "a call": ("/gestion/reservations/nouvelle", "document"),
        "who delivers": ("/gestion/papiers/nouveau?personne={facilitator}", "file"),
    }
    papers = {
        "eleven megabytes": lambda: b"%PDF-" + b"\0" * 11_000_000 + b"%%EOF",
        "a PDF of its end": lambda: b"%PDF-" + _fill("%%EOF", 4_900_000),
        "a PNG that goes on after its end": PICTURES["a PNG that goes on after its end"],
        "a JPEG of half a million scans": PICTURES["a JPEG of half a million scans"],
        "a JPEG of rubbish": PICTURES["a JPEG of rubbish before its first scan"],
    }
    for door, (path, name) in doors.items():
        for what, content in papers.items():
            sent = lambda c=content, n=name: _file(c(), "p.pdf", n)  # noqa: E731
            yield Hostile(f"a paper of {door}: {what}", "team", path, sent, MULTIPART)
        text = lambda: _part(b"a " * 2_400_000, "number")  # noqa: E731
        yield Hostile(f"a text without end beside a paper of {door}", "team", path, text, MULTIPART)
    for name, text in MARKDOWN.items():
        written = lambda t=text: b"description=" + quote_plus(t()).replace("%5B", "[").encode()  # noqa: E731
        yield Hostile(f"markdown: {name}", "team", "/gestion/catalogue/apercu", written)
        yield Hostile(f"an offer's markdown: {name}", "team", "/gestion/catalogue/{offer}/modifier", written)


def corpus() -> list[Hostile]:
    """All of them, each with a name of its own."""
    return [
        *_people(),
        *_json(),
        *_forms(),
        *_headers(),
        *_addresses(),
        *_files(),
        *_pictures(),
        *_sheets(),
        *_papers(),
    ]
