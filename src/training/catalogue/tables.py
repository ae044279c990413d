"""Themes, offers, their pictures and their tariffs; who stands behind them."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, Date, Integer, Serial, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training.directory.tables import Facilitator, Partner
from training.kernel.columns import belongs_to, instant, short_text
from training.records.tables import File


class Theme(Table, tablename="theme"):
    """How what offers bear in `theme` is shown, "" too. `text` never changes; a trigger makes the row of a new one."""

    id: Serial
    text = short_text(60, unique=True)
    name = short_text(60)
    paper = short_text(20)
    motif = short_text(20)
    keywords = short_text(400)  # what people may look for it by
    position = Integer(default=None)


class Offer(Table, tablename="offer"):
    """A workshop or training of the catalogue. `objectives` has one a line; `description` is Markdown."""

    id: Serial
    slug = short_text(80, unique=True)
    title = short_text()
    summary = short_text(400)
    description = Text(default=None)
    objectives = Text(default=None)
    audience = short_text(400)
    prerequisites = short_text(400)
    host_provides = Varchar(length=2000, default="")  # one a line
    equipment = Varchar(length=2000, default="")  # one a line: what the team brings along
    accessibility = Varchar(length=1000, default="")
    keywords = Varchar(length=400, default="")  # what people may look for it by, separated by commas
    theme = short_text(60)  # what the API and the feeds say; `theme` says how it is shown
    kind = short_text(20)
    duration_minutes = Integer(default=None)
    group_min = Integer(default=None)
    group_max = Integer(default=None)
    partner = belongs_to(Partner, null=True)
    vat_regime = short_text(40, null=True)  # overrides the platform's for this offer
    bill_present = Boolean(default=False)  # per seat: who came, not who was booked at the deadline
    sales_account = short_text(20, null=True)
    analytic_code = short_text(20, null=True)
    motif = short_text(20, null=True)  # its own drawing; null is its theme's
    state = short_text(20)
    created_at = instant()
    updated_at = instant()

    offer_group_is_ordered = Check("group_min >= 1 and group_max >= group_min")
    offer_has_a_duration = Check("duration_minutes > 0")


class OfferStep(Table, tablename="offer_step"):
    """A part of an offer's programme; `minutes` null: nobody said how long."""

    id: Serial
    offer = belongs_to(Offer)
    position = Integer(default=None)
    title = short_text()
    minutes = Integer(default=None, null=True)
    text = short_text(1000)

    offer_step_place_once = Unique([offer, position])
    offer_step_is_called = Check("title <> ''")
    offer_step_has_minutes = Check("minutes > 0")


class OfferFormerSlug(Table, tablename="offer_former_slug"):
    """An address that an offer had: it leads to it for ever, and is given to no other. A trigger writes it."""

    id: Serial
    slug = short_text(80, unique=True)
    offer = belongs_to(Offer)
    left_at = instant()


class Tariff(Table, tablename="tariff"):
    """What an offer costs, for a kind of organisation or (null) for any, between two days."""

    id: Serial
    offer = belongs_to(Offer)
    organisation_kind = short_text(30, null=True)
    mode = short_text(20)
    amount_cents = BigInt(default=None)
    reference_cents = BigInt(default=None, null=True)  # what a free session is worth: funders ask
    valid_from = Date(default=None)
    valid_until = Date(default=None, null=True)

    tariff_amount_is_not_negative = Check("amount_cents >= 0 and reference_cents >= 0")
    tariff_free_costs_nothing = Check("(mode = 'free') = (amount_cents = 0)")
    tariff_days_are_ordered = Check("valid_until >= valid_from")


class OfferPicture(Table, tablename="offer_picture"):
    """A picture that takes the place of an offer's drawing, and who agreed to be seen on it."""

    id: Serial
    offer = belongs_to(Offer, unique=True)
    address = short_text(32, index=True)  # what public addresses call it: made of its bytes
    wide = belongs_to(File)
    narrow = belongs_to(File)
    alt = short_text(200)
    agreed_by = short_text(400)
    agreed_on = Date(default=None)
    agreement = short_text(200)  # where it is kept
    created_at = instant()

    offer_picture_is_described = Check("alt <> ''")
    offer_picture_is_agreed = Check("agreed_by <> '' and agreement <> ''")


class OfferFacilitator(Table, tablename="offer_facilitator"):
    """That a facilitator may deliver an offer. It orders what planning proposes, and forbids nothing."""

    id: Serial
    offer = belongs_to(Offer)
    facilitator = belongs_to(Facilitator)

    offer_facilitator_once = Unique([offer, facilitator])


class Supporter(Table, tablename="supporter"):
    """Who stands behind the platform, named on its home: a partner, or who funds it over a period (null: no end)."""

    id: Serial
    kind = short_text(20)
    name = short_text(100)
    link = short_text(300, null=True)
    sentence = short_text(200)
    position = Integer(default=None)
    logo = belongs_to(File, null=True)
    address = short_text(32, null=True, index=True)  # what the logo's public address calls it: made of its bytes
    alt = short_text(200, null=True)
    active = Boolean(default=True)  # the home names it
    created_at = instant()
    valid_from = Date(default=None, null=True)
    valid_until = Date(default=None, null=True)
    archived_on = Date(default=None, null=True)  # its last day, while it is not active

    supporter_days_are_ordered = Check("valid_until >= valid_from")
    supporter_kind_is_one = Check("kind in ('partner', 'funder')")
    supporter_link_is_safe = Check("link like 'https://%'")
    supporter_logo_is_whole = Check(
        "(logo is null) = (address is null) and (logo is null) = (alt is null) and alt <> ''"
    )


class OfferFunding(Table, tablename="offer_funding"):
    """Who funds an offer, while its own period lasts; a share of what it is worth, or (null) it stands behind it."""

    id: Serial
    offer = belongs_to(Offer)
    funding = belongs_to(Supporter)
    share_bp = Integer(default=None, null=True)

    offer_funding_once = Unique([offer, funding])
    offer_funding_is_a_share = Check("share_bp between 1 and 10000")
