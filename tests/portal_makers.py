"""Makers for the tests of the portal's pages: people in roles, and what a page's form holds."""

from __future__ import annotations

import re
from dataclasses import fields as fields_of
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx

import makers
from training.attendance import actions as attendance
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.papers.rules.references import NO_REFERENCES
from training.scheduling.rules import SessionState
from training.worker import drain

AFTER = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)  # the town's session, on 10 March, is over


def booking_view(**more: Any) -> BookingView:
    """A booking as pages read it, without a database: confirmed, four days after the tests' noon."""
    starts = makers.NOON + timedelta(days=4)
    known = {
        "id": 1, "reference": "R-AAAAAAA", "state": BookingState.CONFIRMED, "session_state": SessionState.PUBLISHED,
        "title": "Cuisine du marché", "city": "Héloup", "venue": "Foyer", "starts_at": starts,
        "ends_at": starts + timedelta(hours=3), "seats": 12, "named": 0, "tariff_mode": TariffMode.FLAT,
        "price_cents": 350_00, "references": NO_REFERENCES, "created_at": makers.NOON, "confirmed_at": makers.NOON,
        "contact_name": "Rachel Ressources", "contact_email": "rh@mairie.example.org",
    }  # fmt: skip
    return BookingView(**{field.name: None for field in fields_of(BookingView)} | known | more)


async def enter(client: httpx.AsyncClient, organisation: int | None, role: Role = Role.MANAGER, name: str = "") -> str:
    """Sign the client in as somebody with a role in the organisation (None: nowhere); returns their address."""
    email = f"{name or role}@personne.example.org"
    account = await roles.add_user(SYSTEM, email, f"Personne {role}")
    if organisation is not None:
        await roles.grant(SYSTEM, account, role, organisation=organisation)
    await makers.sign_in(client, email)
    return email


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the page's last posted form, buttons left out."""
    form = re.findall(r'<form method="post".*?</form>', html, re.S)[-1]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "_csrf_token":
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)".*?>\n?(.*?)</textarea>', form, re.S):
        found[name] = unescape(body)
    for name, body in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


async def hold_session(town: makers.Town) -> None:
    """The town's session took place, and what was booked is invoiced or confirmed as free."""
    with clock.frozen(AFTER):
        await attendance.hold_session(SYSTEM, town.session)
        await drain()
