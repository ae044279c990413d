"""Feed tokens, what each person was sent about each slot and answered, and events as they were written."""

from __future__ import annotations

from piccolo.columns import BigInt, Bytea, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.directory.tables import Facilitator, Organisation, Partner
from training.identity.tables import User
from training.kernel.columns import belongs_to, instant, short_text
from training.scheduling.tables import Slot, Venue


class FeedToken(Table, tablename="feed_token"):
    """A secret address of a calendar. Shown once, kept hashed.

    `account` is whose it is: it dies when that person leaves. None: the team gave it to somebody without an account.
    """

    id: Serial
    token_hash = Bytea(default=None, unique=True)
    kind = short_text(20)
    organisation = belongs_to(Organisation, null=True)
    facilitator = belongs_to(Facilitator, null=True)
    partner = belongs_to(Partner, null=True)
    venue = belongs_to(Venue, null=True)
    account = belongs_to(User, null=True)
    label = short_text(80)
    created_at = instant()
    revoked_at = instant(null=True)
    fetched_at = instant(null=True)
    fetched_by = short_text(null=True)

    feed_token_is_of_its_kind = Check(
        """
        case kind
            when 'organisation' then organisation is not null
            when 'facilitator' then facilitator is not null
            when 'partner' then partner is not null
            when 'venue' then venue is not null
            else account is not null
        end and num_nonnulls(organisation, facilitator, partner, venue) <= 1
        """
    )


class Invitation(Table, tablename="invitation"):
    """What one address was last sent about one slot (RFC 5546), and what its owner answered.

    By address, not by role: who books and facilitates has one event in their calendar.
    """

    id: Serial
    slot = belongs_to(Slot)
    email = short_text()  # in lower case
    role = short_text(20)
    method = short_text(10)
    sequence = Integer(default=None)
    digest = Bytea(default=None)
    told_starts_at = instant()
    told_ends_at = instant()
    told_place = Varchar(length=500, default="")
    told_title = short_text(500, null=True)  # null, as the next two: not remembered before 0.2
    told_access = Text(default=None, null=True)
    told_seats = Integer(default=None, null=True)
    organizer = short_text(null=True)  # the address that the event came from, until it is over
    locale = short_text(5, null=True)  # the language that it was written in
    answer = short_text(20, null=True)
    answered_at = instant(null=True)
    generation = Integer(default=0)  # raised to revoke the links mailed about this invitation
    sent_at = instant()

    invitation_once = Unique([slot, email])


class InvitationMessage(Table, tablename="invitation_message"):
    """Each calendar object that was sent, in order; the mail that carried it points to the invitation."""

    id: Serial
    invitation = belongs_to(Invitation)
    method = short_text(10)
    sequence = Integer(default=None)
    digest = Bytea(default=None)
    sent_at = instant()


class CalendarFragment(Table, tablename="calendar_fragment"):
    """A VEVENT as it was written for an audience; `digest` covers all that it was written from.

    No foreign key: writing it must lock no slot. What is asked for no more goes after a month.
    """

    id: Serial
    digest = Bytea(default=None, unique=True)
    slot = BigInt(default=None)
    audience = short_text(20)
    content = Bytea(default=None)
    made_at = instant(index=True)
