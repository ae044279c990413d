"""One stop of an invoice's way to being paid, as `ui.steps` draws it: client and team read of it in other words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class InvoiceStop:
    """The session, the invoice, its deposit or sending, its payment: where each is, when, and what is said of it."""

    title: str
    state: Literal["done", "now", "next", "stopped"]
    when: str | None = None
    text: str | None = None
