"""One mail to one person as MIME: its two readings, what a calendar program reads, and its files; sends nothing."""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage

from training.calendar.formats.itip import Method
from training.calendar.formats.mailbox import Mailbox

_LINE = 76  # RFC 2045 6.7 and RFC 2047 2, where the policy's own 78 lets quoted-printable lines grow too long.
# 7bit: a relay without 8BITMIME cannot harm what is ASCII already. Not refolded: see `_phrase`.
POLICY = email.policy.SMTP.clone(max_line_length=_LINE, cte_type="7bit", refold_source="none")

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_LONGEST_MESSAGE_ID = 64  # with its name on one line: a folded Message-ID is lost by some readers
_MEDIA_TYPE = re.compile(r"([a-z]+)/([a-z0-9.+-]+)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+')
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 3.2.3
_QUOTED_PAIR = re.compile(r'["\\]')
_EDGES = re.compile(r"^[\s.-]+|[\s.-]+$")  # a name that begins with a dot is hidden, one that ends with it is cut
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of the mail: `media_type` such as `application/pdf`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What `calendar.formats.itip` wrote; the MIME part repeats its METHOD (RFC 6047 2.4)."""

    method: Method
    content: bytes


def build(
    *,
    message_id: str,
    date: datetime,
    sender: Mailbox,
    to: Mailbox,
    subject: str,
    text: str,
    html: str,
    reply_to: Mailbox | None = None,
    invitation: CalendarPart | None = None,
    attachments: Sequence[AttachedFile] = (),
) -> EmailMessage:
    """The mail: mixed( alternative( plain, html, calendar ), invitation.ics, files ), or less of it.

    `message_id`, angle brackets included, is the same at every try: a mail sent twice shows once. `date` is aware.
    """
    if not _MESSAGE_ID.fullmatch(message_id) or len(message_id) > _LONGEST_MESSAGE_ID:
        raise ValueError("a Message-ID is <left@right>, at most 70 characters")
    if date.tzinfo is None:
        raise ValueError("a naive datetime has no instant: make times in kernel/clock.py")
    mail = EmailMessage(POLICY)
    mail["Message-ID"] = message_id
    mail["Date"] = date
    mail.set_raw("From", _address("From", sender))
    mail.set_raw("To", _address("To", to))
    if reply_to is not None:
        mail.set_raw("Reply-To", _address("Reply-To", reply_to))
    mail.set_raw("Subject", _phrase("Subject", _one_line(subject)))
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: no holiday answer to a machine
    mail.set_content(_printable(text), cte="quoted-printable")
    mail.add_alternative(_printable(html), subtype="html", cte="quoted-printable")
    if invitation is not None:
        _add_invitation(mail, invitation)
    for attachment in attachments:
        _attach(mail, attachment)
    _mark_boundaries(mail, message_id)
    return mail


def _add_invitation(mail: EmailMessage, invitation: CalendarPart) -> None:
    """Twice: inside the alternative with its method, which is what asks the reader; and as a file for the others.

    Base64 both: some Outlooks misread quoted-printable here.
    """
    parameters = {"method": invitation.method, "charset": "UTF-8"}
    mail.add_alternative(invitation.content, maintype="text", subtype="calendar", params=parameters, cte="base64")
    _attach(mail, AttachedFile("invitation.ics", "application/ics", invitation.content))


def _attach(mail: EmailMessage, attachment: AttachedFile) -> None:
    match = _MEDIA_TYPE.fullmatch(attachment.media_type)
    if match is None or match[1] in ("multipart", "message"):
        raise ValueError(f"not the media type of a file: {attachment.media_type!r}")
    name = _NOT_IN_FILE_NAMES.sub("-", attachment.name)
    name = _EDGES.sub("", name) or "document"
    mail.add_attachment(attachment.content, maintype=match[1], subtype=match[2], cte="base64", filename=name)


def _mark_boundaries(mail: EmailMessage, message_id: str) -> None:
    """The same mail has the same bytes. « =_ » stands in no base64 and no quoted-printable (RFC 2045 6.7)."""
    containers = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(containers):
        part.set_boundary(f"=_{number}_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}")


def _address(header: str, mailbox: Mailbox) -> str:
    """A mailbox as a header's value (RFC 5322 3.4), folded."""
    address, name = f"<{mailbox.address}>", _one_line(mailbox.name)
    if not name:
        return address
    quoted = name if _ATOMS.fullmatch(name) else '"' + _QUOTED_PAIR.sub(r"\\\g<0>", name) + '"'
    if _is_plain(f"{header}: {quoted}"):
        return f"{quoted} {address}" if _is_plain(f"{header}: {quoted} {address}") else f"{quoted}\r\n {address}"
    return f"{_encoded(header, name)}\r\n {address}"


def _phrase(header: str, value: str) -> str:
    """A text as a header's value, folded. The modern `email` package loses the narrow no-break space French wants
    before « ! », and reads encoded words where somebody typed one: so the header is encoded here and stored raw.
    """
    return value if _is_plain(f"{header}: {value}") else _encoded(header, value)


def _is_plain(line: str) -> bool:
    return len(line) <= _LINE and line.isascii() and "=?" not in line


def _encoded(header: str, value: str) -> str:
    """Encoded words (RFC 2047), each within its line and none ending inside a character."""
    return Header(value, "utf-8", maxlinelen=_LINE, header_name=header).encode(linesep="\r\n")


def _one_line(value: str) -> str:
    """A header's text: no line may begin in it (header injection), whatever was typed."""
    return _UNPRINTABLE.sub(" ", value).strip()


def _printable(value: str) -> str:
    return _SURROGATE.sub("\ufffd", value)
