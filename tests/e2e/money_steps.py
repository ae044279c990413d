"""What people do with money, step by step: pages pressed, mails and files read."""

from __future__ import annotations

import re
import time
import urllib.request
from dataclasses import dataclass, field
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from looking import overflow, violations
from playwright.sync_api import BrowserContext, Download, Locator, Page, expect
from pypdf import PdfReader
from sites import Inbox, Site

import stripe_server
from training.accounting.formats.journal import COLUMNS
from training.kernel import clock

BOOKS, PAYS = "rh@mairie.example.org", "compta@mairie.example.org"
TOWN_HALL, ASSOCIATION = "Commune d’Essai", "Les Essayeurs"
SERVICE, ENGAGEMENT = "FIN-01", "EJ-2026-0042"
TABS = 80  # presses of the Tab key before we say that nobody gets there


@dataclass(frozen=True)
class Till:
    """The site of this module: paid online at a fake Stripe, and what its seed said."""

    site: Site
    stripe: stripe_server.Stripe
    said: dict[str, str]


@dataclass
class Look:
    """Pages as they are passed by: what axe says of them, and whether they scroll sideways."""

    problems: list[str] = field(default_factory=list)

    def __call__(self, page: Page, name: str) -> None:
        self.problems += [f"{name}: {problem}" for problem in violations(page)]
        if (extra := overflow(page)) > 1:
            self.problems.append(f"{name}: scrolls {extra} px sideways")


def linked(mail: EmailMessage) -> str:
    """Where a mail's button leads."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"/lien/[\w.-]+(/completer)?", body.get_content())
    assert found is not None, body.get_content()
    return found.group(0)


def pdf_of(mail: EmailMessage) -> tuple[str, bytes]:
    (part,) = [p for p in mail.iter_attachments() if p.get_content_type() == "application/pdf"]
    return part.get_filename() or "", part.get_payload(decode=True)


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(pdf)).pages).split())


def downloaded(page: Page, click: Locator) -> tuple[str, bytes]:
    with page.expect_download() as expected:
        click.click()
    found: Download = expected.value
    return found.suggested_filename, Path(found.path()).read_bytes()


def held(staff: Page, session: str, present: str) -> None:
    """The session took place; an administrator may say so early, with a reason."""
    staff.goto(f"/gestion/seances/{session}")
    staff.get_by_text("Confirmer avant la fin que la séance a eu lieu").click()
    staff.locator("input[name^='present-']").fill(present)
    staff.get_by_label("Motif, avant la fin").fill("Essai de la facturation.")
    staff.get_by_role("button", name="Confirmer que la séance a eu lieu").click()
    expect(staff.get_by_role("cell", name=present, exact=True)).to_be_visible()


def needs_both(staff: Page, look: Look) -> None:
    """The adviser writes what Chorus Pro wants of the town hall."""
    staff.goto("/gestion/structures/commune-d-essai/facturation")
    staff.get_by_role("radio", name=re.compile("^Les deux")).check()
    staff.fill("[id='service_code-1']", SERVICE)
    staff.fill("[id='service_label-1']", "Service des finances")
    look(staff, "organisation, billing")
    staff.get_by_role("button", name="Enregistrer la fiche").click()
    expect(staff.get_by_text("Fiche enregistrée")).to_be_visible()


def book(page: Page, till: Till, look: Look) -> None:
    """The town hall books on a phone; it knows the service that pays, not yet the engagement."""
    page.goto(f"/seances/{till.said['town_hall_session']}")
    page.get_by_label("Combien serez-vous ?").fill("40")
    page.get_by_role("button", name="Continuer").click()
    enter(page, till.site.inbox, BOOKS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Relisez, puis réservez")
    page.get_by_label("Service qui reçoit la facture").select_option(SERVICE)
    look(page, "booking, service and engagement")
    page.get_by_role("button", name="Réserver pour 40 personnes").click()
    expect(page).to_have_url(re.compile(r"/espace/commune-d-essai/reservations/R-"))


def enter(page: Page, inbox: Inbox, email: str) -> None:
    """Sign in with the code that is mailed."""
    before = len(inbox.mails)
    page.get_by_label("Votre adresse électronique").fill(email)
    page.get_by_role("button", name="Recevoir le courriel").click()
    body = inbox.wait_for(email, after=before).get_body(("plain",))
    assert body is not None
    code = re.search(r"\b(\d{6})\b", body.get_content())
    assert code is not None
    page.get_by_label("Code à six chiffres").fill(code.group(1))
    page.get_by_role("button", name="Me connecter").click()


def waiting_draft(staff: Page, payer: str) -> Locator:
    """Its row in « À facturer », which the worker makes a moment after the session was held."""
    row = staff.get_by_role("row").filter(has_text=payer)
    give_up = time.monotonic() + 20
    staff.goto("/gestion/factures/brouillons")
    while not row.count() and time.monotonic() < give_up:
        time.sleep(0.2)
        staff.reload()
    expect(row).to_have_count(1)
    return row


def ask_and_complete(staff: Page, phone: BrowserContext, inbox: Inbox, look: Look) -> None:
    """What is missing is asked by mail, and written by the client on a phone, without signing in."""
    row = waiting_draft(staff, TOWN_HALL)
    expect(row.get_by_text("engagement").first).to_be_visible()
    expect(row.get_by_role("button", name="Émettre")).to_have_count(0)
    look(staff, "to invoice")
    before = len(inbox.mails)
    row.get_by_role("button", name="Demander au client").click()
    expect(staff.get_by_text("Demande envoyée à")).to_be_visible()
    look(staff, "draft, asked")
    asked = inbox.wait_for(PAYS, after=before)
    client = phone.new_page()
    client.goto(linked(asked))
    expect(client.get_by_label("Service qui reçoit la facture")).to_have_value(SERVICE)
    look(client, "what is missing, by link")
    client.get_by_label("Numéro d’engagement").fill(ENGAGEMENT)
    client.get_by_role("button", name="Enregistrer pour la facture").click()
    expect(client.get_by_text("Rien ne manque.")).to_be_visible()
    look(client, "nothing is missing, by link")
    client.close()


def issue(staff: Page, payer: str, look: Look) -> str:
    """One click; the number."""
    waiting_draft(staff, payer).get_by_role("button", name="Émettre").click()
    expect(staff).to_have_url(re.compile(r"/gestion/factures/F\d{4}-\d{5}$"))
    look(staff, f"invoice of {payer}")
    return staff.url.rpartition("/")[2]


def the_pack(staff: Page, number: str, look: Look) -> dict[str, bytes]:
    """The Chorus pack, downloaded and opened."""
    staff.get_by_role("link", name="Fiche à recopier et dossier de dépôt").click()
    expect(staff.get_by_label("Numéro d’engagement")).to_have_value(ENGAGEMENT)
    look(staff, "Chorus sheet")
    name, content = downloaded(staff, staff.get_by_role("link", name="Tout télécharger (ZIP)"))
    assert name == f"{number}-chorus.zip"
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {entry.removeprefix(f"{number}-"): archive.read(entry) for entry in archive.namelist()}


def step(staff: Page, number: str, verb: str, look: Look) -> None:
    """Say what Chorus Pro shows."""
    staff.goto(f"/gestion/factures/{number}")
    form = staff.locator("form.filters").filter(has=staff.get_by_role("button", name=verb, exact=True))
    form.get_by_role("button", name=verb, exact=True).click()
    expect(staff.get_by_text(f"{number} : «").first).to_be_visible()
    look(staff, f"invoice, {verb}")


def import_statement(staff: Page, label: str, look: Look) -> None:
    """The bank's file: its columns are confirmed once, then the transfer waits for a word."""
    day = f"{clock.today():%d/%m/%Y}"
    rows = (
        "Date;Libellé;Montant;Émetteur",
        f"{day};{label};350,00;SGC D'ALENCON",
        f"{day};VIR SUBVENTION DEPARTEMENT;1200,00;PAIERIE DEPARTEMENTALE",
        f"{day};PRLV ASSURANCE;-82,40;",
    )
    staff.goto("/gestion/banque/importer")
    look(staff, "bank, import")
    file = {"name": "releve.csv", "mimeType": "text/csv", "buffer": "\n".join((*rows, "")).encode("cp1252")}
    staff.get_by_label("Relevé de compte").set_input_files(file)
    staff.get_by_role("button", name="Importer").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("Que contient chaque colonne ?")
    look(staff, "bank, columns")
    staff.get_by_role("button", name="Lire le relevé ainsi").click()
    look(staff, "bank, a file")
    staff.get_by_role("link", name="Confirmer les virements de ce relevé").click()
    look(staff, "bank, to confirm")


def fec_rows(staff: Page, look: Look) -> list[dict[str, str]]:
    """The journal, exported until today, of the year until today, in the law's columns."""
    staff.goto("/gestion/comptes/journal")
    staff.get_by_label("Du", exact=True).fill(clock.today().replace(month=1, day=1).isoformat())
    staff.get_by_label("Au", exact=True).fill(clock.today().isoformat())
    staff.get_by_role("button", name="Préparer la remise").click()
    expect(staff.get_by_text("est prête.")).to_be_visible()
    look(staff, "journal")
    _name, content = downloaded(staff, staff.get_by_role("link", name=re.compile("^TXT")).first)
    header, *rows = [line.split("\t") for line in content.decode().splitlines()]
    assert tuple(header) == COLUMNS
    return [dict(zip(header, row, strict=True)) for row in rows]


def cents(amount: str) -> int:
    return int(amount.replace(",", ""))


def balances(rows: list[dict[str, str]]) -> dict[str, int]:
    """Debit less credit of each entry."""
    found: dict[str, int] = {}
    for row in rows:
        moved = cents(row["Debit"]) - cents(row["Credit"])
        found[row["EcritureNum"]] = found.get(row["EcritureNum"], 0) + moved
    return found


def reach(page: Page, wanted: Locator) -> None:
    """Go there with the Tab key alone."""
    for _press in range(TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key does not lead to {wanted}")


def deliver(url: str, event: dict[str, Any]) -> bytes:
    """Stripe tells us."""
    body, headers = stripe_server.signed(event)
    with urllib.request.urlopen(urllib.request.Request(f"{url}/hooks/stripe", body, headers), timeout=10) as answer:
        found: bytes = answer.read()
        return found
