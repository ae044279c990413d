"""Chorus Pro: the invoices on their way there, and the pack of one: its document out of the ledger, and the files."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from training.billing.documents import chorus_sheet, invoice_paper, service_proof
from training.billing.documents.chorus_sheet import Group, Recipient
from training.billing.documents.free import Occurrence
from training.billing.documents.invoice import InvoiceDocument
from training.billing.documents.service_proof import Served
from training.billing.formats import chorus_pack
from training.billing.formats.chorus_pack import file_name
from training.billing.queries import invoices as billing
from training.billing.queries import transmissions
from training.billing.queries.invoices import InvoiceView
from training.billing.queries.transmissions import DepositWaiting, OpenDeposit
from training.billing.rules import transmission as rules
from training.billing.rules.states import InvoiceState
from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.directory import queries as directory
from training.directory.rules.organisations import Buyer
from training.kernel import db
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import SOURCE, _, speaking
from training.records import queries as records
from training.scheduling import queries as scheduling


@dataclass(frozen=True, slots=True)
class OfficeChorus:
    """The open invoices of public buyers that wait for the same thing (`chosen`), and how many wait for each."""

    deposits: list[OpenDeposit]
    chosen: DepositWaiting
    counts: dict[DepositWaiting, int]


async def chorus_page(scope: Scope, chosen: DepositWaiting | None) -> OfficeChorus:
    """What the page of Chorus Pro shows, in one statement; unless one is chosen, the first that has something."""
    found = await transmissions.open_deposits(scope)
    counts = Counter(deposit.waiting for deposit in found)
    chosen = chosen or next((each for each in DepositWaiting if counts[each]), DepositWaiting.TO_DEPOSIT)
    return OfficeChorus([deposit for deposit in found if deposit.waiting == chosen], chosen, counts)


@dataclass(frozen=True, slots=True)
class ChorusDeposit:
    """An issued document of a public buyer, ready to be deposited."""

    invoice: InvoiceView
    document: InvoiceDocument
    to: Recipient
    sheet: list[Group]
    served: tuple[Served, ...]
    unheld: int  # bookings on it whose session was not held yet: no proof of service for them


async def deposit_page(scope: Scope, number: str) -> ChorusDeposit:
    """What there is to copy and to attach; NotFound: there is no such document, or its buyer is not public."""
    view = await billing.invoice_by_number(scope, number)
    if view is None or view.state != InvoiceState.ISSUED or view.payer_buyer != Buyer.PUBLIC:
        raise NotFound(_("Cette facture n’existe pas, ou ne se dépose pas sur Chorus Pro."))
    snapshot = await db.value("select snapshot from ledger_entry where number = $1", view.number)
    document = InvoiceDocument.from_json(snapshot)
    steps = [written.step for written in await transmissions.steps(view.id)]
    to = Recipient(*rules.deposit_facts(steps, document.buyer.siret, document.references))
    served = await _served(view.id)
    return ChorusDeposit(
        view,
        document,
        to,
        chorus_sheet.sheet(document, to),
        tuple(s for s in served if isinstance(s, Served)),
        sum(1 for s in served if s is None),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A file to hand out."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


async def portal_paper(scope: Scope, number: str) -> Made:
    """The invoice without its XML: what the portal takes."""
    return await _portal_paper(await deposit_page(scope, number))


async def proof(scope: Scope, number: str) -> Made:
    """The proof of service; NotFound when no session on it was held."""
    made = await _proof(await deposit_page(scope, number))
    if made is None:
        raise NotFound(_("Aucune séance de cette facture n’est encore réalisée : il n’y a pas de service à attester."))
    return made


async def pack(scope: Scope, number: str) -> Made:
    """Everything in one ZIP: the portal's PDF, the sheet, the proof, and the Factur-X as issued."""
    found = await deposit_page(scope, number)
    number = found.document.number
    files = [await _portal_paper(found)]
    with speaking(SOURCE):  # the portal is French
        groups = chorus_sheet.sheet(found.document, found.to)
        files.append(Made(file_name(number, "fiche", "txt"), chorus_sheet.text(found.document, groups)))
    if proved := await _proof(found):
        files.append(proved)
    for kept, extension in ((found.invoice.paper, "pdf"), (found.invoice.data, "xml")):
        stored = None if kept is None else await records.file(kept)
        if stored is not None:
            files.append(Made(file_name(number, "facturx", extension), stored.content))
    content = chorus_pack.pack(found.document, {made.name: made.content for made in files})
    return Made(file_name(number, "chorus", "zip"), content, "application/zip")


async def _portal_paper(found: ChorusDeposit) -> Made:
    content = await asyncio.to_thread(invoice_paper.build, found.document, await _logo())
    return Made(file_name(found.document.number, "portail", "pdf"), content)


async def _proof(found: ChorusDeposit) -> Made | None:
    if not found.served:
        return None
    content = await asyncio.to_thread(service_proof.build, found.document, found.served, await _logo())
    return Made(file_name(found.document.number, "service-fait", "pdf"), content)


async def _logo() -> bytes | None:
    platform = await directory.the_platform()
    stored = None if platform.logo is None else await records.file(platform.logo)
    return stored.content if stored else None


@dataclass(frozen=True, slots=True)
class _Row:
    session: int
    title: str
    reference: str
    organisation: str
    seats: int
    present: int | None
    counted_at: datetime | None
    counted_by: str | None
    look: Look


async def _served(invoice: int) -> list[Served | None]:
    """The bookings on an invoice, each as it was held; None for one whose session was not. Three statements."""
    rows = await db.rows(
        _Row,
        f"""
        select b.session, o.title, b.reference, g.name as organisation, b.seats, h.present, h.counted_at,
               (select u.name from audit a join account u on u.id = a.actor_id
                where a.action = 'session.hold' and a.subject_kind = 'session' and a.subject_id = b.session
                  and a.actor_kind = 'user' order by a.id desc limit 1) as counted_by, {LOOK}
        from booking b
        join session s on s.id = b.session
        join offer o on o.id = s.offer {LOOK_JOIN}
        join organisation g on g.id = b.organisation
        left join head_count h on h.booking = b.id
        where b.id in (select booking from invoice_line where invoice = $1 and booking is not null)
        order by s.starts_at, b.id
        """,
        invoice,
    )
    sessions = sorted({row.session for row in rows})
    slots = await scheduling.slots(sessions)
    team: dict[int, dict[str, None]] = {session: {} for session in sessions}
    for each in await scheduling.assignments(sessions):
        team[each.session][each.name] = None
    return [_one(row, slots[row.session], tuple(team[row.session])) for row in rows]


def _one(row: _Row, slots: list[scheduling.SlotView], team: tuple[str, ...]) -> Served | None:
    if row.present is None or row.counted_at is None:
        return None
    return Served(
        title=row.title,
        booking=row.reference,
        organisation=row.organisation,
        occurrences=tuple(Occurrence(slot.starts_at, slot.ends_at, slot.place) for slot in slots),
        facilitators=team,
        expected=row.seats,
        present=row.present,
        counted_at=row.counted_at,
        counted_by=row.counted_by or "",
        paper=row.look.paper or "",
        city=(slots[0].city or "") if slots else "",
        venue=(slots[0].venue or "") if slots else "",
    )
