"""What the list of coming sessions can be narrowed to: only what leads to a session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.kernel import clock, db
from training.reporting.portal.readers import CatalogueReader
from training.reporting.portal.sessions import months_from
from training.scheduling.queries import visible

AHEAD = 12  # months that are looked into


@dataclass(frozen=True, slots=True)
class Choices:
    """What leads to a coming session: themes, offers and partners (slug and name), months by their first day."""

    themes: tuple[Look, ...]
    offers: tuple[tuple[str, str], ...]
    partners: tuple[tuple[str, str], ...]
    months: tuple[date, ...] = ()
    communes: tuple[tuple[str, str], ...] = ()


async def choices(who: CatalogueReader) -> Choices:
    """For the page of dates: two statements."""
    found, where = await _offered(who), visible(clock.now(), who.ids)
    months = months_from(clock.today(), AHEAD + 1)
    instants = [clock.at(month, time.min) for month in months]
    begins, ends = where.value(instants[:-1]), where.value(instants[1:])
    rows = await db.connection().fetch(_MONTHS.format(begins=begins, ends=ends, where=where), *where.values)
    return replace(found, months=tuple(months[row["n"] - 1] for row in rows))


async def choices_of_list(who: CatalogueReader) -> Choices:
    """For the list that another site shows: two statements."""
    found, where = await _offered(who), visible(clock.now(), who.ids)
    communes = await db.connection().fetch(_COMMUNES.format(where), *where.values)
    return replace(found, communes=tuple((record["code"], record["name"]) for record in communes))


async def _offered(who: CatalogueReader) -> Choices:
    where = visible(clock.now(), who.ids)
    offered = await db.rows(_Offered, _OFFERED.format(where), *where.values)
    partners = {offer.partner_slug: offer.partner for offer in offered if offer.partner_slug and offer.partner}
    return Choices(
        tuple({offer.look.theme: offer.look for offer in offered if offer.look.theme}.values()),
        tuple((offer.slug, offer.title) for offer in offered),
        tuple(sorted(partners.items(), key=lambda known: known[1])),
    )


@dataclass(frozen=True, slots=True)
class _Offered:
    slug: str
    title: str
    partner_slug: str | None
    partner: str | None
    look: Look


# What one may choose has a coming session: with a limit, that is looked up one by one.
_OFFERED = f"""
    select o.slug, o.title, p.slug as partner_slug, p.name as partner, {LOOK}
    from offer o left join partner p on p.id = o.partner {LOOK_JOIN}
    where (select true from session s where s.offer = o.id and {{}} limit 1)
    order by th.position, fold(o.theme), o.id
"""
_MONTHS = """
    select m.n from unnest({begins}::timestamptz[], {ends}::timestamptz[]) with ordinality m (begins, ends, n)
    where (
        select true from session s join offer o on o.id = s.offer
        where {where} and s.starts_at >= m.begins and s.starts_at < m.ends limit 1
    )
    order by m.n
"""
_COMMUNES = """
    select coalesce(c.insee, 'x' || c.id) as code, c.name from commune c
    where exists (select from venue v where v.commune = c.id and (
        select true from venue_use u join slot t on t.id = u.slot and t.position = 1
        join session s on s.id = t.session join offer o on o.id = s.offer
        where u.venue = v.id and u.holds and u.during && tstzrange($1, null) and {} limit 1
    ))
    order by fold(c.name), c.name, c.id
"""
