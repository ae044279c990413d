"""Bank statements in the three formats, good and bad: what is read, and the sentence that names the line."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.kernel.sheets import Unreadable
from training.payments.formats import camt053, ofx, statement_csv
from training.payments.formats.statement import Format, plain_amount, recognise
from training.payments.formats.statement_csv import parse_amount, parse_day, propose, read, read_table
from training.payments.rules.columns import Meaning

IBAN = "FR7630006000011234567890189"


def csv_lines(text: str, encoding: str = "utf-8") -> list[tuple[date, int, str]]:
    table = read_table(text.encode(encoding))
    return [(m.booked_on, m.amount_cents, m.label) for m in read(table, propose(table.header)).lines]


def refusal(act, *args) -> str:
    with pytest.raises(Unreadable) as caught:
        act(*args)
    assert caught.value.field == "file"
    return caught.value.detail


# CSV

SEMICOLON = """\
Compte courant;FR76 3000 6000 0112 3456 7890 189
Solde au 28/02/2027;1 234,56

Date;Date de valeur;Libellé;Débit euros;Crédit euros;
15/02/2027;16/02/2027;"VIR SEPA COMMUNE D’ESSAI
F2027-00042";;350,00;
16/02/2027;16/02/2027;PRLV ASSURANCE;-45,10;;
17/02/27;17/02/2027;FRAIS;12,00;;
Total;;;57,10;350,00;
"""


def test_a_file_with_a_preamble_two_columns_of_amounts_and_a_total():
    table = read_table(SEMICOLON.encode("utf-8-sig"))
    assert table.account == IBAN
    assert csv_lines(SEMICOLON) == [
        (date(2027, 2, 15), 35_000, "VIR SEPA COMMUNE D’ESSAI F2027-00042"),
        (date(2027, 2, 16), -4_510, "PRLV ASSURANCE"),
        (date(2027, 2, 17), -1_200, "FRAIS"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encodings_that_banks_write(encoding):
    text = "Date opération;Libellé;Montant(EUROS)\n2027-02-15;Crédit élève été € ;1 350,5\n"
    assert csv_lines(text, encoding) == [(date(2027, 2, 15), 135_050, "Crédit élève été €")]


def test_latin_1_is_read():
    text = "Date;Libellé;Montant\n15/02/2027;Été à Alençon;12,30\n"
    assert csv_lines(text, "latin-1") == [(date(2027, 2, 15), 1_230, "Été à Alençon")]


@pytest.mark.parametrize("mark", [";", "\t", ",", "|"])
def test_the_separators(mark):
    text = f"Date{mark}Label{mark}Amount\n2027-02-15{mark}TRANSFER F2027-00042{mark}-12.30\n"
    assert csv_lines(text) == [(date(2027, 2, 15), -1_230, "TRANSFER F2027-00042")]


def test_payer_iban_and_reference_are_kept_apart():
    text = (
        "Date;Montant;Nom contrepartie;IBAN contrepartie;Motif;Référence client;Devise\n"
        "15/02/2027;350,00;SGC ALENCON;FR76 3000 1000 01;F2027-1;MDT 12;EUR\n"
    )
    (line,) = read(table := read_table(text.encode()), propose(table.header)).lines
    assert (line.payer_name, line.payer_iban, line.label, line.reference) == (
        "SGC ALENCON", "FR763000100001", "F2027-1", "MDT 12",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 234,56", 123_456), ("-12.30", -1_230), ("1\u202f234,56 €", 123_456), ("1.234,56", 123_456),
        ("1,234.56", 123_456), ("+350", 35_000), ("12,3", 1_230), ("12,30-", -1_230), ("(12,30)", -1_230),
        ("\u22125,00", -500), ("1 234 567,89 EUR", 123_456_789),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(text, cents):
    assert parse_amount(text) == cents


@pytest.mark.parametrize("text", ["0,005", "1.234", "12,3456", "", "douze", "1,2,3", "--5", "1 234,56,7", "1,234,56"])
def test_an_amount_that_is_not_sure_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"montant"):
        parse_amount(text)


@given(st.integers(-(10**11), 10**11))
def test_an_amount_is_read_as_it_was_written(cents):
    sign, size = ("-" if cents < 0 else ""), abs(cents)
    french = f"{sign}{size // 100:,}".replace(",", "\u202f") + f",{size % 100:02d}"
    assert parse_amount(french) == cents
    assert plain_amount(f"{sign}{size // 100}.{size % 100:02d}") == cents


@pytest.mark.parametrize("text", ["15/02/2027", "15/02/27", "2027-02-15", "15-02-2027", "15.02.2027", "20270215",
                                  "2027-02-15T10:00:00", "15/02/2027 10:00"])  # fmt: skip
def test_days_as_banks_write_them(text):
    assert parse_day(text) == date(2027, 2, 15)


@pytest.mark.parametrize("text", ["31/02/2027", "2027", "hier", "", "02/15/2027"])
def test_a_day_that_is_none_is_refused_in_words(text):
    with pytest.raises(ValueError, match="date"):
        parse_day(text)


HEAD = "Date;Libellé;Montant\n"
GOOD = "15/02/2027;VIR F2027-00042;350,00\n"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (HEAD + GOOD + "16/02/2027;VIR", "Ligne 3 : elle s’arrête à la colonne 2 sur 3 : le fichier semble coupé."),
        (HEAD + GOOD + '16/02/2027;"VIR;350,00\n', "Ligne 3 : un guillemet s’ouvre et ne se ferme pas"),
        (HEAD + GOOD + "16/02/2027;VIR;0,005\n", "Ligne 3 : « 0,005 » n’est pas un montant à deux décimales."),
        (HEAD + GOOD + "31/02/2027;VIR;1,00\n", "Ligne 3 : « 31/02/2027 » n’est pas une date."),
        (HEAD + GOOD + ";VIR;1,00\n", "Ligne 3 : la date manque."),
        (HEAD, "n’a que ses titres"),
        ("Bonjour\nceci n’est pas un relevé\n", "ne ressemble pas à un relevé"),
        ("Date;Libellé;Montant;Devise\n15/02/2027;VIR;1,00;USD\n", "Ligne 2 : une opération en USD"),
    ],
)
def test_a_broken_csv_is_refused_by_the_line(body, sentence):
    def act():
        table = read_table(body.encode())
        read(table, propose(table.header))

    assert sentence in refusal(act)


def test_titles_that_say_nothing_are_left_to_people():
    table = read_table(b"Colonne un;Colonne deux;Colonne trois\n15/02/2027;VIR;1,00\n")
    assert set(propose(table.header)) == {Meaning.IGNORED}
    said = (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT)
    assert read(table, said).lines[0].amount_cents == 100
    assert "quelle colonne porte la date" in refusal(read, table, propose(table.header))
    assert "soit une colonne de montants signés" in refusal(read, table, (Meaning.DATE, Meaning.LABEL, Meaning.IGNORED))
    assert "Deux colonnes" in refusal(read, table, (Meaning.DATE, Meaning.DATE, Meaning.AMOUNT))
    assert "libellé" in refusal(read, table, (Meaning.DATE, Meaning.IGNORED, Meaning.AMOUNT))


def test_the_same_titles_are_known_again_whatever_stands_above_them():
    with_words, bare = read_table((f"Compte 1\n{HEAD}{GOOD}").encode()), read_table((HEAD + GOOD).encode("cp1252"))
    assert with_words.header_hash == bare.header_hash
    assert with_words.header_hash != read_table((HEAD.replace("Libellé", "Motif") + GOOD).encode()).header_hash


def test_ten_thousand_lines_are_read_quickly():
    body = (HEAD + "".join(f"15/02/2027;VIR SEPA F2027-{n:05d};{n},00\n" for n in range(10_000))).encode("latin-1")
    began = time.process_time()
    table = read_table(body)
    assert len(read(table, propose(table.header)).lines) == 10_000
    assert time.process_time() - began < 3


def test_more_lines_than_an_import_takes():
    assert "plus de 20000 lignes" in refusal(read_table, (HEAD + GOOD * 20_001).encode())


# What is no statement


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "vide"),
        (b" \n", "vide"),
        (b"PK\x03\x04rest", "tableur"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_statement_says_what_to_ask_for(content, sentence):
    assert sentence in refusal(recognise, content)


def test_formats_are_told_apart():
    assert recognise(SEMICOLON.encode()) == Format.CSV
    assert recognise(SGML.encode()) == Format.OFX
    assert recognise(camt().encode()) == Format.CAMT053


# OFX

TRANSACTION = (
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20270215120000[+1:CET]<TRNAMT>{amount}<FITID>1"
    "<NAME>{name}<MEMO>{memo}</STMTTRN>\n"
)
SGML = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n<OFX>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS>\n"
    "<CURDEF>EUR\n<BANKACCTFROM><BANKID>30006<BRANCHID>00001<ACCTID>12345678901<ACCTTYPE>CHECKING</BANKACCTFROM>\n"
    "<BANKTRANLIST><DTSTART>20270201<DTEND>20270228\n{lines}</BANKTRANLIST>\n"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n</OFX>\n"
)
XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n<OFX><BANKMSGSRSV1><STMTTRNRS>'
    "<STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM><BANKID>30006</BANKID><ACCTID>12345678901</ACCTID></BANKACCTFROM>\n"
    "<BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20270215</DTPOSTED><TRNAMT>350.00</TRNAMT>"
    "<FITID>1</FITID><NAME>VIR M &amp; MME ÉLAN</NAME><MEMO>F2027-00042</MEMO></STMTTRN></BANKTRANLIST></STMTRS>"
    "</STMTTRNRS></BANKMSGSRSV1></OFX>"
)


def ofx_file(*transactions: str) -> bytes:
    return SGML.format(lines="".join(transactions)).encode("cp1252")


def test_ofx_1_as_french_banks_write_it():
    content = ofx_file(
        TRANSACTION.format(amount="+350,00", name="VIR SEPA TRESORERIE DE L’ETENDUE", memo="F2027-00042 é & < 3"),
        TRANSACTION.format(amount="-0012.3", name="PRLV", memo=""),
    )
    found = ofx.read(content)
    assert found.account == "300060000112345678901"
    assert [(m.booked_on, m.amount_cents) for m in found.lines] == [
        (date(2027, 2, 15), 35_000), (date(2027, 2, 15), -1_230),
    ]  # fmt: skip
    assert found.lines[0].label == "VIR SEPA TRESORERIE DE L’ETENDUE F2027-00042 é & < 3"
    assert found.lines[0].payer_name == "VIR SEPA TRESORERIE DE L’ETENDUE"


def test_ofx_2_is_read_without_an_xml_parser():
    (line,) = ofx.read(XML.encode()).lines
    assert (line.amount_cents, line.label) == (35_000, "VIR M & MME ÉLAN F2027-00042")


ONE = TRANSACTION.format(amount="350.00", name="VIR", memo="F2027-00042")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ofx_file(ONE)[:-120], "semble coupé"),
        (ofx_file(ONE, ONE.replace("</STMTTRN>", ""), ONE), "Ligne 17 : cette opération ne se ferme pas"),
        (ofx_file(ONE.replace("350.00", "0,005")), "Ligne 16 : « 0,005 » est plus fin que le centime."),
        (ofx_file(ONE.replace("20270215120000", "demain")), "n’est pas une date"),
        (ofx_file(ONE).replace(b"EUR", b"USD"), "USD"),
        (ofx_file(), "aucune opération"),
        (ofx_file(ONE).replace(b"<OFX>", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><OFX>'), "refusé"),
    ],
)
def test_a_broken_ofx_is_refused_by_the_line(content, sentence):
    assert sentence in refusal(ofx.read, content)


# CAMT.053

ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{status}
<BookgDt><Dt>2027-02-15</Dt></BookgDt>
<NtryDtls>{details}</NtryDtls><AddtlNtryInf>VIREMENT RECU</AddtlNtryInf></Ntry>
"""
STATUS = {"02": "<Sts>BOOK</Sts>", "08": "<Sts><Cd>BOOK</Cd></Sts>"}


def details(amount: str, words: str, version: str = "08", reference: str = "NOTPROVIDED") -> str:
    name = "<Nm>SGC D’ALENÇON</Nm>" if version == "02" else "<Pty><Nm>SGC D’ALENÇON</Nm></Pty>"
    shown = (
        f'<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>' if version == "02"
        else f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    )  # fmt: skip
    return (
        f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{shown}<RltdPties><Dbtr>{name}</Dbtr>"
        f"<DbtrAcct><Id><IBAN>FR7630001000010000000000101</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"
    )


def camt(*entries: str, version: str = "08", head: str = "", iban: str = IBAN) -> str:
    given = "".join(entries) or entry("350.00", details("350.00", "F2027-00042"))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.'
        f'{version}"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>\n{given}'
        "</Stmt></BkToCstmrStmt></Document>"
    )


def entry(amount: str, inside: str, way: str = "CRDT", version: str = "08", status: str | None = None) -> str:
    said = STATUS[version] if status is None else status
    return ENTRY.format(amount=amount, way=way, status=said, details=inside)


@pytest.mark.parametrize("version", ["02", "08"])
def test_camt_says_who_paid_what_with_which_words(version):
    one = entry("350.00", details("350.00", "F2027-00042", version, "MDT-2027-12"), version=version)
    out = entry("12.00", "", way="DBIT", version=version)
    found = camt053.read(camt(one, out, version=version).encode())
    assert found.account == IBAN
    line, fees = found.lines
    assert (line.booked_on, line.amount_cents, line.reference) == (date(2027, 2, 15), 35_000, "MDT-2027-12")
    assert (line.payer_name, line.payer_iban) == ("SGC D’ALENÇON", "FR7630001000010000000000101")
    assert line.label == "F2027-00042 VIREMENT RECU"
    assert fees.amount_cents == -1_200


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_batch_is_as_many_movements_that_add_up(version):
    parts = details("350.00", "F2027-00042", version) + details("210.50", "F2027-00043", version)
    lines = camt053.read(camt(entry("560.50", parts, version=version), version=version).encode()).lines
    assert [(m.amount_cents, m.label.split()[0]) for m in lines] == [(35_000, "F2027-00042"), (21_050, "F2027-00043")]


def test_a_batch_whose_parts_do_not_add_up_stays_whole():
    parts = details("350.00", "F2027-00042") + details("210.00", "F2027-00043")
    (line,) = camt053.read(camt(entry("560.50", parts)).encode()).lines
    assert line.amount_cents == 56_050
    assert "F2027-00042" in line.label
    assert "F2027-00043" in line.label


def test_structured_references_are_words_too():
    strd = "<Strd><RfrdDocInf><Nb>F2027-00042</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd>"
    inside = f"<TxDtls><RmtInf>{strd}</RmtInf></TxDtls>"
    (line,) = camt053.read(camt(entry("1.00", inside)).encode()).lines
    assert line.label == "RF18 F2027-00042 VIREMENT RECU"


def test_what_is_not_booked_yet_is_not_money():
    pending = entry("1.00", "", status="<Sts><Cd>PDNG</Cd></Sts>")
    assert len(camt053.read(camt(pending, entry("2.00", "")).encode()).lines) == 1
    assert "aucune opération" in refusal(camt053.read, camt(pending).encode())


BOMB = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, XXE, '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_dtds_are_refused_before_they_are_read(head, encoding):
    text = camt(entry("1.00", details("1.00", "&e;")), head=head).replace("UTF-8", encoding.upper())
    assert "refusé" in refusal(camt053.read, text.encode(encoding))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (camt()[:-60], "le fichier est coupé ou abîmé"),
        (camt(entry("0.005", "")), "Ligne 3 : « 0.005 » est plus fin que le centime."),
        (camt(entry("1.00", "", way="?")), "si l’argent entre ou sort"),
        (camt(entry("1.00", "")).replace("2027-02-15", "2027-02-31"), "n’est pas une date"),
        (camt(entry("1.00", "")).replace("EUR", "CHF"), "en CHF"),
        (camt().replace("camt.053", "camt.054"), "CAMT.054"),
        ("<html><body>Relevé</body></html>", "n’est pas un relevé"),
        (camt().replace("</BkToCstmrStmt>", "<Stmt><Acct><Id><IBAN>FR76</IBAN></Id></Acct></Stmt></BkToCstmrStmt>"),
         "2 comptes"),
    ],
)  # fmt: skip
def test_a_broken_camt_is_refused_by_the_line(content, sentence):
    assert sentence in refusal(camt053.read, content.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(content):
    readers = {Format.OFX: ofx.read, Format.CAMT053: camt053.read, Format.CSV: statement_csv.read_table}
    refused = ""
    try:
        readers[recognise(content)](content)
    except Unreadable as error:
        refused = error.detail
    assert refused == "" or len(refused) > 10
