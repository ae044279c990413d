"""`letter`: what the next host needs to know of this very installation, to be printed. No secret is in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import click

from training import __version__
from training.cli import setting_up
from training.directory import queries as directory
from training.identity import queries as identity
from training.kernel import clock, db
from training.kernel.settings import Settings
from training.records import queries as records


@dataclass(frozen=True, slots=True)
class Installed:
    """What only the database knows."""

    name: str
    administrators: tuple[str, ...]
    size: str
    backup: str


@click.command()
def letter() -> None:
    """Imprimer une lettre pour la personne qui hébergera ce site après vous."""
    now = setting_up.read_settings()
    click.echo(written(now, setting_up.run(_installed)))


async def _installed() -> Installed:
    platform, last = await directory.platform(), await records.last_backup()
    size = await db.value("select pg_size_pretty(pg_database_size(current_database()))")
    taken, where = "aucune dont la base se souvienne", ""
    if last is not None:
        taken = f"{clock.local(last.taken_at):%d/%m/%Y à %H:%M}"
        where = ", copiée sur une autre machine" if last.copied else ", sur cette machine seulement"
    return Installed(
        name=platform.name if platform else "(personne n’a encore dit qui tient ce site)",
        administrators=tuple(f"{who.name} <{who.email}>" for who in await identity.administrators()),
        size=str(size),
        backup=taken + where,
    )


def written(now: Settings, found: Installed) -> str:
    """The letter. Secrets are named by where they stand, never by what they are."""
    mail = urlsplit(now.smtp_url or "")
    return "\n".join(
        (
            f"À la personne qui héberge le site de {found.name}",
            f"Écrite le {clock.today():%d/%m/%Y}. Elle ne contient aucun secret : gardez-la avec le papier.",
            "",
            "Ce qui tourne",
            f"  Adresse           {now.base_url}",
            f"  Logiciel          training {__version__}",
            f"  Base de données   {_database(now)} ({found.size})",
            f"  Dossier           {now.data_dir}",
            f"  Courriel          {f'{mail.hostname}, comme {mail.username}' if mail.hostname else 'aucun serveur'}",
            f"  Paiement en ligne {'Stripe' if now.stripe_secret_key else 'non'}",
            "",
            "Les secrets (où ils sont, à demander à la personne d’avant)",
            f"  SECRET_KEY        {_secret(now)}",
            "  SMTP_URL, DATABASE_URL et STRIPE_… : dans l’environnement du service, ou des fichiers (…_FILE)",
            "",
            "Qui administre le site",
            *(f"  {who}" for who in found.administrators or ("personne : training user create",)),
            "",
            "Les gestes",
            "  Voir si tout va bien      training doctor",
            "  Sauvegarder               training db backup FICHIER --then 'COMMANDE {}'",
            f"  Dernière sauvegarde       {found.backup}",
            "  Restaurer (base vide)     training db restore FICHIER, puis training mail release",
            "  Mettre à jour             sauvegarder, installer la version, training db migrate, redémarrer",
            "  Entrer sans courriel      training user link ADRESSE",
            "",
            "Les factures émises se gardent dix ans (C. com. art. L123-22) : ne perdez pas les sauvegardes.",
            "Le reste est écrit dans docs/guides/hosting.md.",
        )
    )


def _database(now: Settings) -> str:
    if now.database_url is None:
        return f"PostgreSQL embarqué, sous {now.data_dir}"
    where = urlsplit(now.database_url)
    return f"PostgreSQL sur {where.hostname or 'cette machine'}, base {where.path.lstrip('/')}"


def _secret(now: Settings) -> str:
    from_file = now.data_dir / "secret_key"
    return f"le fichier {from_file}" if from_file.exists() else "donné par l’environnement du service"
