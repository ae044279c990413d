"""Sessions: by what they are about, where, when, and who booked."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

SESSIONS = SearchKind(
    name="session",
    title=N_("Séances"),
    permission=Permission.OFFICE_SEE,
    sql="""
        select s.id as subject, s.id::text as key, o.title, array[c.name, v.name, g.name] as about, s.starts_at as at,
               s.state
        from session s join offer o on o.id = s.offer left join organisation g on g.id = s.organisation
        left join slot f on f.session = s.id and f.position = 1 left join venue_use u on u.slot = f.id
        left join venue v on v.id = u.venue left join commune c on c.id = v.commune
    """,
    column="s.id",
    page=lambda key: addresses.office_session(int(key)),
    owner="s.organisation",
)
