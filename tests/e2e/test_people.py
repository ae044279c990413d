"""One story per person beside the town hall's: the adviser, the facilitator, and a program that has only a key."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from typing import Any

from playwright.sync_api import Browser, expect
from sites import Site, sign_in

from facturx_rules import findings
from training.demo.town.organisations import ORGANISATIONS

NEWCOMER = next(o for o in ORGANISATIONS if o.state == "pending")
OFFER = "sensibilisation-velo-electrique"


def test_an_adviser_welcomes_a_new_organisation(browser: Browser, site: Site) -> None:
    """What waits is on the first page; one click, and the newcomer's bookings are confirmed by mail."""
    page = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, site.door("staff_link"))
    before = len(site.inbox.mails)
    page.goto("/gestion")
    page.get_by_role("link", name=f"Vérifier l’inscription de {NEWCOMER.name}").first.click()
    page.get_by_role("button", name="Valider la structure").click()
    expect(page.get_by_role("button", name="Valider la structure")).to_have_count(0)
    site.inbox.wait_for(NEWCOMER.booking_contact.person.email, after=before)
    page.context.close()


def test_a_facilitator_knows_where_to_be_and_nothing_else(browser: Browser, site: Site) -> None:
    """On a phone: the next session, its address, who comes; not the office, not an organisation's space."""
    page = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, site.door("facilitator_link"))
    expect(page).to_have_url(re.compile("/animation"))
    page.locator("main a[href^='/animation/seances/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Y aller")).first).to_be_visible()
    page.goto("/animation/agenda")
    page.get_by_label("Pour quel appareil ?").fill("mon téléphone")
    page.get_by_role("button", name="Créer l’adresse").click()
    expect(page.get_by_label("Adresse à copier")).to_have_value(re.compile(r"/agenda/p/[\w-]+\.ics"))
    for closed in ("/gestion", "/espace/commune-alencon"):
        answer = page.goto(closed)
        assert answer is not None
        assert answer.status in (403, 404), closed
    page.context.close()


class Program:
    """A script with a key and nothing else."""

    def __init__(self, site: Site, key: str) -> None:
        self.root, self.key = f"{site.url}/api/v1", key

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self.root + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            raw = answer.read()
        return json.loads(raw) if "json" in answer.headers["Content-Type"] else raw


def test_a_script_does_the_same_job_with_the_printed_keys(site: Site) -> None:
    town_hall, staff = (Program(site, site.doors[f"{who}_api_key"]) for who in ("organisation", "staff"))
    found = town_hall.call("GET", f"/sessions?offer={OFFER}")["items"]
    session = next(s for s in found if s["seats_left"] >= 40)
    assert (session["tariff"], session["currency"]) == ("flat", "EUR")
    booked = town_hall.call("POST", "/bookings", {"session": session["id"], "seats": 40, "purchase_order": "BC-40"})
    assert (booked["status"], booked["seats"], booked["price_cents"]) == ("confirmed", 40, session["price_cents"])
    staff.call("POST", f"/sessions/{session['id']}/held", {"early_reason": "Essai de bout en bout."})
    give_up = time.monotonic() + 30
    invoice = None
    while invoice is None and time.monotonic() < give_up:
        invoices = town_hall.call("GET", "/invoices")["items"]
        invoice = next((i for i in invoices if i.get("booking") == booked["reference"]), None)
        time.sleep(0.2)
    assert invoice is not None
    pdf = town_hall.call("GET", f"/invoices/{invoice['number']}.pdf")
    assert findings(pdf) == []
    assert b"BC-40" in town_hall.call("GET", f"/invoices/{invoice['number']}.xml")
