"""Bookings: by their reference, their order's number, who booked what."""

from training.kernel import addresses
from training.kernel.i18n import N_
from training.kernel.permissions import Permission
from training.reporting.office.search.kind import SearchKind

BOOKINGS = SearchKind(
    name="booking",
    title=N_("Réservations"),
    permission=Permission.BOOKINGS_SEE,
    sql="""
        select b.id as subject, b.reference as key, g.name as title, array[b.reference, o.title] as about,
               s.starts_at as at, c.phone, b.state
        from booking b join organisation g on g.id = b.organisation join contact c on c.id = b.contact
        join session s on s.id = b.session join offer o on o.id = s.offer
    """,
    column="b.id",
    page=addresses.office_booking,
    owner="b.organisation",
)
