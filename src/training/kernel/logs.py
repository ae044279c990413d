"""Structured logs: one event a line, with the request's or job's id, and no secret in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Tokens in addresses: feeds, mailed links, sign-in links. The rest of the path is worth reading.
_SECRET_PATH = re.compile(r"(/agenda/p/|/lien/|/connexion/lien/)[^/?#\s\"']+")

VALUE, TRACEBACK = 1_000, 20_000  # characters of a line's values


def masked(text: str) -> str:
    """`text` with the tokens of its addresses replaced."""
    return _SECRET_PATH.sub(r"\1••••", text)


def shortened(text: str, most: int) -> str:
    """`text`, without its middle where it is longer: what somebody sent fills no disk of ours."""
    return text if len(text) <= most else f"{text[: most // 2]} […{len(text) - most}…] {text[-most // 2 :]}"


def _mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = masked(shortened(value, TRACEBACK if key == "exception" else VALUE))
    return event


def configure(level: str) -> None:
    """JSON for machines, colours for people at a terminal; other libraries' warnings come the same way."""
    people = sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(ensure_ascii=False)
    exceptions: list[Any] = [] if people else [structlog.processors.format_exc_info]
    structlog.configure(
        processors=[*shared, *exceptions, _mask, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *exceptions,
                _mask,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
