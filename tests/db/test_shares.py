"""Several payers of one booking: each its invoice, with its own references, and the cents add up."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import makers
from training.attendance.actions import hold_session
from training.billing.actions.edit_draft import NewLine, add_line
from training.billing.actions.issue import issue
from training.billing.actions.share import Share, share
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as queries
from training.billing.rules.states import InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import cancel
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio


class _Undo(Exception):
    """Ends an example."""


async def hold(town: makers.Town, session: int | None = None, present: dict[int, int] | None = None) -> None:
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, session or town.session, present)
        await drain()


async def by_payer(state: InvoiceState = InvoiceState.DRAFT) -> dict[int, queries.InvoiceView]:
    found = await queries.invoices(SYSTEM.scope, state=state)
    assert len({i.payer for i in found}) == len(found)
    return {i.payer: i for i in found}


async def make_community() -> int:
    return await makers.make_organisation(
        "Communauté urbaine d’Essai", siret=None, kind=OrganisationKind.INTERCOMMUNALITY, domain="cu.example.org"
    )


async def make_person() -> int:
    return await makers.make_organisation(
        "Paul Particulier", siret=None, kind=OrganisationKind.PERSON, domain="paul.example.org"
    )


async def test_a_town_and_its_community_pay_by_head_count(database_test):
    town = await makers.make_town(issue_without_look=False)
    community = await make_community()
    await db.execute("update organisation set service_code = 'DRH' where id = $1", community)
    booked = await makers.make_booking(town, 9, purchase_order="2027-1", service_code="SPORTS")
    parts = [
        Share(payer=town.organisation, seats=3),
        Share(payer=community, seats=6, references=References(purchase_order="CU-77")),
    ]
    await share(SYSTEM, booked.id, parts)
    assert [(s.payer, s.seats) for s in await waiting.shares(booked.id)] == [(town.organisation, 3), (community, 6)]
    assert await by_payer() == {}, "nothing is billed before it is held"
    await hold(town)
    drafts = await by_payer()
    own, other = drafts[town.organisation], drafts[community]
    assert (own.net_cents, own.references) == (11_667, References(purchase_order="2027-1", service_code="SPORTS"))
    assert (other.net_cents, other.references) == (23_333, References(purchase_order="CU-77", service_code="DRH"))
    (line,) = await queries.lines(other.id)
    assert (line.quantity, line.unit) == (1, "LS")
    assert "Votre part : 6 sur 9" in line.detail
    assert booked.reference in line.detail


async def test_a_price_per_seat_is_shared_by_seats_and_by_who_came(database_test):
    town = await makers.make_town(issue_without_look=False)
    community = await make_community()
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=1_250)
    await db.execute("update offer set bill_present = true where slug = 'place'")
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 10))
    await share(SYSTEM, booked.id, [Share(payer=town.organisation, seats=4), Share(payer=community, seats=6)])
    await hold(town, session, {booked.id: 7})
    drafts = await by_payer()
    lines = [(await queries.lines(drafts[p].id))[0] for p in (town.organisation, community)]
    assert [(line.quantity, line.net_cents) for line in lines] == [(3, 3_750), (4, 5_000)]


async def test_after_it_was_held_the_drafts_are_made_again(database_test):
    town = await makers.make_town(issue_without_look=False)
    community, person = await make_community(), await make_person()
    booked = await makers.make_booking(town, 10)
    await hold(town)
    assert set(await by_payer()) == {town.organisation}
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await share(
            SYSTEM,
            booked.id,
            [Share(payer=community, amount_cents=30_000), Share(payer=person, amount_cents=5_000)],
        )
        drafts = await by_payer()
        assert {p: d.net_cents for p, d in drafts.items()} == {community: 30_000, person: 5_000}
        (line,) = await queries.lines(drafts[person].id)
        assert "50,00" in line.detail
        assert await db.value("select count(*) from billable") == 2
        await share(SYSTEM, booked.id, [])
        drafts = await by_payer()
        assert {p: d.net_cents for p, d in drafts.items()} == {town.organisation: 35_000}
        assert await db.value("select count(*) from billing_share") == 0


async def test_a_person_is_invoiced_without_a_siret(database_test):
    town = await makers.make_town(issue_without_look=False)
    person = await make_person()
    booked = await makers.make_booking(town, 10)
    await share(SYSTEM, booked.id, [Share(payer=town.organisation, seats=9), Share(payer=person, seats=1)])
    await hold(town)
    drafts = await by_payer()
    assert await issue(SYSTEM, drafts[person].id)
    assert (await by_payer(InvoiceState.ISSUED))[person].gross_cents == 3_500


async def test_one_share_is_the_whole_and_a_funder_may_pay_all(database_test):
    town = await makers.make_town(issue_without_look=False)
    community = await make_community()
    booked = await makers.make_booking(town, 10)
    await share(SYSTEM, booked.id, [Share(payer=town.organisation, seats=10)])
    assert await waiting.shares(booked.id) == []
    await share(SYSTEM, booked.id, [Share(payer=community, seats=10)])
    await hold(town)
    assert {p: d.net_cents for p, d in (await by_payer()).items()} == {community: 35_000}


async def test_a_monthly_payer_s_part_joins_its_month(database_test):
    town = await makers.make_town(issue_without_look=False)
    community = await make_community()
    await db.execute("update organisation set billing_moment = 'monthly' where id = $1", community)
    for seats in (4, 6):
        booked = await makers.book_beside(town, seats)
        await share(SYSTEM, booked.id, [Share(payer=community, seats=seats)])
    await hold(town)
    (draft,) = (await by_payer()).values()
    assert (draft.line_count, draft.net_cents, draft.booking) == (2, 70_000, None)


async def test_what_is_issued_is_not_shared_any_more(database_test):
    town = await makers.make_town(issue_without_look=False)
    community = await make_community()
    booked = await makers.make_booking(town, 10)
    parts = [Share(payer=town.organisation, seats=4), Share(payer=community, seats=6)]
    await share(SYSTEM, booked.id, parts)
    await hold(town)
    number = await issue(SYSTEM, (await by_payer())[town.organisation].id)
    for wanted in (parts, []):
        with pytest.raises(Conflict, match=number):
            await share(SYSTEM, booked.id, wanted)
    assert {p: d.net_cents for p, d in (await by_payer()).items()} == {community: 21_000}


@pytest.mark.commits
async def test_shared_and_issued_at_once_is_never_billed_twice(database_test):
    async with db.atomic():
        town = await makers.make_town(issue_without_look=False)
        community = await make_community()
        booked = await makers.make_booking(town, 10)
        await hold(town)
        (draft,) = (await by_payer()).values()
    parts = [Share(payer=town.organisation, seats=4), Share(payer=community, seats=6)]
    done = await asyncio.gather(
        issue(SYSTEM, draft.id), *(share(SYSTEM, booked.id, parts) for _ in range(3)), return_exceptions=True
    )
    assert {type(d) for d in done} <= {str, type(None), Conflict, NotFound}
    assert await db.value("select sum(net_cents)::bigint from invoice") == 35_000
    assert await db.value("select sum(amount_cents)::bigint from billable") == 35_000
    assert bool(await by_payer(InvoiceState.ISSUED)) is isinstance(done[0], str)
    assert len(await by_payer()) == (0 if isinstance(done[0], str) else 2)


async def test_lines_by_hand_are_not_lost_without_a_word(database_test):
    town = await makers.make_town(issue_without_look=False)
    community = await make_community()
    booked = await makers.make_booking(town, 10)
    await hold(town)
    (draft,) = (await by_payer()).values()
    await add_line(SYSTEM, draft.id, NewLine(kind=LineKind.TRAVEL, description="Trajet", unit_price_cents=900))
    with pytest.raises(Conflict, match="à la main"):
        await share(SYSTEM, booked.id, [Share(payer=community, seats=10)])
    assert (await queries.invoice(SYSTEM.scope, draft.id)).net_cents == 35_900


async def test_what_cannot_be_shared_is_said(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 10)
    with pytest.raises(Invalid, match=r"0,01.€ de moins"):
        await share(SYSTEM, booked.id, [Share(payer=town.organisation, amount_cents=34_999)])
    with pytest.raises(Invalid, match="Choisissez un client"):
        await share(SYSTEM, booked.id, [Share(payer=0, seats=10)])
    too_long = References(purchase_order="x" * 51)
    with pytest.raises(Invalid):
        await share(SYSTEM, booked.id, [Share(payer=await make_person(), seats=10, references=too_long)])
    with pytest.raises(NotFound):
        await share(SYSTEM, 0, [])
    free = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0)
    session = await makers.make_session(free, starts_at=town.starts_at)
    nothing = await book(SYSTEM, NewBooking(session, town.organisation, 3))
    with pytest.raises(Conflict, match="gratuite"):
        await share(SYSTEM, nothing.id, [Share(payer=await make_community(), seats=3)])
    await cancel(SYSTEM, booked.id)
    with pytest.raises(Conflict, match="annulée"):
        await share(SYSTEM, booked.id, [Share(payer=town.organisation, seats=10)])
    assert await db.value("select count(*) from billing_share") == 0


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seats=st.lists(st.integers(1, 12), min_size=1, max_size=4), cents=st.integers(1, 99_999), flat=st.booleans())
async def test_drafts_add_up_to_the_price_whatever_the_split(database_test, seats, cents, flat):
    with contextlib.suppress(_Undo):
        async with db.atomic():
            town = await makers.make_town(issue_without_look=False)
            mode = TariffMode.FLAT if flat else TariffMode.PER_SEAT
            offer = await makers.make_offer("autre", mode=mode, cents=cents)
            session = await makers.make_session(offer, starts_at=town.starts_at)
            booked = await book(SYSTEM, NewBooking(session, town.organisation, sum(seats)))
            payers = [
                await makers.make_organisation(f"Payeur {n}", siret=None, domain=f"p{n}.example.org")
                for n in range(len(seats))
            ]
            await share(SYSTEM, booked.id, [Share(payer=p, seats=s) for p, s in zip(payers, seats, strict=True)])
            await hold(town, session)
            drafts = await by_payer()
            assert sum(d.net_cents for d in drafts.values()) == booked.price_cents
            assert await db.value("select sum(amount_cents)::bigint from billable") == booked.price_cents
            if not flat:
                assert [drafts[p].net_cents for p in payers] == [s * cents for s in seats]
            raise _Undo
