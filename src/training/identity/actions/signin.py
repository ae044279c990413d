"""Signing in without a password: a mailed link or a six-digit code, once; then a browser's own session."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from piccolo.columns import Column

from training.directory.rules.numbers import check_email
from training.identity import rules
from training.identity.actions.roles import account_of, take_known_roles
from training.identity.tables import SigninRequest, SigninSession
from training.kernel import clock, db, limits, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.links import digest
from training.kernel.permissions import Permission
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh browser session: its token goes into the cookie, and nowhere else."""

    token: str
    account: int
    next_path: str


@dataclass(frozen=True, slots=True)
class Minted:
    """The secrets of one sign-in mail, made when it leaves."""

    token: str
    code: str


async def request(email: str, *, network: str, next_path: str = "", browser: str = "") -> str:
    """Somebody wants to come in: the mail is on its way. Returns the browser's proof for the code.

    `browser` is the proof that it holds already: kept, so that the code of an earlier mail, come late, works too.

    Known and unknown addresses get the same answer and the same mail: nobody learns who is here.
    Invalid: no address. TooMany: too often, for that address or that network.
    """
    try:
        email = check_email(email)
    except ValueError as error:
        raise Invalid(str(error), field="email") from None
    now = clock.now()
    async with acting(SYSTEM, "signin.request") as change:
        await _throttle(email, network)
        if not browser or await db.value(_WAITING, digest(browser), now) is None:
            browser = rules.new_token()
        made = await SigninRequest.insert(
            SigninRequest(
                email=email,
                network=network,
                browser_hash=digest(browser),
                next_path=rules.safe_path(next_path),
                requested_at=now,
                expires_at=now + rules.REQUEST_LIFE,
            )
        ).returning(SigninRequest.id)
        change.about("signin_request", made[0]["id"])
        await outbox.put("signin.requested", ("signin_request", int(made[0]["id"])))
    return browser


async def mint(actor: Actor, signin_request: int, secret_key: str) -> Minted:
    """Make the link's token and the code of a request, replacing those of an earlier attempt to send them."""
    minted = Minted(rules.new_token(), rules.new_code())
    async with acting(actor, "signin.mint", ("signin_request", signin_request)):
        actor.must(Permission.PLATFORM_RUN)
        await SigninRequest.update(
            {
                SigninRequest.token_hash: digest(minted.token),
                SigninRequest.code_hash: _code_hash(signin_request, minted.code, secret_key),
            }
        ).where((SigninRequest.id == signin_request) & SigninRequest.used_at.is_null())
    return minted


async def open_door(actor: Actor, email: str, *, life: timedelta = rules.DEMO_LIFE, next_path: str = "") -> str:
    """A sign-in token without a mail: for the command line, whose user owns the database anyway."""
    token, now = rules.new_token(), clock.now()
    async with acting(actor, "signin.open-door") as change:
        actor.must(Permission.PLATFORM_RUN)
        made = await SigninRequest.insert(
            SigninRequest(
                email=check_email(email),
                network="cli",
                token_hash=digest(token),
                next_path=rules.safe_path(next_path),
                requested_at=now,
                expires_at=now + life,
            )
        ).returning(SigninRequest.id)
        change.about("signin_request", made[0]["id"])
    return token


async def peek(token: str) -> str:
    """The address a link is for, without using it: what programs that check mails see. NotFound when it is no good."""
    row = await db.connection().fetchrow(_GOOD_TOKEN, digest(token), clock.now())
    if row is None:
        raise _bad_link()
    return str(row["email"])


async def by_link(token: str, *, program: str, previous: str | None = None) -> SignedIn:
    """Use a link, once. NotFound when it expired or was used."""
    async with acting(SYSTEM, "signin.link") as change:
        await _hold_origins(SigninRequest.token_hash, digest(token))
        row = await db.connection().fetchrow(_GOOD_TOKEN + " for update", digest(token), clock.now())
        if row is None:
            raise _bad_link()
        change.about("signin_request", row["id"])
        return await _enter(row["id"], row["email"], row["next_path"], program, previous)


async def by_code(browser: str, code: str, *, secret_key: str, program: str, previous: str | None = None) -> SignedIn:
    """Use the six digits, in the browser that asked. Invalid when wrong; after five tries the code is dead."""
    digits = "".join(filter(str.isdigit, code))
    async with acting(SYSTEM, "signin.code") as change:
        left = 0
        await _hold_origins(SigninRequest.browser_hash, digest(browser))
        for row in await db.connection().fetch(_GOOD_BROWSER, digest(browser), clock.now(), rules.CODE_ATTEMPTS):
            change.about("signin_request", row["id"])
            if hmac.compare_digest(_code_hash(row["id"], digits, secret_key), row["code_hash"]):
                return await _enter(row["id"], row["email"], row["next_path"], program, previous)
            # counted in a transaction that commits: a refusal must not give the try back
            await SigninRequest.update({SigninRequest.code_attempts: SigninRequest.code_attempts + 1}).where(
                SigninRequest.id == row["id"]
            )
            left = max(left, rules.CODE_ATTEMPTS - 1 - row["code_attempts"])
    if left > 0:
        raise Invalid(_("Ce code n’est pas le bon : vérifiez les six chiffres du dernier courriel."), field="code")
    raise Invalid(_("Ce code n’est plus valable : demandez-en un nouveau."), field="code")


async def _hold_origins(column: Column, asked: bytes) -> None:
    """Before the request itself: whoever puts a contact aside holds it, then ends the requests on their way."""
    emails = [row["email"] for row in await SigninRequest.select(SigninRequest.email).where(column == asked)]
    for sql in _ORIGINS:
        await db.execute(sql, [email.lower() for email in emails])


_ORIGINS = (
    "select id from contact where lower(email) = any($1) order by id for share",
    "select id from facilitator where lower(email) = any($1) order by id for share",
)


async def sign_out(token: str) -> None:
    """End a browser's session."""
    async with acting(SYSTEM, "signin.out"):
        await SigninSession.update({SigninSession.revoked_at: clock.now()}).where(
            SigninSession.token_hash == digest(token)
        )


async def slide(session: int) -> None:
    """The browser was here: its session lasts again, up to its absolute end. Not audited: nothing was decided."""
    now = clock.now()
    async with db.atomic():
        await db.execute(
            "update signin_session set expires_at = least(ends_at, $2) where id = $1", session, now + rules.SLIDING
        )


async def _throttle(email: str, network: str) -> None:
    await limits.take(limits.SIGNIN_PAIR, email.lower(), network)
    await limits.take(limits.SIGNIN_ADDRESS, email.lower())
    await limits.take(limits.SIGNIN_NETWORK, network)


async def _enter(request_id: int, email: str, next_path: str, program: str, previous: str | None) -> SignedIn:
    now, token = clock.now(), rules.new_token()
    await SigninRequest.update({SigninRequest.used_at: now}).where(SigninRequest.id == request_id)
    account = await _account(email)
    await take_known_roles(account, email)
    if previous:
        await SigninSession.update({SigninSession.revoked_at: now}).where(SigninSession.token_hash == digest(previous))
    await SigninSession.insert(
        SigninSession(
            token_hash=digest(token),
            account=account,
            program=program[:200],
            created_at=now,
            expires_at=now + rules.SLIDING,
            ends_at=now + rules.ABSOLUTE,
        )
    )
    return SignedIn(token, account, next_path)


async def _account(email: str) -> int:
    name = await db.value(
        """
        select name from (
            select name, 1 as rank from facilitator where lower(email) = lower($1) and active
            union all select name, 2 from contact where lower(email) = lower($1) and active
        ) known order by rank limit 1
        """,
        email,
    )
    account = await account_of(email, name or email.split("@")[0])
    if not await db.value("select active from account where id = $1", account):
        raise NotFound(_("Ce compte est fermé : écrivez-nous."))
    return account


def _code_hash(request_id: int, code: str, secret_key: str) -> bytes:
    # six digits are soon tried by whoever reads the table, so the hash wants the site's key as well
    return hmac.new(secret_key.encode(), f"code:{request_id}:{code}".encode(), hashlib.sha256).digest()


def _bad_link() -> NotFound:
    return NotFound(_("Ce lien de connexion a expiré ou a déjà servi. Demandez-en un nouveau."))


_GOOD_TOKEN = """
    select id, email, next_path from signin_request
    where token_hash = $1 and used_at is null and expires_at > $2
"""
_WAITING = "select id from signin_request where browser_hash = $1 and used_at is null and expires_at > $2"
# every mail that one browser asked for and that was not used: they do not always come in order
_GOOD_BROWSER = """
    select id, email, next_path, code_hash, code_attempts from signin_request
    where browser_hash = $1 and used_at is null and expires_at > $2 and code_hash is not null and code_attempts < $3
    order by id desc for update
"""
