"""Where an invoice is on its way, in four stops: the session, the invoice, its deposit, its payment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from training.billing.queries.invoices import InvoiceView
from training.billing.queries.transmissions import ChannelStanding
from training.billing.rules.transmission import STUCK, Status
from training.kernel import clock
from training.kernel.i18n import _
from training.kernel.render import count, day_month
from training.messages.rules import MailState
from training.reporting.invoice_stop import InvoiceStop

# From there on the buyer has the invoice: what is left is to pay it.
_WITH_BUYER = frozenset({Status.AVAILABLE, Status.MANDATED, Status.PAID})


def stops_of(
    view: InvoiceView, standing: ChannelStanding | None, mails: Sequence[tuple[MailState, date]]
) -> list[InvoiceStop]:
    """The four stops of an issued invoice. `mails`: those that carried it, with their day, the first one first."""
    handed = _channel(view, standing) if standing else _sending(mails)
    return [_session(view), _invoice(view), handed, _payment(view, handed=handed.state == "done")]


def _session(view: InvoiceView) -> InvoiceStop:
    title, when = _("Séance"), day_month(view.served_until)
    if view.served_until > clock.today():
        return InvoiceStop(title, "next", when, _("à venir : c’est un acompte"))
    return InvoiceStop(title, "done", when)


def _invoice(view: InvoiceView) -> InvoiceStop:
    return InvoiceStop(_("Facture"), "done", day_month(view.issued_on) if view.issued_on else None)


def _channel(view: InvoiceView, standing: ChannelStanding) -> InvoiceStop:
    title, when = _("Dépôt"), day_month(standing.since) if standing.since else None
    words = _(standing.terms.name)
    if view.paid or standing.status in _WITH_BUYER:
        return InvoiceStop(title, "done", when, words)
    return InvoiceStop(title, "stopped" if standing.status in STUCK else "now", when, words)


def _sending(mails: Sequence[tuple[MailState, date]]) -> InvoiceStop:
    title = _("Envoi")
    if sent := [day for state, day in mails if state is MailState.SENT]:
        return InvoiceStop(title, "done", day_month(sent[0]), _("par courriel"))
    if any(state is MailState.FAILED for state, _day in mails):
        return InvoiceStop(title, "stopped", None, _("courriel non remis"))
    return InvoiceStop(title, "now", None, _("le courriel va partir") if mails else None)


def _payment(view: InvoiceView, *, handed: bool) -> InvoiceStop:
    title, when = _("Paiement"), day_month(view.late_from) if view.late_from else None
    if view.paid and view.gross_cents and view.credited_cents == view.gross_cents:
        return InvoiceStop(title, "stopped", None, _("annulée par un avoir"))
    if view.paid:
        return InvoiceStop(title, "done", None, _("payée"))
    if view.overdue and view.late_from:
        days = count((clock.today() - view.late_from).days, _("jour"), _("jours"))
        return InvoiceStop(title, "now", when, _("en retard de {days}").format(days=days))
    return InvoiceStop(title, "now" if handed else "next", when, _("échéance") if when else None)
