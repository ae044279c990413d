"""Money, as people see it: a town hall pays by mandat through Chorus Pro, an association pays by card."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from money_steps import (
    ASSOCIATION,
    ENGAGEMENT,
    PAYS,
    SERVICE,
    TOWN_HALL,
    Look,
    Till,
    ask_and_complete,
    balances,
    book,
    cents,
    deliver,
    enter,
    fec_rows,
    held,
    import_statement,
    issue,
    linked,
    needs_both,
    pdf_of,
    reach,
    step,
    the_pack,
    words_of,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sites import Inbox, Site, execute, free_port, in_own_loop, served, sign_in, training

import stripe_server
from databases import on
from facturx_rules import findings
from kept import lend_faces

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
TREASURER = "compta@essayeurs.example.org"


@pytest.fixture(scope="module")
def till(server: str, inbox: tuple[Inbox, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """A small town of its own, in the session's server: nothing else is on its books."""
    name = f"training_e2e_money_{os.getpid()}"
    in_own_loop(execute(server, f"create database {name}"))
    url = f"http://127.0.0.1:{free_port()}"
    box, smtp = inbox
    data_dir = tmp_path_factory.mktemp("money")
    lend_faces(data_dir)
    with stripe_server.running() as stripe:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("SMTP_", "BASE_", "SECRET_", "STRIPE_"))},
            "DATABASE_URL": on(server, name),
            "DATA_DIR": str(data_dir),
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
    assert "Cette copie est pour information" in " ".join(body.get_content().split())
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
    # not `wait_for_url`: the second press stops the first navigation, which that would report
    expect(page).to_have_url(re.compile(re.escape(f"{stripe.url}/pay/")))
    assert len(stripe.sessions) == 1, "pressed twice, one page of Stripe's"
    before = len(inbox.mails)
    reach(page, page.get_by_role("button", name="Payer"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    # back before Stripe has told anything: nothing is said to be paid
    expect(page).to_have_url(re.compile(re.escape(till.site.url)))
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
