"""The mail server that takes our mails; knows no queue and no occasion. Never called with a transaction open.

A refusal is one of two: `TransientRefusal` (try again later, same Message-ID) and `PermanentRefusal` (this mail to
this address will not pass; a person must look).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Self, cast, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import aiosmtplib

from training.calendar.formats.mailbox import UnusableAddress, ascii_address
from training.kernel.i18n import _

StartTls = Literal["always", "auto", "never"]

GREETING = 10.0  # seconds to be let in, by our own relay, with or without a mail: somebody waits to be told
PATIENCE = 30.0  # seconds for one exchange afterwards; RFC 5321 4.5.3.2 grants minutes, but a worker waits here
_WHOLE = 4  # exchanges' worth of patience for a whole delivery: a server that drips one octet at a time ends too
_GOODBYE = 3.0  # seconds for QUIT: the mail is accepted already
_LONGEST_WORDS = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_HOST = re.compile(r"[A-Za-z0-9_.:%-]+")
_ABOUT_OUR_SIGN_IN = {530, 534, 535, 538}  # RFC 4954 6


class BadSmtpUrl(ValueError):
    """`SMTP_URL` cannot be understood; the words are for the person who wrote it and hold no password."""


class Refusal(Exception):
    """The mail was not taken. `words` are the server's (or the network's) own, `code` its reply code if it gave one.

    `at_the_door`: before it was told of any mail, or for who we are: it would take no other mail either.
    """

    def __init__(self, words: str, code: int | None = None, *, at_the_door: bool = False) -> None:
        super().__init__(f"{code} {words}" if code else words)
        self.words = words
        self.code = code
        self.at_the_door = at_the_door


class TransientRefusal(Refusal):
    """Later it may pass: greylisting, a full disk, a silent or missing server, a password to be corrected."""


class PermanentRefusal(Refusal):
    """It will never pass as it is: no such box, refused content."""


@dataclass(frozen=True, slots=True)
class SmtpUrl:
    """Where mails go out. `auto` uses STARTTLS when offered and trusts any certificate: it hides, it proves nothing."""

    host: str
    port: int
    tls: bool
    starttls: StartTls
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """`smtp://user:pass@host:587?starttls=always|auto|never` or `smtps://…`. Raises `BadSmtpUrl`.

        Without `starttls`: `always` when there is a password to protect, otherwise `auto`.
        """
        parts, port = _split(url.strip())
        if parts.scheme not in ("smtp", "smtps"):
            raise BadSmtpUrl(_("L’adresse du serveur de courriel commence par smtp:// ou smtps://."))
        if not parts.hostname or not _HOST.fullmatch(parts.hostname):
            raise BadSmtpUrl(_("Il manque le nom du serveur de courriel, par exemple smtp://smtp.example.org:587."))
        if parts.path not in ("", "/") or parts.fragment:
            raise BadSmtpUrl(_("Rien ne suit le nom et le port du serveur de courriel, sauf ?starttls=…"))
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        if (user is None) != (password is None):
            raise BadSmtpUrl(_("Pour le serveur de courriel, donnez un nom et un mot de passe, ou aucun des deux."))
        tls = parts.scheme == "smtps"
        starttls = _starttls(parts.query, tls=tls, secret=password is not None)
        usual = 465 if tls else 587 if starttls == "always" else 25
        return cls(parts.hostname, port or usual, tls, starttls, user, password)

    def hush(self, words: str) -> str:
        """The server's words on one line, short, and without the password, in any form in which it travels."""
        for secret in self._secrets():
            words = words.replace(secret, "••••")
        return _CONTROL.sub(" ", words).strip()[:_LONGEST_WORDS]

    def _secrets(self) -> list[str]:
        if not self.password:
            return []
        plain = f"\0{self.user}\0{self.password}"  # RFC 4616
        return [
            base64.b64encode(plain.encode()).decode(),
            base64.b64encode(self.password.encode()).decode(),
            self.password,
        ]


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise BadSmtpUrl(
            _("L’adresse du serveur de courriel est mal formée : dans un mot de passe, / # ? @ : s’écrivent en %XX.")
        ) from None  # the cause repeats what it could not read: a piece of the password, often


def _starttls(query: str, *, tls: bool, secret: bool) -> StartTls:
    options = dict(parse_qsl(query, keep_blank_values=True))
    value = options.pop("starttls", None)
    if options:
        raise BadSmtpUrl(_("La seule option de l’adresse du serveur de courriel est starttls."))
    if tls:
        if value not in (None, "never"):
            raise BadSmtpUrl(_("Avec smtps://, la connexion est chiffrée d’emblée : retirez starttls."))
        return "never"
    if value is None:
        return "always" if secret else "auto"
    if value not in get_args(StartTls):
        raise BadSmtpUrl(_("starttls vaut always, auto ou never."))
    return cast(StartTls, value)


async def send(
    url: SmtpUrl, message: EmailMessage | bytes, envelope_from: str, to: str, *, patience: float = PATIENCE
) -> str:
    """Hand one mail for one person to the server. Raises `TransientRefusal` or `PermanentRefusal`.

    Returning means that the server answered for it, in these words. Killed in between, the mail may be sent twice.
    """
    try:
        sender, recipient = ascii_address(envelope_from), ascii_address(to)
    except UnusableAddress as error:
        raise PermanentRefusal(str(error)) from error
    content = message if isinstance(message, bytes) else message.as_bytes()
    async with _connected(url, sender, patience) as client:
        _refused, words = await client.sendmail(sender, [recipient], content)
        return url.hush(f"250 {words}")  # nothing else lets `sendmail` return


async def greet(url: SmtpUrl, envelope_from: str, *, patience: float = GREETING) -> None:
    """Come to where a mail could be handed over, and go: EHLO, STARTTLS, AUTH as `url` wants them.

    Raises `TransientRefusal`. `patience` is for all of it.
    """
    async with _connected(url, envelope_from, patience, whole=1):
        pass


@contextlib.asynccontextmanager
async def _connected(
    url: SmtpUrl, sender: str, patience: float, whole: float = _WHOLE
) -> AsyncIterator[aiosmtplib.SMTP]:
    client = _client(url, sender, patience)
    connected = False
    try:
        async with asyncio.timeout(whole * patience):
            async with asyncio.timeout(min(GREETING, patience)):
                await client.connect()
            connected = True
            yield client
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise _refusal(url, error, about_the_mail=connected) from None  # the cause carries what `hush` takes out
    except BaseException:
        client.close()
        raise
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=min(_GOODBYE, patience))
    client.close()


def _client(url: SmtpUrl, sender: str, patience: float) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=url.host,
        port=url.port,
        username=url.user.encode() if url.user else None,
        password=url.password.encode() if url.password else None,
        use_tls=url.tls,
        start_tls={"always": True, "auto": None, "never": False}[url.starttls],
        # Anybody on the path can take the offer of STARTTLS away; insisting on a certificate then protects nothing,
        # and fails with the self-signed one of a mail server on the same machine.
        validate_certs=url.starttls != "auto",
        # Named, or the library asks the DNS for our own name, for seconds where it is not set up.
        local_hostname=sender.rpartition("@")[2],
        timeout=patience,
    )


def _refusal(url: SmtpUrl, error: Exception, *, about_the_mail: bool) -> Refusal:
    """What the error means for the mail. Refused at the door (no answer, a wrong password, a sender that the server
    does not know), no mail is to blame, and none may fail for good: once that is corrected the whole queue leaves.
    """
    door = not about_the_mail or isinstance(error, aiosmtplib.SMTPSenderRefused)
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        door = door or error.code in _ABOUT_OUR_SIGN_IN
        final = not door and 500 <= error.code < 600
        kind = PermanentRefusal if final else TransientRefusal
        return kind(url.hush(error.message), error.code, at_the_door=door)
    words = _("Le serveur de courriel ne répond pas.") if isinstance(error, TimeoutError) else url.hush(str(error))
    return TransientRefusal(words or type(error).__name__, at_the_door=door)
