"""The team writes its catalogue by pages: begun with a title, edited, looked at, published, copied, archived."""

from __future__ import annotations

import re

import pytest

import makers
from office_makers import done, refused, staff
from training.catalogue.actions.publishing import archive_offer
from training.catalogue.actions.skills import set_deliverers
from training.catalogue.rules.offers import ProgrammeStep
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio
CATALOGUE = "/gestion/catalogue"
NEW = f"{CATALOGUE}/nouvelle"
WHOLE = {
    "title": "Rouler en ville",
    "summary": "Deux heures à vélo.",
    "description": "Un **texte**.\n\n- un\n- deux",
    "objectives": "Freiner\nTourner",
    "theme": "Deux roues",
    "kind": "awareness",
    "hours": "2",
    "minutes": "30",
    "group_min": "4",
    "group_max": "15",
    "audience": "Tous",
    "prerequisites": "Aucun",
    "host_provides": "Une cour\nUne salle",
    "equipment": "Dix vélos",
    "accessibility": "Un tricycle",
    "keywords": "VAE, e-bike",
    "slug": "rouler",
    "step-title-1": "Régler",
    "step-minutes-1": "20",
    "step-text-1": "Chacun sa selle.",
    "step-title-3": "Rouler",
}


async def page(client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, makers.text_of(answer.text)[:400]
    return answer.text


async def begin(client, title: str = "Rouler") -> str:
    """A draft of that title: the address of its page."""
    return (await done(client, NEW, {"title": title})).removesuffix("/modifier")


async def test_a_pasted_title_too_long_is_kept_and_its_signs_counted(client):
    """Browsers cut it at the two hundredth sign, and nobody noticed."""
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    long = "Conduire " * 23 + "encore"
    answer = await refused(client, NEW, {"title": long}, 422, "200 caractères au plus ; il y en a 213.")
    assert f'value="{long}"' in answer.text


async def test_an_empty_catalogue_says_what_to_do_first_and_a_title_begins_a_draft(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    empty = await page(client, CATALOGUE)
    assert 'href="/gestion/catalogue/exemples"' in empty
    assert f'href="{NEW}"' in empty
    await refused(client, NEW, {"title": " "}, 422, "À remplir.")
    here = await begin(client, "Apprendre à rouler")
    assert here == f"{CATALOGUE}/apprendre-a-rouler"
    shown = makers.text_of(await page(client, here))
    assert "Avant de publier" in shown
    assert "Un résumé" in shown
    assert "Un tarif" in shown
    assert (await client.get("/catalogue/apprendre-a-rouler")).status_code == 404
    assert "Brouillon" in makers.text_of(await page(client, CATALOGUE))


async def test_every_field_is_written_and_read_by_the_public(client):
    offer = await makers.make_offer("velo")
    await staff(client)
    await done(client, f"{CATALOGUE}/velo/modifier", WHOLE)
    public = makers.text_of(await page(client, "/catalogue/rouler"))
    for words in ("Rouler en ville", "Deux heures à vélo.", "Freiner", "2 h 30", "4 à 15", "Une cour", "Dix vélos",
                  "Un tricycle", "Chacun sa selle.", "20 min", "Aucun"):  # fmt: skip
        assert words in public, words
    form = await page(client, f"{CATALOGUE}/rouler/modifier")
    for name, value in WHOLE.items():
        assert makers.text_of(value).strip() in makers.text_of(form) or f'value="{value}"' in form, name
    steps = await db.connection().fetch("select title from offer_step where offer = $1 order by position", offer)
    assert [step["title"] for step in steps] == ["Régler", "Rouler"]


async def test_a_text_is_shown_while_it_is_typed_and_by_a_button_and_more_steps_keep_what_was_typed(client):
    await makers.make_offer("velo")
    await staff(client)
    answer = await makers.post(client, f"{CATALOGUE}/apercu", {"description": "Un **mot** <script>alert(1)</script>"})
    assert answer.status_code == 200
    assert "<strong>mot</strong>" in answer.text
    assert "<script" not in answer.text
    endless = await makers.post(client, f"{CATALOGUE}/apercu", {"description": "a" * 500_000})
    assert len(endless.text) < 21_000  # half a million brackets took minutes
    edit = f"{CATALOGUE}/velo/modifier"
    shown = await makers.post(client, edit, {**WHOLE, "faire": "apercu"})
    assert shown.status_code == 200
    assert "<strong>texte</strong>" in shown.text
    assert 'value="Rouler en ville"' in shown.text
    more = await makers.post(client, edit, {**WHOLE, "rows": "3", "faire": "etapes"})
    assert 'id="step-title-6"' in more.text
    assert 'value="Régler"' in more.text
    assert "Sensibilisation au vélo électrique" in makers.text_of(await page(client, f"{CATALOGUE}/velo"))


async def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(client):
    await makers.make_offer("velo")
    await makers.make_offer("atelier", title="Atelier")
    await staff(client)
    edit = f"{CATALOGUE}/velo/modifier"
    wrong = {**WHOLE, "group_min": "20", "hours": "0", "minutes": "", "step-title-3": "", "step-text-3": "Rouler."}
    answer = await makers.post(client, edit, wrong)
    assert answer.status_code == 422
    assert 'id="step-title-3-error"' in answer.text
    assert "Rouler." in answer.text
    answer = await makers.post(client, edit, {**WHOLE, "group_min": "20", "hours": "0", "minutes": ""})
    assert 'id="group_max-error"' in answer.text
    assert 'id="hours-error"' in answer.text
    await refused(client, edit, {**WHOLE, "summary": ""}, 422, "Cette offre est publiée")
    await refused(client, edit, {**WHOLE, "slug": "atelier"}, 409, "celle d’une autre offre")
    await refused(client, edit, {**WHOLE, "partner": "999"}, 422, "Choisissez un partenaire.")
    assert await db.value("select title from offer where slug = 'velo'") == "Sensibilisation au vélo électrique"


async def test_a_draft_is_seen_as_the_public_would_by_the_team_alone(client):
    await makers.make_platform()
    await staff(client)
    here = await begin(client)
    seen = await page(client, f"{here}/apercu")
    assert "Cette offre n’est pas publiée" in makers.text_of(seen)
    assert 'content="noindex"' in seen
    client.cookies.clear()
    assert (await client.get(f"{here}/apercu")).status_code in (303, 401, 403)


async def test_publishing_says_what_is_missing_and_then_puts_it_in_the_catalogue(client):
    await makers.make_platform()
    await staff(client)
    here = await begin(client)
    assert f'action="{here}/publier"' not in await page(client, here)
    await refused(client, f"{here}/publier", {}, 422, "Avant de publier, il manque : un résumé, un tarif.")
    other = await makers.make_offer("velo")
    await archive_offer(SYSTEM, other)
    await done(client, f"{CATALOGUE}/velo/remettre")
    assert f'action="{CATALOGUE}/velo/publier"' in await page(client, f"{CATALOGUE}/velo")
    await done(client, f"{CATALOGUE}/velo/publier")
    assert (await client.get("/catalogue/velo")).status_code == 200
    await refused(client, f"{CATALOGUE}/velo/publier", {}, 409, "elle l’est déjà")


async def test_a_copy_is_a_draft_with_everything_but_the_address(client):
    await makers.make_offer("velo")
    await staff(client)
    await done(client, f"{CATALOGUE}/velo/modifier", WHOLE)
    copy = await done(client, f"{CATALOGUE}/rouler/dupliquer")
    assert copy == f"{CATALOGUE}/rouler-en-ville-copie/modifier"
    assert "Chacun sa selle." in await page(client, copy)
    shown = makers.text_of(await page(client, copy.removesuffix("/modifier")))
    assert "Brouillon" in shown
    assert "350,00 €" in shown


async def test_archiving_says_what_is_ahead_and_keeps_the_past(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town, 40)
        await staff(client)
        asked = makers.text_of(await page(client, f"{CATALOGUE}/velo/archiver"))
        assert "Séances à venir 1" in asked
        assert "Places prises 40" in asked
        await done(client, f"{CATALOGUE}/velo/archiver")
        assert (await client.get("/catalogue/velo")).status_code == 404
        assert (await client.get("/api/v1/sessions")).json()["items"] == []
        assert f"/seances/{town.session}" not in (await client.get("/agenda/public.ics")).text
        session = makers.text_of(await page(client, f"/seances/{town.session}"))
        assert "ne prend plus de réservation" in session
        shown = await page(client, f"{CATALOGUE}/velo")
        assert f"{CATALOGUE}/velo/modifier" not in shown
        assert "40 sur 60" in makers.text_of(shown)
        assert "Archivées 1" in makers.text_of(await page(client, CATALOGUE))
        form = await page(client, "/gestion/seances/nouvelle")
        assert "Sensibilisation" not in form


async def test_an_old_address_leads_to_the_present_one_everywhere(client):
    town = await makers.make_town()
    await makers.rewrite(town.offer, slug="rouler")
    await makers.rewrite(town.offer, slug="rouler-bien")
    for old, new in (
        ("/catalogue/velo?personnes=4", "/catalogue/rouler-bien?personnes=4"),
        ("/catalogue/rouler", "/catalogue/rouler-bien"),
        ("/api/v1/offers/velo", "/api/v1/offers/rouler-bien"),
    ):
        answer = await client.get(old)
        assert (answer.status_code, answer.headers["location"]) == (301, new)
    assert len((await client.get("/api/v1/sessions?offer=velo")).json()["items"]) == 1
    assert f'href="/seances/{town.session}"' in (await client.get("/seances?offre=velo")).text
    await staff(client)
    for page_ in ("", "/modifier", "/facturation", "/image", "/dessin", "/apercu", "/archiver"):
        answer = await client.get(f"{CATALOGUE}/velo{page_}")
        assert (answer.status_code, answer.headers["location"]) == (301, f"{CATALOGUE}/rouler-bien{page_}")
    answer = await makers.post(client, f"{CATALOGUE}/velo/publier", {})
    assert answer.status_code == 308
    assert (await client.get(f"{CATALOGUE}/rien")).status_code == 404


async def test_an_old_address_of_what_is_not_published_leads_nobody_there(client):
    town = await makers.make_town()
    await makers.rewrite(town.offer, slug="rouler")
    await archive_offer(SYSTEM, town.offer)
    assert (await client.get("/catalogue/velo")).status_code == 404
    assert (await client.get("/api/v1/offers/velo")).status_code == 404


async def test_the_second_of_two_editors_keeps_what_they_typed_and_hears_what_changed(client):
    offer = await makers.make_offer("velo")
    await staff(client)
    edit = f"{CATALOGUE}/velo/modifier"
    seen = re.search(r'name="vu" value="(\d+)"', await page(client, edit))
    assert seen
    await makers.rewrite(offer, title="Changé entre-temps", duration_minutes=60)
    mine = {**WHOLE, "hours": "3", "minutes": "0", "slug": "velo", "vu": seen[1]}
    answer = await refused(client, edit, mine, 409, "Changé entre-temps", "gardé")
    assert 'value="Rouler en ville"' in answer.text
    assert re.search(r'id="hours"[^>]* value="1"', answer.text)  # nobody had typed another: it follows
    again = re.search(r'name="vu" value="(\d+)"', answer.text)
    assert again
    await done(client, edit, {**mine, "hours": "1", "vu": again[1]})
    shown = makers.text_of(await page(client, f"{CATALOGUE}/velo"))
    assert "Rouler en ville" in shown
    assert "Modifications" in shown


async def test_a_programme_written_in_another_tab_is_said_and_follows_with_who_may_deliver(client):
    """It was gone without a word: the warning named the other fields alone, and sending again wrote an empty one."""
    offer = await makers.make_offer("velo")
    person = await makers.make_facilitator(name="Ana Anime")
    await staff(client)
    edit = f"{CATALOGUE}/velo/modifier"
    seen = re.search(r'name="vu" value="(\d+)"', await page(client, edit))
    assert seen
    await makers.rewrite(offer, title="Changé entre-temps", steps=(ProgrammeStep("Accueil", 15),))
    await set_deliverers(SYSTEM, offer, [person])
    bare = {name: value for name, value in WHOLE.items() if not name.startswith("step-")}
    answer = await refused(client, edit, {**bare, "slug": "velo", "vu": seen[1]}, 409, "Programme", "Accueil")
    assert re.search(r'id="step-title-1"[^>]* value="Accueil"', answer.text)
    assert re.search(rf'name="deliverer-{person}"[^>]* checked', answer.text)


async def test_who_only_bills_reads_and_does_not_write(client):
    await makers.make_offer("velo")
    await staff(client, Role.BOOKKEEPER)
    shown = await page(client, f"{CATALOGUE}/velo")
    assert f'href="{CATALOGUE}/velo/facturation"' in shown
    assert "/modifier" not in shown
    assert f'href="{NEW}"' not in await page(client, CATALOGUE)
    for path in (f"{CATALOGUE}/velo/modifier", NEW, f"{CATALOGUE}/velo/archiver"):
        assert (await client.get(path)).status_code == 403


async def test_examples_are_read_and_adopted_one_by_one_or_several_at_once(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    library = f"{CATALOGUE}/exemples"
    listed = await page(client, library)
    assert f'href="{library}/velo-electrique"' in listed
    assert "Prise en main" in await page(client, f"{library}/velo-electrique")
    await page(client, f"{library}/rien", 404)
    await refused(client, library, {}, 422, "Choisissez un exemple au moins.")
    edit = await done(client, library, {"exemple-velo-electrique": "1"})
    assert edit == f"{CATALOGUE}/essayer-le-velo-a-assistance-electrique/modifier"
    assert "Prise en main" in await page(client, edit)
    both = {"exemple-constat-amiable": "1", "exemple-prendre-le-bus": "1"}
    assert await done(client, library, both) == CATALOGUE
    shown = makers.text_of(await page(client, CATALOGUE))
    assert "Remplir un constat amiable" in shown
    assert "Prendre le bus" in shown
    assert "Déjà dans votre catalogue" in makers.text_of(await page(client, library))
    papers = dict(await db.connection().fetch("select text, paper from theme"))
    assert papers["Vélo et deux-roues"] == "vert"
