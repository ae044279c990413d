"""A platform that starts empty: from `training user create` to its first invoice, by pages alone, nothing seeded."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from looking import overflow, violations
from money_steps import waiting_draft
from playwright.sync_api import Browser, Page, expect
from sites import Inbox, Site, execute, free_port, in_own_loop, served, sign_in, training

from databases import on
from kept import lend_faces
from training.kernel import clock

IBAN, SIRET = "FR76 3000 6000 0112 3456 7890 189", "00009999400014"
AHEAD = clock.today() + timedelta(days=40)
DAYS = [AHEAD + timedelta(days=n) for n in (0, 7)]


@dataclass
class Clicks:
    """What the person pressed, chose or typed in so far, and when they began."""

    pressed: int = 0
    typed: int = 0
    began: float = 0.0


class Adviser:
    """Somebody alone in front of the office, who counts what they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.done, self.problems = page, Clicks(began=time.monotonic()), []

    def press(self, name: str | re.Pattern[str], *, role: str = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.done.pressed += 1

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.fill(f"#{name.replace('_', '-') if name[-1].isdigit() else name}", value)
            self.done.typed += 1

    def choose(self, field: str, text: str | re.Pattern[str]) -> None:
        option = self.page.locator(f"select#{field} option", has_text=text).first
        self.page.select_option(f"#{field}", option.get_attribute("value"))
        self.done.pressed += 1

    def look(self, name: str) -> None:
        self.problems += [f"{name}: {problem}" for problem in violations(self.page)]
        if (extra := overflow(self.page)) > 1:
            self.problems.append(f"{name}: scrolls {extra} px sideways")

    def since(self, before: Clicks) -> str:
        """How many presses and fields, and seconds of a machine, it took since then."""
        spent = time.monotonic() - before.began
        return f"{self.done.pressed - before.pressed} clicks, {self.done.typed - before.typed} fields, {spent:.1f} s"

    def mark(self) -> Clicks:
        return replace(self.done, began=time.monotonic())


@pytest.fixture
def bare_site(server: str, inbox: tuple[Inbox, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation that nobody has touched: its database is empty."""
    name = f"training_e2e_bare_{os.getpid()}"
    in_own_loop(execute(server, f"create database {name}"))
    url, (box, smtp) = f"http://127.0.0.1:{free_port()}", inbox
    data_dir = tmp_path_factory.mktemp("bare")
    lend_faces(data_dir)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SMTP_", "BASE_", "SECRET_"))},
        "DATABASE_URL": on(server, name),
        "DATA_DIR": str(data_dir),
        "BASE_URL": url,
        "SECRET_KEY": "premier!" * 8,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "SIRENE_API_BASE": "",
        "LOG_LEVEL": "warning",
    }
    try:
        training(environment, "db", "migrate")
        with served(environment, url):
            yield Site(url, {}, environment, box)
    finally:
        in_own_loop(execute(server, f"drop database {name} with (force)"))


def test_from_nothing_to_an_invoice(browser: Browser, bare_site: Site) -> None:
    created = training(bare_site.environment, "user", "create", "eve@example.org", "--name", "Ève Test")
    office = browser.new_context(base_url=bare_site.url, locale="fr-FR", viewport={"width": 1280, "height": 900})
    office.set_default_timeout(15_000)
    page = office.new_page()
    sign_in(page, created.strip().splitlines()[-1])
    eve = Adviser(page)
    begun = eve.mark()
    expect(page.get_by_role("heading", name="Premiers pas")).to_be_visible()
    eve.look("home, empty")

    set_up(eve)
    offer(eve, "Prendre le bus", "Lire un plan, un horaire, choisir son abonnement.", "350")
    example(eve)
    people_and_places(eve)
    sessions = [plan(eve, "Prendre le bus", DAYS[0]), plan(eve, re.compile("vélo", re.I), DAYS[1])]
    path = page.goto("/gestion/premiers-pas")
    assert path is not None
    expect(page.locator('.path > [data-state="next"] h3')).to_have_text(re.compile("numérotation|logo|essai"))
    reference = by_telephone(eve, sessions[0], bare_site.inbox)
    count_and_names(eve, reference)
    invoiced(eve, sessions[0], reference)
    assert eve.problems == []
    print(eve.since(begun))
    office.close()


def set_up(eve: Adviser) -> None:
    """Who runs the site, its bank and its VAT."""
    eve.press("Dire qui vous êtes", role="link")
    eve.fill(name="Centre social d’Essai", siret=SIRET, address="1 rue d’Essai", postcode="61000", city="Alençon")
    eve.fill(phone="02 00 00 00 00", email="bonjour@example.org")
    eve.look("identity")
    eve.press("Enregistrer et continuer")
    eve.look("VAT")
    eve.press("Enregistrer et continuer")
    eve.fill(iban=IBAN)
    eve.press("Enregistrer et continuer")
    eve.look("path")


def offer(eve: Adviser, title: str, summary: str, price: str) -> None:
    """An offer from nothing, with one price for everybody, published."""
    eve.page.goto("/gestion/catalogue")
    eve.press("Nouvelle offre", role="link")
    eve.fill(title=title)
    eve.press("Commencer le brouillon")
    eve.fill(summary=summary)
    eve.press("Enregistrer")
    eve.press(re.compile("^Ajouter"), role="link")
    eve.page.get_by_role("radio", name=re.compile("^Forfait")).check()
    eve.fill(amount=price)
    eve.press("Enregistrer ce prix")
    eve.page.goto("/gestion/catalogue/prendre-le-bus")
    eve.press("Publier")
    eve.look("offer")


def example(eve: Adviser) -> None:
    """One from the library of examples, free."""
    eve.page.goto("/gestion/catalogue/exemples")
    eve.page.get_by_role("checkbox").first.check()
    eve.press("Adopter les exemples cochés")
    eve.page.goto("/gestion/catalogue")
    eve.page.get_by_role("link", name=re.compile("vélo", re.I)).first.click()
    eve.press(re.compile("^Ajouter"), role="link")
    eve.page.get_by_role("radio", name=re.compile("^Gratuit")).check()
    eve.press("Enregistrer ce prix")
    eve.page.goto("/gestion/catalogue")
    eve.page.get_by_role("link", name=re.compile("vélo", re.I)).first.click()
    eve.press("Publier")


def people_and_places(eve: Adviser) -> None:
    """A venue, a partner, somebody of theirs."""
    eve.page.goto("/gestion/lieux/nouveau")
    eve.fill(name="Salle des fêtes", postcode="61500", city="Sées", capacity="40")
    eve.press("Ajouter ce lieu")
    eve.page.goto("/gestion/partenaires/nouveau")
    eve.fill(name="Prévention d’Essai")
    eve.press("Enregistrer")
    eve.page.goto("/gestion/animation/nouvelle-personne")
    eve.fill(name="Ana Test", email="ana@example.org")
    eve.choose("partner", "Prévention d’Essai")
    eve.press("Enregistrer")


def plan(eve: Adviser, title: str | re.Pattern[str], day) -> str:
    """A session in the village."""
    eve.page.goto("/gestion/seances/nouvelle")
    eve.choose("offer", title)
    eve.fill(capacity="30", date_1=day.isoformat(), start_1="09:00", end_1="11:00")
    eve.choose("venue-1", "Salle des fêtes")
    eve.choose("facilitator-1", "Ana Test")
    eve.press("Planifier la séance")
    expect(eve.page.get_by_text("Séance planifiée")).to_be_visible()
    return eve.page.url.rpartition("/")[2]


def by_telephone(eve: Adviser, session: str, inbox: Inbox) -> str:
    """The telephone rings: a town hall nobody knows, twenty-five people."""
    before, mails = eve.mark(), len(inbox.mails)
    eve.page.goto(f"/gestion/reservations/nouvelle?seance={session}")
    eve.fill(qui="Sées")
    eve.press("Chercher")
    eve.fill(name="Mairie de Sées", postcode="61500", city="Sées", person="Nina Test", email="nina@sees.example.org")
    eve.choose("kind", "Commune")
    eve.fill(places="25")
    eve.page.keyboard.press("Tab")
    expect(eve.page.locator(".sheet").get_by_text("350,00")).to_be_visible()
    eve.look("telephone")
    eve.press(re.compile("^Réserver"))
    expect(eve.page).to_have_url(re.compile(r"/gestion/reservations/R-"))
    inbox.wait_for("nina@sees.example.org", after=mails)
    spent = eve.done
    assert spent.pressed - before.pressed <= 6, eve.since(before)
    assert spent.typed - before.typed <= 8, eve.since(before)
    return re.search(r"R-[A-Z0-9]+", eve.page.url).group(0)


def count_and_names(eve: Adviser, reference: str) -> None:
    """They call again: thirty, and who comes."""
    eve.page.goto(f"/gestion/reservations/{reference}")
    eve.press("Changer les places…", role="link")
    eve.fill(places="28")
    eve.press("Voir ce que cela change")
    eve.press(re.compile("^Passer de 25 à 28"))
    expect(eve.page.get_by_text("28").first).to_be_visible()


def invoiced(eve: Adviser, session: str, reference: str) -> None:
    """It took place (said early, with a reason); what the law wants of a town hall is written, and it is invoiced."""
    eve.page.goto(f"/gestion/seances/{session}")
    eve.page.get_by_text("Confirmer avant la fin que la séance a eu lieu").click()
    eve.page.get_by_label("Motif, avant la fin").fill("Premier essai.")
    eve.press("Confirmer que la séance a eu lieu")
    expect(eve.page.get_by_text(reference)).to_be_visible()
    eve.page.goto("/gestion/structures/mairie-de-sees/facturation")
    eve.fill(siret="00008888000018", address="Place de la Mairie")
    eve.press("Enregistrer la fiche")
    waiting_draft(eve.page, reference).get_by_role("link").first.click()
    eve.look("draft")
    eve.press("Facturer")
    expect(eve.page).to_have_url(re.compile(r"/gestion/factures/F\d{4}-00001"))
    eve.look("invoice")
