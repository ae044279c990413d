"""The least that Litestar can do: one route that answers a constant page, served as the program is served.

`python -m bench.bare PORT`.
"""

from __future__ import annotations

import asyncio
import signal
import sys

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar, get

PAGE = "<!doctype html><title>Bare</title>" + "<p>Nothing is asked, nothing is decided.</p>" * 800


@get("/", media_type="text/html")
async def bare() -> str:
    """About as many octets as a page of fifty sessions."""
    return PAGE


async def serve(port: int) -> None:
    """Until SIGTERM."""
    app = Litestar([bare], logging_config=None, openapi_config=None)
    server = Server(
        app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, http=HTTPModes.http1, websockets=False,
        log_enabled=False,
    )  # fmt: skip
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
