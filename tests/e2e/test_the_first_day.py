"""A platform that starts empty: from `training user create` to its first invoice, by pages alone, nothing seeded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from person import Person
from playwright.sync_api import Browser, expect
from sites import Inbox, Site, execute, free_port, in_own_loop, served, sign_in, training

from databases import on
from kept import lend_faces
from training.kernel import clock

IBAN, SIRET = "FR76 3000 6000 0112 3456 7890 189", "00009999400014"
AHEAD = clock.today() + timedelta(days=40)
DAYS = [AHEAD + timedelta(days=n) for n in (0, 7)]
CLICKS, FIELDS = 82, 46  # what this day may cost: more is a link that went missing


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
    expect(page.get_by_role("heading", name="Premiers pas")).to_be_visible()
    eve = Person(page)
    eve.begin()
    eve.look("home, empty")
    for step in STEPS:
        before = eve.spent
        step(eve)
        print(f"{step.__doc__} {eve.spent - before}")
    bare_site.inbox.wait_for("nina@sees.example.org", containing="Confirmé")
    assert eve.problems == []
    print(f"Altogether: {eve.spent}")
    assert eve.spent.clicks <= CLICKS, eve.spent
    assert eve.spent.fields <= FIELDS, eve.spent
    office.close()


def who_runs_it(eve: Person) -> None:
    """Who runs the site, its VAT, its bank, each leading to the next; a mail to try; the rest can wait."""
    eve.link("Dire qui vous êtes")
    eve.fill(name="Centre social d’Essai", siret=SIRET, address="1 rue d’Essai", postcode="61000", city="Alençon")
    eve.fill(phone="02 00 00 00 00", email="bonjour@example.org")
    eve.look("identity")
    eve.press("Enregistrer et continuer")
    eve.look("VAT")
    eve.press("Enregistrer et continuer")
    eve.fill(iban=IBAN)
    eve.press("Enregistrer et continuer")
    for step in ("La numérotation", "Votre logo"):
        eve.press(f"Plus tard : {step}")
    eve.link("Un courriel d’essai")  # done already when a mail has left; a trial is one more
    eve.press("Envoyer un essai")
    eve.press("Plus tard : Les communes")
    eve.look("path")


def offer(eve: Person) -> None:
    """An offer from nothing, with one price for everybody, published."""
    eve.link("Écrire un atelier")
    eve.link("Nouvelle offre")
    eve.fill(title="Prendre le bus")
    eve.press("Commencer le brouillon")
    eve.fill(summary="Lire un plan, un horaire, choisir son abonnement.")
    eve.press("Enregistrer")
    eve.link(re.compile("^Ajouter"))
    eve.radio(re.compile("^Forfait"))
    eve.fill(amount="350")
    eve.press("Enregistrer ce prix")
    eve.press("Publier")
    eve.look("offer")


def example(eve: Person) -> None:
    """One from the library of examples, free."""
    eve.stop("Catalogue")
    eve.link("Exemples")
    eve.tick(re.compile("vélo à assistance", re.I))
    eve.press("Adopter les exemples cochés")
    eve.press("Enregistrer", exact=True)  # adopted, it is shown to be adapted
    eve.link(re.compile("^Ajouter"))
    eve.radio(re.compile("^Gratuit"))
    eve.press("Enregistrer ce prix")
    eve.press("Publier")


def place(eve: Person) -> None:
    """A venue."""
    eve.home()
    eve.link("Ajouter un lieu")
    eve.fill(name="Salle des fêtes", postcode="61500", city="Sées", capacity="40")
    eve.press("Ajouter ce lieu")


def people(eve: Person) -> None:
    """A partner, and somebody of theirs who delivers."""
    eve.stop("Partenaires")
    eve.link("Ajouter un partenaire")
    eve.fill(name="Prévention d’Essai")
    eve.press("Enregistrer")
    eve.link("Ajouter une personne")
    eve.fill(name="Ana Test", email="ana@example.org")
    eve.press("Enregistrer")


def colleague(eve: Person) -> None:
    """Somebody else joins the team."""
    eve.home()
    eve.link("Inviter quelqu’un")
    eve.fill(name="Léo Test", email="leo@example.org")
    eve.press("Ajouter à l’équipe")


def sessions(eve: Person) -> None:
    """Two sessions in the village: from the home's next step, and once more."""
    eve.home()
    eve.link("Planifier une séance")
    plan(eve, "Prendre le bus", DAYS[0])
    eve.stop("Séances")
    eve.link("Planifier une séance")
    plan(eve, re.compile("vélo", re.I), DAYS[1])


def plan(eve: Person, title: str | re.Pattern[str], day: date) -> None:
    eve.choose("offer", title)
    eve.fill(capacity="30", date_1=day.isoformat(), start_1="09:00", end_1="11:00")
    eve.choose("venue-1", "Salle des fêtes")
    eve.choose("facilitator-1", "Ana Test")
    eve.press("Planifier la séance")
    expect(eve.page.get_by_text("Séance planifiée")).to_be_visible()


def call(eve: Person) -> None:
    """The telephone rings: a town hall that nobody knows, twenty-five people."""
    before = eve.spent
    eve.stop("Nouvelle réservation")
    eve.fill(qui="Sées")
    eve.see(eve.page.locator("#name"))
    eve.fill(name="Mairie de Sées", phone="02 33 00 00 00")
    eve.choose("kind", "Commune")
    eve.fold("Facultatif : commune")
    eve.fill(postcode="61500", city="Sées", person="Nina Test", email="nina@sees.example.org")
    eve.fill(quoi="bus")
    eve.press(re.compile("Prendre le bus"))
    eve.fill(places="25")
    eve.see(eve.page.locator(".sheet").get_by_text("350,00"))
    eve.look("telephone")
    eve.press(re.compile("^Réserver 25"))
    expect(eve.page).to_have_url(re.compile(r"/gestion/reservations/R-"))
    spent = eve.spent - before
    assert spent.clicks <= 6, spent
    assert spent.fields <= 9, spent
    assert spent.person < 120, spent


def count_changed(eve: Person) -> None:
    """They call again: twenty-eight; the booking is found by what they are called."""
    eve.home()
    eve.search("sees", re.compile("R-"))
    eve.link("Changer les places…")
    eve.fill(places="28")
    eve.press("Voir ce que cela change")
    eve.press(re.compile("^Passer de 25 à 28"))
    expect(eve.page.get_by_text("28").first).to_be_visible()


def names(eve: Person) -> None:
    """Who comes."""
    eve.link("Donner les noms")
    eve.fill(participants="Zoé Essai\nLéa Exemple, lea@example.org")
    eve.look("names")
    eve.press("Enregistrer les noms")
    expect(eve.page.get_by_role("listitem").get_by_text("Zoé Essai", exact=True)).to_be_visible()


def held(eve: Person) -> None:
    """It took place (said early, with a reason)."""
    eve.link(re.compile("9 h"))
    eve.fold("Confirmer avant la fin que la séance a eu lieu")
    eve.type("#early_reason", "Premier essai.")
    eve.press("Confirmer que la séance a eu lieu")


def invoiced(eve: Person) -> None:
    """What the law wants of a town hall is written, and it is invoiced."""
    eve.stop("Factures")
    eve.link("À facturer")
    eve.link(re.compile("Mairie de Sées"))
    eve.look("draft")
    eve.link(re.compile("fiche|Compléter", re.I))
    eve.fill(siret="00008888000018", address="Place de la Mairie")
    eve.press("Enregistrer la fiche")
    eve.link("À émettre")
    eve.press("Facturer")
    expect(eve.page).to_have_url(re.compile(r"/gestion/factures/F\d{4}-00001"))
    eve.look("invoice")


STEPS = (
    *(who_runs_it, offer, example, place, people, colleague, sessions),
    *(call, count_changed, names, held, invoiced),
)
