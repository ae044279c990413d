"""A small town with two sessions, two organisations and what goes with them: what tests of searches look for."""

from __future__ import annotations

from datetime import timedelta

import makers
from draft_makers import hold
from makers import NOON
from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import References
from training.reporting.office.search.page import search_page
from training.scheduling.actions import planning
from training.worker import drain


async def make_searched() -> None:
    """On Monday 1 March 2027. A session on Tuesday the 9th in Alençon, one on Friday the 12th in Sées; one was held."""
    with clock.frozen(NOON):
        town = await makers.make_town(vat_regime="out_of_scope")
        await _name(town)
        commune = await makers.make_commune("61464", "Sées", "61500", (48.6, 0.17), 4_000)
        venue = await planning.add_venue(
            SYSTEM, name="Halle aux Grains", address="3 rue Billy", commune=commune, capacity=50, access="",
            latitude=48.6, longitude=0.17,
        )  # fmt: skip
        other = await makers.make_organisation(
            "Saint-Germain-du-Corbéis", siret="00007777600011", domain="st-germain.example.org"
        )
        repair = await makers.make_offer("reparer", title="Réparer son vélo soi-même")
        seen = await makers.make_session(repair, venue=venue, starts_at=NOON + timedelta(days=11, hours=-2))
        await bookings.book(SYSTEM, NewBooking(seen, other, 6))
        said = References(purchase_order="ENG-2027/415", service_code=None)
        await bookings.book(SYSTEM, NewBooking(town.session, town.organisation, 8, references=said))
        async with db.atomic():
            await db.execute("update booking set reference = 'R2027-00042' where organisation = $1", town.organisation)
            await db.execute("update booking set reference = 'R2027-00117' where organisation = $1", other)
            await db.execute(
                """
                insert into partner (name, slug, summary, email, active)
                values ('Prévention routière', 'prevention', '', 'comite61@prevention.example.org', true)
                """
            )
            await db.execute("insert into participant (booking, name) select id, 'Maëlle Guérin' from booking limit 1")
        await drain()
    await _held(town)


async def _name(town: makers.Town) -> None:
    async with db.atomic():
        await db.execute("update organisation set name = 'Mairie d’Alençon' where id = $1", town.organisation)
        await db.execute(
            "update contact set name = 'Rachel Œuvrard-Dubois', phone = '02 33 80 66 12' where name like 'Rachel%'"
        )
        await db.execute("update contact set name = 'Nathalie Lefèvre' where name like 'Félix%'")
        start = NOON + timedelta(days=8, hours=-3)
        await db.execute("update slot set starts_at = $1, ends_at = $2", start, start + timedelta(hours=3))


async def _held(town: makers.Town) -> None:
    """A session of November that was held and invoiced at 350 €."""
    with clock.frozen(NOON - timedelta(days=110)):
        session = await makers.make_session(town.offer, venue=town.venue, starts_at=NOON - timedelta(days=100))
        await bookings.book(SYSTEM, NewBooking(session, town.organisation, 12))
    await hold(session)


async def found(text: str, kind: str = "") -> dict[str, list[str]]:
    """By kind the titles of what a text finds, in their order."""
    with clock.frozen(NOON):
        page = await search_page(SYSTEM, text, kind)
    return {group.name: [answer.title for answer in group.answers] for group in page.groups}
