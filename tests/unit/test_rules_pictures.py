"""Pictures that people give: what is refused, what is kept of them and what is not."""

from __future__ import annotations

import contextlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from training.kernel.errors import Invalid
from training.kernel.pictures import EMBLEM, LOGO, NARROW, WIDE, emblem, logo, photo

TURNED, GPS, GPS_LATITUDE = 0x0112, 0x8825, 2


def taken(width: int = 800, height: int = 600, kind: str = "JPEG", mode: str = "RGB", **more: object) -> bytes:
    """A picture whose left half is red, as a camera writes it."""
    picture = Image.new(mode, (width, height), "navy" if mode != "P" else 3)
    if mode == "RGB":
        picture.paste("red", (0, 0, width // 2, height))
    picture.save(into := BytesIO(), kind, **more)
    return into.getvalue()


def with_exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[TURNED] = orientation
    exif.get_ifd(GPS)[GPS_LATITUDE] = (48.0, 26.0, 3.0)
    return taken(exif=exif.tobytes())


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=("WEBP", "JPEG", "PNG"))


def test_a_photo_is_turned_the_right_way_up_and_says_no_more_where_it_was_taken() -> None:
    given_, kept = with_exif(6), photo(with_exif(6))  # 6: the camera was held upright, its right side is the top
    assert opened(given_).getexif().get_ifd(GPS)
    for content in (kept.wide, kept.narrow):
        picture = opened(content)
        assert (picture.format, dict(picture.getexif()), b"Exif" in content) == ("WEBP", {}, False)
        assert picture.height > picture.width
        red, _green, blue = picture.convert("RGB").getpixel((picture.width // 2, 10))
        assert red > 200 > blue  # the left half is on top


@pytest.mark.parametrize(("width", "height"), [(4_000, 3_000), (3_000, 4_000), (400, 260), (2_000, 300)])
def test_a_photo_is_reduced_to_what_pages_show(width: int, height: int) -> None:
    kept = photo(taken(width, height))
    for content, (most_wide, most_high) in ((kept.wide, WIDE), (kept.narrow, NARROW)):
        picture = opened(content)
        assert picture.width <= min(most_wide, width)
        assert picture.height <= min(most_high, height)
        assert picture.width / picture.height == pytest.approx(width / height, rel=0.02)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK"])
def test_a_photo_of_any_usual_kind_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(photo(taken(kind=kind, mode=mode)).wide).format == "WEBP"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (taken(399, 300), "trop petite"),
        (taken(6_000, 5_000), "réduisez-la"),
        (taken(4_000, 4_000, "PNG", "L"), "réduisez-la"),
        (taken(10_001, 260), "réduisez-la"),
        (taken(mode="I;16", kind="PNG"), "ne se lit pas"),
        (taken(kind="PNG")[:-60], "ne se lit pas"),
        (taken()[:2_000], "ne se lit pas"),
        (taken(kind="GIF"), "ne se lit pas"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "ne se lit pas"),
        (b"%PDF-1.7", "ne se lit pas"),
        (b"", "ne se lit pas"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        photo(content)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_photo_with_any_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(with_exif(8))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):
        photo(bytes(content))


def test_a_logo_is_kept_as_it_came_unless_it_is_large_or_comes_of_a_camera() -> None:
    small = taken(300, 80, "PNG")
    assert logo(small, "image/png") == small
    assert opened(logo(taken(3_000, 600, "PNG"), "image/png")).size == (LOGO[0], 240)
    told = logo(with_exif(6), "image/jpeg")
    assert (opened(told).format, dict(opened(told).getexif())) == ("JPEG", {})
    assert opened(told).height > opened(told).width


def test_an_emblem_is_small_and_keeps_what_shows_through() -> None:
    Image.new("RGBA", (1_000, 1_000), (0, 0, 128, 90)).save(through := BytesIO(), "PNG")
    kept = opened(emblem(through.getvalue(), "image/png"))
    assert (kept.format, kept.mode, kept.size) == ("WEBP", "RGBA", (EMBLEM[1], EMBLEM[1]))
    with pytest.raises(Invalid, match="PNG ou JPEG"):
        emblem(b"<svg/>", "image/svg+xml")


def test_a_jpeg_of_endless_scans_is_refused_before_it_is_decoded() -> None:
    """Each scan goes through every point: a file of ten megabytes would take a thread for an hour."""
    content = taken(2_000, 1_500, progressive=True)
    last = content.rindex(b"\xff\xda")
    scans = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00" * 20_000
    for refused in (photo, lambda sent: logo(sent, "image/jpeg")):
        with pytest.raises(Invalid):
            refused(content[:last] + scans + content[last:])


def test_a_photo_of_a_telephone_that_holds_several_is_read() -> None:
    first, second = Image.new("RGB", (800, 600), "red"), Image.new("RGB", (400, 300), "navy")
    first.save(into := BytesIO(), "MPO", save_all=True, append_images=[second])
    assert opened(photo(into.getvalue()).wide).size == (800, 600)
