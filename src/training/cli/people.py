"""`user`: the first administrator, any member of the platform's team, and a way in when no mail leaves."""

from __future__ import annotations

from datetime import timedelta

import click

from training.cli import setting_up
from training.identity import queries as identity
from training.identity.actions import roles, signin
from training.identity.rules import PLATFORM_ROLES, Role
from training.kernel import addresses
from training.kernel.actor import SYSTEM

LINK_LIFE = timedelta(hours=1)  # it is printed for whoever is about to open it


@click.group()
def user() -> None:
    """Les comptes de l’équipe."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="Nom affiché.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in PLATFORM_ROLES]),
    default=Role.ADMINISTRATOR.value,
    show_default=True,
    help="Rôle dans l’équipe de la plateforme.",
)
def create(email: str, name: str, role: str) -> None:
    """Créer un compte de l’équipe ; imprime un lien de connexion, utile tant qu’aucun courriel ne part."""

    async def work() -> str:
        account = await roles.add_user(SYSTEM, email, name)
        await roles.grant(SYSTEM, account, Role(role))
        return await signin.open_door(SYSTEM, email)

    token = setting_up.run(work)
    click.echo(addresses.absolute(addresses.signin_link(token)))


@user.command()
@click.argument("email")
def link(email: str) -> None:
    """Imprimer un lien qui connecte EMAIL, une fois : pour entrer quand aucun courriel ne part."""

    async def work() -> str:
        if not await identity.has_account(email):
            raise click.ClickException(f"Personne n’a de compte avec l’adresse {email}.")
        return await signin.open_door(SYSTEM, email, life=LINK_LIFE)

    token = setting_up.run(work)
    click.echo(addresses.absolute(addresses.signin_link(token)))
