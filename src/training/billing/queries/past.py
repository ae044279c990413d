"""What the lines of a spreadsheet of former years are: which offer, venue, organisation, people; what is there already.

Set by set: thousands of lines are a few statements. What nothing of ours is called is a fault of its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from training.billing.formats.past_sheet import PastRow
from training.billing.queries.periods import closed_until
from training.directory import queries as directory
from training.kernel import clock, db
from training.kernel.i18n import _
from training.kernel.render import day_year
from training.kernel.sheets import Fault
from training.kernel.titled_sheets import folded
from training.scheduling.rules import MAX_SLOT

T = TypeVar("T")
NEAR = 10  # names that nothing bears for which others are proposed: each is compared with all there are
_Key = tuple[datetime, int, int | None]  # what makes two lines one session: when it begins, its offer, its venue


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line that can come in. `session`: one that is there already. `known`: there is nothing left to bring."""

    row: PastRow
    starts_at: datetime
    ends_at: datetime
    offer: int
    venue: int | None
    facilitators: tuple[int, ...]
    organisation: int
    contact: int
    note: str
    session: int | None = None
    known: bool = False

    @property
    def key(self) -> _Key:
        """What makes it of the same session as another one."""
        return (self.starts_at, self.offer, self.venue)


@dataclass(frozen=True, slots=True)
class PastFound:
    """All that the lines are, or why they cannot be."""

    lines: tuple[PastLine, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Offer:
    id: int
    duration_minutes: int
    partner: int | None


@dataclass(slots=True)
class _Names:
    """Who and what the lines name, by what they say."""

    offers: dict[str, _Offer]
    venues: dict[tuple[str, str], list[int]]
    organisations: dict[tuple[str, str], list[int]]
    contacts: dict[int, int]
    people: dict[str, list[tuple[int, int | None]]]
    partners: dict[str, int]
    near: dict[tuple[str, str], list[str]] = field(default_factory=dict)


async def past_lines(rows: Sequence[PastRow]) -> PastFound:
    """What each line is. Its faults are said together, so that the file is put right at once."""
    names, closed = await _names(rows), await closed_until()
    await _come_near(names, rows)
    lines: list[PastLine] = []
    faults: list[Fault] = []
    for row in rows:
        try:
            line = _line(row, names)
            _check_when(line, closed)
            lines.append(line)
        except ValueError as error:
            faults.append(Fault(row.line, str(error)))
    known = await _with_known(lines, faults)
    once = _once(known, faults)
    await _clashes(once, faults)
    return PastFound(tuple(once), tuple(sorted(faults, key=lambda fault: fault.line)))


def _check_when(line: PastLine, closed: date | None) -> None:
    if line.ends_at > clock.now():
        raise ValueError(_("cette séance n’est pas encore passée : planifiez-la dans « Séances »."))
    if line.ends_at - line.starts_at > MAX_SLOT:
        raise ValueError(_("cette séance durerait plus de 12 heures : écrivez une ligne par jour, avec sa fin."))
    if closed is not None and line.row.day <= closed:
        words = _("cette date est dans une période close, jusqu’au {day}.")
        raise ValueError(words.format(day=day_year(closed)))


def _line(row: PastRow, names: _Names) -> PastLine:
    """ValueError, in words: all of it that nothing of ours is."""
    wrong: list[str] = []

    def heard(find: Callable[[PastRow, _Names], T]) -> T | None:
        try:
            return find(row, names)
        except ValueError as error:
            wrong.append(str(error) if not wrong else str(error)[:1].upper() + str(error)[1:])
        return None

    offer, venue, people = heard(_offer), heard(_venue), heard(_people)
    organisation, partner = heard(_organisation), heard(_partner)
    if wrong or offer is None or people is None or organisation is None:
        raise ValueError(" ".join(wrong))
    starts_at = clock.at(row.day, row.begin)
    minutes = timedelta(minutes=row.minutes or offer.duration_minutes)
    said = partner is None or partner in (offer.partner, *(whose for _id, whose in people))
    note = [row.note] if said else [_("Avec {partner}.").format(partner=row.partner), row.note]
    return PastLine(
        row,
        starts_at,
        clock.at(row.day, row.end) if row.end else starts_at + minutes,
        offer.id,
        venue,
        tuple(sorted({id_ for id_, _whose in people})),
        organisation,
        names.contacts[organisation],
        "\n".join(filter(None, note)),
    )


def _offer(row: PastRow, names: _Names) -> _Offer:
    found = names.offers.get(row.offer)
    if found is None:
        words = _("aucune offre ne s’appelle « {name} »{near}.")
        raise ValueError(words.format(name=row.offer, near=_near(names, "offer", row.offer)))
    return found


def _partner(row: PastRow, names: _Names) -> int | None:
    if not row.partner:
        return None
    partner = names.partners.get(row.partner)
    if partner is None:
        words = _("« {name} » n’est pas un partenaire connu{near}.")
        raise ValueError(words.format(name=row.partner, near=_near(names, "partner", row.partner)))
    return partner


def _venue(row: PastRow, names: _Names) -> int | None:
    if not row.venue:
        if row.city:
            raise ValueError(_("la commune est dite, pas le lieu : écrivez le nom de la salle, ou videz la commune."))
        return None
    found = names.venues.get((row.venue, row.city), [])
    if len(found) == 1:
        return found[0]
    said = ", ".join(filter(None, (row.venue, row.city)))
    if found:
        raise ValueError(_("plusieurs lieux s’appellent « {name} » : écrivez leur commune.").format(name=said))
    words = _("aucun lieu ne s’appelle « {name} »{near}.")
    raise ValueError(words.format(name=said, near=_near(names, "venue", said)))


def _organisation(row: PastRow, names: _Names) -> int:
    found = names.organisations.get((row.organisation, row.siret or ""), [])
    if len(found) > 1:
        words = _("plusieurs structures s’appellent « {name} » : écrivez son SIRET dans une colonne SIRET.")
        raise ValueError(words.format(name=row.organisation))
    if not found:
        words = _("aucune structure ne s’appelle « {name} »{near}.")
        raise ValueError(words.format(name=row.organisation, near=_near(names, "organisation", row.organisation)))
    if found[0] not in names.contacts:
        words = _("« {name} » n’a aucun contact : ajoutez-en un sur sa page, ou importez les contacts des structures.")
        raise ValueError(words.format(name=row.organisation))
    return found[0]


def _people(row: PastRow, names: _Names) -> list[tuple[int, int | None]]:
    found = []
    for said in row.people:
        known = names.people.get(person_key(said), [])
        if len(known) > 1:
            words = _("plusieurs personnes qui animent s’appellent « {name} » : écrivez son courriel.")
            raise ValueError(words.format(name=said))
        if not known:
            words = _("aucune personne qui anime ne s’appelle « {name} »{near}.")
            raise ValueError(words.format(name=said, near=_near(names, "facilitator", said)))
        found.append(known[0])
    return found


def person_key(said: str) -> str:
    """A name in any order of its words, or a mail address."""
    return said.strip().lower() if "@" in said else " ".join(sorted(folded(said).split()))


def _near(names: _Names, kind: str, said: str) -> str:
    near = names.near.get((kind, said), [])
    return " " + _("(peut-être « {names} »)").format(names=" », « ".join(near)) if near else ""


async def _names(rows: Sequence[PastRow]) -> _Names:
    offers = await db.connection().fetch(_OFFERS, _each(row.offer for row in rows))
    places = _each((row.venue, row.city) for row in rows if row.venue)
    venues = await db.connection().fetch(_VENUES, [name for name, _city in places], [city for _name, city in places])
    clients = _each((row.organisation, row.siret or "") for row in rows)
    said = [name for name, _siret in clients], [siret for _name, siret in clients]
    organisations = await db.connection().fetch(_ORGANISATIONS, *said)
    ids = {one for record in organisations for one in record["ids"]}
    contacts = await db.connection().fetch(_CONTACTS, sorted(ids))
    people: dict[str, list[tuple[int, int | None]]] = {}
    for person in await db.connection().fetch("select id, name, lower(email) as email, partner from facilitator"):
        for key in {person_key(person["name"]), person["email"]}:
            people.setdefault(key, []).append((person["id"], person["partner"]))
    return _Names(
        {one["said"]: _Offer(one["id"], one["duration_minutes"], one["partner"]) for one in offers},
        {(one["said"], one["city"]): list(one["ids"]) for one in venues},
        {(one["said"], one["siret"]): list(one["ids"]) for one in organisations},
        {one["organisation"]: one["id"] for one in contacts},
        people,
        await directory.partners_named([row.partner for row in rows]),
    )


def _each(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


# By its address, or one that it had, or a link to it; else by its title, one of the catalogue first.
_OFFERS = """
    select w.said, o.id, o.duration_minutes, o.partner
    from unnest($1::text[]) w(said)
    join lateral (select coalesce(offer_called(lower(regexp_replace(w.said, '^.*/', ''))), (
        select id from offer where fold(title) = fold(w.said)
        order by array_position(array['published', 'draft'], state::text), id limit 1
    )) as id) c on true
    join offer o on o.id = c.id
"""
# By its name in that commune, by both in one cell; of several of one name in one commune the one in service.
_VENUES = """
    select w.said, w.city, array_agg(v.id order by v.id) as ids
    from unnest($1::text[], $2::text[]) w(said, city)
    join (
        select distinct on (commune_key(v.name), c.id) v.id, commune_key(v.name) as name, commune_key(c.name) as city,
               c.postcode
        from venue v join commune c on c.id = v.commune
        order by commune_key(v.name), c.id, v.active desc, v.id
    ) v on case w.city when '' then commune_key(w.said) in (v.name, v.name || ' ' || v.city)
                else v.name = commune_key(w.said) and (v.city = commune_key(w.city) or v.postcode = w.city) end
    group by w.said, w.city
"""
# By its SIRET; else by the address of its page, or its name. What is archived keeps its past, where no other is meant.
_ORGANISATIONS = """
    select w.said, w.siret, case when count(*) filter (where organisation_current(g.state)) > 0
           then array_agg(g.id order by g.id) filter (where organisation_current(g.state))
           else array_agg(g.id order by g.id) end as ids
    from unnest($1::text[], $2::text[]) w(said, siret)
    join organisation g on g.siret = w.siret or (w.siret = '' and g.state <> 'refused' and fold(g.name) = fold(w.said))
    group by w.said, w.siret
"""
_CONTACTS = """
    select distinct on (organisation) organisation, id from contact where organisation = any($1)
    order by organisation, active desc, for_booking desc, id
"""


async def _come_near(names: _Names, rows: Sequence[PastRow]) -> None:
    """For what nothing bears, the names that come near."""
    unknown = {
        "offer": [row.offer for row in rows if row.offer not in names.offers],
        "venue": [
            ", ".join(filter(None, (row.venue, row.city)))
            for row in rows
            if row.venue and (row.venue, row.city) not in names.venues
        ],
        "organisation": [r.organisation for r in rows if (r.organisation, r.siret or "") not in names.organisations],
        "facilitator": [said for row in rows for said in row.people if person_key(said) not in names.people],
        "partner": [row.partner for row in rows if row.partner and row.partner not in names.partners],
    }
    for kind, said in unknown.items():
        if said:
            sql = _NEAREST.format(names=_ALL_NAMES[kind], key="name_key" if kind == "organisation" else "fold")
            for one in await db.connection().fetch(sql, _each(said)[:NEAR]):
                names.near[kind, one["said"]] = list(one["near"])


_ALL_NAMES = {
    "offer": "select title as name from offer where state <> 'archived'",
    "venue": "select v.name || ', ' || c.name as name from venue v join commune c on c.id = v.commune",
    "organisation": "select name from organisation where state <> 'refused'",
    "facilitator": "select name from facilitator",
    "partner": "select name from partner",
}
# « Mairie de Sées » is near to « Commune de Sées (Orne) »: the words of a kind say nothing, and more may be said.
_NEAREST = """
    with names as materialized (select distinct name, {key}(name) as key from ({names}) n),
    met as (
        select w.said, n.name, similarity(s.key, n.key) as whole,
               greatest(word_similarity(s.key, n.key), word_similarity(n.key, s.key)) as near
        from unnest($1::text[]) w(said) cross join lateral (select {key}(w.said) as key offset 0) s cross join names n
    )
    select said, (array_agg(name order by near desc, whole desc, name))[:3] as near
    from met where near > 0.5 group by said
"""


async def _with_known(lines: Sequence[PastLine], faults: list[Fault]) -> list[PastLine]:
    """The lines with the sessions that are there already. One of ours is left alone: nothing is added to it."""
    keys = _each((line.offer, line.starts_at) for line in lines)
    found = await db.connection().fetch(_KNOWN, [offer for offer, _at in keys], [at for _offer, at in keys])
    there = {(one["starts_at"], one["offer"], one["venue"]): one for one in found}
    met = []
    for line in lines:
        one = there.get(line.key)
        booked = one is not None and line.organisation in one["organisations"]
        if one is not None and not booked and not one["past"]:
            words = _("cette séance est déjà sur la plateforme, sans « {name} » : retirez la ligne du fichier.")
            faults.append(Fault(line.row.line, words.format(name=line.row.organisation)))
        else:
            met.append(replace(line, session=None if one is None else one["id"], known=booked))
    return met


# Those of a spreadsheet first, should one of ours be the same.
_KNOWN = """
    select s.id, s.offer, s.starts_at, u.venue,
           exists (select from booking b join past_booking p on p.booking = b.id where b.session = s.id) as past,
           array(select organisation from booking where session = s.id and state = 'confirmed') as organisations
    from unnest($1::bigint[], $2::timestamptz[]) w(offer, starts_at)
    join session s on s.offer = w.offer and s.starts_at = w.starts_at and s.state not in ('draft', 'cancelled')
    join slot t on t.session = s.id and t.position = 1
    left join venue_use u on u.slot = t.id
    order by past, s.id
"""


def _once(lines: Sequence[PastLine], faults: list[Fault]) -> list[PastLine]:
    """A line that says what an earlier one said is known; one that says otherwise is a fault."""
    first: dict[_Key, PastLine] = {}
    booked: dict[tuple[_Key, int], PastLine] = {}
    kept = []
    for line in lines:
        begun = first.setdefault(line.key, line)
        again = booked.setdefault((line.key, line.organisation), line)
        if begun.ends_at != line.ends_at:
            words = _("cette séance ne finit pas à la même heure que ligne {line}.")
            faults.append(Fault(line.row.line, words.format(line=begun.row.line)))
        elif again is not line and not line.known and _told(again.row) != _told(line.row):
            words = _("« {name} » est déjà ligne {line} pour cette séance, avec d’autres nombres : n’en faites qu’une.")
            faults.append(Fault(line.row.line, words.format(name=line.row.organisation, line=again.row.line)))
        else:
            kept.append(replace(line, known=line.known or again is not line))
    return kept


def _told(row: PastRow) -> tuple[object, ...]:
    return (row.seats, row.present, row.price_cents, row.worth_cents, row.purchase_order, row.invoice)


async def _clashes(lines: Sequence[PastLine], faults: list[Fault]) -> None:
    """Nobody delivers two sessions at once, of the file or of what is there (`assignment_no_overlap`)."""
    dates: dict[int, dict[_Key, PastLine]] = {}
    for line in lines:
        if line.session is None:
            for person in line.facilitators:
                dates.setdefault(person, {}).setdefault(line.key, line)
    words = _("une personne qui anime cette séance en anime une autre à la même heure, ligne {line}.")
    for theirs in dates.values():
        for before, after in pairwise(sorted(theirs.values(), key=lambda line: line.starts_at)):
            if after.starts_at < before.ends_at:
                faults.append(Fault(after.row.line, words.format(line=before.row.line)))
    asked = [(person, line) for person, theirs in dates.items() for line in theirs.values()]
    there = await db.connection().fetch(
        _BUSY,
        [person for person, _line in asked],
        [line.starts_at for _person, line in asked],
        [line.ends_at for _person, line in asked],
        [line.row.line for _person, line in asked],
    )
    said = _("{name} anime déjà une autre séance à cette heure-là, sur la plateforme.")
    faults.extend(Fault(one["line"], said.format(name=one["name"])) for one in there)


_BUSY = """
    select distinct w.line, f.name
    from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::int[]) w(person, starts_at, ends_at, line)
    join facilitator f on f.id = w.person
    join assignment a on a.facilitator = w.person and a.during && tstzrange(w.starts_at, w.ends_at)
     and assignment_holds(a.state)
    order by w.line
"""
