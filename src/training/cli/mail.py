"""`mail preview`: see a mail without sending it."""

from __future__ import annotations

from pathlib import Path

import click

from training.calendar.formats.mailbox import Mailbox
from training.cli import setting_up
from training.demo import letters
from training.kernel import clock
from training.messages.actions.outgoing import write
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
        to=Mailbox(letter.to.name, letter.to.email),
        subject=written.subject,
        text=written.text,
        html=written.html,
    )
    file.write_bytes(message.as_bytes())
    click.echo(str(file))
