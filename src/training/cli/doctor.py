"""`doctor`: one line per thing a host must know, and a failing end when one of them needs somebody."""

from __future__ import annotations

import shutil

import click
import uvloop

from training import __version__
from training.billing.documents import free
from training.billing.documents.free import FreeConfirmation
from training.calendar.formats.vtimezone import vtimezone
from training.cli import setting_up
from training.cli.finding import Finding
from training.cli.mail_domain import mail_domain
from training.directory import queries as directory
from training.identity import queries as identity
from training.kernel import clock, db, migrate, queue
from training.kernel.settings import Settings, fingerprint
from training.messages import queries as mails
from training.messages.clients.dns import texts
from training.messages.clients.smtp import BadSmtpUrl, Refusal, SmtpUrl, greet
from training.papers.documents.party import Party
from training.records import queries as records
from training.records.rules import backup_is_old
from training.reporting.office.settings import platform_page


@click.command()
@click.option("--dkim", metavar="SÉLECTEUR", help="Le nom sous lequel le DNS publie la clé DKIM du serveur d’envoi.")
def doctor(dkim: str | None) -> None:
    """Tout ce qu’un hébergeur doit savoir, ligne par ligne."""
    now = setting_up.read_settings()
    findings = [*_host(now)]
    try:
        with setting_up.server(now) as dsn:
            findings += uvloop.run(_inside(now, dsn, dkim))
    except setting_up.ABSENT as error:
        findings.append(Finding(False, "base", f"ne répond pas : {str(error) or type(error).__name__}"))
    for finding in findings:
        click.secho("✓ " if finding.good else "✗ ", nl=False, fg="green" if finding.good else "red")
        click.echo(f"{finding.what} : {finding.words}")
    if not all(finding.good for finding in findings):
        raise SystemExit(1)


def _host(now: Settings) -> list[Finding]:
    free = shutil.disk_usage(now.data_dir if now.data_dir.exists() else now.data_dir.parent).free // 2**30
    return [
        Finding(True, "version", __version__),
        Finding(True, "adresse", f"{now.base_url} ({'production' if now.production else 'essai'})"),
        Finding(free >= 1, "disque", f"{free} Gio libres sous {now.data_dir}"),
        _mail_server(now),
        Finding(bool(vtimezone("Europe/Paris")), "fuseau", f"Europe/Paris, il est {clock.local(clock.now()):%H:%M}"),
    ]


def _mail_server(now: Settings) -> Finding:
    """Go as far as a mail would, without one."""
    if now.smtp_url is None:
        words = "aucun SMTP_URL : les courriels sont gardés, pas envoyés"
        return Finding(
            not now.production, "courriel", words + (", alors que le site est en production" * now.production)
        )
    try:
        target = SmtpUrl.parse(now.smtp_url)
        uvloop.run(greet(target, f"doctor@{now.host}"))
    except BadSmtpUrl as error:
        return Finding(False, "courriel", f"SMTP_URL : {error}")
    except Refusal as refusal:
        return Finding(False, "courriel", f"{target.host}:{target.port} ne prend pas nos courriels : {refusal}")
    signed = f", connecté comme {target.user}" if target.user else ""
    return Finding(True, "courriel", f"{target.host}:{target.port} répond{signed} (`training mail test` en envoie un)")


async def _inside(now: Settings, dsn: str, dkim: str | None) -> list[Finding]:
    async with db.connected(dsn, size=2):
        version = str(await db.value("show server_version")).split()[0]
        findings = [Finding(int(version.split(".")[0]) >= 15, "base", f"PostgreSQL {version}")]
        if missing := await migrate.missing():
            return [*findings, Finding(False, "schéma", f"{len(missing)} migrations à faire : training db migrate")]
        findings.append(Finding(True, "schéma", "à jour"))
        size = await db.value("select pg_size_pretty(pg_database_size(current_database()))")
        findings.append(Finding(True, "taille", str(size)))
        findings += [*await _records(), *await _work(), *await _copy(now), await _backup(now)]
        return [*findings, *await _domain(now, dkim)]


async def _records() -> list[Finding]:
    platform = await directory.platform()
    chains = await records.verify()
    broken = [f"{c.key} à {c.broken}" for c in chains if c.broken]
    issued = sum(c.documents for c in chains)
    unmatched = await identity.unmatched()
    bosses = len(await identity.administrators())
    said = f"{bosses} compte{'s' * (bosses > 1)}" if bosses else "personne : training user create"
    return [
        Finding(
            bosses > 0,
            "administration",
            said,
        ),
        Finding(not unmatched, "accès", f"{unmatched} d’origine inconnue, à décider" if unmatched else "tous connus"),
        *await _logo(),
        Finding(
            platform is not None and bool(platform.siret and platform.iban),
            "plateforme",
            f"{platform.name}" if platform else "personne n’a dit qui tient ce site",
        ),
        Finding(
            not broken, "registre", f"ROMPU : {', '.join(broken)}" if broken else f"{issued} documents, chaîne intacte"
        ),
    ]


async def _logo() -> list[Finding]:
    """Nothing while it is well: a logo kept before anybody looked is left off papers."""
    fault = (await platform_page()).logo_fault
    return [Finding(False, "logo", f"absent des factures : {fault}")] if fault else []


async def _work() -> list[Finding]:
    jobs, counts = await queue.state(), await mails.unsent()
    late = jobs.oldest is not None and (clock.now() - jobs.oldest).total_seconds() > 600
    return [
        Finding(not jobs.failed, "file", f"{jobs.waiting} en attente, {jobs.failed} en échec"),
        Finding(not late, "travail de fond", "un travail attend depuis plus de 10 min" if late else "à jour"),
        Finding(not counts.get("failed"), "courriels", ", ".join(f"{n} {s}" for s, n in counts.items()) or "aucun"),
        _paper(),
    ]


async def _backup(now: Settings) -> Finding:
    """How old the last backup is; a site in production has one of yesterday."""
    last = await records.last_backup()
    if last is None:
        return Finding(not now.production, "sauvegarde", "aucune depuis que cette base s’en souvient")
    words = f"le {clock.local(last.taken_at):%d/%m/%Y à %H:%M}, {'copiée ailleurs' if last.copied else 'ici seulement'}"
    return Finding(not (now.production and backup_is_old(last.taken_at, clock.now())), "sauvegarde", words)


async def _domain(now: Settings, dkim: str | None) -> list[Finding]:
    """Of a site in production: whether the DNS vouches for its mails."""
    platform = await directory.platform()
    if platform is None or (not now.production and dkim is None):
        return []
    return await mail_domain(platform.email.rpartition("@")[2], dkim, texts)


async def _copy(now: Settings) -> list[Finding]:
    """Of a restored database: what it keeps back, and whether what it had mailed can still be opened."""
    found = await mails.restoration()
    if found is None:
        return []
    findings = []
    if found.released_at is None:
        waiting = (await mails.departures()).waiting
        words = f"le {clock.local(found.at):%d/%m/%Y à %H:%M} ; {waiting} courriels attendent `training mail release`"
        findings.append(Finding(False, "restauration", words))
    if found.secret is not None and found.secret != fingerprint(now.secret_key):
        # once the copy is declared the site, its host has decided to live with the key that it has
        words = "SECRET_KEY n’est pas celle d’avant la restauration : les liens envoyés avant ne s’ouvrent plus"
        findings.append(Finding(found.released_at is not None, "clé", words))
    return findings


def _paper() -> Finding:
    """Make a page for real: fonts and Typst are where they should be."""
    nobody = Party(name="Essai")
    page = FreeConfirmation(booking="-", made_on=clock.today(), provider=nobody, beneficiary=nobody, title="Essai")
    return Finding(free.build(page).startswith(b"%PDF-"), "papier", "une page PDF/A a été composée")
