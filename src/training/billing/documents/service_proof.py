"""The proof of service of an invoice: who was expected, who came, who counted. Values in, bytes out; no I/O.

A public buyer certifies the service itself (décret 2012-1246 art. 31): this is what it joins to that. It is a statement
of head-counts, which stands in for no signed sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from training.billing.documents.free import Occurrence
from training.billing.documents.invoice import InvoiceDocument
from training.billing.documents.invoice_paper import NAMES
from training.kernel import clock, pdf
from training.kernel.i18n import SOURCE, speaking
from training.kernel.render import day_year, hours, moment
from training.papers.documents.figures import day, span
from training.papers.documents.layout import sheet
from training.papers.documents.talon import Talon, stub
from training.papers.rules.vat import REGIMES

TITLE = "Attestation de réalisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A session that was held, for one booking. `counted_by` is empty when nobody is known to have counted."""

    title: str
    booking: str
    organisation: str
    occurrences: tuple[Occurrence, ...]
    facilitators: tuple[str, ...]
    expected: int
    present: int
    counted_at: datetime
    counted_by: str = ""
    paper: str = ""  # of its theme
    city: str = ""
    venue: str = ""

    @property
    def counted_on(self) -> date:
        """The day of the count."""
        return clock.local(self.counted_at).date()


def _counts(came: int, expected: int) -> tuple[str, str]:
    present, awaited = ("s" * (number > 1) for number in (came, expected))
    return f"{came} présent{present}", f"sur {expected} participant{awaited} attendu{awaited}"


def _present(served: Sequence[Served]) -> tuple[str, str]:
    came, expected = sum(s.present for s in served), sum(s.expected for s in served)
    return _counts(came, expected)


def _row(served: Served) -> dict[str, Any]:
    with speaking(SOURCE):  # the paper is French, whoever asks for it
        times = [[f"{day_year(o.starts_at)}, {hours(o.starts_at, o.ends_at)}", o.place] for o in served.occurrences]
        counted = moment(served.counted_at)
    return {
        "talon": _talon(served),
        "booking": f"Réservation {served.booking}, {served.organisation}",
        "times": times,
        "facilitators": ", ".join(served.facilitators),
        "counts": " ".join(_counts(served.present, served.expected)),
        "counted": f"Décompte du {counted}" + (f", par {served.counted_by}" if served.counted_by else ""),
    }


def _talon(served: Served) -> dict[str, Any]:
    first = served.occurrences[0]
    talon = Talon(
        title=served.title,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        city=served.city,
        venue=served.venue,
        paper=served.paper,
        count=served.present,
        dates=len(served.occurrences),
    )
    return stub(talon, "présent", "présents")


def data(document: InvoiceDocument, served: Sequence[Served], logo: bytes | None = None) -> dict[str, Any]:
    """What `proof_of_service.typ` lays out: the parties are those of the invoice, as issued."""
    name = NAMES[document.kind]
    return {
        **sheet(
            name=TITLE,
            number="",
            title=f"{TITLE} – {name.lower()} {document.number}",
            sender=document.seller,
            receiver=document.buyer,
            receiver_label="Client",
            headline=_present(served),
            facts=(
                (name, document.number),
                ("Émise le", day(document.issued_on)),
                ("N° d’engagement", document.order_reference),
                ("Code service", document.service_code),
                ("N° de marché", document.contract_reference),
                ("Période", span(document.service_from, document.service_to)),
            ),
            accent=document.accent,
            logo=logo,
            with_vat=REGIMES[document.regime].shows_vat_numbers,
        ),
        "sessions": [_row(each) for each in served],
        "statement": (
            f"{document.seller.name} atteste que les séances ci-dessus ont eu lieu, aux dates et lieux indiqués, "
            "avec le nombre de présents indiqué."
        ),
        "proof": "À joindre à votre certification du service fait. Nous avons établi ce décompte après chaque séance ; "
        "il n’est pas signé par les participants.",
        "signature": [
            ["Fait à", document.seller.city],
            ["Le", day(max(each.counted_on for each in served))],
            ["Nom, qualité et signature", document.seller.contact],
        ],
    }


def build(document: InvoiceDocument, served: Sequence[Served], logo: bytes | None = None) -> bytes:
    """The PDF. `served` holds one session or more; the same input gives the same bytes."""
    on = max(each.counted_on for each in served)
    return pdf.compile("proof_of_service.typ", data(document, served, logo), on=on)
