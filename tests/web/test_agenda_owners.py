"""Secret addresses of every kind: what each holds, and when it dies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

import makers
from training.bookings.actions.booking import NewParticipant, name_participants
from training.calendar.actions.feeds import close_feed, open_feed, rotate_feed
from training.calendar.queries import feeds as queries
from training.directory.actions import partners
from training.identity import queries as identity
from training.identity.actions import roles, signin
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import NotFound

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def actor(email: str) -> Actor:
    """Who this address is, signed in."""
    entered = await signin.by_link(await signin.open_door(SYSTEM, email), program="test")
    found = await identity.by_session(entered.token)
    assert found is not None
    return found.actor


async def member(organisation: int, email: str = "membre@mairie.example.org") -> Actor:
    account = await roles.add_user(SYSTEM, email, "Membre Essai")
    await roles.grant(SYSTEM, account, Role.MEMBER, organisation=organisation)
    return await actor(email)


def path(token: str) -> str:
    return f"/agenda/p/{token}.ics"


async def sessions(client, token: str) -> list[int]:
    """The sessions whose events a feed holds, in its order."""
    answer = await client.get(path(token))
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return [int(str(event["URL"]).rsplit("/", 1)[1]) for event in events]


async def dead(client, token: str) -> bool:
    answer = await client.get(path(token))
    if answer.status_code == 404:
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "n’est pas valable" in answer.text
    return answer.status_code == 404


async def test_a_persons_own_sessions_whatever_their_reason(client):
    town = await makers.make_town()
    elsewhere = await makers.make_organisation("Commune Voisine", siret=None, domain="v.example.org")
    later = await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=30))
    await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=40))
    one = await makers.make_booking(town, 4)
    me = await member(elsewhere, "lea@example.org")
    token = await open_feed(me, "mon téléphone")
    assert await sessions(client, token) == []
    await name_participants(SYSTEM, one.id, (NewParticipant("Léa Exemple", "LEA@example.org"),))
    assert await sessions(client, token) == [town.session]
    # no name but the reader's team in it, for calendars are shown to others
    assert "Léa" not in (await client.get(path(token))).text
    assert later not in await sessions(client, token)


@pytest.mark.parametrize(
    ("email", "ending"),
    [
        ("anime@example.org", "update assignment set state = 'declined'"),
        ("rh@mairie.example.org", "update booking set state = 'cancelled'"),
        ("lea@example.org", "update booking set state = 'cancelled'"),
    ],
    ids=["facilitator", "contact", "participant"],
)
async def test_a_persons_own_date_goes_when_its_reason_does(client, email, ending):
    town = await makers.make_town()
    elsewhere = await makers.make_organisation("Commune Voisine", siret=None, domain="v.example.org")
    booked = await makers.make_booking(town, 4)
    await name_participants(SYSTEM, booked.id, (NewParticipant("Léa Exemple", "lea@example.org"),))
    token = await open_feed(await member(elsewhere, email), "mon téléphone")
    assert await sessions(client, token) == [town.session]
    await db.execute(ending)
    assert await sessions(client, token) == []


async def test_a_partners_sessions(client):
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    token = await open_feed(SYSTEM, "siège", partner=partner)
    assert await sessions(client, token) == []
    await db.execute("update facilitator set partner = $1 where id = $2", partner, town.facilitator)
    assert await sessions(client, token) == [town.session]
    assert (
        "12 places réservées (Commune d’Essai)"
        in Calendar.from_ical((await client.get(path(token))).content).walk("VEVENT")[0]["DESCRIPTION"]
    )


@pytest.mark.parametrize("state", ["declined", "replaced", "withdrawn"])
async def test_a_partner_does_not_keep_the_dates_that_its_facilitator_left(client, state):
    town = await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    await db.execute("update facilitator set partner = $1 where id = $2", partner, town.facilitator)
    token = await open_feed(SYSTEM, "siège", partner=partner)
    assert await sessions(client, token) == [town.session]
    await db.execute("update assignment set state = $1", state)
    assert await sessions(client, token) == []


async def test_a_partner_reads_of_its_own_offers_and_facilitators_and_of_no_others(client):
    town = await makers.make_town()
    partner, other = [
        await partners.add_partner(SYSTEM, name=f"Partenaire {slug}", slug=slug, summary="") for slug in ("un", "deux")
    ]
    await db.execute("update facilitator set partner = $1", other)
    offer = await makers.make_offer("deux")
    theirs = await makers.make_session(offer, starts_at=makers.NOON + timedelta(days=3))
    await db.execute("update offer set partner = $1 where id = $2", partner, offer)
    assert await sessions(client, await open_feed(SYSTEM, "un", partner=partner)) == [theirs]
    assert await sessions(client, await open_feed(SYSTEM, "deux", partner=other)) == [town.session]


async def test_a_venues_sessions_say_how_many_and_not_who(client):
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=30))
    token = await open_feed(SYSTEM, "gardien", venue=town.venue)
    assert await sessions(client, token) == [town.session]
    text = (await client.get(path(token))).text
    assert "12 places" in text
    assert "Commune d’Essai" not in text


async def test_the_teams_sessions_private_ones_too(client):
    town = await makers.make_town()
    private = await makers.make_session(
        town.offer, starts_at=makers.NOON + timedelta(days=30), organisation=town.organisation
    )
    await makers.make_staff()
    token = await open_feed(await actor("equipe@example.org"), "équipe", staff=True)
    assert await sessions(client, token) == [town.session, private]
    assert "/gestion/seances/" in (await client.get(path(token))).text.replace("\r\n ", "")


async def test_only_who_goes_is_busy_and_no_search_engine_keeps_an_address(client):
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    await db.execute("update facilitator set partner = $1 where id = $2", partner, town.facilitator)
    await makers.make_staff()
    going = {"organisation": town.organisation}, {"facilitator": town.facilitator}
    looking_on = {"partner": partner}, {"venue": town.venue}
    addresses = {path(await open_feed(SYSTEM, "essai", **owner)): owner in going for owner in (*going, *looking_on)}
    addresses[path(await open_feed(await actor("equipe@example.org"), "équipe", staff=True))] = False
    addresses["/agenda/public.ics"] = False
    for address, busy in addresses.items():
        answer = await client.get(address)
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert (event.get("TRANSP") != "TRANSPARENT") is busy, address
        assert answer.headers["x-robots-tag"] == "noindex"


async def test_it_dies_with_the_membership_whatever_others_there_are(client):
    town = await makers.make_town()
    await roles.grant(SYSTEM, await member_elsewhere(), Role.MEMBER, organisation=town.organisation)
    me = await actor("membre@mairie.example.org")
    token = await open_feed(me, "bureau", organisation=town.organisation)
    assert not await dead(client, token)
    await db.execute("delete from membership where account = $1 and organisation = $2", me.id, town.organisation)
    assert await dead(client, token)


async def member_elsewhere() -> int:
    account = (await member(await makers.make_organisation("Voisine", siret=None, domain="v.example.org"))).id
    assert account is not None
    return account


@pytest.mark.parametrize("owner", ["organisation", "person", "staff"])
async def test_it_dies_with_the_account(client, owner):
    town = await makers.make_town()
    if owner == "staff":
        await makers.make_staff()
        me = await actor("equipe@example.org")
        token = await open_feed(me, "équipe", staff=True)
    else:
        me = await member(town.organisation)
        token = await open_feed(me, "moi", organisation=town.organisation if owner == "organisation" else None)
    assert not await dead(client, token)
    await db.execute("update account set active = false where id = $1", me.id)
    assert await dead(client, token)


async def test_a_facilitators_dies_when_they_stop(client):
    town = await makers.make_town()
    token = await open_feed(await actor("anime@example.org"), "téléphone", facilitator=town.facilitator)
    assert await sessions(client, token) == [town.session]
    await db.execute("update facilitator set active = false where id = $1", town.facilitator)
    assert await dead(client, token)


async def test_what_the_team_gave_stays_when_its_giver_leaves(client):
    town = await makers.make_town()
    await makers.make_staff()
    staff = await actor("equipe@example.org")
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    given = [
        await open_feed(staff, "donnée", **{kind: subject})
        for kind, subject in (("facilitator", town.facilitator), ("venue", town.venue), ("partner", partner))
    ]
    own = await open_feed(staff, "équipe", staff=True)
    await db.execute("update account set active = false where id = $1", staff.id)
    assert [await dead(client, token) for token in (*given, own)] == [False, False, False, True]


async def test_replaced_or_revoked_the_old_one_is_unknown(client):
    town = await makers.make_town()
    me = await member(town.organisation)
    old = await open_feed(me, "bureau", organisation=town.organisation)
    other = await open_feed(me, "téléphone", organisation=town.organisation)
    owner = await queries.owner(old)
    assert owner is not None
    new = await rotate_feed(me, owner.token)
    assert [await dead(client, token) for token in (old, new, other)] == [True, False, False]
    named = {t.label: t for t in await queries.tokens(organisation=town.organisation)}
    assert set(named) == {"bureau", "téléphone"}
    await close_feed(me, named["bureau"].id)
    assert [await dead(client, token) for token in (new, other)] == [True, False]
    with pytest.raises(NotFound):
        await rotate_feed(me, named["bureau"].id)


@pytest.mark.parametrize("kind", ["organisation", "person", "facilitator", "partner", "venue", "staff"])
async def test_a_letter_wrong_and_it_is_nobodys(client, kind):
    town = await makers.make_town()
    await makers.make_staff()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    ids = {
        "organisation": town.organisation, "facilitator": town.facilitator, "partner": partner, "venue": town.venue,
        "staff": True,
    }  # fmt: skip
    owner = {kind: ids[kind]} if kind in ids else {}
    token = await open_feed(await actor("equipe@example.org"), "essai", **owner)
    letter = re.search("[a-z]", token)
    assert letter is not None
    i = letter.start()
    for wrong in (token[:i] + token[i].upper() + token[i + 1 :], token[:-1], token[1:], token.upper(), token + "=" * 3):
        assert await dead(client, wrong), wrong
    assert not await dead(client, token)


async def test_nobody_makes_or_ends_anothers(client):
    town = await makers.make_town()
    elsewhere = await makers.make_organisation("Commune Voisine", siret=None, domain="v.example.org")
    me, other = await member(town.organisation), await member(elsewhere, "membre@v.example.org")
    token = await open_feed(me, "moi")
    owner = await queries.owner(token)
    assert owner is not None
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    for wanted in (
        {"organisation": town.organisation},
        {"facilitator": town.facilitator},
        {"partner": partner},
        {"venue": town.venue},
        {"staff": True},
    ):
        with pytest.raises(NotFound):
            await open_feed(other, "pas à moi", **wanted)
    for end in (rotate_feed, close_feed):
        with pytest.raises(NotFound):
            await end(other, owner.token)
    await makers.make_staff()
    with pytest.raises(NotFound):  # a person's own is nobody else's, not even the team's
        await close_feed(await actor("equipe@example.org"), owner.token)
    assert not await dead(client, token)
