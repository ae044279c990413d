"""Offers and coming sessions: what anybody may read, and what an organisation pays when its own key asks."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import PathParameter, QueryParameter

from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import tariffs as pricing
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.kernel import clock
from training.kernel.characters import hidden
from training.kernel.errors import Invalid, NotFound
from training.kernel.i18n import _
from training.reporting.portal.catalogue import follow_in_public
from training.scheduling import queries as scheduling
from training.web.api import examples, offer_outputs, outputs, paging
from training.web.api.offer_outputs import OfferDetail, OfferList
from training.web.api.outputs import SessionList
from training.web.auth import PUBLIC
from training.web.pages import Asked, actor_of

Cursor = Annotated[str | None, QueryParameter(name="cursor", description="La valeur de `next` de la page précédente.")]


@get(
    "/offers",
    permission=PUBLIC,
    tags=["Catalogue"],
    operation_id="listOffers",
    summary="Les offres publiées",
    description="Toutes, par titre : `next` est toujours nul aujourd’hui.",
    security=examples.ANYBODY,
    responses=examples.documented(200, "Les offres.", offer_outputs.OfferList([examples.OFFER], None)),
)
async def list_offers(request: Asked) -> OfferList:
    """The published offers."""
    found = await catalogue.offers()
    tariffs = await pricing.tariffs([offer.id for offer in found])
    kind = _kind(await asking(request))
    return OfferList([offer_outputs.offer_item(offer, tariffs[offer.id], kind) for offer in found], None)


@get(
    "/offers/{slug:str}",
    permission=PUBLIC,
    tags=["Catalogue"],
    operation_id="getOffer",
    summary="Une offre",
    description="Une offre qui a changé d’adresse répond 301 à l’ancienne.",
    security=examples.ANYBODY,
    responses=examples.documented(200, "L’offre.", examples.OFFER_DETAIL, 404),
)
async def get_offer(
    request: Asked, slug: Annotated[str, PathParameter(description="Le nom court de l’offre.")]
) -> OfferDetail:
    """One published offer."""
    found = await catalogue.offer(slug)
    if found is None:
        await follow_in_public(slug)
        raise NotFound(_("Cette offre n’existe pas ou n’est plus proposée."))
    tariffs = await pricing.tariffs([found.id])
    steps = await catalogue.programme(found.id)
    return offer_outputs.offer_detail(found, steps, tariffs[found.id], _kind(await asking(request)))


@get(
    "/sessions",
    permission=PUBLIC,
    tags=["Catalogue"],
    operation_id="listSessions",
    summary="Les séances à venir",
    description=(
        "Les séances ouvertes, la plus proche d’abord ; avec la clé d’une structure, celles qui lui sont réservées "
        "aussi, et `price_cents`, son prix pour une place (un forfait ne dépend pas du nombre)."
    ),
    security=examples.ANYBODY,
    responses=examples.documented(200, "Les séances.", outputs.SessionList([examples.SESSION], None), 422),
)
async def list_sessions(
    request: Asked,
    offer: Annotated[str | None, QueryParameter(name="offer", description="Le nom court d’une offre.")] = None,
    since: Annotated[
        str | None, QueryParameter(name="from", description="À partir de ce jour ou de cet instant (ISO 8601).")
    ] = None,
    until: Annotated[
        str | None, QueryParameter(name="to", description="Jusqu’à ce jour compris, ou avant cet instant (ISO 8601).")
    ] = None,
    cursor: Cursor = None,
) -> SessionList:
    """The coming sessions that may be booked."""
    if offer and hidden(offer):
        raise Invalid(_("Le nom court d’une offre."), field="offer")
    organisation = await asking(request)
    page, more = paging.split(
        await scheduling.public_sessions(
            now=clock.now(),
            offer=offer or "",
            since=paging.since(since),
            until=paging.until(until),
            organisations=[organisation.id] if organisation else [],
            after=paging.instant_cursor(cursor),
            limit=paging.PAGE + 1,
        )
    )
    tariffs = await pricing.tariffs([view.offer for view in page])
    items = [outputs.session_item(view, tariffs[view.offer], _kind(organisation)) for view in page]
    return SessionList(items, paging.write_cursor(page[-1].starts_at, page[-1].id) if more else None)


async def asking(request: Asked) -> OrganisationView | None:
    """The organisation whose key asks: a key is of one, or of the platform (None)."""
    actor = actor_of(request)
    if actor is None or not actor.scope.organisations:
        return None
    (organisation,) = actor.scope.organisations
    return await directory.organisation(organisation)


def _kind(organisation: OrganisationView | None) -> str | None:
    return organisation.kind if organisation else None
