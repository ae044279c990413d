"""What one types to say where one is, how far that is; what one is, and what is free from a day on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.directory.rules.organisations import OrganisationKind
from training.reporting.portal.near import NamedCommune, Near, NearVenue, kilometres, names_in, nearest
from training.reporting.portal.prices import changes, price_said, price_table
from training.reporting.portal.readers import VISITOR, CatalogueReader, kinds_asked
from training.web.portal.sessions import month_asked

ALENCON, HELOUP, BREST = (48.43, 0.09), (48.40, 0.03), (48.39, -4.49)
TODAY = date(2027, 3, 1)
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("typed", "name", "postcode"),
    [
        ("Héloup", "Héloup", ""),
        ("61250", "", "61250"),
        ("Héloup (61250)", "Héloup", "61250"),
        ("st denis sur sarthon", "st denis sur sarthon", ""),
        ("Ste-Scolasse, 61170", "Ste-Scolasse", "61170"),
        ("Lestre", "Lestre", ""),
        ("  ", "", ""),
        ("612500", "", ""),
    ],
)
def test_a_place_is_named_by_its_name_its_postcode_or_both(typed, name, postcode):
    assert names_in(typed) == (name, postcode)


def test_distances_are_those_of_maps():
    assert 5 < kilometres(ALENCON, HELOUP) < 6
    assert 335 < kilometres(ALENCON, BREST) < 340


@given(POINTS, POINTS)
def test_there_and_back_is_as_far_and_never_beyond_half_the_earth(one, other):
    far = kilometres(one, other)
    assert 0 <= far <= 20_016
    assert far == pytest.approx(kilometres(other, one), abs=1e-6)


def test_of_one_name_the_commune_near_the_venues_is_meant():
    here, there = NamedCommune(1, "Saint-Denis", "61000", *ALENCON), NamedCommune(2, "Saint-Denis", "29000", *BREST)
    venue = NearVenue(7, 3, *HELOUP)
    assert nearest([there, here], [venue]) == [here, there]
    assert nearest([there, here], []) == [there, here], "without a venue, as they come: the largest first"


def test_a_commune_typed_by_hand_is_near_its_own_venues_and_no_others():
    typed, known = NamedCommune(1, "Saint-Denis", "61000"), NamedCommune(2, "Saint-Denis", "29000", *BREST)
    inside, elsewhere, unknown = NearVenue(7, 1, None, None), NearVenue(8, 3, *HELOUP), NearVenue(9, 4, None, None)
    assert [venue.far_from(typed) for venue in (inside, elsewhere, unknown)] == [0.0, None, None]
    assert unknown.far_from(known) is None
    assert nearest([known, typed], [inside]) == [typed, known]


def test_within_reach_is_thirty_kilometres():
    assert Near("x", None, {1: 12.0, 2: 30.0, 3: 30.1}).within == [1, 2]


def tariff(
    kind: str | None, cents: int, since: date = TODAY, until: date | None = None, each: bool = False
) -> TariffRow:
    mode = TariffMode.FREE if not cents else TariffMode.PER_SEAT if each else TariffMode.FLAT
    return TariffRow(kind, mode, cents, None, since, until)


def test_the_price_is_exact_once_the_kind_is_known():
    tariffs = [tariff("commune", 35_000), tariff("insertion", 0), tariff(None, 48_000)]
    for kind, amount in (("commune", "350,00\u00a0€"), ("insertion", "Gratuit"), ("company", "480,00\u00a0€")):
        said = price_said(tariffs, [kind], TODAY)
        assert (said.amount, said.exact) == (amount, True)
    asked = price_said(tariffs, VISITOR.kinds, TODAY)
    assert not asked.exact
    assert not asked.free, "what is free for some is not free for whom nobody knows"


def test_a_kind_without_a_price_is_no_part_of_one_that_all_pay():
    said = price_said([tariff("commune", 35_000)], ["commune", "company"], TODAY)
    assert not said.exact


def test_a_price_for_each_person_is_said_for_the_number_asked_for():
    said = price_said([tariff(None, 2_200, each=True)], ["commune"], TODAY, 40)
    assert (said.amount, said.total) == ("22,00\u00a0€", "880,00\u00a0€")
    assert price_said([tariff(None, 2_200, each=True)], ["commune"], TODAY).total == ""
    assert price_said([tariff(None, 35_000)], ["commune"], TODAY, 40).total == "", "a group's price is no multiple"


def test_the_table_marks_the_line_of_who_looks_and_of_nobody_else():
    tariffs = [tariff("commune", 35_000), tariff(None, 0)]
    assert [line.yours for line in price_table(tariffs, TODAY, ["commune"])] == [True, False]
    for kinds in ([], VISITOR.kinds, ["commune", "company"]):
        assert not any(line.yours for line in price_table(tariffs, TODAY, kinds))


def test_prices_may_change_where_a_tariff_begins_or_the_day_after_it_ends():
    later = date(2027, 6, 1)
    tariffs = [
        tariff(None, 1, until=date(2027, 5, 31)),
        tariff(None, 2, since=later),
        tariff(None, 3, date(2026, 1, 1)),
    ]
    assert changes(tariffs, TODAY) == {TODAY, later}


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ([], ()),
        ([None], ()),
        (["commune", "association"], (OrganisationKind.COMMUNE, OrganisationKind.ASSOCIATION)),
        (["commune", None], tuple(OrganisationKind)),
    ],
)
def test_nobody_is_asked_what_changes_no_price(named, asked):
    assert kinds_asked(VISITOR, named) == asked


def test_a_visitor_is_what_they_said_and_any_kind_before():
    assert VISITOR.kind is None
    assert len(VISITOR.kinds) == len(OrganisationKind)
    said = CatalogueReader(chosen=OrganisationKind.COMMUNE)
    assert (said.kinds, said.kind) == (["commune"], OrganisationKind.COMMUNE)


@pytest.mark.parametrize("text", ["2027-13", "2027-3", "0000-01", "9999-12-01", "mars", "2027-03 ", ""])
def test_what_is_no_month_asks_for_none(text):
    assert month_asked(text) is None


def test_a_month_is_its_first_day():
    assert month_asked("2027-03") == TODAY
