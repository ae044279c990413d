"""The poster of a session, for whoever may see the session."""

from __future__ import annotations

from training.catalogue.queries import funding as supporting
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.looks import Look, may_see_picture
from training.directory import queries as directory
from training.kernel import addresses, clock
from training.kernel.actor import Actor
from training.kernel.i18n import SOURCE, speaking
from training.reporting.portal.images import image
from training.reporting.portal.prices import price_said
from training.reporting.portal.session import may_see
from training.scheduling import queries as scheduling
from training.scheduling.documents import Poster
from training.scheduling.queries import SessionView
from training.scheduling.rules import SessionKind, SessionState


async def poster(actor: Actor | None, id: int) -> Poster | None:  # noqa: A002
    """What the sheet says; None: this person may not see the session, or it does not take place.

    Eight statements.
    """
    session = await scheduling.session(id)
    if session is None or session.state == SessionState.CANCELLED or not may_see(actor, session):
        return None
    slots = (await scheduling.slots([id]))[id]
    platform = await directory.the_platform()
    private = session.kind == SessionKind.PRIVATE
    whom = await directory.organisation(session.organisation) if private and session.organisation else None
    offer = await catalogue.offer(session.offer_slug)
    town = "\N{NO-BREAK SPACE}".join(part for part in (slots[0].postcode, slots[0].city) if part)
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
        audience=offer.audience if offer else "",
        price=await _price(session),
        dated=clock.local(slots[0].starts_at).year != clock.today().year,
        picture=await _picture(actor, session.look),
        funders=await _funders(session),
    )


async def _funders(session: SessionView) -> tuple[str, ...]:
    """Who pays for it on its day."""
    day = clock.local(session.starts_at).date()
    return tuple(funding.by.name for funding in (await supporting.funded_on([session.offer], day))[session.offer])


async def _price(session: SessionView) -> str:
    """What it costs everybody alike, as papers say it; "" where that depends on who comes."""
    tariffs = (await pricing.tariffs([session.offer]))[session.offer]
    with speaking(SOURCE):
        said = price_said(tariffs, (), clock.local(session.starts_at).date())
        return str(said) if said.exact and said.cents is not None else ""


async def _picture(actor: Actor | None, look: Look) -> bytes:
    """The offer's own picture, where this person may see it; else nothing."""
    if not look.picture:
        return b""
    found = await image(look.picture.removeprefix("/images/").removesuffix(".webp"), wide=True)
    shown = found is not None and (found.state is None or may_see_picture(actor, found.state))
    return found.content if found is not None and shown else b""
