"""A page that promises a mail says when none leaves, and how whoever runs the site gets in all the same."""

from __future__ import annotations

import pytest

import makers
import office_makers
from mail_server import a_mail, use
from makers import text_of
from training.kernel import addresses, clock, db
from training.kernel.actor import SYSTEM
from training.kernel.links import Purpose
from training.messages.actions import delivery
from training.worker import drain

pytestmark = pytest.mark.anyio
CLOSED = "smtp://127.0.0.1:1?starttls=never"
SILENT = "Les courriels de ce site ne partent pas en ce moment"


@pytest.fixture
def _open(monkeypatch):
    use(monkeypatch, smtp_url=CLOSED)  # nobody has tried it yet: all seems well


async def close() -> None:
    await delivery.deliver(SYSTEM, await a_mail())


async def ask_for_code(client) -> str:
    await makers.post(client, "/connexion", {"email": "rh@mairie.example.org", "suite": ""})
    return text_of((await client.get("/connexion/code")).text)


@pytest.mark.usefixtures("_open")
async def test_who_waits_for_a_signin_mail_reads_that_none_leaves(client):
    await makers.make_platform(phone="02 61 91 00 00")
    going = await client.get("/connexion")
    assert "ne partent pas" not in text_of(going.text)
    assert "Vous administrez ce site" not in text_of(going.text)
    assert "Un courriel part vers rh@mairie.example.org" in await ask_for_code(client)
    await close()
    page = await ask_for_code(client)
    assert "Le code vous est donné au téléphone" in page
    assert "Aucun courriel ne peut partir pour le moment" in page
    assert "02 61 91 00 00" in page
    assert "training user link" in page
    asking = (await client.get("/connexion")).text
    above, below = asking.split('<form method="post" action="/connexion"')
    assert "puis appelez-nous : 02 61 91 00 00" in text_of(above)
    assert "training user link" not in above, "the field is on a phone's first screen"
    assert "training user link" in below.split("<details>")[1]


async def test_without_a_server_too(client):
    await makers.make_platform()
    page = await ask_for_code(client)
    assert "Aucun courriel ne peut partir pour le moment" in page
    assert "Son serveur d’envoi n’est pas réglé" in page


@pytest.mark.usefixtures("_open")
async def test_every_page_that_may_promise_a_mail_says_that_none_leaves(client):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    await makers.sign_in(client, "rh@mairie.example.org")
    paths = ("/espace/commune-d-essai", "/espace/commune-d-essai/reservations", f"/seances/{town.session}/reserver")
    pages = [await client.get(path, follow_redirects=True) for path in paths]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [SILENT in text_of(page.text) for page in pages] == [False] * 3
    await close()
    pages = [await client.get(path, follow_redirects=True) for path in paths]
    assert [SILENT in text_of(page.text) for page in pages] == [True] * 3


@pytest.mark.usefixtures("_open")
async def test_a_page_behind_a_mailed_link_says_it_too(client):
    """The receipt of what is paid there comes by mail."""
    with clock.frozen(makers.NOON):
        town, _booked = await office_makers.held_town(issue_without_look=True)
    with clock.frozen(town.ends_at):
        await drain()
        invoice = await db.value("select id from invoice where state = 'issued'")
        path = addresses.linked(Purpose.INVOICE, invoice, 0)
        assert SILENT in text_of((await client.get(path)).text), "the invoice's own mail found the server closed"
        await db.execute("delete from mail_service")
        assert SILENT not in text_of((await client.get(path)).text)


@pytest.mark.usefixtures("_open")
async def test_who_only_looks_around_is_told_nothing(client):
    await makers.make_town()
    await close()
    assert SILENT not in text_of((await client.get("/catalogue")).text)


@pytest.mark.usefixtures("_open")
async def test_the_team_reads_why_and_how_many_wait(client):
    await makers.make_town()
    await office_makers.staff(client)
    assert "Aucun courriel ne part" not in text_of((await client.get("/gestion")).text)
    await close()
    today = (await client.get("/gestion")).text
    page = text_of(today)
    assert "Aucun courriel ne part depuis le" in page
    assert "127.0.0.1" in page
    assert "1 courriel attend" in page
    assert 'href="/gestion/courriels"' in today


@pytest.mark.usefixtures("_open")
async def test_the_team_of_a_restored_site_reads_what_waits(client):
    await makers.make_town()
    await office_makers.staff(client)
    await a_mail()
    await db.execute("insert into restoration (id, at) values (1, now())")
    await delivery.deliver_due()
    page = text_of((await client.get("/gestion/seances")).text)
    assert "Site restauré d’une sauvegarde" in page
    assert "demandez à la personne qui l’héberge" in page
    assert "1 courriel attend" in page
    assert "training mail release" not in page, "an adviser has no such thing; the page of mails folds it for the host"
    assert "training mail release" in text_of((await client.get("/gestion/courriels")).text)


async def test_a_mail_of_a_restored_site_is_not_sent_again_from_its_page(client):
    await makers.make_town()
    await office_makers.staff(client)
    mail = await a_mail()
    await delivery.deliver(SYSTEM, mail)
    await db.execute("insert into restoration (id, at) values (1, now())")
    answer = await makers.post(client, f"/gestion/courriels/{mail}/renvoyer", {})
    assert answer.status_code == 409
    assert "tant que qui l’héberge ne l’a pas dit" in text_of(answer.text)


async def test_an_adviser_reads_no_name_of_a_setting_but_whom_to_ask(client):
    """« SMTP_URL » stood in the banner of every page."""
    await makers.make_town()
    await office_makers.staff(client)
    page = text_of((await client.get("/gestion")).text)
    assert "Demandez-le à qui héberge le site" in page
    assert "SMTP_URL" not in page
    assert "SMTP_URL" in (await client.get("/gestion/courriels")).text.split("Pour qui héberge le site")[1]
