"""What the page of an invoice, a draft or an organisation offers is what its action does, as it stands and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import product

import pytest

import makers
from agreement_makers import does, staff
from chorus_makers import LATER, Billed, billed, walk
from draft_makers import one_draft
from training.billing.actions import credit, settle, transmit
from training.billing.actions.credit import CreditWanted
from training.billing.actions.issue import issue
from training.billing.actions.settle import NewPayment
from training.billing.queries.credits import creditable
from training.billing.rules.payments import Way
from training.billing.rules.transmission import BY_HAND, STATUSES, Status, TransmissionStep
from training.directory.actions import archiving
from training.directory.actions.organisations import approve
from training.directory.rules.organisations import OrganisationState
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.permissions import Permission
from training.papers.rules.references import References
from training.reporting.office.drafts import draft_page
from training.reporting.office.invoice import OfficeInvoice, invoice_page
from training.reporting.office.organisation import organisation_page

pytestmark = pytest.mark.anyio
S = Status
Offer = tuple[str, bool, Callable[[], Awaitable[object]]]
READER = Actor("user", None, "reader", frozenset({Permission.INVOICES_SEE}), Scope(everything=True))
PEOPLE = (staff(Role.ADMINISTRATOR), staff(Role.ADVISER), staff(Role.BOOKKEEPER), READER)


async def paid(bill: Billed, cents: int) -> None:
    money = NewPayment(way=Way.TRANSFER, amount_cents=cents, received_on=clock.today())
    await settle.record_payment(SYSTEM, money, {bill.invoice.receivable or 0: cents})


async def credited(bill: Billed, cents: int | None = None) -> str | None:
    """Takes back so much, or all; the number of the credit note."""
    (line,) = await creditable(bill.invoice.id)
    wanted = CreditWanted(reason="Geste.", lines={line.id: cents or line.net_cents})
    note = await credit.credit(SYSTEM, bill.invoice.id, wanted)
    return await db.value("select number from invoice where id = $1", note)


async def replaced(bill: Billed) -> None:
    await credit.credit_and_reissue(SYSTEM, bill.invoice.id, "Mauvais engagement.")


async def nothing(bill: Billed) -> None:
    """As it was issued."""


async def partly_paid(bill: Billed) -> None:
    await paid(bill, 10_000)


async def wholly_paid(bill: Billed) -> None:
    await paid(bill, bill.invoice.gross_cents)


async def given_up(bill: Billed) -> None:
    await settle.write_off(SYSTEM, bill.invoice.receivable or 0, 500, "Trop peu.")


async def credited_in_part(bill: Billed) -> None:
    await credited(bill, 1_000)


async def credited_whole(bill: Billed) -> None:
    await credited(bill)


async def deposited(bill: Billed) -> None:
    await walk(bill, S.DEPOSITED)


async def available(bill: Billed) -> None:
    await walk(bill, S.DEPOSITED, S.AVAILABLE)


async def rejected(bill: Billed) -> None:
    await walk(bill, S.DEPOSITED, S.REJECTED)


async def rejected_and_paid(bill: Billed) -> None:
    await rejected(bill)
    await wholly_paid(bill)


async def rejected_partly_paid_and_replaced(bill: Billed) -> None:
    await rejected(bill)
    await partly_paid(bill)
    await replaced(bill)


async def rejected_and_credited(bill: Billed) -> None:
    await rejected(bill)
    await credited_whole(bill)


async def its_credit_note(bill: Billed) -> str | None:
    return await credited(bill, 1_000)


async def the_credit_note_of_what_the_buyer_has(bill: Billed) -> str | None:
    await available(bill)
    return await credited(bill, 1_000)


STANDINGS: tuple[Callable[[Billed], Awaitable[str | None]], ...] = (
    nothing,
    partly_paid,
    wholly_paid,
    given_up,
    credited_in_part,
    credited_whole,
    replaced,
    deposited,
    available,
    rejected,
    rejected_and_paid,
    rejected_partly_paid_and_replaced,
    rejected_and_credited,
    its_credit_note,
    the_credit_note_of_what_the_buyer_has,
)


async def offers(actor: Actor, page: OfficeInvoice) -> list[Offer]:
    """What the page offers of all that can be done to an invoice, and the doing of it."""
    id_, owed = page.invoice.id, page.invoice.receivable or 0
    channel, payments, notes = page.transmissions, page.payments, page.credit_notes
    standing = channel.standing if channel else None
    steps = standing if channel and channel.may and standing and not standing.cancelled else None
    possible = {choice.status for choice in steps.possible} if steps else set()
    lines = await creditable(id_)
    one = CreditWanted(reason="Geste.", lines={line.id: min(line.left_cents, 1) for line in lines})
    money = NewPayment(way=Way.CHEQUE, amount_cents=1, received_on=clock.today())
    return [
        ("credit", notes.may_credit, lambda: credit.credit(actor, id_, one)),
        ("replace", notes.may_replace, lambda: credit.credit_and_reissue(actor, id_, "Erreur.")),
        ("pay", bool(payments and payments.may_record), lambda: settle.record_payment(actor, money, {owed: 1})),
        ("give up", bool(payments and payments.may_write_off), lambda: settle.write_off(actor, owed, 1, "Trop peu.")),
        ("undo", bool(steps and steps.may_undo), lambda: transmit.undo(actor, id_)),
        ("redo", bool(steps and channel and channel.may_redo), lambda: transmit.redo_rejected(actor, id_)),
        *((status, status in possible, writing(actor, id_, status)) for status in sorted(BY_HAND)),
    ]


def writing(actor: Actor, invoice: int, status: Status) -> Callable[[], Awaitable[object]]:
    terms = STATUSES[status]
    note = "Il manque la feuille." if terms.needs_note else ""
    put_right = References(purchase_order="ENG-2") if terms.takes_facts else References()
    step = TransmissionStep(status, clock.today(), note=note, references=put_right)
    return lambda: transmit.record(actor, invoice, step)


@pytest.mark.parametrize("standing", STANDINGS, ids=lambda standing: standing.__name__)
async def test_an_invoice_s_page_offers_what_its_actions_do(database_test, standing):
    with clock.frozen(makers.NOON):
        bill = await billed()
    wrong = []
    with clock.frozen(LATER):
        number = await standing(bill) or bill.number
        for actor in PEOPLE:
            for name, shown, action in await offers(actor, await invoice_page(actor, number)):
                if await does(action) != shown:
                    wrong.append((name, actor.label, shown))
    assert wrong == []


async def test_a_draft_s_page_offers_to_issue_what_can_be_issued(database_test):
    with clock.frozen(makers.NOON):
        draft = await one_draft()
    wrong, offered = [], Counter[OrganisationState]()
    with clock.frozen(LATER):
        facts = "update organisation set siret = $2, state = $3 where id = $1"
        for siret, state, actor in product((makers.SIRET, None), OrganisationState, PEOPLE):
            await db.execute(facts, draft.payer, siret, state)
            page = await draft_page(actor, draft.id)
            offered += Counter({state: page.may_issue})
            if await does(lambda: issue(actor, draft.id)) != page.may_issue:  # noqa: B023
                wrong.append((actor.label, siret, state, page.may_issue))
        assert wrong == []
        vouched_for = (OrganisationState.APPROVED, OrganisationState.ARCHIVED)  # whose bookings of before are billed
        assert offered == {state: len(PEOPLE) - 1 for state in vouched_for}, "all but who only reads"
        await db.execute(facts, draft.payer, makers.SIRET, OrganisationState.APPROVED)
        await issue(SYSTEM, draft.id)
        assert not await does(lambda: issue(SYSTEM, draft.id))
        assert not (await draft_page(SYSTEM, draft.id)).may_issue


async def test_an_organisation_s_page_offers_what_may_become_of_it(database_test):
    town = await makers.make_town()
    slug = await db.value("select slug from organisation where id = $1", town.organisation)
    wrong, offered = [], 0
    for state, actor in product(OrganisationState, PEOPLE):
        await db.execute("update organisation set state = $2 where id = $1", town.organisation, state)
        page = await organisation_page(actor, slug, latest=1)
        for may, run in (
            (page.may_approve, lambda: approve(actor, town.organisation)),  # noqa: B023
            (page.may_refuse, lambda: archiving.refuse(actor, town.organisation, "Non.")),  # noqa: B023
            (page.may_archive, lambda: archiving.archive(actor, town.organisation)),  # noqa: B023
            (page.may_bring_back, lambda: archiving.bring_back(actor, town.organisation)),  # noqa: B023
        ):
            offered += may
            if await does(run) != may:
                wrong.append((actor.label, state, may))
    assert wrong == []
    assert offered
