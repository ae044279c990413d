"""The words of every mail: they say what happened, in text and in HTML alike, to nobody else's knowledge."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import html as parser

import mail_samples
from training.bookings.rules.states import BookingState
from training.demo import letters, samples
from training.directory.queries import PlatformView
from training.directory.rules.organisations import Buyer
from training.kernel import clock, settings
from training.kernel.render import TEMPLATES, span
from training.messages.actions.outgoing import HIDDEN, Letter, MailWords, Reader, write

ALL = [*letters.OCCASIONS, *mail_samples.TURNS]
TO_THE_TEAM = {
    "staff_facilitator_declined",
    "staff_booking",
    "staff_organisation",
    "staff_resized",
    "staff_watched",
    "staff_handed_over",
}
CALENDAR = re.compile(r"agenda|calendrier|invitation", re.IGNORECASE)
CHORUS = "Cette copie est pour information : payez seulement la facture qui sera déposée sur Chorus Pro."


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(mail_samples.NOW):
        yield


def letter(name: str) -> tuple[Letter, PlatformView]:
    return mail_samples.every()[name]


def mail(name: str) -> MailWords:
    return write(*letter(name))


def plain(text: str) -> str:
    """On one line with ordinary spaces: how long lines are broken is not what is said."""
    return " ".join(text.split())


def page(written: MailWords) -> parser.HtmlElement:
    return parser.document_fromstring(written.html.encode(), parser=parser.HTMLParser(encoding="utf-8"))


def button(written: MailWords) -> parser.HtmlElement:
    (found,) = page(written).xpath("//a[@class='button']")
    return found


def test_each_occasion_has_its_folder_and_each_folder_its_sample() -> None:
    folders = {path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir()}
    assert folders == set(letters.OCCASIONS)


@pytest.mark.parametrize("name", ALL)
def test_the_subject_is_one_line_that_a_list_shows_whole(name: str) -> None:
    subject = mail(name).subject
    assert 10 < len(subject) < 78
    assert subject == plain(subject)
    assert HIDDEN not in subject


@pytest.mark.parametrize("name", ALL)
def test_the_text_is_tidy(name: str) -> None:
    text = mail(name).text
    assert not re.search(r"&#?\w+;|<\w|Undefined|None|\{\{|\{%", text)
    assert "\n\n\n" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("name", ALL)
def test_one_button_that_the_text_has_too(name: str) -> None:
    written = mail(name)
    link = button(written)
    base = settings.current().base_url
    addresses = re.findall(r"https?://\S+", written.text)
    assert addresses == [link.get("href")]
    assert addresses[0].startswith(base + "/")
    assert plain(link.text_content()) + " :" in plain(written.text)


@pytest.mark.parametrize("name", ALL)
def test_text_and_page_say_the_same(name: str) -> None:
    written = mail(name)
    text, document = plain(written.text), page(written)
    for element in document.xpath(
        "//h1 | //th | //tr[th]/td/div | //p[not(.//br) and not(ancestor::table[@class='stub'])]"
    ):
        assert plain(element.text_content()).removesuffix(" :") in text
    for stub in document.xpath("//table[@class='stub']"):
        at = letter(name)[0].context.get("slot") or letter(name)[0].context.get("booking")
        assert plain(span(at.starts_at, at.ends_at)) in text
        assert all(plain(piece) in text for piece in stub.xpath(".//p[@class='what']/text()"))
    shown = plain(document.xpath("string(//body)"))
    for line in plain_lines(written.text):
        assert line in shown


def plain_lines(text: str) -> list[str]:
    """The paragraphs of a text; the aligned facts and the addresses aside."""
    lines = [plain(line) for line in text.splitlines() if line and not line.startswith((" ", "http"))]
    return [line.removesuffix(" :") for line in lines]


@pytest.mark.parametrize("name", ALL)
def test_somebody_to_call(name: str) -> None:
    written, platform = mail(name), letter(name)[1]
    for reading in (written.text, written.html):
        assert platform.contact_name in reading
        assert platform.phone in reading


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_fetched_and_nobody_is_followed(name: str) -> None:
    source = mail(name).html
    assert not re.search(r"<img|<link|<script|src=|url\(|@import|@font-face", source)
    assert page(mail(name)).xpath("//a[not(@class='button')]/@href") == ["tel:0261910001"]


@pytest.mark.parametrize("name", ALL)
def test_only_the_team_reads_addresses_of_others(name: str) -> None:
    found = letter(name)[0]
    addresses = re.findall(r"[\w.-]+@[\w.-]+", mail(name).text)
    assert addresses == [] or found.occasion in TO_THE_TEAM


@pytest.mark.parametrize("name", ["assignment_confirmed", "assignment-three-dates", "assignment-called-off"])
def test_facilitators_read_who_comes_on_the_site_only(name: str) -> None:
    text = mail(name).text
    assert "Commune" not in text
    assert "40" not in text


@pytest.mark.parametrize("name", ALL)
def test_a_calendar_is_spoken_of_when_there_is_one(name: str) -> None:
    found, written = letter(name)[0], mail(name)
    said = bool(CALENDAR.search(written.text))
    assert said == bool(found.context.get("method"))
    if found.context.get("method") in ("REQUEST", "PUBLISH"):
        assert "L’invitation d’agenda est jointe." in written.text


@pytest.mark.parametrize("occasion", [o for o in letters.OCCASIONS if o.startswith("booking_")])
def test_names_that_people_typed_are_escaped_in_the_page_and_untouched_in_the_text(occasion: str) -> None:
    found, platform = letters.sample(occasion)
    name = " ".join(mail_samples.NASTY.split())
    view = replace(found.context["booking"], organisation_name=name, title=f"{name}\nBcc: x", cancel_reason="<b>&</b>")
    written = write(replace(found, context=found.context | {"booking": view}), platform)
    assert name in plain(written.text)
    assert "<script>" not in written.html
    assert "<b>" not in written.html
    assert "&lt;script&gt;" in written.html
    assert entities.escape("d'à côté &", quote=False).split()[-1] in written.html
    assert "\n" not in written.subject
    assert len(written.subject) < 78


def test_an_organisation_with_a_nasty_name() -> None:
    for occasion in ("staff_organisation", "organisation_approved"):
        found, platform = letters.sample(occasion)
        view = replace(found.context["organisation"], name=mail_samples.NASTY)
        written = write(replace(found, context=found.context | {"organisation": view}), platform)
        assert plain(mail_samples.NASTY) in plain(written.text)
        assert "<script>" not in written.html
        assert len(written.subject) < 78


def test_the_secrets_of_a_signin_go_where_the_marks_stand() -> None:
    written = mail("signin")
    assert button(written).get("href") == f"{settings.current().base_url}/connexion/lien/{HIDDEN}lien"
    for reading in (written.text, written.html):
        assert reading.count(f"{HIDDEN}lien") == 1
        assert reading.count(f"{HIDDEN}code") == 1
        sent = reading.replace(f"{HIDDEN}lien", "a-token").replace(f"{HIDDEN}code", "042137")
        assert "/connexion/lien/a-token" in sent
        assert "042137" in sent
        assert HIDDEN not in sent
        assert "Ce n’est pas vous ? Rien à faire." in plain(sent)
    assert "20 minutes" in written.text


def test_a_confirmation_says_all_that_is_needed() -> None:
    text = plain(mail("booking_confirmed").text)
    for words in (
        "Rien à faire",
        "mardi 9 mars, 9 h – 12 h",
        "1 place du Préau, 61250 Radon",
        "De plain-pied.",
        "Places 40",
        "350,00 € nets, facturés après la séance",
        "Vous pourrez donner les noms plus tard.",
        "Annulez depuis la page de votre réservation",
        samples.REFERENCE,
    ):
        assert words in text
    assert "gratuit (valeur : 350,00 €)" in plain(mail("confirmed-free").text)
    assert "96,00 € nets (12 × 8,00 €), facturés" in plain(mail("confirmed-per-seat").text)
    assert "les noms plus tard" not in plain(mail("confirmed-all-named").text)
    assert "hors taxes" not in text
    taxed = replace(letters.platform(), vat_regime="normal")
    assert "350,00 € hors taxes" in plain(write(letter("booking_confirmed")[0], taxed).text)


@pytest.mark.parametrize(
    "name", ["confirmed-three-dates", "assignment-three-dates", "cancelled-called-off-three-dates"]
)
def test_every_date_is_there(name: str) -> None:
    text = plain(mail(name).text)
    assert all(f"mardi {day} mars, 9 h – 12 h" in text for day in (9, 16, 23))


def test_a_further_date_is_one_date() -> None:
    written = mail("further_date")
    assert written.subject.startswith("Date 3/3 : mardi 23 mars")
    assert "mardi 9 mars" not in written.text


def test_the_places_of_several_dates_are_told_apart() -> None:
    text = plain(mail("confirmed-two-places").text)
    assert "mardi 16 mars, 9 h – 12 h · Radon mardi 23 mars, 9 h – 12 h · Alençon" in text
    assert "Alençon – Ascenseur à l’accueil." in text
    assert "Lieu à préciser" in plain(mail("confirmed-no-place-yet").text)


def test_three_stories_of_a_cancellation() -> None:
    theirs, ours, off = (plain(mail(n).text) for n in ("booking_cancelled", "cancelled-by-us", "cancelled-called-off"))
    assert "Vous, ou une personne de votre structure, avez annulé" in theirs
    assert "Nous avons annulé votre réservation." in ours
    assert "La séance n’aura pas lieu" in off
    assert "Motif Alerte météo : verglas." in off
    assert "Rien ne vous sera facturé." in off
    assert "facturé" not in theirs + ours


def test_an_option_says_until_when() -> None:
    text = plain(mail("booking_optioned").text)
    assert "Les 40 places sont gardées pour vous jusqu’au mardi 9 février à 14 h." in text
    assert "Sans confirmation, elles seront libérées. Rien n’est dû." in text
    assert "engagement" not in text


def test_a_public_buyer_gets_a_copy_and_no_way_to_pay_twice() -> None:
    text = plain(mail("invoice_issued").text)
    assert CHORUS in text
    assert "F2027-00042" in text
    assert "350,00 €" in text
    assert not re.search(r"IBAN|virement|régler", text)


@pytest.mark.parametrize("buyer", [Buyer.ASSOCIATION, Buyer.COMPANY, Buyer.PERSON])
def test_any_other_buyer_reads_how_to_pay(buyer: Buyer) -> None:
    text = plain(write(letters.invoice_letter(letters.invoice(buyer)), letters.platform()).text)
    assert "IBAN FR76 9999 9000 6100 0000 0000 185" in text
    assert "Référence à indiquer F2027-00042" in text
    assert "le jeudi 4 mars 2027 au plus tard" in text
    assert "Chorus" not in text


@pytest.mark.parametrize("name", ALL)
def test_outlook_can_draw_it(name: str) -> None:
    """Word's engine knows tables; what is laid out otherwise falls apart there."""
    written, document = mail(name), page(mail(name))
    assert not re.search(r"display:\s*(?:flex|grid|inline-block)|float:|position:|<d[ltd]\b|var\(", written.html)
    for table in document.xpath("//table"):
        assert table.get("role") == "presentation" or table.xpath("./tr/th[@scope='row']")
    (cell,) = document.xpath("//td[a[@class='button']]")
    assert cell.get("bgcolor")
    assert "mso-padding-alt" in cell.get("style")
    assert len(document.xpath("//td[@height='10']")) == 8  # the edge of the ream


@pytest.mark.parametrize("name", ALL)
def test_the_text_stands_alone_and_its_lines_are_short(name: str) -> None:
    written = mail(name)
    assert all(len(line) <= 78 for line in written.text.splitlines() if not line.startswith("http"))
    for words in (page(written).xpath("string(//h1)"), letter(name)[1].short_name):
        assert plain(words) in plain(written.text)


@pytest.mark.parametrize("name", ALL)
def test_whoever_we_know_is_greeted_by_name(name: str) -> None:
    to = letter(name)[0].to
    greeting = f"Bonjour {to.name}," if to.name and "@" not in to.name else "Bonjour,"
    assert greeting in mail(name).text
    assert greeting in plain(page(mail(name)).text_content())


def test_an_address_is_no_name() -> None:
    for name in ("", " ", "florence.dentelle@example.org", "florence.dentelle"):
        assert Reader(name, "florence.dentelle@example.org").greeting == "Bonjour,"


def test_a_facilitator_is_asked_before_they_are_counted_on() -> None:
    text = plain(mail("assignment_confirmed").text)
    assert "Pouvez-vous animer cette séance ?" in text
    assert "Nous aimerions vous confier cette séance" in text
    assert "Répondez oui ou non." in text
    released = replace(letter("assignment_cancelled")[0], context=letter("assignment_cancelled")[0].context)
    assert "Cette date ne vous est plus confiée" in plain(write(released, letters.platform()).text)


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "accent", ["#0b6b57", "#000000", "#ffffff", "#ffd400", "#767676", "#e4003a", "#0000ff", "#00a0e0"]
)
def test_the_button_is_read_on_any_accent(accent: str) -> None:
    written = write(letter("booking_confirmed")[0], replace(letters.platform(), accent=accent))
    style = button(written).get("style")
    shown = re.search(r"background:(#\w{6});color:(#\w{6})", style)
    assert shown is not None
    assert shown[1] == accent or contrast(accent, "#ffffff") < 5  # the nearest darker
    assert contrast(shown[1], shown[2]) >= 4.5
    dark = re.search(r"\.fill, \.button \{ background: (#\w{6}) !important; color: (#\w{6})", written.html)
    assert dark is not None
    assert contrast(dark[1], dark[2]) >= 4.5


@pytest.mark.parametrize("name", ALL)
def test_any_language_is_answered(name: str) -> None:
    found, platform = letter(name)
    for locale, spoken in (("en", "en"), ("de", "fr")):  # a language that we do not speak is answered in French
        written = write(replace(found, to=replace(found.to, locale=locale)), platform)
        assert f'<html lang="{spoken}">' in written.html


def test_a_samples_state_is_its_occasions() -> None:
    states = {o: letters.sample(o)[0].context["booking"].state for o in letters.OCCASIONS if o.startswith("booking_")}
    assert states == {
        "booking_requested": BookingState.PENDING,
        "booking_optioned": BookingState.OPTION,
        "booking_moved": BookingState.OPTION,
        "booking_confirmed": BookingState.CONFIRMED,
        "booking_declined": BookingState.DECLINED,
        "booking_cancelled": BookingState.CANCELLED,
        "booking_unanswered": BookingState.EXPIRED,
        "booking_reinstated": BookingState.CONFIRMED,
        "booking_not_reinstated": BookingState.CANCELLED,
        "booking_expired": BookingState.EXPIRED,
        "booking_waiting": BookingState.WAITING,
        "booking_resized": BookingState.CONFIRMED,
    }
