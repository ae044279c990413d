"""What the platform's office did with the town's money, day after day: deposits, payments, reminders, the books.

A booking's invoice is found when its day comes; a day on which there is none passes without a word.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial

from training.accounting.actions.accounts import export_journal
from training.accounting.actions.close import close_period
from training.accounting.actions.open_balance import Opening, open_balance
from training.billing.actions import edit_draft, settle
from training.billing.actions.ask_missing import ask_missing
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.settle import NewPayment
from training.billing.actions.share import share
from training.billing.rules.payments import Way
from training.billing.rules.sharing import Share
from training.bookings.actions import ending
from training.catalogue.actions.offers import OfferBilling, set_offer_billing
from training.demo import bank, deposits
from training.demo.events import Event, Town
from training.demo.ledger import receivable_of
from training.demo.payments import pay
from training.demo.town.buyers import BUYERS, SALES
from training.demo.town.offers import OFFERS, tariff_for
from training.demo.town.organisations import ORGANISATIONS
from training.demo.town.saturdays import PERSON, SHARED_WITH
from training.demo.town.shapes import PlannedBooking, PlannedSession
from training.directory import queries as directory_queries
from training.directory.actions import billing_facts, organisations, platform
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.billing_facts import BillingFacts, BillingMoment
from training.directory.rules.organisations import OrganisationKind
from training.dunning.actions import pauses, remind
from training.dunning.rules.interest import Law
from training.dunning.rules.reminding import PauseKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.clock import local
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References

Run = Callable[[], Awaitable[None]]
Extra = Sequence[tuple[PlannedSession, tuple[PlannedBooking, ...]]]
_PRIVATE_WAYS = (Way.TRANSFER, Way.CHEQUE, Way.TRANSFER, Way.CASH)
_ORGANISATION = {one.slug: one for one in ORGANISATIONS}
_OFFER = {one.slug: one for one in OFFERS}


async def before_everything(town: Town) -> None:
    """What is set once: where each offer's sales go in the books."""
    for slug, (account, code) in SALES.items():
        facts = OfferBilling(vat_regime=None, bill_present=False, analytic_code=code, sales_account=account)
        await set_offer_billing(SYSTEM, town.offers[slug], facts)


def events(
    town: Town, today: date, planned: Sequence[PlannedSession], asked: Sequence[PlannedBooking], extra: Extra
) -> list[Event]:
    """Everything the office does, from the opening balances to the bank statement of yesterday."""
    sessions = {session.key: session for session, _ in extra}
    found = _openings(town, today) + _buyers(town, today) + _drafts(town, today, sessions) + _private(town, today)
    saturdays = {b.key: sessions[b.session].held_at for _, all_of in extra for b in all_of}
    found += deposits.saturdays(town, today, {key: at for key, at in saturdays.items() if at})
    found += _planned(town, today, planned, asked)
    return found + _books(town, today)


def _on(today: date, days: int, hour: int, run: Run) -> Event:
    return Event(clock.at(today - timedelta(days=days), time(hour, 20)), 7, run)


def _openings(town: Town, today: date) -> list[Event]:
    """Three invoices of the ledger that was there before; one is paid since."""

    async def opened() -> None:
        for number, slug, cents in (
            ("2025-117", "departement-orne", 300_00),
            ("2025-121", "jardins-du-sarthon", 90_00),
            ("2025-124", "mission-locale-alencon", 135_00),
        ):
            issued = clock.today() - timedelta(days=40)
            wanted = Opening(number, town.organisations[slug], issued, issued + timedelta(days=30), cents)
            town.bookings[number] = await open_balance(SYSTEM, wanted)  # a receivable, under its own number
        for law, rate in ((Law.PRIVATE, 12_15), (Law.PUBLIC, 10_15)):
            for since in (date(today.year - 1, 7, 1), date(today.year, 1, 1), date(today.year, 7, 1)):
                if since <= today:
                    await remind.set_late_rate(SYSTEM, law, since, rate)

    async def paid() -> None:
        payer = town.organisations["mission-locale-alencon"]
        new = NewPayment(way=Way.TRANSFER, amount_cents=135_00, received_on=clock.today(), payer=payer)
        await settle.record_payment(SYSTEM, new, {town.bookings["2025-124"]: 135_00})

    return [_on(today, 330, 9, opened), _on(today, 292, 9, paid)]


def _buyers(town: Town, today: date) -> list[Event]:
    """What each payer's invoices need, and an individual who pays for herself."""

    async def person() -> None:
        who = NewContact("Yvonne Chaumière", "yvonne.chaumiere@example.org", None, None, True, True)
        name, address = "Yvonne Chaumière (démonstration)", "3 chemin du Pommier"
        new = NewOrganisation(name, OrganisationKind.PERSON, None, address, "61250", "Écouves")
        town.organisations[PERSON] = await organisations.add_payer(SYSTEM, new, who)

    async def known() -> None:
        for slug, facts in BUYERS.items():
            await _set_facts(town.organisations[slug], **facts)

    return [_on(today, 85, 9, person), _on(today, 47, 9, known)]


async def _set_facts(organisation: int, **changes: object) -> None:
    view = await directory_queries.organisation(organisation)
    services = await directory_queries.chorus_services(organisation)
    own = {name: getattr(view, name) for name in BillingFacts.__slots__ if name != "services"}
    facts = BillingFacts(**own, services=tuple(services))
    await billing_facts.set_billing_facts(SYSTEM, organisation, replace(facts, **changes))  # type: ignore[arg-type]


def _drafts(town: Town, today: date, sessions: Mapping[str, PlannedSession]) -> list[Event]:
    """« À facturer » as the last two Saturdays left it: the team looks before anything leaves."""
    first = min(sessions[key].starts_at for key in ("sat-voiture", "sat-carrouges"))
    booked = sessions["sat-reinstated"].created_at + timedelta(days=3)
    printer, syndicate = "imprimerie-du-haras", "syndicat-mobilites-rurales"
    return [
        Event(booked - timedelta(minutes=30), 0, partial(_bill, town, printer, BillingMoment.CONFIRMED)),
        Event(booked + timedelta(hours=3), 0, partial(_bill, town, printer, BillingMoment.HELD)),
        _on(today, 19, 16, partial(_cancel, town)),
        Event(first - timedelta(hours=2), 0, partial(_look, first=True)),
        Event(first - timedelta(hours=1), 0, partial(_bill, town, syndicate, BillingMoment.MONTHLY)),
        Event(first - timedelta(minutes=30), 0, partial(_share, town)),
        _on(today, 1, 9, partial(_complete, town)),
        _on(today, 1, 19, partial(_look, first=False)),
    ]


async def _look(*, first: bool) -> None:
    await platform.set_platform(SYSTEM, {"issue_without_look": not first})


async def _bill(town: Town, organisation: str, moment: BillingMoment) -> None:
    await _set_facts(town.organisations[organisation], billing_moment=moment)


async def _share(town: Town) -> None:
    town_hall, beside = town.organisations["commune-alencon"], town.organisations[SHARED_WITH]
    own, theirs = References(purchase_order="EJ-2240"), References(purchase_order="EJ-61033", service_code="MOBILITES")
    parts = (
        Share(payer=town_hall, amount_cents=200_00, references=own),
        Share(payer=beside, amount_cents=150_00, references=theirs),
    )
    await share(SYSTEM, town.bookings["shared"], parts)


async def _complete(town: Town) -> None:
    draft = await _draft_of(town, "discounted")
    trip = "Déplacement Alençon – Carrouges, aller-retour"
    line = edit_draft.NewLine(
        kind=LineKind.TRAVEL, description=trip, unit_price_cents=63, quantity=Decimal(58), unit="KMT"
    )
    await edit_draft.add_line(SYSTEM, draft, line)
    gift = edit_draft.NewLine(
        kind=LineKind.DISCOUNT, description="Remise : salle prêtée par l’association", unit_price_cents=25_00
    )
    await edit_draft.add_line(SYSTEM, draft, gift)
    await ask_missing(SYSTEM, await _draft_of(town, "lacking"))
    await ask_deposit(SYSTEM, town.bookings["deposit"], percent=30)


async def _cancel(town: Town) -> None:
    await ending.cancel(SYSTEM, town.bookings["to-credit"], "L’atelier est fermé ce mois-là.")


async def _draft_of(town: Town, key: str) -> int:
    sql = "select l.invoice from billable k join invoice_line l on l.id = k.invoice_line where k.booking = $1"
    return int(await db.value(sql, town.bookings[key]))


def _private(town: Town, today: date) -> list[Event]:
    """Associations, a company and a person: late, promised, contested, by cheque, in cash, in two times."""

    async def swept() -> None:
        await remind.remind_due()

    async def promised() -> None:
        note = "Le trésorier réunit son bureau la semaine prochaine."
        until = clock.today() + timedelta(days=30)
        await pauses.pause(SYSTEM, await _owed(town, "promise"), PauseKind.PROMISE, until, note)

    async def contested() -> None:
        note = "Huit personnes facturées, six émargements selon le chantier."
        await pauses.pause(SYSTEM, await _owed(town, "dispute"), PauseKind.DISPUTE, None, note)

    days = [today - timedelta(days=n) for n in range(36, 0, -1)]
    sweeps = [Event(clock.at(day, time(9, 7)), 7, swept) for day in days if day.weekday() in (0, 2, 4)]
    return [
        *sweeps,
        _on(today, 37, 15, contested),
        _on(today, 21, 15, promised),
        _on(today, 20, 11, partial(pay, town, "cheque", Way.CHEQUE, None, "Chèque n° 0004417")),
        _on(today, 22, 11, partial(pay, town, "cash", Way.CASH)),
        _on(today, 25, 11, partial(pay, town, "instalment", Way.CHEQUE, 70_00, "Chèque n° 1180023")),
    ]


async def _owed(town: Town, key: str) -> int:
    found = await receivable_of(town.bookings[key])
    assert found is not None, key  # noqa: S101 - the Saturdays are always billed
    return found


def _planned(
    town: Town, today: date, sessions: Sequence[PlannedSession], asked: Sequence[PlannedBooking]
) -> list[Event]:
    """The year's own invoices: public ones deposited and paid, private ones paid, one credited, one replaced."""
    found: list[Event] = []
    held = {session.key: session.held_at for session in sessions if session.held_at}
    offers = {session.key: _OFFER[session.offer] for session in sessions}
    billed = [
        b
        for b in asked
        if b.state == "confirmed"
        and b.session in held
        and tariff_for(offers[b.session], _ORGANISATION[b.organisation].kind).amount_cents
    ]
    billed.sort(key=lambda b: (held[b.session], b.key))
    private = [b for b in billed if _ORGANISATION[b.organisation].buyer != "public"]
    public = [b for b in billed if b not in private]
    last = today - timedelta(days=1)

    def after(booking: PlannedBooking, days: int, run: Run) -> None:
        day = local(held[booking.session]).date() + timedelta(days=days)
        if day <= last:
            found.append(Event(clock.at(day, time(14, 10)), 7, run))

    for nth, booking in enumerate(private):
        if nth == 0:
            after(booking, 8, partial(deposits.credit_some, town, booking.key))
        if nth == 2:
            after(booking, 6, partial(deposits.replace_invoice, town, booking.key))
        after(booking, 24, partial(pay, town, booking.key, _PRIVATE_WAYS[nth % len(_PRIVATE_WAYS)]))
    for booking in public[:-1]:  # the last one still has to be deposited
        after(booking, 5, partial(deposits.deposit, town, booking.key))
        after(booking, 33, partial(deposits.mandate, town, booking.key))
        after(booking, 38, partial(pay, town, booking.key, Way.TRANSFER, None, "MANDAT"))
    return found


def _books(town: Town, today: date) -> list[Event]:
    """The accountant's month, and the bank's statement."""
    month = (today - timedelta(days=100)).replace(day=1)
    until = month - timedelta(days=1)

    async def exported() -> None:
        await export_journal(SYSTEM, until.replace(month=1, day=1), until)

    async def closed() -> None:
        await close_period(SYSTEM, until)

    async def imported() -> None:
        await bank.statement_day(town.bookings)

    return [_on(today, 8, 9, exported), _on(today, 8, 10, closed), _on(today, 1, 15, imported)]
