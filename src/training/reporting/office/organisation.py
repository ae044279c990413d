"""One organisation as its page in the office shows it: who, what it booked and owes, what may become of it."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import BookingState
from training.directory import queries as directory
from training.directory.queries import ContactView, OrganisationView
from training.directory.rules import organisations as rules
from training.directory.rules.billing_facts import Service
from training.directory.rules.organisations import OrganisationState
from training.identity import queries as identity
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.reporting.office import lookalikes
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.office.lookalikes import LookalikeShown
from training.reporting.office.notes import NoteShown, notes_of
from training.reporting.office.organisation_answers import AnswerGiven, answers_of
from training.reporting.office.organisation_ending import OrganisationEnded, ended
from training.reporting.office.organisation_requests import OfficeRequest, request_of
from training.reporting.office.organisations import organisation

P = Permission


@dataclass(frozen=True, slots=True)
class OrganisationMoney:
    """What an organisation owes, what of it is late, and what it has booked that no invoice says yet. Cents."""

    owed_cents: int
    late_cents: int
    booked_cents: int  # net


_MONEY = """
    select coalesce(sum(gross_cents - settled_cents), 0)::bigint as owed_cents,
           coalesce(sum(gross_cents - settled_cents) filter (where due_on < $2), 0)::bigint as late_cents,
           (select coalesce(sum(b.price_cents), 0)::bigint from booking b
            where b.organisation = $1 and b.state = 'confirmed' and b.tariff_mode <> 'free'
              and not exists (select from billable where booking = b.id)
              and not exists (select from past_booking where booking = b.id)) as booked_cents
    from receivable where payer = $1 and settled_cents < gross_cents
"""


@dataclass(frozen=True, slots=True)
class OfficeOrganisation:
    """What the page of an organisation shows: the `latest` bookings and invoices, and who left.

    `managed`: somebody manages its space, or will at their first sign-in. `money`: for who may see invoices.
    `asked`: of one that waits to be let in. `ended`: how one that is closed came to it. `alike`: what looks the same.
    """

    organisation: OrganisationView
    contacts: list[ContactView]
    former: list[ContactView]
    services: list[Service]
    bookings: list[BookingView]
    pending: int
    drafts: list[InvoiceView]
    invoices: list[InvoiceView]
    asked: OfficeRequest | None
    ended: OrganisationEnded | None
    answers: list[AnswerGiven]
    alike: list[LookalikeShown]
    may_approve: bool
    may_refuse: bool
    may_archive: bool
    may_bring_back: bool
    latest: int
    managed: bool
    money: OrganisationMoney | None
    notes: list[NoteShown]  # what was said, of its bookings too, and every mail to it
    edits: list[EditShown]


async def organisation_page(actor: Actor, slug: str, *, latest: int) -> OfficeOrganisation:
    """What the page of an organisation shows, in a constant number of statements; NotFound when there is none."""
    view = await organisation(actor.scope, slug)
    booked = await bookings.bookings(actor.scope, organisation=view.id, limit=latest)
    seen = actor.may(P.INVOICES_SEE)
    asked = await request_of(view) if view.state == OrganisationState.PENDING else None
    return OfficeOrganisation(
        organisation=view,
        contacts=await directory.contacts(view.id),
        former=await directory.former_contacts(view.id),
        services=await directory.chorus_services(view.id),
        bookings=booked,
        pending=sum(b.state == BookingState.PENDING for b in booked),
        drafts=await billing.invoices(actor.scope, state=InvoiceState.DRAFT, organisation=view.id) if seen else [],
        invoices=await billing.invoices(actor.scope, organisation=view.id, limit=latest) if seen else [],
        asked=asked,
        ended=None if view.state in rules.CURRENT else await ended(view.id),
        answers=(await answers_of([view.id]))[view.id],
        alike=asked.alike if asked else (await lookalikes.beside([view.id]))[view.id],
        may_approve=rules.may_approve(actor, view.state),
        may_refuse=rules.may_refuse(actor, view.state),
        may_archive=rules.may_archive(actor, view.state),
        may_bring_back=rules.may_bring_back(actor, view.state),
        latest=latest,
        managed=await identity.is_managed(view.id),
        money=await db.row(OrganisationMoney, _MONEY, view.id, clock.today()) if seen else None,
        notes=await notes_of(actor, "organisation", view.id),
        edits=await edits_of("organisation", view.id),
    )
