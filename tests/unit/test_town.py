"""The demonstration's town holds together, whatever the day it is shown on. No database here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import get_args

import pytest
from stdnum import bic, iban
from stdnum.fr import siren, siret

from training.bookings.rules import states
from training.catalogue.rules.offers import OfferKind
from training.catalogue.rules.tariffs import TariffMode
from training.demo.town import (
    calendar,
    offers,
    organisations,
    partners,
    people,
    places,
    platform,
    rhythms,
    shapes,
    venues,
)
from training.demo.town.bookings import bookings
from training.demo.town.shapes import (
    Offer,
    Organisation,
    Partner,
    Person,
    Platform,
)
from training.directory.rules.organisations import Buyer, OrganisationKind, OrganisationState
from training.identity import rules as identity
from training.papers.rules.vat import VatRegime
from training.scheduling import rules as scheduling

OFFER = {offer.slug: offer for offer in offers.OFFERS}
ORGANISATION = {one.slug: one for one in organisations.ORGANISATIONS}
VENUE = {venue.slug: venue for venue in venues.VENUES}
PLACE = {place.insee: place for place in places.PLACES}
PARTNER = {partner.slug: partner for partner in partners.PARTNERS}
FACILITATOR = {one.person.slug: one for one in people.FACILITATORS}


def everything() -> list[object]:
    return [
        platform.PLATFORM,
        *places.PLACES,
        *venues.VENUES,
        *offers.OFFERS,
        *partners.PARTNERS,
        *people.STAFF,
        *people.FACILITATORS,
        *organisations.ORGANISATIONS,
    ]


def inside(thing: object) -> Iterator[object]:
    """A thing and all that it is made of."""
    yield thing
    if is_dataclass(thing):
        for field in fields(thing):
            yield from inside(getattr(thing, field.name))
    elif isinstance(thing, tuple):
        for part in thing:
            yield from inside(part)


def persons() -> list[Person]:
    return [thing for one in everything() for thing in inside(one) if isinstance(thing, Person)]


# --- identifiers ---------------------------------------------------------------------------------------------------


def test_sirets_are_valid_all_different_and_plainly_for_tests() -> None:
    numbers = [platform.PLATFORM.siret, *(one.siret for one in partners.PARTNERS)]
    numbers += [one.siret for one in organisations.ORGANISATIONS]
    for number in numbers:
        assert siret.validate(number) == number
        assert siren.validate(number[:9]).startswith("000")
    assert len({number[:9] for number in numbers}) == len(numbers)


def test_the_account_is_a_right_french_iban_of_no_bank() -> None:
    number = iban.validate(platform.PLATFORM.iban)
    assert number.startswith("FR")
    bban = number[4:]
    assert bban.startswith("99999")
    assert int(bban) % 97 == 0  # the RIB key: 97 - (code·10^18 + …) mod 97, which makes the whole a multiple of 97
    assert bic.is_valid(platform.PLATFORM.bic)


@pytest.mark.parametrize(
    "keys",
    [
        [place.insee for place in places.PLACES],
        [venue.slug for venue in venues.VENUES],
        [offer.slug for offer in offers.OFFERS],
        [one.slug for one in organisations.ORGANISATIONS],
        [one.slug for one in partners.PARTNERS],
        [one.person.slug for one in people.FACILITATORS],
        [one.person.slug for one in people.STAFF],
        [rhythm.offer for rhythm in rhythms.RHYTHMS],
    ],
    ids=["places", "venues", "offers", "organisations", "partners", "facilitators", "staff", "rhythms"],
)
def test_keys_are_unique_and_fit_in_an_address(keys: list[str]) -> None:
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in keys)


def test_one_mail_address_is_one_person() -> None:
    by_email = defaultdict(set)
    for person in persons():
        by_email[person.email].add(person)
    assert [found for found in by_email.values() if len(found) > 1] == []
    assert len({person.slug for person in persons()}) == len(by_email)


def test_nobody_real_can_be_written_to_or_called() -> None:
    texts = [thing for one in everything() for thing in inside(one) if isinstance(thing, str)]
    addresses = [text for text in texts if "@" in text and " " not in text]
    assert len(addresses) > 40
    assert [text for text in addresses if not re.fullmatch(r"[a-z.\-]+@([a-z\-]+\.)?example\.org", text)] == []
    numbers = [text for text in texts if re.fullmatch(r"0\d( \d\d){4}", text)]
    assert len(numbers) > 40
    assert [text for text in numbers if not re.match(r"02 61 91 |06 39 98 ", text)] == []


# --- references ----------------------------------------------------------------------------------------------------


def test_every_reference_resolves() -> None:
    for venue in venues.VENUES:
        home = PLACE[venue.insee]
        assert abs(venue.latitude - home.latitude) < 0.05, venue.slug
        assert abs(venue.longitude - home.longitude) < 0.05, venue.slug
    for offer in offers.OFFERS:
        assert offer.partner is None or offer.partner in PARTNER, offer.slug
    for one in people.FACILITATORS:
        assert one.partner is None or one.partner in PARTNER, one.person.slug
        assert set(one.offers) <= set(OFFER), one.person.slug
    for rhythm in rhythms.RHYTHMS:
        assert set(rhythm.takers) <= set(ORGANISATION), rhythm.offer
        assert set(rhythm.venues) <= set(VENUE), rhythm.offer
    assert {rhythm.offer for rhythm in rhythms.RHYTHMS} == set(OFFER)
    bodies: list[Platform | Partner | Organisation] = [platform.PLATFORM]
    bodies += [*partners.PARTNERS, *organisations.ORGANISATIONS]
    for body in bodies:
        assert body.postcode == PLACE[body.insee].postcode, body.name
        assert body.city == PLACE[body.insee].name, body.name
    assert organisations.STORY_ORGANISATION in ORGANISATION
    assert offers.STORY_OFFER in FACILITATOR[people.STORY_FACILITATOR].offers


def test_the_partner_of_an_offer_has_enough_people_for_it() -> None:
    for rhythm in rhythms.RHYTHMS:
        able = [one for one in people.FACILITATORS if rhythm.offer in one.offers]
        assert len(able) >= rhythm.crew, rhythm.offer
        assert any(one.partner == OFFER[rhythm.offer].partner for one in able), rhythm.offer


def test_the_town_has_the_size_that_was_asked() -> None:
    assert len(places.PLACES) >= 30
    assert 12 <= len(organisations.ORGANISATIONS) <= 14
    assert {one.kind for one in organisations.ORGANISATIONS} == {
        "commune",
        "intercommunality",
        "departement",
        "other_public",
        "insertion",
        "association",
        "company",
        "school",
    }
    assert [one.state for one in organisations.ORGANISATIONS].count("pending") == 1
    assert max(len(one.name) for one in organisations.ORGANISATIONS) > 70  # a page must survive it
    assert max(len(one.name) for one in organisations.ORGANISATIONS) <= 99  # BR-FR-CPRO-44
    apart = [one for one in organisations.ORGANISATIONS if one.booking_contact != one.billing_contact]
    assert len(apart) >= 5
    assert {one.role for one in people.STAFF} == {"administrator", "adviser", "bookkeeper"}


# --- the catalogue -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offer", offers.OFFERS, ids=lambda offer: offer.slug)
def test_an_offer_is_complete_and_has_a_price_for_everybody(offer: Offer) -> None:
    assert offer.summary.endswith(".")
    assert offer.description.count("\n\n") >= 1
    assert len(offer.objectives) >= 3
    assert offer.audience
    assert offer.prerequisites
    assert 1 <= offer.group_min <= offer.group_max
    kinds = [tariff.organisation_kind for tariff in offer.tariffs]
    assert len(kinds) == len(set(kinds))
    assert None in kinds
    for tariff in offer.tariffs:
        if tariff.mode == "free":
            assert tariff.amount_cents == 0
            assert tariff.reference_cents
        else:
            assert tariff.amount_cents > 0
            assert tariff.reference_cents is None


def test_the_story_s_offer_has_the_price_of_the_story() -> None:
    offer = OFFER["sensibilisation-velo-electrique"]
    for kind in ("commune", "intercommunality", "departement", "other_public"):
        tariff = offers.tariff_for(offer, kind)
        assert (tariff.mode, offers.price_cents(tariff, 40)) == ("flat", 350_00)
    free = offers.tariff_for(offer, "insertion")
    assert (free.mode, offers.price_cents(free, 40), free.reference_cents) == ("free", 0, 350_00)
    assert offers.tariff_for(offer, "company").organisation_kind is None


def test_the_hours_of_a_rhythm_add_up_to_the_offer_s_duration() -> None:
    for rhythm in rhythms.RHYTHMS:
        for pattern in rhythm.patterns:
            day = date(2026, 11, 23)
            spans = [
                datetime.combine(day, time.fromisoformat(end)) - datetime.combine(day, time.fromisoformat(start))
                for _, start, end in pattern
            ]
            assert sum(spans, timedelta()) == timedelta(minutes=OFFER[rhythm.offer].duration_minutes), rhythm.offer


def test_what_people_read_is_typeset_in_french() -> None:
    texts = [thing for one in everything() for thing in inside(one) if isinstance(thing, str)]
    today = date(2026, 11, 23)
    sessions = calendar.plan(today, calendar.SEED)
    texts += [session.reason for session in sessions]
    texts += [text for one in bookings(sessions, today, calendar.SEED) for text in (one.note, one.reason)]
    assert [text for text in texts if "'" in text] == []
    assert [text for text in texts if re.search(r" [:;!?»€%]|« |\w[;!?]|\w:(?!//)\s", text)] == []
    assert [text for text in texts if re.search(r"[^\n] $|  ", text.replace("\n  ", "\n"))] == []


def test_the_town_speaks_the_house_s_words() -> None:
    pairs: list[tuple[object, type[StrEnum]]] = [
        (shapes.OrganisationKind, OrganisationKind),
        (shapes.Buyer, Buyer),
        (shapes.OrganisationState, OrganisationState),
        (shapes.MemberRole, identity.Role),
        (shapes.StaffRole, identity.Role),
        (shapes.OfferKind, OfferKind),
        (shapes.TariffMode, TariffMode),
        (shapes.SessionKind, scheduling.SessionKind),
        (shapes.SessionState, scheduling.SessionState),
        (shapes.AssignmentState, scheduling.AssignmentState),
        (shapes.BookingState, states.BookingState),
    ]
    for words, enum in pairs:
        assert set(get_args(words)) <= {member.value for member in enum}, enum
    assert platform.PLATFORM.vat_regime in set(VatRegime)
    assert {state.value for state in states.OCCUPYING} >= shapes.OCCUPYING
