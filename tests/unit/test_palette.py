"""Every pair of colours that a page may print is read: by day, by night, on each paper, for any accent of staff."""

from __future__ import annotations

import itertools

import pytest

from training.kernel import palette
from training.kernel.colours import check_accent
from training.kernel.oklch import contrast, of_hex, to_hex

READ, SEEN = 4.5, 3.0  # WCAG 1.4.3 for text, 1.4.11 for edges that say what can be pressed


def accents() -> list[str]:
    """What the settings take: colours all around the wheel, dark and as light as they let in, greys and black too."""
    steps = (0, 51, 102, 153, 204, 255)
    every = ("#{:02x}{:02x}{:02x}".format(*rgb) for rgb in itertools.product(steps, repeat=3))
    return [palette.DEFAULT_ACCENT, *(colour for colour in every if _taken(colour)), "#767676", "#6b2148"]


def _taken(colour: str) -> bool:
    try:
        return bool(check_accent(colour))
    except ValueError:
        return False


@pytest.mark.parametrize("light", ["light", "night"])
def test_text_and_edges_are_read_whatever_accent_staff_choose(light: str) -> None:
    for accent in accents():
        ink: palette.Ink = getattr(palette.inks(accent), light)
        for ground in (ink.page, ink.desk, ink.sheet):
            for text in (ink.ink, ink.ink_2, ink.ink_3, ink.link, ink.danger, ink.late, ink.done):
                assert contrast(text, ground) >= READ, (accent, text, ground)
            assert contrast(ink.rule_strong, ground) >= SEEN, (accent, ground)
        for fill in (ink.fill, ink.fill_2):
            assert contrast(ink.on_fill, fill) >= READ, (accent, fill)
        for wash, tone in ((ink.danger_wash, ink.danger), (ink.late_wash, ink.late), (ink.done_wash, ink.done)):
            assert contrast(tone, wash) >= READ, (accent, wash)
            assert contrast(ink.ink, wash) >= 7, (accent, wash)
        assert contrast(ink.page, ink.ink) >= READ  # a button in ink, its letters the page's


@pytest.mark.parametrize("name", palette.PAPERS)
def test_ink_is_read_on_a_paper_and_its_shades(name: str) -> None:
    day, night = palette.PAPERS[name].light, palette.PAPERS[name].night
    for accent in accents():
        ink = palette.inks(accent).light.ink
        assert contrast(ink, day.paper) >= 7
        for shade in (day.light, day.wash):
            assert contrast(ink, shade) >= READ
        assert contrast(ink, day.deep) >= 5.4  # words that a title lays over a drawing
    assert contrast(day.ink_2, day.paper) >= 5.5
    assert contrast(day.edge, day.paper) >= SEEN
    assert contrast(day.edge, "#ffffff") >= SEEN
    assert contrast(night.ink, night.paper) >= 9
    assert contrast(night.ink, night.deep) >= READ
    assert contrast(night.ink_2, night.paper) >= 6
    assert contrast(night.edge, night.paper) >= SEEN
    assert contrast(night.picture, night.paper) >= READ


def test_a_paper_is_told_from_its_neighbours_and_from_white() -> None:
    grounds = [paper.light.paper for paper in palette.PAPERS.values()]
    assert len(set(grounds)) == 8
    assert all(of_hex(ground).chroma > 0.05 for ground in grounds)


def test_the_ink_takes_the_accents_hue_and_stays_nearly_black() -> None:
    plum = of_hex(palette.inks("#6b2148").light.ink)
    assert abs(plum.hue - of_hex("#6b2148").hue) < 4
    assert plum.lightness < 0.26
    grey = of_hex(palette.inks("#555555").light.ink)
    assert grey.chroma < 0.005  # a grey platform has a grey ink, not a blue one


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#0e5a6e", "#a2e8c6", "#ff0000", "#123456"])
def test_a_colour_taken_apart_and_put_together_is_itself(colour: str) -> None:
    assert to_hex(*of_hex(colour)) == colour


def test_every_colour_of_pages_is_in_the_sheet_by_day_and_by_night() -> None:
    sheet = palette.css("#6b2148")
    for name in ("--ink:", "--page:", "--fill:", "--rule-strong:", "[data-paper=tilleul]{--p:"):
        assert sheet.count(name) == 2, name
    assert "\n@media screen and (prefers-color-scheme:dark){" in sheet  # paper: by day
    assert "prefers-color-scheme" not in palette.light_css("#6b2148")
