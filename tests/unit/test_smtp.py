"""Sending to real SMTP servers on this machine: what is accepted, what is refused, and for how long."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from training.calendar.formats.mailbox import Mailbox
from training.messages.clients import smtp
from training.messages.clients.smtp import BadSmtpUrl, PermanentRefusal, SmtpUrl, TransientRefusal, send
from training.messages.formats.mime import build

PLATFORM, TOWN_HALL = "agenda@example.org", "mairie@example.org"
MAIL = build(
    message_id="<mail-1@example.org>",
    date=datetime(2026, 2, 1, 9, tzinfo=UTC),
    sender=Mailbox("Plateforme", PLATFORM),
    to=Mailbox("Mairie", TOWN_HALL),
    subject="Votre séance",
    text=".\nC’est confirmé !\n",
    html="<p>C’est confirmé !</p>",
)
anyio = pytest.mark.anyio


class Server:
    """Answers as told and keeps what it took."""

    def __init__(self, at_rcpt: str = "250 OK", at_data: str = "250 OK") -> None:
        self.at_rcpt, self.at_data = at_rcpt, at_data
        self.taken: list[Envelope] = []
        self.sessions: list[Session] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.append(session)
        if self.at_data.startswith("250"):
            self.taken.append(envelope)
        return self.at_data


@contextlib.asynccontextmanager
async def listening(factory: Callable[[], asyncio.BaseProtocol]) -> AsyncIterator[int]:
    listener = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


def smtpd(server: Server, **options: object) -> Callable[[], asyncio.BaseProtocol]:
    return lambda: SMTP(server, hostname="mx.example.org", loop=asyncio.get_running_loop(), **options)


def plain(port: int, credentials: str = "", starttls: str = "never") -> SmtpUrl:
    return SmtpUrl.parse(f"smtp://{credentials}127.0.0.1:{port}?starttls={starttls}")


# --- delivery


@anyio
async def test_an_accepted_mail_arrives_octet_for_octet() -> None:
    server = Server()
    async with listening(smtpd(server)) as port:
        await send(plain(port), MAIL, PLATFORM, TOWN_HALL)
        await send(plain(port), MAIL.as_bytes(), PLATFORM, "mairie@évreux.example")
    assert [(taken.mail_from, taken.rcpt_tos) for taken in server.taken] == [
        (PLATFORM, [TOWN_HALL]),
        (PLATFORM, ["mairie@xn--vreux-9ra.example"]),
    ]
    assert {taken.original_content for taken in server.taken} == {MAIL.as_bytes()}
    assert server.sessions[0].host_name == "example.org"


@anyio
@pytest.mark.parametrize(
    ("server", "kind", "code", "words"),
    [
        (
            Server(at_rcpt="451 4.7.1 Greylisted, come back later"),
            TransientRefusal,
            451,
            "4.7.1 Greylisted, come back later",
        ),
        (Server(at_data="452 4.3.1 Disk full"), TransientRefusal, 452, "4.3.1 Disk full"),
        (Server(at_rcpt="550 5.1.1 No such user here"), PermanentRefusal, 550, "5.1.1 No such user here"),
        (Server(at_data="554 5.7.1 Looks like spam"), PermanentRefusal, 554, "5.7.1 Looks like spam"),
        (Server(at_rcpt="530 5.7.0 Authentication required"), TransientRefusal, 530, "5.7.0 Authentication required"),
    ],
)
async def test_a_refusal_keeps_the_servers_words(server: Server, kind: type, code: int, words: str) -> None:
    async with listening(smtpd(server)) as port:
        with pytest.raises(kind) as caught:
            await send(plain(port), MAIL, PLATFORM, TOWN_HALL)
    assert (caught.value.code, caught.value.words) == (code, words)
    assert server.taken == []


@anyio
async def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(TransientRefusal) as caught:
        await send(plain(port), MAIL, PLATFORM, TOWN_HALL)
    assert caught.value.code is None
    assert str(port) in caught.value.words


class Raw(asyncio.Protocol):
    """A server that says one thing, or a bit at a time, or nothing."""

    def __init__(self, greeting: bytes = b"", drip: bool = False) -> None:
        self.greeting, self.drip = greeting, drip

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.greeting)
        if self.drip:
            self._drop()

    def _drop(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"220-wait\r\n")
            asyncio.get_running_loop().call_later(0.05, self._drop)


@anyio
@pytest.mark.parametrize("drip", [False, True])
async def test_a_silent_or_dripping_server_is_left_in_time(drip: bool) -> None:
    begun = time.monotonic()
    async with listening(lambda: Raw(drip=drip)) as port:
        with pytest.raises(TransientRefusal, match="ne répond pas"):
            await send(plain(port), MAIL, PLATFORM, TOWN_HALL, patience=0.2)
    assert time.monotonic() - begun < 2


@anyio
async def test_a_silent_server_is_known_for_silent_as_soon_as_doctor_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail waited thirty seconds at the door before any page could say that none leaves."""
    monkeypatch.setattr(smtp, "GREETING", 0.2)
    begun = time.monotonic()
    async with listening(Raw) as port:
        with pytest.raises(TransientRefusal, match="ne répond pas") as caught:
            await send(plain(port), MAIL, PLATFORM, TOWN_HALL)
    assert caught.value.at_the_door
    assert time.monotonic() - begun < 2


class Slow(Raw):
    """Answers everything rightly, each time just before one would lose patience."""

    def data_received(self, data: bytes) -> None:
        answer = b"354 go on\r\n" if data.startswith(b"DATA") else b"250 OK\r\n"
        asyncio.get_running_loop().call_later(0.16, self.transport.write, answer)


@anyio
async def test_a_server_that_answers_slowly_for_ever_is_left_in_time() -> None:
    async with listening(lambda: Slow(b"220 mx.example.org\r\n")) as port:
        await send(plain(port), MAIL, PLATFORM, TOWN_HALL, patience=0.3)
        with pytest.raises(TransientRefusal, match="ne répond pas"):
            await send(plain(port), MAIL, PLATFORM, TOWN_HALL, patience=0.18)


@anyio
async def test_a_server_closed_to_us_fails_no_mail() -> None:
    """RFC 5321 3.1: a 554 greeting is about the server."""
    async with listening(lambda: Raw(b"554 No SMTP service here\r\n")) as port:
        with pytest.raises(TransientRefusal) as caught:
            await send(plain(port), MAIL, PLATFORM, TOWN_HALL, patience=2)
    assert (caught.value.code, caught.value.words) == (554, "No SMTP service here")


@anyio
async def test_an_address_that_cannot_be_is_refused_without_a_server() -> None:
    with pytest.raises(PermanentRefusal):
        await send(plain(1), MAIL, PLATFORM, "mairie@example.org>\r\nRCPT TO:<x@example.org>")


@anyio
async def test_a_cancelled_sending_leaves_no_connection() -> None:
    transports: list[Raw] = []

    def factory() -> Raw:
        transports.append(Raw())
        return transports[-1]

    async with listening(factory) as port:
        task = asyncio.create_task(send(plain(port), MAIL, PLATFORM, TOWN_HALL))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)
        assert transports[0].transport.is_closing()


# --- signing in


class Gate:
    """Lets one password in and, unwisely, repeats the others."""

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        if data.password == "pâss/w0rd".encode():
            return AuthResult(success=True)
        said = f"535 5.7.8 Not {data.password.decode()} AGFnZW5kYQBzM2NyZXQ="
        return AuthResult(success=False, handled=False, message=said)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@anyio
async def test_a_password_signs_in() -> None:
    server = Server()
    async with listening(smtpd(server, authenticator=Gate(), auth_require_tls=False, auth_required=True)) as port:
        await send(plain(port, "agenda:p%C3%A2ss%2Fw0rd@"), MAIL, PLATFORM, TOWN_HALL)
    assert len(server.taken) == 1
    assert server.sessions[0].authenticated


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@anyio
async def test_a_wrong_password_fails_no_mail_and_is_not_told() -> None:
    async with listening(smtpd(Server(), authenticator=Gate(), auth_require_tls=False, auth_required=True)) as port:
        with pytest.raises(TransientRefusal) as caught:
            await send(plain(port, "agenda:s3cret@"), MAIL, PLATFORM, TOWN_HALL)
    assert caught.value.code == 535
    shown = f"{caught.value} {caught.value.words} {caught.value.__cause__!r}"
    assert "5.7.8 Not ••••" in shown
    assert "s3cret" not in shown
    assert "AGFnZW5kYQBzM2NyZXQ=" not in shown


# --- encryption


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate: apt-get install openssl")
    folder: Path = tmp_path_factory.mktemp("tls")
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem"
    subprocess.run(["openssl", *made.split()], cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@anyio
async def test_auto_hides_the_mail_even_behind_a_certificate_of_ones_own(self_signed: ssl.SSLContext) -> None:
    server = Server()
    async with listening(smtpd(server, tls_context=self_signed)) as port:
        await send(plain(port, starttls="auto"), MAIL, PLATFORM, TOWN_HALL)
    assert server.sessions[0].ssl is not None


@anyio
async def test_always_wants_a_certificate_that_proves_something(self_signed: ssl.SSLContext) -> None:
    server = Server()
    async with listening(smtpd(server, tls_context=self_signed)) as port:
        with pytest.raises(TransientRefusal, match=r"(?i)certificate"):
            await send(plain(port, starttls="always"), MAIL, PLATFORM, TOWN_HALL, patience=2)
    assert server.taken == []


@anyio
async def test_always_does_not_send_in_clear() -> None:
    server = Server()
    async with listening(smtpd(server)) as port:
        with pytest.raises(TransientRefusal, match="STARTTLS"):
            await send(plain(port, starttls="always"), MAIL, PLATFORM, TOWN_HALL)
    assert server.taken == []


# --- SMTP_URL


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", SmtpUrl("localhost", 25, tls=False, starttls="auto")),
        ("smtp://127.0.0.1:1025?starttls=never", SmtpUrl("127.0.0.1", 1025, tls=False, starttls="never")),
        ("smtp://u:p%40ss@mx.example.org", SmtpUrl("mx.example.org", 587, False, "always", "u", "p@ss")),
        ("smtp://u:p@mx.example.org:25?starttls=auto", SmtpUrl("mx.example.org", 25, False, "auto", "u", "p")),
        (
            "smtps://u%40example.org:p@mx.example.org/",
            SmtpUrl("mx.example.org", 465, True, "never", "u@example.org", "p"),
        ),
        ("smtp://[::1]:2525", SmtpUrl("::1", 2525, tls=False, starttls="auto")),
    ],
)
def test_an_address_of_a_server_is_understood(url: str, expected: SmtpUrl) -> None:
    assert SmtpUrl.parse(url) == expected


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "smtp://"),
        ("http://u:s3cret@example.org", "smtp://"),
        ("smtp://", "nom du serveur"),
        ("smtp://u:s3cret@", "nom du serveur"),
        ("smtp://u:s3#cret@example.org", "mal formée"),
        ("smtp://u:s3/cret@example.org", "mal formée"),
        ("smtp://u:12?s3cret@example.org", "option"),
        ("smtp://example.org:99999", "mal formée"),
        ("smtp://u:s3cret@example.org/path", "Rien ne suit"),
        ("smtp://u@example.org", "mot de passe"),
        ("smtp://example.org?starttls=yes", "always, auto ou never"),
        ("smtp://example.org?tls=1", "starttls"),
        ("smtps://example.org?starttls=always", "chiffrée"),
    ],
)
def test_a_wrong_address_is_explained_without_the_password(url: str, says: str) -> None:
    with pytest.raises(BadSmtpUrl) as caught:
        SmtpUrl.parse(url)
    assert says in str(caught.value)
    assert "cret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_the_password_is_not_in_the_representation() -> None:
    assert "s3cret" not in repr(SmtpUrl.parse("smtp://u:s3cret@example.org"))
