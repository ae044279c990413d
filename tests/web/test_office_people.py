"""The pages of those who deliver, of their papers and of partners: written, corrected, renewed, archived, left."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from office_makers import done, refused, staff
from training.catalogue.actions import skills
from training.directory.actions import credentials, facilitators, partners
from training.directory.rules.credentials import CredentialKind, NewCredential
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling import queries
from training.worker import drain

pytestmark = pytest.mark.anyio
PDF = b"%PDF-1.7 assurance"
ANIMATION, PARTNERS = "/gestion/animation", "/gestion/partenaires"


async def seen(client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return makers.text_of(answer.text)


def person(**more: object) -> dict[str, object]:
    return {"name": "Karim Anime", "email": "karim@example.org", "locale": "fr", **more}


async def test_twelve_sessions_of_somebody_who_left_are_handed_over_by_the_page(client):
    """The story: she calls on Monday, she has left; twelve sessions are ahead of her."""
    town = await makers.make_town()
    sessions = [town.session]
    for n in range(1, 12):
        at = town.starts_at + timedelta(days=n)
        sessions.append(await makers.make_session(town.offer, starts_at=at, facilitators=(town.facilitator,)))
    karim = await makers.make_facilitator("karim@example.org", "Karim Libre")
    lea = await makers.make_facilitator("lea@example.org", "Léa Occupée")
    await skills.set_deliverers(SYSTEM, town.offer, [karim, lea])
    await makers.make_session(town.offer, starts_at=town.starts_at, facilitators=(lea,))
    await drain()
    await db.execute("delete from mail")
    await staff(client, Role.ADVISER)
    assert f"{ANIMATION}/{town.facilitator}/depart" in (await client.get(f"{ANIMATION}/{town.facilitator}")).text
    page = (await client.get(f"{ANIMATION}/{town.facilitator}/depart")).text
    assert "12 séances à confier" in makers.text_of(page)
    chosen = dict(re.findall(r'<select[^>]*name="(session-\d+)".*?<option value="(\d+)" selected', page, re.S))
    assert len(chosen) == 12, "somebody is proposed for each"
    assert chosen[f"session-{town.session}"] == str(karim), "who is elsewhere is not"
    assert set(chosen.values()) == {str(karim), str(lea)}
    form = {"left_on": clock.today().isoformat(), "what": "chacune", **chosen}
    await refused(
        client,
        f"{ANIMATION}/{town.facilitator}/depart",
        {**form, f"session-{town.session}": str(lea)},
        409,
        "anime déjà",
    )
    assert (await queries.assignments([town.session]))[0].facilitator == town.facilitator, "nothing half done"
    assert await done(client, f"{ANIMATION}/{town.facilitator}/depart", form) == f"{ANIMATION}/{town.facilitator}"
    comes = {a.session: a.facilitator for a in await queries.assignments(sessions)}
    assert comes == {int(name.partition("-")[2]): int(who) for name, who in chosen.items()}
    await drain()
    assert await db.value("select count(*) from mail where to_email = 'anime@example.org'") == 12
    words = await seen(client, f"{ANIMATION}/{town.facilitator}")
    assert "N’anime plus" in words
    assert "Aucune date à venir." in words
    assert "Aline Anime" not in await seen(client, ANIMATION)
    assert "Aline Anime" in await seen(client, f"{ANIMATION}?etat=anciens")
    assert "Aline Anime" not in await seen(client, f"/gestion/seances/{town.session}/modifier")


async def test_all_of_them_go_to_one_person_or_to_nobody_in_one_gesture(client):
    town = await makers.make_town()
    karim = await makers.make_facilitator("karim@example.org", "Karim Libre")
    await staff(client, Role.ADVISER)
    path, form = f"{ANIMATION}/{town.facilitator}/depart", {"left_on": clock.today().isoformat(), "what": "toutes"}
    await refused(client, path, form, 422, "Choisissez une personne.")
    await refused(client, path, {**form, "what": "chacune"}, 409, "lui a été confiée entre-temps")
    await done(client, path, {**form, "everything": str(karim)})
    assert (await queries.assignments([town.session]))[0].facilitator == karim
    await done(client, f"{ANIMATION}/{karim}/depart", {**form, "what": "personne"})
    assert await queries.assignments([town.session]) == []
    await done(client, f"{ANIMATION}/{karim}/retour")
    assert "Karim Libre" in await seen(client, ANIMATION)


async def test_every_field_of_a_person_is_edited_and_shown(client):
    town = await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    await staff(client, Role.ADVISER)
    new = f"{ANIMATION}/nouvelle-personne"
    await refused(client, new, person(rate_unit="hour"), 422, "Indiquez le montant")
    await refused(client, new, person(rate_cents="quarante"), 422, "Indiquez un montant, par exemple 45,00.")
    await refused(client, new, person(locale="xx", partner="99"), 422, "Choisissez dans la liste.")
    path = await done(client, new, person())
    await done(
        client, f"{path}/modifier",
        person(
            phone="06 39 98 00 09", partner=str(partner), locale="en", area="Sées\nMortagne", rate_unit="half_day",
            rate_cents="120,50", note="Vient en train.", **{f"offer-{town.offer}": "1"},
        ),
    )  # fmt: skip
    words = await seen(client, path)
    for said in (
        "06 39 98 00 09", "Partenaire Essai", "anglais", "Sées, Mortagne", "120,50 € par demi-journée",
        "Vient en train.", "Sensibilisation au vélo électrique", "Modifications",
    ):  # fmt: skip
        assert said in words, said
    form = (await client.get(f"{path}/modifier")).text
    assert 'value="120,50"' in form
    assert f'id="offer-{town.offer}" name="offer-{town.offer}" value="1" checked' in form


async def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(client):
    await makers.make_town()
    await staff(client)
    path = await done(client, f"{ANIMATION}/nouvelle-personne", person())
    vu = re.search(r'name="vu" value="(\d+)"', (await client.get(f"{path}/modifier")).text)
    await done(client, f"{path}/modifier", person(phone="06 39 98 00 03"))
    mine = person(phone="06 39 98 00 04", vu=vu[1])
    answer = await refused(client, f"{path}/modifier", mine, 409, "06 39 98 00 03")
    assert 'value="06 39 98 00 04"' in answer.text
    vu = re.search(r'name="vu" value="(\d+)"', answer.text)
    await done(client, f"{path}/modifier", {**mine, "vu": vu[1]})


async def test_an_absence_is_noted_said_where_it_matters_and_taken_back(client):
    town = await makers.make_town()
    on = clock.local(town.starts_at).date()
    await staff(client, Role.ADVISER)
    path = f"{ANIMATION}/{town.facilitator}"
    early = (on - timedelta(days=3)).isoformat()
    await refused(client, f"{path}/absences", {"starts_on": on.isoformat(), "ends_on": early}, 422, "vient avant")
    await done(client, f"{path}/absences", {"starts_on": on.isoformat()})
    assert "1 date lui est confiée ces jours-là" in await seen(client, path)
    assert "Pas disponible" in await seen(client, f"/gestion/seances/{town.session}")
    away = await db.value("select id from unavailability")
    await done(client, f"{path}/absences/{away}/retirer")
    assert "Pas disponible" not in await seen(client, f"/gestion/seances/{town.session}")


async def test_choosing_who_is_away_or_lacks_a_paper_is_said_once_by_planning_and_by_changing(client):
    town = await makers.make_town()
    karim = await makers.make_facilitator("karim@example.org", "Karim Libre")
    on = clock.local(town.starts_at).date()
    await facilitators.add_unavailability(SYSTEM, karim, on, on)
    insurance = NewCredential(CredentialKind.INSURANCE, valid_until=on - timedelta(days=1))
    await credentials.add_credential(SYSTEM, insurance, facilitator=karim)
    await staff(client, Role.ADVISER)
    page = await seen(client, f"/gestion/seances/{town.session}/modifier")
    assert "Karim Libre – Pas disponible" in page
    assert "Assurance : valable jusqu’au" in page
    swap = {
        "slot": str(town.slot), f"facilitator-{town.slot}": str(karim),
        "assignment": str(await db.value("select id from assignment where slot = $1", town.slot)),
    }  # fmt: skip
    path = f"/gestion/seances/{town.session}/animer"
    answer = await refused(client, path, swap, 409, "Pas disponible", "Assurance", "envoyez de nouveau")
    known = re.search(r'name="sachant" value="([^"]+)"', answer.text)
    await done(client, path, {**swap, "sachant": known[1]})
    plan = {
        "offer": str(town.offer), "capacity": "10", "state": "published", "date-1": on.isoformat(),
        "start-1": "18:00", "end-1": "19:00", "facilitator-1": str(karim),
    }  # fmt: skip
    answer = await refused(client, "/gestion/seances/nouvelle", plan, 409, "Pas disponible", "envoyez de nouveau")
    known = re.search(r'name="sachant" value="([^"]+)"', answer.text)
    await done(client, "/gestion/seances/nouvelle", {**plan, "sachant": known[1]})


async def test_planning_shows_first_who_may_deliver_the_offer(client):
    town = await makers.make_town()
    await makers.make_facilitator("karim@example.org", "Karim Libre")
    await skills.set_deliverers(SYSTEM, town.offer, [town.facilitator])
    await staff(client)
    page = (await client.get("/gestion/seances/nouvelle?offre=velo")).text
    lists = page[page.index('id="facilitator-1"') :]
    assert lists.index("Peuvent animer cette offre") < lists.index("Aline Anime")
    assert lists.index("Aline Anime") < lists.index("Les autres") < lists.index("Karim Libre")
    assert "Les autres" not in (await client.get("/gestion/seances/nouvelle")).text.partition('id="facilitator-1"')[2]


async def test_a_paper_is_written_down_with_its_file_renewed_and_archived(client):
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    new = f"/gestion/papiers/nouveau?personne={town.facilitator}"
    today = clock.today()
    await refused(client, new, {"kind": "other"}, 422, "Dites comment s’appelle ce papier.")
    assert (await client.get("/gestion/papiers/nouveau")).status_code == 404
    svg = {"file": ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")}
    answer = await makers.post(client, new, {"kind": "insurance"}, files=svg)
    assert answer.status_code == 422
    assert "PDF, JPEG ou PNG" in makers.text_of(answer.text)
    scan = {"file": ("a.pdf", b"%PDF-" + b"0" * 6_000_000, "application/pdf")}
    answer = await makers.post(client, new, {"kind": "insurance", "number": "RC 11"}, files=scan)
    assert "il en faut 5 Mo au plus" in makers.text_of(answer.text)  # it was a page of its own, and what was typed gone
    assert 'value="RC 11"' in answer.text
    written = {"kind": "insurance", "number": "RC 12", "valid_until": (today + timedelta(days=20)).isoformat()}
    answer = await makers.post(client, new, written, files={"file": ("a.pdf", PDF, "application/pdf")})
    assert answer.status_code == 303, makers.text_of(answer.text)[:300]
    first = await db.value("select id from credential")
    words = await seen(client, f"{ANIMATION}/{town.facilitator}")
    assert "RC 12" in words
    assert "Expire bientôt" in words
    file = await client.get(f"/gestion/papiers/{first}/fichier")
    assert file.content == PDF
    assert "aline-anime-assurance.pdf" in file.headers["content-disposition"]
    assert "Aline Anime" in await seen(client, "/gestion/papiers")
    assert "Assurance" in await seen(client, ANIMATION)
    nxt = {**written, "valid_from": written["valid_until"], "valid_until": (today + timedelta(days=400)).isoformat()}
    await done(client, f"/gestion/papiers/{first}/renouveler", nxt)
    await refused(client, f"/gestion/papiers/{first}/renouveler", nxt, 409, "est archivé")
    assert "Voir le papier qui le remplace" in await seen(client, f"/gestion/papiers/{first}")
    second = await db.value("select max(id) from credential")
    await done(client, f"/gestion/papiers/{second}", {**nxt, "number": "RC 13"})
    assert "RC 13" in await seen(client, f"{ANIMATION}/{town.facilitator}")
    await done(client, f"/gestion/papiers/{second}/archiver")
    assert "2 papiers archivés" in await seen(client, f"{ANIMATION}/{town.facilitator}")


async def test_the_paper_of_the_partner_that_delivers_is_said_on_the_session(client):
    town = await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    on = clock.local(town.starts_at).date()
    agreed = NewCredential(CredentialKind.AGREEMENT, number="C-7", valid_until=on - timedelta(days=1))
    await credentials.add_credential(SYSTEM, agreed, partner=partner)
    await staff(client)
    assert "Convention" not in await seen(client, f"/gestion/seances/{town.session}")
    await db.execute("update offer set partner = $1", partner)
    assert "Partenaire Essai, Convention : valable jusqu’au" in await seen(client, f"/gestion/seances/{town.session}")
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, {"partner": partner})
    assert "Partenaire Essai, Convention" in await seen(client, f"/gestion/seances/{town.session}/modifier")


async def test_a_partner_is_written_corrected_archived_and_brought_back(client):
    town = await makers.make_town()
    await staff(client, Role.ADVISER)
    new = f"{PARTNERS}/nouveau"
    await refused(client, new, {"name": "Essai", "siret": "123"}, 422, "14 chiffres")
    await refused(client, new, {"name": "Essai", "website": "essai", "postcode": "6"}, 422, "https://")
    path = await done(client, new, {"name": "Partenaire Essai", "siret": makers.SIRET, "city": "Sées"})
    await refused(client, new, {"name": "Autre", "siret": makers.SIRET}, 409, "Un autre partenaire")
    await done(client, f"{path}/modifier", {"name": "Partenaire Essai", "phone": "02 61 91 00 00", "city": "Sées"})
    partner = await db.value("select id from partner")
    await db.execute("update offer set partner = $1", partner)
    words = await seen(client, path)
    assert "02 61 91 00 00" in words
    assert "Sensibilisation au vélo électrique" in words
    assert "Modifications" in words
    assert "Partenaire Essai" in await seen(client, "/catalogue/velo")
    assert "1 offre le nomme" in await seen(client, f"{path}/archiver")
    await done(client, f"{path}/archiver")
    assert "Partenaire Essai" not in await seen(client, "/catalogue/velo")
    assert "Partenaire Essai" not in await seen(client, PARTNERS)
    assert "Partenaire Essai" in await seen(client, f"{PARTNERS}?etat=archives")
    await refused(client, f"{path}/modifier", {"name": "Autre"}, 409, "est archivé")
    await refused(client, f"{ANIMATION}/nouvelle-personne", person(partner=str(partner)), 422, "dans la liste")
    await done(client, f"{path}/reactiver")
    assert "Partenaire Essai" in await seen(client, "/catalogue/velo")
    assert town.offer


async def test_a_partner_s_people_come_in_by_the_page_and_go_out_with_their_contact(client):
    await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    await staff(client)
    path = f"{PARTNERS}/{partner}"
    await refused(client, f"{path}/contacts/nouveau", {"name": "Ana"}, 422, "un courriel ou un téléphone")
    await done(client, f"{path}/contacts/nouveau", {"name": "Ana Essai", "email": "ana@example.org", "title": "Suivi"})
    await refused(
        client, f"{path}/contacts/nouveau", {"name": "B", "email": "ANA@example.org"}, 409, "déjà cette adresse"
    )
    contact = await db.value("select id from partner_contact")
    one = f"{path}/contacts/{contact}"
    role = "select count(*) from membership where partner = $1 and role = 'partner_contact'"
    await done(client, f"{one}/acces")
    await done(client, f"{one}/acces")
    assert await db.value(role, partner) == 1
    assert "voit ses séances" in await seen(client, path)
    await done(client, f"{one}/acces/retirer")
    assert await db.value(role, partner) == 0
    await done(client, f"{one}/acces")
    await done(client, one, {"name": "Ana Essai", "email": "ana@example.org"})
    assert await db.value(role, partner) == 0, "put aside: the access ends with it"
    await refused(client, f"{one}/acces", {}, 409, "désactivé")


async def test_access_stays_the_administrator_s(client):
    await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    await staff(client, Role.ADVISER)
    path = f"{PARTNERS}/{partner}"
    await done(client, f"{path}/contacts/nouveau", {"name": "Ana Essai", "email": "ana@example.org"})
    one = f"{path}/contacts/{await db.value('select id from partner_contact')}"
    assert "l’administration peut le donner" in await seen(client, one)
    for act in ("acces", "acces/retirer"):
        assert (await makers.post(client, f"{one}/{act}")).status_code == 403


async def test_what_a_partner_asks_for_follows_the_days(client):
    town = await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    await staff(client, Role.ADVISER)
    path, today = f"{PARTNERS}/{partner}", clock.today()
    rate = {"amount_cents": "180", "unit": "session", "valid_from": (today - timedelta(days=30)).isoformat()}
    await refused(client, f"{path}/tarifs/nouveau", {**rate, "amount_cents": ""}, 422, "Indiquez un montant")
    await done(client, f"{path}/tarifs/nouveau", rate)
    await refused(client, f"{path}/tarifs/nouveau", {**rate, "amount_cents": "190"}, 409, "commence déjà ce jour-là")
    await done(client, f"{path}/tarifs/nouveau", {**rate, "amount_cents": "200", "valid_from": today.isoformat()})
    seats = {"amount_cents": "12,50", "unit": "seat", "valid_from": (today + timedelta(days=9)).isoformat()}
    await done(client, f"{path}/tarifs/nouveau", {**seats, "offer": str(town.offer)})
    words = await seen(client, path)
    for said in ("180,00 € par séance", "Passé", "200,00 € par séance", "En vigueur", "12,50 € par place", "À venir"):
        assert said in words, said
    await done(client, f"{path}/tarifs/{await db.value('select max(id) from partner_rate')}/archiver")
    assert "1 tarif archivé" in await seen(client, path)


@pytest.mark.parametrize(
    "path", [ANIMATION, PARTNERS, "/gestion/papiers", f"{ANIMATION}?etat=anciens", f"{PARTNERS}/nouveau"]
)
async def test_an_empty_platform_shows_these_pages_and_what_to_do_first(client, path):
    await makers.make_platform()
    await staff(client)
    assert "None" not in await seen(client, path)


async def test_rates_and_papers_are_the_team_s_alone(client):
    town = await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    rated = {"partner": partner, "rate_unit": "hour", "rate_cents": 4_567, "note": "Secrète"}
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, rated)
    paper = await credentials.add_credential(
        SYSTEM, NewCredential(CredentialKind.INSURANCE, number="RC 99"), facilitator=town.facilitator, file=PDF
    )
    for who in ("anime@example.org", "rh@mairie.example.org"):
        await makers.sign_in(client, who)
        for path in (
            f"{ANIMATION}/{town.facilitator}",
            f"/gestion/papiers/{paper}",
            f"/gestion/papiers/{paper}/fichier",
        ):
            assert (await client.get(path)).status_code == 403, (who, path)
    await makers.sign_in(client, "anime@example.org")
    for path in ("/animation", f"/animation/seances/{town.session}"):
        words = await seen(client, path)
        assert not re.search(r"45,67|RC 99|Secrète", words), path


async def test_a_paper_that_expires_before_a_session_near_is_on_the_pile_with_its_one_act(client):
    town = await makers.make_town()  # its session is in nine days
    on = clock.local(town.starts_at).date()
    ends = NewCredential(CredentialKind.INSURANCE, valid_until=on)
    paper = await credentials.add_credential(SYSTEM, ends, facilitator=town.facilitator)
    await staff(client, Role.ADVISER)
    assert "à renouveler" not in await seen(client, "/gestion"), "it holds on its last day"
    await credentials.edit_credential(
        SYSTEM, paper, NewCredential(CredentialKind.INSURANCE, valid_until=on - timedelta(days=1))
    )
    words = await seen(client, "/gestion")
    assert "Aline Anime : Assurance à renouveler" in words
    assert "1 date vient après" in words
    assert f"/gestion/papiers/{paper}/renouveler" in (await client.get("/gestion")).text
    nxt = NewCredential(CredentialKind.INSURANCE, valid_from=on, valid_until=on + timedelta(days=365))
    await credentials.renew_credential(SYSTEM, paper, nxt)
    assert "à renouveler" not in await seen(client, "/gestion")
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", summary="")
    agreed = NewCredential(CredentialKind.AGREEMENT, valid_until=on - timedelta(days=1))
    await credentials.add_credential(SYSTEM, agreed, partner=partner)
    await facilitators.edit_facilitator(SYSTEM, town.facilitator, {"partner": partner})
    assert "Partenaire Essai : Convention à renouveler" in await seen(client, "/gestion")
