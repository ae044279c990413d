"""A small reader of calendar bytes that shares no code with what writes them."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, tzinfo

from dateutil.tz import tzical


def properties(content: bytes, component: str = "VEVENT") -> dict[str, tuple[str, str]]:
    """The last component of that name: property → (parameters, value), read as RFC 5545 3.1 says."""
    found: dict[str, tuple[str, str]] = {}
    within: list[str] = []
    for line in content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]:
        name, parameters, value = re.fullmatch(
            r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line, re.S
        ).groups()
        if name == "BEGIN":
            within.append(value)
            if value == component:
                found = {}
        elif name == "END":
            assert within.pop() == value
        elif within[-1] == component:
            assert name not in found, f"{name} twice"
            found[name] = (parameters, value)
    return found


def plain(value: str) -> str:
    """RFC 5545 3.3.11: what the escaped text means."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def instant(content: bytes, name: str) -> datetime:
    """The instant a reader finds that trusts nothing but the file's own VTIMEZONE."""
    parameters, value = properties(content)[name]
    if not parameters:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    wall = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone is added below
    return wall.replace(tzinfo=zone_of(content, parameters.removeprefix(";TZID="))).astimezone(UTC)


def zone_of(content: bytes, name: str) -> tzinfo:
    """The zone as dateutil reads it from the file."""
    return tzical(io.StringIO(content.decode().replace("\r\n", "\n"))).get(name)


def assert_well_formed(content: bytes) -> None:
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content), "a line that does not end with CRLF"
    for line in content.split(b"\r\n")[:-1]:
        assert 0 < len(line) <= 75
        line.decode()  # RFC 5545 3.1: a fold inside a character would not decode
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line)
