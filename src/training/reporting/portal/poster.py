"""The poster of a session, for whoever may see the session."""

from __future__ import annotations

from training.directory import queries as directory
from training.kernel import addresses
from training.kernel.actor import Actor
from training.reporting.portal.session import may_see
from training.scheduling import queries as scheduling
from training.scheduling.documents import Poster
from training.scheduling.rules import SessionKind, SessionState


async def poster(actor: Actor | None, id: int) -> Poster | None:  # noqa: A002
    """What the sheet says; None: this person may not see the session, or it does not take place. Four statements."""
    session = await scheduling.session(id)
    if session is None or session.state == SessionState.CANCELLED or not may_see(actor, session):
        return None
    slots = (await scheduling.slots([id]))[id]
    platform = await directory.the_platform()
    private = session.kind == SessionKind.PRIVATE
    whom = await directory.organisation(session.organisation) if private and session.organisation else None
    town = " ".join(part for part in (slots[0].postcode, slots[0].city) if part)
    return Poster(
        title=session.title,
        slots=tuple((slot.starts_at, slot.ends_at) for slot in slots),
        city=session.city or "",
        venue=session.venue or "",
        address=", ".join(part for part in (slots[0].address, town) if part),
        look=session.look,
        seed=session.offer_slug,
        group=session.capacity,
        minutes=session.duration_minutes,
        platform=platform.name,
        tagline=platform.tagline,
        contact=platform.contact_name,
        phone=platform.phone,
        accent=platform.accent,
        # a stranger who scanned the page of a private session would be told that there is none
        url="" if private else addresses.absolute(addresses.session(id)),
        whom=whom.name if whom else "",
    )
