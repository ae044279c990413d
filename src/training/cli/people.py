"""`user`: the first administrator, and any member of the platform's team."""

from __future__ import annotations

import click

from training.cli import setting_up
from training.identity.actions import roles, signin
from training.identity.rules import PLATFORM_ROLES, Role
from training.kernel import addresses
from training.kernel.actor import SYSTEM


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
