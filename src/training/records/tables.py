"""Audit rows, what people edited, files, the ledger. Subjects are (kind, id): nothing here points upward."""

from __future__ import annotations

from piccolo.columns import Array, BigInt, Boolean, Bytea, Date, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.kernel.columns import belongs_to, instant, short_text


class Audit(Table, tablename="audit"):
    """One change by one actor: ids and names of fields, never a personal value."""

    id: Serial
    at = instant(index=True)
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)
    action = short_text(60)
    subject_kind = short_text(40, null=True)
    subject_id = BigInt(default=None, null=True)
    fields = Array(base_column=Varchar(), default=list)
    request_id = short_text(40, null=True)


class FieldChange(Table, tablename="change"):
    """What somebody edited, before and after. It may hold personal values, so it is purged: `rules.CHANGES_KEPT`."""

    id: Serial
    at = instant(index=True)
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)
    action = short_text(60)
    subject_kind = short_text(40)
    subject_id = BigInt(default=None)
    field = short_text(60)
    old = Text(default=None, null=True)
    new = Text(default=None, null=True)


class SeenSetting(Table, tablename="seen_setting"):
    """A setting of the environment as the last start saw it, without its secrets: what tells that it changed."""

    id: Serial
    name = short_text(40, unique=True)
    value = short_text(300)
    seen_at = instant()


class SentForm(Table, tablename="sent_form"):
    """A form that was acted upon: sent again, it gets the same answer (`made`: the id of what it made)."""

    id: Serial
    asker = short_text(40)
    key = short_text(60)
    body_sha256 = Bytea(default=None)
    made = BigInt(default=None, null=True)
    created_at = instant(index=True)

    sent_form_once = Unique([asker, key])


class File(Table, tablename="file"):
    """Bytes that do not change, known by their SHA-256. Gone (`tombstone_file` alone does it), the sum stays."""

    id: Serial
    sha256 = Bytea(default=None, unique=True)
    media_type = short_text(100)
    size = BigInt(default=None)
    content = Bytea(default=None, null=True)
    created_at = instant()
    gone_at = instant(null=True)
    gone_reason = short_text(200, null=True)

    file_is_whole_or_gone = Check(
        "(content is null) = (gone_at is not null) and (content is null) = (gone_reason is not null)"
    )
    file_size_is_true = Check("octet_length(content) = size")
    file_sha256_is_true = Check("sha256 = sha256(content)")


class Note(Table, tablename="note"):
    """What was said about a thing, on the telephone or otherwise, as somebody of the team wrote it down.

    Whom it is about may ask to read it (RGPD art. 15). It is purged: `rules.NOTES_KEPT`.
    """

    id: Serial
    subject_kind = short_text(40)
    subject_id = BigInt(default=None)
    channel = short_text(10)  # `rules.NoteChannel`
    text = Text(default=None)
    contact = BigInt(default=None, null=True)  # with whom
    actor_kind = short_text(10)
    actor_id = BigInt(default=None, null=True)
    written_at = instant(index=True)
    corrected_at = instant(null=True)

    note_says_something = Check("text <> ''")
    note_channel_is_known = Check("channel in ('phone_in', 'phone_out', 'mail', 'paper', 'visit', 'note')")


class Backup(Table, tablename="backup"):
    """A backup that was taken. `copied`: its command said that another machine has it too."""

    id: Serial
    taken_at = instant(index=True)
    size = BigInt(default=None)
    sha256 = Bytea(default=None)
    copied = Boolean(default=None)


class Series(Table, tablename="ledger_series"):
    """A continuous count of issued documents; its row is the lock under which a number is given."""

    id: Serial
    key = short_text(40, unique=True)
    prefix = Varchar(length=6, default=None, unique=True)
    first_number = Integer(default=None)
    next_number = Integer(default=None)
    last_issued_on = Date(default=None, null=True)
    last_hash = Bytea(default=None)

    ledger_series_upward = Check("next_number >= first_number and first_number >= 1")


class Entry(Table, tablename="ledger_entry"):
    """A frozen document: full snapshot, exact bytes, and its link in the chain. Triggers refuse UPDATE and DELETE."""

    id: Serial
    series = belongs_to(Series)
    position = Integer(default=None)
    number = short_text(35, unique=True)
    issued_on = Date(default=None)
    subject_kind = short_text(40)
    subject_id = BigInt(default=None)
    snapshot = Text(default=None)
    paper = belongs_to(File)
    data = belongs_to(File, null=True)
    previous_hash = Bytea(default=None)
    hash = Bytea(default=None)
    frozen_at = instant()

    ledger_entry_position_once = Unique([series, position])
