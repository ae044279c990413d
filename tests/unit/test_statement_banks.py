"""Statements in CSV in the shapes of French banks' own exports: read as they come, with what the titles propose."""

from __future__ import annotations

from datetime import date

import pytest

from training.payments.formats.statement_csv import read, read_table

IN, OUT = (date(2027, 2, 15), 35_000), (date(2027, 2, 14), -123_456)

# Head, rows and foot as each bank writes them, the money in before the money out.
BANKS = {
    "crédit agricole": (
        "Téléchargement du 20/02/2027;\n\nAssociation d’Essai;\nCompte de Dépôt n° 12345678901;\n"
        "Solde au 20/02/2027;1 234,56 €\n\nListe des opérations du compte entre le 01/02/2027 et le 20/02/2027;\n\n"
        "Date;Libellé;Débit euros;Crédit euros;\n"
        '15/02/2027;"VIREMENT EN VOTRE FAVEUR\nCOMMUNE \nF2027-00001";;350,00;\n'
        '14/02/2027;"PRELEVEMENT \nEDF";1 234,56;;\n'
    ),
    "caisse d’épargne": (
        "Code de la banque : 12345;Code de l'agence : 00001;Date de début : 01/02/2027;Date de fin : 20/02/2027;\n"
        "Numéro de compte : 08001234567;Nom du compte : COMPTE COURANT;Devise : EUR;\n\n"
        "Solde en fin de période;;;;1234,56\nDate;Numéro d'opération;Libellé;Débit;Crédit;Détail;\n"
        "15/02/27;ABC123;VIR COMMUNE;;350,00;F2027-00001;\n14/02/27;ABC124;PRLV EDF;-1234,56;;FACT;\n"
        "Solde en début de période;;;;900,00\n"
    ),
    "caisse d’épargne, for firms": (
        "Date de comptabilisation;Libelle simplifie;Libelle operation;Reference;Informations complementaires;"
        "Type operation;Categorie;Sous categorie;Debit;Credit;Date operation;Date de valeur;Pointage operation\n"
        "15/02/2027;COMMUNE;VIR SEPA COMMUNE;REF1;F2027-00001;Virement recu;A;B;;+350,00;15/02/2027;15/02/2027;0\n"
        "14/02/2027;EDF;PRLV;R2;;Prelevement;X;Y;-1234,56;;14/02/2027;14/02/2027;0\n"
    ),
    "la banque postale": (
        "Numéro Compte   ;12345678X\nType         ;CCP\nCompte tenu en  ;euros\nDate            ;20/02/2027\n"
        "Solde (EUROS)   ;1234,56\nSolde (FRANCS)   ;8098,18\n\nDate;Libellé;Montant(EUROS);Montant(FRANCS)\n"
        '15/02/2027;"VIREMENT DE COMMUNE F2027-00001";350,00;2295,85\n'
        '14/02/2027;"PRELEVEMENT EDF";-1234,56;-8098,18\n'
    ),
    "bnp paribas, no titles, its balance above": (
        "Compte de chèques****1234;20/02/2027;;1 234,56\n"
        "15/02/2027;VIR SEPA RECU /DE COMMUNE /MOTIF F2027-00001 /REF MDT12;;350,00\n"
        "14/02/2027;PRLV SEPA EDF;;-1 234,56\n"
    ),
    "bnp paribas, of six columns": (
        "Compte de chèques;Compte de chèques;****1234;20/02/2027;;1234,56\n"
        "15-02-2027;VIREMENT RECU;VIR SEPA RECU;VIR SEPA RECU /DE COMMUNE /MOTIF F2027-00001;350,00\n"
        "14-02-2027;PRELEVEMENT;PRLV;PRLV SEPA DE EDF POUR LE MOIS DE FEVRIER ECHEANCE;-1 234,56\n"
    ),
    "société générale": (
        '="0123456789";01/02/2027;20/02/2027;\ndate_comptabilisation;libellé_complet_operation;montant_operation;devise;\n'
        "15/02/2027;VIR RECU DE: COMMUNE MOTIF: F2027-00001;350,00;EUR;\n14/02/2027;PRELEVEMENT EDF;-1234,56;EUR;\n"
    ),
    "crédit mutuel": (
        "Date;Date de valeur;Débit;Crédit;Libellé;Solde\n"
        "15/02/2027;15/02/2027;;350,00;VIR COMMUNE F2027-00001;1584,56\n"
        "14/02/2027;14/02/2027;-1234,56;;PRLV EDF;1234,56\n"
    ),
    "lcl, no titles, its balance below": (
        "15/02/2027;350,00;Virement;;VIR SEPA COMMUNE F2027-00001;0;Divers\n"
        "14/02/2027;-1234,56;Prelevement;;PRLV EDF;0;Divers\n20/02/2027;1234,56;;01234 567890X\n"
    ),
    "banque populaire": (
        "Compte;Date de comptabilisation;Date opération;Libellé;Référence;Date valeur;Montant\n"
        "01234567890;15/02/2027;15/02/2027;VIR COMMUNE F2027-00001;R1;15/02/2027;350,00\n"
        "01234567890;14/02/2027;14/02/2027;PRLV EDF;R2;14/02/2027;-1234,56\n"
    ),
    "boursobank": (
        "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountbalance\n"
        '2027-02-15;2027-02-15;"VIR COMMUNE F2027-00001";Virements;Virements;commune;350,00;;00040123456;1234.56\n'
        '2027-02-14;2027-02-14;"PRLV EDF";Energie;Logement;edf;-1 234,56;;00040123456;1234.56\n'
    ),
    "qonto": (
        "Status,Operation date (local),Amount,Credit,Debit,Currency,Counterparty name,Payment method,Reference\n"
        "executed,15-02-2027 10:12:00,350.00,350.00,,EUR,Commune,transfer,COMMUNE F2027-00001\n"
        "declined,15-02-2027 10:12:00,-10.00,,10.00,EUR,X,card,\n"
        "executed,14-02-2027 10:12:00,-1234.56,,1234.56,EUR,EDF,direct_debit,EDF\n"
    ),
    "la nef": (
        "Date comptable;Date valeur;Libellé;Montant débit;Montant crédit;Devise\n"
        '15/02/27;15/02/27;VIR COMMUNE F2027-00001;;"350,00";EUR\n14/02/27;14/02/27;PRLV EDF;"1 234,56";;EUR\n'
    ),
    "both columns filled": (
        "Date;Libellé;Débit;Crédit\n15/02/2027;VIR COMMUNE F2027-00001;0,00;350,00\n14/02/2027;EDF;1\u202f234,56;0,00\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("bank", BANKS)
def test_a_banks_own_shape_is_read_whole_and_nothing_is_made_of_its_balances(bank, encoding):
    content = BANKS[bank].replace("\u202f", "\u00a0").replace("\n", "\r\n").encode(encoding)
    table = read_table(content)
    found = read(table, table.proposed).lines
    assert [(line.booked_on, line.amount_cents) for line in found] == [IN, OUT]
    assert "F2027-00001" in found[0].label
    assert "COMMUNE" in found[0].label


def test_a_last_transfer_of_few_words_is_no_balance():
    rows = "15/02/2027;350,00;Virement;;VIR SEPA COMMUNE;0;Divers\n20/02/2027;1234,56;;F2027-00002\n"
    table = read_table(rows.encode())
    assert [line.amount_cents for line in read(table, table.proposed).lines] == [35_000, 123_456]


def test_rows_that_begin_with_the_name_of_the_account_are_operations():
    rows = "Compte courant;15/02/2027;VIR COMMUNE F2027-00001;350,00\nCompte courant;14/02/2027;EDF;-1234,56\n"
    table = read_table(rows.encode())
    assert [(line.booked_on, line.amount_cents) for line in read(table, table.proposed).lines] == [IN, OUT]
