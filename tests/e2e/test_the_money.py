"""Money, as people see it: a town hall pays by mandat through Chorus Pro, an association pays by card."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from playwright.sync_api import Browser, BrowserContext, Download, Locator, Page, expect
from pypdf import PdfReader
from sites import Inbox, Site, execute, free_port, in_own_loop, served, sign_in, training
from test_accessibility import overflow, violations

import stripe_server
from databases import on
from facturx_rules import findings
from training.accounting.formats.journal import COLUMNS
from training.kernel import clock

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
BOOKS, PAYS = "rh@mairie.example.org", "compta@mairie.example.org"
TREASURER = "compta@essayeurs.example.org"
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


@pytest.fixture(scope="module")
def till(server: str, inbox: tuple[Inbox, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """A small town of its own, in the session's server: nothing else is on its books."""
    name = f"training_e2e_money_{os.getpid()}"
    in_own_loop(execute(server, f"create database {name}"))
    url = f"http://127.0.0.1:{free_port()}"
    box, smtp = inbox
    with stripe_server.running() as stripe:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("SMTP_", "BASE_", "SECRET_", "STRIPE_"))},
            "DATABASE_URL": on(server, name),
            "DATA_DIR": str(tmp_path_factory.mktemp("money")),
            "BASE_URL": url,
            "SECRET_KEY": "browser" * 8,
            "LOG_LEVEL": "warning",
            "STRIPE_SECRET_KEY": stripe_server.KEY,
            "STRIPE_WEBHOOK_SECRET": stripe_server.SECRET,
            "STRIPE_API_BASE": stripe.url,
        }
        try:
            said = _seeded(environment)
            environment["SMTP_URL"] = f"smtp://127.0.0.1:{smtp}"
            with served(environment, url):
                yield Till(Site(url, said, environment, box), stripe, said)
        finally:
            in_own_loop(execute(server, f"drop database {name} with (force)"))


def _seeded(environment: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, str(Path(__file__).with_name("money_town.py"))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


@pytest.fixture
def open_at(browser: Browser, till: Till) -> Iterator[Callable[[dict[str, int]], BrowserContext]]:
    """Opens a fresh browser of a size, in French."""
    opened = []

    def at(viewport: dict[str, int]) -> BrowserContext:
        fresh = browser.new_context(base_url=till.site.url, locale="fr-FR", viewport=viewport)
        fresh.set_default_timeout(15_000)
        opened.append(fresh)
        return fresh

    yield at
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def office(browser: Browser, till: Till) -> Iterator[Page]:
    """The adviser, signed in once for both stories: her door opens once."""
    context = browser.new_context(base_url=till.site.url, locale="fr-FR", viewport=DESK)
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, till.said["staff_link"])
    yield page
    context.close()


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
    staff.get_by_text("Marquer comme réalisée avant la fin").click()
    staff.locator("input[name^='present-']").fill(present)
    staff.get_by_label("Pourquoi avant la fin ?").fill("Essai de la facturation.")
    staff.get_by_role("button", name="La séance a eu lieu").click()
    expect(staff.get_by_role("cell", name=present, exact=True)).to_be_visible()


def needs_both(staff: Page, look: Look) -> None:
    """The adviser writes what Chorus Pro wants of the town hall."""
    staff.goto("/gestion/structures/commune-d-essai/facturation")
    staff.get_by_role("radio", name=re.compile("^Les deux")).check()
    staff.fill("[id='service_code-1']", SERVICE)
    staff.fill("[id='service_label-1']", "Service des finances")
    look(staff, "organisation, billing")
    staff.get_by_role("button", name="Enregistrer la facturation").click()
    expect(staff.get_by_text("Facturation enregistrée")).to_be_visible()


def book(page: Page, till: Till, look: Look) -> None:
    """The town hall books on a phone; it knows the service that pays, not yet the engagement."""
    page.goto(f"/seances/{till.said['town_hall_session']}")
    page.get_by_label("Combien de personnes viendront ?").fill("40")
    page.get_by_role("button", name="Réserver").click()
    enter(page, till.site.inbox, BOOKS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réserver pour 40 personnes")
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
    client.get_by_label("Numéro d’engagement ou bon de commande").fill(ENGAGEMENT)
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
    """The journal, exported until today, in the layout of the FEC."""
    staff.goto("/gestion/comptes/journal")
    staff.get_by_label("Exporter tout ce qui ne l’a pas été, jusqu’au").fill(clock.today().isoformat())
    staff.get_by_role("button", name="Préparer l’export").click()
    expect(staff.get_by_text("est prêt.")).to_be_visible()
    look(staff, "journal")
    _name, content = downloaded(staff, staff.get_by_role("link", name=re.compile("^FEC")).first)
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


def test_a_town_hall_pays_by_mandat(
    till: Till, office: Page, open_at: Callable[[dict[str, int]], BrowserContext]
) -> None:
    look, inbox = Look(), till.site.inbox
    needs_both(office, look)
    phone = open_at(PHONE)
    page = phone.new_page()
    book(page, till, look)
    held(office, till.said["town_hall_session"], "37")
    ask_and_complete(office, open_at(PHONE), inbox, look)

    # one click; the copy says that the invoice itself goes another way
    before = len(inbox.mails)
    number = issue(office, TOWN_HALL, look)
    copy = inbox.wait_for(PAYS, containing=number, after=before)
    body = copy.get_body(("plain",))
    assert body is not None
    assert "ne pas payer deux fois" in body.get_content()
    assert pdf_of(copy)[0] == f"{number}.pdf"

    # the pack: each file is what it says
    pack = the_pack(office, number, look)
    assert set(pack) == {"portail.pdf", "fiche.txt", "service-fait.pdf", "facturx.pdf", "facturx.xml"}
    with pikepdf.open(BytesIO(pack["portail.pdf"])) as plain:
        assert not plain.attachments
        assert "/AF" not in plain.Root
    assert number in words_of(pack["portail.pdf"])
    sheet = pack["fiche.txt"].decode("utf-8-sig")
    for expected in (number, "00009999400014", SERVICE, ENGAGEMENT, "350,00", "A1_FACTURE_FOURNISSEUR"):
        assert expected in sheet, expected
    assert "37" in words_of(pack["service-fait.pdf"])
    assert findings(pack["facturx.pdf"]) == []
    assert pack["facturx.pdf"] == pdf_of(copy)[1]

    for verb in ("Déposée sur Chorus Pro", "Mise à disposition", "Mandatée"):
        step(office, number, verb, look)

    # the treasury's words: no dash, no zeros
    series, _dash, count = number.partition("-")
    import_statement(office, f"VIR SEPA SGC ALENCON MANDAT 4512 FACT {series} {int(count)}", look)
    row = office.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text(TOWN_HALL)
    row.get_by_role("button", name="Confirmer").click()
    expect(office.get_by_text("confirmé :")).to_contain_text(number)

    office.goto(f"/gestion/factures/{number}")
    expect(office.get_by_text("Tout est réglé").first).to_be_visible()
    look(office, "invoice, paid")
    page.goto("/espace/commune-d-essai/factures")
    expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("Payée")
    look(page, "invoices of the space")
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.get_by_text("Rien n’est à payer.")).to_be_visible()
    look(page, "invoice in the space, paid")

    proof = training(till.site.environment, "ledger", "verify")
    assert "intacte" in proof
    rows = fec_rows(office, look)
    assert set(balances(rows).values()) == {0}
    sale = [r for r in rows if r["PieceRef"] == number]
    assert (sum(cents(r["Debit"]) for r in sale), sum(cents(r["Credit"]) for r in sale)) == (35_000, 35_000)
    (owed,) = [r for r in sale if r["CompAuxNum"]]
    (paid,) = [r for r in rows if r["EcritureLet"] == owed["EcritureLet"] and r is not owed]
    assert (owed["EcritureLet"] != "", paid["Credit"], paid["CompAuxNum"]) == (True, "350,00", owed["CompAuxNum"])
    assert look.problems == []


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


def test_an_association_pays_by_card_with_the_keyboard(
    till: Till, office: Page, open_at: Callable[[dict[str, int]], BrowserContext]
) -> None:
    look, inbox, stripe = Look(), till.site.inbox, till.stripe
    held(office, till.said["association_session"], "11")
    before = len(inbox.mails)
    number = issue(office, ASSOCIATION, look)
    mail = inbox.wait_for(TREASURER, containing=number, after=before)

    # from the mail, nobody signed in; a second tab stays open on the same page
    desk = open_at(DESK)
    page, other = desk.new_page(), desk.new_page()
    for tab in (page, other):
        tab.goto(linked(mail))
    pay = page.get_by_role("button", name=re.compile(r"^Payer 350,00.€ par carte"))
    look(page, "invoice by link, due")
    reach(page, pay)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stripe.url}/pay/**")
    assert len(stripe.sessions) == 1, "pressed twice, one page of Stripe's"
    before = len(inbox.mails)
    reach(page, page.get_by_role("button", name="Payer"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    # back before Stripe has told anything: nothing is said to be paid
    page.wait_for_url(f"{till.site.url}/**")
    expect(page.get_by_text("Merci, votre paiement est en cours de confirmation")).to_be_visible()
    expect(page.get_by_text("En cours de confirmation", exact=True)).to_be_visible()
    expect(pay).to_have_count(0)
    look(page, "invoice by link, being confirmed")

    # Stripe tells, twice
    (event,) = stripe.told
    assert [deliver(till.site.url, event) for _time in range(2)] == [b"kept\n", b"known\n"]
    thanks = inbox.wait_for(TREASURER, containing="Reçu", after=before)
    again = page.get_by_role("link", name="Voir où il en est")
    reach(page, again)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Merci, c’est payé")).to_be_visible()
    look(page, "invoice by link, paid")
    name, receipt = pdf_of(thanks)
    assert receipt.startswith(b"%PDF")
    assert number in words_of(receipt)
    assert "350,00" in words_of(receipt)

    # the other tab still has its button: nothing is taken a second time, and the page says why
    reach(other, other.get_by_role("button", name=re.compile(r"^Payer 350,00.€ par carte")))
    other.keyboard.press("Enter")
    expect(other.get_by_text("Le paiement n’a pas pu commencer")).to_be_visible()
    expect(other.get_by_role("button", name=re.compile("^Payer"))).to_have_count(0)
    look(other, "invoice by link, refused")
    assert len(stripe.sessions) == 1

    # and the receipt is in the space, the same bytes; one mail, one payment
    page.goto("/espace/les-essayeurs/factures")
    enter(page, inbox, TREASURER)
    page.goto(f"/espace/les-essayeurs/factures/{number}")
    expect(page.get_by_text("Rien n’est à payer.")).to_be_visible()
    look(page, "invoice in the space, with its receipt")
    href = page.get_by_role("link", name=re.compile(r"^Reçu ")).get_attribute("href")
    assert href is not None
    assert href.endswith(f"/{name}")
    assert desk.request.get(href).body() == receipt
    assert [str(m["Subject"]) for m in inbox.mails[before:] if "Reçu" in str(m["Subject"])] == [str(thanks["Subject"])]
    assert look.problems == []
