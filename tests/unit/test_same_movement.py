"""One transfer in CSV, OFX and CAMT.053 is one movement; two equal ones of a day stay two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from training.payments.formats.statement import Format, Movement
from training.payments.rules.same_movement import KnownLine, bank_id, meet, same_account

IBAN = "FR7630006000011234567890189"
DAY = date(2027, 2, 15)


def moved(label: str, payer: str = "", reference: str = "", bank: str = "", cents: int = 35_000) -> Movement:
    return Movement(booked_on=DAY, amount_cents=cents, label=label, payer_name=payer, reference=reference, bank_id=bank)


def known(written: Format, *movements: Movement, account: str = IBAN) -> list[KnownLine]:
    return [
        KnownLine(
            id=n,
            account=account,
            format=written,
            booked_on=one.booked_on,
            amount_cents=one.amount_cents,
            label=one.label,
            payer_name=one.payer_name,
            reference=one.reference,
            bank_ids=(bank_id(written, one),) if one.bank_id else (),
        )
        for n, one in enumerate(movements, start=1)
    ]


CSV = moved("VIR SEPA COMMUNE D’ESSAI F2027-00042")
OFX = moved("VIR SEPA COMMUNE D'ESSAI F2027-00042", payer="VIR SEPA COMMUNE D'ESSAI", bank="A1")
CAMT = moved("F2027-00042 VIREMENT RECU", payer="Commune d’Essai", reference="MDT-2027-12", bank="A1")
SAME = {Format.CSV: CSV, Format.OFX: OFX, Format.CAMT053: CAMT}


@pytest.mark.parametrize("first", Format)
@pytest.mark.parametrize("second", Format)
def test_one_transfer_is_one_in_whatever_format_it_comes_first(first, second):
    assert meet(IBAN, second, [SAME[second]], known(first, SAME[first])).known == {0: 1}


@pytest.mark.parametrize("second", Format)
def test_two_equal_transfers_of_a_day_stay_two(second):
    twice = [SAME[second], replace(SAME[second], bank_id="B2")]
    met = meet(IBAN, second, twice, known(Format.CSV, CSV))
    assert len(met.known) == 1
    assert met.resembles == {}
    assert len(meet(IBAN, second, twice, known(Format.CSV, CSV, CSV)).known) == 2


def test_words_that_name_another_invoice_are_another_transfer_until_a_person_says():
    other = moved("VIR SEPA COMMUNE D’ESSAI F2027-00043", bank="A1")
    met = meet(IBAN, Format.OFX, [other], known(Format.CSV, CSV))
    assert (met.known, met.resembles) == ({}, {0: 1})


def test_of_two_the_one_whose_words_agree_is_met_and_the_other_is_new():
    martin, dupont = moved("VIR COTISATION MARTIN"), moved("VIR COTISATION DUPONT")
    met = meet(IBAN, Format.OFX, [dupont, martin], known(Format.CSV, martin))
    assert (met.known, met.resembles) == ({1: 1}, {})
    met = meet(IBAN, Format.OFX, [dupont], known(Format.CSV, martin))
    assert (met.known, met.resembles) == ({}, {0: 1})


def test_another_reference_of_the_bank_is_another_movement_though_every_word_is_the_same():
    met = meet(IBAN, Format.OFX, [replace(OFX, bank_id="Z9")], known(Format.OFX, OFX))
    assert (met.known, met.resembles) == ({}, {})


def test_a_bank_that_writes_one_reference_on_every_line_says_nothing_by_it():
    lines = [replace(OFX, bank_id="0"), replace(OFX, label="AUTRE", bank_id="0")]
    met = meet(IBAN, Format.OFX, lines, [replace(line, bank_ids=("ofx:0",)) for line in known(Format.OFX, OFX)])
    assert met.known == {0: 1}


def test_the_banks_reference_is_known_on_another_day():
    later = replace(CAMT, booked_on=DAY + timedelta(days=2), label="SANS RAPPORT", payer_name="X", reference="")
    assert meet(IBAN, Format.CAMT053, [later], known(Format.OFX, OFX)).known == {0: 1}
    assert meet(IBAN, Format.CAMT053, [replace(later, amount_cents=1)], known(Format.OFX, OFX)).known == {}


def test_equal_transfers_of_two_accounts_are_two():
    other = "FR7630001007941234567890185"
    assert meet(other, Format.OFX, [OFX], known(Format.CSV, CSV)).known == {}
    assert meet("", Format.OFX, [OFX], known(Format.CSV, CSV)).known == {0: 1}


def test_words_that_say_nothing_are_met_by_the_account_or_left_in_doubt():
    silent = moved("VIREMENT RECU")
    assert meet(IBAN, Format.OFX, [silent], known(Format.CSV, CSV)).known == {0: 1}
    assert meet("", Format.OFX, [silent], known(Format.CSV, CSV)).resembles == {0: 1}


@pytest.mark.parametrize(
    ("account", "same"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", True),
        ("300060000112345678901", True),
        ("30006000011234567890189", True),
        ("3000612345678901", True),
        ("12345678901", True),
        ("FR7630001007941234567890185", False),
        ("12345678902", False),
        ("", False),
        ("901", False),
    ],
)
def test_an_account_is_known_by_its_iban_and_by_what_ofx_writes_of_it(account, same):
    assert same_account(account, IBAN) == same


def test_twenty_thousand_equal_lines_take_no_endless_time():
    many = [moved(f"VIR {n}") for n in range(20_000)]
    assert len(meet(IBAN, Format.CSV, many, known(Format.CSV, *many)).known) == 20_000
    meet(IBAN, Format.OFX, many, known(Format.CSV, *many))
