"""Every list exports what it shows, with its filters, at one address: `/gestion/exporter/<list>.csv` or `.xlsx`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from training.accounting.queries.register import KIND_NAMES as DOCUMENT_NAMES
from training.billing.queries.invoices import InvoiceNarrowing, InvoiceView
from training.billing.rules.payments import WAY_NAMES
from training.directory.rules.organisations import KIND_NAMES
from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.kernel.render import pages
from training.kernel.sheet_files import Cell, euros
from training.payments.queries.receivables import PaymentView
from training.reporting.office import bookings as bookings_read
from training.reporting.office import invoice as invoices_read
from training.reporting.office import organisations as organisations_read
from training.reporting.office import payments as payments_read
from training.reporting.office import sessions as sessions_read
from training.reporting.office import venues as venues_read
from training.reporting.office.bookings import BookingListed
from training.reporting.office.organisations import OrganisationListed
from training.reporting.office.people.credentials import CredentialShown, credentials_page
from training.reporting.office.people.facilitators import FacilitatorListed, facilitators_page
from training.reporting.office.people.partners import PartnerListed, partners_page
from training.reporting.office.sessions import SessionListed
from training.reporting.office.venues import VenueListed
from training.web.office.sessions.session import narrowed_to
from training.web.pages import Asked, the_actor
from training.web.parameters import EXPORTS, asked, row_key
from training.web.tables_sent import csv_sent, xlsx_sent

P = Permission
AT_ONCE = 500  # rows that are read at once

# A page of a list from a key on: its rows, and the key of the next page.
Read = Callable[[Asked, Any], Awaitable[tuple[Sequence[Any], Any]]]


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list as a file. `path`: where it is shown; `kept`: the parameters that narrow it there and here."""

    path: str
    permission: Permission
    name: str
    heads: tuple[str, ...]
    read: Read
    cells: Callable[[Any], list[Cell]]


async def _sessions(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    scope = the_actor(request).scope
    found = await sessions_read.sessions_page(scope, narrowed_to(request), after=after, limit=AT_ONCE)
    return found.sessions, found.following


def _session(row: SessionListed) -> list[Cell]:
    start, end = clock.local(row.starts_at), clock.local(row.ends_at)
    return [
        *(start.date(), f"{start:%H:%M}", f"{end:%H:%M}", row.title, row.venue, row.city),
        *(_state("session", row.state), row.organisation, row.capacity, row.seats_taken),
        *(row.present, row.facilitators),
    ]


async def _bookings(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    found = await bookings_read.bookings_page(
        the_actor(request).scope,
        state=asked(request, "etat"),
        organisation=asked(request, "structure"),
        search=asked(request, "q"),
        after=after,
        limit=AT_ONCE,
    )
    return found.bookings, found.following


def _booking(row: BookingListed) -> list[Cell]:
    start, end = clock.local(row.starts_at), clock.local(row.ends_at)
    return [
        *(row.reference, _state("booking", row.state), row.organisation, row.contact, row.phone),
        *(start.date(), f"{start:%H:%M}", f"{end:%H:%M}", row.title, row.venue, row.city),
        *(row.seats, row.present, euros(row.price_cents), row.purchase_order, clock.local(row.created_at).date()),
    ]


async def _organisations(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    scope = the_actor(request).scope
    found = await organisations_read.organisations_page(
        scope, state=asked(request, "etat"), search=asked(request, "q"), after=after, limit=AT_ONCE
    )
    return found.organisations, found.following


def _organisation(row: OrganisationListed) -> list[Cell]:
    return [
        *(row.name, _(KIND_NAMES[row.kind]), _state("organisation", row.state), row.siret, row.city),
        *(row.contact, row.phone, row.coming, euros(row.owed_cents)),
    ]


async def _venues(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    found = await venues_read.venues_page(asked(request, "q"), after=after, limit=AT_ONCE)
    return found.venues, found.following


def _venue(row: VenueListed) -> list[Cell]:
    return [row.name, row.city, row.capacity, row.contact_name, row.contact_email, row.coming, _yes(row.active)]


async def _facilitators(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    found = await facilitators_page(
        search=asked(request, "q"),
        gone=asked(request, "etat") == "anciens",
        partner=row_key(asked(request, "partenaire")),
        after=after,
        limit=AT_ONCE,
    )
    return found.facilitators, found.following


def _facilitator(row: FacilitatorListed) -> list[Cell]:
    return [row.name, row.email, row.phone, row.partner, row.coming, row.paper, row.ends_on, _yes(row.active)]


async def _papers(_request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    found = await credentials_page(after=after, limit=AT_ONCE)
    return found.papers, found.following


def _paper(row: CredentialShown) -> list[Cell]:
    return [row.name, row.number, row.holder, row.valid_from, row.valid_until]


async def _partners(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    archived = asked(request, "etat") == "archives"
    found = await partners_page(search=asked(request, "q"), archived=archived, after=after, limit=AT_ONCE)
    return found.partners, found.following


def _partner(row: PartnerListed) -> list[Cell]:
    return [row.name, row.email, row.phone, row.people, row.offers, row.coming, row.agreed_until, _yes(row.active)]


async def _invoices(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    state = asked(request, "etat")
    standing = InvoiceNarrowing(state) if state in set(InvoiceNarrowing) else InvoiceNarrowing.ANY
    found = await invoices_read.invoices_page(
        the_actor(request).scope, search=asked(request, "q"), standing=standing, after=after, limit=AT_ONCE
    )
    return found.invoices, found.following


def _invoice(row: InvoiceView) -> list[Cell]:
    return [
        *(row.number, _(DOCUMENT_NAMES[row.kind]), row.issued_on, row.due_on, row.payer_name, row.title),
        *(euros(row.net_cents), euros(row.vat_cents), euros(row.gross_cents)),
    ]


async def _payments(request: Asked, after: Any) -> tuple[Sequence[Any], Any]:
    unused = asked(request, "reste") == "1"
    found = await payments_read.payments_page(
        the_actor(request).scope, search=asked(request, "q"), unused=unused, after=after, limit=AT_ONCE
    )
    return found.payments, found.following


def _payment(row: PaymentView) -> list[Cell]:
    return [
        *(row.received_on, _(WAY_NAMES[row.way]), row.payer_name, euros(row.amount_cents), euros(row.left_cents)),
        *(", ".join(row.numbers), row.reference),
    ]


def _yes(true: bool) -> str:
    return _("oui") if true else _("non")


def _state(kind: str, state: str) -> str:
    """A state in the words of its badge."""
    said = pages().get_template("parts/state.html").make_module().status(kind, state)  # type: ignore[attr-defined]
    return str(said.striptags())


LISTS: dict[str, ExportedList] = {
    "seances": ExportedList(
        "/gestion/seances",
        P.OFFICE_SEE,
        N_("Séances"),
        (
            *(N_("Date"), N_("Début"), N_("Fin"), N_("Séance"), N_("Lieu"), N_("Commune"), N_("État")),
            *(N_("Réservée à"), N_("Places"), N_("Places prises"), N_("Présents"), N_("Animation")),
        ),
        _sessions,
        _session,
    ),
    "reservations": ExportedList(
        "/gestion/reservations",
        P.BOOKINGS_SEE,
        N_("Réservations"),
        (
            # as `billing.formats.past_sheet` reads them back
            *(N_("Référence"), N_("État"), N_("Structure"), N_("Contact"), N_("Téléphone"), N_("Date"), N_("Début")),
            *(N_("Fin"), N_("Séance"), N_("Lieu"), N_("Commune"), N_("Places"), N_("Présents"), N_("Prix HT")),
            *(N_("Numéro d’engagement"), N_("Réservée le")),
        ),
        _bookings,
        _booking,
    ),
    "structures": ExportedList(
        "/gestion/structures",
        P.OFFICE_SEE,
        N_("Structures"),
        (
            *(N_("Nom"), N_("Type"), N_("État"), N_("SIRET"), N_("Ville"), N_("Contact"), N_("Téléphone")),
            *(N_("Réservations à venir"), N_("Reste dû")),
        ),
        _organisations,
        _organisation,
    ),
    "lieux": ExportedList(
        "/gestion/lieux",
        P.SESSIONS_PLAN,
        N_("Lieux"),
        (
            *(N_("Nom"), N_("Commune"), N_("Places"), N_("Contact"), N_("Courriel")),
            *(N_("Dates à venir"), N_("En service")),
        ),
        _venues,
        _venue,
    ),
    "animation": ExportedList(
        "/gestion/animation",
        P.SESSIONS_PLAN,
        N_("Personnes qui animent"),
        (
            *(N_("Nom"), N_("Courriel"), N_("Téléphone"), N_("Partenaire")),
            *(N_("Dates à venir"), N_("Papier qui expire"), N_("Valable jusqu’au"), N_("En activité")),
        ),
        _facilitators,
        _facilitator,
    ),
    "papiers": ExportedList(
        "/gestion/papiers",
        P.SESSIONS_PLAN,
        N_("Papiers qui expirent"),
        (N_("Papier"), N_("Numéro"), N_("De"), N_("Valable à partir du"), N_("Valable jusqu’au")),
        _papers,
        _paper,
    ),
    "partenaires": ExportedList(
        "/gestion/partenaires",
        P.SESSIONS_PLAN,
        N_("Partenaires"),
        (
            *(N_("Nom"), N_("Courriel"), N_("Téléphone"), N_("Personnes"), N_("Offres")),
            *(N_("Séances à venir"), N_("Convention jusqu’au"), N_("En activité")),
        ),
        _partners,
        _partner,
    ),
    "factures": ExportedList(
        "/gestion/factures",
        P.INVOICES_SEE,
        N_("Factures"),
        (
            *(N_("Numéro"), N_("Nature"), N_("Date"), N_("Échéance"), N_("Client"), N_("Objet")),
            *(N_("HT"), N_("TVA"), N_("TTC")),
        ),
        _invoices,
        _invoice,
    ),
    "paiements": ExportedList(
        "/gestion/paiements",
        P.PAYMENTS_RECORD,
        N_("Paiements"),
        (
            *(N_("Date"), N_("Moyen"), N_("Client"), N_("Montant"), N_("Reste à utiliser")),
            *(N_("Factures"), N_("Référence")),
        ),
        _payments,
        _payment,
    ),
}


@get(EXPORTS + "/{name:str}", permission=P.OFFICE_SEE)
async def export(request: Asked, name: FromPath[str]) -> Stream:
    """A whole list as a file, whatever its length. NotFound: no such list, or no such kind of file."""
    wanted, _dot, kind = name.rpartition(".")
    found = LISTS.get(wanted)
    if found is None or kind not in ("csv", "xlsx"):
        raise NotFound(_("Ce fichier n’existe pas."))
    the_actor(request).must(found.permission)
    heads, file = [_(head) for head in found.heads], f"{wanted}-{clock.today():%Y%m%d}.{kind}"
    if kind == "csv":
        return csv_sent(heads, _batches(request, found), file)
    return xlsx_sent(_(found.name), heads, _batches(request, found), file)


async def _batches(request: Asked, wanted: ExportedList) -> AsyncIterator[list[list[Cell]]]:
    after: Any = None
    while True:
        rows, following = await wanted.read(request, after)
        yield [wanted.cells(row) for row in rows]
        if following is None:
            return
        after = following


HANDLERS = [export]
