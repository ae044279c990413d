"""Mailed links: what was signed is read back; anything else is nobody's."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.links import Link, LinkOver, digest, read, sign

NOW = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
SECRET, OTHER = "s" * 32, "t" * 32
LINK = Link("invoice", 42, 3, NOW + timedelta(days=1))
TOKEN = sign(LINK, SECRET)


def refused(token: str, secret: str = SECRET) -> NotFound:
    with clock.frozen(NOW), pytest.raises(NotFound, match="n’est pas valable") as error:
        read(token, secret)
    return error.value


@given(st.sampled_from(["invoice", "booking", "option-offer"]), st.integers(0, 2**63 - 1), st.integers(0, 10**6))
def test_round_trip(purpose: str, subject: int, generation: int) -> None:
    link = Link(purpose, subject, generation, NOW + timedelta(hours=1))
    with clock.frozen(NOW):
        assert read(sign(link, SECRET), SECRET) == link


def test_a_token_is_safe_in_an_address() -> None:
    assert set(TOKEN) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert len(TOKEN) < 100


def test_it_ends_at_its_second() -> None:
    with clock.frozen(LINK.expires_at - timedelta(seconds=1)):
        assert read(TOKEN, SECRET) == LINK
    with clock.frozen(LINK.expires_at), pytest.raises(LinkOver) as error:
        read(TOKEN, SECRET)
    assert error.value.slug == "link-over"


@pytest.mark.parametrize(
    "token",
    ["", "x", "lettre", TOKEN[:-1], TOKEN[:-4], TOKEN[4:], TOKEN[: len(TOKEN) // 2], TOKEN + "AAAA", "é" + TOKEN],
)
def test_a_token_that_was_cut_or_made_up(token: str) -> None:
    assert type(refused(token)) is NotFound


@pytest.mark.parametrize("changed", [TOKEN.lower(), TOKEN.upper(), TOKEN.swapcase()])
def test_a_mail_program_that_changes_case(changed: str) -> None:
    assert changed != TOKEN
    refused(changed)


@given(st.integers(0, len(base64.urlsafe_b64decode(TOKEN + "==")) - 1), st.integers(1, 255))
def test_any_byte_counts(place: int, mask: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4)))
    raw[place % len(raw)] ^= mask
    refused(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


def test_another_site_s_link() -> None:
    refused(sign(LINK, OTHER))
    refused(TOKEN, OTHER)


def test_a_link_cannot_be_read_as_another() -> None:
    """The separator is inside what is signed: "a.1" + "2" is not "a" + "1.2"."""
    refused(sign(Link("invoice.4", 2, 3, LINK.expires_at), SECRET))


@pytest.mark.parametrize(
    "token", ["!" + TOKEN, TOKEN[:8] + "!" + TOKEN[8:], TOKEN + "=", TOKEN + "\n", TOKEN[:-1] + "h"]
)
def test_a_token_has_one_spelling(token: str) -> None:
    """Python's base64 skips what is not of its alphabet, and the bits of the last letter that no byte needs."""
    assert base64.urlsafe_b64decode(token + "==") == base64.urlsafe_b64decode(TOKEN + "==")
    refused(token)


def test_expired_and_forged_is_forged() -> None:
    """Nobody learns from the answer that an expired token was well made but for its signature."""
    old = sign(Link("invoice", 42, 3, NOW - timedelta(days=1)), OTHER)
    refused(old)


def test_tokens_are_kept_hashed() -> None:
    assert digest("a") != digest("b")
    assert len(digest("a")) == 32
    assert b"secret" not in digest("secret")
