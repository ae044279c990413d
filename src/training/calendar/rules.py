"""What a slot says in a calendar, for whom. No I/O.

Outlook shows only the event's description, not the mail's body: both say the essential. Nobody's name but the reader's
team is here, for people add events to calendars that others see.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from training.calendar.formats.event import ZONE, EventText
from training.calendar.formats.itip import PartStat
from training.kernel import addresses
from training.kernel.i18n import _, ngettext
from training.scheduling.rules import SessionState

FORMAT = "3"  # of what is written: another number, and every program fetches again
PAST = timedelta(days=90)
FUTURE = timedelta(days=548)  # eighteen months
CANCELLED_STAYS = timedelta(days=7)  # after its date: Apple and Fastmail show it struck out for as long as it is there


class InviteeRole(StrEnum):
    """Why an address has a slot in its calendar; the strongest first."""

    FACILITATOR = "facilitator"
    CONTACT = "contact"
    PARTICIPANT = "participant"
    HOST = "host"  # who opens the door


class Answer(StrEnum):
    """What the reader of an invitation answered by its link."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


# RFC 5545 3.2.12: what an answer is to a calendar program
PARTSTAT: dict[Answer, PartStat] = {
    Answer.ACCEPTED: "ACCEPTED",
    Answer.TENTATIVE: "TENTATIVE",
    Answer.DECLINED: "DECLINED",
}


class FeedKind(StrEnum):
    """Which sessions a feed holds."""

    PUBLIC = "public"
    ORGANISATION = "organisation"
    PERSON = "person"  # one person's own, by their address
    FACILITATOR = "facilitator"
    PARTNER = "partner"
    VENUE = "venue"
    STAFF = "staff"


class Audience(StrEnum):
    """Whose calendar it is: what is said differs."""

    PUBLIC = "public"
    ORGANISATION = "organisation"
    PARTICIPANT = "participant"
    HOST = "host"
    FACILITATOR = "facilitator"
    PARTNER = "partner"
    STAFF = "staff"


# Whose feeds show dates that others go to: nobody is busy because a room, a partner or the whole house is.
LOOKING_ON = {Audience.PUBLIC, Audience.HOST, Audience.PARTNER, Audience.STAFF}

AUDIENCE_OF = {
    InviteeRole.FACILITATOR: Audience.FACILITATOR,
    InviteeRole.CONTACT: Audience.ORGANISATION,
    InviteeRole.PARTICIPANT: Audience.PARTICIPANT,
    InviteeRole.HOST: Audience.HOST,
}
# whose first invitation comes with the mail of its own occasion (booked, assigned); the others' comes by following
INVITED_BY_OCCASION = frozenset({InviteeRole.FACILITATOR, InviteeRole.CONTACT})


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A slot with all that its text uses. `seats`: the organisation's own, or all those taken for a facilitator."""

    slot: int
    session: int
    uid: str
    sequence: int
    position: int
    slots: int
    starts_at: datetime
    ends_at: datetime
    revised_at: datetime
    state: SessionState
    title: str
    summary: str
    theme: str
    partner: str | None
    venue: str | None
    address: str | None
    postcode: str | None
    city: str | None
    access: str | None
    latitude: float | None
    longitude: float | None
    zone: str | None  # None where the place is not known
    seats: int
    organisation: str | None
    cancelled: bool


def event(
    facts: SlotFacts, audience: Audience, *, base_url: str, contact: str, uninvited: bool = False, invited: bool = False
) -> EventText:
    """The event's text. `contact` is who to call: "Mobijump, 02 61 91 00 10".

    `uninvited`: it takes place, without this reader. `invited`: it is theirs, whatever else they look on.
    """
    called_off = facts.state == SessionState.CANCELLED
    cancelled = called_off or (facts.cancelled and not uninvited)
    title = facts.title
    if facts.slots > 1:
        title = f"{title} ({facts.position}/{facts.slots})"
    if cancelled:
        title = _("Annulé : {title}").format(title=title)
    return EventText(
        uid=facts.uid,
        sequence=facts.sequence,
        revised_at=facts.revised_at,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        summary=title,
        description=_description(facts, audience, cancelled, uninvited and not called_off, contact),
        location=", ".join(
            filter(None, (facts.venue, facts.address, f"{facts.postcode or ''} {facts.city or ''}".strip()))
        ),
        url=base_url + _path(facts, audience),
        geo=_geo(facts.latitude, facts.longitude),
        status="CANCELLED" if cancelled or uninvited else "CONFIRMED",
        categories=(facts.theme,),
        zone=facts.zone or ZONE,
        busy=invited or audience not in LOOKING_ON,
    )


# What programs that fetch calendars call themselves, and how people know them; the first that is found names it.
_PROGRAMS = (
    ("google", "Google Agenda"),
    ("thunderbird", "Thunderbird"),
    ("exchange", "Outlook"),
    ("outlook", "Outlook"),
    ("microsoft", "Outlook"),
    ("nextcloud", "Nextcloud"),
    ("icsx5", "ICSx⁵ (Android)"),
    ("davx5", "DAVx⁵ (Android)"),
    ("ios/", "iPhone ou iPad"),
    ("dataaccessd", "iPhone ou iPad"),
    ("ipados", "iPhone ou iPad"),
    ("calendaragent", "Mac"),
    ("macos/", "Mac"),
    ("mac os x/", "Mac"),
    ("mac+os+x/", "Mac"),
    ("evolution", "Evolution"),
    ("proton", "Proton"),
    ("vdirsyncer", "vdirsyncer"),
)


def program_name(user_agent: str | None) -> str:
    """Which program fetched, as its owner would say; "" when none did."""
    if user_agent is None:
        return ""
    said = user_agent.lower()
    for word, name in _PROGRAMS:
        if word in said:
            return name
    return _("un navigateur") if said.startswith("mozilla/") else _("un autre programme")


PLACE_MAX = 500  # characters: what is remembered of a place


def place(text: EventText) -> str:
    """Where, as it is remembered of what an address was told."""
    return text.location[:PLACE_MAX]


def rescheduled(told: tuple[datetime, datetime, str], text: EventText) -> bool:
    """Whether the event has another time or place than an address was told: its answer was about another date."""
    return told != (text.starts_at, text.ends_at, place(text))


def must_renew(last_sequence: int, sequence: int) -> bool:
    """Whether an answer given before is void: only when the event was rescheduled (RFC 5546 2.1.4, 3.2.2.1)."""
    return sequence > last_sequence


def worth_telling(facts: SlotFacts, role: InviteeRole) -> SlotFacts:
    """The facts whose change is worth a mail: how many come counts for who booked them.

    Who facilitates or opens the door reads it in the invitation, and on the site where it stays true: a mail at each
    booking would teach them not to read.
    """
    return facts if role is InviteeRole.CONTACT else replace(facts, seats=0, organisation=None)


def digest(text: EventText) -> bytes:
    """What was said, in 32 octets: sent again only when this changed. The revision itself is not part of it."""
    said = {k: v for k, v in asdict(text).items() if k not in ("revised_at", "sequence", "busy")}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).digest()


def _geo(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """None for what is nowhere on earth: one venue mistyped must not break the calendars that it is in."""
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return latitude, longitude


def _path(facts: SlotFacts, audience: Audience) -> str:
    if audience == Audience.FACILITATOR:
        return addresses.mission(facts.session)
    if audience == Audience.STAFF:
        return addresses.office_session(facts.session)
    return addresses.session(facts.session)


def _description(facts: SlotFacts, audience: Audience, cancelled: bool, uninvited: bool, contact: str) -> str:
    parts = []
    if uninvited:
        parts.append(_("Vous n’êtes plus attendu à cette date ; la séance a lieu."))
    elif cancelled:
        parts.append(_("Cette séance n’a pas lieu."))
    elif audience == Audience.PUBLIC:
        parts.append(facts.summary)
    elif audience == Audience.PARTICIPANT:
        parts.append(_("Une place vous est réservée."))
    elif facts.seats:
        places = ngettext("%(num)d place réservée", "%(num)d places réservées", facts.seats) % {"num": facts.seats}
        whose = facts.organisation
        parts.append(f"{places} ({whose})" if whose else places)
    if facts.partner:
        parts.append(_("Avec {partner}.").format(partner=facts.partner))
    if facts.access and not cancelled:
        parts.append(_("Accès : {access}").format(access=facts.access))
    parts.append(_("Une question : {contact}").format(contact=contact))
    return "\n".join(parts)
