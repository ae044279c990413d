"""Coming in: the network it is from, the path to go on to, the secrets that open."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.identity.rules import (
    network_of,
    new_code,
    new_token,
    safe_path,
)
from training.kernel.permissions import Permission

P = Permission


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),  # one bucket for all of them would throttle the whole internet
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "?"),
        ("", "?"),
    ],
)
def test_network(address: str, network: str) -> None:
    assert network_of(address) == network
    assert len(network) <= 60


@pytest.mark.parametrize("path", ["/", "/espace/mairie", "/catalogue?theme=vélo&x=1", "/gestion/#notes", "/a//b"])
def test_a_path_of_ours_is_gone_on_to(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "catalogue", "//evil.example.org", "///evil.example.org", "/\\evil.example.org", "\\\\evil.example.org",
        "https://evil.example.org", "javascript:alert(1)", "/\t/evil.example.org", "/\n/evil.example.org",
        "/a\r\nSet-Cookie: x", "/\x00", "/" + "a" * 500,
    ],
)  # fmt: skip
def test_a_path_elsewhere_is_not(path: str) -> None:
    assert safe_path(path) == ""


@given(st.text(alphabet="/\\.:@ \t\nevil%", max_size=20))
def test_no_path_ever_leaves_the_site(path: str) -> None:
    there = urljoin("https://here.example.org/connexion", safe_path("/" + path).replace("\\", "/"))
    assert urlsplit(there).netloc == "here.example.org"


def test_secrets_are_new_and_long() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 32 for token in tokens)  # 192 bits in base64
    assert all(len(code) == 6 and code.isdigit() for code in (new_code() for _ in range(100)))
