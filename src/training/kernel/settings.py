"""What the host decides: the environment, read once and checked whole. The platform's identity is data, not here.

Every value may also come from a file named by `<NAME>_FILE` (Docker secrets).
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

LOCALLY = "http://127.0.0.1:8000"
SIRENE = "https://recherche-entreprises.api.gouv.fr"  # public, without a key, seven questions a second
SECRET_MIN = 32  # characters: 256 bits in hexadecimal is 64, a typed passphrase rather less
FINGERPRINT_ROUNDS = 100_000  # a passphrase must not be guessed from what a backup says of it

NAMES: Mapping[str, str] = {
    "DATABASE_URL": "PostgreSQL 15 ou plus récent ; absent : la base embarquée, sous DATA_DIR.",
    "DATA_DIR": "Le dossier de la base embarquée, de sa clé et de ses sauvegardes.",
    "BASE_URL": "L'adresse publique du site ; en https, le site est en production.",
    "SECRET_KEY": "Signe les liens et les formulaires ; 32 caractères au moins.",
    "SMTP_URL": "smtp://nom:secret@hôte:587 ou smtps://… ; absent : les courriels sont gardés, pas envoyés.",
    "STRIPE_SECRET_KEY": "La clé secrète de Stripe (sk_… ou rk_…) ; absente : pas de paiement en ligne.",
    "STRIPE_WEBHOOK_SECRET": "Le secret (whsec_…) du point d'écoute de Stripe, à l'adresse BASE_URL/hooks/stripe.",
    "STRIPE_API_BASE": "Une autre adresse que celle de Stripe, pour des essais ; refusée en production.",
    "SIRENE_API_BASE": "L'annuaire public des entreprises ; vide : il n'est pas consulté.",
    "TRUSTED_PROXIES": "Les mandataires (CIDR, séparés par des virgules) dont on croit X-Forwarded-For.",
    "METRICS_TOKEN": "Le secret de qui surveille le site de loin ; 32 caractères au moins.",
    "LOG_LEVEL": "debug, info, warning ou error.",
}


class SettingsError(ValueError):
    """The environment is not usable; `problems` says everything that is wrong with it, not the first thing only."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment, understood. `database_url` None means the embedded PostgreSQL."""

    database_url: str | None
    data_dir: Path
    base_url: str
    secret_key: str = field(repr=False)
    smtp_url: str | None = field(repr=False)
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    log_level: str
    stripe_secret_key: str | None = field(default=None, repr=False)
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    stripe_api_base: str | None = None
    metrics_token: str | None = field(default=None, repr=False)
    sirene_api_base: str | None = None  # None: the register of companies is not asked

    @property
    def production(self) -> bool:
        """Served over https: cookies are Secure and a secret is never made up."""
        return self.base_url.lower().startswith("https://")

    @property
    def host(self) -> str:
        """The site's host name, which calendar uids and Message-IDs end with."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def of_mail(self) -> dict[str, str]:
        """Which way mail goes and where its links lead, without secrets: what administrators are told of."""
        way = _url(self.smtp_url or "")
        user = f"{way.username}@" if way.username else ""
        port = f":{way.port}" if way.port else ""
        found = {"smtp_url": f"{way.scheme}://{user}{way.hostname}{port}" if self.smtp_url else ""}
        found |= {"base_url": self.base_url} if self.production else {}  # a trial is served anywhere
        return {name: value[:300] for name, value in found.items()}


def load(environ: Mapping[str, str] | None = None, *, served_at: str = LOCALLY) -> Settings:
    """Read and check the environment. SettingsError lists every problem.

    `served_at` is the site's address when BASE_URL does not say it.
    """
    problems: list[str] = []
    values = _read(os.environ if environ is None else environ, problems)
    base_url = (values.get("BASE_URL") or served_at).rstrip("/")
    if _url(base_url).scheme not in {"http", "https"} or not _url(base_url).hostname:
        problems.append(f"BASE_URL : « {base_url} » n'est pas une adresse http(s)://hôte.")
    data_dir = _data_dir(values)
    database_url = values.get("DATABASE_URL") or None
    if database_url and _url(database_url).scheme not in {"postgres", "postgresql"}:
        problems.append("DATABASE_URL : l'adresse commence par postgresql://.")
    level = values.get("LOG_LEVEL", "info").lower()
    if level not in {"debug", "info", "warning", "error"}:
        problems.append(f"LOG_LEVEL : « {level} » n'est pas debug, info, warning ou error.")
    smtp_url = _smtp(values, problems)
    proxies = _proxies(values.get("TRUSTED_PROXIES", ""), problems)
    secret = _secret(values.get("SECRET_KEY"), database_url, base_url, problems)
    _check_stripe(values, base_url, problems)
    token = _token(values, problems)
    sirene = _sirene(values, problems)
    if problems:
        raise SettingsError(problems)
    return Settings(
        database_url=database_url,
        data_dir=data_dir,
        base_url=base_url,
        secret_key=secret or kept_secret(data_dir),
        smtp_url=smtp_url,
        trusted_proxies=proxies,
        log_level=level,
        stripe_secret_key=values.get("STRIPE_SECRET_KEY") or None,
        stripe_webhook_secret=values.get("STRIPE_WEBHOOK_SECRET") or None,
        stripe_api_base=(values.get("STRIPE_API_BASE") or "").rstrip("/") or None,
        metrics_token=token,
        sirene_api_base=sirene,
    )


def _data_dir(values: Mapping[str, str]) -> Path:
    return Path(values.get("DATA_DIR") or Path.home() / ".local" / "share" / "training")


def secret_file(data_dir: Path | None = None) -> Path:
    """Where an installation keeps the key that it made itself."""
    return (data_dir or _data_dir(_read(os.environ, []))) / "secret_key"


def keeps_its_secret(now: Settings) -> bool:
    """Whether the key in use is the one that the installation made itself, and not one that the host gave."""
    path = secret_file(now.data_dir)
    return path.exists() and path.read_text().strip() == now.secret_key


def kept_secret(data_dir: Path) -> str:
    """The embedded installation's own key: made once, kept beside its data, readable by its owner only."""
    path = secret_file(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # written whole before it has its name: two processes may start at once, and one may die here
        descriptor, fresh = tempfile.mkstemp(dir=data_dir)  # 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    kept = path.read_text().strip()
    if len(kept) < SECRET_MIN:
        raise SettingsError([f"{path} : cette clé est trop courte. Retirez le fichier : une autre sera faite."])
    return kept


def replace_kept_secret(data_dir: Path, secret: str) -> None:
    """Put a restored database's key where it was; the one that stood there stays beside it, as `secret_key.before`."""
    path = secret_file(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor, fresh = tempfile.mkstemp(dir=data_dir)  # 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        path.replace(path.with_suffix(".before"))
    os.replace(fresh, path)


def fingerprint(secret: str) -> str:
    """What may be told of a key: enough to know it again, too little and too slow to find it."""
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), b"training secret key", FINGERPRINT_ROUNDS, 16).hex()


def _url(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")  # no scheme: refused by whoever asked


def _read(environ: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    values = {}
    for name in NAMES:
        if path := environ.get(f"{name}_FILE"):
            try:
                values[name] = Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{name}_FILE : {path} ne se lit pas ({error}).")
        elif name in environ:
            values[name] = environ[name]
    return values


def _smtp(values: Mapping[str, str], problems: list[str]) -> str | None:
    smtp_url = values.get("SMTP_URL") or None
    if smtp_url and (_url(smtp_url).scheme not in {"smtp", "smtps"} or not _url(smtp_url).hostname):
        problems.append("SMTP_URL : l'adresse est de la forme smtp://hôte:587 ou smtps://hôte:465.")
    return smtp_url


def _token(values: Mapping[str, str], problems: list[str]) -> str | None:
    token = values.get("METRICS_TOKEN") or None
    if token and len(token) < SECRET_MIN:
        problems.append(f"METRICS_TOKEN : {SECRET_MIN} caractères au moins (exemple : openssl rand -hex 32).")
    return token


def _sirene(values: Mapping[str, str], problems: list[str]) -> str | None:
    base = values.get("SIRENE_API_BASE", SIRENE).rstrip("/")
    if base and _url(base).scheme not in {"http", "https"}:
        problems.append("SIRENE_API_BASE : l'adresse commence par https:// ; vide, l'annuaire n'est pas consulté.")
    return base or None


def _proxies(text: str, problems: list[str]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    networks = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            problems.append(f"TRUSTED_PROXIES : « {part} » n'est pas un réseau (exemple : 10.0.0.0/8).")
    return tuple(networks)


def _secret(secret: str | None, database_url: str | None, base_url: str, problems: list[str]) -> str | None:
    if secret is not None and len(secret) < SECRET_MIN:
        problems.append(f"SECRET_KEY : {SECRET_MIN} caractères au moins (exemple : openssl rand -hex 32).")
    elif secret is None and database_url and base_url.lower().startswith("https://"):
        # several machines may share a database: each must sign with the same key, so none may make one up
        problems.append("SECRET_KEY : à donner en production quand DATABASE_URL l'est (openssl rand -hex 32).")
    return secret


def _check_stripe(values: Mapping[str, str], base_url: str, problems: list[str]) -> None:
    key, webhook, base = (values.get(f"STRIPE_{name}") for name in ("SECRET_KEY", "WEBHOOK_SECRET", "API_BASE"))
    if key and not key.startswith(("sk_", "rk_")):
        problems.append("STRIPE_SECRET_KEY : une clé secrète commence par sk_ ou rk_ (celle en pk_ est publique).")
    if key and not webhook:
        problems.append(
            "STRIPE_WEBHOOK_SECRET : à donner avec STRIPE_SECRET_KEY ; sans lui, personne ne saurait qu'on a payé."
        )
    if webhook and not key:
        problems.append("STRIPE_SECRET_KEY : à donner avec STRIPE_WEBHOOK_SECRET.")
    if base and (_url(base).scheme not in {"http", "https"} or not _url(base).hostname):
        problems.append(f"STRIPE_API_BASE : « {base} » n'est pas une adresse http(s)://hôte.")
    elif base and base_url.lower().startswith("https://"):
        problems.append("STRIPE_API_BASE : ne sert qu'aux essais ; à retirer en production.")


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Said once by whatever starts the program (or a test)."""
    global _current
    _current = settings


def current() -> Settings:
    """The settings in use."""
    if _current is None:
        raise RuntimeError("settings.use() comes first")
    return _current
