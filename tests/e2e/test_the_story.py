"""The main job, as people do it: a town hall books 40 seats, is invited, subscribes, and is invoiced afterwards."""

from __future__ import annotations

import re
import urllib.request
from datetime import datetime, timedelta

import icalendar
from money_steps import waiting_draft
from playwright.sync_api import Page, expect
from sites import Site, sign_in

from facturx_rules import findings
from planted_faults import FAULTS
from training.demo.town.organisations import ORGANISATIONS, STORY_ORGANISATION
from training.demo.town.people import FACILITATORS, STORY_FACILITATOR
from training.kernel import clock

OFFER = "sensibilisation-velo-electrique"
TOWN_HALL = next(o for o in ORGANISATIONS if o.slug == STORY_ORGANISATION)
CONTACT = TOWN_HALL.booking_contact.person
ACCOUNTS = TOWN_HALL.billing_contact.person
FACILITATOR = next(f.person for f in FACILITATORS if f.person.slug == STORY_FACILITATOR)
AHEAD = clock.today() + timedelta(days=60)
DAY = AHEAD + timedelta(days=6 - AHEAD.weekday())  # a Sunday: the town plans nothing then, so rooms and people are free


def calendar_of(mail) -> icalendar.Calendar:
    (part,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    return icalendar.Calendar.from_ical(part.get_content())


def fetch(address: str) -> icalendar.Calendar:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return icalendar.Calendar.from_ical(answer.read())


def plan(page: Page) -> str:
    """The adviser plans a session in a village, with a facilitator. Returns the session's address."""
    page.goto("/gestion/seances/nouvelle")
    offer = page.locator("select#offer option", has_text=re.compile("vélo.*électrique", re.I)).first
    page.select_option("#offer", offer.get_attribute("value"))
    page.fill("#capacity", "45")
    page.fill("#date-1", DAY.isoformat())
    page.fill("#start-1", "09:00")
    page.fill("#end-1", "12:00")
    venue = page.locator("#venue-1 optgroup option").nth(3)
    page.select_option("#venue-1", venue.get_attribute("value"))
    person = page.locator("#facilitator-1 option", has_text=FACILITATOR.name).first
    page.select_option("#facilitator-1", person.get_attribute("value"))
    page.get_by_label("Publier").check()
    page.get_by_role("button", name="Planifier la séance").click()
    expect(page.get_by_text("Séance planifiée")).to_be_visible()
    return page.url


def two_more(page: Page) -> None:
    """By the keyboard alone: what two seats more would change is read first; the price of a group stays."""
    page.get_by_role("link", name="Changer le nombre de places").press("Enter")
    page.get_by_label("Combien de places vous faut-il en tout ?").press("ControlOrMeta+a")
    page.keyboard.type("46")
    page.keyboard.press("Enter")
    page.wait_for_url("**places=46#apres")  # loaded: what is typed before its script ran may go elsewhere
    expect(page.get_by_role("alert")).to_contain_text("Il reste 5 places : demandez-en 45 en tout au plus.")
    page.get_by_label("Combien de places vous faut-il en tout ?").press("ControlOrMeta+a")
    page.keyboard.type("42")
    page.keyboard.press("Enter")
    page.wait_for_url("**places=42#apres")  # loaded, and there: a key pressed before goes on from the top
    expect(page.get_by_text("Le prix ne change pas")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Passer de 40 à 42 places")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("42 places au lieu de 40.")).to_be_visible()


def test_a_town_hall_books_is_invited_and_is_invoiced(browser, site: Site) -> None:
    office = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 1280, "height": 900})
    staff = office.new_page()
    sign_in(staff, site.door("staff_link"))
    before = len(site.inbox.mails)
    planned = plan(staff)
    session = planned.rpartition("/")[2]

    # the facilitator is invited
    invited = site.inbox.wait_for(FACILITATOR.email, after=before)
    (event,) = calendar_of(invited).events
    assert event.start == datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=clock.PARIS)
    assert FACILITATOR.email in str(event["ATTENDEE"])

    # the town hall's contact, on a phone, from the catalogue
    phone = browser.new_context(base_url=site.url, locale="fr-FR", viewport={"width": 390, "height": 844})
    page = phone.new_page()
    page.goto(f"/catalogue/{OFFER}")
    page.goto(f"/seances/{session}")
    page.get_by_label("Combien serez-vous ?").fill("40")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Votre adresse électronique").fill(CONTACT.email)
    before = len(site.inbox.mails)
    page.get_by_role("button", name="Recevoir le courriel").click()
    mail = site.inbox.wait_for(CONTACT.email, after=before)
    code = re.search(r"\b(\d{6})\b", mail.get_body(("plain",)).get_content()).group(1)
    page.get_by_label("Code à six chiffres").fill(code)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relisez, puis réservez")
    expect(page.locator(".talon").get_by_text("40")).to_be_visible()
    expect(page.locator(".sheet").get_by_text("350,00")).to_be_visible()
    page.get_by_label("Numéro d’engagement").fill("EJ-2026-0042")
    before = len(site.inbox.mails)
    page.get_by_role("button", name="Réserver pour 40 personnes").dblclick()
    expect(page).to_have_url(re.compile(r"/espace/[a-z0-9-]+/reservations/R-"))
    reference = re.search(r"R-[A-Z0-9]+", page.url).group(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est réservé.")
    expect(page.get_by_text("Rien d’autre à faire aujourd’hui.")).to_be_visible()

    # one invitation, to the contact, though the button was clicked twice
    confirmation = site.inbox.wait_for(CONTACT.email, after=before)
    (booked,) = calendar_of(confirmation).events
    assert booked["UID"] == event["UID"]
    assert CONTACT.email in str(booked["ATTENDEE"])
    assert str(booked["LOCATION"])
    assert not [m for m in site.inbox.mails[before:] if m is not confirmation and CONTACT.email in str(m["To"])]

    # it shows in both subscriptions
    doors = site.doors
    for address in (doors["organisation_feed"], doors["facilitator_feed"], f"{site.url}/agenda/public.ics"):
        uids = {str(e["UID"]) for e in fetch(address).events}
        assert str(event["UID"]) in uids, address

    two_more(page)

    # it was held (an administrator says so early, with a reason); the invoice leaves by itself in ten minutes, or now
    before = len(site.inbox.mails)
    staff.goto(planned)
    staff.get_by_text("Confirmer avant la fin que la séance a eu lieu").click()
    staff.get_by_label("Motif, avant la fin").fill("Démonstration de la facturation.")
    staff.get_by_role("button", name="Confirmer que la séance a eu lieu").click()
    expect(staff.get_by_text(reference)).to_be_visible()
    draft = waiting_draft(staff, reference)
    expect(draft.get_by_role("button", name="Retenir")).to_be_visible()
    draft.get_by_role("link").first.click()
    staff.get_by_role("button", name="Facturer").click()
    invoice = site.inbox.wait_for(ACCOUNTS.email, after=before)
    (attached,) = [p for p in invoice.iter_attachments() if p.get_content_type() == "application/pdf"]
    number = re.search(r"F\d{4}-\d{5}", str(invoice["Subject"])).group(0)
    assert attached.get_filename() == f"{number}.pdf"
    pdf = attached.get_payload(decode=True)
    assert findings(pdf) == []
    for name, fault in FAULTS.items():
        assert any(fault.rule in found for found in findings(fault.planted())), name

    # and stands in the organisation's space, byte for byte
    page.goto(f"/espace/{page.url.split('/espace/')[1].split('/')[0]}/factures")
    expect(page.get_by_text(number).first).to_be_visible()
    href = page.locator(f'a[href$="{number}.pdf"]').first.get_attribute("href")
    assert phone.request.get(href).body() == pdf
    for context in (office, phone):
        context.close()
