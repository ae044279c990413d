"""Offers as the office has them invoiced: VAT, seats booked or people present, accounts."""

from __future__ import annotations

from dataclasses import dataclass

from training.catalogue.queries import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look, PictureWords
from training.catalogue.rules.offers import OfferState
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory
from training.kernel import addresses, clock, db
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.papers.rules.vat import VatRegime
from training.records import queries as records


@dataclass(frozen=True, slots=True)
class OfferBilled:
    """How an offer is invoiced; `modes`: how its present tariffs count. `vat_regime` None: the platform’s."""

    id: int
    slug: str
    title: str
    theme: str
    state: OfferState
    vat_regime: VatRegime | None
    bill_present: bool
    analytic_code: str | None
    sales_account: str | None
    modes: tuple[TariffMode, ...]
    look: Look

    @property
    def per_seat(self) -> bool:
        """Some organisation pays for each person."""
        return TariffMode.PER_SEAT in self.modes


_BILLED = f"""
    select o.id, o.slug, o.title, o.theme, o.state, o.vat_regime, o.bill_present, o.analytic_code, o.sales_account,
           coalesce(
               (select array_agg(distinct t.mode) from tariff t where t.offer = o.id and (
                   t.valid_until is null or t.valid_until >= {{today}})
               ), '{{{{}}}}') as modes, {LOOK}
    from offer o {LOOK_JOIN}
"""


@dataclass(frozen=True, slots=True)
class OfficeOffers:
    """Every offer with what its invoices carry, drafts and archives too."""

    offers: list[OfferBilled]


async def offers_page(search: str) -> OfficeOffers:
    """What the page of offers shows, by title, in one statement."""
    where = Clauses()
    today = where.value(clock.today())
    if search.strip():
        where.add(
            "strpos(fold(concat_ws(' ', o.title, o.theme, th.name, o.analytic_code)), fold({})) > 0", search.strip()
        )
    order = "order by o.state = 'archived', fold(o.title), o.title, o.id"
    sql = f"{_BILLED.format(today=today)} where {where} {order}"
    return OfficeOffers(await db.rows(OfferBilled, sql, *where.values))


@dataclass(frozen=True, slots=True)
class OfficeOffer:
    """What the page of an offer shows. `usual`: the regime of the platform, which counts where it has none."""

    offer: OfferBilled
    usual: VatRegime


@dataclass(frozen=True, slots=True)
class OfferWords:
    """How an offer is called and summed up."""

    id: int
    slug: str
    title: str
    summary: str
    state: OfferState


async def offer_words(slug: str) -> OfferWords:
    """The words of an offer, in one statement; NotFound when there is none."""
    words = await db.row(OfferWords, "select id, slug, title, summary, state from offer where slug = $1", slug)
    if words is None:
        raise NotFound(_("Cette offre n’existe pas."))
    return words


@dataclass(frozen=True, slots=True)
class OfferPictured:
    """How an offer is shown; `words`: what is said of its picture, None while it has none."""

    id: int
    slug: str
    title: str
    state: OfferState
    look: Look
    words: PictureWords | None
    seen: int

    @property
    def path(self) -> str:
        """Where its picture is changed."""
        return addresses.office_offer_picture(self.slug)


async def offer_picture(slug: str) -> OfferPictured:
    """How an offer is shown, in one statement; NotFound when there is none."""
    sql = f"""
        select o.id, o.slug, o.title, o.state, {LOOK}, pic.alt, pic.agreed_by, pic.agreed_on, pic.agreement,
               {records.last_change_of("offer", "o.id")} as seen
        from offer o {LOOK_JOIN} where o.slug = $1
    """
    offer = await db.row(OfferPictured, sql, slug)
    if offer is None:
        raise NotFound(_("Cette offre n’existe pas."))
    return offer


async def offer_page(slug: str) -> OfficeOffer:
    """What the page of an offer shows, in two statements; NotFound when there is none."""
    offer = await db.row(OfferBilled, f"{_BILLED.format(today='$1')} where o.slug = $2", clock.today(), slug)
    if offer is None:
        raise NotFound(_("Cette offre n’existe pas."))
    return OfficeOffer(offer, VatRegime((await directory.the_platform()).vat_regime))
