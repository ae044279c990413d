"""Coming in: what a link, a code and a cookie are worth, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from makers import text_of
from portal_makers import enter
from training.identity.actions import roles, signin
from training.identity.rules import Role
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

EMAIL = "rh@mairie.example.org"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def mailed() -> signin.Minted:
    """The secrets of the last request, as its mail would carry them."""
    request = await db.value("select max(id) from signin_request")
    return await signin.mint(SYSTEM, request, settings.current().secret_key)


async def ask(client, email: str = EMAIL, suite: str = ""):
    return await makers.post(client, "/connexion", {"email": email, "suite": suite})


async def test_the_answer_is_the_same_for_known_and_unknown_addresses(client):
    await makers.make_town()
    known = await ask(client)
    unknown = await ask(client, "personne@example.org")
    assert (known.status_code, known.headers["location"]) == (303, "/connexion/code")
    assert (unknown.status_code, unknown.headers["location"]) == (303, "/connexion/code")


async def test_an_address_that_is_none_is_said_and_kept(client):
    await makers.make_platform()
    answer = await ask(client, "rh@mairie")
    assert answer.status_code == 422
    assert "Cette adresse n’est pas complète" in text_of(answer.text)
    assert 'value="rh@mairie"' in answer.text


async def test_a_link_opened_by_a_mail_scanner_still_works_for_its_reader(client):
    town = await makers.make_town()
    token = await signin.open_door(SYSTEM, EMAIL)
    for _scan in range(3):
        shown = await client.get(f"/connexion/lien/{token}")
        assert shown.status_code == 200
        assert EMAIL in shown.text
    assert "signin" not in client.cookies
    entered = await makers.post(client, f"/connexion/lien/{token}")
    assert (entered.status_code, entered.headers["location"]) == (303, "/espace")
    assert (await client.get("/espace")).headers["location"] == f"/espace/{town.slug}"


async def test_a_used_or_expired_link_says_so_and_offers_another(client):
    await makers.make_town()
    token = await signin.open_door(SYSTEM, EMAIL)
    await makers.post(client, f"/connexion/lien/{token}")
    client.cookies.delete("signin")
    for answer in (await client.get(f"/connexion/lien/{token}"), await makers.post(client, f"/connexion/lien/{token}")):
        assert answer.status_code == 404
        assert "a expiré ou a déjà servi" in text_of(answer.text)
        assert 'action="/connexion"' in answer.text
    late = await signin.open_door(SYSTEM, EMAIL, life=timedelta(minutes=20))
    with clock.frozen(makers.NOON + timedelta(minutes=21)):
        assert (await client.get(f"/connexion/lien/{late}")).status_code == 404
        assert (await makers.post(client, f"/connexion/lien/{late}")).status_code == 404
    assert "signin" not in client.cookies


async def test_six_digits_work_in_the_browser_that_asked_and_in_no_other(client):
    await makers.make_town()
    await ask(client)
    code = (await mailed()).code
    proof = client.cookies["signin-request"]
    client.cookies.delete("signin-request")
    stranger = await makers.post(client, "/connexion/code", {"code": code})
    assert stranger.status_code == 422
    client.cookies.set("signin-request", proof)
    own = await makers.post(client, "/connexion/code", {"code": f"{code[:3]} {code[3:]}"})
    assert (own.status_code, own.headers["location"]) == (303, "/espace")
    assert client.cookies.get("signin")


async def test_a_code_is_dead_after_five_wrong_tries(client):
    await makers.make_town()
    await ask(client)
    code = (await mailed()).code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _try in range(5):
        answer = await makers.post(client, "/connexion/code", {"code": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
    answer = await makers.post(client, "/connexion/code", {"code": code})
    assert answer.status_code == 422
    assert "demandez-en un nouveau" in text_of(answer.text)
    assert "signin" not in client.cookies


async def test_too_many_requests_are_told_how_long_to_wait(client):
    await makers.make_town()
    for _request in range(5):
        await ask(client)
    answer = await ask(client)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"
    assert "Réessayez dans 15 min" in text_of(answer.text)
    assert f'value="{EMAIL}"' in answer.text


async def test_each_sign_in_is_a_new_session_and_ends_the_browsers_old_one(client):
    await makers.make_town()
    seen = []
    for _time in range(2):
        token = await signin.open_door(SYSTEM, EMAIL)
        await makers.post(client, f"/connexion/lien/{token}")
        seen.append(client.cookies["signin"])
    assert seen[0] != seen[1]
    client.cookies.clear()
    client.cookies.set("signin", seen[0])
    assert (await client.get("/espace")).headers["location"].startswith("/connexion")


async def test_a_planted_cookie_is_not_adopted(client):
    await makers.make_town()
    client.cookies.set("signin", "planted-by-somebody-else")
    token = await signin.open_door(SYSTEM, EMAIL)
    answer = await makers.post(client, f"/connexion/lien/{token}")
    assert "planted" not in answer.headers["set-cookie"]
    client.cookies.clear()
    client.cookies.set("signin", "planted-by-somebody-else")
    assert (await client.get("/espace")).headers["location"].startswith("/connexion")


async def test_cookies_are_kept_from_scripts_and_from_other_sites(client):
    await makers.make_town()
    asked = await ask(client)
    entered = await makers.post(client, "/connexion/code", {"code": (await mailed()).code})
    for answer, name in ((asked, "signin-request="), (entered, "signin=")):
        (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith(name) and "Max-Age=0" not in c]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert "Path=/" in cookie
        assert "domain" not in cookie.lower()


async def test_in_production_cookies_are_secure_and_bound_to_the_host(client, monkeypatch):
    await makers.make_town()
    now = settings.current()
    monkeypatch.setattr(settings, "_current", settings.load({
        "DATA_DIR": str(now.data_dir), "BASE_URL": "https://formations.example.org", "SECRET_KEY": now.secret_key,
    }))  # fmt: skip
    token = await signin.open_door(SYSTEM, EMAIL)
    answer = await makers.post(client, f"/connexion/lien/{token}")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-signin=")]
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "evil", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
async def test_sign_in_never_leads_to_another_site(client, evil):
    await makers.make_town()
    shown = await client.get("/connexion", params={"suite": evil})
    assert "evil" not in shown.text
    assert "javascript:" not in shown.text
    await ask(client, suite=evil)
    entered = await makers.post(client, "/connexion/code", {"code": (await mailed()).code})
    assert entered.headers["location"] == "/espace"
    again = await client.get("/connexion", params={"suite": evil})
    assert again.headers["location"] == "/espace"


async def test_sign_in_leads_on_to_the_page_that_asked_for_it(client):
    town = await makers.make_town()
    await ask(client, suite=f"/seances/{town.session}/reserver?places=40")
    entered = await makers.post(client, f"/connexion/lien/{(await mailed()).token}")
    assert entered.headers["location"] == f"/seances/{town.session}/reserver?places=40"


async def test_everybody_is_led_to_their_own_place(client):
    await makers.make_town()
    await makers.make_staff()
    places = {
        "equipe@example.org": "/gestion",
        "anime@example.org": "/animation",
        EMAIL: "/espace",
        "x@example.org": "/catalogue",
    }
    for email, place in places.items():
        token = await signin.open_door(SYSTEM, email)
        assert (await makers.post(client, f"/connexion/lien/{token}")).headers["location"] == place


async def test_signing_out_ends_the_session_for_good(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    token = client.cookies["signin"]
    answer = await makers.post(client, "/deconnexion")
    assert answer.status_code == 303
    client.cookies.set("signin", token)
    assert (await client.get("/espace")).headers["location"].startswith("/connexion")


async def test_nothing_is_posted_without_the_page_it_came_from(client):
    await makers.make_town()
    token = await signin.open_door(SYSTEM, EMAIL)
    assert (await client.post(f"/connexion/lien/{token}")).status_code == 403
    assert (await client.post("/connexion", data={"email": EMAIL})).status_code == 403
    assert (await client.get(f"/connexion/lien/{token}")).status_code == 200


async def test_a_closed_account_does_not_come_in(client):
    await makers.make_town()
    account = await roles.add_user(SYSTEM, EMAIL, "Rachel")
    await roles.grant(SYSTEM, account, Role.ADMINISTRATOR)
    async with db.atomic():
        await db.execute("update account set active = false where id = $1", account)
    token = await signin.open_door(SYSTEM, EMAIL)
    answer = await makers.post(client, f"/connexion/lien/{token}")
    assert answer.status_code == 404
    assert "Ce compte est fermé" in text_of(answer.text)
