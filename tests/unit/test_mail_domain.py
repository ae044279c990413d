"""Whether others are told that mails of a domain are ours: what its DNS says, line by line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from training.cli.mail_domain import mail_domain
from training.messages.clients import dns as client
from training.messages.clients.dns import DnsAway, texts
from training.messages.formats import mail_dns

pytestmark = pytest.mark.anyio

DOMAIN = "mobilite.example.org"
WELL = {
    DOMAIN: ["google-site-verification=x", "v=spf1 include:_spf.example.net -all"],
    f"mail._domainkey.{DOMAIN}": ["v=DKIM1; k=rsa; p=MIGf MA0G"],
    f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none; rua=mailto:dmarc@example.org"],
}


async def found(zone: Mapping[str, list[str]], selector: str | None = None) -> dict[str, tuple[bool, str]]:
    async def ask(name: str) -> list[str]:
        return zone.get(name, [])

    return {one.what: (one.good, one.words) for one in await mail_domain(DOMAIN, selector, ask)}


async def test_a_domain_that_vouches_for_its_mails():
    said = await found(WELL)
    assert [good for good, _words in said.values()] == [True, True, True]
    assert "p=none" in said["DMARC"][1]


async def test_an_empty_domain_is_told_each_line():
    said = await found({})
    assert [good for good, _words in said.values()] == [False, False, False]
    assert "v=spf1" in said["SPF"][1]
    assert "--dkim" in said["DKIM"][1]
    assert "v=DMARC1" in said["DMARC"][1]


@pytest.mark.parametrize("record", ["v=spf1 +all", "v=spf1 ?all", "v=spf1 include:a.example.net"])
async def test_a_record_that_refuses_nobody_is_none(record: str):
    assert (await found({**WELL, DOMAIN: [record]}))["SPF"][0] is False


async def test_two_records_are_none():
    assert (await found({**WELL, DOMAIN: ["v=spf1 -all", "v=spf1 a -all"]}))["SPF"][0] is False


async def test_the_selector_that_the_host_names_is_asked_alone():
    said = await found({**WELL, f"tem._domainkey.{DOMAIN}": ["p=AA"]}, "tem")
    assert said["DKIM"] == (True, f"clé publiée sous tem._domainkey.{DOMAIN}")
    assert (await found(WELL, "tem"))["DKIM"][0] is False


async def test_a_revoked_key_is_none():
    assert (await found({**WELL, f"mail._domainkey.{DOMAIN}": ["v=DKIM1; p="]}))["DKIM"][0] is False


async def test_the_policy_of_the_domain_above_counts():
    zone = {name: texts for name, texts in WELL.items() if not name.startswith("_dmarc")}
    assert (await found({**zone, "_dmarc.example.org": ["v=DMARC1;p=reject"]}))["DMARC"] == (
        True,
        "_dmarc.example.org : p=reject",
    )


@pytest.mark.parametrize("text", ["v=DMARC1; p=peut-être", "v=DMARC1", "p=none", ""])
def test_a_policy_that_is_none(text: str):
    assert mail_dns.dmarc([text]) is None


async def test_a_dns_that_does_not_answer_is_said_and_no_fault():
    async def away(name: str) -> list[str]:
        raise DnsAway(name)

    (only,) = await mail_domain(DOMAIN, None, away)
    assert only.good
    assert "ne répond pas" in only.words


# Over the wire


class _Zone(asyncio.DatagramProtocol):
    def __init__(self, zone: Mapping[str, list[str]]) -> None:
        self.zone = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name
        for text in self.zone.get(name.to_text(omit_final_dot=True), []):
            pieces = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", pieces))
        if not answer.answer:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)  # type: ignore[attr-defined]


@contextlib.asynccontextmanager
async def resolving(zone: Mapping[str, list[str]]) -> AsyncIterator[dns.asyncresolver.Resolver]:
    loop = asyncio.get_running_loop()
    transport, _protocol = await loop.create_datagram_endpoint(lambda: _Zone(zone), local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    try:
        yield resolver
    finally:
        transport.close()


async def test_texts_come_whole_however_they_were_cut():
    long = "v=DKIM1; p=" + "A" * 390
    async with resolving({"k._domainkey.example.org": [long], "example.org": ["a", "b"]}) as resolver:
        assert await texts("k._domainkey.example.org", resolver) == [long]
        assert sorted(await texts("example.org", resolver)) == ["a", "b"]
        assert await texts("rien.example.org", resolver) == []


async def test_nobody_there_is_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    async with resolving({}) as resolver:
        resolver.port = 9  # discard
    with pytest.raises(DnsAway):
        await texts("example.org", resolver)
    with pytest.raises(DnsAway):
        await texts("a" * 300, resolver)
