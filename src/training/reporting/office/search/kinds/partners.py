"""Partners: by name, town, SIRET, and the people that they have there."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

PARTNERS = SearchKind(
    name="partner",
    title=N_("Partenaires"),
    permission=Permission.SESSIONS_PLAN,
    sql="""
        select p.id as subject, p.id::text as key, p.name as title, array[p.city, p.email] as about, p.phone,
               not p.active as ended
        from partner p
    """,
    column="p.id",
    page=lambda key: addresses.office_partner(int(key)),
)
