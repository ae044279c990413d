"""The first day: a path that stays on the home until it is walked, from nothing to a catalogue online."""

from __future__ import annotations

import io

import pytest
from PIL import Image

import directory_register
import makers
from directory_register import SIRET, unit
from mail_server import Server, listening, use
from office_makers import done, refused, staff
from training.directory import queries as directory
from training.directory.actions.set_up import say_step
from training.directory.rules.set_up import SetUpStep, StepSaid
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.office.set_up import set_up

pytestmark = pytest.mark.anyio

PATH = "/gestion/premiers-pas"
WHO = {
    "siret": "", "name": "Centre social d’Essai", "short_name": "", "legal_form": "", "address": "1 rue d’Essai",
    "postcode": "61000", "city": "Alençon", "contact_name": "Ève Équipe", "phone": "02 00 00 00 00",
    "email": "bonjour@example.org", "website": "",
}  # fmt: skip


async def waiting() -> list[str]:
    return [step.step.value for step in (await set_up(SYSTEM)).waiting]


async def test_an_empty_platform_is_led_by_the_hand(client):
    """The home said that all was in order on a platform without SIRET, offer or commune."""
    await staff(client)
    home = await client.get("/gestion")
    words = makers.text_of(home.text)
    assert "il reste quatre choses à faire avant la première réservation" in words
    for act in ("Dire qui vous êtes", "Choisir le régime", "Écrire l’IBAN"):
        assert act in words
    path = await client.get(PATH)
    assert path.text.count('<li data-state="') == len(SetUpStep)
    assert path.text.count('data-state="next"') == 1


async def test_a_step_put_off_leaves_the_home_and_stays_on_the_path(client):
    await staff(client)
    await done(client, f"{PATH}/identity/plus-tard")
    assert "Dire qui vous êtes" not in makers.text_of((await client.get("/gestion")).text)
    path = await client.get(PATH)
    assert 'data-state="skipped"' in path.text
    assert "Dire qui vous êtes" in path.text
    # what nobody can book without is still said
    assert "quatre choses" in makers.text_of((await client.get("/gestion")).text)


async def test_a_step_that_does_not_exist_is_none(client):
    await staff(client)
    assert (await makers.post(client, f"{PATH}/rien/plus-tard")).status_code == 404


async def test_everybody_is_led_to_what_they_may_do(client):
    await staff(client, Role.ADVISER)
    words = makers.text_of((await client.get(PATH)).text)
    assert "Écrire un atelier" in words
    assert "Dire qui vous êtes" not in words
    assert (await makers.post(client, f"{PATH}/identity/plus-tard")).status_code == 403
    assert (await client.get(f"{PATH}/identite")).status_code == 403


async def test_who_runs_the_site_is_typed(client):
    await staff(client)
    await refused(client, f"{PATH}/identite", {**WHO, "name": "", "phone": ""}, 422, "À remplir.")
    assert await done(client, f"{PATH}/identite", WHO) == f"{PATH}/tva"  # the next one
    platform = await directory.the_platform()
    assert (platform.name, platform.short_name) == ("Centre social d’Essai", "Centre social d’Essai")
    assert (platform.vat_regime, platform.payment_days, platform.iban) == ("out_of_scope", 30, None)
    assert "identity" not in await waiting()  # without a SIRET too: a small association may have none
    assert "vat" in await waiting()


async def test_the_other_steps_ask_for_the_first(client):
    await staff(client)
    said = "Dites d’abord qui tient ce site"
    await refused(client, f"{PATH}/banque", {"iban": "FR7630006000011234567890189", "payment_days": "30"}, 409, said)
    await refused(client, f"{PATH}/tva", {"vat_regime": "franchise_293b"}, 409, said)
    await refused(client, f"{PATH}/apparence", {"accent": "#6b2148"}, 409, said)


async def test_vat_bank_numbers_and_colour_are_steps_of_their_own(client):
    await staff(client)
    await done(client, f"{PATH}/identite", WHO)
    assert "franchise_293b" in (await client.get(f"{PATH}/tva")).text
    await done(client, f"{PATH}/tva", {"vat_regime": "franchise_293b"})
    await refused(client, f"{PATH}/banque", {"iban": "", "payment_days": "30"}, 422, "Écrivez l’IBAN")
    await done(client, f"{PATH}/banque", {"iban": "FR76 3000 6000 0112 3456 7890 189", "payment_days": "30"})
    await refused(client, f"{PATH}/apparence", {"accent": "#ffff00"}, 422)
    await done(client, f"{PATH}/apparence", {"accent": "#6b2148"})
    await done(client, "/gestion/factures/series", {"invoice_prefix": "M", "invoice_first_number": "12"})
    platform = await directory.the_platform()
    assert (platform.vat_regime, platform.accent) == ("franchise_293b", "#6b2148")
    assert {"vat", "bank", "looks", "numbering"}.isdisjoint(await waiting())


async def test_a_logo_is_taken_on_the_way(client):
    await staff(client)
    await done(client, f"{PATH}/identite", WHO)
    Image.new("RGB", (60, 40), "white").save(into := io.BytesIO(), "PNG")
    await makers.post(client, f"{PATH}/apparence/logo", {}, files={"logo": ("a.png", b"<svg/>", "image/png")})
    assert (await directory.the_platform()).logo is None
    files = {"logo": ("a.png", into.getvalue(), "image/png")}
    answer = await makers.post(client, f"{PATH}/apparence/logo", {}, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/tva")
    assert (await directory.the_platform()).logo is not None


@pytest.fixture
async def register(monkeypatch):
    """The register of companies, asked by this site."""
    async with directory_register.running() as played:
        use(monkeypatch, sirene_api_base=played.url)
        yield played


async def test_the_register_fills_what_is_empty(client, register):
    await staff(client)
    asked = {**WHO, "name": "", "address": "", "siret": SIRET, "annuaire": "1"}
    answer = await makers.post(client, f"{PATH}/identite", asked)
    assert "L’annuaire répond" in makers.text_of(answer.text)
    assert 'value="CENTRE SOCIAL D&#39;ESSAI"' in answer.text
    assert 'value="12 RUE DU PONT NEUF"' in answer.text
    assert 'value="Alençon"' in answer.text  # typed: it stays
    assert "Prendre ces réponses" in answer.text
    assert await directory.platform() is None  # asked, not saved
    answer = await makers.post(client, f"{PATH}/identite", {**WHO, "siret": SIRET, "annuaire": "2"})
    assert 'value="ALENCON"' in answer.text
    assert 'value="bonjour@example.org"' in answer.text


async def test_a_closed_establishment_is_said(client, register):
    await staff(client)
    closed = unit()
    closed["siege"] = {**closed["siege"], "etat_administratif": "F"}
    register.says(closed)
    answer = await makers.post(client, f"{PATH}/identite", {**WHO, "siret": SIRET, "annuaire": "1"})
    assert "Cet établissement est fermé" in makers.text_of(answer.text)


@pytest.mark.parametrize(("status", "body"), [(429, b"{}"), (500, b""), (200, b"<html>")])
async def test_a_register_that_does_not_answer_stops_nobody(client, register, status, body):
    await staff(client)
    register.status, register.body = status, body
    answer = await makers.post(client, f"{PATH}/identite", {**WHO, "siret": SIRET, "annuaire": "1"})
    assert answer.status_code == 200
    assert "écrivez vous-même" in makers.text_of(answer.text)
    assert 'value="Centre social d’Essai"' in answer.text
    await done(client, f"{PATH}/identite", {**WHO, "siret": SIRET})


async def test_a_siret_that_is_none_is_said_before_anybody_is_asked(client, register):
    await staff(client)
    answer = await makers.post(client, f"{PATH}/identite", {**WHO, "siret": "12", "annuaire": "1"})
    assert "Un numéro SIRET a 14 chiffres" in makers.text_of(answer.text)
    assert register.asked == []


async def test_off_the_register_is_not_spoken_of(client):
    await staff(client)
    assert "annuaire" not in makers.text_of((await client.get(f"{PATH}/identite")).text)


async def test_a_mail_is_tried_and_its_answer_said(client, monkeypatch):
    await staff(client)
    await done(client, f"{PATH}/identite", WHO)
    await refused(client, f"{PATH}/courriel", {"email": "moi@example.org"}, 409, "Aucun SMTP_URL")
    server = Server()
    async with listening(server, monkeypatch):
        assert await done(client, f"{PATH}/courriel", {"email": "moi@example.org"}) == f"{PATH}/tva"
    assert len(server.taken) == 1
    assert "mail" not in await waiting()


async def test_of_two_sayings_the_last_counts(database_test):
    await say_step(SYSTEM, SetUpStep.MAIL, StepSaid.SKIPPED)
    await say_step(SYSTEM, SetUpStep.MAIL, StepSaid.DONE)
    assert "mail" not in await waiting()
    await say_step(SYSTEM, SetUpStep.MAIL, None)
    assert "mail" in await waiting()


async def test_a_second_of_the_team_is_seen_as_colleagues(client):
    await staff(client)
    assert "colleagues" in await waiting()
    await done(client, "/gestion/acces/nouveau", {"name": "Léo Test", "email": "leo@example.org", "role": "adviser"})
    assert "colleagues" not in await waiting()


async def test_what_the_data_shows_needs_no_saying(database_test):
    with clock.frozen(makers.NOON):
        await makers.make_town()
    assert set(await waiting()) == {"vat", "numbering", "looks", "mail", "colleagues"}
    assert await db.value("select count(*) from set_up") == 0
