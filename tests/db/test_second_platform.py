"""Every address, mail and paper of a platform that teaches cooking and French: none speaks of another trade."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

import crowd
import makers
from databases import BASE_URL, elsewhere, on
from flat_addresses import ADDRESSES
from papers_read import said
from second_platform import IDENTITY, made_over, trade_words
from training.app import create_app
from training.kernel import db, migrate

pytestmark = pytest.mark.anyio

# Addresses that ask for words of the other platform, or for what only a crowd has; or that show data to choose from.
ELSEWHERE = ("q=velo", "q=zzzz+velo", "Th%C3%A8me", "/gestion/catalogue/exemples")
_UNSEEN = re.compile(
    r'\s(?:href|src|srcset|action|class|value|id|for|name|list|data-[a-z-]+)="[^"]*"|<(script|style)\b.*?</\1>', re.S
)


@pytest.fixture(scope="module")
async def shown(server: str, database_dsn: str) -> AsyncIterator[dict[str, str]]:
    """What each address says of the second platform, and each mail that was written."""
    name = f"{database_dsn.rsplit('/', 1)[1].split('?')[0]}_second"
    admin = await asyncpg.connect(server)
    await admin.execute(f"create database {name} template template0")
    try:
        with pytest.MonkeyPatch.context() as patch:
            made_over(patch)
            async with elsewhere(on(server, name)):
                await migrate.migrate()
                yield {**await _pages(await crowd.named(*await crowd.story())), **await _mails()}
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


async def _pages(names: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    transport = httpx.ASGITransport(create_app())
    for who, addresses in ADDRESSES.items():
        headers = {"Authorization": f"Bearer {names[who]}"} if who.endswith("key") else {}
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
            if "@" in who:
                await makers.sign_in(client, who)
            for address in addresses:
                if not any(piece in address for piece in ELSEWHERE):
                    found[f"{who} {address}"] = _text(await client.get(address.format(**names)))
    for address in ("/api/docs", "/api/docs/openapi.json", "/accessibilite", "/connexion", "/nulle-part"):
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            found[address] = _text(await client.get(address))
    return found


def _text(answer: httpx.Response) -> str:
    kind = answer.headers.get("content-type", "")
    if "pdf" in kind:
        return said(answer.content)
    if "html" in kind:
        return _UNSEEN.sub("", answer.text)
    return answer.text if "zip" not in kind else ""


async def _mails() -> dict[str, str]:
    rows = await db.connection().fetch("select id, occasion, subject, text, html from mail")
    return {f"mail {row['id']} {row['occasion']}": f"{row['subject']}\n{row['text']}\n{row['html']}" for row in rows}


async def test_no_page_mail_or_paper_speaks_of_another_trade(shown: dict[str, str]) -> None:
    assert len(shown) > 150
    wrong = {where: words for where, text in shown.items() if (words := trade_words(text))}
    assert wrong == {}


async def test_its_pages_are_its_own(shown: dict[str, str]) -> None:
    home = shown[" /"]
    for name in ("short_name", "trade", "territory", "headline", "lead"):
        assert IDENTITY[name] in home.replace("\u00a0", " "), name
    assert "Cuisine" in home
    assert "<img" not in home
