"""Organisations: by name, town and numbers."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

ORGANISATIONS = SearchKind(
    name="organisation",
    title=N_("Structures"),
    permission=Permission.OFFICE_SEE,
    sql="""
        select g.id as subject, g.slug as key, g.name as title, array[g.city, c.name] as about,
               coalesce(c.phone, g.phone) as phone, g.state, h.name as instead
        from organisation g left join organisation h on h.id = g.see
        left join lateral (
            select name, phone from contact where organisation = g.id and active
            order by for_booking desc, fold(name), id limit 1
        ) c on true
    """,
    column="g.id",
    page=addresses.office_organisation,
    owner="g.id",
)
