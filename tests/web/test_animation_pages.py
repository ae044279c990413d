"""A facilitator's pages: their own sessions and no other's, before and after; the address of their calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from litestar.connection import ASGIConnection

import makers
from training.attendance.actions import hold_session
from training.bookings.actions.ending import call_off_session
from training.calendar.actions.feeds import open_feed
from training.calendar.queries import feeds as calendar
from training.calendar.rules import FeedKind
from training.directory.actions import partners
from training.identity.actions import leaving, roles
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.permissions import Permission
from training.scheduling.rules import SessionState
from training.web.auth import Authentication

pytestmark = pytest.mark.anyio


async def facilitator(client):
    await makers.sign_in(client, "anime@example.org")


async def test_the_village_comes_first_and_leads_to_everything_needed(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town, 40)
        await facilitator(client)
        listed = await client.get("/animation")
        page = await client.get(f"/animation/seances/{town.session}")
    assert f'href="/animation/seances/{town.session}">Voir où, quand et avec qui' in listed.text
    assert "40 personnes attendues" in makers.text_of(listed.text)
    assert listed.text.count("<h1") == 1
    words = makers.text_of(page.text)
    assert "mercredi 10 mars" in words
    assert "9 h – 12 h" in words
    assert "Parking derrière." in words
    assert "Commune d’Essai 40 personnes" in words
    assert 'href="geo:48.43,0.09?q=48.43,0.09(Salle%20des%20f%C3%AAtes' in page.text
    assert 'href="tel:0261910000"' in page.text
    assert page.text.count("button-primary") == 1
    assert "Rachel" not in words  # who comes is an organisation and a number
    assert page.text.count("<h1") == 1


async def test_a_past_session_says_how_many_were_expected_and_how_many_came(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 40)
    with clock.frozen(town.ends_at):
        await facilitator(client)
        address = f"/animation/seances/{town.session}"
        before = makers.text_of((await client.get(address)).text)
        await hold_session(SYSTEM, town.session, {booked.id: 31})
        page = makers.text_of((await client.get(address)).text)
        listed = makers.text_of((await client.get("/animation/passees")).text)
    for words in (before, page):
        assert "personnes étaient attendues" in words
        assert "Qui vient" not in words
    assert "sont venues" not in before
    assert "31 personnes sont venues." in page
    assert "40 personnes, 31 présentes" in page
    assert "40 personnes étaient attendues" in listed


async def test_with_nothing_to_do_the_pages_say_so(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        await makers.make_facilitator()
        await facilitator(client)
        for path, words in (
            ("/animation", "Aucune séance à venir"),
            ("/animation/passees", "Aucune séance passée"),
            ("/animation/agenda", "Créer l’adresse"),
        ):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert words in answer.text


async def test_past_and_called_off_sessions_stay_to_be_read(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        off = await makers.make_session(
            town.offer, starts_at=makers.NOON + timedelta(days=3), facilitators=(town.facilitator,)
        )
        await call_off_session(SYSTEM, off, "Salle inondée")
        await facilitator(client)
        coming = makers.text_of((await client.get("/animation")).text)
        page = makers.text_of((await client.get(f"/animation/seances/{off}")).text)
    assert "Annulée" in coming
    assert "Salle inondée" in page
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await facilitator(client)
        past = await client.get("/animation/passees")
        page = makers.text_of((await client.get(f"/animation/seances/{town.session}")).text)
        assert f"/animation/seances/{town.session}" not in (await client.get("/animation")).text
    assert f"/animation/seances/{town.session}" in past.text
    assert "Cette séance a eu lieu" in page


async def test_another_s_session_or_a_draft_does_not_exist(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        other = await makers.make_facilitator("autre@example.org", "Odile Autre")
        theirs = await makers.make_session(town.offer, facilitators=(other,))
        draft = await makers.make_session(
            town.offer,
            starts_at=makers.NOON + timedelta(days=40),
            facilitators=(town.facilitator,),
            state=SessionState.DRAFT,
        )
        await facilitator(client)
        listed = (await client.get("/animation")).text
        for session in (theirs, draft, 999_999, 99_999_999_999):
            assert (await client.get(f"/animation/seances/{session}")).status_code == 404
            assert f"/animation/seances/{session}" not in listed


async def test_who_animates_with_them_is_shown_and_declined_dates_are_not(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        other = await makers.make_facilitator("autre@example.org", "Odile Autre")
        both = await makers.make_session(
            town.offer, starts_at=makers.NOON + timedelta(days=20), slots=2, facilitators=(town.facilitator, other)
        )
        async with db.atomic():
            await db.execute(
                "update assignment set state = 'declined' where facilitator = $1 and slot = $2",
                town.facilitator,
                town.slot,
            )
        await facilitator(client)
        page = makers.text_of((await client.get(f"/animation/seances/{both}")).text)
        gone = await client.get(f"/animation/seances/{town.session}")
    assert "Odile Autre" in page
    assert "Aline Anime" not in page
    assert gone.status_code == 404


async def test_a_calendar_address_is_shown_once_and_closed(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await facilitator(client)
        answer = await makers.post(client, "/animation/agenda", {"label": "Téléphone"})
        token = re.search(r"/agenda/p/([^.\"]+)\.ics", answer.text)[1]
        assert answer.status_code == 200
        assert 'href="webcal://' in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        owner = await calendar.owner(token)
        assert (owner.kind, owner.subject) == (FeedKind.FACILITATOR, town.facilitator)
        later = await client.get("/animation/agenda")
        assert token not in later.text
        assert "Téléphone" in later.text
        asked = await client.get(f"/animation/agenda/{owner.token}/supprimer")
        assert "Supprimer l’adresse « Téléphone » ?" in makers.text_of(asked.text)
        assert await calendar.owner(token) is not None
        new = await makers.post(client, f"/animation/agenda/{owner.token}/remplacer")
        assert await calendar.owner(token) is None
        token = re.search(r"/agenda/p/([^.\"]+)\.ics", new.text)[1]
        owner = await calendar.owner(token)
        closed = await makers.post(client, f"/animation/agenda/{owner.token}/supprimer")
        assert closed.status_code == 303
        assert await calendar.owner(token) is None
        too_long = await makers.post(client, "/animation/agenda", {"label": "x" * 81})
        assert too_long.status_code == 422


async def test_nobody_closes_another_s_address(client):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        other = await makers.make_facilitator("autre@example.org", "Odile Autre")
        token = await open_feed(SYSTEM, "Le sien", facilitator=other)
        owner = await calendar.owner(token)
        await facilitator(client)
        for act in ("supprimer", "remplacer"):
            assert (await client.get(f"/animation/agenda/{owner.token}/{act}")).status_code == 404
            assert (await makers.post(client, f"/animation/agenda/{owner.token}/{act}")).status_code == 404
        assert await calendar.owner(token) is not None


@pytest.mark.parametrize("path", ["/animation", "/animation/passees", "/animation/seances/1", "/animation/agenda"])
@pytest.mark.parametrize("who", ["rh@mairie.example.org", "equipe@example.org", None])
async def test_these_pages_are_of_those_who_facilitate(client, path, who):
    with clock.frozen(makers.NOON):
        await makers.make_town()
        await makers.make_staff(role=Role.ADMINISTRATOR)
        if who:
            await makers.sign_in(client, who)
        answer = await client.get(path)
    assert answer.status_code == (403 if who else 303)


async def test_the_pages_cost_as_many_statements_whatever_there_is(client, statements):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await makers.make_booking(town, 2)
        await facilitator(client)
        paths = ("/animation", f"/animation/seances/{town.session}")
        few = []
        for path in paths:
            statements.clear()
            await client.get(path)
            few.append(len(statements))
        for n in range(3):
            await makers.make_session(
                town.offer, starts_at=makers.NOON + timedelta(days=30 + n), facilitators=(town.facilitator,)
            )
            await makers.book_beside(town, 2)
        for path, before in zip(paths, few, strict=True):
            statements.clear()
            await client.get(path)
            assert len(statements) == before


async def test_a_request_of_a_facilitator_knows_which_sessions_they_facilitate(client):
    town = await makers.make_town()
    elsewhere = await makers.make_session(town.offer, facilitators=(await makers.make_facilitator("b@example.org"),))
    await facilitator(client)
    asked = {
        "type": "http",
        "method": "GET",
        "path": "/animation",
        "query_string": b"",
        "headers": [(b"cookie", f"signin={client.cookies['signin']}".encode())],
    }
    found = await Authentication(None).authenticate_request(ASGIConnection(asked))
    assert found.user.may(Permission.MISSIONS_SEE, session=town.session)
    assert not found.user.may(Permission.MISSIONS_SEE, session=elsewhere)


async def test_a_partner_s_contact_opens_the_sessions_that_its_people_lead_and_no_other(client):
    """The role opened no page: who signed in with it was sent to the public catalogue."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        named = makers.bookings.NewParticipant("Léa Exemple", "l@example.org")
        await makers.make_booking(town, 4, participants=(named,))
        other = await makers.make_facilitator("autre@example.org", "Odile Autre")
        theirs = await makers.make_session(town.offer, facilitators=(other,))
        here, there = [
            await partners.add_partner(SYSTEM, name=name, summary="") for name in ("Prévention", "Une autre")
        ]
        await db.execute("update facilitator set partner = $1 where id = $2", here, town.facilitator)
        await db.execute("update facilitator set partner = $1 where id = $2", there, other)
        account = await roles.add_user(SYSTEM, "ana@prevention.example.org", "Ana")
        await roles.grant(SYSTEM, account, Role.PARTNER_CONTACT, partner=here)
        await makers.sign_in(client, "ana@prevention.example.org")
        assert (await client.get("/espace")).headers["location"] == "/animation"
        listed = (await client.get("/animation")).text
        assert f"/animation/seances/{town.session}" in listed
        assert f"/animation/seances/{theirs}" not in listed
        page = makers.text_of((await client.get(f"/animation/seances/{town.session}")).text)
        for fact in ("4 personnes", "Commune d’Essai", "anime cette séance"):
            assert fact in page
        for secret in ("Léa", "l@example.org", "350"):
            assert secret not in page
        for closed in (f"/animation/seances/{theirs}", f"/agenda/missions/{town.session}.ics"):
            assert (await client.get(closed)).status_code == 404
        assert (await client.get("/gestion")).status_code == 403
        await makers.post(client, "/animation/agenda", {"label": "Bureau"})
        assert await db.value("select partner from feed_token order by id desc limit 1") == here
        await leaving.remove(SYSTEM, await db.value("select id from membership where account = $1", account))
        assert (await client.get(f"/animation/seances/{town.session}")).status_code != 200
