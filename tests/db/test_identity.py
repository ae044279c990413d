"""Who comes in: a link or a code, once, in time, not too often; secrets kept hashed."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

import makers
from training.identity import queries, rules
from training.identity.actions import keys, purge, signin
from training.kernel import clock, db, limits, settings
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid, NotFound, TooMany

pytestmark = pytest.mark.anyio
HOME = "192.0.2.7"
MINUTE = timedelta(minutes=1)


def secret() -> str:
    return settings.current().secret_key


async def ask(email: str = "rh@mairie.example.org", network: str = HOME, **more: str) -> tuple[int, str]:
    """A request and the browser's proof."""
    browser = await signin.request(email, network=network, **more)
    return int(await db.connection().fetchval("select max(id) from signin_request")), browser


async def enter(browser: str, code: str) -> signin.SignedIn:
    return await signin.by_code(browser, code, secret_key=secret(), program="test")


# --- links


async def test_a_link_works_once_and_a_look_at_it_costs_nothing(database_test):
    request, _browser = await ask(next_path="/espace/commune")
    minted = await signin.mint(SYSTEM, request, secret())
    for _each in range(3):  # as programs do that check the links of mails
        assert await signin.peek(minted.token) == "rh@mairie.example.org"
    entered = await signin.by_link(minted.token, program="test")
    assert entered.next_path == "/espace/commune"
    for used in (signin.by_link(minted.token, program="test"), signin.peek(minted.token)):
        with pytest.raises(NotFound):
            await used
    with pytest.raises(NotFound):
        await signin.by_link("forged", program="test")


@pytest.mark.commits
async def test_eight_at_once_use_a_link_once(database_test):
    request, _browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    done = await asyncio.gather(
        *(signin.by_link(minted.token, program="test") for _each in range(8)), return_exceptions=True
    )
    assert sorted(type(d).__name__ for d in done) == ["NotFound"] * 7 + ["SignedIn"]


async def test_link_and_code_expire_together(database_test):
    with clock.frozen(makers.NOON):
        request, browser = await ask()
        minted = await signin.mint(SYSTEM, request, secret())
    with clock.frozen(makers.NOON + rules.REQUEST_LIFE - MINUTE):
        assert await signin.peek(minted.token)
    with clock.frozen(makers.NOON + rules.REQUEST_LIFE):
        for late in (signin.peek(minted.token), signin.by_link(minted.token, program="test")):
            with pytest.raises(NotFound):
                await late
        with pytest.raises(Invalid):
            await enter(browser, minted.code)


async def test_the_mail_sent_again_has_new_secrets_and_the_first_ones_are_dead(database_test):
    request, browser = await ask()
    first, second = await signin.mint(SYSTEM, request, secret()), await signin.mint(SYSTEM, request, secret())
    with pytest.raises(NotFound):
        await signin.peek(first.token)
    with pytest.raises(Invalid):
        await enter(browser, first.code if first.code != second.code else "x")
    await enter(browser, second.code)
    third = await signin.mint(SYSTEM, request, secret())  # the request was answered: there is nothing left to open
    with pytest.raises(NotFound):
        await signin.peek(third.token)


async def test_it_only_leads_on_to_a_page_of_this_site(database_test):
    for path, kept in (("/espace/x", "/espace/x"), ("//evil.example.org", ""), ("https://evil.example.org", "")):
        request, _browser = await ask(f"{len(path)}@example.org", next_path=path)
        assert await db.value("select next_path from signin_request where id = $1", request) == kept


# --- codes


async def test_a_code_works_in_the_browser_that_asked_and_only_there(database_test):
    request, browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    _other, elsewhere = await ask("autre@example.org")
    for wrong in (elsewhere, "forged", ""):
        with pytest.raises(Invalid):
            await enter(wrong, minted.code)
    spaced = f"{minted.code[:3]} {minted.code[3:]}"
    assert (await enter(browser, spaced)).account
    for again in (enter(browser, minted.code), signin.by_link(minted.token, program="test")):
        with pytest.raises((Invalid, NotFound)):
            await again


async def test_after_five_wrong_tries_the_right_code_is_dead_and_the_link_is_not(database_test):
    request, browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    wrong = f"{(int(minted.code) + 1) % 1_000_000:06d}"
    said = []
    for _each in range(5):
        with pytest.raises(Invalid) as caught:
            await enter(browser, wrong)
        said.append("plus valable" in caught.value.detail)
    assert said == [False] * 4 + [True]
    with pytest.raises(Invalid, match="plus valable"):
        await enter(browser, minted.code)
    assert await signin.by_link(minted.token, program="test")


@pytest.mark.commits
async def test_tries_at_once_are_all_counted(database_test):
    request, browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    wrong = [f"{(int(minted.code) + n) % 1_000_000:06d}" for n in range(1, 9)]
    await asyncio.gather(*(enter(browser, code) for code in wrong), return_exceptions=True)
    assert await db.pool().fetchval("select code_attempts from signin_request") >= 5
    with pytest.raises(Invalid):
        await enter(browser, minted.code)


# --- throttles


async def test_a_stranger_who_asks_in_somebodys_name_keeps_them_out_from_no_other_network(database_test):
    limit, window = limits.SIGNIN_PAIR.most, limits.SIGNIN_PAIR.window
    with clock.frozen(makers.NOON):
        for _each in range(limit):
            await ask(network="198.51.100.6")
        with pytest.raises(TooMany) as caught:
            await ask(network="198.51.100.6")
        assert caught.value.retry_after == window.total_seconds()
        await ask(network=HOME)


async def test_an_address_is_not_flooded_and_an_hour_later_may_ask_again(database_test):
    limit, window = limits.SIGNIN_ADDRESS.most, limits.SIGNIN_ADDRESS.window
    with clock.frozen(makers.NOON):
        for n in range(limit):
            await ask("Rh@mairie.example.org" if n % 2 else "rh@mairie.example.org", network=f"192.0.2.{n}")
        with pytest.raises(TooMany) as caught:
            await ask(network="192.0.2.99")
        assert 0 < caught.value.retry_after <= window.total_seconds()
        await ask("autre@mairie.example.org", network="192.0.2.99")
    with clock.frozen(makers.NOON + window - MINUTE), pytest.raises(TooMany) as caught:
        await ask()
    assert caught.value.retry_after == 60
    with clock.frozen(makers.NOON + window):
        await ask()
    refused = await db.value("select count(*) from signin_request where lower(email) = 'rh@mairie.example.org'")
    assert refused == limit + 1


async def test_a_network_is_not_let_flood_others_and_a_whole_ipv6_subscriber_is_one(database_test):
    limit, window = limits.SIGNIN_NETWORK.most, limits.SIGNIN_NETWORK.window
    network = rules.network_of("2001:db8:1:2::a")
    assert rules.network_of("2001:db8:1:2:ffff::b") == network
    with clock.frozen(makers.NOON):
        for n in range(limit):
            await ask(f"agent{n}@mairie.example.org", network=network)
        with pytest.raises(TooMany):
            await ask("encore@mairie.example.org", network=network)
        await ask("encore@mairie.example.org", network=HOME)
    with clock.frozen(makers.NOON + window):
        await ask("encore@mairie.example.org", network=network)


@pytest.mark.commits
async def test_twelve_at_once_pass_the_throttle_five_times(database_test):
    done = await asyncio.gather(*(ask() for _n in range(12)), return_exceptions=True)
    assert sum(isinstance(d, TooMany) for d in done) == 12 - limits.SIGNIN_PAIR.most


async def test_a_code_that_is_not_over_works_when_no_other_may_be_asked_for(database_test):
    request, browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    for _each in range(limits.SIGNIN_PAIR.most - 1):
        await ask(browser=browser)  # the same browser, which keeps its proof
    with pytest.raises(TooMany):
        await ask(browser=browser)
    assert (await enter(browser, minted.code)).account


async def test_codes_that_come_in_another_order_all_work_and_share_their_tries(database_test):
    first, browser = await ask()
    second, same = await ask(browser=browser)
    codes = [(await signin.mint(SYSTEM, request, secret())).code for request in (first, second)]
    assert same == browser
    wrong = next(code for code in ("000000", "000001", "000002") if code not in codes)
    with pytest.raises(Invalid):
        await enter(browser, wrong)
    assert [r["code_attempts"] for r in await db.connection().fetch("select code_attempts from signin_request")] == [
        1,
        1,
    ]
    assert (await enter(browser, codes[0])).account
    with pytest.raises(Invalid):
        await enter("planted by somebody else", codes[1])


async def test_what_is_no_address_is_refused_before_anything_is_kept(database_test):
    for email in ("", "rh@", "rh@mairie", "a b@example.org"):
        with pytest.raises(Invalid) as caught:
            await ask(email)
        assert caught.value.field == "email"
    assert await db.value("select count(*) from signin_request") == 0


async def test_links_made_on_the_host_itself_do_not_lock_anybody_out(database_test):
    for _each in range(limits.SIGNIN_ADDRESS.most + 1):
        await signin.open_door(SYSTEM, "rh@mairie.example.org")
    await ask()


# --- sessions


async def open_session(email: str = "rh@mairie.example.org", previous: str | None = None) -> str:
    entered = await signin.by_link(await signin.open_door(SYSTEM, email), program="test", previous=previous)
    return entered.token


async def test_a_session_slides_up_to_its_absolute_end(database_test):
    with clock.frozen(makers.NOON):
        token = await open_session()
    with clock.frozen(makers.NOON + rules.SLIDING):
        assert await queries.by_session(token) is None, "not seen for a fortnight"
    now, step = makers.NOON, timedelta(days=10)
    while now + step < makers.NOON + rules.ABSOLUTE:
        now += step
        with clock.frozen(now):
            entered = await queries.by_session(token)
            assert entered is not None
            assert entered.slide
            await signin.slide(entered.session)
            seen = await queries.by_session(token)
            assert seen is not None
    with clock.frozen(makers.NOON + rules.ABSOLUTE):
        assert await queries.by_session(token) is None, "ninety days are the end, seen or not"


async def test_a_session_is_not_written_at_each_request(database_test):
    with clock.frozen(makers.NOON):
        token = await open_session()
    for hours, due in ((1, False), (23, False), (25, True)):
        with clock.frozen(makers.NOON + timedelta(hours=hours)):
            entered = await queries.by_session(token)
            assert entered is not None
            assert entered.slide is due


async def test_signing_in_again_signing_out_and_closing_the_account_end_a_session(database_test):
    first = await open_session()
    second = await open_session(previous=first)
    assert first != second
    assert await queries.by_session(first) is None
    third = await open_session()
    await signin.sign_out(second)
    assert await queries.by_session(second) is None
    assert await queries.by_session(third) is not None
    await db.execute("update account set active = false")
    assert await queries.by_session(third) is None
    with pytest.raises(NotFound):
        await open_session()
    assert await queries.by_session("forged") is None


# --- what is kept


async def test_no_secret_is_in_the_tables(database_test):
    request, browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    session = (await signin.by_link(minted.token, program="test")).token
    key = await keys.create(SYSTEM, "Script", organisation=None)
    kept = ""
    for table in ("signin_request", "signin_session", "api_key", "audit", "pgqueuer"):
        kept += str([tuple(r) for r in await db.connection().fetch(f"select {table}::text, * from {table}")])
    for word in (browser, minted.token, session, key):
        assert word not in kept
        assert word.encode().hex() not in kept
    assert f"'{minted.code}'" not in kept
    assert not re.search(rf"\b{minted.code}\b", kept)


async def test_a_code_s_hash_wants_the_site_s_key(database_test):
    """Six digits are soon tried by whoever reads the table."""
    request, browser = await ask()
    minted = await signin.mint(SYSTEM, request, secret())
    with pytest.raises(Invalid):
        await signin.by_code(browser, minted.code, secret_key="other" * 16, program="test")
    await enter(browser, minted.code)


async def test_what_signing_in_left_goes_after_thirty_days(database_test):
    with clock.frozen(makers.NOON):
        await ask()
        await open_session()
    for days, left in ((29, 2), (45, 0)):
        with clock.frozen(makers.NOON + timedelta(days=days)):
            await purge.forget_signins()
        assert await db.value("select count(*) from signin_request") == left
    with clock.frozen(makers.NOON + timedelta(days=45)):
        assert await db.value("select count(*) from signin_session") == 0
