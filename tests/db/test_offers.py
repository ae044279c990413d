"""Offers by their actions: addresses kept for ever, words to be found by, an archive that nobody slips past."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.bookings.actions.calls import NewCall, take_call
from training.bookings.rules.states import AskedBy
from training.catalogue.actions.offers import NewOffer, add_offer, duplicate_offer
from training.catalogue.actions.publishing import archive_offer, bring_back_offer, publish_offer
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.offers import OfferKind, OfferState, OfferWithdrawn, ProgrammeStep
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Invalid
from training.kernel.permissions import Permission

pytestmark = pytest.mark.anyio


async def slug_of(offer: int) -> str:
    return str(await db.value("select slug from offer where id = $1", offer))


async def test_a_title_is_enough_and_a_second_one_gets_a_number(database_test):
    first = await add_offer(SYSTEM, NewOffer(title="Rouler"))
    second = await add_offer(SYSTEM, NewOffer(title="Rouler"))
    page = await add_offer(SYSTEM, NewOffer(title="Nouvelle"))
    assert [await slug_of(offer) for offer in (first, second, page)] == ["rouler", "rouler-2", "nouvelle-2"]
    assert await db.value("select state from offer where id = $1", first) == OfferState.DRAFT


async def test_an_address_that_was_is_never_given_to_another_offer(database_test):
    offer = await makers.make_offer("velo")
    other = await makers.make_offer("atelier", title="Atelier")
    await makers.rewrite(offer, slug="rouler")
    with pytest.raises(Conflict):
        await makers.rewrite(other, slug="velo")
    assert await slug_of(await add_offer(SYSTEM, NewOffer(title="Vélo"))) == "velo-2"
    assert await catalogue.moved("velo") == "rouler"
    with pytest.raises(Conflict):  # by any door: the trigger says so to whoever writes rows
        async with db.atomic():
            await db.execute("update offer set slug = 'velo' where id = $1", other)


async def test_chains_of_addresses_are_short_and_an_offer_goes_back_to_its_own(database_test):
    offer = await makers.make_offer("velo")
    for slug in ("un", "deux", "trois"):
        await makers.rewrite(offer, slug=slug)
    assert [await catalogue.moved(slug) for slug in ("velo", "un", "deux")] == ["trois"] * 3
    await makers.rewrite(offer, slug="un")
    assert await catalogue.moved("un") is None
    assert [await catalogue.moved(slug) for slug in ("velo", "deux", "trois")] == ["un"] * 3


async def test_an_empty_address_is_made_of_the_title(database_test):
    offer = await makers.make_offer("velo")
    await makers.rewrite(offer, slug="", title="Rouler en ville")
    assert await slug_of(offer) == "rouler-en-ville"


@pytest.mark.parametrize("words", ["VAE", "vae", "e-bike", "ebike", "e bike", "VAEs", "pédelecs", "velo VAE"])
async def test_an_offer_is_found_by_its_words_whatever_their_accents_and_plural(database_test, words):
    offer = await makers.make_offer("velo")
    await makers.make_offer("bus", title="Prendre le bus")
    await db.execute("update offer set summary = '', description = '', theme = '' where slug = 'bus'")
    assert [found.id for found in await catalogue.offers(search=words)] == []
    await makers.rewrite(offer, keywords="VAE, e-bike, pedelec")
    assert [found.slug for found in await catalogue.offers(search=words)] == ["velo"]


async def test_a_copy_has_everything_but_the_address_and_the_sessions(database_test):
    town = await makers.make_town()
    steps = (ProgrammeStep("Régler", 20, "La selle."), ProgrammeStep("Rouler"))
    await makers.rewrite(town.offer, steps=steps, kind=OfferKind.WORKSHOP, equipment="Vélos")
    copy = await duplicate_offer(SYSTEM, town.offer)
    fields = await catalogue.offer_fields(copy)
    assert (fields.steps, fields.equipment) == (steps, "Vélos")
    assert await db.value("select count(*) from session where offer = $1", copy) == 0
    assert len((await pricing.tariffs([copy]))[copy]) == 1
    assert await db.value("select state from offer where id = $1", copy) == OfferState.DRAFT


async def test_what_must_be_there_is_asked_before_publishing(database_test):
    offer = await add_offer(SYSTEM, NewOffer(title="Rouler"))
    with pytest.raises(Invalid, match=r"un résumé, un tarif"):
        await publish_offer(SYSTEM, offer)
    await makers.rewrite(offer, summary="Deux heures.")
    with pytest.raises(Invalid, match=r"il manque : un tarif"):
        await publish_offer(SYSTEM, offer)


async def test_what_is_archived_takes_no_session_and_no_booking_and_what_was_booked_stands(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 40)
        await archive_offer(SYSTEM, town.offer)
        with pytest.raises(Conflict):
            await archive_offer(SYSTEM, town.offer)
        with pytest.raises(OfferWithdrawn):
            await makers.make_booking(town, 1)
        with pytest.raises(OfferWithdrawn):
            await bookings.wait(SYSTEM, NewBooking(town.session, town.organisation, 60))
        by_phone = NewCall(NewBooking(town.session, town.organisation, 1), AskedBy.PHONE)
        assert (await take_call(SYSTEM, by_phone)).seats == 41, "the team still books what is planned, for who calls"
        client = Actor("user", 1, "", scope=Scope(organisations={town.organisation: frozenset(Permission)}))
        with pytest.raises(OfferWithdrawn):
            await bookings.book(client, NewBooking(town.session, town.organisation, 1), called=True)
        with pytest.raises(Conflict, match="archivée"):
            await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=40))
        assert await db.value("select state from booking where id = $1", booked.id) == "confirmed"
        await bring_back_offer(SYSTEM, town.offer)
        await publish_offer(SYSTEM, town.offer)
        await makers.make_booking(town, 1)


@pytest.mark.commits
async def test_an_offer_archived_while_somebody_books_it_is_booked_or_refused_never_both(database_test):
    """Several times at once: the one that came second sees what the first did."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
        for _turn in range(4):
            before = await db.value("select seats_taken from session where id = $1", town.session)
            call = NewCall(NewBooking(town.session, other, 1), AskedBy.PHONE)
            booked, archived, called = await asyncio.gather(
                makers.make_booking(town, 1),
                archive_offer(SYSTEM, town.offer),
                take_call(SYSTEM, call),
                return_exceptions=True,
            )
            assert archived is None
            assert not isinstance(called, BaseException), "who calls is served, whoever was first"
            taken = await db.value("select seats_taken from session where id = $1", town.session)
            assert taken - before == (1 if isinstance(booked, OfferWithdrawn) else 2), booked
            await bring_back_offer(SYSTEM, town.offer)
            await publish_offer(SYSTEM, town.offer)


@pytest.mark.commits
async def test_two_offers_begun_at_once_with_one_title_get_two_addresses(database_test):
    made = await asyncio.gather(*(add_offer(SYSTEM, NewOffer(title="Rouler")) for _n in range(4)))
    assert len({await slug_of(offer) for offer in made}) == 4
