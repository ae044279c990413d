"""Programs that we did not write follow our feeds over HTTP: vdirsyncer keeps a folder in step, khal reads it."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from icalendar import Calendar
from sites import Site

CONFIG = """
[general]
status_path = "{home}/status/"
[pair agenda]
a = "folder"
b = "feed"
collections = null
conflict_resolution = "b wins"
[storage folder]
type = "filesystem"
path = "{home}/agenda/"
fileext = ".ics"
[storage feed]
type = "http"
url = "{url}"
"""
KHAL = """
[calendars]
[[agenda]]
path = {home}/agenda/
[sqlite]
path = {home}/khal.db
[locale]
timeformat = %H:%M
dateformat = %d/%m/%Y
longdateformat = %d/%m/%Y
datetimeformat = %d/%m/%Y %H:%M
longdatetimeformat = %d/%m/%Y %H:%M
default_timezone = Europe/Paris
local_timezone = Europe/Paris
"""


def run(home: Path, *arguments: str) -> str:
    tool, *rest = arguments
    done = subprocess.run(
        [str(Path(sys.executable).with_name(tool)), *rest],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("door", ["public", "facilitator_feed", "organisation_feed"])
def test_vdirsyncer_keeps_every_event_and_khal_reads_them(site: Site, tmp_path: Path, door: str) -> None:
    url = f"{site.url}/agenda/public.ics" if door == "public" else site.all_doors()[door]
    (tmp_path / "agenda").mkdir()
    (tmp_path / "vdirsyncer").write_text(CONFIG.format(home=tmp_path, url=url))
    (tmp_path / "khal").write_text(KHAL.format(home=tmp_path))
    sync = ("vdirsyncer", "--config", str(tmp_path / "vdirsyncer"), "sync")
    run(tmp_path, "vdirsyncer", "--config", str(tmp_path / "vdirsyncer"), "discover")
    run(tmp_path, *sync)
    with urllib.request.urlopen(url) as answer:
        events = list(Calendar.from_ical(answer.read()).walk("VEVENT"))
    kept = {path.name: path.read_bytes() for path in (tmp_path / "agenda").glob("*.ics")}
    assert len(kept) == len(events) > 0, "an event was lost, or came twice"
    again = run(tmp_path, *sync)
    assert "Copying" not in again, "nothing changed, and something was fetched again"
    assert {path.name: path.read_bytes() for path in (tmp_path / "agenda").glob("*.ics")} == kept

    first, last = min(e["DTSTART"].dt for e in events), max(e["DTEND"].dt for e in events)
    days = str((last - first).days + 2)
    shown = run(
        tmp_path, "khal", "-c", str(tmp_path / "khal"), "list", "--day-format", "", "--format",
        "{uid}|{start-long-full}|{end-long-full}", f"{first:%d/%m/%Y}", f"{days}d",
    )  # fmt: skip
    read = {tuple(line.split("|")[1:]) for line in shown.splitlines() if line.count("|") == 2}
    assert read == {(f"{e['DTSTART'].dt:%d/%m/%Y %H:%M}", f"{e['DTEND'].dt:%d/%m/%Y %H:%M}") for e in events}
