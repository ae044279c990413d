"""`apikey`: keys for programs."""

from __future__ import annotations

import click

from training.cli import setting_up
from training.directory import queries as directory
from training.identity import queries as identity
from training.identity.actions import keys
from training.kernel.actor import SYSTEM
from training.kernel.errors import NotFound


@click.group()
def apikey() -> None:
    """Les clés de l’API."""


@apikey.command()
@click.option("--organisation", metavar="SIRET|SLUG", help="La structure dont la clé a les droits.")
@click.option("--staff", is_flag=True, help="Une clé de la plateforme, aux droits d’un administrateur.")
@click.option("--label", default="Clé", show_default=True, help="À quoi elle sert.")
def create(organisation: str | None, staff: bool, label: str) -> None:
    """Créer une clé ; elle n’est montrée qu’ici."""
    if staff == bool(organisation):
        raise click.UsageError("Donnez --organisation SIRET|SLUG ou --staff.")

    async def work() -> str:
        of = None
        if organisation:
            found = await directory.organisation_by_slug_or_siret(organisation)
            if found is None:
                raise NotFound(f"Aucune structure « {organisation} ».")
            of = found.id
        return await keys.create(SYSTEM, label, organisation=of)

    click.echo(setting_up.run(work))


@apikey.command("list")
def list_keys() -> None:
    """Les clés, sans leur secret."""
    for key in setting_up.run(identity.api_keys):
        state = "révoquée" if key.revoked_at else "en service"
        click.echo(f"{key.id}\t{key.hint}\t{key.label}\t{key.organisation or 'plateforme'}\t{state}")


@apikey.command()
@click.argument("key_id", type=int)
def revoke(key_id: int) -> None:
    """Mettre fin à une clé."""
    setting_up.run(lambda: keys.revoke(SYSTEM, key_id))
    click.echo("Révoquée.")
