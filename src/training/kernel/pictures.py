"""Pictures that people give: looked at whole, within bounds, before anything carries them. No I/O."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from io import BytesIO

from PIL import Image

from training.kernel.errors import Invalid
from training.kernel.i18n import _

SIDE_MAX = 4_000  # points: a page of a screen is a third of that
PIXELS_MAX = 6_000_000  # points in all: some tens of milliseconds to decode, whatever the file weighs
FORMATS = ("PNG", "JPEG")
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16", "I")  # what PDF/A takes: no CMYK without its profile

Image.MAX_IMAGE_PIXELS = None  # theirs warns first, and refuses late; ours is asked before anything is decoded
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, struct.error, zlib.error, MemoryError)


def fault(content: bytes) -> str | None:
    """Why a picture cannot be carried, in words; None when it can. Its size is asked before it is decoded."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
                words = _("Cette image fait {w} × {h} points : réduisez-la à {most} de côté au plus.")
                return words.format(w=width, h=height, most=SIDE_MAX // 2)
            if picture.mode not in MODES:
                return _("Cette image est en couleurs d’imprimerie (CMJN) : enregistrez-la en couleurs d’écran (RVB).")
            picture.load()
    except _BROKEN:
        return _("Cette image est coupée ou abîmée : enregistrez-la de nouveau.")
    return None


@lru_cache(maxsize=4)
def shows(content: bytes) -> bool:
    """Whether a picture that was kept can be carried: some came before anybody looked."""
    return content.lstrip()[:5] in (b"<svg ", b"<?xml") or fault(content) is None  # nobody sends an SVG: it is ours


LOGO_MAX = 300_000  # bytes: every page and every paper carries it
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def check_logo(content: bytes, media_type: str) -> None:
    """Invalid unless the bytes are a whole PNG or JPEG, as they are said to be, and few enough. Decodes it."""
    begins = _PICTURES.get(media_type)
    if begins is None or not content.startswith(begins):
        raise Invalid(_("Choisissez une image PNG ou JPEG."), field="logo")
    if len(content) > LOGO_MAX:
        size = _("Cette image pèse {n} ko : il en faut {most} au plus.")
        raise Invalid(size.format(n=-(-len(content) // 1000), most=LOGO_MAX // 1000), field="logo")
    if wrong := fault(content):
        raise Invalid(wrong, field="logo")
