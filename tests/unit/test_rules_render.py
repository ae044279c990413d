"""Amounts, days and hours as French and English readers write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from markupsafe import Markup

from training.kernel import clock, render
from training.kernel.i18n import speaking

NOW = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
NINE = datetime(2027, 3, 9, 8, 0, tzinfo=UTC)  # in Paris, a Tuesday
NOON = NINE + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def plain(text: str) -> str:
    """Typographic spaces as ordinary ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (35_000, "350,00 €", "€350.00"),
        (5, "0,05 €", "€0.05"),
        (0, "0,00 €", "€0.00"),
        (123_456_789, "1 234 567,89 €", "€1,234,567.89"),
        (-35_050, "\u2212350,50 €", "\u2212€350.50"),
    ],
)
def test_euros(cents: int, french: str, english: str) -> None:
    assert plain(render.euros(cents)) == french
    with speaking("en"):
        assert render.euros(cents) == english


def test_a_rate_has_its_sign_after_it_in_both_languages() -> None:
    """It was an amount whose sign was replaced: « %12.15 » in English."""
    assert plain(render.percent(1_215)) == "12,15 %"
    with speaking("en"):
        assert [render.percent(bp) for bp in (1_215, 5, 0)] == ["12.15%", "0.05%", "0.00%"]


def test_an_amount_is_never_cut_at_the_end_of_a_line() -> None:
    assert " " not in render.euros(123_456_789)
    assert " " not in render.hour(NINE + timedelta(minutes=30))
    assert " " not in render.count(1_000, "place", "places")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 3, 9), "mardi 9 mars"),
        (date(2027, 5, 1), "samedi 1er mai"),
        (date(2027, 5, 11), "mardi 11 mai"),
        (date(2028, 1, 1), "samedi 1er janvier 2028"),
        (date(2026, 12, 31), "jeudi 31 décembre 2026"),
        (NINE, "mardi 9 mars"),
        (datetime(2027, 12, 31, 23, 30, tzinfo=UTC), "samedi 1er janvier 2028"),
    ],
)
def test_a_day_says_its_year_when_it_is_another(day: date, words: str) -> None:
    assert render.day(day) == words


def test_a_day_of_the_year_that_is_over_changes_its_words() -> None:
    assert render.day(date(2027, 3, 9)) == "mardi 9 mars"
    with clock.frozen(NOW + timedelta(days=365)):
        assert render.day(date(2027, 3, 9)) == "mardi 9 mars 2027"


def test_other_days() -> None:
    assert render.day_year(date(2027, 5, 1)) == "samedi 1er mai 2027"
    assert render.short_day(NINE) == "09/03/2027"
    assert render.month(NINE) == "mars 2027"
    with speaking("en"):
        assert render.day(date(2027, 5, 1)) == "Saturday 1 May"
        assert render.month(NINE) == "March 2027"


@pytest.mark.parametrize(
    ("instant", "words"),
    [(NINE, "9 h"), (NINE + timedelta(minutes=30), "9 h 30"), (NINE + timedelta(minutes=5), "9 h 05"), (NOON, "12 h")],
)
def test_hour(instant: datetime, words: str) -> None:
    assert plain(render.hour(instant)) == words


def test_an_hour_is_the_platform_s() -> None:
    assert plain(render.hour(datetime(2027, 7, 9, 7, 0, tzinfo=UTC))) == "9 h"
    assert plain(render.hour(datetime(2027, 3, 8, 23, 0, tzinfo=UTC))) == "0 h"
    with speaking("en"):
        assert render.hour(NINE + timedelta(minutes=5)) == "9:05"


def test_span() -> None:
    assert plain(render.hours(NINE, NOON)) == "9 h – 12 h"
    assert plain(render.span(NINE, NOON)) == "mardi 9 mars, 9 h – 12 h"
    assert plain(render.span(NOON, NINE + timedelta(days=1))) == "mardi 9 mars 12 h – mercredi 10 mars 9 h"


def test_a_span_to_midnight_in_utc_is_one_day_in_paris() -> None:
    start = datetime(2027, 3, 8, 23, 30, tzinfo=UTC)
    assert plain(render.span(start, NINE)) == "mardi 9 mars, 0 h 30 – 9 h"


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (NINE + timedelta(minutes=5), "9 mars 2027 à 9 h 05"),
        (datetime(2027, 3, 1, 11, 0, tzinfo=UTC), "1er mars 2027 à 12 h"),
        (datetime(2027, 3, 11, 11, 0, tzinfo=UTC), "11 mars 2027 à 12 h"),
    ],
)
def test_moment(instant: datetime, words: str) -> None:
    assert plain(render.moment(instant)) == words


def test_what_comes_another_day_says_which() -> None:
    """« part seule à 9 h », said of tomorrow's nine o'clock, is wrong."""
    with clock.frozen(NINE - timedelta(hours=3)):
        assert plain(render.coming(NINE)) == "à 9 h"
        assert plain(render.coming(NINE + timedelta(days=1))) == "le mercredi 10 mars à 9 h"
        assert plain(render.coming(NINE + timedelta(days=400))) == "le mercredi 12 avril 2028 à 10 h"


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 min"), (60, "1 h"), (90, "1 h 30"), (125, "2 h 05"), (180, "3 h"), (0, "0 min")]
)
def test_duration(minutes: int, words: str) -> None:
    assert plain(render.duration(minutes)) == words


@pytest.mark.parametrize(("n", "words"), [(0, "0 place"), (1, "1 place"), (12, "12 places"), (1_200, "1 200 places")])
def test_count(n: int, words: str) -> None:
    assert plain(render.count(n, "place", "places")) == words


def test_markdown_is_harmless() -> None:
    html = str(
        render.markdown("**Oui** <script>alert(1)</script> [là](javascript:alert(1)) <b onclick=x>x</b>\n\n- un")
    )
    assert "<strong>Oui</strong>" in html
    assert "<li>un</li>" in html
    assert "<script" not in html
    assert "<b" not in html.replace("<blockquote", "")
    assert 'href="javascript' not in html


def test_pages_escape_and_texts_do_not() -> None:
    template = "{{ name }}"
    assert render.pages().from_string(template).render(name="L'<b>") == "L&#39;&lt;b&gt;"
    assert render.plain().from_string(template).render(name="L'<b>") == "L'<b>"


@pytest.mark.parametrize("environment", [render.pages, render.plain])
def test_a_forgotten_value_is_an_error(environment: Callable[[], render.Environment]) -> None:
    with pytest.raises(Exception, match="is undefined"):
        environment().from_string("{{ missing }}").render()


def test_a_release_that_changes_a_static_file_changes_every_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "STATIC", tmp_path)
    addresses = []
    for name, content in (("a.css", "a{}"), ("a.css", "b{}"), ("b.css", "b{}")):
        for old in tmp_path.iterdir():
            old.unlink()
        (tmp_path / name).write_text(content)
        render.static_root.cache_clear()
        addresses.append(render.static("a.css"))
    render.static_root.cache_clear()
    assert len(set(addresses)) == 3
    assert all(a.startswith("/static/") and a.endswith("/a.css") and len(a) == 26 for a in addresses)


def test_the_address_does_not_hang_on_the_machine() -> None:
    """N machines behind one balancer must answer for each other's pages."""
    first = render.static_root()
    render.static_root.cache_clear()
    assert render.static_root() == first
    assert render.static("css/base.css") == f"{first}/css/base.css"
    assert (render.STATIC / "css" / "base.css").is_file()


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Prix : 3 € ; vraiment ?", "Prix\u00a0: 3 €\u202f; vraiment\u202f?"),
        ("« Vélo » !", "«\u00a0Vélo\u00a0»\u202f!"),
        ("Voir http://example.org à 9:00", "Voir http://example.org à 9:00"),
        ("%(num)d nom : %(who)s", "%(num)d nom\u00a0: %(who)s"),
        ("", ""),
    ],
)
def test_signs_stay_with_their_words(written: str, set_: str) -> None:
    assert render.typo(written) == set_
    assert render.typo(set_) == set_
    with speaking("en"):
        assert render.typo(written) == written


def test_typography_neither_marks_up_nor_unmarks() -> None:
    """The same letters, typed by somebody and written by us: the cache must not take one for the other."""
    assert type(render.typo(Markup("<b> : </b>"))) is Markup
    assert type(render.typo("<b> : </b>")) is str
    page = render.pages().from_string("{{ text|typo }}{{ _('a : %(x)s', x=text) }}")
    assert page.render(text="<b> ?") == "&lt;b&gt;\u202f?a\u00a0: &lt;b&gt; ?"


def test_pages_are_set_and_plain_texts_are_not() -> None:
    source = "{{ _('Fini !') }}{% trans %}Vraiment ?{% endtrans %}{{ ngettext('un : %(num)d', 'des : %(num)d', 2) }}"
    assert render.pages().from_string(source).render() == "Fini\u202f!Vraiment\u202f?des\u00a0: 2"
    assert render.plain().from_string(source).render() == "Fini !Vraiment ?des : 2"
