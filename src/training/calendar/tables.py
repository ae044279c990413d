"""Feed tokens, and what each person was last sent about each slot."""

from __future__ import annotations

from piccolo.columns import Bytea, Integer, Serial
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.directory.tables import Contact, Facilitator, Organisation
from training.kernel.columns import belongs_to, instant, short_text
from training.scheduling.tables import Slot


class FeedToken(Table, tablename="feed_token"):
    """A secret address of a calendar: an organisation's sessions or a facilitator's. Shown once, kept hashed."""

    id: Serial
    token_hash = Bytea(default=None, unique=True)
    organisation = belongs_to(Organisation, null=True)
    facilitator = belongs_to(Facilitator, null=True)
    label = short_text(80)
    created_at = instant()
    revoked_at = instant(null=True)
    fetched_at = instant(null=True)
    fetched_by = short_text(null=True)

    feed_token_is_of_one = Check("num_nonnulls(organisation, facilitator) = 1")


class Invitation(Table, tablename="invitation"):
    """The last calendar object sent to one person about one slot (RFC 5546): what tells whether to send again."""

    id: Serial
    slot = belongs_to(Slot)
    contact = belongs_to(Contact, null=True)
    facilitator = belongs_to(Facilitator, null=True)
    method = short_text(10)
    sequence = Integer(default=None)
    digest = Bytea(default=None)
    sent_at = instant()

    invitation_is_to_one = Check("num_nonnulls(contact, facilitator) = 1")
    invitation_to_contact_once = Unique([slot, contact])
    invitation_to_facilitator_once = Unique([slot, facilitator])
