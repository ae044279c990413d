"""Staff let organisations in or not, attach them, archive them and bring them back, by pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

import makers
from office_makers import done, refused, staff
from training.directory import queries as directory
from training.identity.actions.joining import archive_for
from training.identity.actions.roles import add_user, grant
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio
HERE = "/gestion/structures/commune-d-essai"
OTHER_SIRET = "00007775000008"


async def asking(name: str = "Mairie d’Essai", *, siret: str | None = None, domain: str = "mairie.example.org") -> int:
    """One that registered itself, managed by who is first of its contacts."""
    made = await makers.make_organisation(name, siret=siret, approved=False, domain=domain)
    account = await add_user(SYSTEM, f"rh@{domain}", "Rachel Ressources")
    await grant(SYSTEM, account, Role.MANAGER, organisation=made)
    return made


async def seen(client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return makers.text_of(answer.text)


async def test_requests_say_who_asks_for_what_and_whom_they_may_be(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client, Role.ADVISER)
        assert "Aucune structure n’attend" in await seen(client, "/gestion/structures/demandes")
        new = await asking()
        same = await makers.make_organisation(
            "Ville d’Ailleurs", siret=makers.SIRET, approved=False, domain="v.example.org"
        )
        await makers.make_booking(replace(town, organisation=new), 12)
        page = await seen(client, "/gestion/structures/demandes")
        home = await client.get("/gestion/structures")
    assert "Rachel Ressources, DRH, 02 61 91 00 01" in page
    assert "Sensibilisation au vélo électrique" in page
    assert "12 places" in page
    assert "Ressemble à Commune d’Essai" in page
    assert "même nom, même adresse, même courriel d’un contact" in page
    assert "Même SIRET que Commune d’Essai" in page
    assert "/gestion/structures/demandes" in home.text
    assert (await directory.organisation(same)).siret_asked == makers.SIRET


async def test_a_mail_domain_hints_and_a_provider_s_does_not(client):
    await makers.make_town()
    await staff(client)
    await makers.make_organisation("Régie des transports", siret=OTHER_SIRET, domain="gmail.com")
    for domain, hinted in (("mairie.example.org", True), ("gmail.com", False)):
        new = await makers.make_organisation("Office de tourisme", siret=None, approved=False, domain=domain)
        await db.execute("update organisation set address = 'Ailleurs' where id = $1", new)
        await db.execute("update contact set email = 'office-' || email where organisation = $1", new)
        slug = (await directory.organisation(new)).slug
        page = await seen(client, f"/gestion/structures/{slug}")
        assert ("Même domaine de courriel Commune d’Essai" in page) is hinted
        assert "Régie des transports" not in page


async def test_one_click_lets_in_and_the_second_click_is_told(client):
    await makers.make_town()
    await staff(client, Role.ADVISER)
    await asking("Sées", siret=OTHER_SIRET, domain="sees.example.org")
    assert await done(client, "/gestion/structures/sees/valider") == "/gestion/structures/sees"
    answer = await makers.post(client, "/gestion/structures/sees/valider")
    assert answer.status_code == 409
    assert "déjà validée" in makers.text_of(answer.text)


async def test_one_of_a_known_siret_is_attached_not_let_in(client):
    await makers.make_town()
    await staff(client)
    await makers.make_organisation("Ailleurs", siret=makers.SIRET, approved=False, domain="a.example.org")
    answer = await makers.post(client, "/gestion/structures/ailleurs/valider")
    assert answer.status_code == 409
    assert "celui de « Commune d’Essai »" in makers.text_of(answer.text)


async def test_a_refusal_wants_words_and_may_be_undone(client):
    await makers.make_town()
    await staff(client, Role.ADVISER)
    await asking("Sées", siret=OTHER_SIRET, domain="sees.example.org")
    path = "/gestion/structures/sees"
    assert "Motif" in await seen(client, f"{path}/refuser")
    await refused(client, f"{path}/refuser", {"reason": " "}, 422, "À remplir.")
    await done(client, f"{path}/refuser", {"reason": "Hors du Pays d’Essai."})
    page = await seen(client, path)
    assert "Inscription refusée" in page
    assert "« Hors du Pays d’Essai. »" in page
    assert "Ève Équipe" in page
    assert "Valider quand même" in page
    assert (await client.get(f"{path}/refuser")).status_code == 409
    await done(client, f"{path}/valider")
    page = await seen(client, path)
    assert "Validée le" in page, "who let it in, and when"
    assert "Ève Équipe : « Hors du Pays d’Essai. »" in page, "what was answered before stays"


async def test_who_asks_again_for_a_refused_siret_is_shown_with_what_was_answered_and_a_way_out(client):
    await makers.make_town()
    await staff(client)
    await asking("Sées", siret=OTHER_SIRET, domain="sees.example.org")
    await done(client, "/gestion/structures/sees/refuser", {"reason": "Hors du Pays d’Essai."})
    await asking("Sées encore", siret=OTHER_SIRET, domain="autre.example.org")
    page = await seen(client, "/gestion/structures/demandes")
    assert "Même SIRET que Sées" in page
    assert "qui ne réserve plus : ouvrez-la à nouveau" in page
    assert "Ève Équipe : « Hors du Pays d’Essai. »" in page
    await done(client, "/gestion/structures/sees/valider")
    page = await seen(client, "/gestion/structures/demandes")
    assert "rattachez la demande" in page
    assert "Ouvrir Sées" not in page


async def test_who_was_refused_reads_the_words_in_its_space(client):
    await makers.make_town()
    await staff(client)
    await asking("Sées", siret=OTHER_SIRET, domain="sees.example.org")
    await done(client, "/gestion/structures/sees/refuser", {"reason": "Hors du Pays d’Essai."})
    client.cookies.clear()
    await makers.sign_in(client, "rh@sees.example.org")
    assert "Notre réponse : « Hors du Pays d’Essai. »" in await seen(client, "/espace/sees")


async def test_a_request_is_attached_to_the_one_that_is_chosen_with_a_role(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client, Role.ADVISER)
        new = await asking(domain="nouveau.example.org")
        await makers.make_booking(replace(town, organisation=new), 12)
        path = "/gestion/structures/mairie-d-essai/rattacher"
        shown = await client.get(path)
        assert "Rôle de Rachel Ressources" in makers.text_of(shown.text)
        assert 'value="commune-d-essai" checked' in shown.text
        assert "Aucune structure ne correspond" in await seen(client, f"{path}?q=introuvable")
        await refused(client, path, {"to": "commune-d-essai", "role": "roi"}, 422, "Choisissez une réponse.")
        assert await done(client, path, {"to": "commune-d-essai", "role": "member"}) == HERE
        await drain()
        assert "Sensibilisation" in await seen(client, HERE)
        gone = await seen(client, "/gestion/structures/mairie-d-essai")
        assert "Archivée : voir Commune d’Essai" in gone
        assert (await makers.post(client, path, {"to": "commune-d-essai", "role": "member"})).status_code == 409


async def test_archiving_says_what_is_ahead_and_asks(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await staff(client, Role.ADVISER)
        await makers.make_booking(town, 12)
        page = await seen(client, f"{HERE}/archiver")
        assert "Sa réservation confirmée, à venir" in page
        assert "12 places" in page
        await refused(client, f"{HERE}/archiver", {"coming": "peut-être"}, 422, "Choisissez une réponse.")
        await done(client, f"{HERE}/archiver", {"coming": "garder", "reason": "Fusion."})
        page = await seen(client, HERE)
        assert "Structure archivée" in page
        assert "Ajouter un contact" not in page
        assert "Rétablir la structure" in page
        assert (await client.get(f"{HERE}/archiver")).status_code == 409
        await done(client, f"{HERE}/retablir")
        assert "Archiver…" in await seen(client, HERE)


async def test_a_duplicate_is_shown_told_apart_or_archived_for_the_other(client):
    await makers.make_town()
    await staff(client, Role.ADVISER)
    assert "Aucun doublon possible" in await seen(client, "/gestion/structures/doublons")
    double = await makers.make_organisation("Mairie d’Essai", siret=None, domain="double.example.org")
    account = await add_user(SYSTEM, "ana@double.example.org", "Ana Double")
    await grant(SYSTEM, account, Role.MANAGER, organisation=double)
    listed = await seen(client, "/gestion/structures/doublons")
    assert "Commune d’Essai" in listed
    assert "même nom, même adresse" in listed
    assert "Doublons possibles" in await seen(client, "/gestion/structures")
    path = "/gestion/structures/mairie-d-essai"
    assert "Ce n’est pas un doublon" in await seen(client, path)
    page = await client.get(f"{path}/archiver?voir=commune-d-essai")
    assert 'value="commune-d-essai" checked' in page.text
    assert "Ana Double" in page.text
    await refused(client, f"{path}/archiver", {"see": "mairie-d-essai"}, 422, "une autre structure que celle-ci")
    posted = {"see": "commune-d-essai", f"person-{account}": "1"}
    assert await done(client, f"{path}/archiver", posted) == HERE
    assert "voir Commune d’Essai" in await seen(client, "/gestion/structures")
    assert await db.value("select count(*) from membership where account = $1", account) == 2
    await done(client, f"{path}/retablir")
    await done(client, f"{path}/pas-un-doublon", {"other": "commune-d-essai"})
    assert "Aucune structure validée ne correspond" in await seen(client, f"{path}/archiver?q=zzzz")
    assert "Ce n’est pas un doublon" not in await seen(client, path)
    assert "Aucun doublon possible" in await seen(client, "/gestion/structures/doublons")
    again = await makers.post(client, f"{path}/pas-un-doublon", {"other": "nulle-part"})
    assert again.status_code == 404


async def test_a_bookkeeper_reads_and_answers_nothing(client):
    await makers.make_town()
    await staff(client, Role.BOOKKEEPER)
    await asking()
    page = await seen(client, "/gestion/structures/demandes")
    assert "Valider la structure" not in page
    assert (await makers.post(client, f"{HERE}/archiver", {})).status_code == 403


async def test_its_people_still_read_their_past_and_are_told_where_to_book(client):
    await makers.make_town()
    double = await makers.make_organisation("Mairie d’Essai", siret=None, domain="double.example.org")
    account = await add_user(SYSTEM, "ana@double.example.org", "Ana Double")
    await grant(SYSTEM, account, Role.MANAGER, organisation=double)
    await archive_for(SYSTEM, double, await db.value("select min(id) from organisation"))
    await makers.sign_in(client, "ana@double.example.org")
    assert "réunie avec « Commune d’Essai »" in await seen(client, "/espace/mairie-d-essai")
