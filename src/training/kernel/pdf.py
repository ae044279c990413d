"""Paper: Typst templates and plain data in, PDF/A-3a + PDF/UA-1 bytes out. What a document says is decided above.

The same input gives the same bytes, on any machine: the fonts come with packages, the date with the call.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

import typst

from training.kernel import faces
from training.kernel.characters import unstacked
from training.kernel.i18n import SOURCE, speaking
from training.kernel.render import typo

TEMPLATES = Path(__file__).parents[1] / "templates" / "documents"
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]  # ISO 19005-3 level A, ISO 14289-1
UNSHOWN = "□"  # stands for a letter that no font of ours can draw: of an old name, for new ones are refused
_EMOJI = range(0x1F000, 0x1FB00)  # Python may be older than the newest of them, and call them unassigned
EPOCH = date(1970, 1, 1)

_EMPTY_PAGE = (
    b'#set document(title: "-")\n#let faces = json(bytes(sys.inputs.faces))\n'
    b'#set text(lang: "fr", font: (faces.text, ..faces.behind))\n#sys.inputs.text'
)
# What templates name their faces by. `behind` draws what ours lack; alone, when ours cannot be had, it draws all.
OURS = {"title": faces.TITLE, "text": faces.TEXT, "behind": ["Libertinus Serif", "DejaVu Sans Mono"]}
SPARE = OURS | {"title": "Libertinus Serif", "text": "Libertinus Serif"}


class RenderError(Exception):
    """A template, or data that it cannot lay out: a fault of ours, never of the person who asked."""


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file carried inside the PDF. `relationship` is ISO 32000-2's AFRelationship."""

    name: str
    content: bytes
    mime: str
    description: str
    relationship: Literal["source", "data", "alternative", "supplement"] = "data"


@dataclass(frozen=True, slots=True)
class Spent:
    """What Typst has cost this process: the bench reads it before and after."""

    compilations: int = 0
    seconds: float = 0.0


_spent = Spent()
_counting = threading.Lock()
_own = threading.local()


def spent() -> Spent:
    """Compilations and seconds inside Typst since the process started, all threads together."""
    return _spent


def _compiler() -> tuple[typst.Compiler, dict[str, str]]:
    """This thread's compiler (one shared between threads raises "Already borrowed"), and the names of its faces.

    Our two faces with Typst's own behind them; never the machine's. A first paper waits until they are cut.
    """
    folder = faces.for_papers()
    if not hasattr(_own, "compiler") or _own.folder != folder:
        _own.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=_fonts(folder), ignore_system_fonts=True)
        _own.folder = folder
    return cast(typst.Compiler, _own.compiler), {"faces": json.dumps(SPARE if folder is None else OURS)}


@lru_cache(maxsize=2)
def _fonts(folder: Path | None) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[] if folder is None else [str(folder)]
    )


def _typeset(source: str | bytes, inputs: dict[str, str], on: date) -> bytes:
    global _spent
    compiler, named = _compiler()
    midnight = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
    started = time.perf_counter()
    try:
        out, warnings = compiler.compile_with_warnings(
            input=cast(str, source), sys_inputs=inputs | named, pdf_standards=STANDARDS, timestamp=midnight
        )
    finally:
        took = time.perf_counter() - started
        with _counting:
            _spent = replace(_spent, compilations=_spent.compilations + 1, seconds=_spent.seconds + took)
    if warnings:  # an unknown font is only a warning, and changes every page
        raise RenderError("; ".join(warning.message for warning in warnings))
    return cast(bytes, out)


@lru_cache(maxsize=8192)
def _drawn(char: str) -> str:
    """`char`, or what stands for it on paper. Only characters never met before ask Typst, about a millisecond each."""
    category = unicodedata.category(char)
    if char == "\n" or category in ("Zl", "Zp"):
        return "\n"
    if category == "Cc":
        return " "
    if category == "Cf":  # joiners and marks of direction: invisible, and able to make one text look like another
        return ""
    ornament = category in ("So", "Sk", "Mn", "Me") or ord(char) in _EMOJI
    if category in ("Cs", "Co", "Cn"):  # half a pair, private, unassigned: PDF/A refuses them
        return "" if ornament else UNSHOWN
    try:
        _typeset(_EMPTY_PAGE, {"text": char}, EPOCH)
    except typst.TypstError:
        return "" if ornament else UNSHOWN
    return char


def printable(text: str) -> str:
    """`text` as our fonts can draw it: PDF/A refuses a page with a single missing glyph, so an emoji would stop it.

    Ornaments go, with the space that they leave; letters leave a mark. Of a text of ornaments alone, the mark stays.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", unstacked(text))
    drawn = [_drawn(char) for char in composed]
    words = "".join(drawn)
    if len(words) < len(composed) and "" in drawn:
        words = re.sub("  +", " ", words).strip(" ") if words.strip() else UNSHOWN
    return words


def _set(text: str) -> str:
    """As our fonts draw it and French is set; a picture is no text."""
    return text if text.startswith("<svg") else printable(typo(text))


def _latin(text: str) -> str:
    """The last resort: letters that are no single character, such as marks stacked by hand, lose their marks."""
    bare = unicodedata.normalize("NFD", text).encode("latin-1", "ignore").decode("latin-1")
    return "".join(char if char.isprintable() or char == "\n" else " " for char in bare)


def _each_text(value: object, change: Callable[[str], str]) -> object:
    """The same data with `change` applied to every text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each_text(item, change) for item in value]
    return value


def _carried(attachment: EmbeddedFile) -> dict[str, object]:
    try:
        content: str | list[int] = attachment.content.decode()
    except UnicodeDecodeError:
        content = list(attachment.content)
    return {
        "name": attachment.name,
        "content": content,
        "mime": attachment.mime,
        "description": attachment.description,
        "relationship": attachment.relationship,
    }


def framed(picture: bytes, *, width: int, height: int, fill: bool = False) -> str:
    """A PNG, JPEG or SVG fitted to the left of a frame, or filling it, as the SVG text that `image()` takes.

    The picture is one that `pictures.shows`: Typst refuses a broken one, and takes seconds over an endless one.
    """
    if picture.startswith(b"\x89PNG"):
        mime = "image/png"
    elif picture.startswith(b"\xff\xd8"):
        mime = "image/jpeg"
    else:
        mime = "image/svg+xml"
    fitted = "xMidYMid slice" if fill else "xMinYMid meet"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" preserveAspectRatio="{fitted}" '
        f'href="data:{mime};base64,{b64encode(picture).decode()}"/></svg>'
    )


def compile(  # noqa: A001 - Typst's own word for it
    template: str, data: Mapping[str, object], attachments: Sequence[EmbeddedFile] = (), *, on: date = EPOCH
) -> bytes:
    """The PDF of `template` (a file name in `templates/documents`), which reads `data`. `on` is the date it bears.

    Any thread may call it; it holds no lock while Typst works. RenderError when the page breaks PDF/A or PDF/UA.
    """
    carried = json.dumps([_carried(attachment) for attachment in attachments])
    source = str(TEMPLATES / template)
    for change in (_set, _latin):
        with speaking(SOURCE):  # papers are French, whoever asks for them
            inputs = {"attachments": carried, "data": json.dumps(_each_text(data, change))}
        try:
            return _typeset(source, inputs, on)
        except RuntimeError as error:  # TypstError, or a plain one when the file is not there
            fault = error
        if "could not be displayed" not in str(fault):
            break
    raise RenderError(f"{template}: {getattr(fault, 'diagnostic', '') or fault}") from fault


async def render(
    template: str, data: Mapping[str, object], attachments: Sequence[EmbeddedFile] = (), *, on: date = EPOCH
) -> bytes:
    """`compile` in a thread: Typst frees the GIL, so the loop goes on serving."""
    return await asyncio.to_thread(compile, template, data, attachments, on=on)
