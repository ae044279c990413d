"""The `training` command. Each file is a family of commands; none decides anything that an action does not."""

from __future__ import annotations

import click

from training.cli import data, demo, doctor, keys, mail, online, people, serving


@click.group()
def main() -> None:
    """Catalogue d’ateliers et de formations : réservations, agendas, factures."""


for command in (
    serving.serve,
    serving.worker,
    demo.demo,
    doctor.doctor,
    data.db,
    data.ledger,
    people.user,
    keys.apikey,
    mail.mail,
    online.stripe,
):
    main.add_command(command)
