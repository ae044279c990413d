"""Coming sessions, fifty a page, and one session with the question that begins a booking. Public."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.links import LinkOver
from training.kernel.render import month
from training.reporting.portal import session as one
from training.reporting.portal.dates import DatesPage, dates_page
from training.reporting.portal.readers import VISITOR, CatalogueReader, kinds_differing
from training.reporting.portal.sessions import ComingSessions, Filters, PricedSession
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, actor_of
from training.web.parameters import address, asked, key, moment_key, row_key
from training.web.portal.kinds import keep, priced_page, reader
from training.web.portal.links import SESSION, private
from training.web.seats import people_asked, people_typed, read_seats

MONTHS = 4  # in the row of chips: further ones are reached page by page

Chip = tuple[str, str, bool, str | None, int | None]  # address, text, whether it is chosen, paper, how many


@dataclass(frozen=True, slots=True)
class DatesAsked:
    """What the address of the page of dates says: words as typed, and filters as read."""

    filters: Filters
    near: str

    def address(self, **page: str) -> str:
        """The address that asks for the same."""
        filters = self.filters
        return address(
            "/seances",
            q=filters.words,
            personnes=filters.people or "",
            pres=self.near,
            theme=filters.theme,
            offre=filters.offer,
            commune=filters.commune,
            partenaire=filters.partner,
            mois=f"{filters.month:%Y-%m}" if filters.month else "",
            gratuit="oui" if filters.free else "",
            **page,
        )

    def near_address(self, near: str) -> str:
        """The address that asks for the same near another place."""
        return replace(self, near=near).address()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form that asks for another number, or another place, has to carry along."""
        return parse_qsl(urlsplit(replace(self, near="").but(people=0, words="")).query)

    def but(self, **changes: Any) -> str:
        """The address that asks for the same but for these filters."""
        return replace(self, filters=replace(self.filters, **changes)).address()


def _asked(request: Asked) -> DatesAsked:
    filters = Filters(
        theme=asked(request, "theme"),
        offer=asked(request, "offre"),
        commune=asked(request, "commune"),
        partner=asked(request, "partenaire"),
        month=month_asked(asked(request, "mois")),
        people=people_asked(request, "personnes"),
        free=asked(request, "gratuit") == "oui",
        words=asked(request, "q"),
    )
    return DatesAsked(filters, asked(request, "pres"))


def month_asked(text: str) -> date | None:
    """The first day of a month written as "2027-03"; None for anything else."""
    try:
        found = datetime.strptime(text, "%Y-%m").date() if len(text) == len("2027-03") else None  # noqa: DTZ007
    except ValueError:
        return None
    return found if found and 2000 <= found.year < 3000 else None


@get("/seances", permission=PUBLIC)
async def coming(request: Asked) -> Template:
    """Coming sessions by date; filters stay in the address."""
    wanted = _asked(request)
    who = await reader(request)
    after, before = moment_key(asked(request, "apres")), moment_key(asked(request, "avant"))
    found = await dates_page(who, wanted.filters, wanted.near, after=after, before=before)
    filters = wanted.filters
    return await priced_page(
        request,
        "portal/sessions.html",
        who,
        found.kinds,
        found=found,
        wanted=wanted,
        filters=filters,
        form=people_typed(request, "personnes")[1],
        months=by_month(found.coming.items),
        chips=_chips(wanted, found, who),
        only=_only(wanted, found),
        wider=_wider(wanted, found),
        subscribing=address(
            "/seances/agenda", theme=filters.theme, commune=filters.commune, partenaire=filters.partner
        ),
        pager=_pager(found.coming, wanted),
    )


def by_month(items: tuple[PricedSession, ...]) -> list[tuple[str, list[PricedSession]]]:
    """The sessions under the name of their month, as the platform's calendar has it."""

    def of(item: PricedSession) -> datetime:
        local = clock.local(item.session.starts_at)
        return local.replace(day=1, hour=12, minute=0, second=0, microsecond=0)

    return [(month(first), list(group)) for first, group in groupby(items, key=of)]


def _chips(wanted: DatesAsked, found: DatesPage, who: CatalogueReader) -> list[Chip]:
    """Themes, what is free, months: one row. What is chosen is left by pressing it again."""
    filters, choices = wanted.filters, found.choices
    none = not (filters.theme or filters.free or filters.month)
    chips: list[Chip] = [(wanted.but(theme="", free=False, month=None), _("Toutes les dates"), none, None, None)]
    for look in choices.themes:
        chosen = look.theme == filters.theme
        chips.append((wanted.but(theme="" if chosen else look.theme), look.name, chosen, look.paper, None))
    if filters.free or (who.kind and (found.kinds or who.organisations)):
        chips.append((wanted.but(free=not filters.free), _("Gratuit pour nous"), filters.free, None, None))
    shown = choices.months[:MONTHS]
    if len(shown) > 1 or filters.month:
        for first in sorted({*shown, *([filters.month] if filters.month else ())}):
            chosen = first == filters.month
            chips.append((wanted.but(month=None if chosen else first), month(first), chosen, None, None))
    return chips


def _only(wanted: DatesAsked, found: DatesPage) -> list[tuple[str, str]]:
    """What an address from elsewhere narrows to besides, in words, and the address without it."""
    filters, choices, named = wanted.filters, found.choices, found.narrowed
    said = []
    if filters.offer:
        said.append((dict(choices.offers).get(filters.offer, _("une offre")), wanted.but(offer="")))
    if filters.commune and named:
        said.append((named.commune_name or _("une commune"), wanted.but(commune="")))
    if filters.partner and named:
        said.append((named.partner_name or _("un partenaire"), wanted.but(partner="")))
    return said


def _wider(wanted: DatesAsked, found: DatesPage) -> list[tuple[str, str]]:
    """Where nothing is found: each thing that could be asked for less, in words, and the address that does."""
    filters, ways = wanted.filters, []
    if wanted.near and found.near and found.near.commune:
        words = _("partout, pas seulement près de {place}").format(place=found.near.commune.name)
        ways.append((words, replace(wanted, near="").address()))
    if filters.words:
        ways.append((_("sans « {words} »").format(words=filters.words), wanted.but(words="")))
    if filters.people:
        ways.append((_("pour moins de {n} personnes").format(n=filters.people), wanted.but(people=0)))
    if filters.free:
        ways.append((_("payantes aussi"), wanted.but(free=False)))
    if filters.month:
        ways.append((_("tous les mois"), wanted.but(month=None)))
    if filters.theme:
        ways.append((_("tous les thèmes"), wanted.but(theme="")))
    return ways


def _pager(found: ComingSessions, wanted: DatesAsked) -> dict[str, str | None]:
    return {
        "previous": wanted.address(avant=key(*found.previous)) if found.previous else None,
        "next": wanted.address(apres=key(*found.next)) if found.next else None,
    }


@get("/seances/{name:str}", permission=PUBLIC)
async def session(request: Asked, name: FromPath[str]) -> Template | Response[Any]:
    """One session: when, where, with whom, what is left, what it costs you; "Combien serez-vous ?"."""
    people = people_asked(request, "places")
    who = await reader(request)
    found = await one.session_page(actor_of(request), who, session_id(name), people)
    if found is None:
        raise NotFound(_("Cette séance n’existe pas, ou n’est pas ouverte à tous."))
    form = Form.filled({"places": asked(request, "places")})
    if "places" in request.query_params and not found.refusal:
        read_seats(form, found.session.seats_left)
    return await priced_page(
        request,
        "portal/session.html",
        who,
        kinds_differing(who, found.prices),
        found=found,
        session=found.session,
        form=form,
        people=people,
        several=len(who.organisations) > 1,
        to_read=False,
    )


def session_id(name: str) -> int:
    """The number in an address; NotFound when there is none, or one that no row can have."""
    if (found := row_key(name)) is None:
        raise NotFound(_("Cette séance n’existe pas."))
    return found


@get("/lien/{token:str}/seance", permission=PUBLIC)
async def linked(request: Asked, token: FromPath[str]) -> Template:
    """A session that is not for everybody, for whoever has it in a calendar: to be read, and no more."""
    held = await SESSION.open(token)
    found = await one.session_page(held.actor, VISITOR, held.thing.id)
    if found is None:
        raise LinkOver
    shown = await priced_page(
        request,
        "portal/session.html",
        VISITOR,
        (),
        found=found,
        session=found.session,
        form=Form(),
        people=0,
        several=False,
        to_read=True,
    )
    return private(shown)


ROUTER = Router("/", route_handlers=[coming, session, linked], before_request=keep)
