"""Write a mail and queue it, in the transaction of what it tells about: told if and only if it happened."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from training.calendar.actions.invitations import Prepared
from training.directory.queries import PlatformView, the_platform
from training.kernel import addresses, clock, outbox, render, settings
from training.kernel.actor import Actor
from training.kernel.i18n import language, speaking
from training.kernel.permissions import Permission
from training.messages.rules import MailState
from training.messages.tables import Attachment, Mail
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a mail is to."""

    name: str
    email: str
    locale: str = "fr"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to write; `occasion` names the folder of its templates: mail/<occasion>/{subject.txt,text.txt,body.html}.

    `subject` is what it is about, (kind, id); `files` are (file id, name); `secret` names what goes in when it leaves.
    """

    occasion: str
    to: Reader
    subject: tuple[str, int]
    context: dict[str, Any] = field(default_factory=dict)
    organisation: int | None = None
    calendar: Prepared | None = None
    files: tuple[tuple[int, str], ...] = ()
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class MailWords:
    """A mail's words."""

    subject: str
    text: str
    html: str


HIDDEN = "••••"  # stands in the kept copy where the sent one had a secret


def write(letter: Letter, platform: PlatformView) -> MailWords:
    """The words of a letter, in its reader's language."""
    context = {"platform": platform, "addresses": addresses, "to": letter.to, "hidden": HIDDEN, **letter.context}
    folder = f"mail/{letter.occasion}"
    with speaking(letter.to.locale):
        context["lang"] = language.get()
        subject = render.plain().get_template(f"{folder}/subject.txt").render(context)
        text = render.plain().get_template(f"{folder}/text.txt").render(context)
        html = render.pages().get_template(f"{folder}/body.html").render(context)
    return MailWords(" ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


async def queue(actor: Actor, letter: Letter) -> int:
    """Keep the mail and put it on its way. Returns its id."""
    actor.must(Permission.PLATFORM_RUN)
    written = write(letter, await the_platform())
    async with acting(actor, f"mail.{letter.occasion}") as change:
        made = await Mail.insert(
            Mail(
                message_id=new_message_id(),
                occasion=letter.occasion,
                subject_kind=letter.subject[0],
                subject_id=letter.subject[1],
                organisation=letter.organisation,
                to_name=letter.to.name,
                to_email=letter.to.email,
                subject=written.subject[:300],
                text=written.text,
                html=written.html,
                calendar_method=letter.calendar.method if letter.calendar else None,
                calendar=letter.calendar.content if letter.calendar else None,
                invitation=letter.calendar.invitation if letter.calendar else None,
                secret=letter.secret,
                state=MailState.QUEUED,
                next_attempt_at=clock.now(),
                created_at=clock.now(),
            )
        ).returning(Mail.id)
        mail = int(made[0]["id"])
        change.about("mail", mail)
        if letter.files:
            await Attachment.insert(*(Attachment(mail=mail, file=file, name=name) for file, name in letter.files))
        await outbox.put("mail.queued", ("mail", mail))
    return mail


def new_message_id() -> str:
    """A Message-ID that no other mail has."""
    # Short enough for one line with its name, for some readers lose a folded one; an IPv6 host has colons, and a
    # long one is cut on the left: what stands after the @ tells where it comes from, the rest makes it unique.
    host = re.sub(r"[^a-z0-9.-]", "-", settings.current().host.lower())[-36:].strip(".-") or "localhost"
    return f"<{secrets.token_hex(12)}@{host}>"
