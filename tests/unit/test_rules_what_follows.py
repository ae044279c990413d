"""What is said once seats are taken: what was done, who is told, what comes next and where the invoice goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from makers import NOON
from portal_makers import booking_view as booking
from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.billing_facts import BillingMoment
from training.directory.rules.organisations import Buyer
from training.kernel import clock
from training.papers.rules.references import References
from training.reporting.portal import what_follows
from training.reporting.portal.what_follows import Invoicing, NextStep


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


def invoicing(buyer: Buyer = Buyer.PUBLIC, moment: BillingMoment = BillingMoment.HELD, **more: Any) -> Invoicing:
    organisation: Any = SimpleNamespace(buyer=buyer, billing_moment=moment)
    return Invoicing(**{
        "organisation": organisation, "missing": {}, "may_tell": True, "to": "Félix Compta", "days": 30, "vat": False,
    } | more)  # fmt: skip


def steps(view: Any, asked: Invoicing | None = None, *, may_name: bool = True) -> list[NextStep]:
    return what_follows.following(view, asked or invoicing(), may_name=may_name)


def test_confirmed_says_who_is_told_and_that_nothing_is_left() -> None:
    view = booking()
    assert what_follows.headline(view) == "C’est réservé."
    assert "Rachel Ressources reçoit la confirmation" in what_follows.lead(view)
    assert "rh@mairie.example.org" in what_follows.lead(view)
    assert what_follows.nothing_left(view)
    made, names, session, invoice = steps(view)
    assert (made.title, made.state, made.text) == ("Réservation confirmée", "done", "Référence R-AAAAAAA")
    assert names.act == ("#participants", "Coller une liste")
    assert session.text == "Foyer, Héloup"
    assert invoice.title.startswith("La facture : 350,00")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (invoicing(), "350,00\u00a0€, facturés après la séance."),
        (invoicing(moment=BillingMoment.CONFIRMED), "350,00\u00a0€, facturés dès la confirmation."),
        (invoicing(vat=True), "350,00\u00a0€ hors taxes, facturés après la séance."),
    ],
)
def test_the_price_and_its_day_are_one_sentence(asked: Invoicing, said: str) -> None:
    assert what_follows.price(booking(), asked) == said


def test_what_is_free_has_no_price_to_say() -> None:
    assert what_follows.price(booking(tariff_mode=TariffMode.FREE, price_cents=0), invoicing()) == ""


def test_pending_is_being_looked_at() -> None:
    view = booking(state=BookingState.PENDING, confirmed_at=None)
    assert what_follows.headline(view) == "C’est demandé."
    assert "Les 12 places sont gardées. Notre équipe vérifie votre inscription" in what_follows.lead(view)
    assert what_follows.nothing_left(view)
    assert (steps(view)[0].title, steps(view)[0].state) == ("En cours de vérification", "now")


@pytest.mark.parametrize(
    ("seats", "said"), [(12, "Les 12 places sont gardées pour vous jusqu’au"), (1, "La place est gardée pour vous")]
)
def test_an_option_says_until_when_and_that_nothing_is_due(seats: int, said: str) -> None:
    view = booking(state=BookingState.OPTION, seats=seats, confirmed_at=None, expires_at=NOON + timedelta(days=2))
    assert what_follows.headline(view) == "Vos places sont gardées."
    assert said in what_follows.lead(view)
    assert "mercredi 3 mars" in what_follows.lead(view)
    assert "Rien n’est dû." in what_follows.lead(view)
    assert not what_follows.nothing_left(view)
    assert steps(view)[0].state == "now"


def test_a_public_bodys_invoice_goes_to_chorus_pro_with_its_number() -> None:
    view = booking(references=References(purchase_order="EJ-1"))
    text = steps(view)[-1].text or ""
    assert "Votre service financier la reçoit sur Chorus Pro" in text
    assert "à compter de sa mise à disposition" in text
    assert "Numéro d’engagement : EJ-1." in text


def test_a_number_that_lacks_is_asked_for_of_who_may_say_it() -> None:
    missing = {"purchase_order": "Il manque le numéro d’engagement."}
    last = steps(booking(), invoicing(missing=missing))[-1]
    assert last.act == ("/facture", "Donner le numéro d’engagement")
    assert "serait rejetée" in (last.text or "")
    assert steps(booking(), invoicing(missing=missing, may_tell=False))[-1].act is None


def test_others_get_it_by_mail_and_say_purchase_order() -> None:
    view = booking(references=References(purchase_order="BC-7"))
    text = steps(view, invoicing(Buyer.ASSOCIATION))[-1].text or ""
    assert "Elle arrive par courriel à Félix Compta. À payer sous 30 jours." in text
    assert "Numéro de bon de commande : BC-7." in text
    assert "Chorus" not in text


def test_who_has_no_mail_address_is_promised_no_mail() -> None:
    silent = replace(invoicing(Buyer.ASSOCIATION), to=None)
    for view in (booking(contact_email=None), booking(contact_email=None, price_cents=0)):
        said = " ".join(filter(None, (step.text for step in steps(view, silent))))
        assert "par courriel" not in said + what_follows.lead(view)
    assert "par courriel" not in (steps(booking(contact_email=None), replace(invoicing(), to=None))[-1].text or "")


@pytest.mark.parametrize(
    ("moment", "when"),
    [
        (BillingMoment.HELD, "après la séance"),
        (BillingMoment.CONFIRMED, "dès la confirmation"),
        (BillingMoment.MONTHLY, "à la fin du mois de la séance"),
    ],
)
def test_when_it_is_invoiced(moment: BillingMoment, when: str) -> None:
    assert steps(booking(), invoicing(moment=moment))[-1].when == when


def test_what_is_free_has_nothing_to_pay() -> None:
    last = steps(booking(tariff_mode=TariffMode.FREE, price_cents=0))[-1]
    assert last.title == "Rien à payer"
    assert "confirmation de gratuité" in (last.text or "")


def test_vat_that_is_added_is_said() -> None:
    assert steps(booking(), invoicing(vat=True))[-1].title.endswith("hors taxes")


def test_names_that_are_given_are_done_and_some_are_counted() -> None:
    assert steps(booking(named=12))[1].state == "done"
    assert steps(booking(named=5))[1].text == "7 noms restent à donner"
    assert [step.title for step in steps(booking(), may_name=False)][1] == "La séance"


def test_a_place_that_is_not_known_yet_will_be_said() -> None:
    assert steps(booking(venue=None, city=None))[2].text == "le lieu vous sera dit par courriel"
