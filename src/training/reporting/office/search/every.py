"""Every kind of thing that a search finds, in the order in which it is shown."""

from training.reporting.office.search.kind import SearchKind
from training.reporting.office.search.kinds.bookings import BOOKINGS
from training.reporting.office.search.kinds.invoices import INVOICES
from training.reporting.office.search.kinds.offers import OFFERS
from training.reporting.office.search.kinds.organisations import ORGANISATIONS
from training.reporting.office.search.kinds.partners import PARTNERS
from training.reporting.office.search.kinds.people import CONTACTS, FACILITATORS, PARTICIPANTS
from training.reporting.office.search.kinds.sessions import SESSIONS
from training.reporting.office.search.kinds.venues import VENUES

KINDS: tuple[SearchKind, ...] = (
    SESSIONS, ORGANISATIONS, CONTACTS, BOOKINGS, PARTICIPANTS, INVOICES, FACILITATORS, PARTNERS, VENUES, OFFERS,
)  # fmt: skip
