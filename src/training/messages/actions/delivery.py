"""Send the mails that are queued: claim one, hand it to the server with no transaction open, note the answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

import structlog

from training.calendar.formats.mailbox import Mailbox
from training.directory.queries import PlatformView, the_platform
from training.directory.queries import platform as find_platform
from training.identity import queries as identity
from training.identity.actions import signin
from training.kernel import clock, db, outbox, settings
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.messages import queries, rules
from training.messages.actions.outgoing import HIDDEN
from training.messages.clients import smtp
from training.messages.formats import mime
from training.messages.rules import MailState, Stop
from training.messages.tables import Mail, MailService, Restoration
from training.records.actions.acting import acting

log = structlog.get_logger()

NO_SERVER = N_("Le serveur d’envoi n’est pas réglé : le courriel est gardé ici.")
DEMO = N_("Démonstration : le courriel se lit ici, rien n’est parti.")
RESTORED = N_("Site restauré d’une sauvegarde : le courriel attend que l’on dise qu’ils peuvent partir.")
TOO_LATE = N_("La demande de connexion est close : un courriel n’ouvrirait plus rien.")
SIGNIN = "signin"  # the secret of the mails that leave a restored site too: nobody could enter it otherwise
ROUND = 45.0  # seconds of one turn of the mails that are due: a slow server does not hold the next turn up


@dataclass(frozen=True, slots=True)
class _Mail:
    id: int
    message_id: str
    to_name: str
    to_email: str
    subject: str
    text: str
    html: str
    calendar_method: str | None
    calendar: bytes | None
    secret: str | None
    subject_id: int
    attempts: int
    created_at: datetime


async def deliver(actor: Actor, mail: int) -> None:
    """Send one queued mail. Killed half-way, it is sent again after a while, under the same Message-ID.

    While the server takes nothing, `deliver_due` is who tries it: a waiting room full of mails would not help it.
    """
    actor.must(Permission.PLATFORM_RUN)
    known = await queries.departures()
    if known.stop_of_signin == Stop.REFUSING and known.tried_at and clock.now() - known.tried_at < rules.SERVER_PAUSE:
        return
    await _deliver(mail)


async def deliver_due(actor: Actor = SYSTEM) -> int:
    """Try the mails whose time has come again, those held too when what held them is over.

    Ends at the first that finds the server closed to all. Returns how many were due.
    """
    actor.must(Permission.PLATFORM_RUN)
    await _let_go(actor)
    due = await db.connection().fetch(
        """
        select id from mail where state = 'queued' and next_attempt_at <= $1
          and (claimed_until is null or claimed_until < $1) order by next_attempt_at, id limit 100
        """,
        clock.now(),
    )
    ends = time.monotonic() + ROUND
    for record in due:
        try:
            open_to_us = await _deliver(record["id"])
        except Exception:  # its turn comes again when its claim is over; the others need not wait for it
            log.exception("mail.stuck", mail=record["id"])
            continue
        if not open_to_us or time.monotonic() > ends:
            break
    return len(due)


async def knock(actor: Actor = SYSTEM) -> None:
    """See whether the server would take a mail, and remember it: pages say so before anybody waits for one."""
    actor.must(Permission.PLATFORM_RUN)
    url, platform = settings.current().smtp_url, await find_platform()
    if url is None or platform is None:
        return
    try:
        await smtp.greet(smtp.SmtpUrl.parse(url), platform.email)
    except (smtp.TransientRefusal, smtp.BadSmtpUrl) as refusal:
        async with acting(actor, "mail.closed"):
            await _server_said(str(refusal))
    else:
        if (await queries.departures()).since is not None:
            async with acting(actor, "mail.open"):
                await _server_said(None)


async def release(actor: Actor) -> int | None:
    """A restored database is the site from now on: what it kept back may leave. None when it kept nothing back.

    Returns how many mails waited.
    """
    async with acting(actor, "mail.release"):
        actor.must(Permission.PLATFORM_RUN)
        released = (
            await Restoration.update({Restoration.released_at: clock.now()})
            .where(Restoration.released_at.is_null())
            .returning(Restoration.id)
        )
        waiting = int(await db.value("select count(*) from mail where state in ('held', 'queued')"))
    return waiting if released else None


async def _let_go(actor: Actor) -> None:
    if settings.current().smtp_url is None:
        return
    free = "" if await queries.restored() is None else f"and secret = '{SIGNIN}'"
    if await db.value(f"select exists (select from mail where state = 'held' {free})"):
        async with acting(actor, "mail.let-go"):
            await db.execute(
                f"update mail set state = 'queued', next_attempt_at = $1 where state = 'held' {free}", clock.now()
            )


async def _deliver(mail: int) -> bool:
    """Try one mail; False when the server is closed to all of them."""
    claimed = await _claim(mail)
    if claimed is None:
        return True  # sent, held, or in another worker's hands
    platform = await the_platform()
    url = settings.current().smtp_url
    if url is None:
        await _without_server(claimed, platform)
        return True
    if claimed.secret != SIGNIN and await queries.restored() is not None:
        await _note(claimed.id, MailState.HELD, RESTORED, attempts=claimed.attempts)
        return True
    if claimed.secret == SIGNIN and not await _still_asked(claimed.subject_id):
        await _note(claimed.id, MailState.FAILED, TOO_LATE, attempts=claimed.attempts)
        return True
    try:
        message = await _message(claimed, platform)
        target = smtp.SmtpUrl.parse(url)
        await smtp.send(target, message, envelope_from=platform.email, to=claimed.to_email)
    except (smtp.TransientRefusal, smtp.BadSmtpUrl) as refusal:
        closed = isinstance(refusal, smtp.BadSmtpUrl) or refusal.at_the_door
        await _again(claimed, str(refusal), closed=closed)
        return not closed
    except (smtp.PermanentRefusal, ValueError) as refusal:  # an address or a part that no mail can carry
        await _note(claimed.id, MailState.FAILED, str(refusal), attempts=claimed.attempts + 1)
    else:
        await _note(claimed.id, MailState.SENT, "", attempts=claimed.attempts + 1)
    return True


async def retry(actor: Actor, mail: int) -> None:
    """A person has this mail sent again, whatever became of it. Conflict while it is on its way."""
    async with acting(actor, "mail.retry", ("mail", mail)) as change:
        actor.must(Permission.MAILS_RETRY)
        if await queries.restored() is not None:
            raise Conflict(_("Ce site vient d’une sauvegarde : rien n’en part tant que qui l’héberge ne l’a pas dit."))
        change.about("mail", mail, "state")
        changed = (
            await Mail.update(
                {
                    Mail.state: MailState.QUEUED,
                    Mail.attempts: 0,
                    Mail.next_attempt_at: clock.now(),
                    Mail.sent_at: None,
                    Mail.claimed_until: None,
                }
            )
            .where((Mail.id == mail) & (Mail.state != MailState.QUEUED))
            .returning(Mail.id)
        )
        if not changed:
            raise Conflict(_("Ce courriel attend déjà de partir."))
        await outbox.put("mail.queued", ("mail", mail))


async def _claim(mail: int) -> _Mail | None:
    now = clock.now()
    async with db.atomic():
        names = ", ".join(_Mail.__slots__)
        return await db.row(
            _Mail,
            f"""
            update mail set claimed_until = $2
            where id = $1 and state = 'queued' and (claimed_until is null or claimed_until < $3)
              -- a CANCEL never overtakes its REQUEST: what was written first about an invitation leaves first
              and not exists (
                  select from mail e where e.invitation = mail.invitation and e.id < mail.id and e.state = 'queued'
              )
            returning {names}
            """,
            mail,
            now + rules.CLAIM,
            now,
        )


async def _message(mail: _Mail, platform: PlatformView) -> EmailMessage:
    text, html = mail.text, mail.html
    if mail.secret == SIGNIN:
        text, html = await _with_signin(mail.subject_id, text, html)
    files = await db.rows(
        mime.AttachedFile,
        """
        select a.name, f.media_type, f.content from mail_attachment a join file f on f.id = a.file
        where a.mail = $1 order by a.id
        """,
        mail.id,
    )
    invitation = None
    if mail.calendar is not None and mail.calendar_method is not None:
        invitation = mime.CalendarPart(mail.calendar_method, mail.calendar)  # type: ignore[arg-type]
    return mime.build(
        message_id=mail.message_id,
        date=mail.created_at,
        sender=Mailbox(platform.short_name, platform.email),
        to=Mailbox(mail.to_name, mail.to_email),
        subject=mail.subject,
        text=text,
        html=html,
        invitation=invitation,
        attachments=files,
    )


async def _still_asked(request: int) -> bool:
    found = await identity.signin_request(request)
    return found is not None and clock.now() < found.expires_at


async def _with_signin(request: int, text: str, html: str) -> tuple[str, str]:
    """Put the link and the code in; the kept copy never has them."""
    minted = await signin.mint(SYSTEM, request, settings.current().secret_key)
    link, code = f"{HIDDEN}lien", f"{HIDDEN}code"
    return (
        text.replace(link, minted.token).replace(code, minted.code),
        html.replace(link, minted.token).replace(code, minted.code),
    )


async def _without_server(mail: _Mail, platform: PlatformView) -> None:
    if platform.is_demo:
        if mail.secret == SIGNIN:
            text, html = await _with_signin(mail.subject_id, mail.text, mail.html)
            async with db.atomic():
                await Mail.update({Mail.text: text, Mail.html: html}).where(Mail.id == mail.id)
        await _note(mail.id, MailState.SENT, DEMO, attempts=mail.attempts)
    else:
        await _note(mail.id, MailState.HELD, NO_SERVER, attempts=mail.attempts)


async def _again(mail: _Mail, answer: str, *, closed: bool) -> None:
    attempts = mail.attempts + 1
    wait = rules.SERVER_RETRY if closed else rules.next_wait(attempts)
    log.warning("mail.retry", mail=mail.id, attempts=attempts, answer=answer, closed=closed)
    if wait is None:
        await _note(mail.id, MailState.FAILED, answer, attempts=attempts)
        return
    async with db.atomic():
        await _note(mail.id, MailState.QUEUED, answer, attempts=attempts, next_attempt_at=clock.now() + wait)
        if closed:
            await _server_said(answer)


async def _server_said(refusal: str | None) -> None:
    """Remember since when the server takes nothing, and its last words; None: it takes mails."""
    if refusal is None:
        await MailService.delete().where(MailService.id == 1)
        return
    await db.execute(
        """
        insert into mail_service (id, failing_since, tried_at, answer) values (1, $1, $1, $2)
        on conflict (id) do update set tried_at = excluded.tried_at, answer = excluded.answer
        """,
        clock.now(),
        refusal,
    )


async def _note(
    mail: int, state: MailState, answer: str, *, attempts: int, next_attempt_at: datetime | None = None
) -> None:
    async with acting(SYSTEM, f"mail.{state}", ("mail", mail)):
        await Mail.update(
            {
                Mail.state: state,
                Mail.last_answer: answer,
                Mail.attempts: attempts,
                Mail.next_attempt_at: next_attempt_at,
                Mail.claimed_until: None,
                Mail.sent_at: clock.now() if state == MailState.SENT else None,
            }
        ).where(Mail.id == mail)
        if state == MailState.SENT and settings.current().smtp_url is not None:
            await _server_said(None)
