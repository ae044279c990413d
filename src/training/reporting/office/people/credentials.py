"""Papers as the office reads them: those of one holder, those that end, one with what it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from training.directory.rules.credentials import CredentialKind, HeldPaper, credential_name, lapsed_on, lapsed_words
from training.directory.rules.people import Days, away_on, gone_on
from training.kernel import addresses, clock, db
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records.queries import last_change
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.paging import cut

ENDING = timedelta(days=60)  # pages speak of what ends within that


@dataclass(frozen=True, slots=True)
class CredentialShown:
    """A paper with whose it is. `renewed_by`: the one that took its place."""

    id: int
    kind: CredentialKind
    label: str
    number: str
    valid_from: date | None
    valid_until: date | None
    media_type: str | None
    file: int | None
    archived_at: datetime | None
    renewed_by: int | None
    facilitator: int | None
    partner: int | None
    holder: str

    @property
    def name(self) -> str:
        """What it is called."""
        return credential_name(self.kind, self.label)

    @property
    def standing(self) -> str:
        """Where it stands today: over, soon to end, or valid."""
        if self.valid_until is None or self.valid_until > clock.today() + ENDING:
            return "valid"
        return "over" if self.valid_until < clock.today() else "soon"

    @property
    def home(self) -> str:
        """The page of whose it is."""
        return _home(self.facilitator, self.partner)


def _home(facilitator: int | None, partner: int | None) -> str:
    return addresses.office_partner(partner or 0) if facilitator is None else addresses.office_facilitator(facilitator)


_CREDENTIAL = """
    select c.id, c.kind, c.label, c.number, c.valid_from, c.valid_until, k.media_type, c.file, c.archived_at,
           c.renewed_by, c.facilitator, c.partner, coalesce(f.name, p.name) as holder
    from credential c left join facilitator f on f.id = c.facilitator left join partner p on p.id = c.partner
    left join file k on k.id = c.file
"""


async def credentials_of(*, facilitator: int | None = None, partner: int | None = None) -> list[CredentialShown]:
    """All papers of one holder: those in use by their last day, then the archived ones, the newest first."""
    column, whose = ("facilitator", facilitator) if facilitator is not None else ("partner", partner)
    order = "order by c.archived_at desc nulls first, c.valid_until nulls last, c.id"
    return await db.rows(CredentialShown, f"{_CREDENTIAL} where c.{column} = $1 {order}", whose)


async def credential(id: int) -> CredentialShown:  # noqa: A002
    """One paper; NotFound when there is none."""
    found = await db.row(CredentialShown, f"{_CREDENTIAL} where c.id = $1", id)
    if found is None:
        raise NotFound(_("Ce papier n’existe pas."))
    return found


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose paper is to be written down."""

    facilitator: int | None
    partner: int | None
    name: str

    @property
    def home(self) -> str:
        """Their page."""
        return _home(self.facilitator, self.partner)


@dataclass(frozen=True, slots=True)
class CredentialEdited:
    """What the form of a paper shows; `paper` None: to be written down."""

    holder: Holder
    paper: CredentialShown | None
    seen: int
    edits: list[EditShown]


async def edit_page(id: int) -> CredentialEdited:  # noqa: A002
    """One paper to be corrected or renewed, in two statements and those of edits; NotFound when there is none."""
    seen, found = await last_change("credential", id), await credential(id)
    of = Holder(found.facilitator, found.partner, found.holder)
    return CredentialEdited(of, found, seen, await edits_of("credential", id))


async def new_page(*, facilitator: int | None, partner: int | None) -> CredentialEdited:
    """Whose paper is to be written down, in one statement; NotFound when there is neither."""
    table, whose = ("facilitator", facilitator) if facilitator is not None else ("partner", partner)
    name = await db.value(f"select name from {table} where id = $1", whose) if whose is not None else None
    if name is None:
        raise NotFound(_("Cette page n’existe pas ou n’existe plus."))
    return CredentialEdited(Holder(facilitator, partner, name), None, 0, [])


@dataclass(frozen=True, slots=True)
class OfficeCredentials:
    """A page of the papers that end, the first to end first. `following`: the last one's, when there are more."""

    papers: list[CredentialShown]
    following: tuple[date, int] | None


async def credentials_page(*, after: tuple[date, int] | None, limit: int) -> OfficeCredentials:
    """What the page of papers that end shows, in one statement: of people and partners who are still there."""
    where = Clauses("c.archived_at is null", "c.valid_until is not null", "coalesce(f.active, p.active)")
    if after is not None:
        where.add("(c.valid_until, c.id) > ({}, {})", *after)
    sql = f"{_CREDENTIAL} where {where} order by c.valid_until, c.id limit {limit + 1:d}"
    shown, end = cut(await db.rows(CredentialShown, sql, *where.values), limit)
    return OfficeCredentials(shown, (end.valid_until, end.id) if end and end.valid_until else None)


# On the day of a session


@dataclass(frozen=True, slots=True)
class Concern:
    """What speaks against somebody on a day: it is said beside their name, and forbids nothing.

    `facilitator` None: it is the offer's partner whose paper lacks. `href`: where it is put right.
    """

    facilitator: int | None
    on: date
    words: str
    href: str

    @property
    def key(self) -> str:
        """What a form says back that was told of it."""
        return f"{self.facilitator or 0}.{self.on.isoformat()}.{self.href.rpartition('/')[2]}"


async def concerns(
    people: Collection[tuple[int, date]], partner: tuple[int, Collection[date]] | None = None
) -> list[Concern]:
    """What speaks against people on days, and against an offer's partner on its days, in three statements."""
    ids = sorted({facilitator for facilitator, _on in people})
    left = {each.id: each for each in await db.rows(_Left, _LEFT, ids)}
    absences = await db.rows(_Absence, _ABSENCES, ids)
    papers = await db.rows(_Paper, _PAPERS, ids, partner[0] if partner else None)
    found = []
    for facilitator, on in sorted(people):
        home = addresses.office_facilitator(facilitator)
        if (gone := left.get(facilitator)) and gone_on(gone.active, gone.left_on, on):
            found.append(Concern(facilitator, on, _("N’anime plus"), home))
        days = away_on([Days(a.starts_on, a.ends_on) for a in absences if a.facilitator == facilitator], on)
        if days is not None:
            found.append(Concern(facilitator, on, _("Pas disponible {days}").format(days=days.words), home))
        found += _lapsed([p for p in papers if p.facilitator == facilitator], facilitator, on)
    for on in sorted(partner[1]) if partner else ():
        found += _lapsed([p for p in papers if p.facilitator is None], None, on)
    return found


def _lapsed(papers: list[_Paper], facilitator: int | None, on: date) -> list[Concern]:
    held, found = {paper.id: paper for paper in papers}, []
    for paper in lapsed_on((each.held for each in papers), on):
        words, of = lapsed_words(paper, on), held[paper.id].partner
        found.append(Concern(facilitator, on, f"{of}, {words}" if of else words, addresses.office_credential(paper.id)))
    return found


@dataclass(frozen=True, slots=True)
class _Left:
    id: int
    active: bool
    left_on: date | None


_LEFT = "select id, active, left_on from facilitator where id = any($1) and (not active or left_on is not null)"


@dataclass(frozen=True, slots=True)
class _Absence:
    facilitator: int
    starts_on: date
    ends_on: date


_ABSENCES = """
    select facilitator, starts_on, ends_on from unavailability
    where facilitator = any($1) and archived_at is null order by starts_on, id
"""


@dataclass(frozen=True, slots=True)
class _Paper:
    """`facilitator` is whom it concerns; `partner` names whose it is, when it is not their own."""

    facilitator: int | None
    partner: str | None
    id: int
    kind: CredentialKind
    label: str
    valid_from: date | None
    valid_until: date | None
    open: bool

    @property
    def held(self) -> HeldPaper:
        """As the rule looks at it."""
        return HeldPaper(self.id, self.kind, self.label, self.valid_from, self.valid_until, self.open)


# A renewed paper counts until its last day.
_PAPERS = """
    select w.facilitator, w.partner, c.id, c.kind, c.label, c.valid_from, c.valid_until, c.archived_at is null as open
    from (
        select f.id as facilitator, null as partner, c.id from facilitator f join credential c on c.facilitator = f.id
        where f.id = any($1)
        union all
        select f.id, p.name, c.id from facilitator f join partner p on p.id = f.partner
        join credential c on c.partner = p.id where f.id = any($1)
        union all
        select null, p.name, c.id from partner p join credential c on c.partner = p.id where p.id = $2
    ) w join credential c on c.id = w.id
    where c.archived_at is null or c.renewed_by is not null
    order by w.facilitator, c.id
"""
