"""How a change is recorded: `acting()` opens its transaction and writes its audit row; files and the ledger.

The ledger is the only freezer. A number is given in one place: `freeze()`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import structlog
from piccolo.table import Table

from training.kernel import clock, db, outbox, queue
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import rules
from training.records.tables import Entry, SeenSetting, Series

db.refuse(
    "ledger_series_prefix_once",
    lambda: Conflict(_("Ce préfixe est celui d’une autre série : deux documents auraient le même numéro.")),
)


db.refuse("file_is_cited", lambda: Conflict(_("Ce fichier est encore cité quelque part : il ne peut pas disparaître.")))


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that somebody edited, as text."""

    field: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Change:
    """The change being made; say what it is about as soon as it is known."""

    subject_kind: str | None = None
    subject_id: int | None = None
    fields: tuple[str, ...] = ()
    edits: list[Edit] = field(default_factory=list)
    actor: Actor = SYSTEM

    def about(self, kind: str, id: int, *fields: str) -> None:  # noqa: A002 - an id is an id
        """`fields` are the names of what changed, never their values."""
        self.subject_kind, self.subject_id, self.fields = kind, id, fields

    async def sign(self) -> None:
        """Say who acts, and when, to the triggers of this transaction: what they write carries it."""
        sql = "select set_config('training.actor', $1, true), set_config('training.at', $2, true)"
        await db.execute(sql, f"{self.actor.kind}:{self.actor.id or ''}", clock.now().isoformat())

    def edited(self, name: str, old: object, new: object) -> None:
        """What somebody typed over, and what was there: kept apart from the audit, until it is purged."""
        edit = Edit(name, rules.as_text(old), rules.as_text(new))
        if edit.old != edit.new:
            self.edits.append(edit)

    async def edit(self, table: type[Table], id: int, values: Mapping[str, object]) -> bool:  # noqa: A002
        """Write what somebody typed over a row's columns, and note what was there. False: there is no such row.

        Where the row has an `updated_at`, it follows.
        """
        columns = {name: table._meta.get_column_by_name(name) for name in values}
        row = table._meta.primary_key == id
        was = await table.select(*columns.values()).where(row).first().lock_rows("UPDATE")
        if was is None:
            return False
        for name, value in values.items():
            self.edited(name, was[name], value)
        written = {columns[name]: value for name, value in values.items()}
        if "updated_at" in (column._meta.name for column in table._meta.columns):
            written[table._meta.get_column_by_name("updated_at")] = clock.now()
        if written:
            await table.update(written).where(row)  # type: ignore[arg-type]
        return True


@contextlib.asynccontextmanager
async def acting(actor: Actor, action: str, subject: tuple[str, int] | None = None) -> AsyncIterator[Change]:
    """The transaction of one action by one actor; its audit row is written with it or not at all."""
    async with db.atomic():
        kind, id_ = subject or (None, None)
        change = Change(kind, id_, actor=actor)
        yield change
        about = (clock.now(), actor.kind, actor.id, action, change.subject_kind, change.subject_id)
        fields = [*change.fields, *(e.field for e in change.edits if e.field not in change.fields)]
        await db.execute(_AUDIT, *about, fields, structlog.contextvars.get_contextvars().get("request_id"))
        if change.edits:
            columns = [[getattr(edit, name) for edit in change.edits] for name in ("field", "old", "new")]
            first = await db.value(_EDITS, *about, *columns)
            if rules.watched(change.subject_kind, (edit.field for edit in change.edits)):
                await outbox.put("change.watched", ("change", int(first)))


async def see_settings(actor: Actor, found: Mapping[str, str]) -> None:
    """A start saw these settings of the environment, without their secrets; what is not as last seen was changed."""
    actor.must(Permission.PLATFORM_RUN)
    if found.items() <= {row["name"]: row["value"] for row in await SeenSetting.select()}.items():
        return  # as the last start saw them
    async with acting(actor, "setting.see") as change:
        # one at a time: of several processes that start at once, one tells
        await db.execute("select pg_advisory_xact_lock(hashtextextended('settings.seen', 0))")
        for name, value in found.items():
            known = await SeenSetting.select().where(SeenSetting.name == name).first()
            if known is None:
                await SeenSetting.insert(SeenSetting(name=name, value=value, seen_at=clock.now()))
            elif known["value"] != value:
                change.about("setting", known["id"])
                change.edited(name, known["value"], value)
                await SeenSetting.update({SeenSetting.value: value, SeenSetting.seen_at: clock.now()}).where(
                    SeenSetting.name == name
                )


# Written out, for every change writes one: the query builder takes as long as the rest of a short action.
_AUDIT = """
    insert into audit (at, actor_kind, actor_id, action, subject_kind, subject_id, fields, request_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_EDITS = """
    insert into change (at, actor_kind, actor_id, action, subject_kind, subject_id, field, old, new)
    select $1, $2, $3, $4, $5, $6, e.* from unnest($7::text[], $8::text[], $9::text[]) e
    returning id
"""


class FormReused(Conflict):
    """A form that was acted upon came back with other answers: from the page before, most likely."""

    slug = "form-reused"


class FormTwice(Conflict):
    """The same answers came in another form: two tabs, or the page opened anew."""

    slug = "form-twice"


@dataclass(frozen=True, slots=True)
class FormSent:
    """A form as it was sent: its own key, and the sum of what it says. `again`: twice is meant."""

    key: str
    body: bytes
    again: bool = False


async def once(asker: str, sent: FormSent | None, act: Callable[[], Awaitable[int | None]]) -> int:
    """Run an action for a form, once: sent again, it answers what the first made (0 where that has no id).

    `sent` None: a form without a key.

    FormReused: its answers changed meanwhile. FormTwice: somebody sent the same answers a while ago, in another form.
    """
    if sent is None:
        return await act() or 0
    async with db.atomic():
        # of two at once, the second waits here until the first is done
        if not await db.value(_CLAIM, asker, sent.key, sent.body, clock.now()):
            known = await db.connection().fetchrow(_CLAIMED, asker, sent.key, sent.body)
            if not known["same"]:
                words = _(
                    "Ce formulaire est déjà enregistré, avec d’autres réponses. Pour en faire un autre, renvoyez-le."
                )
                raise FormReused(words)
            return int(known["made"] or 0)
        if not sent.again and await db.value(_TWICE, asker, sent.body, sent.key, clock.now() - rules.TWICE):
            words = _("La même demande vient d’être enregistrée. Si vous en voulez une deuxième, envoyez de nouveau.")
            raise FormTwice(words)
        made = await act()
        await db.execute("update sent_form set made = $3 where asker = $1 and key = $2", asker, sent.key, made)
    return made or 0


_CLAIM = """
    insert into sent_form (asker, key, body_sha256, created_at) values ($1, $2, $3, $4)
    on conflict (asker, key) do nothing returning id
"""
_CLAIMED = "select body_sha256 = $3 as same, made from sent_form where asker = $1 and key = $2"
_TWICE = """
    select exists (
        select from sent_form where asker = $1 and body_sha256 = $2 and key <> $3 and created_at > $4
    )
"""


async def forget_forms(actor: Actor = SYSTEM) -> None:
    """Forms are remembered a day: nobody comes back to one later."""
    async with acting(actor, "form.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute("delete from sent_form where created_at < $1", clock.now() - rules.FORMS_KEPT)


async def forget_changes(actor: Actor = SYSTEM) -> None:
    """Delete what fields held, before and after, when three years have passed since it was edited."""
    async with acting(actor, "change.forget"):
        actor.must(Permission.PLATFORM_RUN)
        await db.execute("delete from change where at < $1", clock.now() - rules.CHANGES_KEPT)


async def retry_job(actor: Actor, job: int) -> None:
    """A person has a job that failed for good tried again."""
    async with acting(actor, "job.retry", ("job", job)):
        actor.must(Permission.MAILS_RETRY)
        await queue.retry(job)


async def keep_file(content: bytes, media_type: str) -> int:
    """Keep bytes; the same bytes are kept once, and come back where a tombstone stood. Returns the file's id."""
    sha256 = hashlib.sha256(content).digest()
    kept = await db.value(_KEEP, sha256, media_type, len(content), content, clock.now())
    return int(kept or await db.value("select id from file where sha256 = $1", sha256))


# A conflict locks the row even where nothing is written: no tombstone comes between this and the row that will cite it.
_KEEP = """
    insert into file (sha256, media_type, size, content, created_at) values ($1, $2, $3, $4, $5)
    on conflict (sha256) do update set content = excluded.content, gone_at = null, gone_reason = null
    where file.content is null returning id
"""


async def tombstone_file(file: int, reason: str) -> bool:
    """Let a file's bytes go; its sum, its size, the day and the reason stay. False: they were gone already.

    Conflict while any row cites it, an entry of the ledger above all.
    """
    async with db.atomic():  # a refusal that the caller takes for an answer undoes nothing else
        return bool(await db.value("select tombstone_file($1, $2, $3)", file, reason, clock.now()))


@dataclass(frozen=True, slots=True)
class Numbered:
    """What the counter gives to the document being issued."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Frozen:
    """The document as the ledger keeps it. `entry` is the ledger row's id."""

    entry: int
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Document:
    """What is frozen: the snapshot (canonical JSON), the exact paper, and the machine's copy when there is one."""

    snapshot: str
    paper: bytes
    data: bytes | None = None


async def open_series(key: str, prefix: str) -> None:
    """Make a series where there is none. Its chain starts from the hash of its own name."""
    rules.check_prefix(prefix)
    await Series.insert(
        Series(
            key=key,
            prefix=prefix,
            first_number=1,
            next_number=1,
            last_issued_on=None,
            last_hash=rules.genesis(key),
        )
    ).on_conflict(target=Series.key, action="DO NOTHING")


async def set_series(actor: Actor, key: str, prefix: str, first_number: int) -> None:
    """How the numbers of a series are written, and the first of them: beside another ledger, before the first issue.

    Invalid: a prefix or a number that cannot be, or a first number below the one set before. Conflict: one was
    issued, or another series has that prefix.
    """
    async with acting(actor, "series.set") as change:
        actor.must(Permission.PLATFORM_EDIT)
        await open_series(key, rules.checked_prefix(prefix))
        series = await Series.select().where(Series.key == key).first().lock_rows("UPDATE")
        assert series is not None  # noqa: S101 - it was made a moment ago
        change.about("series", series["id"], "prefix", "first_number")
        rules.check_start(series["first_number"], first_number, issued=series["last_issued_on"] is not None)
        await Series.update(
            {Series.prefix: prefix, Series.first_number: first_number, Series.next_number: first_number}
        ).where(Series.key == key)


async def freeze(key: str, subject: tuple[str, int], make: Callable[[Numbered], Awaitable[Document]]) -> Frozen:
    """Give the next number of a series and freeze the document that `make` builds with it.

    The series' row stays locked until the caller's transaction ends: numbers are continuous because a failure gives
    the number back, and chronological because `issued_on` never goes back (CGI ann. II art. 242 nonies A, I 7°).
    """
    async with db.atomic():
        series = await Series.select().where(Series.key == key).first().lock_rows("UPDATE")
        if series is None:
            raise LookupError(f"no series {key}")
        issued_on = max(filter(None, (clock.today(), series["last_issued_on"])))
        position = int(series["next_number"])
        numbered = Numbered(rules.number(series["prefix"], issued_on.year, position), issued_on)
        document = await make(numbered)
        link = rules.link(
            series["last_hash"], numbered.number, issued_on, document.snapshot, document.paper, document.data
        )
        entry = await Entry.insert(
            Entry(
                series=series["id"],
                position=position,
                number=numbered.number,
                issued_on=issued_on,
                subject_kind=subject[0],
                subject_id=subject[1],
                snapshot=document.snapshot,
                paper=await keep_file(document.paper, "application/pdf"),
                data=None if document.data is None else await keep_file(document.data, "application/xml"),
                previous_hash=series["last_hash"],
                hash=link,
                frozen_at=clock.now(),
            )
        ).returning(Entry.id)
        await Series.update(
            {Series.next_number: position + 1, Series.last_issued_on: issued_on, Series.last_hash: link}
        ).where(Series.id == series["id"])
    return Frozen(int(entry[0]["id"]), numbered.number, issued_on)
