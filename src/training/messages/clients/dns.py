"""The DNS, asked for the texts of a name. A name without any has none; a DNS that does not answer is said."""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.resolver

PATIENCE = 5.0  # seconds for one name


class DnsAway(Exception):
    """The DNS did not answer: nothing is known of that name."""


async def texts(name: str, resolver: dns.asyncresolver.Resolver | None = None) -> list[str]:
    """The TXT records of a name, each whole (RFC 1035 3.3.14). DnsAway: nobody answered."""
    try:
        asked = resolver or dns.asyncresolver.Resolver()
        answer = await asked.resolve(name, "TXT", lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, ValueError):
        raise DnsAway(name) from None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
