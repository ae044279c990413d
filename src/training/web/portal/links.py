"""What each mailed link opens: one row a purpose. A page asks its row who holds the link, and nobody else.

A new purpose is a row of `kernel.links.TERMS` and one here, and a page whose GET shows and whose POST acts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from litestar.response import Template

from training.billing.queries import invoices
from training.billing.queries.invoices import InvoiceView
from training.calendar.queries import invitations
from training.calendar.queries.invitations import LastSent
from training.calendar.rules import InviteeRole
from training.kernel import links, settings
from training.kernel.actor import Actor, Scope, Thing
from training.kernel.links import LinkOver, Purpose
from training.kernel.permissions import Permission
from training.scheduling import queries as scheduling
from training.scheduling.queries import SessionView
from training.scheduling.rules import SessionState

WHOEVER_HOLDS_IT = Scope(everything=True)  # the signature has said which row, so the scope need not


class Linked(Protocol):
    """What a link is about. Raising its `generation` revokes every link made before."""

    @property
    def id(self) -> int:
        """Its row."""

    @property
    def generation(self) -> int:
        """How often its links were revoked."""


T = TypeVar("T", bound=Linked)


@dataclass(frozen=True, slots=True)
class LinkHeld(Generic[T]):
    """An opened link: what it is about, and its holder, who may what the link gives and nothing else."""

    thing: T
    actor: Actor


@dataclass(frozen=True, slots=True)
class Door(Generic[T]):
    """What the links of one purpose open.

    `load`: by id; None when there is nothing to open any more. `things`: of which the holder has the permissions `may`.
    `opens` and `ends` (what revokes it, beside its time) are for the reference page.
    """

    purpose: Purpose
    opens: str
    load: Callable[[int], Awaitable[T | None]]
    things: Callable[[T], Awaitable[tuple[Thing, ...]]]
    may: frozenset[Permission]
    ends: str

    async def open(self, token: str) -> LinkHeld[T]:
        """What a token gives. NotFound: we never signed it. LinkOver: it opens nothing here, whatever the reason."""
        link = links.read(token, settings.current().secret_key)
        thing = await self.load(link.subject) if link.purpose == self.purpose else None
        if thing is None or thing.generation != link.generation:
            raise LinkOver
        given = dict.fromkeys(await self.things(thing), frozenset[str](self.may))
        return LinkHeld(thing, Actor("link", thing.id, self.purpose, scope=Scope(links=given)))


def private(shown: Template) -> Template:
    """A page behind a link: no search engine lists it, and no cache keeps it."""
    shown.headers["X-Robots-Tag"] = "noindex"
    shown.headers.pop("Cache-Control", None)
    return shown


async def _issued(id: int) -> InvoiceView | None:  # noqa: A002
    found = await invoices.invoice(WHOEVER_HOLDS_IT, id)
    return found if found is not None and found.number is not None else None


async def _invoice_things(invoice: InvoiceView) -> tuple[Thing, ...]:
    return (("invoice", invoice.id),)


async def _draft(id: int) -> InvoiceView | None:  # noqa: A002
    return await invoices.invoice(WHOEVER_HOLDS_IT, id)


async def _draft_things(draft: InvoiceView) -> tuple[Thing, ...]:
    return ("invoice", draft.id), ("organisation", draft.payer)


async def _invitation_things(note: LastSent) -> tuple[Thing, ...]:
    person = await invitations.invitee(note.slot, note.email)
    asked = person is not None and person.role is InviteeRole.FACILITATOR
    return (("invitation", note.id), *((("assignment", person.id),) if person is not None and asked else ()))


async def _seen(id: int) -> SessionView | None:  # noqa: A002
    found = await scheduling.session(id)
    return None if found is None or found.state is SessionState.DRAFT else found


async def _session_things(session: SessionView) -> tuple[Thing, ...]:
    return (("session", session.id),)


INVOICE = Door(
    Purpose.INVOICE,
    "an issued invoice or credit note, its PDF, XML and receipts, and paying it online",
    _issued,
    _invoice_things,
    frozenset({Permission.INVOICES_SEE, Permission.INVOICES_PAY}),
    "`invoice.generation` is raised (« Changer le lien », on the invoice’s page)",
)
BILLING_FACTS = Door(
    Purpose.BILLING_FACTS,
    "what a draft lacks to be issued: its service, its engagement, its payer’s SIRET. Once issued, the page says so",
    _draft,
    _draft_things,
    frozenset({Permission.INVOICES_COMPLETE}),
    "the draft is withdrawn, or `invoice.generation` is raised",
)
INVITATION = Door(
    Purpose.INVITATION,
    "a date and one’s answer to it; for a facilitator, the answer to the assignment",
    invitations.invitation,
    _invitation_things,
    frozenset({Permission.INVITATIONS_ANSWER}),
    "`invitation.generation` is raised. Called off, the page says so and takes no answer",
)
SESSION = Door(
    Purpose.SESSION,
    "a session that is not for everybody, as its page shows it; to book, one signs in",
    _seen,
    _session_things,
    frozenset(),
    "`session.generation` is raised (« Changer le lien », on the session’s page). Called off, the page says so",
)
DOORS: Mapping[Purpose, Door[Any]] = {door.purpose: door for door in (INVOICE, BILLING_FACTS, INVITATION, SESSION)}
