"""A mail sent by hand, here and now, to hear what the server answers. It is not kept: nobody else waits for it."""

from __future__ import annotations

from training.calendar.formats.mailbox import Mailbox
from training.directory.actions.set_up import say_step
from training.directory.queries import the_platform
from training.directory.rules.set_up import SetUpStep, StepSaid
from training.kernel import clock, settings
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.messages.actions.outgoing import Letter, Reader, new_message_id, write
from training.messages.clients import smtp
from training.messages.formats import mime
from training.records.actions.acting import acting


async def send_trial(actor: Actor, address: str) -> str:
    """Send it and return the server's answer. Conflict without a server; else what `smtp.send` raises."""
    actor.must(Permission.PLATFORM_EDIT)
    url = settings.current().smtp_url
    if url is None:
        raise Conflict(_("Aucun SMTP_URL : rien ne peut partir."))
    platform, target = await the_platform(), smtp.SmtpUrl.parse(url)
    where = f"{target.host}:{target.port}"
    written = write(Letter("trial", Reader("", address), ("platform", 1), {"server": where}), platform)
    message = mime.build(
        message_id=new_message_id(),
        date=clock.now(),
        sender=Mailbox(platform.short_name, platform.email),
        to=Mailbox("", address),
        subject=written.subject,
        text=written.text,
        html=written.html,
    )
    async with acting(actor, "mail.trial"):
        pass  # that it was tried stays, whatever the server says
    answer = await smtp.send(target, message, envelope_from=platform.email, to=address, patience=smtp.GREETING)
    await say_step(actor, SetUpStep.MAIL, StepSaid.DONE)
    words = _("{server} a pris le courriel pour {address} : {answer}")
    return words.format(server=where, address=address, answer=answer)
