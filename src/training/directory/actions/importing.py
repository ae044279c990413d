"""Organisations and people of a spreadsheet come in, all of them or none; run again, what is known stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.directory.actions.facilitators import add_facilitator
from training.directory.formats.facilitators_sheet import FacilitatorRow
from training.directory.formats.organisations_sheet import OrganisationRow
from training.directory.queries import known_facilitators, known_organisations, partners_named
from training.directory.rules import slugs
from training.directory.rules.organisations import OrganisationState, usual_buyer
from training.directory.tables import Contact, Organisation
from training.kernel import clock, db
from training.kernel.actor import Actor
from training.kernel.countries import HOME
from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting

AT_ONCE = 400  # rows of one insert: PostgreSQL takes 65,535 values a statement


@dataclass(frozen=True, slots=True)
class Imported:
    """How many came in; `known` were there."""

    organisations: int
    contacts: int
    known: int


async def import_organisations(actor: Actor, rows: Sequence[OrganisationRow]) -> Imported:
    """Make those that nobody knows, approved, and the people of all of them. Two lines of one organisation are one.

    Who is known is left as it is: by its SIRET, or its name in that place; a person by their address, or their name.
    """
    async with acting(actor, "organisation.import") as change:
        actor.must(Permission.BOOKINGS_MAKE)
        change.about("platform", 1, "organisation")
        await db.execute("select pg_advisory_xact_lock(hashtextextended('organisation.slug', 0))")
        ids = dict(zip(_keys(rows), await known_organisations(list(_firsts(rows).values())), strict=True))
        known = sum(found is not None for found in ids.values())
        fresh = [row for key, row in _firsts(rows).items() if ids[key] is None]
        for row, made in zip(fresh, await _make(fresh), strict=True):
            ids[row.key] = made
        people = await _add_people([(int(ids[row.key] or 0), row) for row in rows if row.reachable])
    return Imported(len(fresh), people, known)


def _firsts(rows: Sequence[OrganisationRow]) -> dict[tuple[str, str], OrganisationRow]:
    """The first line of each organisation, by its key."""
    found: dict[tuple[str, str], OrganisationRow] = {}
    for row in rows:
        found.setdefault(row.key, row)
    return found


def _keys(rows: Sequence[OrganisationRow]) -> list[tuple[str, str]]:
    return list(_firsts(rows))


async def _make(rows: Sequence[OrganisationRow]) -> list[int]:
    taken = set(await Organisation.select(Organisation.slug).output(as_list=True)) if rows else set()
    last: dict[str, int] = {}
    made: list[int] = []
    for at in range(0, len(rows), AT_ONCE):
        few = [
            Organisation(
                name=row.name,
                kind=row.kind,
                siret=row.siret,
                address=row.address,
                postcode=row.postcode,
                city=row.city,
                buyer=usual_buyer(row.kind, HOME),
                slug=_free(slugs.slug(row.name), taken, last),
                state=OrganisationState.APPROVED,
                created_at=clock.now(),
            )
            for row in rows[at : at + AT_ONCE]
        ]
        made += [int(one["id"]) for one in await Organisation.insert(*few).returning(Organisation.id)]
    return made


def _free(wanted: str, taken: set[str], last: dict[str, int]) -> str:
    """The first that nobody has; `last`: how far each was counted, as thousands may have one name."""
    n, free = last.get(wanted, 1), wanted
    while free in taken:
        n += 1
        free = f"{wanted}-{n}"
    taken.add(free)
    last[wanted] = n
    return free


async def _add_people(rows: Sequence[tuple[int, OrganisationRow]]) -> int:
    """Those who are not there yet: by their address, and who has none by their name."""
    sql = "select organisation, lower(email) as email, fold(name) as name from contact where organisation = any($1)"
    there = await db.connection().fetch(sql, sorted({organisation for organisation, _row in rows}))
    known = {(one["organisation"], one["email"] or one["name"]) for one in there}
    reached = {organisation for organisation, _key in known}
    sql = "select lower(w.email) as email, fold(w.name) as name from unnest($1::text[], $2::text[]) w(email, name)"
    names = [row.contact or row.name for _organisation, row in rows]
    said = await db.connection().fetch(sql, [row.email for _organisation, row in rows], names)
    fresh = []
    for (organisation, row), name, one in zip(rows, names, said, strict=True):
        key = (organisation, one["email"] or one["name"])
        if key not in known:
            known.add(key)
            fresh.append(_contact(organisation, name, row, books=organisation not in reached))
    for at in range(0, len(fresh), AT_ONCE):
        await Contact.insert(*fresh[at : at + AT_ONCE])
    return len(fresh)


def _contact(organisation: int, name: str, row: OrganisationRow, *, books: bool) -> Contact:
    """`books`: nobody was written down there yet; who was goes on receiving what is sent."""
    return Contact(
        organisation=organisation,
        name=name,
        email=row.email,
        phone=row.phone,
        title=row.title,
        for_booking=books,
        locale="fr",
        active=True,
        created_at=clock.now(),
    )


async def import_facilitators(actor: Actor, rows: Sequence[FacilitatorRow]) -> int:
    """Those whose address nobody has yet. Invalid: a partner that is none of ours."""
    async with acting(actor, "facilitator.import") as change:
        actor.must(Permission.SESSIONS_PLAN)
        change.about("platform", 1, "facilitator")
        known, partners = await known_facilitators(rows), await partners_named([row.partner for row in rows])
        made = 0
        seen: set[str] = set()
        for row, there in zip(rows, known, strict=True):
            if there is not None or row.email.lower() in seen:
                continue
            seen.add(row.email.lower())
            if row.partner and row.partner not in partners:
                raise Invalid(unknown_partner(row), field="file")
            await add_facilitator(
                actor,
                name=row.name,
                email=row.email,
                phone=row.phone,
                partner=partners.get(row.partner),
                area=row.area,
                locale="fr",
                active=True,
            )
            made += 1
    return made


def unknown_partner(row: FacilitatorRow) -> str:
    """That a line names a partner that is none of ours."""
    words = _("Ligne {line} : « {name} » n’est pas un partenaire connu ; écrivez-le d’abord, ou videz la case.")
    return words.format(line=row.line, name=row.partner)
