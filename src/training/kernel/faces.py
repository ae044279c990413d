"""The two faces of our pages and papers: where their cut files are kept, and what a page says to have them.

They come whole from packages and are cut once an installation, by a child (`kernel/cutting.py`): only the first paper
waits for it. Without them everything is shown all the same, in the faces of the reader's machine or of Typst.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import structlog

from training.kernel import settings

log = structlog.get_logger()

TITLE, TEXT = "Bricolage Grotesque", "Source Sans 3"
PACKAGES = {TITLE: "fontpkg_bricolage_grotesque", TEXT: "fontpkg_source_sans_3"}
FILES = {TITLE: "BricolageGrotesque[opsz,wdth,wght].ttf", TEXT: "SourceSans3[wght].ttf"}
WOFF2 = {TITLE: "bricolage-grotesque.woff2", TEXT: "source-sans-3.woff2"}

PATIENCE = 180.0  # seconds that a paper waits for its faces: they take ten, when nothing else is done
AGAIN = 600.0  # seconds before they are tried for anew, after a failure

# As wide as our faces are on French text, and as high: the page does not move when they arrive. Widths of Arial, whose
# shapes these all share; `tests/unit/test_faces.py` holds the figures against the faces themselves.
_ARIAL = "local(Arial),local(ArialMT),local('Liberation Sans'),local(Arimo),local(Helvetica)"
_ARIAL_BOLD = (
    "local('Arial Bold'),local(Arial-BoldMT),local('Liberation Sans Bold'),local('Arimo Bold'),local('Helvetica Bold')"
)
STAND_INS = (  # family, widths, weights, from where, percent of Arial's width
    (TEXT, "100%", "400 550", _ARIAL, 93.3),
    (TEXT, "100%", "551 700", _ARIAL_BOLD, 90.6),
    (TITLE, "75% 79%", "800", _ARIAL_BOLD, 79.7),
    (TITLE, "79.1% 84%", "800", _ARIAL_BOLD, 84.0),
    (TITLE, "84.1% 89%", "800", _ARIAL_BOLD, 88.4),
    (TITLE, "89.1% 94%", "800", _ARIAL_BOLD, 93.0),
    (TITLE, "94.1% 100%", "800", _ARIAL_BOLD, 98.0),
)
HEIGHTS = {TITLE: (93.0, 27.0), TEXT: (102.4, 40.0)}  # percent of the size, over and under the line: hhea


def source(family: str) -> Path:
    """The variable file of a family, in its package."""
    spec = find_spec(PACKAGES[family])
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {PACKAGES[family]} is not installed")
    return Path(spec.origin).parent / "files" / FILES[family]


def css() -> str:
    """What a page needs to be set in our faces; their files stand beside it."""
    ours = {TITLE: "font-weight:800;font-stretch:75% 100%", TEXT: "font-weight:400 700"}
    rules = [
        f"@font-face{{font-family:'{family}';src:url({WOFF2[family]}) format('woff2');{axes};font-display:swap}}"
        for family, axes in ours.items()
    ]
    for family, stretch, weight, local, wide in STAND_INS:
        over, under = (f"{100 * part / wide:.1f}%" for part in HEIGHTS[family])
        rules.append(
            f"@font-face{{font-family:'{family} Fallback';src:{local};font-weight:{weight};font-stretch:{stretch};"
            f"size-adjust:{wide}%;ascent-override:{over};descent-override:{under};line-gap-override:0%}}"
        )
    return "\n".join(rules) + "\n"


@cache
def digest() -> str:
    """What the cut files follow from: the faces, the tools that cut and pack them, how we ask, and the sheet."""
    tools = " ".join(f"{name} {version(name)}" for name in ("fonttools", "brotli"))
    parts = [source(TITLE), source(TEXT), Path(__file__).with_name("cutting.py")]
    whole = hashlib.sha256(f"{tools}\n{css()}".encode())
    for path in parts:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


_spare: list[tempfile.TemporaryDirectory[str]] = []  # removed with the process
_kept: dict[Path, bool] = {}  # the folders that were seen whole: they stay so
_trying = threading.Lock()
_failed_at = float("-inf")


def _room() -> Path:
    """DATA_DIR/faces; where nothing may be written there, a folder of this process's own. OSError: nowhere at all."""
    room = settings.current().data_dir / "faces"
    there = next((path for path in (room, *room.parents) if path.exists()), Path("/"))
    if os.access(there, os.W_OK | os.X_OK) or all(_folder(room, what).is_dir() for what in ("pages", "papers")):
        return room
    if not _spare:
        _spare.append(tempfile.TemporaryDirectory(prefix="training-faces-"))
    return Path(_spare[0].name)


def _folder(room: Path, what: str) -> Path:
    return room / f"{what}-{digest()}"


def _whole(what: str) -> Path | None:
    try:
        folder = _folder(_room(), what)
        if folder not in _kept and folder.is_dir():
            _kept[folder] = True
    except OSError:  # a disk that is full or not to be written
        return None
    return folder if folder in _kept else None


def for_pages() -> Path | None:
    """The folder of the two WOFF2, or None while they are not cut. Asks the disk for nothing but its name."""
    return _whole("pages")


@cache
def served(folder: Path) -> dict[str, tuple[str, bytes]]:
    """What a page asks for, by name: the media type and the bytes."""
    fonts = {name: ("font/woff2", (folder / name).read_bytes()) for name in WOFF2.values()}
    return {"faces.css": ("text/css", css().encode()), **fonts}


def links() -> dict[str, str]:
    """The addresses of the sheet and the two files, as the head of a page names them; none while they are not cut."""
    if for_pages() is None:
        return {}
    return {"sheet": address("faces.css"), "text": address(WOFF2[TEXT]), "title": address(WOFF2[TITLE])}


def address(name: str) -> str:
    """Of one file, for ever: another cut has another address."""
    return f"/faces/{digest()}/{name}"


def for_papers() -> Path | None:
    """The folder of the faces that Typst draws; None when they cannot be had. Waits for them, so: in a thread only."""
    global _failed_at
    found = _whole("papers")
    if found is not None or time.monotonic() - _failed_at < AGAIN:
        return found
    with _trying:
        found = _whole("papers")
        if found is None and time.monotonic() - _failed_at >= AGAIN:
            _cut_now()
            found = _whole("papers")
            if found is None:
                _failed_at = time.monotonic()
    return found


def _command() -> list[str]:
    return [sys.executable, "-m", "training.kernel.cutting", str(_room()), digest()]


def _cut_now() -> None:
    try:
        subprocess.run(_command(), check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603 - ours
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("faces.not_cut", error=repr(error), said=(getattr(error, "stderr", None) or b"")[-500:].decode())


@contextlib.asynccontextmanager
async def being_cut() -> AsyncIterator[None]:
    """While the program starts and serves, its faces are cut beside it, if this was not done before."""
    child = None
    if _whole("pages") is None or _whole("papers") is None:
        with contextlib.suppress(OSError):  # then papers try again, and say so
            child = await asyncio.create_subprocess_exec(*_command(), stderr=asyncio.subprocess.DEVNULL)
    try:
        yield
    finally:
        if child is not None:
            with contextlib.suppress(ProcessLookupError):  # it has ended
                child.kill()
            await child.wait()
