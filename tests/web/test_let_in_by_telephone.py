"""Nobody waits for a code that cannot come: who asks in while no mail leaves is told whom to call, and let in."""

from __future__ import annotations

import pytest

import makers
import office_makers
from mail_server import use
from makers import text_of
from training.identity.rules import Role
from training.kernel import db
from training.worker import drain

pytestmark = pytest.mark.anyio
DOOR = "/gestion/connexions"
EMAIL = "rh@mairie.example.org"


async def asked(client, email: str = EMAIL) -> int:
    """Somebody types an address in a browser, and waits; the request's number."""
    client.cookies.clear()
    await makers.post(client, "/connexion", {"email": email, "suite": ""})
    await drain()
    return await db.value("select max(id) from signin_request")


async def given(client, request: int):
    """What the adviser's page answers, who has another browser."""
    theirs = dict(client.cookies)
    client.cookies.clear()
    await office_makers.staff(client)
    listed = await client.get(DOOR)
    answer = await makers.post(client, f"{DOOR}/{request}", {})
    client.cookies.clear()
    client.cookies.update(theirs)
    return listed.text, answer


async def test_who_registers_while_no_mail_leaves_is_let_in_on_the_telephone(client):
    await makers.make_town()
    await db.execute("update platform set phone = '02 61 91 00 00'")
    page = text_of((await client.get("/connexion")).text)
    assert "Aucun courriel ne peut partir pour le moment" in page
    assert "Écrivez votre adresse, puis appelez-nous : 02 61 91 00 00" in page
    assert "nous vous envoyons un courriel" not in page
    request = await asked(client)
    waiting = text_of((await client.get("/connexion/code")).text)
    assert "Le code vous est donné au téléphone" in waiting
    assert "Regardez dans les indésirables" not in waiting
    listed, answer = await given(client, request)
    assert f"{DOOR}/{request}" in listed
    assert "Commune d’Essai" in text_of(listed)
    assert answer.status_code == 201
    code = "".join(answer.text.split('code-said">')[1].split("<")[0].split())
    assert "Tapez le code que nous vous avons donné" in text_of((await client.get("/connexion/code")).text)
    entered = await makers.post(client, "/connexion/code", {"code": code})
    assert (entered.status_code, entered.headers["location"]) == (303, "/espace")
    told = await db.value("select text from mail where occasion = 'signin_read_out' and to_email = $1", EMAIL)
    assert "Donné par" in told
    assert code not in told
    assert await db.value("select actor_kind from audit where action = 'signin.read-out'") == "user"


async def test_an_old_link_promises_no_mail_either(client):
    await makers.make_town()
    await db.execute("update platform set phone = '02 61 91 00 00'")
    page = text_of((await client.get("/connexion/lien/ancien")).text)
    assert "appelez-nous : 02 61 91 00 00" in page
    assert "Recevoir un nouveau courriel" not in page
    assert "en une minute" not in page


async def test_the_code_is_of_no_use_in_another_browser(client):
    await makers.make_town()
    request = await asked(client)
    _listed, answer = await given(client, request)
    code = "".join(answer.text.split('code-said">')[1].split("<")[0].split())
    client.cookies.clear()
    assert (await makers.post(client, "/connexion/code", {"code": code})).status_code == 422


async def test_an_adviser_does_not_let_themselves_in_as_the_administrator(client):
    await makers.make_town()
    await office_makers.staff(client)
    boss = await db.value(
        "select email from account a join membership m on m.account = a.id where role = 'administrator'"
    )
    listed, answer = await given(client, await asked(client, boss))
    assert "qui héberge le site lui donne un lien" in text_of(listed)
    assert answer.status_code == 403
    assert await db.value("select count(*) from mail where occasion = 'signin_read_out'") == 0


async def test_the_banner_leads_nobody_to_a_door_that_is_closed_to_them(client):
    await makers.make_town()
    await office_makers.staff(client, Role.BOOKKEEPER)
    assert DOOR not in (await client.get("/gestion")).text
    await office_makers.staff(client, Role.ADVISER)
    assert DOOR in (await client.get("/gestion")).text


async def test_whose_mail_left_reads_it_there(client):
    await makers.make_town()
    request = await asked(client)
    await db.execute(
        "update mail set state = 'sent', sent_at = now() where subject_id = $1 and secret = 'signin'", request
    )
    listed, answer = await given(client, request)
    assert f"{DOOR}/{request}" not in listed
    assert answer.status_code == 409


async def test_a_mail_that_may_leave_again_does_not_undo_the_code_that_was_said(client, monkeypatch):
    await makers.make_town()
    request = await asked(client)
    await given(client, request)
    use(monkeypatch, smtp_url="smtp://127.0.0.1:1?starttls=never")
    before = await db.value("select code_hash from signin_request where id = $1", request)
    await drain()
    assert await db.value("select state from mail where subject_id = $1 and secret = 'signin'", request) == "failed"
    assert await db.value("select code_hash from signin_request where id = $1", request) == before
