"""Of two who have one form open, the second sees what the first changed, keeps what was typed, and may send again."""

from __future__ import annotations

import pytest
from lxml import html

import makers
import office_makers
from office_makers import done, staff
from training.billing.actions.edit_draft import NewLine, add_line
from training.catalogue.actions.supporters import add_supporter
from training.catalogue.rules.supporters import NewSupporter, SupporterKind
from training.directory import queries as directory
from training.directory.actions.platform import set_platform
from training.kernel import db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.permissions import Permission
from training.papers.rules.lines import LineKind

pytestmark = pytest.mark.anyio
PATH = "/gestion/plateforme"


def typed(page: str, action: str) -> dict[str, object]:
    """What a form of a page would send as it stands."""
    (form,) = [form for form in html.fromstring(page).forms if (form.action or action) == action]
    return {name: value for name, value in form.form_values() if name != "_csrf_token"}


async def test_what_a_colleague_changed_meanwhile_is_said_in_the_form_s_own_words(client):
    await makers.make_platform(phone="02 33 00 00 00")
    await staff(client)
    eve = Actor("user", await makers.make_staff("ana@example.org"), "", frozenset(Permission), Scope(everything=True))
    sent = typed((await client.get(PATH)).text, PATH)
    await set_platform(eve, {"phone": "02 33 11 11 11", "city": "Sées", "payment_days": 45})
    answer = await makers.post(client, PATH, {**sent, "phone": "02 33 22 22 22"})
    words = makers.text_of(answer.text)
    assert answer.status_code == 409
    assert "Modifié par quelqu’un d’autre pendant que vous écriviez" in words
    assert "changé par Ève Équipe le" in words
    assert "de « 02 33 00 00 00 » à « 02 33 11 11 11 »" in words
    again = typed(answer.text, PATH)
    assert again["phone"] == "02 33 22 22 22", "what was typed is kept"
    assert (again["city"], again["payment_days"]) == ("Sées", "45"), "what nobody had typed in follows"
    assert again["vu"] != sent["vu"]
    await done(client, PATH, again)
    page = (await client.get(PATH)).text
    assert typed(page, PATH)["phone"] == "02 33 22 22 22"
    assert typed(page, PATH)["city"] == "Sées"
    edits = makers.text_of(page[page.index("modifications") :])
    assert "Téléphone 02 33 11 11 11 → devient 02 33 22 22 22" in edits
    assert "Ève Équipe" in edits


async def session(client) -> tuple[str, str]:
    town = await makers.make_town()
    return f"/gestion/seances/{town.session}/modifier", "places"


async def date(client) -> tuple[str, str]:
    town = await makers.make_town()
    return f"/gestion/seances/{town.session}/modifier", "deplacer"


async def contact(client) -> tuple[str, str]:
    town = await makers.make_town()
    (known, *_others) = await directory.contacts(town.organisation)
    return f"/gestion/structures/{town.slug}/contacts/{known.id}", ""


async def buyer(client) -> tuple[str, str]:
    town = await makers.make_town()
    return f"/gestion/structures/{town.slug}/facturation", ""


async def draft(client) -> tuple[str, str]:
    await office_makers.held_town(issue_without_look=False)
    draft = await db.value("select id from invoice where state = 'draft'")
    return f"/gestion/factures/brouillons/{draft}", "references"


async def line(client) -> tuple[str, str]:
    await office_makers.held_town(issue_without_look=False)
    draft = await db.value("select id from invoice where state = 'draft'")
    fee = NewLine(kind=LineKind.TRAVEL, description="Déplacement", unit_price_cents=1_000)
    return f"/gestion/factures/brouillons/{draft}/lignes/{await add_line(SYSTEM, draft, fee)}", ""


async def accounts(client) -> tuple[str, str]:
    await makers.make_platform()
    return "/gestion/comptes/plan", ""


async def delays(client) -> tuple[str, str]:
    await makers.make_platform()
    return "/gestion/relances/reglages", "delais"


async def theme(client) -> tuple[str, str]:
    await makers.make_town()
    return f"/gestion/themes/{await db.value('select min(id) from theme')}", ""


async def supporter(client) -> tuple[str, str]:
    await makers.make_platform()
    new = NewSupporter(SupporterKind.PARTNER, "Garage", None, "", 1, None)
    return f"/gestion/soutiens/{await add_supporter(SYSTEM, new)}", ""


async def order(client) -> tuple[str, str]:
    town = await makers.make_town()
    return f"/gestion/reservations/{(await makers.make_booking(town)).reference}/commande", ""


async def people(client) -> tuple[str, str]:
    town = await makers.make_town()
    return f"/gestion/reservations/{(await makers.make_booking(town)).reference}/participants", ""


async def payers(client) -> tuple[str, str]:
    town = await makers.make_town()
    return f"/gestion/reservations/{(await makers.make_booking(town)).reference}/payeurs", ""


FORMS = [
    (order, "purchase_order", ("BC-1", "BC-2"), "Numéro d’engagement"),
    (people, "participants", ("Léa Exemple", "Zoé Modèle <zoe@example.org>"), "Qui viendra"),
    (payers, "purchase_order-1", ("BC-1", "BC-2"), "Clients facturés"),
    (session, "capacity", ("70", "80"), "Combien de places"),
    (date, "start-", ("08:30", "08:45"), "Début"),
    (contact, "title", ("Secrétariat", "Accueil"), "Fonction"),
    (buyer, "billing_address", ("Rue A", "Rue B"), "Adresse de facturation"),
    (draft, "subject", ("Un", "Deux"), "Objet"),
    (line, "description", ("Péage", "Train"), "Ligne"),
    (accounts, "bank_account", ("512100", "512200"), "Banque"),
    (delays, "company-firm", ("31", "33"), "Relance ferme"),
    (theme, "keywords", ("vae", "musculaire"), "Mots de recherche"),
    (supporter, "sentence", ("Ensemble", "Avec nous"), "Une phrase"),
]


@pytest.mark.parametrize(("make", "field", "values", "label"), FORMS, ids=[form[0].__name__ for form in FORMS])
async def test_each_form_tells_the_second_editor_and_writes_what_is_sent_again(client, make, field, values, label):
    path, end = await make(client)
    await staff(client)
    shown = typed_in(html.fromstring((await client.get(path)).text), end, field)
    action, first = shown
    field = next(name for name in first if name.startswith(field))
    await done(client, action or path, {**first, field: values[0]})
    answer = await makers.post(client, action or path, {**first, field: values[1]})
    words = makers.text_of(answer.text)
    assert answer.status_code == 409
    assert label in words[: words.index("envoyez de nouveau") + 400]
    assert "changé par Ève Équipe" in words
    _action, again = typed_in(html.fromstring(answer.text), end, field)
    assert again[field] == values[1], "what was typed is kept"
    await done(client, action or path, again)


def typed_in(page, end: str, field: str) -> tuple[str, dict[str, object]]:
    """The form of a page that holds a field: where it is sent, and what it would send as it stands."""
    for form in page.forms:
        values = {name: value.removeprefix("\n") for name, value in form.form_values() if name != "_csrf_token"}
        values |= {name: "" for name in values if name == "vat_abroad"}  # lxml reads a radio of no value as "on"
        if (form.action or "").endswith(end) and any(name.startswith(field) for name in values):
            return form.action or "", values
    raise LookupError(field)
