"""What the mails about invoices, credit notes and receipts call things, and what they ask of whom."""

from __future__ import annotations

from typing import Any

import pytest

from training.billing.rules.states import DocumentKind
from training.demo import letters
from training.demo.letters import invoice_letter
from training.demo.samples import credit_note, invoice
from training.directory.rules.organisations import Buyer
from training.messages.actions.outgoing import Letter, MailWords, write

ONCE = "Cette copie est pour information : payez seulement la facture {} sur Chorus Pro."


def written(letter: Letter) -> MailWords:
    found = write(letter, letters.platform())
    for text in (found.text, found.html):
        assert "None" not in text
    return found


def flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def texts(letter: Letter) -> str:
    found = written(letter)
    return flat(f"{found.subject} {found.text}")


@pytest.mark.parametrize(("deposited", "which"), [(False, "qui sera déposée"), (True, "déposée")])
def test_to_a_public_buyer_it_is_a_copy_not_to_be_paid_twice(deposited: bool, which: str) -> None:
    found = written(invoice_letter(invoice(), deposited=deposited))
    for text in (found.text, found.html):
        assert ONCE.format(which) in flat(text)
        assert "30 jours à compter de sa mise à disposition sur Chorus Pro" in flat(text)
        assert "IBAN" not in text
    assert found.subject.startswith("Copie de la facture F")


CASES: list[tuple[dict[str, Any], dict[str, Any], list[str], list[str]]] = [
    ({}, {}, ["Facture F", "La séance a eu lieu.", "À régler par virement, le", "IBAN"], ["Chorus", "acompte"]),
    ({}, {"held": False}, ["Voici la facture de votre réservation."], ["a eu lieu"]),
    ({"kind": DocumentKind.DEPOSIT}, {"held": False}, ["Facture d’acompte F", "Votre facture d’acompte :"], []),
    ({"replaces": "F2026-00040"}, {}, ["annule et remplace la facture F2026-00040", "Remplace F2026-00040"], []),
    ({"gross_cents": 0, "net_cents": 0}, {}, ["Rien à régler."], ["À régler par virement"]),
    ({"payer_buyer": Buyer.PERSON}, {}, ["À régler par virement, chèque ou espèces, le"], []),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "context", "present", "absent"), CASES)
def test_a_private_payer_reads_what_it_is_and_how_to_pay(
    facts: dict[str, Any], context: dict[str, Any], present: list[str], absent: list[str]
) -> None:
    facts = {"payer_buyer": Buyer.COMPANY, **facts}
    text = texts(invoice_letter(invoice(buyer=facts.pop("payer_buyer"), **facts), **context))
    assert [words for words in present if words not in text] == []
    assert [words for words in absent if words in text] == []


@pytest.mark.parametrize(
    ("buyer", "context", "present"),
    [
        (Buyer.PUBLIC, {}, ["Cet avoir annule la facture F", "l’avoir sera déposé sur Chorus Pro. Rien à régler."]),
        (Buyer.COMPANY, {}, ["Cet avoir annule la facture F", "Rien à régler sur cette facture."]),
        (Buyer.COMPANY, {"whole": False, "due_cents": 10_000}, ["se déduit de", "Il reste 100,00 € à régler"]),
        (
            Buyer.COMPANY,
            {"left_cents": 35_000},
            ["Vous aviez déjà payé : 350,00 € vous reviennent.", "nous vous les remboursons"],
        ),
    ],
)
def test_a_credit_note_says_what_becomes_of_its_invoice(
    buyer: Buyer, context: dict[str, Any], present: list[str]
) -> None:
    text = texts(invoice_letter(credit_note(buyer), **context))
    assert [words for words in ["Avoir AV", "Motif", *present] if words not in text] == []
    assert "IBAN" not in text


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({}, "Il reste 200,00 € à régler sur ces factures."),
        ({"due_cents": 0}, "Rien à faire."),
        ({"due_cents": 0, "left_cents": 5_000}, "Il vous reste un trop-perçu de 50,00 €."),
        ({"settled": [], "due_cents": 0, "left_cents": 50_000}, "Voir vos factures"),
    ],
)
def test_a_receipt_thanks_and_says_what_remains(context: dict[str, Any], words: str) -> None:
    letter = letters.receipt_letter("payment_received")
    letter.context.update(context)
    text = texts(letter)
    assert words in text
    assert "Moyen Chèque" in text
    assert "merci" in text.split(" Nous avons")[0]
