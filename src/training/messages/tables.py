"""Every mail, as it was written, with its state; secrets are put in when it leaves and never kept."""

from __future__ import annotations

from piccolo.columns import BigInt, Bytea, Integer, Serial, Text
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.bookings.tables import Booking
from training.calendar.tables import Invitation
from training.directory.tables import Organisation
from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import File
from training.scheduling.tables import Slot


class Mail(Table, tablename="mail"):
    """A mail to one person about one occasion. `message_id` is given once and kept through every retry."""

    id: Serial
    message_id = short_text(unique=True)
    occasion = short_text(60)
    subject_kind = short_text(40)
    subject_id = BigInt(default=None)
    organisation = belongs_to(Organisation, null=True)
    to_name = short_text()
    to_email = short_text()
    subject = short_text(300)
    text = Text(default=None)
    html = Text(default=None)
    calendar_method = short_text(10, null=True)
    calendar = Bytea(default=None, null=True)
    invitation = belongs_to(Invitation, null=True)
    secret = short_text(20, null=True)  # what to make and put in when it leaves: see actions/delivery.py
    state = short_text(10)
    attempts = Integer(default=0)
    next_attempt_at = instant(null=True)
    claimed_until = instant(null=True)
    last_answer = Text(default="")
    created_at = instant(index=True)
    sent_at = instant(null=True)

    mail_sent_has_a_time = Check("(state = 'sent') = (sent_at is not null)")


class Attachment(Table, tablename="mail_attachment"):
    """A file that goes with a mail."""

    id: Serial
    mail = belongs_to(Mail)
    file = belongs_to(File)
    name = short_text(100)

    mail_attachment_once = Unique([mail, file])


class ToldDate(Table, tablename="told_date"):
    """What a booking that is not confirmed was told of a date, in words: nothing of it is in a calendar."""

    id: Serial
    booking = belongs_to(Booking)
    slot = belongs_to(Slot)
    starts_at = instant()
    ends_at = instant()
    place = short_text(700)

    told_date_once = Unique([booking, slot])


class MailService(Table, tablename="mail_service"):
    """The one row that says since when the mail server takes nothing from us, and in what words; no row, all is well.

    What it says about one mail (no such box, not now) is that mail's business.
    """

    id: Serial
    failing_since = instant()
    tried_at = instant()
    answer = Text(default=None)

    mail_service_is_one = Check("id = 1")


class Restoration(Table, tablename="restoration"):
    """The one row that `postgresql/backup.py` leaves in a restored database, which is a copy until it is released.

    `secret` is the fingerprint of the key that signed its mailed links; null when the backup did not say.
    """

    id: Serial
    at = instant()
    secret = short_text(32, null=True)
    released_at = instant(null=True)

    restoration_is_one = Check("id = 1")
