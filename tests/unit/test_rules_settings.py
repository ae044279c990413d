"""The environment: read whole, refused whole."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from training.kernel.settings import NAMES, SettingsError, kept_secret, load

KEY = "k" * 32
DATABASE = "postgresql://me@db.example.org/training"


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(environ)
    return error.value.problems


def test_nothing_is_needed_on_a_machine_of_one_s_own(tmp_path: Path) -> None:
    loaded = load({"DATA_DIR": str(tmp_path)})
    assert (loaded.database_url, loaded.smtp_url, loaded.trusted_proxies) == (None, None, ())
    assert (loaded.base_url, loaded.host, loaded.log_level) == ("http://127.0.0.1:8000", "127.0.0.1", "info")
    assert not loaded.production
    assert len(loaded.secret_key) == 64
    assert load({"DATA_DIR": str(tmp_path)}).secret_key == loaded.secret_key, "made once, then kept"


def test_the_kept_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    kept_secret(tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = problems(
        {
            "DATABASE_URL": "mysql://db.example.org/training",
            "BASE_URL": "formations.example.org",
            "SECRET_KEY": "short",
            "SMTP_URL": "mail.example.org:587",
            "TRUSTED_PROXIES": "10.0.0.0/8, proxy, 300.1.1.1",
            "LOG_LEVEL": "loud",
            "DATA_DIR": str(tmp_path),
        }
    )
    named = [problem.split(" :")[0] for problem in found]
    assert sorted(named) == [
        "BASE_URL", "DATABASE_URL", "LOG_LEVEL", "SECRET_KEY", "SMTP_URL", "TRUSTED_PROXIES", "TRUSTED_PROXIES",
    ]  # fmt: skip
    assert set(named) <= set(NAMES)


def test_a_refused_environment_makes_no_key(tmp_path: Path) -> None:
    problems({"DATA_DIR": str(tmp_path / "data"), "LOG_LEVEL": "loud"})
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("base_url", ["https://formations.example.org", "HTTPS://formations.example.org/"])
def test_production_wants_a_key_where_the_database_is_shared(tmp_path: Path, base_url: str) -> None:
    production = {"DATA_DIR": str(tmp_path), "BASE_URL": base_url}
    assert "SECRET_KEY" in problems({**production, "DATABASE_URL": DATABASE})[0]
    assert load({**production, "DATABASE_URL": DATABASE, "SECRET_KEY": KEY}).production
    assert load(production).production, "the embedded database has one machine, which keeps its key"


def test_a_shared_database_without_https_is_nobody_s_production(tmp_path: Path) -> None:
    assert not load({"DATA_DIR": str(tmp_path), "DATABASE_URL": DATABASE}).production


def test_values_come_from_files_too(tmp_path: Path) -> None:
    for name, value in (("SECRET_KEY", KEY), ("DATABASE_URL", DATABASE), ("SMTP_URL", "smtp://u:p@mail.example.org")):
        (tmp_path / name).write_text(f"{value}\n")
    environ = {f"{name}_FILE": str(tmp_path / name) for name in ("SECRET_KEY", "DATABASE_URL", "SMTP_URL")}
    loaded = load({"DATA_DIR": str(tmp_path), "SECRET_KEY": "the file wins over this one, always", **environ})
    assert (loaded.secret_key, loaded.database_url) == (KEY, DATABASE)
    assert loaded.smtp_url == "smtp://u:p@mail.example.org"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (found,) = problems({"DATA_DIR": str(tmp_path), "SECRET_KEY_FILE": str(tmp_path / "missing")})
    assert found.startswith("SECRET_KEY_FILE :")
    assert "missing" in found


def test_proxies_are_networks(tmp_path: Path) -> None:
    loaded = load({"DATA_DIR": str(tmp_path), "TRUSTED_PROXIES": "10.1.2.3/8, 2001:db8::/32 ,127.0.0.1,"})
    assert loaded.trusted_proxies == tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "2001:db8::/32", "127.0.0.1/32")))


def test_a_base_url_loses_its_last_slash(tmp_path: Path) -> None:
    loaded = load({"DATA_DIR": str(tmp_path), "BASE_URL": "http://formations.example.org/"})
    assert (loaded.base_url, loaded.host) == ("http://formations.example.org", "formations.example.org")


@pytest.mark.parametrize("url", ["smtp://mail.example.org:587", "smtps://u:p%40ss@mail.example.org:465"])
def test_mail_servers(tmp_path: Path, url: str) -> None:
    assert load({"DATA_DIR": str(tmp_path), "SMTP_URL": url}).smtp_url == url


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    loaded = load({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "SMTP_URL": "smtp://u:geheim@mail.example.org"})
    assert KEY not in repr(loaded)
    assert "geheim" not in repr(loaded)


def test_stripe_is_given_whole_or_not_at_all(tmp_path: Path) -> None:
    here = {"DATA_DIR": str(tmp_path)}
    pair = {"STRIPE_SECRET_KEY": "sk_test_geheim", "STRIPE_WEBHOOK_SECRET": "whsec_geheim"}
    loaded = load({**here, **pair, "STRIPE_API_BASE": "http://127.0.0.1:9/"})
    assert (loaded.stripe_secret_key, loaded.stripe_webhook_secret) == ("sk_test_geheim", "whsec_geheim")
    assert loaded.stripe_api_base == "http://127.0.0.1:9"
    assert "geheim" not in repr(loaded)
    assert load({**here, **dict.fromkeys(pair, ""), "STRIPE_API_BASE": ""}).stripe_secret_key is None
    (said,) = problems({**here, "STRIPE_SECRET_KEY": "sk_test_1"})
    assert said.startswith("STRIPE_WEBHOOK_SECRET : à donner avec STRIPE_SECRET_KEY")
    (said,) = problems({**here, "STRIPE_WEBHOOK_SECRET": "whsec_1"})
    assert said.startswith("STRIPE_SECRET_KEY :")
    (said,) = problems({**here, **pair, "STRIPE_SECRET_KEY": "pk_test_1"})
    assert "commence par sk_" in said


def test_stripe_s_values_come_from_files_too(tmp_path: Path) -> None:
    for name, value in (("STRIPE_SECRET_KEY", "rk_live_1"), ("STRIPE_WEBHOOK_SECRET", "whsec_1")):
        (tmp_path / name).write_text(f"{value}\n")
    files = {f"{name}_FILE": str(tmp_path / name) for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")}
    loaded = load({"DATA_DIR": str(tmp_path), **files})
    assert (loaded.stripe_secret_key, loaded.stripe_webhook_secret) == ("rk_live_1", "whsec_1")


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "https://stripe.example.org"])
def test_production_pays_at_stripe_s_own_address(tmp_path: Path, base: str) -> None:
    production = {"DATA_DIR": str(tmp_path), "BASE_URL": "https://formations.example.org"}
    (said,) = problems({**production, "STRIPE_API_BASE": base})
    assert said == "STRIPE_API_BASE : ne sert qu'aux essais ; à retirer en production."
    assert len(problems({"DATA_DIR": str(tmp_path), "STRIPE_API_BASE": "stripe"})) == 1


def test_empty_is_absent(tmp_path: Path) -> None:
    """Compose passes unset variables on as empty ones."""
    loaded = load({"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "SMTP_URL": "", "TRUSTED_PROXIES": ""})
    assert (loaded.database_url, loaded.smtp_url, loaded.trusted_proxies) == (None, None, ())
