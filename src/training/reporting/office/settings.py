"""What an administrator sets: the platform, keys of the API, number series."""

from __future__ import annotations

from dataclasses import dataclass

import anyio.to_thread

from training.billing.queries import numbering
from training.billing.queries.numbering import Numbering
from training.directory import queries as directory
from training.directory.queries import PlatformView
from training.identity import queries as identity
from training.identity.queries import KeyView
from training.kernel import db, pictures
from training.records import queries as records
from training.reporting.office.edits import EditShown, edits_of


@dataclass(frozen=True, slots=True)
class OfficeKeys:
    """Every key, and whose the next one could be: (id, name) of the approved organisations."""

    keys: list[KeyView]
    organisations: list[tuple[int, str]]


async def keys_page() -> OfficeKeys:
    """What the page of keys shows, in two statements."""
    sql = "select id, name from organisation where state = 'approved' order by fold(name), name, id"
    owners = [(r["id"], r["name"]) for r in await db.connection().fetch(sql)]
    return OfficeKeys(await identity.api_keys(), owners)


@dataclass(frozen=True, slots=True)
class OfficeSeries:
    """The series of numbers as they stand."""

    series: list[Numbering]


async def series_page() -> OfficeSeries:
    """What the page of number series shows, in one statement."""
    return OfficeSeries(await numbering.numberings())


@dataclass(frozen=True, slots=True)
class OfficePlatform:
    """Who runs this site (None: nobody said so), and why papers go without its logo (None: they carry it)."""

    platform: PlatformView | None
    logo_fault: str | None
    seen: int
    edits: list[EditShown]


async def platform_page() -> OfficePlatform:
    """What the page of the platform shows, in four statements and those of names."""
    seen = await records.last_change("platform", 1)
    platform = await directory.platform()
    return OfficePlatform(platform, await logo_fault(platform), seen, await edits_of("platform", 1))


async def logo_fault(platform: PlatformView | None) -> str | None:
    """Why papers go without the logo that was kept; None when they carry it, or there is none."""
    stored = None if platform is None or platform.logo is None else await records.file(platform.logo)
    return None if stored is None else await anyio.to_thread.run_sync(pictures.fault, stored.content)
