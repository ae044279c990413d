"""Files to add to a calendar once: the dates of one session, or those of one booking. They do not follow changes."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Response, get
from litestar.params import FromPath

from training.bookings import queries as bookings
from training.calendar.formats.event import EventText, calendar_object, vevent
from training.calendar.formats.vtimezone import vtimezone
from training.calendar.queries import slots as queries
from training.calendar.rules import Audience, SlotFacts
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.scheduling import queries as scheduling
from training.scheduling.rules import SessionState
from training.web.agenda import answers
from training.web.auth import PUBLIC
from training.web.pages import Asked, the_actor, the_platform
from training.web.parameters import row_key


@get("/seances/{name:str}", permission=PUBLIC)
async def session(request: Asked, name: FromPath[str]) -> Response[bytes] | Response[str]:
    """The dates of an open session."""
    number = row_key(answers.stem(name))
    facts: list[SlotFacts] = []
    if number:
        dates = (await scheduling.slots([number]))[number]
        facts = await queries.for_anybody([slot.id for slot in dates])
    if not facts:
        return answers.unknown(_("Cette séance n’existe pas ou n’est plus proposée."))
    return await _file(request, f"seance-{number}", facts, Audience.PUBLIC)


@get("/reservations/{name:str}", permission=Permission.BOOKINGS_SEE)
async def booking(request: Asked, name: FromPath[str]) -> Response[bytes]:
    """The dates of a booking, for the people of its organisation."""
    reference = answers.stem(name)
    found = await bookings.booking(the_actor(request).scope, reference) if reference else None
    if found is None:
        raise NotFound(_("Cette réservation n’existe pas."))
    facts: list[SlotFacts] = []
    for slot in (await scheduling.slots([found.session]))[found.session]:
        if fact := await queries.for_organisation(slot.id, found.organisation):
            facts.append(fact)
    if not facts:
        raise NotFound(_("Cette réservation n’est pas confirmée : elle n’a pas encore de date à mettre à l’agenda."))
    return await _file(request, f"reservation-{found.reference}", facts, Audience.ORGANISATION)


@get("/missions/{name:str}", permission=Permission.MISSIONS_SEE)
async def mission(request: Asked, name: FromPath[str]) -> Response[bytes]:
    """The dates of a session that a facilitator is expected at, for them."""
    session = row_key(answers.stem(name))
    slots = (await scheduling.slots([session]))[session] if session else []
    facts: dict[int, SlotFacts] = {}  # by slot: two facilitators in one person are one event
    for slot in slots:
        for facilitator in sorted(the_actor(request).scope.facilitators):
            fact = await queries.for_facilitator(slot.id, facilitator)
            if fact and not fact.cancelled and fact.state != SessionState.CANCELLED:
                facts[slot.id] = fact
    if not facts:
        raise NotFound(_("Cette séance n’existe pas, n’a pas lieu, ou une autre personne l’anime."))
    return await _file(request, f"mission-{session}", list(facts.values()), Audience.FACILITATOR)


async def _file(request: Asked, file: str, facts: Sequence[SlotFacts], audience: Audience) -> Response[bytes]:
    texts = answers.texts(facts, audience, await the_platform())
    return answers.calendar(request, _calendar(texts), file, max(fact.revised_at for fact in facts))


def _calendar(events: Sequence[EventText]) -> bytes:
    """Without METHOD and without a name: programs add the events to the calendar that is open."""
    return calendar_object({}, [*map(vtimezone, sorted({event.zone for event in events})), *map(vevent, events)])
