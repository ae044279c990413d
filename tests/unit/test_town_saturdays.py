"""The Saturdays whose money the office follows hold together on any day they are shown. No database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from training.demo.town import organisations, people, venues
from training.demo.town.buyers import BUYERS, SALES
from training.demo.town.offers import OFFERS
from training.demo.town.saturdays import COMING, HOSTS, PARTICIPANTS, PAST, PERSON, TO_BILL, last_two, plan
from training.kernel.clock import local

DAYS = [date(2026, 11, 23) + timedelta(days=n) for n in range(0, 800, 3)]
EVERY = (*PAST, *TO_BILL, *COMING)
OFFER = {offer.slug: offer for offer in OFFERS}
VENUE = {venue.slug: venue for venue in venues.VENUES}
FACILITATOR = {one.person.slug: one for one in people.FACILITATORS}
CLIENTS = {one.slug for one in organisations.ORGANISATIONS if one.state == "approved"} | {PERSON}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_a_saturday_fits_its_offer_its_room_and_its_people(one) -> None:
    offer = OFFER[one.offer]
    assert one.capacity <= min(offer.group_max, VENUE[one.venue].capacity)
    assert 0 < sum(group.seats for group in one.groups) <= one.capacity
    assert all(one.offer in FACILITATOR[name].offers for name in one.facilitators)
    assert {group.organisation for group in one.groups} <= CLIENTS
    minutes = sum(int(e[:2]) * 60 + int(e[3:]) - int(s[:2]) * 60 - int(s[3:]) for s, e in one.hours)
    assert minutes == offer.duration_minutes


def test_keys_are_unique_and_every_address_is_invented() -> None:
    keys = [group.key for one in EVERY for group in one.groups] + [one.key for one in EVERY]
    assert len(keys) == len(set(keys))
    addresses = [email for _name, email in (*HOSTS.values(), *PARTICIPANTS) if email]
    assert addresses
    assert all(email.endswith("@example.org") for email in addresses)
    assert set(HOSTS) <= set(VENUE)
    assert set(BUYERS) <= CLIENTS
    assert set(SALES) == set(OFFER)


def test_on_any_day_they_are_saturdays_on_their_side_of_today_and_clash_with_nothing() -> None:
    for today in DAYS:
        taken = set()
        for session, bookings in plan(today):
            day = local(session.starts_at).date()
            assert day.weekday() == 5
            assert (day < today) == (session.state == "held")
            assert all(session.created_at < booking.booked_at < session.starts_at for booking in bookings)
            names = [session.slots[0].venue, *(a.facilitator for a in session.slots[0].assignments)]
            for name in names:
                assert (day, name) not in taken, (today, name)
                taken.add((day, name))


def test_what_is_to_bill_is_of_one_month() -> None:
    for today in DAYS:
        later, earlier = last_two(today)
        assert later.month == earlier.month
        assert earlier < later <= today - timedelta(days=2)
