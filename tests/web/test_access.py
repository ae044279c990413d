"""Who may come in, on the pages of the team and of those who manage an organisation: seen, added, kept, removed."""

from __future__ import annotations

import re

import pytest

import api_makers
import makers
from api_makers import API
from makers import text_of
from office_makers import done, refused, staff
from portal_makers import enter, fields
from training.attendance.actions import hold_session
from training.billing.queries import invoices as billing
from training.identity import queries
from training.identity.actions import keys, roles, signin
from training.identity.rules import Role
from training.kernel import clock, db, limits
from training.kernel.actor import SYSTEM
from training.kernel.limits import Limit
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

RH, COMPTA = "rh@mairie.example.org", "compta@mairie.example.org"
SPACE = "/espace/commune-d-essai"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def cookie(email: str) -> str:
    return (await signin.by_link(await signin.open_door(SYSTEM, email), program="test")).token


async def held(email: str) -> int:
    return (await queries.memberships_of(email))[0].id


# --- the team's pages


async def test_the_team_sees_who_may_come_in_with_which_role_since_when_and_from_what(client):
    await makers.make_town()
    await cookie(RH)
    await staff(client)
    team = text_of((await client.get("/gestion/acces")).text)
    assert "Ève Équipe equipe@example.org Équipe Administration 01/03/2027 Donné à la main" in team
    assert RH not in team
    others = text_of((await client.get("/gestion/acces?etat=autres")).text)
    assert "Rachel Ressources rh@mairie.example.org Commune d’Essai Gestion de l’espace" in others
    assert "Contact de la structure" in others
    assert RH in (await client.get("/gestion/acces?q=RESSOURCES")).text
    assert "Personne ne correspond" in text_of((await client.get("/gestion/acces?q=zzzz")).text)


async def test_somebody_joins_the_team_and_is_written_to(client):
    await makers.make_town()
    await staff(client)
    await refused(client, "/gestion/acces/nouveau", {"name": "", "email": "x", "role": "manager"}, 422, "À remplir.")
    new = {"name": "Denis", "email": "denis@example.org", "role": "adviser"}
    assert await done(client, "/gestion/acces/nouveau", new) == "/gestion/acces"
    await drain()
    assert await db.value("select occasion from mail where to_email = 'denis@example.org'") == "access_given"
    assert "denis@example.org" in (await client.get("/gestion/acces")).text


async def test_a_role_is_removed_after_its_consequences_were_read(client):
    town = await makers.make_town()
    theirs, other = await cookie(RH), await roles.add_user(SYSTEM, "b@example.org", "B")
    await roles.grant(SYSTEM, other, Role.MANAGER, organisation=town.organisation)
    await staff(client)
    which = await db.value("select id from membership where contact is not null")
    shown = text_of((await client.get(f"/gestion/acces/{which}/retirer")).text)
    assert "Connexions fermées 1" in shown
    assert "Comme contact, plus rien ne lui est envoyé." in shown
    await done(client, f"/gestion/acces/{which}/retirer")
    assert await queries.by_session(theirs) is None
    assert (await client.get(f"/gestion/acces/{which}/retirer")).status_code == 404
    assert (await makers.post(client, f"/gestion/acces/{which}/retirer")).status_code == 404


async def test_the_only_administrator_is_told_why_they_stay(client):
    await makers.make_town()
    await staff(client)
    which = await held("equipe@example.org")
    page = (await client.get(f"/gestion/acces/{which}/retirer")).text
    assert "seule personne qui administre" in text_of(page)
    assert "<button" not in re.findall(r"<main.*</main>", page, re.S)[0]
    words = "Ève Équipe est la seule personne qui administre la plateforme"
    await refused(client, f"/gestion/acces/{which}/retirer", {}, 409, words)
    assert (await client.get("/gestion")).status_code == 200


async def test_what_nobody_knows_the_origin_of_is_listed_and_kept(client):
    await makers.make_town()
    await cookie(RH)
    await db.execute("update membership set origin = 'unmatched', contact = null")
    await staff(client)
    page = (await client.get("/gestion/acces?etat=a-decider")).text
    assert "1 accès d’avant n’a pas d’origine connue" in text_of(page)
    which = await held(RH)
    await done(client, f"/gestion/acces/{which}/garder")
    assert (await makers.post(client, f"/gestion/acces/{which}/garder")).status_code == 404
    assert "Rien à décider" in text_of((await client.get("/gestion/acces?etat=a-decider")).text)
    assert (await queries.memberships_of(RH))[0].origin == "hand"


@pytest.mark.parametrize("role", [Role.ADVISER, Role.BOOKKEEPER])
async def test_only_administrators_see_these_pages(client, role):
    await makers.make_town()
    await staff(client, role)
    assert (await client.get("/gestion/acces")).status_code == 403
    assert "/gestion/acces" not in (await client.get("/gestion")).text


async def test_a_facilitator_who_is_not_active_any_more_has_no_page_left(client):
    town = await makers.make_town()
    theirs = await cookie("anime@example.org")
    await staff(client)
    assert "Aline Anime" in (await client.get("/gestion/animation")).text
    person = {"name": "Aline Anime", "email": "anime@example.org", "phone": "06 39 98 00 02"}
    await done(client, f"/gestion/animation/{town.facilitator}/modifier", person)
    client.cookies.set("signin", theirs)
    assert (await client.get("/animation")).status_code == 200
    await staff(client)
    left = {"left_on": clock.today().isoformat(), "what": "personne"}
    await done(client, f"/gestion/animation/{town.facilitator}/depart", left)
    client.cookies.set("signin", theirs)
    assert (await client.get("/animation")).status_code == 303  # not even signed in


async def test_a_facilitator_is_written_down_and_what_is_wrong_is_said(client):
    await makers.make_town()
    await staff(client)
    path = "/gestion/animation/nouvelle-personne"
    await refused(client, path, {"name": "Bob", "email": "bob", "partner": "99"}, 422, "Choisissez dans la liste.")
    await done(client, path, {"name": "Bob", "email": "bob@example.org"})
    assert "bob@example.org" in (await client.get("/gestion/animation?q=bob")).text
    assert (await client.get("/gestion/animation/999999")).status_code == 404


async def test_a_contact_put_aside_loses_what_they_had_by_the_page_that_does_it(client):
    await makers.make_town()
    theirs = await cookie(COMPTA)
    await staff(client)
    which = await db.value("select id from contact where email = $1", COMPTA)
    person = {"name": "Félix Finances", "email": COMPTA, "for_billing": "1"}
    await done(client, f"/gestion/structures/commune-d-essai/contacts/{which}", person)
    assert await queries.by_session(theirs) is None
    assert await db.value("select actor_kind from former_membership") == "user"


async def test_an_adviser_is_made_a_bookkeeper_by_the_team_and_the_page_says_who_had_access(client):
    await makers.make_town()
    await staff(client)
    await makers.make_staff("denis@example.org", Role.ADVISER)
    which = await held("denis@example.org")
    assert f"/gestion/acces/{which}/role" in (await client.get("/gestion/acces")).text
    page = text_of((await client.get(f"/gestion/acces/{which}/role")).text)
    assert "Changer le rôle de" in page
    path = f"/gestion/acces/{which}/role"
    await refused(client, path, {"role": "manager"}, 422, "Choisissez une réponse.")
    assert await done(client, path, {"role": "bookkeeper"}) == "/gestion/acces"
    assert (await queries.memberships_of("denis@example.org"))[0].role is Role.BOOKKEEPER
    former = text_of((await client.get("/gestion/acces/anciens")).text)
    assert "denis@example.org Équipe Conseil 01/03/2027 01/03/2027 Rôle changé par Ève Équipe" in former
    assert "Personne ne correspond" in text_of((await client.get("/gestion/acces/anciens?q=zzzz")).text)
    assert "denis@" in (await client.get("/gestion/acces/anciens?q=denis")).text
    assert "denis@" not in (await client.get("/gestion/acces/anciens?structure=commune-d-essai")).text


async def test_the_only_administrator_does_not_become_an_adviser(client):
    await makers.make_town()
    await staff(client)
    path = f"/gestion/acces/{await held('equipe@example.org')}/role"
    assert "seule personne qui administre" in text_of((await client.get(path)).text)
    await refused(client, path, {"role": "adviser"}, 409, "Ève Équipe est la seule personne qui administre")


async def test_the_team_is_told_of_a_space_that_nobody_manages_any_more(client):
    """Putting the only manager's contact aside is never refused: it is said, until somebody else has the role."""
    await makers.make_town()
    await cookie(RH)
    await cookie(COMPTA)
    await staff(client)
    page = "/gestion/structures/commune-d-essai"
    assert "Personne ne gère plus" not in text_of((await client.get(page)).text)
    which = await db.value("select id from contact where email = $1", RH)
    person = {"name": "Rachel Ressources", "email": RH, "for_booking": "1"}
    await done(client, f"{page}/contacts/{which}", person)
    assert "Personne ne gère son espace" in text_of((await client.get(page)).text)
    await done(client, f"/gestion/acces/{await held(COMPTA)}/role", {"role": "manager"})
    assert "Personne ne gère plus" not in text_of((await client.get(page)).text)


# --- those who manage an organisation


async def test_a_manager_gives_colleagues_another_role_and_sees_who_left(client):
    await makers.make_town()
    theirs = await cookie(COMPTA)
    await makers.sign_in(client, RH)
    felix, rachel = [(await queries.memberships_of(email))[0].account for email in (COMPTA, RH)]
    path = f"{SPACE}/collegues/{felix}/role"
    assert path in (await client.get(f"{SPACE}/collegues")).text
    await refused(client, path, {"role": "adviser"}, 422, "Choisissez une réponse.")
    await refused(client, f"{SPACE}/collegues/{rachel}/role", {"role": "member"}, 409, "seule personne qui gère")
    assert await done(client, path, {"role": "manager"}) == f"{SPACE}/collegues"
    assert await done(client, f"{SPACE}/collegues/{rachel}/role", {"role": "member"}) == SPACE
    assert (await client.get(f"{SPACE}/collegues")).status_code == 403
    client.cookies.set("signin", theirs)
    page = text_of((await client.get(f"{SPACE}/collegues")).text)
    assert "Qui n’a plus accès" in page
    assert "Félix Finances compta@mairie.example.org Factures 01/03/2027 01/03/2027 Rôle changé" in page


async def test_who_left_is_listed_a_page_at_a_time(client):
    town = await makers.make_town()
    await makers.sign_in(client, RH)
    for n in range(60):
        account = await roles.add_user(SYSTEM, f"p{n}@mairie.example.org", f"Personne {n}")
        await roles.grant(SYSTEM, account, Role.MEMBER, organisation=town.organisation)
        await db.execute("select end_membership(max(id), 'removed') from membership")
    first = (await client.get(f"{SPACE}/collegues")).text
    following = re.search(r'href="([^"]*apres=\d+)"', first)[1]
    second = (await client.get(following)).text
    assert "p59@" in first
    assert "p0@" not in first
    assert "p0@" in second
    assert "p59@" not in second


async def test_a_manager_sees_invites_and_removes_colleagues(client):
    await makers.make_town()
    await cookie(COMPTA)
    await makers.sign_in(client, RH)
    page = text_of((await client.get(f"{SPACE}/collegues")).text)
    assert "Rachel Ressources (vous) rh@mairie.example.org Gestion de l’espace" in page
    assert "Seule personne à gérer" in page
    assert "Félix Finances compta@mairie.example.org Factures" in page
    new = {"name": "Chloé", "email": "chloe@mairie.example.org", "role": "member"}
    assert await done(client, f"{SPACE}/collegues", new) == f"{SPACE}/collegues"
    await refused(client, f"{SPACE}/collegues", new, 409, "a déjà accès")
    await drain()
    assert await db.value("select occasion from mail where to_email = 'chloe@mairie.example.org'") == "access_given"
    theirs = await cookie("chloe@mairie.example.org")
    account = (await queries.memberships_of("chloe@mairie.example.org"))[0].account
    assert "Vos courriels vont à" in text_of((await client.get(f"{SPACE}/collegues/{account}/retirer")).text)
    await done(client, f"{SPACE}/collegues/{account}/retirer")
    assert await queries.by_session(theirs) is None
    assert (await client.get(f"{SPACE}/collegues/{account}/retirer")).status_code == 404


async def test_who_removes_a_colleague_is_told_of_the_keys_that_they_may_have_seen(client):
    town = await makers.make_town()
    await cookie(COMPTA)
    await keys.create(SYSTEM, "Site", organisation=town.organisation)
    account, which = (await queries.memberships_of(COMPTA))[0].account, await held(COMPTA)
    await makers.sign_in(client, RH)
    path = f"{SPACE}/collegues/{account}/retirer"
    assert "Votre structure a 1 clé d’API" in text_of((await client.get(path)).text)
    await staff(client)
    page = text_of((await client.get(f"/gestion/acces/{which}/retirer")).text)
    assert "1 clé d’API, qui reste en service" in page


async def test_the_last_manager_is_told_why_they_stay(client):
    await makers.make_town()
    await makers.sign_in(client, RH)
    account = (await queries.memberships_of(RH))[0].account
    path = f"{SPACE}/collegues/{account}/retirer"
    assert "seule personne qui gère cet espace" in text_of((await client.get(path)).text)
    await refused(client, path, {}, 409, "Rachel Ressources est la seule personne qui gère cet espace")


async def test_who_removes_themselves_is_out(client):
    await makers.make_town()
    await makers.sign_in(client, RH)
    new = {"name": "Chloé", "email": "chloe@mairie.example.org", "role": "manager"}
    await done(client, f"{SPACE}/collegues", new)
    account = (await queries.memberships_of(RH))[0].account
    assert await done(client, f"{SPACE}/collegues/{account}/retirer") == "/espace"
    assert (await client.get(f"{SPACE}/collegues")).status_code == 303


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ACCOUNTANT, Role.REFERRER])
async def test_who_does_not_manage_sees_no_colleagues(client, role):
    town = await makers.make_town()
    await enter(client, town.organisation, role)
    assert (await client.get(f"{SPACE}/collegues")).status_code == 403
    assert f"{SPACE}/collegues" not in (await client.get(SPACE)).text


async def test_a_manager_of_another_organisation_removes_nobody_here(client):
    await makers.make_town()
    await cookie(COMPTA)
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    await enter(client, other)
    account = (await queries.memberships_of(COMPTA))[0].account
    assert (await makers.post(client, f"{SPACE}/collegues/{account}/retirer")).status_code == 404
    assert (await makers.post(client, f"/espace/voisine/collegues/{account}/retirer")).status_code == 404
    assert await queries.memberships_of(COMPTA)


async def test_a_role_of_the_team_is_not_given_by_a_manager(client):
    await makers.make_town()
    await makers.sign_in(client, RH)
    new = {"name": "Chloé", "email": "chloe@mairie.example.org", "role": "administrator"}
    await refused(client, f"{SPACE}/collegues", new, 422, "Choisissez une réponse.")
    assert await db.value("select count(*) from account where email = 'chloe@mairie.example.org'") == 0


# --- links


async def test_the_invoice_link_of_who_left_is_over_and_the_successors_opens(client):
    town = await makers.make_town(issue_without_look=True)
    await makers.make_booking(town, 10)
    await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
        await drain()
        text = await db.value("select text from mail where occasion = 'invoice_issued'")
        link = re.search(r"/lien/[\w-]+", text)[0]
        assert (await client.get(link)).status_code == 200
        await db.execute("update contact set active = false where email = $1", COMPTA)
        assert (await client.get(link)).status_code == 404
        (invoice,) = await billing.invoices(SYSTEM.scope)
        assert invoice.generation == 1


# --- too often


async def test_a_key_that_is_none_is_refused_and_then_asked_to_wait_and_a_good_one_works(client, monkeypatch):
    monkeypatch.setattr(limits, "WRONG_KEY", Limit("key.wrong", 2, limits.QUARTER, "network", "Trop de clés refusées."))
    programs = await api_makers.make_programs()
    wrong = {"Authorization": "Bearer tk_wrong"}
    answers = [await client.get(f"{API}/bookings", headers=wrong) for _n in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2].headers["retry-after"] == "900"
    assert "Réessayez dans 15 min, à" in answers[2].json()["detail"]
    assert (await client.get(f"{API}/bookings", headers=programs.own)).status_code == 200


async def test_too_many_bookings_come_back_as_the_form_with_when_to_try_again(client, monkeypatch):
    monkeypatch.setattr(limits, "BOOKED", Limit("booking.person", 1, limits.HOUR, "account", "Trop."))
    town = await makers.make_town()
    await makers.sign_in(client, RH)
    path = f"/seances/{town.session}/reserver"
    posted = {"places": "3", "note": "Deux groupes"}
    first, second = [
        await makers.post(client, path, {**fields((await client.get(f"{path}?places=3")).text), **posted})
        for _n in range(2)
    ]
    assert first.status_code == 303, text_of(first.text)[:500]
    assert second.status_code == 429, text_of(second.text)[:500]
    assert second.headers["retry-after"] == "3600"
    assert "Réessayez dans 60 min" in text_of(second.text)
    assert "Deux groupes" in second.text


async def test_the_code_page_is_offered_when_no_more_mail_leaves(client):
    await makers.make_town()
    for _n in range(limits.SIGNIN_PAIR.most):
        await makers.post(client, "/connexion", {"email": RH})
    answer = await makers.post(client, "/connexion", {"email": RH})
    assert answer.status_code == 429
    assert 'href="/connexion/code"' in answer.text
    assert (await client.get("/connexion/code")).status_code == 200
