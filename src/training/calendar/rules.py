"""What a slot says in a calendar, for whom. No I/O.

Outlook shows only the event's description, not the mail's body: both say the essential. Nobody's name but the reader's
team is here, for people add events to calendars that others see.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from training.calendar.formats.event import ZONE, EventText, in_utc
from training.calendar.formats.itip import PartStat
from training.kernel import addresses
from training.kernel.i18n import N_, _, ngettext
from training.kernel.links import Purpose
from training.scheduling.rules import SessionState

FORMAT = "5"  # of what is written: another number, and every program fetches again
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
    private: bool
    generation: int  # of the links to a private session
    seats: int
    organisation: str | None
    cancelled: bool
    opens: str | None = None  # who opens the room, and their telephone: for who delivers, and the team


def event(
    facts: SlotFacts, audience: Audience, *, base_url: str, contact: str, uninvited: bool = False, invited: bool = False
) -> EventText:
    """The event's text. `contact` is who to call: "Mobijump, 02 61 91 00 10".

    `uninvited`: it takes place, without this reader. `invited`: it is theirs, whatever else they look on.
    """
    called_off = facts.state == SessionState.CANCELLED
    left = (facts.cancelled or uninvited) and not called_off
    title = entitled(facts)
    if called_off:
        title = _("Annulé : {title}").format(title=title)
    elif left and audience in _LEFT:
        title = _(_LEFT[audience]).format(title=title)
    return EventText(
        uid=facts.uid,
        sequence=facts.sequence,
        revised_at=facts.revised_at,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        summary=title,
        description=_description(facts, audience, called_off, left, contact),
        location=location(facts),
        url=base_url + _path(facts, audience),
        geo=_geo(facts.latitude, facts.longitude),
        status="CANCELLED" if called_off or left else "CONFIRMED",
        categories=(facts.theme,),
        zone=facts.zone or ZONE,
        busy=invited or audience not in LOOKING_ON,
    )


# A date that takes place without its reader: what ended is theirs, and is said so
_LEFT = {Audience.ORGANISATION: N_("Réservation annulée : {title}"), Audience.FACILITATOR: N_("Sans vous : {title}")}


def entitled(facts: SlotFacts) -> str:
    """The title, with which date of how many."""
    return f"{facts.title} ({facts.position}/{facts.slots})" if facts.slots > 1 else facts.title


def location(facts: SlotFacts) -> str:
    """Where, on one line."""
    town = f"{facts.postcode or ''} {facts.city or ''}".strip()
    return ", ".join(filter(None, (facts.venue, facts.address, town)))


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


TOLD_MAX = 500  # characters: what is remembered of a place or a title


@dataclass(frozen=True, slots=True)
class Told:
    """What of a date is worth a mail when it changes: never our telephone, our address or how an event is worded.

    `seats` are those of who booked, or all of them for whoever facilitates or opens the door: these read them in the
    invitation and on the site, and a mail at each booking would teach them not to read; a group that changes is told.
    None: of no interest to them, or told before it was remembered.
    """

    starts_at: datetime
    ends_at: datetime
    place: str
    title: str | None
    access: str | None
    seats: int | None

    def reschedules(self, before: Told) -> bool:
        """Whether time or place are others than before: an answer was about another date (RFC 5546 2.1.4)."""
        return (self.starts_at, self.ends_at, self.place) != (before.starts_at, before.ends_at, before.place)

    def news(self, before: Told) -> bool:
        """Whether somebody who was told `before` must hear of it again, however many come."""
        return self.reschedules(before) or any(
            was is not None and was != now for was, now in ((before.title, self.title), (before.access, self.access))
        )

    def recounts(self, before: Told, *, always: bool) -> bool:
        """Whether other seats are told than before; `always`: where nobody remembers what was told."""
        return self.seats != before.seats and (before.seats is not None or always)


def worth_telling(facts: SlotFacts, role: InviteeRole) -> Told:
    """What somebody invited in that role is told of these facts."""
    return Told(
        in_utc(facts.starts_at),
        in_utc(facts.ends_at),
        location(facts)[:TOLD_MAX],
        entitled(facts)[:TOLD_MAX],
        facts.access or "",
        None if role is InviteeRole.PARTICIPANT else facts.seats,
    )


def asks_anew(before: InviteeRole, role: InviteeRole, answer: Answer | None) -> bool:
    """Whether an answer was about something else: « I come » is no « I facilitate », nor the other way round.

    A facilitator's no freed the date: whoever is on it all the same was asked again since.
    """
    if answer is None:
        return False
    return before is not role or (role is InviteeRole.FACILITATOR and answer is Answer.DECLINED)


def must_renew(last_sequence: int, sequence: int) -> bool:
    """Whether an answer given before is void: only when the event was rescheduled (RFC 5546 2.1.4, 3.2.2.1)."""
    return sequence > last_sequence


def digest(text: EventText) -> bytes:
    """What was said, in 32 octets: kept of each object that was sent. The revision itself is not part of it."""
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
    if facts.private:  # whoever has it in a calendar may read it, and need not sign in for that
        return addresses.linked(Purpose.SESSION, facts.session, facts.generation, since=facts.ends_at)
    return addresses.session(facts.session)


def _description(facts: SlotFacts, audience: Audience, called_off: bool, left: bool, contact: str) -> str:
    parts = []
    if called_off:
        parts.append(_("Cette séance n’a pas lieu."))
    elif left and audience == Audience.ORGANISATION:
        parts.append(_("Votre réservation est annulée ; la séance a lieu."))
    elif left:
        parts.append(_("Cette date ne vous concerne plus ; la séance a lieu."))
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
    if facts.access and not called_off:
        parts.append(_("Accès : {access}").format(access=facts.access))
    if facts.opens and not called_off and audience in (Audience.FACILITATOR, Audience.STAFF):
        parts.append(_("Ouvre la salle : {who}").format(who=facts.opens))
    parts.append(_("Une question : {contact}").format(contact=contact))
    return "\n".join(parts)
