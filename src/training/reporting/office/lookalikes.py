"""Organisations that look the same, as the office shows them: beside one of them, and all."""

from __future__ import annotations

from dataclasses import dataclass

from training.directory import queries as directory
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.queries import OrganisationView
from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class LookalikeShown:
    """Two that look the same, and by what. Beside one of them, `first` is that one."""

    id: int
    first: OrganisationView
    second: OrganisationView
    same_name: bool
    same_address: bool
    same_mail: bool

    @property
    def why(self) -> str:
        """What they have in common, in words."""
        said = ((self.same_name, _("même nom")), (self.same_address, _("même adresse")),
                (self.same_mail, _("même courriel d’un contact")))  # fmt: skip
        return ", ".join(words for same, words in said if same)


@dataclass(frozen=True, slots=True)
class _Pair:
    id: int
    first: int
    second: int
    same_name: bool
    same_address: bool
    same_mail: bool


_COLUMNS = "select l.id, l.first, l.second, l.same_name, l.same_address, l.same_mail from lookalike l"
# Each way by its own index.
_BESIDE = f"""
    select * from ({_COLUMNS} where l.first = any($1) and l.apart_at is null
                   union {_COLUMNS} where l.second = any($1) and l.apart_at is null) l order by l.id desc
"""


async def beside(organisations: list[int]) -> dict[int, list[LookalikeShown]]:
    """What looks the same as each of some organisations, in two statements; the newest pair first."""
    pairs = await db.rows(_Pair, _BESIDE, organisations)
    shown = {pair.id: pair for pair in await _shown(pairs)}
    found: dict[int, list[LookalikeShown]] = {organisation: [] for organisation in organisations}
    for pair in pairs:
        if pair.first in found:
            found[pair.first].append(shown[pair.id])
        if pair.second in found:
            one = shown[pair.id]
            turned = LookalikeShown(one.id, one.second, one.first, one.same_name, one.same_address, one.same_mail)
            found[pair.second].append(turned)
    return found


async def _shown(pairs: list[_Pair]) -> list[LookalikeShown]:
    if not pairs:
        return []
    known = {
        one.id: one for one in await directory.organisations([i for pair in pairs for i in (pair.first, pair.second)])
    }
    return [
        LookalikeShown(
            pair.id, known[pair.first], known[pair.second], pair.same_name, pair.same_address, pair.same_mail
        )
        for pair in pairs
    ]


@dataclass(frozen=True, slots=True)
class OfficeLookalikes:
    """A page of pairs, the newest first. `following`: the id of its last one when there are more."""

    pairs: list[LookalikeShown]
    following: int | None


async def lookalikes_page(scope: Scope, *, before: int | None, limit: int) -> OfficeLookalikes:
    """What the page of possible duplicates shows, in two statements."""
    where = Clauses("l.apart_at is null")
    where.within(scope, "l.first")
    if before is not None:
        where.add("l.id < {}", before)
    sql = f"{_COLUMNS} where {where} order by l.id desc limit {limit + 1:d}"
    shown, last = cut(await db.rows(_Pair, sql, *where.values), limit)
    return OfficeLookalikes(await _shown(shown), last.id if last else None)


async def any_lookalike() -> bool:
    """Whether two organisations look the same and nobody has said that they are two."""
    return bool(await db.value("select exists (select from lookalike where apart_at is null)"))


async def of_new(new: NewOrganisation, contact: NewContact) -> list[OrganisationView]:
    """Those that one which is being written down may be; none where it is sent again (the same contact is there).

    One of the same SIRET is not among them: it is refused.
    """
    rows = await db.connection().fetch(_OF_NEW, new.name, new.postcode, contact.email or "", contact.name)
    if any(row["same"] for row in rows):
        return []
    found = await directory.organisations([row["id"] for row in rows])
    return [one for one in found if not (new.siret and one.siret)]


# As `note_lookalikes` in the database compares them.
_OF_NEW = """
    select o.id, exists (
        select from contact where organisation = o.id
        and (lower(email) = lower($3) or $3 = '' and email is null and fold(name) = fold($4))
    ) as same
    from (
        (select id from organisation o
         where left(o.postcode, 2) = left($2, 2) and name_key(o.name) = name_key($1) and organisation_current(o.state)
         order by o.id desc limit 5)
        union
        (select near.id from (
             select o.id, o.name from organisation o where o.postcode = $2 and organisation_current(o.state)
             order by name_key(o.name) <-> name_key($1) limit 5
         ) near where similarity(name_key(near.name), name_key($1)) >= 0.45)
    ) o
"""
