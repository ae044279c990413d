"""« Vous êtes » : asked once, kept by the browser, changed on any page by its address; prices are said accordingly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from litestar.datastructures import Cookie
from litestar.response import Redirect, Template

from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel import settings
from training.kernel.i18n import N_, _
from training.reporting.portal import readers
from training.reporting.portal.readers import CatalogueReader
from training.web.auth import cookie_name, forgotten_cookie
from training.web.pages import Asked, actor_of, go, page

PARAMETER = "pour"  # …?pour=commune keeps the answer and leads to the same address without it
FORGET = "personne"  # what forgets it
COOKIE = "structure"  # needed for what was asked for, and for nothing else: it wants no consent (CNIL, 17 Sept. 2020)
KEPT = timedelta(days=180)

# As sentences say them: « ceux d’une commune ».
PHRASES: dict[OrganisationKind, str] = {
    OrganisationKind.COMMUNE: N_("une commune"),
    OrganisationKind.INTERCOMMUNALITY: N_("une intercommunalité"),
    OrganisationKind.DEPARTEMENT: N_("un département"),
    OrganisationKind.OTHER_PUBLIC: N_("un autre organisme public"),
    OrganisationKind.INSERTION: N_("une structure d’insertion"),
    OrganisationKind.ASSOCIATION: N_("une association"),
    OrganisationKind.COMPANY: N_("une entreprise"),
    OrganisationKind.SCHOOL: N_("un établissement scolaire"),
    OrganisationKind.PERSON: N_("un particulier"),
}


@dataclass(frozen=True, slots=True)
class YouAre:
    """For whom prices are said: `kind`, its `phrase`, or "" while nobody knows; `organisation`: whose own kind it is.

    `addresses`: of this page as each kind reads it, none where there is nothing to choose. `forget`: as nobody does.
    """

    kind: str
    phrase: str
    organisation: str
    addresses: Mapping[OrganisationKind, str]
    forget: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The kinds to choose among: the value of each, and its name."""
        return [(str(kind), _(KIND_NAMES[kind])) for kind in self.addresses]

    @property
    def asked(self) -> bool:
        """Prices wait for the answer."""
        return not self.phrase and bool(self.addresses)


def _typed(text: str) -> OrganisationKind | None:
    return OrganisationKind(text) if text in set(OrganisationKind) else None


async def keep(request: Asked) -> Redirect | None:
    """Before a page: what its address says one is, is kept, and gone from the address. Never leads elsewhere."""
    if request.method not in ("GET", "HEAD") or PARAMETER not in request.query_params:
        return None
    said = str(request.query_params[PARAMETER])
    if kind := _typed(said):
        return go(_here(request), cookies=[_cookie(kind)])
    return go(_here(request), cookies=[forgotten_cookie(COOKIE)] if said == FORGET else None)


def _here(request: Asked, kind: str = "") -> str:
    """The address that is shown, without the answer or with another."""
    path = "/" + quote(request.url.path.lstrip("/"), safe="/")  # two slashes would be another site
    typed = parse_qsl(request.url.query, keep_blank_values=True)  # in its order, which `multi_items` does not keep
    rest = [(name, value) for name, value in typed if name != PARAMETER]
    query = urlencode([*rest, (PARAMETER, kind)] if kind else rest)
    return f"{path}?{query}" if query else path


def _cookie(kind: OrganisationKind) -> Cookie:
    return Cookie(
        key=cookie_name(COOKIE),
        value=str(kind),
        max_age=int(KEPT.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.current().production,
    )


async def reader(request: Asked) -> CatalogueReader:
    """Who looks, with what they said they are."""
    return await readers.reader(actor_of(request), _typed(request.cookies.get(cookie_name(COOKIE), "")))


def you_are(request: Asked, who: CatalogueReader, kinds: Sequence[OrganisationKind]) -> YouAre:
    """What the page says of for whom its prices are, and how to change that."""
    own = ", ".join(o.name for o in who.organisations) if len(who.possible) == 1 else ""
    phrase = _(PHRASES[who.kind]) if who.kind and (kinds or own) else ""
    return YouAre(
        who.kind or "",
        phrase,
        own,
        {kind: _here(request, kind) for kind in kinds},
        _here(request, FORGET) if who.chosen and not own else "",
    )


async def priced_page(
    request: Asked, name: str, who: CatalogueReader, kinds: Sequence[OrganisationKind], **context: Any
) -> Template:
    """A page with prices: what it holds depends on who looks, and caches are told so."""
    shown = await page(request, name, you=you_are(request, who, kinds), **context)
    shown.headers["Vary"] = "Cookie"  # RFC 9110 12.5.5
    return shown
