"""Offers: by their title, theme and keywords."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

OFFERS = SearchKind(
    name="offer",
    title=N_("Offres"),
    permission=Permission.OFFICE_SEE,
    sql="select o.id as subject, o.slug as key, o.title, array[o.summary] as about, o.state from offer o",
    column="o.id",
    page=addresses.office_offer,
)
