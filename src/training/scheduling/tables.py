"""Sessions, slots, venues, assignments.

`during` of `slot` (generated) is copied to `assignment` and `venue_use` by a composite foreign key that follows it, so
that an exclusion constraint can see two overlapping uses. Those columns are made in plain SQL by a migration.
"""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, Date, DoublePrecision, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.catalogue.tables import Offer
from training.directory.tables import Commune, Facilitator, Organisation, Partner
from training.kernel.columns import belongs_to, instant, short_text


class Venue(Table, tablename="venue"):
    """A room somewhere."""

    id: Serial
    name = short_text()
    address = short_text(300)
    commune = belongs_to(Commune)
    capacity = Integer(default=None)
    access = Text(default=None)
    latitude = DoublePrecision(default=None, null=True)
    longitude = DoublePrecision(default=None, null=True)
    active = Boolean(default=True)
    contact_name = short_text(null=True)  # who opens the door, and is invited with those who come
    contact_email = short_text(null=True)
    contact_phone = short_text(30, null=True)
    equipment = Text(default="")  # what is there, one a line
    wheelchair = Varchar(length=10, default="")  # `rules.WheelchairAccess`; "": nobody has said
    note = Text(default="")  # for the team
    zone = Varchar(length=40, default="Europe/Paris")
    updated_at = instant(null=True)

    venue_wheelchair_is_one = Check("wheelchair in ('', 'yes', 'help', 'no')")


class Session(Table, tablename="session"):
    """One delivery of an offer.

    Kept by triggers, for whatever door they come by: `seats_taken` on bookings, `starts_at` (of the first date) and
    `ends_at` (of the last) on slots.
    """

    id: Serial
    offer = belongs_to(Offer)
    kind = short_text(10)
    organisation = belongs_to(Organisation, null=True)
    state = short_text(20, index=True)
    starts_at = instant(null=True, index=True)
    ends_at = instant(null=True)
    capacity = Integer(default=None)
    seats_taken = Integer(default=0)
    closes_at = instant()
    note = Text(default="")
    cancel_reason = short_text(400, null=True)
    published_at = instant(null=True)  # the first time that anybody could see it
    generation = Integer(default=0)  # raised to revoke the links in calendars to a private session
    tell_after = instant(null=True)  # something changed: said once it has been quiet until then
    created_at = instant()
    updated_at = instant()

    session_seats_within_capacity = Check("seats_taken <= capacity")
    session_seats_not_negative = Check("seats_taken >= 0 and capacity > 0")
    session_private_has_an_organisation = Check("(kind = 'private') = (organisation is not null)")


class Slot(Table, tablename="slot"):
    """A stretch of a session: one calendar event, with one uid for ever."""

    id: Serial
    session = belongs_to(Session)
    position = Integer(default=None)
    uid = short_text(80, unique=True)
    starts_at = instant(index=True)
    ends_at = instant()
    sequence = Integer(default=0)  # RFC 5546 2.1.4: grows when time, place or status change
    updated_at = instant()

    slot_ends_after_it_starts = Check("ends_at > starts_at")
    slot_position_once = Unique([session, position])


class VenueUse(Table, tablename="venue_use"):
    """The venue of a slot. `holds` is false once the session is cancelled: the room is free again."""

    id: Serial
    slot = belongs_to(Slot, unique=True)
    venue = belongs_to(Venue)
    holds = Boolean(default=True)


class Assignment(Table, tablename="assignment"):
    """A facilitator on a slot."""

    id: Serial
    slot = belongs_to(Slot)
    facilitator = belongs_to(Facilitator)
    state = short_text(20)
    accepted_at = instant(null=True)  # the facilitator answered yes
    created_at = instant()
    updated_at = instant()

    assignment_once = Unique([slot, facilitator])


class CallOff(Table, tablename="call_off"):
    """That a session does not take place: who said so, when, why. What fell with it names this row.

    One at a time is open: `undone_at` says when the session was reinstated (index `call_off_open`).
    """

    id: Serial
    session = belongs_to(Session)
    called_off_at = instant()
    actor_kind = short_text(10, null=True)  # nobody knows of those before this table, where the audit is silent
    actor_id = BigInt(default=None, null=True)
    reason = short_text(400)
    earlier = short_text(20)  # the session's state before
    told_at = instant(null=True)  # its people were told, once
    undone_at = instant(null=True)


class AssignmentEnding(Table, tablename="assignment_ending"):
    """That a facilitator is not expected any more: who ended it, when, with what. One at a time is open."""

    id: Serial
    assignment = belongs_to(Assignment)
    state = short_text(20)  # what it became
    earlier = short_text(20)
    ended_at = instant()
    actor_kind = short_text(10, null=True)
    actor_id = BigInt(default=None, null=True)
    call_off = belongs_to(CallOff, null=True)  # it fell with its session
    undone_at = instant(null=True)


class PartnerRate(Table, tablename="partner_rate"):
    """What a partner asks for, from a day on: for one offer, or (null) for any that has no rate of its own."""

    id: Serial
    partner = belongs_to(Partner)
    offer = belongs_to(Offer, null=True)
    unit = short_text(20)
    amount_cents = BigInt(default=None)
    valid_from = Date(default=None)
    archived_at = instant(null=True)
    created_at = instant()

    partner_rate_unit_is_one = Check("unit in ('session', 'seat', 'hour')")
    partner_rate_is_not_negative = Check("amount_cents >= 0")
