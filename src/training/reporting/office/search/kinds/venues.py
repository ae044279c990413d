"""Venues: by name, address and town."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

VENUES = SearchKind(
    name="venue",
    title=N_("Lieux"),
    permission=Permission.SESSIONS_PLAN,
    sql="""
        select v.id as subject, v.id::text as key, v.name as title, array[c.name, v.address] as about,
               not v.active as ended
        from venue v join commune c on c.id = v.commune
    """,
    column="v.id",
    page=lambda key: addresses.office_venue(int(key)),
)
