"""What the list of drafts says of each: what it lacks, or that it is ready."""

from __future__ import annotations

from datetime import date

import makers
from training.billing.rules.issuing import Check, CheckKey
from training.kernel.render import pages


def test_a_check_that_only_warns_has_a_short_name():
    macro = pages().get_template("office/invoices/_tabs.html").module
    shown = makers.text_of(macro.checks_line([Check(CheckKey.TAXABLE, True, "", warns=True)]))
    assert shown == "Peut partir · TVA à demander", "not ready and lacking at once"


def test_of_a_draft_that_lacks_something_only_that_is_said():
    macro = pages().get_template("office/invoices/_tabs.html").module
    shown = macro.checks_line(
        [Check(CheckKey.SIRET, False, "Il manque le SIRET."), Check(CheckKey.CONTACT, True, "Oui")]
    )
    assert makers.text_of(shown).split("✓")[0].strip() == "Il manque le SIRET."


def test_a_draft_that_collects_a_month_says_until_when_it_waits_and_not_that_it_is_ready():
    macro = pages().get_template("office/invoices/_tabs.html").module
    shown = makers.text_of(macro.checks_line([Check(CheckKey.CONTACT, True, "Oui")], date(2027, 3, 1)))
    assert "Attend la fin de mars 2027" in shown
    assert "Prête" not in shown
