"""SIRETs, addresses and slugs as people type them."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from training.directory.rules.numbers import (
    check_bic,
    check_email,
    check_iban,
    check_siret,
    check_vat_number,
    check_website,
)
from training.directory.rules.organisations import KIND_NAMES, USUAL_BUYER, Buyer, OrganisationKind
from training.directory.rules.slugs import slug
from training.directory.rules.team import TeamMember, check_people, people_of
from training.kernel.colours import CONTRAST, check_accent
from training.kernel.errors import Invalid
from training.kernel.oklch import contrast
from training.kernel.pictures import LOGO_MAX, check_logo


@pytest.mark.parametrize(
    "typed",
    [
        "73282932000074",
        "732 829 320 00074",
        "732\u00a0829\u00a0320\u202f00074",
        " 732.829.320.00074\n",
        "732829320 00074",
    ],
)
def test_a_siret_is_read_whatever_its_spaces(typed: str) -> None:
    assert check_siret(typed) == "73282932000074"


@pytest.mark.parametrize("siret", ["35600000000048", "35600000049837"])
def test_la_poste_has_a_rule_of_its_own(siret: str) -> None:
    """Its establishments count digits by five where Luhn fails."""
    assert check_siret(siret) == siret


@pytest.mark.parametrize("wrong", ["73282932000075", "35600000049838", "7328293200007²", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"])
def test_a_wrong_digit_is_a_slip_of_the_finger(wrong: str) -> None:
    with pytest.raises(ValueError, match="faute de frappe"):
        check_siret(wrong)


@given(st.integers(0, 13), st.integers(1, 9))
def test_any_one_wrong_digit_is_seen(position: int, more: int) -> None:
    digits = list("73282932000074")
    digits[position] = str((int(digits[position]) + more) % 10)
    with pytest.raises(ValueError, match="faute de frappe"):
        check_siret("".join(digits))


@pytest.mark.parametrize(("typed", "n"), [("", 0), ("732829320", 9), ("7328293200007A", 13), ("732829320000741", 15)])
def test_how_many_digits_is_said(typed: str, n: int) -> None:
    with pytest.raises(ValueError, match=f"14 chiffres ; celui-ci en a {n}\\."):
        check_siret(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" rh@mairie.example.org\n", "rh@mairie.example.org"),
        ("Prenom.Nom@Mairie.Example.ORG", "Prenom.Nom@mairie.example.org"),
        ("a+b@example.org", "a+b@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_keeps_its_local_part(typed: str, kept: str) -> None:
    assert check_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "rh", "rh@mairie", "@example.org", "rh@", "rh@example.o", "rh rh@example.org", "a\nb@example.org",
        "a@b@example.org", "a..b@example.org", "a@example..org", ".a@example.org", "a.@example.org", "a@.example.org",
        "a@example.org.", "<a@example.org>", "a@example.org,b@example.org", "a" * 65 + "@example.org",
        "a@" + "b." * 100 + "org",
    ],
)  # fmt: skip
def test_what_cannot_be_an_address(typed: str) -> None:
    with pytest.raises(ValueError, match="n’est pas complète"):
        check_email(typed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Commune d’Alençon", "commune-d-alencon"),
        ("Commune d'Alençon", "commune-d-alencon"),
        ("L’Œuvre & cie", "l-oeuvre-cie"),
        ("  Été --  hiver ", "ete-hiver"),
        ("Groupe n° 3", "groupe-n-3"),
        ("!!!", "sans-nom"),
        ("", "sans-nom"),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(max_size=200))
def test_any_name_makes_a_good_slug(name: str) -> None:
    made = slug(name)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert len(made) <= 60
    assert slug(made) == made


def test_every_kind_has_a_name_and_a_usual_buyer() -> None:
    assert set(KIND_NAMES) == set(USUAL_BUYER) == set(OrganisationKind)
    assert USUAL_BUYER[OrganisationKind.COMMUNE] == Buyer.PUBLIC


IBAN = "FR7630006000011234567890189"


@pytest.mark.parametrize("typed", [IBAN, "FR76 3000 6000 0112 3456 7890 189", IBAN.lower()])
def test_an_iban_is_kept_without_spaces(typed: str) -> None:
    assert check_iban(typed) == IBAN


@given(st.integers(4, len(IBAN) - 1), st.integers(1, 9))
def test_any_wrong_digit_of_an_iban_is_seen(position: int, more: int) -> None:
    digits = list(IBAN)
    digits[position] = str((int(digits[position]) + more) % 10)
    with pytest.raises(ValueError, match="faute de frappe"):
        check_iban("".join(digits))


def test_a_bic() -> None:
    assert check_bic("agri fr pp") == "AGRIFRPP"
    assert check_bic("AGRIFRPP882") == "AGRIFRPP882"
    for wrong in ("", "AGRI", "AGRIFRPP88", "AGR1FRPP", "AGRIFRPPé12"):
        with pytest.raises(ValueError, match="8 ou 11"):
            check_bic(wrong)


def test_a_vat_number_has_its_country_code() -> None:
    assert check_vat_number("40 303 265 045") == check_vat_number("FR40303265045") == "FR40303265045"
    with pytest.raises(ValueError, match="FR40303265045"):
        check_vat_number("FR41303265045")


@pytest.mark.parametrize("wrong", ["exemple", "javascript:alert(1)", "https://", "https://a b.org", "ftp://a.org"])
def test_what_is_no_website(wrong: str) -> None:
    assert check_website("https://example.org/a?b") == "https://example.org/a?b"
    assert check_website("www.example.org/a") == "https://www.example.org/a"
    with pytest.raises(ValueError, match="https://"):
        check_website(wrong)


def test_an_accent_is_read_on_white() -> None:
    assert check_accent(" #0F5C4C ") == "#0f5c4c"
    assert check_accent("#767676") == "#767676"  # the lightest grey that WCAG lets be
    with pytest.raises(ValueError, match=r"il en faut 4,5\."):
        check_accent("#777777")
    for wrong in ("vert", "0f5c4c", "#0f5c4", "#0f5c4g"):
        with pytest.raises(ValueError, match="Une couleur s’écrit"):
            check_accent(wrong)


def test_contrast_goes_from_one_to_twenty_one() -> None:
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") > CONTRAST > contrast("#777777", "#ffffff")


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#ff0000", 4.00), ("#00ff00", 1.37), ("#0000ff", 8.59), ("#ffff00", 1.07), ("#00ffff", 1.25), ("#ff00ff", 3.14)],
)
def test_a_colour_is_not_as_light_as_the_grey_of_its_letters(colour: str, ratio: float) -> None:
    """The eye sees more of green than of red, and least of blue: on greys alone every weighting is right."""
    assert contrast(colour, "#ffffff") == pytest.approx(ratio, abs=0.01)


PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PNG, "image/jpeg"), (JPEG, "image/png"), (b"<svg/>", "image/svg+xml"), (b"", "image/png"), (PNG, "text/html")],
)
def test_a_logo_is_what_it_is_said_to_be(content: bytes, media_type: str) -> None:
    with pytest.raises(Invalid, match="PNG ou JPEG"):
        check_logo(content, media_type)


def drawn(kind: str) -> bytes:
    """A whole picture of a few points."""
    Image.new("RGB", (3, 2), "#0e5a6e").save(into := BytesIO(), kind)
    return into.getvalue()


def test_a_logo_is_small() -> None:
    check_logo(drawn("PNG").ljust(LOGO_MAX), "image/png")
    check_logo(drawn("JPEG"), "image/jpeg")
    with pytest.raises(Invalid, match="pèse 301 ko"):
        check_logo(drawn("PNG").ljust(LOGO_MAX + 1), "image/png")


def test_who_answers_is_one_person_a_line() -> None:
    kept = check_people("  Claire Boussole ,  conseillère, responsable \r\n\r\nMehdi Sentier, conseiller\n")
    assert kept == "Claire Boussole, conseillère, responsable\nMehdi Sentier, conseiller"
    assert people_of(kept)[0] == TeamMember("Claire Boussole", "conseillère, responsable")
    assert people_of(kept)[1] == TeamMember("Mehdi Sentier", "conseiller")
    assert check_people(kept) == kept
    assert (check_people(" \n"), people_of("")) == ("", ())


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Claire Boussole", "Ligne 1 : écrivez « Prénom Nom, rôle »"),
        ("Claire Boussole, conseillère\n\n, conseiller", "Ligne 2"),
        ("Claire Boussole, ", "avec la virgule"),
        (f"{'a' * 81}, rôle", "80 caractères au plus"),
        ("\n".join(f"Personne {n}, rôle" for n in range(13)), "Nommez 12 personnes au plus"),
    ],
)
def test_a_line_that_names_nobody_is_said_by_its_number(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_people(typed)
