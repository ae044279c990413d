"""Pictures that people give: looked at whole, within bounds, before anything carries them. No I/O."""

from __future__ import annotations

import hashlib
import struct
import threading
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageOps

from training.kernel.errors import Invalid
from training.kernel.i18n import _

SIDE_MAX = 4_000  # points: a page of a screen is a third of that
PIXELS_MAX = 6_000_000  # points in all: some tens of milliseconds to decode, whatever the file weighs
FORMATS = ("PNG", "JPEG")
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16", "I")  # what PDF/A takes: no CMYK without its profile

# Scans of a progressive JPEG: cameras write ten, an attacker a million, each of which goes through the whole picture.
SCANS_MAX, HEAD_MAX = 100, 2_000
_JPEG, _SCAN = b"\xff\xd8", b"\xff\xda"  # ITU-T T.81 B.1.1.2: within what a scan says, FF is always followed by 00

_ALONE = {0x00, 0x01, *range(0xD0, 0xDA)}  # markers that say no length

Image.MAX_IMAGE_PIXELS = None  # theirs warns first, and refuses late; ours is asked before anything is decoded
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, struct.error, zlib.error, MemoryError)


def fault(content: bytes) -> str | None:
    """Why a picture cannot be carried, in words; None when it can. Its size is asked before it is decoded."""
    try:
        _check_jpeg(content)
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


def _check_jpeg(content: bytes) -> None:
    """ValueError when a JPEG has more scans, or more before its first one, than any camera writes."""
    if not content.startswith(_JPEG):
        return
    at, steps = len(_JPEG), 0
    while (marker := content[at : at + 2]) != _SCAN and len(marker) == 2:
        if (steps := steps + 1) > HEAD_MAX:
            raise ValueError("head")
        if marker[0] != 0xFF or marker[1] == 0xFF:
            at += 1  # what Pillow skips
        elif marker[1] in _ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    if content.count(_SCAN) > SCANS_MAX:
        raise ValueError("scans")


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
        raise Invalid(
            _("Choisissez une image PNG ou JPEG : les autres (SVG, HEIC…) ne s’impriment pas partout."), field="logo"
        )
    if len(content) > LOGO_MAX:
        size = _("Cette image pèse {n} ko : il en faut {most} au plus.")
        raise Invalid(size.format(n=-(-len(content) // 1000), most=LOGO_MAX // 1000), field="logo")
    if wrong := fault(content):
        raise Invalid(wrong, field="logo")


def logo(content: bytes, media_type: str) -> bytes:
    """The logo as it is kept: as it came, unless it is larger than any page or paper shows it, or comes of a camera.

    Invalid: as `check_logo`.
    """
    check_logo(content, media_type)
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        drawn = media_type == "image/png"
        if drawn and picture.width <= LOGO[0] and picture.height <= LOGO[1]:
            return content
        return _redrawn(ImageOps.exif_transpose(picture), LOGO, "PNG" if drawn else "JPEG", quality=90)


def emblem(content: bytes, media_type: str) -> bytes:
    """The logo of somebody who stands on a page beside others, small, as WebP. Invalid: as `check_logo`."""
    check_logo(content, media_type)
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        return _redrawn(ImageOps.exif_transpose(picture), EMBLEM, "WEBP", quality=90)


WEBP = "image/webp"
PHOTO_MAX = 10_000_000  # bytes: what a telephone takes at its best
# Points in all, by format: a second of one thread, and 200 MB, while it is decoded. A JPEG is decoded at a fraction.
JPEG_PIXELS = 25_000_000  # of several pictures in one too (MPO), as telephones write them
PHOTO_PIXELS = {"JPEG": JPEG_PIXELS, "PNG": 12_000_000, "WEBP": 12_000_000}
PHOTO_SIDE = 10_000
PHOTO_LEAST = (400, 260)  # points: as large as what it takes the place of
WIDE, NARROW, LOGO, EMBLEM = (1200, 780), (600, 390), (1200, 640), (480, 240)  # what pictures are reduced to
_TOLD_WRONG = (*_BROKEN, TypeError, AttributeError, ZeroDivisionError)  # by what stands beside the picture in its file


_DECODING = threading.Lock()  # one at a time: several would be the memory of several


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph as pages carry it, WebP twice: the right way up, with nothing of where and by whom it was taken."""

    wide: bytes
    narrow: bytes


def photo(content: bytes) -> Photo:
    """A photograph, whole, turned and reduced. Invalid says why not. Its size is asked before it is decoded."""
    if wrong := _other_format(content):
        raise Invalid(wrong, field="picture")
    try:
        _check_jpeg(content)
        with _DECODING, Image.open(BytesIO(content), formats=tuple(PHOTO_PIXELS)) as picture:
            if wrong := _photo_fault(*picture.size, PHOTO_PIXELS.get(picture.format or "", JPEG_PIXELS)):
                raise Invalid(wrong, field="picture")
            if picture.mode not in ("L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"):
                raise ValueError(picture.mode)  # sixteen bits a point, or one: no photograph
            picture.draft("RGB", (WIDE[0], WIDE[0]))  # a JPEG is decoded at a half or a quarter; turned, it is tall
            decoded = picture.convert("RGBA") if picture.mode == "P" else picture
            decoded.thumbnail((WIDE[0], WIDE[0]), reducing_gap=2)  # before anything copies it
            turned = ImageOps.exif_transpose(decoded)
            return Photo(_redrawn(turned, WIDE, "WEBP", quality=80), _redrawn(turned, NARROW, "WEBP", quality=80))
    except _TOLD_WRONG:
        wrong = _("Cette image ne se lit pas : enregistrez-la de nouveau en JPEG, PNG ou WebP.")
        raise Invalid(wrong, field="picture") from None


JPEG = "image/jpeg"
PAGE = (2_000, 2_000)  # points of a paper that somebody photographed: its small print is read


def scanned(content: bytes) -> bytes:
    """A photographed or scanned paper, turned and reduced, as a JPEG with nothing of where and by whom it was taken.

    Invalid: no picture that we read, or one that is too large.
    """
    try:
        _check_jpeg(content)
        with _DECODING, Image.open(BytesIO(content), formats=tuple(PHOTO_PIXELS)) as picture:
            most = PHOTO_PIXELS.get(picture.format or "", JPEG_PIXELS)
            if max(picture.size) > PHOTO_SIDE or picture.width * picture.height > most:
                words = _("Cette image fait {w} × {h} points, c’est trop : réduisez-la à {most} de large.")
                said = words.format(w=picture.width, h=picture.height, most=PAGE[0])
                raise Invalid(said, field="document")
            picture.draft("RGB", PAGE)
            decoded = picture.convert("RGBA") if picture.mode in ("1", "P") else picture
            decoded.thumbnail(PAGE, reducing_gap=2)
            return _redrawn(ImageOps.exif_transpose(decoded), PAGE, "JPEG", quality=80)
    except _TOLD_WRONG:
        wrong = _("Ce fichier ne se lit pas : envoyez un PDF, ou une image JPEG, PNG ou WebP.")
        raise Invalid(wrong, field="document") from None


def _other_format(content: bytes) -> str:
    """What to say of formats that people have, and think everybody reads; "" of the rest."""
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):  # ISO/IEC 23008-12
        return _("Cette photo est en HEIC, comme en font des téléphones : elle ne se lit pas ici. Passez-la en JPEG.")
    if b"<svg" in content[:1_000].lower():
        return _("Un dessin SVG ne se lit pas ici : enregistrez-le en PNG.")
    return ""


def _photo_fault(width: int, height: int, most: int) -> str:
    if max(width, height) > PHOTO_SIDE or width * height > most:
        words = _("Cette image fait {w} × {h} points, c’est trop : réduisez-la à {most} de large.")
        return words.format(w=width, h=height, most=2 * WIDE[0])
    if width < PHOTO_LEAST[0] or height < PHOTO_LEAST[1]:
        words = _("Cette image est trop petite ({w} × {h} points) : il en faut {least_w} × {least_h} au moins.")
        return words.format(w=width, h=height, least_w=PHOTO_LEAST[0], least_h=PHOTO_LEAST[1])
    return ""


def _redrawn(picture: Image.Image, frame: tuple[int, int], kind: str, *, quality: int) -> bytes:
    """The points alone, within a frame: no comment, no place, no profile of the file comes along."""
    mode = "RGBA" if picture.has_transparency_data and kind != "JPEG" else "RGB"
    small = picture.convert(mode)
    small.thumbnail(frame, Image.Resampling.LANCZOS)
    bare = Image.new(mode, small.size)
    bare.paste(small)
    bare.save(into := BytesIO(), kind, quality=quality)
    return into.getvalue()


def printed(content: bytes, *, grey: bool) -> bytes:
    """A kept photograph as papers carry it: a JPEG, in black if need be. Nothing, of one that does not read."""
    try:
        with _DECODING, Image.open(BytesIO(content), formats=("WEBP",)) as picture:
            if _photo_fault(*picture.size, WIDE[0] * WIDE[1]):
                return b""
            opaque = Image.new("RGB", picture.size, "white")
            opaque.paste(picture, mask=picture if picture.mode == "RGBA" else None)
            (opaque.convert("L") if grey else opaque).save(into := BytesIO(), "JPEG", quality=85)
            return into.getvalue()
    except _TOLD_WRONG:
        return b""


def address(content: bytes) -> str:
    """What a picture is called in the public addresses that show it: another name for other bytes."""
    return hashlib.sha256(content).hexdigest()[:32]
