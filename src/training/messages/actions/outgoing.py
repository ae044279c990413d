"""Write a mail and queue it, in the transaction of what it tells about: told if and only if it happened."""

from __future__ import annotations

import re
import secrets
import textwrap
from dataclasses import dataclass, field
from typing import Any

from training.calendar.actions.invitations import Prepared
from training.directory.queries import PlatformView, the_platform
from training.kernel import addresses, clock, outbox, render, settings
from training.kernel.actor import Actor
from training.kernel.i18n import _, language, speaking
from training.kernel.palette import PAPERS, inks
from training.kernel.permissions import Permission
from training.messages.rules import MailState
from training.messages.tables import Attachment, Mail
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a mail is to; without an address they are called, and nothing is written."""

    name: str
    email: str | None
    locale: str = "fr"

    @property
    def greeting(self) -> str:
        """« Bonjour Florence Dentelle, »: by the name as its row has it, in the language that is spoken."""
        known = self.name.strip()
        # an account that nobody named bears its address, or the beginning of it
        nobody = not known or "@" in known or known.lower() == (self.email or "").partition("@")[0].lower()
        return _("Bonjour,") if nobody else _("Bonjour {name},").format(name=known)


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


@dataclass(frozen=True, slots=True)
class About:
    """The session that a mail is about, as its stub shows it; no `at` when it is about none."""

    at: Any = None  # its date: a slot, or a booking alone
    title: str = ""
    paper: str = "vert"


HIDDEN = "••••"  # stands in the kept copy where the sent one had a secret


def write(letter: Letter, platform: PlatformView) -> MailWords:
    """The words of a letter, in its reader's language."""
    context = {"platform": platform, "addresses": addresses, "to": letter.to, "hidden": HIDDEN, **letter.context}
    context |= {"about": _about(letter.context), "papers": PAPERS, "inks": inks(platform.accent)}
    folder = f"mail/{letter.occasion}"
    with speaking(letter.to.locale):
        context |= {"lang": language.get(), "greeting": letter.to.greeting}
        subject = render.plain().get_template(f"{folder}/subject.txt").render(context)
        text = render.plain().get_template(f"{folder}/text.txt").render(context)
        html = render.pages().get_template(f"{folder}/body.html").render(context)
    return MailWords(" ".join(subject.split()), _folded(text), html)


def _about(context: dict[str, Any]) -> About:
    of = context.get("booking") or context.get("session")
    if of is None:
        return About()
    dates = context.get("slots") or [of]
    return About(context.get("slot") or dates[0], of.title, of.look.paper)


WIDTH = 78  # RFC 5322 2.1.1: what every program shows whole


def _folded(text: str) -> str:
    """Lines that are read anywhere; an address stays whole, and the facts are folded where they are aligned."""
    tidy = re.sub(r"\n{3,}", "\n\n", text).strip()
    lines = (
        line
        if line.startswith((" ", "http"))
        else textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in tidy.splitlines()
    )
    return "\n".join(lines) + "\n"


async def queue(actor: Actor, letter: Letter) -> int | None:
    """Keep the mail and put it on its way. Returns its id; None to whom nobody can write: pages say to call them."""
    actor.must(Permission.PLATFORM_RUN)
    if letter.to.email is None:
        return None
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
