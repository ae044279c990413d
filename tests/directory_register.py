"""The public register of companies, played on 127.0.0.1: it answers as told, late, or nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

SIRET = "12345678200010"


def unit(siret: str = SIRET, **more: object) -> dict[str, object]:
    """One answer, as the register writes it."""
    place = {
        "siret": siret,
        "adresse": "12 RUE DU PONT NEUF 61000 ALENCON",
        "code_postal": "61000",
        "libelle_commune": "ALENCON",
        "etat_administratif": "A",
    }
    return {
        "siren": siret[:9],
        "nom_complet": "CENTRE SOCIAL D'ESSAI",
        "nom_raison_sociale": "CENTRE SOCIAL D'ESSAI",
        "nature_juridique": "9220",
        "siege": place,
        "matching_etablissements": [],
        "complements": {"est_association": True, "identifiant_association": "W611002345"},
        **more,
    }


@dataclass
class Register:
    """What it answers next, and what it was asked."""

    status: int = 200
    body: bytes = field(default_factory=lambda: json.dumps({"results": [unit()], "total_results": 1}).encode())
    late: float = 0
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def says(self, *units: dict[str, object]) -> None:
        self.body = json.dumps({"results": list(units), "total_results": len(units)}).encode()


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Register]:
    """A register on a port of its own, until the end of the block."""
    register = Register()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            register.asked.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
            await asyncio.sleep(register.late)
            head = f"HTTP/1.1 {register.status} .\r\nContent-Length: {len(register.body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + register.body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    register.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield register
    finally:
        server.close()
