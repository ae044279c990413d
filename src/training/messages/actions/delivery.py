"""Send the mails that are queued: claim one, hand it to the server with no transaction open, note the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

import structlog

from training.calendar.formats.mailbox import Mailbox
from training.directory.queries import PlatformView, the_platform
from training.identity import queries as identity
from training.identity.actions import signin
from training.kernel import clock, db, outbox, settings
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.messages import rules
from training.messages.actions.outgoing import HIDDEN
from training.messages.clients import smtp
from training.messages.formats import mime
from training.messages.rules import MailState
from training.messages.tables import Mail
from training.records.actions import acting

log = structlog.get_logger()

NO_SERVER = N_("Aucun serveur de courriel (SMTP_URL) : le courriel est gardé ici.")
DEMO = N_("Démonstration : le courriel se lit ici, rien n’est parti.")


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
    """Send one queued mail. Killed half-way, it is sent again after a while, under the same Message-ID."""
    actor.must(Permission.PLATFORM_RUN)
    claimed = await _claim(mail)
    if claimed is None:
        return  # sent, held, or in another worker's hands
    platform = await the_platform()
    url = settings.current().smtp_url
    if url is None:
        await _without_server(claimed, platform)
        return
    try:
        message = await _message(claimed, platform)
        target = smtp.SmtpUrl.parse(url)
        await smtp.send(target, message, envelope_from=platform.email, to=claimed.to_email)
    except (smtp.TransientRefusal, smtp.BadSmtpUrl) as refusal:
        await _again(claimed, str(refusal))
    except (smtp.PermanentRefusal, ValueError) as refusal:  # an address or a part that no mail can carry
        await _note(claimed.id, MailState.FAILED, str(refusal), attempts=claimed.attempts + 1)
    else:
        await _note(claimed.id, MailState.SENT, "", attempts=claimed.attempts + 1)


async def deliver_due(actor: Actor = SYSTEM) -> int:
    """Try the mails whose time has come again, and where there is a server by now, those held for want of one."""
    actor.must(Permission.PLATFORM_RUN)
    held = "select exists (select from mail where state = 'held')"
    if settings.current().smtp_url is not None and await db.value(held):
        async with acting(actor, "mail.release"):
            await Mail.update({Mail.state: MailState.QUEUED, Mail.next_attempt_at: clock.now()}).where(
                Mail.state == MailState.HELD
            )
    due = await db.connection().fetch(
        """
        select id from mail where state = 'queued' and next_attempt_at <= $1
          and (claimed_until is null or claimed_until < $1) order by next_attempt_at, id limit 100
        """,
        clock.now(),
    )
    for record in due:
        try:
            await deliver(actor, record["id"])
        except Exception:  # its turn comes again when its claim is over; the others need not wait for it
            log.exception("mail.stuck", mail=record["id"])
    return len(due)


async def retry(actor: Actor, mail: int) -> None:
    """A person has this mail sent again, whatever became of it. Conflict while it is on its way."""
    async with acting(actor, "mail.retry", ("mail", mail)) as change:
        actor.must(Permission.MAILS_RETRY)
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
            raise Conflict(_("Ce courriel est déjà en route."))
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
    if mail.secret == "signin":
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


async def _with_signin(request: int, text: str, html: str) -> tuple[str, str]:
    """Put the link and the code in; the kept copy never has them."""
    if await identity.signin_request(request) is None:
        return text, html  # used meanwhile: the mail can no longer open anything
    minted = await signin.mint(SYSTEM, request, settings.current().secret_key)
    link, code = f"{HIDDEN}lien", f"{HIDDEN}code"
    return (
        text.replace(link, minted.token).replace(code, minted.code),
        html.replace(link, minted.token).replace(code, minted.code),
    )


async def _without_server(mail: _Mail, platform: PlatformView) -> None:
    if platform.is_demo:
        if mail.secret == "signin":
            text, html = await _with_signin(mail.subject_id, mail.text, mail.html)
            async with db.atomic():
                await Mail.update({Mail.text: text, Mail.html: html}).where(Mail.id == mail.id)
        await _note(mail.id, MailState.SENT, DEMO, attempts=mail.attempts)
    else:
        await _note(mail.id, MailState.HELD, NO_SERVER, attempts=mail.attempts)


async def _again(mail: _Mail, answer: str) -> None:
    attempts = mail.attempts + 1
    wait = rules.next_wait(attempts)
    if wait is None:
        await _note(mail.id, MailState.FAILED, answer, attempts=attempts)
        return
    log.warning("mail.retry", mail=mail.id, attempts=attempts, answer=answer)
    await _note(mail.id, MailState.QUEUED, answer, attempts=attempts, next_attempt_at=clock.now() + wait)


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
