"""`user`: the platform's team, who may come in and who no longer, and a way in when no mail leaves."""

from __future__ import annotations

from datetime import timedelta

import click

from training.cli import setting_up
from training.identity import queries
from training.identity.actions import leaving, roles, signin
from training.identity.queries import FormerView, MembershipFilter, MembershipView
from training.identity.rules import PLATFORM_ROLES, Role
from training.kernel import addresses, clock, db
from training.kernel.actor import SYSTEM

LINK_LIFE = timedelta(hours=1)  # it is printed for whoever is about to open it
EVERYBODY = 1_000_000  # a command prints them all


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
    click.echo("Ouvrez ce lien : la page d’accueil mène ensuite pas à pas jusqu’à la première séance.", err=True)


@user.command()
@click.argument("email")
def link(email: str) -> None:
    """Imprimer un lien qui connecte EMAIL, une fois : pour entrer quand aucun courriel ne part."""

    async def work() -> str:
        if not await queries.has_account(email):
            raise click.ClickException(f"Personne n’a de compte avec l’adresse {email}.")
        return await signin.open_door(SYSTEM, email, life=LINK_LIFE)

    token = setting_up.run(work)
    click.echo(addresses.absolute(addresses.signin_link(token)))


@user.command("list")
@click.option("--all", "everybody", is_flag=True, help="Aussi les structures, les partenaires et l’animation.")
def list_users(everybody: bool) -> None:
    """Qui peut entrer : adresse, nom, rôle, où, depuis quand, d’où cela vient."""
    asked = MembershipFilter(team=None if everybody else True)
    found = setting_up.run(lambda: queries.memberships(asked, limit=EVERYBODY))
    if not found:
        click.echo("Personne encore : `training user create` en crée un compte.", err=True)
    for held in found:
        click.echo("\t".join((held.email, held.name, *_said(held))))


@user.command("roles")
@click.argument("email")
def list_roles(email: str) -> None:
    """Les rôles d’une adresse : où, depuis quand, d’où cela vient ; puis ceux qui ont pris fin, et pourquoi."""

    async def work() -> tuple[list[MembershipView], list[FormerView]]:
        return await queries.memberships_of(email), await queries.former_of(email)

    found, former = setting_up.run(work)
    for held in found:
        click.echo("\t".join(_said(held)))
    for had in former:
        days = (f"{clock.local(day):%Y-%m-%d}" for day in (had.since, had.ended_at))
        click.echo("\t".join((had.role.value, _place(had), *days, f"fini : {had.why_said.lower()}")))
    if not found:
        raise click.ClickException(f"« {email} » n’a aucun rôle.")


@user.command("remove")
@click.argument("email")
@click.option("--organisation", metavar="SLUG", help="La structure où son rôle finit ; sinon, l’équipe.")
@click.option("--everywhere", is_flag=True, help="Tous ses rôles : équipe, structures, partenaires, animation.")
@click.option("--keep-keys", is_flag=True, help="Laisser en service les clés d’API que cette personne a créées.")
def remove_user(email: str, organisation: str | None, everywhere: bool, keep_keys: bool) -> None:
    """Retirer une personne de l’équipe (ou d’une structure) : connexions, agendas, liens et clés finissent aussi."""
    if organisation and everywhere:
        raise click.UsageError("--organisation ou --everywhere, pas les deux.")

    async def work() -> list[MembershipView]:
        found = [
            held for held in await queries.memberships_of(email)
            if everywhere or (held.slug == organisation if organisation else held.of_team)
        ]  # fmt: skip
        async with db.atomic():  # all of them, or none: the last administrator stays whole
            for held in found:
                if await queries.membership(held.id):  # the one before may have taken it along
                    await leaving.remove(SYSTEM, held.id, keys=not keep_keys)
        return found

    found = setting_up.run(work)
    if not found:
        where = "" if everywhere else " là" if organisation else " dans l’équipe"
        raise click.ClickException(f"« {email} » n’a aucun rôle{where}.")
    for held in found:
        click.echo(f"Retiré : {' '.join(_said(held)[:2])}")


def _said(held: MembershipView) -> tuple[str, ...]:
    return held.role.value, _place(held), f"{clock.local(held.since):%Y-%m-%d}", held.origin.value


def _place(held: MembershipView | FormerView) -> str:
    return held.slug or held.partner or (f"animation : {held.facilitator}" if held.facilitator else "équipe")
