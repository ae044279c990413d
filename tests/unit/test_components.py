"""Every component renders from strict templates, escapes what people typed, and ties words to what they are about."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from component_samples import END, START, Form, samples
from training.catalogue.rules.looks import Look
from training.kernel import render
from training.kernel.actor import Actor
from training.reporting.office.notes import NoteShown
from training.web.pages import NOBODY

NOTE = NoteShown(3, datetime(2027, 3, 1, 9, tzinfo=UTC), "Appel reçu", "Viendra", "Nina", "Rachel", may_correct=True)
DOC = render.PACKAGE.parents[1] / "docs" / "reference" / "components.md"


def shown(source: str, **context: object) -> str:
    """A bit of template with the components at hand, as HTML."""
    template = render.pages().from_string('{% import "parts/ui.html" as ui %}' + source)
    return template.render(context)


def components() -> list[str]:
    module = render.pages().get_template("parts/ui.html").module
    return sorted(name for name in vars(module) if not name.startswith("_"))


LOOK = Look("cuisine", "Cuisine", "vert", "casserole")

SAMPLES = {
    "field": '{{ ui.field(f, "a", "Nom", help="Aide", autocomplete="name", width="4", suffix="€", min=1, max=2) }}',
    "textarea": '{{ ui.textarea(f, "a", "Note") }}',
    "commune": "{{ ui.commune(f) }}",
    "select": '{{ ui.select(f, "a", "Choix", [("1", "Un"), ("G", [("2", "Deux")])], empty="Aucun") }}',
    "radios": '{{ ui.radios(f, "a", "Question", [("1", "Un"), ("2", "Deux", "Aide")]) }}',
    "checkbox": '{{ ui.checkbox(f, "a", "Oui", help="Aide") }}',
    "hidden": '{{ ui.hidden("a", "1") }}',
    "once": "{{ ui.once(f) }}",
    "seen": "{{ ui.seen(edited) }}",
    "tiles": '{{ ui.tiles(f, "a", "Papier", [("vert", "Vert", "vert", none)], "Aide") }}'
    '{{ ui.tiles(f, "b", "Dessin", [("", "Aucun", none, art(look, "x"))]) }}',
    "upload": '{{ ui.upload(f, "a", "Image", "image/png", help="Aide") }}',
    "group": '{% call ui.group("Titre", "Aide") %}…{% endcall %}',
    "error_summary": "{{ ui.error_summary(bad) }}",
    "copy_field": '{{ ui.copy_field("feed", "Adresse", "https://example.org/a.ics", help="Aide") }}',
    "button": '{{ ui.button("Réserver") }}{{ ui.button("Voir", href="/x", kind="quiet") }}'
    '{{ ui.button("Imprimer", print=True) }}{{ ui.button("Oui", name="act", value="yes") }}',
    "actions": '{% call ui.actions("La suite") %}…{% endcall %}',
    "post_button": '{{ ui.post_button("/x", "Faire", "<input name=_csrf_token>") }}',
    "badge": '{{ ui.badge("Prêt", "done", "check") }}',
    "status": '{{ ui.status("session", "held") }}',
    "seats_left": "{{ ui.seats_left(12) }}",
    "price": '{{ ui.price(35000) }}{{ ui.price(2500, "per_seat") }}{{ ui.price(none) }}{{ ui.price(0) }}',
    "page_head": '{{ ui.page_head("Titre", lead="Suite", meta="Détail", back=("/", "Accueil")) }}'
    '{% call ui.page_head("Titre", status=ui.status("mail", "sent")) %}…{% endcall %}',
    "notice": '{{ ui.notice("Texte", title="Titre", tone="done") }}{% call ui.notice() %}…{% endcall %}',
    "summary_list": '{{ ui.summary_list([("Quand", "Mardi"), ("Où", "Sées", "/x"), ("R", none)], ("T", "1")) }}',
    "date_block": "{{ ui.date_block(start) }}",
    "timeline": '{{ ui.timeline([{"title": "Fait", "state": "done", "when": "hier", "text": none}]) }}',
    "table": '{% call ui.table("Liste", ["A", ("B", "num", "?tri=b", "ascending")], foot="") %}<tr></tr>{% endcall %}',
    "td": '{{ ui.td("A", 1, kind="num", meta="détail") }}{% call ui.td(none) %}…{% endcall %}',
    "th": '{{ ui.th("A", href="/x", meta="détail") }}',
    "row_head": '{{ ui.row_head("mars 2027", 4) }}',
    "filters": '{% call ui.filters("/x", clear="/x") %}…{% endcall %}',
    "search_box": '{{ ui.search_box("a", "Chercher", action="/x") }}',
    "tabs": '{{ ui.tabs([("/a", "A", 3), ("/b", "B")], "/b") }}',
    "pager": '{{ ui.pager({"previous": none, "next": "/x", "summary": "1 à 30"}) }}',
    "say": '{{ ui.say([{"before": "", "link": "Un", "after": " attend.", "href": "/x"}]) }}',
    "path": "{{ ui.path([first_day], '<input name=_csrf_token>') }}",
    "pile": "{{ ui.pile([pile]) }}",
    "waiting": "{{ ui.waiting(side, side) }}",
    "rack": '{{ ui.rack(rack, "La semaine") }}',
    "affiche": '{{ ui.affiche("/catalogue/x", "Cuisiner", look, "x", text="Un repas", facts=("3 h",)) }}'
    '{{ ui.affiche("/seances/1", "Cuisiner", look, "x", start=start, end=end, place="Héloup", venue="Foyer") }}',
    "theme_tile": '{{ ui.theme_tile("/catalogue?theme=x", look, "4 offres") }}',
    "agenda_row": '{{ ui.agenda_row("/seances/1", start, end, "Héloup", "Cuisiner", look, left=3, off=True) }}',
    "talon": '{{ ui.talon(look, start, end, "Héloup", "Cuisiner", 40, venue="Foyer", href="/x", big=True) }}',
    "face": '{{ ui.face("Ana Test", "vert") }}',
    "chips": '{{ ui.chips([("/x", "Tout", True, none, 18), ("/y", "Cuisine", False, "vert", none)], "Thème") }}',
    "bar": "{% call ui.bar() %}…{% endcall %}",
    "blank": '{{ ui.blank("Rien", "Texte", ("/x", "Tout voir"), look=look, phone="02 00 00 00 00") }}',
    "acts": '{{ ui.acts([("Foyer", "2 rue du Four", ("geo:0,0", "Y aller")), ("Ana", none, none)], "geo:0,0") }}',
    "expected": '{{ ui.expected(40, "personnes attendues") }}',
    "section_head": '{{ ui.section_head("À venir", ("/x", "Tout voir")) }}',
    "notes": '{{ ui.notes([note], "booking", 7, "<input name=_csrf_token>", [(1, "Rachel")], f) }}',
    "facts": '{{ ui.facts([("3 h", "de durée")]) }}',
    "money": '{{ ui.money([("À payer", "570,00 €", "danger", "/x"), ("Payé", "0,00 €", none, none)]) }}',
    "edits": "{{ ui.edits(edits) }}",
    "steps": '{{ ui.steps([("Séance", "done", "9 mars", none), ("Facture", "now", none, "Émise")]) }}',
}


def sample(name: str) -> str:
    return shown(
        SAMPLES[name],
        f=Form(),
        bad=Form(errors={"a": "Faux.", "": "Tout."}),
        start=START,
        end=END,
        look=LOOK,
        note=NOTE,
        **samples(),
    )


def test_every_component_has_a_sample_here() -> None:
    assert components() == sorted(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_component_renders_without_inline_style_or_script(name: str) -> None:
    html = sample(name)
    assert html.strip()
    assert not re.search(r"<script|\sstyle=|\son\w+=", html)  # the content security policy would silence them


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_component_is_documented(name: str) -> None:
    assert re.search(rf"`{name}\(", DOC.read_text())


@pytest.mark.parametrize("macro", ["field", "textarea", "select", "checkbox"])
def test_an_error_is_tied_to_its_field_and_to_the_summary(macro: str) -> None:
    form = Form({"seats": "40"}, {"seats": "Il reste 12 places."})
    options = ', [("40", "40")]' if macro == "select" else ""
    html = shown(
        f'{{{{ ui.error_summary(f) }}}}{{{{ ui.{macro}(f, "seats", "Combien ?"{options}, help="Aide") }}}}', f=form
    )
    assert 'aria-describedby="seats-help seats-error"' in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'<p class="error" id="seats-error">.*Il reste 12 places\.</p>', html)
    assert '<a href="#seats"><b>Combien ?</b> Il reste 12 places.</a>' in html
    assert re.search(r'<(input|textarea|select) [^>]*id="seats"', html)


def test_radios_say_their_error_on_the_group_and_the_summary_finds_the_first() -> None:
    html = shown('{{ ui.radios(f, "who", "Qui ?", [("a", "A"), ("b", "B")]) }}', f=Form(errors={"who": "Choisissez."}))
    assert '<fieldset class="field" aria-describedby="who-error">' in html
    assert re.search(r'<input type="radio" name="who" id="who" value="a"', html)
    assert "aria-invalid" not in html  # not allowed on a group


def test_the_summary_said_to_fill_in_without_saying_what() -> None:
    form = Form(errors={"name": "À remplir.", "city": "À remplir.", "gone": "À remplir.", "": "Trop tard."})
    html = shown(
        '{{ ui.error_summary(f) }}{{ ui.field(f, "name", "Nom <b>") }}{{ ui.field(none, "city", "Ville") }}', f=form
    )
    assert '<a href="#name"><b>Nom &lt;b&gt;</b>\u00a0: À remplir.</a>' in html
    assert '<a href="#city"><b>Ville</b>\u00a0: À remplir.</a>' in html
    assert '<a href="#gone">À remplir.</a>' in html
    assert "<li>Trop tard.</li>" in html
    assert not set(html) & {"\ufdd0", "\ufdd1"}


def test_no_field_cuts_what_is_pasted_into_it() -> None:
    """A browser cuts at `maxlength` without a word; the server says how long a text is, and keeps it."""
    cut = [path.name for path in render.PACKAGE.rglob("templates/**/*.html") if "maxlength" in path.read_text()]
    assert cut == []


def test_no_error_no_summary() -> None:
    assert shown("{{ ui.error_summary(f) }}{{ ui.error_summary(none) }}", f=Form()).strip() == ""


def test_what_was_typed_stays_and_is_escaped() -> None:
    typed = "\"><script>alert('x')</script>"
    form = Form({"a": typed, "s": "l'un"}, {"a": "<b>Faux</b>"})
    html = shown(
        '{{ ui.field(f, "a", "<i>Nom</i>") }}{{ ui.textarea(f, "a", "N") }}'
        '{{ ui.select(f, "s", "S", [("l\'un", "A & B")]) }}',
        f=form,
    )
    assert not re.search(r"<script|<b>|<i>", html)
    assert "&#34;&gt;&lt;script&gt;" in html
    assert "A &amp; B" in html
    assert re.search(r"<option value=\"l&#39;un\" selected>", html)


def test_a_value_given_by_the_page_goes_before_the_form() -> None:
    assert 'value="7"' in shown('{{ ui.field(f, "a", "A", value=7) }}', f=Form({"a": "3"}))


def test_optional_is_said_and_required_is_marked() -> None:
    assert "(facultatif)" in shown('{{ ui.field(none, "a", "A") }}')
    required = shown('{{ ui.field(none, "a", "A", required=True) }}')
    assert "(facultatif)" not in required
    assert re.search(r"<input [^>]* required", required)


@pytest.mark.parametrize(
    ("values", "ticked"), [({}, False), ({"ok": "1"}, True), ({"ok": "0"}, False), ({"ok": "on"}, True)]
)
def test_checkbox_remembers(values: dict[str, str], ticked: bool) -> None:
    assert (" checked" in shown('{{ ui.checkbox(f, "ok", "D’accord") }}', f=Form(values))) is ticked


# DESIGN §4, and what is derived for invoices.
STATES = {
    "organisation": "pending approved refused archived",
    "offer": "draft published archived",
    "session": "draft published confirmed held cancelled",
    "assignment": "proposed accepted confirmed declined replaced withdrawn",
    "booking": "pending option offered confirmed cancelled declined expired waiting",
    "invoice": "draft issued due late paid credited",
    "mail": "queued sent failed held",
}


@pytest.mark.parametrize("kind", sorted(STATES))
def test_states_of_a_kind_differ_in_word_and_look(kind: str) -> None:
    badges = [shown("{{ ui.status(kind, state) }}", kind=kind, state=state) for state in STATES[kind].split()]
    words = {re.sub(r"<[^>]+>", "", badge) for badge in badges}
    looks = {re.sub(r">.*", "", badge) for badge in badges}
    assert len(words) == len(badges)
    assert len(looks) == len(badges)
    assert all(words)


def test_an_unknown_state_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        shown('{{ ui.status("session", "full") }}')


@pytest.mark.parametrize(
    ("left", "words"),
    [(40, "40 places restantes"), (1, "1 place restante"), (0, "Complet"), (-2, "Complet")],
)
def test_seats_left_in_words(left: int, words: str) -> None:
    assert words in shown("{{ ui.seats_left(n) }}", n=left)


@pytest.mark.parametrize(
    ("cents", "tariff", "words"),
    [
        (35000, "flat", "350,00\u00a0€ pour le groupe"),
        (2500, "per_seat", "25,00\u00a0€ par personne"),
        (None, "flat", "Prix selon votre structure"),
        (None, "free", "Gratuit"),
        (0, "flat", "Gratuit"),
    ],
)
def test_prices_in_words(cents: int | None, tariff: str, words: str) -> None:
    assert words in shown("{{ ui.price(cents, tariff) }}", cents=cents, tariff=tariff)


def test_a_date_reads_as_one_sentence_to_those_who_listen() -> None:
    text = re.sub(r"<[^>]+>", "", sample("date_block")).strip()
    assert text.startswith("mardi 9 mars")


def test_a_row_of_an_agenda_has_one_link_that_says_where_and_when() -> None:
    (link,) = re.findall(r"<a [^>]*>(.*?)</a>", sample("agenda_row"))
    assert re.sub(r"<[^>]+>", "", link) == "Héloup, mardi 9 mars 2027"


def test_a_narrow_table_repeats_its_titles_and_sorting_is_announced() -> None:
    assert 'data-label="A"' in sample("td")
    assert 'aria-sort="ascending"' in sample("table")
    scroll = shown('{% call ui.table("L", ["A"], id="t", narrow="scroll") %}{% endcall %}')
    assert 'role="region" tabindex="0" aria-labelledby="t-caption"' in scroll


def test_a_kind_is_on_the_column_and_on_its_cells() -> None:
    html = shown(
        '{% call ui.table("L", ["A", ("Jour", "day"), ("État", "state"), ("Prix", "num")]) %}<tr>'
        '{{ ui.td(none, "9", kind="day", paper="vert") }}{{ ui.td("Prix", "350,00 €", kind="num") }}</tr>{% endcall %}'
    )
    assert re.findall(r'<th scope="col"(?: data-kind="(\w+)")?>', html) == ["", "day", "state", "num"]
    assert '<td data-kind="day" data-paper="vert">9</td>' in html
    assert '<td data-label="Prix" data-kind="num">350,00 €</td>' in html


def test_a_dash_is_marked_so_that_a_sheet_leaves_it_out() -> None:
    assert "data-none" in shown('{{ ui.td("Téléphone", "–") }}')
    assert "data-none" not in shown('{{ ui.td("Téléphone", "–", meta="fermé") }}{{ ui.td("T", "01") }}')


def test_a_month_among_rows_heads_all_its_columns() -> None:
    assert '<tr class="row-head"><th scope="colgroup" colspan="4">mars 2027</th></tr>' in sample("row_head")


def test_every_kind_of_column_has_its_looks_and_is_documented() -> None:
    kinds = {"num", "date", "day", "code", "state", "actions"}
    styles, page = (render.PACKAGE / "static" / "css" / "table.css").read_text(), DOC.read_text()
    assert set(re.findall(r'data-kind~="(\w+)"', styles)) == kinds | {"spare"}
    assert all(f"| `{kind}` |" in page for kind in kinds)


def test_every_list_gives_its_columns_known_kinds() -> None:
    known = {"num", "date", "day", "code", "state", "actions", "spare", "price", "hole"}
    for path in sorted((render.PACKAGE / "templates").rglob("*.html")):
        used = set(" ".join(re.findall(r'ui\.td\([^\n]*?kind="([\w ]+)"', path.read_text())).split())
        assert used <= known, f"{path}: {used - known}"


def test_the_frame_took_the_name_of_what_a_page_shows() -> None:
    """A page of bookings lost its list to a variable of the same name in the frame around it."""
    frame = (render.PACKAGE / "templates" / "base.html").read_text()
    fields = set()
    for path in (render.PACKAGE / "reporting").rglob("*.py"):
        fields |= set(re.findall(r"^    (\w+): ", path.read_text(), flags=re.MULTILINE))
    assert not fields & set(re.findall(r"{% set (\w+)", frame))


def test_the_current_tab_is_announced_once() -> None:
    assert sample("tabs").count('aria-current="page"') == 1


PLATFORM = replace(NOBODY, name="Savoirs & Cie", short_name="Savoirs", phone="02 00 00 00 00", email="a@example.org")
SOMEBODY = Actor("user", 1, "Camille <Aubry>")


@pytest.mark.parametrize("layout", ["portal", "office", "animation"])
@pytest.mark.parametrize("actor", [None, SOMEBODY], ids=["visitor", "known"])
def test_layouts_have_the_landmarks_and_load_what_exists(layout: str, actor: Actor | None) -> None:
    source = (
        f'{{% extends "{layout}/layout.html" %}}{{% block title %}}Titre{{% endblock %}}'
        "{% block content %}<h1>Titre</h1>{% endblock %}"
    )
    html = (
        render.pages()
        .from_string(source)
        .render(
            actor=actor,
            lang="fr",
            platform=PLATFORM,
            path="/gestion/seances",
            csrf_input="<input name=t>",
            flashes=[("done", "<b>Fait</b>")],
        )
    )
    assert f'<html lang="fr" data-audience="{layout}">' in html
    assert "<title>Titre – Savoirs</title>" in html
    assert all(html.count(f"<{name}") == 1 for name in ("main", "h1", "footer"))
    assert html.index('href="#contenu"') < html.index("<header")
    assert "&lt;b&gt;Fait" in html
    assert "<aside" not in html
    assert f'"{render.style(layout)}"' in html
    for name in re.findall(rf'"{re.escape(render.static_root())}/([^"]+)"', html):
        assert (render.STATIC / name).is_file(), name
    assert not re.search(r"<style|\sstyle=|<script(?! src)|https?://", html.replace('xmlns="http://', ""))


def test_an_aside_makes_its_column_and_alarms_show() -> None:
    source = (
        '{% extends "office/layout.html" %}{% block title %}T{% endblock %}{% block aside %}<p>À côté</p>{% endblock %}'
    )
    html = (
        render.pages()
        .from_string(source)
        .render(
            actor=SOMEBODY,
            lang="fr",
            platform=PLATFORM,
            path="/gestion/seances/12",
            csrf_input="",
            flashes=[],
            alarms=["Rien ne part."],
        )
    )
    assert html.count("<p>À côté</p>") == 1
    assert "Rien ne part." in html
    assert '<a href="/gestion/seances" aria-current="true">' in html


def test_every_sheet_is_somebodys_and_components_keep_their_files() -> None:
    files = {path.stem for path in (render.STATIC / "css").glob("*.css")}
    assert {name for sheets in render.SHEETS.values() for name in sheets} == files


def test_an_audience_gets_its_sheet_whole_without_comments() -> None:
    css = render.stylesheet("portal").decode()
    assert "/*" not in css
    assert css.count("{") == css.count("}")
    assert css.index("@layer tokens") < css.index(".affiche") < css.index("@media print")
