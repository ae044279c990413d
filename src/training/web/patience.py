"""How long a request may stay half sent. Its head is granian's business (`header_read_timeout`), its body ours."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.exceptions import HTTPException
from litestar.types import Receive

SILENCE = 30.0  # seconds in which something more of the body has to come
WHOLE = 300.0  # seconds for all of it: one octet now and then holds a connection too


class TooSlow(HTTPException):
    """408: nobody waits any longer for the rest, and the connection is closed (RFC 9110 15.5.9)."""

    status_code = 408

    def __init__(self) -> None:
        super().__init__(headers={"Connection": "close"})


def patient(receive: Receive) -> Receive:
    """The same `receive`, but TooSlow when the body does not come. What comes after it may take its time."""
    ends = asyncio.get_running_loop().time() + WHOLE
    whole = False

    async def within() -> Any:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(min(ends, asyncio.get_running_loop().time() + SILENCE)):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        whole = not message.get("more_body", False)
        return message

    return within
