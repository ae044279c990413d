"""Who asks: the address of the connection, and X-Forwarded-For only as far as our own proxies wrote it."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from training.kernel import settings
from training.web.auth import client_address

OURS = ("10.0.0.0/8", "::1/128")


@pytest.fixture
def proxies() -> Iterator[None]:
    before = settings.current()
    networks = tuple(ipaddress.ip_network(one) for one in OURS)
    settings.use(dataclasses.replace(before, trusted_proxies=networks))
    yield
    settings.use(before)


def asks(peer: str | None, forwarded: str = "") -> str:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    client = SimpleNamespace(host=peer) if peer else None
    return client_address(SimpleNamespace(client=client, headers=headers))  # type: ignore[arg-type]


@pytest.mark.parametrize("forwarded", ["", "198.51.100.7", "10.0.0.9", "198.51.100.7, 10.0.0.9"])
def test_without_a_proxy_of_ours_nobody_says_who_they_are(forwarded: str) -> None:
    assert settings.current().trusted_proxies == ()
    assert asks("203.0.113.5", forwarded) == "203.0.113.5"


@pytest.mark.usefixtures("proxies")
@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", "198.51.100.7", "203.0.113.5"),  # no proxy of ours: what it claims is nothing
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.7", "198.51.100.7"),  # the visitor wrote the first itself
        ("10.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),  # two proxies of ours
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", " , ", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, nonsense", "nonsense"),  # counted as one address, and believed no further
        (None, "198.51.100.7", ""),
    ],
)
def test_a_forwarded_address_is_believed_from_the_right(peer: str | None, forwarded: str, address: str) -> None:
    assert asks(peer, forwarded) == address
