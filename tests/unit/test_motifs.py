"""Pictures drawn from data: small, harmless, the same for ever, and they count no further than one can see."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import typst

from training.catalogue.rules.looks import Look, default_look
from training.kernel import render
from training.kernel.motifs.art import MOTIF_NAMES, MOTIFS, art, art_for_print
from training.kernel.palette import PAPERS

LOOK = Look("Un thème", "Un thème", "vert", "velo")
HOSTILE = (None, -(10**9), 0, 1, 45, 150, 10**12)
KNOWN = {"k", "d", "l", "ks", "ds", "ls", "l ko", "d ko", "art"}


def of(motif: str) -> Look:
    return replace(LOOK, motif=motif)


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_drawing_weighs_three_kilobytes_at_most_whatever_it_counts(motif: str) -> None:
    for group, minutes, cents, count in itertools.product(HOSTILE, repeat=4):
        drawn = art(of(motif), "reparer", group=group, minutes=minutes, cents=cents, count=count)
        assert len(drawn) <= 3 * 1024, (motif, group, minutes, cents, count)


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_drawing_is_well_formed_and_takes_its_colours_from_the_page(motif: str) -> None:
    drawn = str(art(of(motif), "reparer", group=12, minutes=180, cents=35_000))
    root = ElementTree.fromstring(drawn)
    assert root.attrib["aria-hidden"] == "true"
    assert root.attrib["focusable"] == "false"
    assert "style" not in drawn
    assert "fill" not in drawn
    assert set(re.findall(r'class="([^"]*)"', drawn)) <= KNOWN


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_drawing_for_paper_has_its_colours_and_typst_takes_it(motif: str) -> None:
    drawn = art_for_print(of(motif), "reparer", ink="#0a242c", deep="#57b98a", light="#eafaf1", group=12)
    assert "class" not in drawn
    assert set(re.findall(r"#\w+", drawn)) == {"#0a242c", "#57b98a", "#eafaf1"}
    source = '#set page(width: 400pt, height: 260pt)\n#image(bytes("' + drawn.replace('"', '\\"') + '"), format: "svg")'
    assert typst.compile(source.encode()).startswith(b"%PDF")


def test_a_drawing_is_the_same_for_ever_and_its_hills_are_its_own() -> None:
    assert art(LOOK, "reparer", minutes=120) == art(LOOK, "reparer", minutes=120)
    assert len({str(art(LOOK, seed)) for seed in range(12)}) > 6


@pytest.mark.parametrize(
    ("motif", "few", "many"),
    [
        ("velo", {"minutes": 120}, {"minutes": 240}),
        ("roue", {"minutes": 120}, {"minutes": 240}),
        ("bus", {"group": 4}, {"group": 10}),
        ("auto", {"group": 2}, {"group": 4}),
        ("enfants", {"group": 4}, {"group": 7}),
        ("route", {"minutes": 180}, {"minutes": 420}),
        ("jauge", {"cents": 0}, {"cents": 48_000}),
        ("salle", {"count": 8}, {"count": 28}),
    ],
)
def test_drawings_count(motif: str, few: dict[str, int], many: dict[str, int]) -> None:
    assert art(of(motif), "x", **few) != art(of(motif), "x", **many)


def test_a_bicycle_has_four_spokes_for_each_hour() -> None:
    def spokes(minutes: int) -> int:
        paths = re.findall(r'd="([^"]*)" class="ks" stroke-width="2.4"', str(art(LOOK, "x", minutes=minutes)))
        return paths[0].count("M")

    assert [spokes(minutes) for minutes in (120, 180, 240, 10_000)] == [8, 12, 16, 24]


def test_head_count_goes_before_the_group_in_front_of_the_hall() -> None:
    assert art(of("salle"), "x", group=28) == art(of("salle"), "x", count=28)
    assert art(of("salle"), "x", group=28, count=8) == art(of("salle"), "x", count=8)


def test_an_uploaded_picture_takes_the_drawing_s_place_and_is_described() -> None:
    shown = art(replace(LOOK, picture="/images/a.webp", alt='Un "vélo" <bleu>'), "x")
    assert shown.startswith('<img class="art" src="/images/a.webp" alt="Un &#34;vélo&#34; &lt;bleu&gt;"')


def test_a_motif_that_is_no_more_is_drawn_as_the_hall() -> None:
    assert art(of("disparu"), "x") == art(of("salle"), "x")


def test_every_motif_has_a_name_that_staff_read() -> None:
    assert list(MOTIF_NAMES) == list(MOTIFS)
    assert len(MOTIFS) == 16


def test_themes_nobody_chose_for_spread_over_all_papers_and_motifs() -> None:
    looks = [default_look(f"Thème {n}") for n in range(400)]
    papers, motifs = Counter(look.paper for look in looks), Counter(look.motif for look in looks)
    assert set(papers) == set(PAPERS)
    assert set(motifs) == set(MOTIFS)
    assert max(papers.values()) < 2 * min(papers.values())
    assert default_look("Cuisine") == default_look("Cuisine")
    assert default_look("").paper in PAPERS


def test_pages_draw_by_name() -> None:
    page = render.pages().from_string("{{ art(look, 'x', group=4) }}")
    assert page.render(look=LOOK) == art(LOOK, "x", group=4)
