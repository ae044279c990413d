"""What `doctor` says of the domain that mails come from: whether others are told that it is really us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from training.cli.finding import Finding
from training.messages.clients.dns import DnsAway
from training.messages.formats import mail_dns

# Those of common mail services, where the host names none: the selector is in each mail's DKIM-Signature (s=).
USUAL_SELECTORS = ("default", "mail", "dkim", "selector1", "s1", "google", "k1", "mx", "smtp")

Texts = Callable[[str], Awaitable[list[str]]]


async def mail_domain(domain: str, selector: str | None, ask: Texts) -> list[Finding]:
    """SPF, DKIM and DMARC of a domain, each with the line that is missing."""
    try:
        return [_spf(domain, await ask(domain)), await _dkim(domain, selector, ask), await _dmarc(domain, ask)]
    except DnsAway as away:
        return [Finding(True, "DNS du courriel", f"le DNS ne répond pas pour {away} : non vérifié")]


def _spf(domain: str, texts: list[str]) -> Finding:
    record = mail_dns.spf(texts)
    if record is None:
        words = f"{domain} n’a pas d’enregistrement SPF, ou en a plusieurs : un TXT « v=spf1 … -all » nomme qui envoie"
        return Finding(False, "SPF", words)
    if not mail_dns.spf_refuses_others(record):
        return Finding(False, "SPF", f"{domain} : « {record} » ne refuse personne ; finissez par -all ou ~all")
    return Finding(True, "SPF", f"{domain} : {record}")


async def _dkim(domain: str, selector: str | None, ask: Texts) -> Finding:
    for name in (selector,) if selector else USUAL_SELECTORS:
        if mail_dns.dkim(await ask(f"{name}._domainkey.{domain}")):
            return Finding(True, "DKIM", f"clé publiée sous {name}._domainkey.{domain}")
    if selector:
        return Finding(False, "DKIM", f"aucune clé sous {selector}._domainkey.{domain}")
    words = f"aucune clé trouvée pour {domain} sous les noms habituels : training doctor --dkim SÉLECTEUR"
    return Finding(False, "DKIM", words)


async def _dmarc(domain: str, ask: Texts) -> Finding:
    for name in _and_parents(domain):
        if policy := mail_dns.dmarc(await ask(f"_dmarc.{name}")):
            return Finding(True, "DMARC", f"_dmarc.{name} : p={policy}")
    return Finding(False, "DMARC", f"_dmarc.{domain} manque : un TXT « v=DMARC1; p=none; rua=mailto:… » pour commencer")


def _and_parents(domain: str) -> list[str]:
    """The domain, then the one above it: a policy of the organisation counts for what stands below (RFC 7489 6.6.3)."""
    labels = domain.split(".")
    return [domain, *([".".join(labels[1:])] if len(labels) > 2 else [])]
