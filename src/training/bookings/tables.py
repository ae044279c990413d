"""Bookings, their participants, and the keys that make a repeated request harmless."""

from __future__ import annotations

from piccolo.columns import Array, BigInt, Boolean, Bytea, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.directory.tables import Contact, Organisation, OrganisationEnding
from training.identity.tables import User
from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import File
from training.scheduling.tables import CallOff, Session


class Booking(Table, tablename="booking"):
    """Seats of a session for an organisation. The price is the net total, frozen when it is confirmed."""

    id: Serial
    reference = short_text(20, unique=True)
    session = belongs_to(Session)
    organisation = belongs_to(Organisation)
    contact = belongs_to(Contact)
    account = belongs_to(User, null=True)
    state = short_text(20)
    seats = Integer(default=None)
    tariff_mode = short_text(20)
    unit_price_cents = BigInt(default=None)
    price_cents = BigInt(default=None)
    reference_cents = BigInt(default=None, null=True)
    purchase_order = short_text(50, null=True)  # numéro d'engagement (EN 16931 BT-13; Chorus Pro: 50 characters)
    service_code = short_text(100, null=True)
    note = Text(default="")
    asked_by = short_text(10, null=True)  # `AskedBy`, where the team wrote it down; null: asked for in its own space
    expires_at = instant(null=True)
    created_at = instant()
    updated_at = instant()
    confirmed_at = instant(null=True)
    # Written for the release before, which knows no `BookingEnding`; read by nothing, and gone with the next one.
    cancelled_at = instant(null=True)
    cancelled_by = short_text(20, null=True)
    cancel_reason = short_text(400, null=True)
    invite_participants = Boolean(default=False)  # those named with an address are written to
    doubled = Boolean(default=False)  # its organisation has another there, from before index `booking_once`
    generation = Integer(default=0)  # raised to revoke the links mailed about this booking

    booking_has_seats = Check("seats > 0")
    booking_price_is_not_negative = Check("price_cents >= 0 and unit_price_cents >= 0")
    booking_asked_by_is_known = Check("asked_by in ('phone', 'mail', 'paper', 'visit')")


class BookingDocument(Table, tablename="booking_document"):
    """A paper that came with a booking, an order form most often: a PDF, or a picture of it."""

    id: Serial
    booking = belongs_to(Booking)
    file = belongs_to(File)
    name = short_text()
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)
    kept_at = instant()

    booking_document_once = Unique([booking, file])


class BookingEnding(Table, tablename="booking_ending"):
    """That a booking was cancelled, declined or ran out: who ended it, when, why, with what.

    One at a time is open (index `booking_ending_open`); what undoes it, as a session's return, reads it and closes it.
    """

    id: Serial
    booking = belongs_to(Booking)
    state = short_text(20)  # what it became
    earlier = short_text(20)
    ended_by = short_text(20)
    ended_at = instant()
    actor_kind = short_text(10, null=True)  # nobody knows of those before this table, where the audit is silent
    actor_id = BigInt(default=None, null=True)
    reason = short_text(400, null=True)
    call_off = belongs_to(CallOff, null=True)  # it fell with its session
    merged_into = belongs_to(Booking, null=True)  # its seats and people went there
    organisation_ending = belongs_to(OrganisationEnding, null=True)  # it fell with its organisation
    held = Boolean(default=False)  # decided after its session was held: nobody of it came, or it joined who did
    undone_at = instant(null=True)


class Admission(Table, tablename="admission"):
    """That a booking was confirmed after its session was held, and how it was before.

    It is so again where « réalisée » is undone. An offer that `joined` what was confirmed says how that one was.
    """

    id: Serial
    booking = belongs_to(Booking)
    joined = belongs_to(Booking, null=True)
    participants = Array(base_column=BigInt(), default=list)  # who went along
    state = short_text(20)
    expires_at = instant(null=True)
    seats = Integer(default=None)
    tariff_mode = short_text(20)
    unit_price_cents = BigInt(default=None)
    price_cents = BigInt(default=None)
    reference_cents = BigInt(default=None, null=True)
    admitted_at = instant()
    undone_at = instant(null=True)


class PastBooking(Table, tablename="past_booking"):
    """That a booking came from a spreadsheet of former years: its figures count, and nothing of it is invoiced here.

    `invoice_number`: of the former software, as it was written there; "" none.
    """

    id: Serial
    booking = belongs_to(Booking, unique=True)
    invoice_number = Varchar(length=60, default="")
    came_at = instant()


class SeatsChange(Table, tablename="seats_change"):
    """That a booking's number of seats changed, what it cost before and since: mails, its line and billing read it."""

    id: Serial
    booking = belongs_to(Booking)
    seats_before = Integer(default=None)
    seats = Integer(default=None)
    price_before_cents = BigInt(default=None)
    price_cents = BigInt(default=None)
    origin = short_text(10)  # `SeatsOrigin`
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)
    changed_at = instant()

    seats_change_is_one = Check("seats > 0 and seats <> seats_before")


class Participant(Table, tablename="participant"):
    """A person who comes, named when the organisation knows; an address is never compulsory."""

    id: Serial
    booking = belongs_to(Booking)
    name = short_text()
    email = short_text(null=True)


class RequestKey(Table, tablename="request_key"):
    """A form or an API request that was answered: asked again, it gets the same booking (`asker` keeps keys apart)."""

    id: Serial
    asker = short_text(40)
    key = short_text(255)
    body_sha256 = Bytea(default=None)
    booking = belongs_to(Booking)
    created_at = instant(index=True)

    request_key_once = Unique([asker, key])
