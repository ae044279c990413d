"""Mails as bytes, read back by both of the standard library's parsers; and the addresses they go to."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import EmailMessage, Message
from email.utils import getaddresses

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.calendar.formats.mailbox import Mailbox, UnusableAddress, ascii_address
from training.messages.formats.mime import AttachedFile, CalendarPart, build

PLATFORM = Mailbox("Plateforme de mobilité", "agenda@example.org")
CONTACT = Mailbox("Élodie Exemple", "elodie@évreux.example")
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Vélo été\r\nEND:VCALENDAR\r\n".encode()
PIECES = st.sampled_from(
    [
        *'<>@,;:"\\()\r\n\té’',
        "\r\nBcc: x@example.org",
        "\u00a0:",
        "\u202f!",
        "=?utf-8?q?x?=",
        "👩🏽‍🚒",
        " vélo",
        "b" * 90,
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=30).map("".join))


def mail(**changes: object) -> EmailMessage:
    values: dict[str, object] = {
        "message_id": "<booking-7.confirmed.1@example.org>",
        "date": datetime(2026, 2, 1, 9, tzinfo=UTC),
        "sender": PLATFORM,
        "to": CONTACT,
        "subject": "Votre séance est confirmée",
        "text": "Bonjour,\n\nC’est confirmé !\n",
        "html": "<p>C’est confirmé !</p>\n",
    }
    return build(**(values | changes))  # type: ignore[arg-type]


def sent(**changes: object) -> bytes:
    content = mail(**changes).as_bytes()
    assert content.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert max(map(len, content.split(b"\r\n"))) <= 76
    return content


def header(content: bytes, name: str) -> str:
    """A header's words, read by RFC 2047 alone: the modern parser loses some spaces of its own."""
    unfolded = re.sub(r"\r\n(?=[ \t])", "", str(email.message_from_bytes(content)[name]))
    return "".join(
        piece if isinstance(piece, str) else piece.decode(charset or "ascii")
        for piece, charset in decode_header(unfolded)
    )


def modern(content: bytes) -> EmailMessage:
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert not [part.defects for part in read.walk() if part.defects]
    return read


def shape(part: Message) -> object:
    if part.is_multipart():
        return part.get_content_subtype(), [shape(child) for child in part.get_payload()]
    return part.get_content_type()


INVITED = {"invitation": CalendarPart("REQUEST", ICS)}
INVOICE = AttachedFile("facture-2026-0001.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, ("alternative", ["text/plain", "text/html"])),
        (
            {"attachments": [INVOICE]},
            ("mixed", [("alternative", ["text/plain", "text/html"]), "application/pdf"]),
        ),
        (
            INVITED | {"attachments": [INVOICE]},
            (
                "mixed",
                [("alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics", "application/pdf"],
            ),
        ),
    ],
)
def test_the_parts_stand_as_the_guide_draws_them(parts: dict[str, object], expected: object) -> None:
    assert shape(modern(sent(**parts))) == expected


def test_the_invitation_says_its_method_and_travels_in_base64_twice() -> None:
    read = modern(sent(**INVITED))
    inline, file = (part for part in read.walk() if part.get_content_type() in ("text/calendar", "application/ics"))
    assert dict(inline["Content-Type"].params) == {"method": "REQUEST", "charset": "UTF-8"}
    assert file.get_filename() == "invitation.ics"
    for part in (inline, file):
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part.get_payload(decode=True) == ICS


def test_the_headers_are_those_of_a_machine_that_may_be_answered() -> None:
    content = sent(reply_to=Mailbox("", "contact@example.org"))
    read = modern(content)
    assert read["Message-ID"] == "<booking-7.confirmed.1@example.org>"
    assert read["Date"].datetime == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert read["To"].addresses[0].addr_spec == "elodie@xn--vreux-9ra.example"
    assert header(content, "Reply-To") == "<contact@example.org>"
    assert read["Auto-Submitted"] == "auto-generated"


def test_the_files_come_back_octet_for_octet() -> None:
    (file,) = modern(sent(attachments=[INVOICE])).iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == (INVOICE.name, INVOICE.content)


def test_the_same_mail_has_the_same_bytes() -> None:
    assert sent(**INVITED) == sent(**INVITED)


@settings(max_examples=150)
@given(subject=TEXTS, name=TEXTS, text=TEXTS)
@example(subject="Séance\r\nBcc: x@example.org", name='Exemple, Élodie "Lolo" (mairie)\r\nCc: x@example.org', text=".")
@example(subject="=?utf-8?q?x?= 12 % !", name="=?utf-8?q?x?=", text="From moi\n.\n" + "é" * 300)
@example(subject="x" * 300, name='"\\' * 60, text="=_0_")
def test_what_people_type_stays_in_its_place(subject: str, name: str, text: str) -> None:
    content = sent(subject=subject, to=Mailbox(name, "elodie@example.org"), text=text)
    flat = [re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value).strip() for value in (subject, name)]
    assert header(content, "Subject") == flat[0]
    ((display, address),) = getaddresses([re.sub(r"\r\n(?=[ \t])", "", email.message_from_bytes(content)["To"])])
    assert address == "elodie@example.org"
    assert header(f"To: {display}\r\n\r\n".encode(), "To") == flat[1] if "=?" in display else display == flat[1]
    read = modern(content)
    assert {field.lower() for field in read} == {
        *("message-id", "date", "from", "to", "subject", "auto-submitted", "mime-version", "content-type")
    }
    assert [found.addr_spec for found in read["To"].addresses] == ["elodie@example.org"]
    expected = re.sub(r"\r\n|\r", "\n", text)
    assert read.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n") == expected.rstrip("\n")


@settings(max_examples=80)
@given(TEXTS)
@example("../../etc/passwd")
@example("Facture 2026‑0001 – été.pdf")
@example("\r\nContent-Type: text/html")
def test_a_file_name_is_only_a_name(name: str) -> None:
    (file,) = modern(sent(attachments=[AttachedFile(name, "application/pdf", b"%PDF")])).iter_attachments()
    assert file.get_content_type() == "application/pdf"
    assert not re.search(r'[/\\\r\n"]|^\.', file.get_filename())


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "no-brackets@example.org"},
        {"message_id": "<a@example.org>\r\nBcc: x@example.org"},
        {"message_id": f"<{'a' * 80}@example.org>"},
        {"date": datetime(2026, 2, 1, 9)},  # noqa: DTZ001 - the point
        {"attachments": [AttachedFile("x", "multipart/mixed", b"")]},
        {"attachments": [AttachedFile("x", "application/pdf\r\nX: y", b"")]},
    ],
)
def test_what_a_mail_cannot_carry_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        mail(**changes)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" marie@Évreux.example ", "marie@xn--vreux-9ra.example"),
        ("Marie.Exemple+velo@example.org", "Marie.Exemple+velo@example.org"),
        ("marie@EXAMPLE.org", "marie@example.org"),
    ],
)
def test_a_domain_is_kept_in_a_labels(typed: str, kept: str) -> None:
    assert ascii_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "marie",
            "@example.org",
            "marie@",
            "marie@example",
            ".a@example.org",
            "a b@example.org",
            "mârie@example.org",
        ),
        *("marie@-a.org", "marie@example..org", "marie@127.0.0.1", "a@b@example.org", "x" * 65 + "@example.org"),
        *("marie@example.org\r\nBcc: x@example.org", "<marie@example.org>", "marie@example.org>"),
        *("marie@straße.example", "marie@" + "é" * 70 + ".example"),
    ],
)
def test_an_address_that_no_server_takes_is_refused(typed: str) -> None:
    with pytest.raises(UnusableAddress):
        ascii_address(typed)


def test_a_mailto_escapes_what_means_something_in_an_uri() -> None:
    assert Mailbox("", "a%b?c&d+e@example.org").mailto == "mailto:a%25b%3Fc%26d+e@example.org"
