"""The `training` command. Each file is a family of commands; none decides anything that an action does not."""

from __future__ import annotations

import click

from training.cli import data, demo, doctor, importing, keys, letter, mail, online, people, serving
from training.kernel.characters import hidden, hidden_said


class Training(click.Group):
    """What is typed on the command line obeys the rule of forms, files and programs: no character that nobody sees."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words of the command; UsageError on one that hides something."""
        for word in args:
            if character := hidden(word):
                raise click.UsageError(hidden_said(character), ctx)
        return super().parse_args(ctx, args)


@click.group(cls=Training)
def main() -> None:
    """Catalogue d’ateliers et de formations : réservations, agendas, factures."""


for command in (
    serving.serve,
    serving.worker,
    demo.demo,
    doctor.doctor,
    letter.letter,
    data.db,
    data.ledger,
    people.user,
    keys.apikey,
    importing.import_,
    mail.mail,
    online.stripe,
):
    main.add_command(command)
