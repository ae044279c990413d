"""Who should have which event, by statements of the tests' own; and feeds as other programs read them."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
from icalendar import Calendar
from khal.icalendar import split_ics
from khal.khalendar.event import Event as KhalEvent

icalendar.use_zoneinfo()  # importing khal asks for pytz, in the whole process: the others' hour would happen twice

_TITLE = "o.title || ' (' || t.position || '/2)'"
EVERY = f"""
    select t.uid, t.starts_at, t.ends_at, s.state = 'cancelled' as off,
           case when s.state = 'cancelled' then 'Annulé : ' else '' end
           || case when (select count(*) from slot where session = s.id) > 1 then {_TITLE} else o.title end as title
    from slot t join session s on s.id = t.session join offer o on o.id = s.offer
"""
BOOKED = f"""
    select t.uid, t.starts_at, t.ends_at, b.live is not true as off,
           case when s.state = 'cancelled' then 'Annulé : ' when b.live is not true then 'Réservation annulée : '
                else '' end || {_TITLE} as title
    from slot t join session s on s.id = t.session join offer o on o.id = s.offer
    join (select session, bool_or(state = 'confirmed') as live from booking where organisation = $1 group by session) b
      on b.session = s.id
"""
FACILITATED = f"""
    select t.uid, t.starts_at, t.ends_at, a.state <> 'confirmed' as off,
           case when s.state = 'cancelled' then 'Annulé : ' when a.state <> 'confirmed' then 'Sans vous : ' else '' end
           || case when (select count(*) from slot where session = s.id) > 1 then {_TITLE} else o.title end as title
    from slot t join session s on s.id = t.session join offer o on o.id = s.offer
    join assignment a on a.slot = t.id where a.facilitator = $1 and a.state <> 'declined'
"""
INVITED = f"""
    select distinct lower(x.email) as email, t.uid, t.starts_at, t.ends_at,
           case when (select count(*) from slot where session = s.id) > 1 then {_TITLE} else o.title end as title,
           v.name || ', ' || v.address || ', 61000 Alençon' as place
    from slot t join session s on s.id = t.session and s.state <> 'cancelled' join offer o on o.id = s.offer
    join venue_use u on u.slot = t.id join venue v on v.id = u.venue
    join lateral (
        select f.email from assignment a join facilitator f on f.id = a.facilitator
        where a.slot = t.id and a.state = 'confirmed'
        union select c.email from booking b join contact c on c.id = b.contact
        where b.session = s.id and b.state = 'confirmed'
        union select p.email from booking b join participant p on p.booking = b.id
        where b.session = s.id and b.state = 'confirmed' and b.invite_participants and p.email is not null
        union select v.contact_email where v.contact_email is not null
          and exists (select from booking b where b.session = s.id and b.state = 'confirmed')
    ) x on true
"""


def read_by_icalendar(content: bytes) -> dict[str, tuple[datetime, datetime, str, bool]]:
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    assert "METHOD" not in calendar
    events = list(calendar.walk("VEVENT"))
    assert len({str(e["UID"]) for e in events}) == len(events)
    return {
        str(e["UID"]): (
            e["DTSTART"].dt.astimezone(UTC),
            e["DTEND"].dt.astimezone(UTC),
            str(e["SUMMARY"]),
            str(e["STATUS"]) == "CONFIRMED",
        )
        for e in events
    }


def read_by_khal(content: bytes) -> dict[str, tuple[datetime, datetime]]:
    """As khal finds them: it splits the file by UID, and trusts its zones."""
    found = {}
    for piece in split_ics(content.decode()):
        event = KhalEvent.fromString(piece, calendar="essai", locale=KHAL)
        found[event.uid] = (event.start.astimezone(UTC), event.end.astimezone(UTC))
    return found


KHAL = {
    "default_timezone": None,
    "local_timezone": None,
    "dateformat": "%d/%m/%Y",
    "longdateformat": "%d/%m/%Y",
    "timeformat": "%H:%M",
    "datetimeformat": "%d/%m/%Y %H:%M",
    "longdatetimeformat": "%d/%m/%Y %H:%M",
    "unicode_symbols": True,
    "firstweekday": 0,
    "weeknumbers": False,
}
