"""What is archived, left or closed is offered for nothing new: every list of every office form, walked in one test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

import makers
import training
from office_makers import staff
from training.catalogue.actions.supporters import add_supporter
from training.catalogue.rules.supporters import NewSupporter, SupporterKind
from training.directory.actions.facilitators import add_facilitator
from training.directory.actions.partners import add_partner
from training.kernel import db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio

GONE = "Disparu"
OFFICE = Path(training.__file__).parent / "templates" / "office"
PAGES = (
    "/gestion/seances/nouvelle",
    "/gestion/seances/{session}/modifier",
    "/gestion/reservations/nouvelle?qui=disparu&quoi=disparu",
    "/gestion/reservations/nouvelle?structure=commune-d-essai&seance={session}&places=3",
    "/gestion/reservations/{booking}/payeurs?payeur=disparu",
    "/gestion/structures/commune-d-essai/archiver?q=disparu",
    "/gestion/structures/en-attente/rattacher?q=disparu",
    "/gestion/catalogue/velo/modifier",
    "/gestion/catalogue/velo/financement",
    "/gestion/animation/{facilitator}/modifier",
    "/gestion/animation/{facilitator}/depart",
    "/gestion/animation/nouvelle-personne",
    "/gestion/partenaires/{partner}/tarifs/nouveau",
    "/gestion/agendas",
    "/gestion/cles",
    "/gestion/passation",
    "/gestion/lieux/communes/proches?q=disparu",
)
# What lists are made of: the names under which templates are given them. Rows that may be gone, and fixed lists.
ROWS = {
    "venues", "facilitators[slot.id]", "facilitators", "organisations", "offers", "people", "choices.partners",
    "partners", "options", "options[s.session]", "everybody", "colleagues", "whose", "choices", "others", "communes",
    "services",
}  # fmt: skip
FIXED = {
    "kinds", "units", "roles", "year_ends", "regimes", "codes", "months", "meanings", "laws", "ways", "modes",
    "countries", "states", "taxables", "names.items", "[", "vats_abroad", "needs", "moments", "buyers",
}  # fmt: skip


async def town_of_the_gone() -> dict[str, object]:
    """A town, and beside each thing that a form offers one that is gone."""
    town = await makers.make_town()
    booking = await makers.make_booking(town, 3)
    await makers.make_organisation("En attente", siret=None, approved=False, domain="attente.example.org")
    gone = await makers.make_organisation("Mairie Disparu", siret=None, domain="disparu.example.org")
    await db.execute("update organisation set state = 'archived' where id = $1", gone)
    venue = await makers.make_venue("Salle Disparu")
    await db.execute("update venue set active = false where id = $1", venue)
    partner = await add_partner(SYSTEM, name="Atelier Garde", summary="", website=None)
    closed = await add_partner(SYSTEM, name="Atelier Disparu", summary="", website=None)
    someone = {"phone": None, "locale": "fr"}
    left = await add_facilitator(
        SYSTEM, name="Dora Disparu", email="d@example.org", partner=None, active=True, **someone
    )
    theirs = await add_facilitator(
        SYSTEM, name="Théo Reste", email="t@example.org", partner=closed, active=True, **someone
    )
    await db.execute("update facilitator set active = false where id = $1", left)
    await db.execute("update partner set active = false where id = $1", closed)
    funder = await add_supporter(SYSTEM, NewSupporter(SupporterKind.FUNDER, "Fonds Disparu", None, "", 1, None))
    await db.execute("update supporter set active = false, archived_on = now()::date where id = $1", funder)
    await makers.make_offer("disparu", title="Offre Disparu")
    await db.execute("update offer set state = 'archived' where slug = 'disparu'")
    contact = await db.value("select min(id) from contact where organisation = $1", town.organisation)
    await db.execute(
        "insert into contact (organisation, name, email, active, created_at, for_booking, for_billing, locale)"
        " select organisation, 'Zoé Disparu', 'z@example.org', false, created_at, true, true, locale from contact"
        " where id = $1",
        contact,
    )
    typed = await makers.make_commune("61999", "Disparu-sur-Orne", "61990", (48.1, 0.1), 10)
    await db.execute("update commune set insee = null, same_as = (select min(id) from commune) where id = $1", typed)
    assert theirs
    return {"session": town.session, "booking": booking.reference, "facilitator": town.facilitator, "partner": partner}


def offered(page: str) -> list[str]:
    """What its forms and lists offer: options, choices with their words, buttons that pick."""
    found = html.fromstring(page).xpath(
        "//option | //form[@method='post']//label[.//input[@type='radio' or @type='checkbox']] | //button[@data-pick]"
    )
    return [" ".join((each.get("value") or "", each.text_content())) for each in found]


async def test_what_is_gone_is_offered_nowhere(client):
    names = await town_of_the_gone()
    await staff(client)
    shown = {}
    for page in PAGES:
        answer = await client.get(page.format(**names))
        assert answer.status_code == 200, (page, answer.status_code)
        shown[page] = [each for each in offered(answer.text) if GONE.lower() in each.lower()] if answer.text else []
    assert {page: found for page, found in shown.items() if found} == {}


def test_every_list_of_the_office_is_of_rows_that_are_tried_or_fixed() -> None:
    """A list under a name that is not known yet: try it above, or say that it is fixed."""
    said = re.compile(
        r'ui\.(?:select|radios)\(\w+, (?:"[^"]*"(?: % [\w.]+)?|\w+), (?:_\("[^"]*"[^)]*\)|[\w.]+), ([\w.\[\]]+)'
    )
    lists = {name for path in OFFICE.rglob("*.html") for name in said.findall(path.read_text())}
    assert lists - ROWS - FIXED == set()
