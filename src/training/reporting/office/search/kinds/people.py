"""People: who books, who comes, who delivers."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

CONTACTS = SearchKind(
    name="contact",
    title=N_("Contacts"),
    permission=Permission.OFFICE_SEE,
    sql="""
        select c.id as subject, g.slug as key, c.name as title, array[g.name, c.title] as about, c.phone,
               not c.active as ended
        from contact c join organisation g on g.id = c.organisation
    """,
    column="c.id",
    page=addresses.office_organisation,
    owner="g.id",
)
PARTICIPANTS = SearchKind(
    name="participant",
    title=N_("Participants"),
    permission=Permission.BOOKINGS_SEE,
    sql="""
        select p.id as subject, b.reference as key, p.name as title, array[g.name, o.title] as about, s.starts_at as at,
               not booking_may_come(b.state) as ended
        from participant p join booking b on b.id = p.booking join organisation g on g.id = b.organisation
        join session s on s.id = b.session join offer o on o.id = s.offer
    """,
    column="p.id",
    page=addresses.office_booking,
    owner="b.organisation",
)
FACILITATORS = SearchKind(
    name="facilitator",
    title=N_("Personnes qui animent"),
    permission=Permission.SESSIONS_PLAN,
    sql="""
        select f.id as subject, f.id::text as key, f.name as title, array[p.name, f.email] as about, f.phone,
               not f.active as ended
        from facilitator f left join partner p on p.id = f.partner
    """,
    column="f.id",
    page=lambda key: addresses.office_facilitator(int(key)),
)
