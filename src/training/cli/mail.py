"""`mail`: see a mail without sending it, send one for trial, let a restored site's mails leave."""

from __future__ import annotations

from pathlib import Path

import click

from training.calendar.formats.mailbox import Mailbox
from training.cli import setting_up
from training.demo import letters
from training.directory.rules.numbers import check_email
from training.kernel import clock, settings
from training.kernel.actor import SYSTEM
from training.messages.actions import delivery, trial
from training.messages.actions.outgoing import write
from training.messages.clients import smtp
from training.messages.formats import mime


@click.group()
def mail() -> None:
    """Les courriels."""


@mail.command()
@click.argument("name", metavar="NAME", type=click.Choice(letters.OCCASIONS))
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire le courriel (.eml) ici.")
def preview(name: str, file: Path | None) -> None:
    """Voir le courriel NAME avec des données inventées."""
    setting_up.read_settings()
    letter, platform = letters.sample(name)
    written = write(letter, platform)
    if file is None:
        click.echo(f"{written.subject}\n\n{written.text}")
        return
    message = mime.build(
        message_id="<preview@example.org>",
        date=clock.now(),
        sender=Mailbox(platform.short_name, platform.email),
        to=Mailbox(letter.to.name, letter.to.email or ""),
        subject=written.subject,
        text=written.text,
        html=written.html,
    )
    file.write_bytes(message.as_bytes())
    click.echo(str(file))


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Envoyer un courriel d’essai à ADDRESS et dire ce que répond le serveur."""

    try:
        target = check_email(address)
        click.echo(setting_up.run(lambda: trial.send_trial(SYSTEM, target)))
    except LookupError:
        raise click.ClickException("Dites d’abord qui tient ce site, dans la gestion, sous « Réglages ».") from None
    except (smtp.Refusal, ValueError) as refusal:
        raise click.ClickException(f"Le courriel n’est pas parti : {refusal}") from None


@mail.command()
def release() -> None:
    """Dire qu’une base restaurée est désormais le site : ses courriels partent."""
    waiting = setting_up.run(lambda: delivery.release(SYSTEM))
    if waiting is None:
        click.echo("Rien n’était retenu : cette base n’est pas une restauration en attente.")
    elif settings.current().smtp_url is None:
        click.echo(f"C’est dit. {waiting} courriels attendent encore un serveur d’envoi (SMTP_URL).")
    else:
        click.echo(f"C’est dit. {waiting} courriels partent dans la minute, si le site est servi.")
